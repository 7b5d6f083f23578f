"""Counting ballots: known elections, ties, and a second way of counting."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussions.polls.counting import Ballot, Outcome, plurality, runoff

MEMPHIS, NASHVILLE, CHATTANOOGA, KNOXVILLE = range(4)
TENNESSEE: list[Ballot] = [
    *[(MEMPHIS, NASHVILLE, CHATTANOOGA, KNOXVILLE)] * 42,
    *[(NASHVILLE, CHATTANOOGA, KNOXVILLE, MEMPHIS)] * 26,
    *[(CHATTANOOGA, KNOXVILLE, NASHVILLE, MEMPHIS)] * 15,
    *[(KNOXVILLE, CHATTANOOGA, NASHVILLE, MEMPHIS)] * 17,
]
"""The textbook example: choosing a capital (https://en.wikipedia.org/wiki/Instant-runoff_voting)."""


def test_the_textbook_election():
    outcome = runoff(4, TENNESSEE)
    assert outcome.winners == (KNOXVILLE,)
    assert [dict(one.counts) for one in outcome.rounds] == [
        {MEMPHIS: 42, NASHVILLE: 26, KNOXVILLE: 17, CHATTANOOGA: 15},
        {MEMPHIS: 42, KNOXVILLE: 32, NASHVILLE: 26},
        {KNOXVILLE: 58, MEMPHIS: 42},
    ]
    assert plurality(4, [one[:1] for one in TENNESSEE]) == ([42, 26, 15, 17], (MEMPHIS,))


def test_burlington_2009_by_its_published_last_three():
    # Wright, Kiss and Montroll with what their ballots said next, as published for the mayoral
    # election of Burlington, Vermont (https://rangevoting.org/Burlington.html).
    wright, kiss, montroll = range(3)
    ballots: list[Ballot] = [
        *[(montroll, kiss, wright)] * 1332,
        *[(montroll, wright, kiss)] * 767,
        *[(montroll,)] * 455,
        *[(kiss, montroll, wright)] * 2043,
        *[(kiss, wright, montroll)] * 371,
        *[(kiss,)] * 568,
        *[(wright, montroll, kiss)] * 1513,
        *[(wright, kiss, montroll)] * 495,
        *[(wright,)] * 1289,
    ]
    outcome = runoff(3, ballots)
    assert outcome.winners == (kiss,)
    assert dict(outcome.rounds[-1].counts) == {kiss: 4314, wright: 4064}
    assert outcome.rounds[-1].exhausted == 455


def test_nobody_and_everybody_for_one():
    assert runoff(3, []) == Outcome(())
    assert runoff(3, [(), ()]) == Outcome(())
    assert runoff(3, [(2,)]).winners == (2,)
    assert plurality(3, []) == ([0, 0, 0], ())


def test_a_tie_to_go_out_that_makes_no_difference_has_one_winner():
    ballots: list[Ballot] = [(0,)] * 3 + [(1, 0)] * 2 + [(2, 0)] * 2
    outcome = runoff(3, ballots)
    assert outcome.winners == (0,)
    assert outcome.rounds[0].tied == (1, 2)


def test_a_tie_to_go_out_that_decides_is_a_tie():
    ballots: list[Ballot] = [(0,)] * 4 + [(1, 2)] * 3 + [(2, 1)] * 3
    outcome = runoff(3, ballots)
    assert outcome.winners == (1, 2)
    assert runoff(2, [(0,), (1,)]).winners == (0, 1)
    assert runoff(3, [(0,), (1,), (2,)]).winners == (0, 1, 2)


def test_options_nobody_wants_first_go_out_together():
    outcome = runoff(5, [(0, 3), (1, 4), (0,), (1,), (2, 0)])
    assert outcome.rounds[0].out == (3, 4)
    assert outcome.winners == (0,)


def _by_hand(still: tuple[int, ...], ballots: list[Ballot]) -> set[int]:
    """Count again, the slow way: one option goes out at a time, whichever it may be."""
    firsts = [next((one for one in ballot if one in still), None) for ballot in ballots]
    counts = {one: firsts.count(one) for one in still}
    in_all = sum(counts.values())
    for one, many in counts.items():
        if 2 * many > in_all:
            return {one}
    if len(still) <= 2:
        return set(still)
    fewest = min(counts.values())
    won: set[int] = set()
    for out in [one for one in still if counts[one] == fewest]:
        won |= _by_hand(tuple(one for one in still if one != out), ballots)
    return won


RANKINGS = [one for length in range(5) for one in permutations(range(4), length)]


@given(st.lists(st.sampled_from(RANKINGS), max_size=14))
def test_it_is_what_counting_by_hand_finds(ballots: list[Ballot]):
    counting = [one for one in ballots if one]
    expected = _by_hand((0, 1, 2, 3), counting) if counting else set()
    assert set(runoff(4, ballots).winners) == expected


def test_a_tie_of_all_is_found_quickly_and_more_options_are_refused():
    assert runoff(12, [(one,) for one in range(12)]).winners == tuple(range(12))
    with pytest.raises(ValueError, match="too many"):
        runoff(13, [])
