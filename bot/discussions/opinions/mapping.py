"""Finding the groups, and what unites and divides them, as Polis does.

The method is that of C. Small, M. Bjorkegren, T. Erkkilä, L. Shaw and C. Megill: "Polis: Scaling
deliberation by mapping high dimensional opinion spaces", Recerca 26(2), 2021
(https://doi.org/10.6035/recerca.5516): votes of +1, -1 and 0 are placed on a plane by principal
components, with means where a vote is missing and each person moved outward by the root of how
much they left out; k-means finds groups, and the silhouette says how many. Statements stand for a
group by two proportion tests, and unite all groups by the product of their shares (group-informed
consensus). docs/decisions/0032-opinion-maps.md says where the desk does otherwise, and why.

Pure: votes in, figures out. It may take seconds, so callers give it to a thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bot.discussions.opinions.figures import (
    FLOOR,
    Counts,
    Figures,
    Group,
    Leaning,
    Said,
    Side,
    Vote,
)

ENOUGH = 7
"""Whoever voted on so many statements, or on all there are, is placed on the map."""
MOST_GROUPS = 5
MOST_LISTED = 5
"""How many statements stand for a group, unite or divide, at most."""
CERTAIN = 1.2815515655446004
"""The 90th percentile of the normal distribution."""
APART = 0.3
"""So far apart groups' shares of agreement must be for a statement to be said to divide."""

_PEOPLE_A_GROUP = 12
_SAMPLE = 2000
_SEED = 20210701
_LETTERS = "ABCDE"

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class _Tally:
    """Votes by group (rows) and statement (columns)."""

    agree: NDArray[np.int64]
    disagree: NDArray[np.int64]
    votes: NDArray[np.int64]

    def of(self, side: Side) -> NDArray[np.int64]:
        return self.agree if side is Side.AGREE else self.disagree

    def share(self, side: Side) -> Floats:
        """Return the shares, each with one vote for and one against added (Laplace)."""
        return (self.of(side) + 1.0) / (self.votes + 2.0)


def figures_of(votes: NDArray[np.int8], numbers: Sequence[int]) -> Figures:
    """Return the map of `votes`: a row a person, a column a statement, `Vote`s in it.

    `numbers` are the statements' numbers, in the order of the columns. The same votes give the
    same map.
    """
    cast = np.count_nonzero(votes, axis=1)
    people = int(np.count_nonzero(cast))
    needed = max(min(ENOUGH, len(numbers)), 1)
    counted = votes[cast >= needed]
    if len(counted) < FLOOR:
        return Figures(people=people, counted=len(counted), needed=needed)
    # More threads than one only get in each other's way here, and in everybody else's.
    with threadpool_limits(limits=1):
        points = placed(counted)
        labels = grouped(points)
    groups = int(labels.max()) + 1
    tally = _tally(counted, labels, groups)
    # A statement's split is shown whole or not at all: from all but one part and the sum,
    # anybody could work out the rest.
    enough = np.asarray((tally.votes >= FLOOR).all(axis=0), dtype=np.bool_)
    split = enough if groups > 1 else np.zeros_like(enough)
    seen = np.asarray(tally.votes.sum(axis=0) >= FLOOR, dtype=np.bool_)
    return Figures(
        people=people,
        counted=len(counted),
        needed=needed,
        groups=_groups(points, labels, tally, split, numbers) if groups > 1 else (),
        statements=tuple(
            _said(tally, column, numbers[column], bool(split[column])) for column in _columns(seen)
        ),
        unites=_unites(tally, split if groups > 1 else seen, numbers),
        divides=_divides(tally, split if groups > 1 else seen, numbers),
    )


def placed(votes: NDArray[np.int8]) -> Floats:
    """Return where each person is on the plane of the two principal components."""
    # Loaded where it is first needed: it takes a second, and most starts never draw a map.
    from sklearn.decomposition import PCA  # noqa: PLC0415

    values = _values(votes)
    missing = np.isnan(values)
    voted = np.maximum((~missing).sum(axis=0), 1)
    means = np.where(missing, 0.0, values).sum(axis=0) / voted
    filled = np.where(missing, means, values)
    if not np.ptp(filled, axis=0).any():
        return np.zeros((len(votes), 2))
    axes = min(2, *filled.shape)
    plane = PCA(n_components=axes, svd_solver="covariance_eigh").fit_transform(filled)
    if axes < 2:
        plane = np.column_stack([plane, np.zeros(len(plane))])
    left_out = votes.shape[1] / np.maximum((~missing).sum(axis=1), 1)
    return np.asarray(plane * np.sqrt(left_out)[:, None], dtype=np.float64)


