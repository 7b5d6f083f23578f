"""Which concerns are taken to be about the same: the limits of offers, of similar cases and themes.

`texts/worries/worries.yaml` has what people might raise, in lists of four about the same: 108 pairs
of the same worry, and 2,448 pairs of different ones, many of them near. The same worry is often
said in words that share little, so recall is low by nature; what matters is that an offer to join
is not made to somebody with another worry, and that a theme is of one worry.
"""

import itertools
import random
from collections import Counter
from pathlib import Path

import yaml

from bot.concerns.finding.index import rounded
from bot.concerns.finding.likeness import FAIR, SHARED, SURE, cosine, rarity_of
from bot.concerns.finding.stems import stems
from bot.concerns.themes.grouping import ALIKE, grouped, likeness

TEXTS = Path(__file__).parent / "texts" / "worries" / "worries.yaml"
_LIMITS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.52, 0.55, 0.6)


def worries() -> list[tuple[str, Counter[str]]]:
    """Return each text as its stems, with the name of its worry."""
    lists = yaml.safe_load(TEXTS.read_text("utf-8"))
    return [(name, stems(text)) for name, texts in lists.items() for text in texts]


def pairs() -> list[tuple[bool, float, int]]:
    """Return each pair: whether it is the same worry, how alike it is, and the words it shares."""
    texts = worries()
    often = Counter(stem for _, counts in texts for stem in counts)
    rarity = {"": rarity_of(len(texts), len(texts) // 50)}
    rarity |= {stem: rarity_of(len(texts), count) for stem, count in often.items()}
    return [
        (one == other, cosine(mine, theirs, rarity), len(mine.keys() & theirs.keys()))
        for (one, mine), (other, theirs) in itertools.combinations(texts, 2)
    ]


def themes(limit: float, seed: int = 1) -> tuple[float, float, int]:
    """Return precision and recall of pairs within themes at a limit, and how many themes."""
    texts, chance = worries(), random.Random(seed)
    numbers: dict[str, int] = {}
    tokens = []
    for _, counts in texts:
        held = {
            numbers.setdefault(stem, len(numbers)): 1 + (often > 1) + (often > 3)
            for stem, often in counts.items()
        }
        filling = rounded(len(held)) - len(held)
        tokens.append(held | {-chance.randrange(1, 1 << 60): 1 for _ in range(filling)})
    groups = grouped(likeness(tokens), alike=limit)
    inside = [pair for group in groups for pair in itertools.combinations(group, 2)]
    right = sum(texts[one][0] == texts[other][0] for one, other in inside)
    same = sum(same for same, _, _ in pairs())
    return (right / len(inside) if inside else 1.0), right / same, len(groups)


def judged(found: list[tuple[bool, float, int]], limit: float, shared: int) -> tuple[float, float]:
    """Return precision and recall of taking pairs to be the same from a limit on."""
    said = [same for same, likeness, words in found if likeness >= limit and words >= shared]
    total = sum(same for same, _, _ in found)
    return (sum(said) / len(said) if said else 1.0), sum(said) / total


def run() -> None:
    """Print precision and recall by limit; a star stands at the limits that are in use."""
    found = pairs()
    print(f"{len(found)} pairs, {sum(same for same, _, _ in found)} of them the same worry\n")
    print("limit   offer: precision recall   similar: precision recall   themes: precision recall")
    for limit in _LIMITS:
        offer, similar = judged(found, limit, SHARED), judged(found, limit, 1)
        theme = themes(limit)
        marks = ["*" if limit == used else " " for used in (SURE, FAIR, ALIKE)]
        print(
            f"{limit:.2f} {offer[0]:15.2f}{offer[1]:8.2f} {marks[0]}"
            f"{similar[0]:18.2f}{similar[1]:8.2f} {marks[1]}"
            f"{theme[0]:16.2f}{theme[1]:8.2f} {marks[2]} ({theme[2]} themes)"
        )
    nearest = max(likeness for same, likeness, words in found if not same and words >= SHARED)
    print(f"\nthe likest two texts of different worries: {nearest:.2f}")
