"""Briefs that overlap: no group may be found by taking one brief's numbers from another's.

If two briefs tell the number of a group and nearly the same people are in both, their difference
is a small group that neither tells (a differencing attack: Hundepool et al., "Statistical
Disclosure Control", 2012, section 5.2.2). So a group is not told again if those who came or went
since are fewer than `FLOOR`; none at all is fine, and so are many. Every brief that was sent
counts, whoever got it: what is sent becomes public. The earlier ones are looked at one by one and,
because their numbers can be added, all together.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.concerns.briefs.suppression import FLOOR

Groups = Mapping[str, AbstractSet[int]]
"""Which people a brief speaks for, by kind; each is under one."""


@dataclass(frozen=True)
class Told:
    """A brief that was sent: who is in it, and which of its numbers it tells."""

    reference: str
    groups: Groups
    kinds: frozenset[str]
    total: bool


@dataclass(frozen=True)
class Overlap:
    """What must not be told, because of which earlier briefs.

    Attributes:
        kinds: kind -> references of the earlier briefs.
        total: the same, for the total.
    """

    kinds: Mapping[str, tuple[str, ...]]
    total: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.kinds or self.total)


def overlap_of(groups: Groups, earlier: Sequence[Told]) -> Overlap:
    """Return which numbers of a brief would tell of a small group, beside the earlier ones."""
    kinds: dict[str, tuple[str, ...]] = {}
    for kind, there in groups.items():
        told = [(one.reference, one.groups.get(kind, frozenset())) for one in earlier]
        told = [pair for pair, one in zip(told, earlier, strict=True) if kind in one.kinds]
        found = tuple(_telling(there, told))
        if found:
            kinds[kind] = found
    everybody = frozenset[int]().union(*groups.values())
    totals = [
        (one.reference, frozenset[int]().union(*one.groups.values()))
        for one in earlier
        if one.total
    ]
    return Overlap(kinds, tuple(_telling(everybody, totals)))


def _telling(
    there: AbstractSet[int], earlier: Sequence[tuple[str, AbstractSet[int]]]
) -> Iterator[str]:
    """Yield the references of earlier briefs that would tell of a few of these people."""
    shared = [(reference, before) for reference, before in earlier if there & before]
    alone = [reference for reference, before in shared if _few(there, before)]
    if alone:
        yield from alone
    elif len(shared) > 1 and _few(there, frozenset[int]().union(*(one for _, one in shared))):
        yield from (reference for reference, _ in shared)


def _few(one: AbstractSet[int], other: AbstractSet[int]) -> bool:
    return 0 < len(one - other) < FLOOR or 0 < len(other - one) < FLOOR