def grouped(points: Floats) -> Labels:
    """Return the group of each person, the largest first; all 0 if there is but one.

    Of two to five groups the number with the best silhouette is taken. A group of fewer than five
    people joins the nearest larger one, before that is judged.
    """
    from sklearn.cluster import KMeans  # noqa: PLC0415
    from sklearn.metrics import silhouette_score  # noqa: PLC0415

    people = len(points)
    best: Labels = np.zeros(people, dtype=np.int64)
    best_score = 0.0
    distinct = len(np.unique(points.round(9), axis=0))
    most = min(MOST_GROUPS, people // FLOOR, 2 + people // _PEOPLE_A_GROUP, distinct)
    for number in range(2, most + 1):
        found = KMeans(n_clusters=number, n_init=10, random_state=_SEED).fit_predict(points)
        labels = _folded(points, found.astype(np.int64))
        if labels.max() == 0:
            continue
        sample = {"sample_size": _SAMPLE, "random_state": _SEED} if people > _SAMPLE else {}
        score = float(silhouette_score(points, labels, **sample))
        if score > best_score + 1e-9:
            best, best_score = labels, score
    return best


def _values(votes: NDArray[np.int8]) -> Floats:
    """Return votes as numbers, with NaN where there is none."""
    meanings = np.array([np.nan, 1.0, -1.0, 0.0])
    return np.asarray(meanings[votes], dtype=np.float64)


def _folded(points: Floats, labels: Labels) -> Labels:
    """Join groups under the floor to the nearest that is not, and number by size."""
    sizes = np.bincount(labels)
    kept = np.flatnonzero(sizes >= FLOOR)
    if len(kept) == 0:
        return np.zeros(len(points), dtype=np.int64)
    centers = np.array([points[labels == one].mean(axis=0) for one in kept])
    homeless = sizes[labels] < FLOOR
    places = np.searchsorted(kept, labels).clip(max=len(kept) - 1)
    if homeless.any():
        gaps = ((points[homeless, None, :] - centers[None, :, :]) ** 2).sum(axis=2)
        places[homeless] = gaps.argmin(axis=1)
    sizes = np.bincount(places, minlength=len(kept))
    order = sorted(range(len(kept)), key=lambda one: (-sizes[one], *centers[one]))
    ranks = np.empty(len(kept), dtype=np.int64)
    ranks[order] = np.arange(len(kept))
    return np.asarray(ranks[places], dtype=np.int64)


def _columns(chosen: NDArray[np.bool_]) -> list[int]:
    return [int(one) for one in np.flatnonzero(chosen)]


def _tally(votes: NDArray[np.int8], labels: Labels, groups: int) -> _Tally:
    def count(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.array([mask[labels == one].sum(axis=0) for one in range(groups)])

    return _Tally(
        count(votes == Vote.AGREE), count(votes == Vote.DISAGREE), count(votes != Vote.NONE)
    )


def _said(tally: _Tally, column: int, number: int, split: bool) -> Said:
    def counts(agree: int, disagree: int, votes: int) -> Counts:
        return Counts(int(agree), int(disagree), int(votes - agree - disagree))

    parts = zip(
        tally.agree[:, column], tally.disagree[:, column], tally.votes[:, column], strict=True
    )
    whole = (tally.agree[:, column], tally.disagree[:, column], tally.votes[:, column])
    return Said(
        number,
        counts(*(one.sum() for one in whole)),
        tuple(counts(*part) for part in parts) if split else (),
    )


def _groups(
    points: Floats,
    labels: Labels,
    tally: _Tally,
    split: NDArray[np.bool_],
    numbers: Sequence[int],
) -> tuple[Group, ...]:
    made = []
    for one in range(int(labels.max()) + 1):
        members = points[labels == one]
        center = members.mean(axis=0)
        spread = float(np.sqrt(((members - center) ** 2).sum(axis=1).mean()))
        made.append(
            Group(
                _LETTERS[one],
                len(members),
                round(float(center[0]), 4),
                round(float(center[1]), 4),
                round(spread, 4),
                _stands_for(tally, one, split, numbers),
            )
        )
    return tuple(made)


def one_proportion(succeeded: Any, of: Any) -> Floats:
    """Return how surely a share is over a half, as a z-score, as Polis counts it."""
    of = np.asarray(of, dtype=np.float64) + 1
    succeeded = np.asarray(succeeded, dtype=np.float64) + 1
    return np.asarray(2 * np.sqrt(of) * (succeeded / of - 0.5))


def two_proportions(succeeded: Any, of: Any, others: Any, of_others: Any) -> Floats:
    """Return how surely one share is over another, as a z-score, as Polis counts it."""
    succeeded, of, others, of_others = (
        np.asarray(one, dtype=np.float64) + 1 for one in (succeeded, of, others, of_others)
    )
    both = np.minimum((succeeded + others) / (of + of_others), 1.0)
    error = np.sqrt(both * (1 - both) * (1 / of + 1 / of_others))
    gap = succeeded / of - others / of_others
    return np.asarray(np.divide(gap, error, out=np.zeros_like(gap), where=error > 0))


def _stands_for(
    tally: _Tally, group: int, split: NDArray[np.bool_], numbers: Sequence[int]
) -> tuple[Leaning, ...]:
    """Return what a group holds, for certain, and more than everybody else does."""
    found: list[tuple[float, Leaning]] = []
    votes = tally.votes[group]
    other_votes = tally.votes.sum(axis=0) - votes
    for side in Side:
        mine = tally.of(side)[group]
        others = tally.of(side).sum(axis=0) - mine
        share = (mine + 1) / (votes + 2)
        ratio = share / ((others + 1) / (other_votes + 2))
        sure = one_proportion(mine, votes)
        surely_more = two_proportions(mine, votes, others, other_votes)
        weight = ratio * surely_more * share * sure
        for column in _columns(split & (sure > CERTAIN) & (surely_more > CERTAIN)):
            found.append((-float(weight[column]), Leaning(numbers[column], side)))
    found.sort(key=lambda one: (one[0], one[1].number))
    return tuple(leaning for _weight, leaning in found[:MOST_LISTED])


def _unites(tally: _Tally, shown: NDArray[np.bool_], numbers: Sequence[int]) -> tuple[Leaning, ...]:
    """Return what every group leans to the same side on, by group-informed consensus."""
    found: list[tuple[float, Leaning]] = []
    for side in Side:
        shares = tally.share(side)
        sure = one_proportion(tally.of(side).sum(axis=0), tally.votes.sum(axis=0))
        together = shown & (shares > 0.5).all(axis=0) & (sure > CERTAIN)
        product = shares.prod(axis=0)
        for column in _columns(together):
            found.append((-float(product[column]), Leaning(numbers[column], side)))
    found.sort(key=lambda one: (one[0], one[1].number))
    return tuple(leaning for _product, leaning in found[:MOST_LISTED])


def _divides(tally: _Tally, shown: NDArray[np.bool_], numbers: Sequence[int]) -> tuple[int, ...]:
    """Return on what groups differ most for certain; without groups, what splits everybody."""
    found: list[tuple[float, int]] = []
    for column in _columns(shown):
        agree, votes = tally.agree[:, column], tally.votes[:, column]
        if len(votes) == 1:
            sides = sorted((int(agree[0]), int(tally.disagree[0, column])))
            gap = sides[0] / int(votes[0])
            certain = True
        else:
            shares = agree / votes
            high, low = int(shares.argmax()), int(shares.argmin())
            gap = float(shares[high] - shares[low])
            z = two_proportions(agree[high], votes[high], agree[low], votes[low])
            certain = float(z) > CERTAIN
        if certain and gap >= APART:
            found.append((-gap, numbers[column]))
    found.sort()
    return tuple(number for _gap, number in found[:MOST_LISTED])
