"""Counting people without pointing at any: groups smaller than five are not told.

A group of fewer than `FLOOR` is suppressed. So that nobody can find it by taking the other groups
from the total, the total is told only if it says nothing about any one suppressed group: each
could then still be any number from one to `FLOOR` - 1. Otherwise the total is suppressed too, and
"more than" the groups that are told stands in its place. Suppressing the total, not another group
(complementary cell suppression: Willenborg and de Waal, "Elements of Statistical Disclosure
Control", 2001, chapter 6), leaves no choice of a group to learn from: what is told of the other
groups is the same whatever the suppressed ones hold. tests try every table there is.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

FLOOR = 5


@dataclass(frozen=True)
class Table:
    """Counts as they may be told; None stands for what is not told."""

    total: int | None
    groups: tuple[tuple[str, int | None], ...]

    @property
    def told(self) -> int:
        """The sum of the groups that are told; there are more if the total is not."""
        return sum(count for _, count in self.groups if count is not None)

    @property
    def suppressed(self) -> int:
        """How many groups are not told."""
        return sum(count is None for _, count in self.groups)


def table_of(
    counts: Mapping[str, int], untold: Collection[str] = (), *, total: bool = True
) -> Table:
    """Return what may be told of these groups, in their order; empty ones are left out.

    `untold` are groups that are not told for another reason, and without `total` the total is not
    either (`overlap.py`). A large group that is not told would stand in the total, so then the
    total is not told at all.
    """
    there = {name: count for name, count in counts.items() if count > 0}
    small = [count for count in there.values() if count < FLOOR]
    groups = tuple(
        (name, count if count >= FLOOR and name not in untold else None)
        for name, count in there.items()
    )
    told = total and not set(untold) & there.keys() and _says_nothing(sum(small), len(small))
    return Table(sum(there.values()) if told else None, groups)


def most_quotes(counts: Mapping[str, int], table: Table) -> int | None:
    """Return the most quotes that say nothing of a small group; None if any number does.

    Each quote is one person: more quotes than the people of large groups, and one of each small
    one, would say that a small group has more than one.
    """
    small = sum(0 < count < FLOOR for count in counts.values())
    if table.total is not None or not small:
        return None
    return sum(count for count in counts.values() if count >= FLOOR) + small


def at_least(count: int) -> int | None:
    """Return what may be told of a count that is told again and again, as "at least" so many.

    None if it is a group too small to tell. It goes up in steps of `FLOOR`, so that whoever looks
    twice never learns of fewer people than that.
    """
    return count - count % FLOOR or None


def _says_nothing(left: int, groups: int) -> bool:
    """Say whether knowing that `groups` hold `left` in all says nothing about any one of them."""
    if groups == 0:
        return True
    others = groups - 1
    most = FLOOR - 1
    return left - others >= most and left - others * most <= 1
