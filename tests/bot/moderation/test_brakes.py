"""Brakes on both databases: one a thread, over in time, and what a pile-on is."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import Desk
from bot.moderation.brakes.heat import WINDOW, Heat
from bot.moderation.brakes.model import Brake, BrakeIsOn, BrakeSetup, Cause, NoBrake
from tests.conftest import StandingClock

GUILD, OTHER, THREAD, MO = 1 << 60, 1 << 61, 55, 77


@pytest.fixture
def desk(whole_desk: Desk) -> Desk:
    """A desk with a small knowledge base, on either database."""
    return whole_desk


async def test_a_thread_has_one_brake_however_many_press(desk: Desk):
    tries = (desk.brakes.begin(GUILD, THREAD, by) for by in range(1, 6))
    came = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(one) for one in came if not isinstance(one, BrakeIsOn)] == [Brake]
    assert await desk.brakes.now(OTHER, THREAD) is None
    with pytest.raises(NoBrake):
        await desk.brakes.lift(OTHER, THREAD, MO)
    assert (await desk.brakes.begin(GUILD, THREAD + 1, MO)).number == 2
    assert (await desk.brakes.lift(GUILD, THREAD, MO)).over is Cause.PRESSED
    with pytest.raises(NoBrake):
        await desk.brakes.lift(GUILD, THREAD, MO)
    assert (await desk.brakes.begin(GUILD, THREAD, MO)).number == 3
    verdict = await desk.store.read(lambda session: desk.audit.verify(session, GUILD))
    assert verdict.whole


async def test_a_pile_on_sets_one_only_where_that_is_wanted_and_makes_it_longer(
    desk: Desk, clock: StandingClock
):
    assert await desk.brakes.pile_on(GUILD, THREAD) is None
    await desk.brakes.choose(GUILD, BrakeSetup(by_itself=True, minutes=30), MO)
    assert list(desk.brakes.awake) == [GUILD]
    first = await desk.brakes.pile_on(GUILD, THREAD)
    clock.move(minutes=20)
    again = await desk.brakes.pile_on(GUILD, THREAD)
    assert first is not None
    assert again is not None
    assert (again.number, again.cause) == (1, Cause.PILE_ON)
    clock.move(minutes=29)
    await desk.brakes.look()
    assert await desk.brakes.now(GUILD, THREAD) is not None
    clock.move(days=2)
    await asyncio.gather(desk.brakes.look(), desk.brakes.look())
    assert await desk.brakes.now(GUILD, THREAD) is None
    assert (await desk.brakes.latest(GUILD))[0].over is Cause.TIME
    desk.brakes.forget(GUILD)
    assert desk.brakes.awake == {}


async def test_numbers_out_of_bounds_become_the_nearest_within(desk: Desk):
    wild = BrakeSetup(people=0, slow_seconds=10**9, minutes=0)
    chosen = await desk.brakes.choose(GUILD, wild, MO)
    assert (chosen.people, chosen.slow_seconds, chosen.minutes) == (3, 21_600, 5)
    assert await desk.brakes.setup(GUILD) == chosen


def test_many_people_on_one_are_a_pile_on_and_one_who_goes_on_is_not():
    heat = Heat()
    assert not any(heat.note(THREAD, at, 1, 9, 3) for at in range(100))  # one person, often
    assert not any(heat.note(THREAD, 200.0 + at, at, at + 1, 3) for at in range(100))  # a talk
    assert [heat.note(THREAD + 1, 1.0, author, 9, 3) for author in (1, 2, 2, 3)] == [
        False,
        False,
        False,
        True,
    ]
    assert not heat.note(THREAD + 1, 2.0, 4, 9, 3)  # counting begins anew


@given(
    st.lists(st.tuples(st.floats(0, 5_000), st.integers(1, 6), st.integers(1, 3)), max_size=60).map(
        sorted
    )
)
def test_a_pile_on_is_what_counting_by_hand_says(turns: list[tuple[float, int, int]]):
    heat, since = Heat(), 0
    for place, (at, author, person) in enumerate(turns):
        recent = {
            by for when, by, of in turns[since : place + 1] if at - when <= WINDOW and of == person
        }
        found = heat.note(THREAD, at, author, person, 4)
        assert found == (len(recent) >= 4)
        if found:
            since = place + 1
