"""Storms on both databases: one at a time, over in time, told once, and what a surge is."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.desk import Desk
from bot.moderation.storms.effects import BOARD, SHIELD
from bot.moderation.storms.model import Cause, NoStorm, Storm, StormIsOn, StormSetup
from bot.moderation.storms.surge import Surge
from bot.store.outbox import OutboxRow
from tests.conftest import StandingClock

GUILD, OTHER, MO = 1 << 60, 1 << 61, 77


@pytest.fixture
def desk(whole_desk: Desk) -> Desk:
    """A desk with a small knowledge base, on either database."""
    return whole_desk


async def posted(desk: Desk, kind: str) -> int:
    """Return how many effects of a kind were posted."""
    query = select(func.count()).where(OutboxRow.kind == kind)
    return await desk.store.read(lambda session: session.scalar(query)) or 0


async def test_there_is_one_storm_at_a_time_however_many_press(desk: Desk):
    tries = (desk.storms.begin(GUILD, by) for by in range(1, 6))
    came = await asyncio.gather(*tries, return_exceptions=True)

    assert [type(one) for one in came if not isinstance(one, StormIsOn)] == [Storm]
    assert await desk.storms.now(OTHER) is None
    assert await posted(desk, SHIELD) == await posted(desk, BOARD) == 1
    over = await desk.storms.lift(GUILD, MO)
    assert (over.is_on, over.over) == (False, Cause.PRESSED)
    with pytest.raises(NoStorm):
        await desk.storms.lift(GUILD, MO)
    assert (await desk.storms.begin(GUILD, MO)).number == 2
    assert [one.number for one in await desk.storms.latest(GUILD)] == [2, 1]
    verdict = await desk.store.read(lambda session: desk.audit.verify(session, GUILD))
    assert verdict.whole


async def test_a_surge_begins_one_only_where_that_is_wanted_and_makes_it_longer(
    desk: Desk, clock: StandingClock
):
    assert await desk.storms.surge(GUILD, Cause.JOINS) is None
    await desk.storms.choose(GUILD, StormSetup(by_itself=True, minutes=60), MO)
    first = await desk.storms.surge(GUILD, Cause.JOINS)
    clock.move(minutes=30)
    again = await desk.storms.surge(GUILD, Cause.MESSAGES)

    assert first is not None
    assert again is not None
    assert (again.number, again.cause) == (1, Cause.JOINS)
    assert again.ends_at - first.ends_at == timedelta(minutes=30)
    clock.move(minutes=59)
    await desk.storms.look()
    assert await desk.storms.now(GUILD) is not None
    clock.move(days=2)
    await asyncio.gather(desk.storms.look(), desk.storms.look())
    assert await desk.storms.now(GUILD) is None
    assert (await desk.storms.latest(GUILD))[0].over is Cause.TIME
    assert await posted(desk, SHIELD) == 2


async def test_what_was_before_is_noted_once(desk: Desk):
    await desk.storms.begin(GUILD, MO)
    await desk.storms.keep_before(GUILD, 1, 1, {5: 0})
    kept = await desk.storms.keep_before(GUILD, 1, 3, {5: 30})
    assert kept.before == (1, {5: 0})


async def test_numbers_out_of_bounds_become_the_nearest_within(desk: Desk):
    wild = StormSetup(joins=0, messages=10**9, slow_seconds=10**9, minutes=0)
    chosen = await desk.storms.choose(GUILD, wild, MO)
    assert (chosen.joins, chosen.messages, chosen.slow_seconds, chosen.minutes) == (
        5,
        10_000,
        21_600,
        5,
    )
    desk.storms.forget(GUILD)
    assert await desk.storms.setup(GUILD) == chosen


def test_a_surge_is_so_many_within_a_minute():
    surge = Surge()
    assert not any(surge.note(GUILD, at * 10.0, 8) for at in range(30))
    assert [surge.note(OTHER, 300 + at / 200, 30) for at in range(2000)].count(True) == 66
