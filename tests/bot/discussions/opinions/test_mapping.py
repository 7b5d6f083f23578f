"""Finding groups, and what unites and divides: against a conversation that Polis itself mapped.

`toronto.txt` holds the votes of "Bike Lanes in Toronto" (https://pol.is/7btrabcujr), as Polis
exported them on 29 August 2025: a line a participant, first the group that Polis put them in (`?`
for none), then a character a statement: + agreed, - disagreed, 0 passed, . did not vote. What it
is compared with is from the same export, and from red-dwarf 0.4.0, a second implementation.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussions.opinions.figures import FLOOR, Counts, Figures, Leaning, Side
from bot.discussions.opinions.mapping import (
    ENOUGH,
    figures_of,
    grouped,
    one_proportion,
    placed,
    two_proportions,
)

LINES = [line.split() for line in Path(__file__).with_name("toronto.txt").read_text().splitlines()]
VOTES = np.array([[".+-0".index(one) for one in line] for _group, line in LINES], dtype=np.int8)
THEIRS = np.array([group for group, _line in LINES])
NUMBERS = range(VOTES.shape[1])


@pytest.fixture(scope="module")
def figures() -> Figures:
    return figures_of(VOTES, NUMBERS)


def test_the_groups_are_those_that_polis_found():
    counted = (VOTES != 0).sum(axis=1) >= ENOUGH
    labels = grouped(placed(VOTES[counted]))
    assert labels.tolist() == [{"1": 0, "0": 1}[one] for one in THEIRS[counted]]


def test_the_smaller_groups_votes_are_those_that_polis_counted(figures: Figures):
    a, b = figures.groups
    assert (figures.people, figures.counted, figures.needed) == (46, 38, 7)
    assert [(one.letter, one.size) for one in (a, b)] == [("A", 32), ("B", 6)]
    for number, counts in {0: (1, 5, 0), 10: (3, 1, 1), 16: (5, 0, 1), 24: (1, 5, 0)}.items():
        said = figures.said(number)
        assert said is not None
        assert said.groups[1] == Counts(*counts)


def test_what_stands_for_the_groups_is_what_the_other_implementation_ranks_first(
    figures: Figures,
):
    a, b = figures.groups
    agree, disagree = Side.AGREE, Side.DISAGREE
    assert [(one.number, one.side) for one in a.stands_for] == [
        (16, disagree),
        (24, agree),
        (19, disagree),
        (20, disagree),
        (7, agree),
    ]
    assert [(one.number, one.side) for one in b.stands_for] == [
        (16, agree),
        (12, agree),
        (19, agree),
        (0, disagree),
        (34, disagree),
    ]
    # Of the statements whose split may be shown, by group-informed consensus: 37 has 0.70 there.
    assert figures.unites[:2] == (Leaning(37, agree), Leaning(3, agree))
    assert figures.divides[0] == 12


def test_the_tests_of_proportions_are_those_of_polis():
    # The values of the functions as Polis defines them, worked out by hand.
    assert one_proportion(9, 10) == pytest.approx(2 * 11**0.5 * (10 / 11 - 0.5))
    assert two_proportions(5, 6, 0, 24) == pytest.approx(
        (6 / 7 - 1 / 25) / (7 / 32 * 25 / 32 * (1 / 7 + 1 / 25)) ** 0.5
    )
    assert two_proportions(4, 4, 9, 9) == 0


def test_statements_few_voted_on_are_not_shown_and_splits_are_shown_whole_or_not(
    figures: Figures,
):
    shown = {one.number: one for one in figures.statements}
    assert 29 not in shown  # two votes
    assert shown[45].groups == ()  # two of group B voted on it
    assert shown[45].all.votes >= FLOOR
    for said in shown.values():
        assert all(part.votes >= FLOOR for part in said.groups)
        if said.groups:
            assert said.all.votes == sum(part.votes for part in said.groups)


def test_figures_are_the_same_again_and_survive_being_kept(figures: Figures):
    assert figures_of(VOTES, NUMBERS) == figures
    assert Figures.from_json(figures.as_json()) == figures


@pytest.mark.parametrize("people", [0, 1, 4])
def test_of_fewer_than_five_people_nothing_is_shown(people: int):
    figures = figures_of(VOTES[:people], NUMBERS)
    assert not figures.shown
    assert not figures.statements


def test_people_of_one_mind_are_one_group():
    figures = figures_of(np.ones((40, 8), dtype=np.int8), range(8))
    assert figures.groups == ()
    assert len(figures.unites) == 5
    assert not figures.divides


def test_four_who_differ_from_all_are_no_group_of_their_own():
    votes = np.ones((30, 10), dtype=np.int8)
    votes[:4] = 2
    assert figures_of(votes, range(10)).groups == ()
    votes[:5] = 2
    assert [one.size for one in figures_of(votes, range(10)).groups] == [25, 5]


@given(
    people=st.integers(0, 40),
    statements=st.integers(1, 12),
    seed=st.integers(0, 2**16),
    cast=st.floats(0, 1),
)
def test_whatever_people_vote_nothing_is_about_fewer_than_five(
    people: int, statements: int, seed: int, cast: float
):
    random = np.random.default_rng(seed)
    votes = random.integers(1, 4, (people, statements)).astype(np.int8)
    votes[random.random(votes.shape) > cast] = 0
    figures = figures_of(votes, range(statements))
    assert all(group.size >= FLOOR for group in figures.groups)
    assert sum(group.size for group in figures.groups) in (0, figures.counted)
    for said in figures.statements:
        assert said.all.votes >= FLOOR
        assert all(part.votes >= FLOOR for part in said.groups)
    listed = {one.number for one in figures.unites} | set(figures.divides)
    assert listed <= {one.number for one in figures.statements}
