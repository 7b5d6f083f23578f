"""No group smaller than five can be found from what is told, however cleverly one looks."""

import itertools
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.concerns.briefs.overlap import Told, overlap_of
from bot.concerns.briefs.suppression import FLOOR, Table, at_least, most_quotes, table_of

SMALL = set(range(1, FLOOR))


@pytest.mark.parametrize(("groups", "most"), [(1, 30), (2, 20), (3, 13), (4, 8), (5, 6)])
def test_of_every_table_each_suppressed_group_could_be_any_small_number(groups: int, most: int):
    """Whoever knows these very rules, and sees what is told, still cannot tell 1 from 4."""
    made: dict[Table, list[tuple[int, ...]]] = defaultdict(list)
    for counts in itertools.product(range(1, most + 1), repeat=groups):
        made[table_of(dict(zip("abcde", counts, strict=False)))].append(counts)
    for told, tables in made.items():
        for place, (_, count) in enumerate(told.groups):
            possible = {counts[place] for counts in tables}
            assert possible == (SMALL if count is None else {count}), told


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40)))
def test_small_groups_are_not_told_and_the_rest_is_exact(counts: dict[str, int]):
    table = table_of(counts)
    assert dict(table.groups) == {
        name: count if count >= FLOOR else None for name, count in counts.items() if count
    }
    assert table.total in (None, sum(counts.values()))
    if table.total is not None and table.suppressed:
        left = table.total - table.told
        others = table.suppressed - 1
        assert left - others >= FLOOR - 1
        assert left - others * (FLOOR - 1) <= 1


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 12), min_size=1))
def test_as_many_quotes_as_are_allowed_say_nothing_of_a_suppressed_group(counts: dict[str, int]):
    table = table_of(counts)
    most = most_quotes(counts, table)
    if most is not None:
        # Each group is known to have one at least; the quotes say no more than that.
        assert most - table.told <= table.suppressed


def told(reference: str, kinds: str = "ab", *, total: bool = True, **groups: range) -> Told:
    """Return an earlier brief of numbered people."""
    there = {kind: frozenset(people) for kind, people in groups.items()}
    return Told(reference, there, frozenset(kinds), total)


@pytest.mark.parametrize(
    ("now", "hidden"),
    [
        (range(10), False),  # the same people
        (range(11), True),  # one more
        (range(9), True),  # one less
        (range(15), False),  # five more
        (range(100, 110), False),  # nobody of them
        (range(4, 14), True),  # four went, four came
    ],
)
def test_a_group_is_not_told_again_if_few_came_or_went(now: range, hidden: bool):
    overlap = overlap_of({"a": frozenset(now)}, [told("B-1", a=range(10))])
    assert bool(overlap.kinds) is hidden
    assert bool(overlap.total) is hidden
    assert overlap.kinds.get("a", ("B-1",)) == ("B-1",)
    # What the earlier brief did not tell, nothing can be taken from.
    assert not overlap_of({"a": frozenset(now)}, [told("B-1", "b", total=False, a=range(10))])


def test_earlier_numbers_that_add_up_are_looked_at_together():
    earlier = [told("B-1", a=range(10)), told("B-2", a=range(10, 20))]
    assert overlap_of({"a": frozenset(range(21))}, earlier).kinds == {"a": ("B-1", "B-2")}
    assert not overlap_of({"a": frozenset(range(20))}, earlier)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 12), min_size=1),
    st.sets(st.sampled_from("abcd")),
)
def test_what_is_not_told_because_of_an_earlier_brief_is_not_in_the_total(
    counts: dict[str, int], untold: set[str]
):
    table = table_of(counts, untold)
    assert all(count is None for kind, count in table.groups if kind in untold)
    if untold & counts.keys():
        assert table.total is None


def test_what_is_told_again_and_again_goes_up_in_steps():
    assert [at_least(count) for count in (0, 1, 4, 5, 9, 10, 23)] == [None] * 3 + [5, 5, 10, 20]
