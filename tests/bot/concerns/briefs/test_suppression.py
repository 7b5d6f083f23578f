"""No group smaller than five can be found from what is told, however cleverly one looks."""

import itertools
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.concerns.briefs.suppression import FLOOR, Table, table_of

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
    if table.most_quotes is not None:
        # Each group is known to have one at least; the quotes say no more than that.
        assert table.most_quotes - table.told <= table.suppressed
