"""Groups of like texts: TF-IDF over keyed tokens, cosine, average-link clustering.

Texts are compared by the tokens the index holds of them, so none has to be opened. Weights are as
in Salton and Buckley (1988); clusters are joined from the likest pair on for as long as the mean
likeness between two of them is above a limit (agglomerative clustering with average linkage: Sokal
and Michener, 1958). A chain of texts that are each a little like the next makes no cluster so.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

ALIKE = 0.4
"""From this mean likeness on, two groups are one. Measured in docs/decisions/0037-likeness.md."""

MOST_TOKENS = 20_000
"""Different tokens that are compared by, the most frequent first."""

_AT_LEAST = 50
"""Texts that there are taken to be besides: among very few, no word is common or rare."""
_OWN = 0.5
"""How much a token that no other text has counts: of these, up to half are random (0027)."""
_TWO = 2
_COMMON = 3
"""Different words that two texts at least share before they are alike at all."""

Matrix = npt.NDArray[np.float32]


def likeness(texts: Sequence[Mapping[int, int]]) -> Matrix:
    """Return how like each text is to each other one, from 0 to 1.

    A text is its tokens with their weights (1 for once, 2 for a few times, 3 for often).
    """
    often = Counter(token for text in texts for token in text)
    shared = [token for token, count in often.most_common(MOST_TOKENS) if count > 1]
    place = {token: number for number, token in enumerate(shared)}

    def rarity(count: int) -> float:
        return 1 + math.log((_AT_LEAST + len(texts)) / (1 + count))

    own = rarity(1)
    weights = np.zeros((len(texts), max(len(shared), 1)), dtype=np.float32)
    sizes = np.zeros(len(texts), dtype=np.float32)
    for number, text in enumerate(texts):
        for token, weight in text.items():
            if token in place:
                worth = (1 + math.log(weight)) * rarity(often[token])
                weights[number, place[token]] = worth
                sizes[number] += worth * worth
            else:
                sizes[number] += _OWN * own * own
    weights /= np.sqrt(np.maximum(sizes, 1e-9))[:, None]
    there = (weights > 0).astype(np.float32)
    found: Matrix = weights @ weights.T
    found[(there @ there.T) < _COMMON] = 0.0
    np.fill_diagonal(found, 0.0)
    return found


def grouped(likenesses: Matrix, *, alike: float = ALIKE) -> list[list[int]]:
    """Return the groups of two and more, the largest first, each in the order of the texts."""
    # Takes a second the first time, and nobody else of the desk needs it: so only here.
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415

    if len(likenesses) < _TWO:
        return []
    clustering = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - alike
    )
    distances = 1 - likenesses
    np.fill_diagonal(distances, 0.0)
    members: dict[int, list[int]] = defaultdict(list)
    for number, cluster in enumerate(clustering.fit_predict(distances)):
        members[int(cluster)].append(number)
    groups = [one for one in members.values() if len(one) > 1]
    return sorted(groups, key=lambda one: (-len(one), one))
