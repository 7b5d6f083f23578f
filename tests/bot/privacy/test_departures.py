"""What is kept of a server goes, some time after it removed the desk, and nothing of another."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk import Desk
from bot.guilds.model import Capability
from bot.privacy.departures import RULE, STAYS, _tables
from bot.store.base import Row
from tests.bot.privacy.conftest import ANA, GUILD, OTHER, SAM, Said
from tests.conftest import StandingClock

NO_SERVERS = {"daily_job", "desk_seal", "erasure"}


async def _rows(desk: Desk, guild_id: int) -> dict[str, int]:
    async def work(session: AsyncSession) -> dict[str, int]:
        found = {}
        for name, table in Row.metadata.tables.items():
            if "guild_id" in table.c:
                query = select(func.count()).where(table.c.guild_id == guild_id)
                found[name] = await session.scalar(query) or 0
        return {name: count for name, count in found.items() if count}

    return await desk.store.read(work)


async def _count(desk: Desk, *, plan: bool = False) -> int:
    outcomes = await (desk.retention.plan() if plan else desk.retention.enforce())
    return next(outcome.count for outcome in outcomes if outcome.rule == RULE)


def test_no_table_of_a_servers_is_left_out():
    purged = {table.name for table in _tables()}
    assert set(Row.metadata.tables) - purged - STAYS == NO_SERVERS, "a purge would leave its rows"


async def test_a_server_that_removed_the_desk_is_purged_after_its_days(
    desk: Desk, said: Said, clock: StandingClock
):
    await desk.guilds.save(GUILD, staff_channel_id=5, roles={Capability.STAFF: frozenset({6})})
    assert await desk.topics.list_(GUILD)
    elsewhere = await _rows(desk, OTHER)
    await desk.departures.left(GUILD)
    clock.move(days=20)
    await desk.departures.left(GUILD)
    assert await _count(desk, plan=True) == 0
    clock.move(days=11)
    there = await _count(desk, plan=True)
    assert there > 10
    assert await _rows(desk, GUILD) != {}

    assert await _count(desk) == there + 1
    assert await _count(desk) == 0
    left = await _rows(desk, GUILD)
    assert set(left) <= STAYS
    assert not (await desk.guilds.get(GUILD)).done
    for who in (ANA, SAM):
        assert not (await desk.privacy.preview(who, GUILD)).known
    assert (await desk.privacy.preview(ANA, OTHER)).known
    assert {**await _rows(desk, OTHER)} == elsewhere
    verdict = await desk.store.read(lambda session: desk.audit.verify(session, GUILD))
    assert verdict.whole

    async def last(session: AsyncSession) -> str:
        return [entry.what async for entry in desk.audit.entries(session, GUILD)][-1]

    assert await desk.store.read(last) == "server.removed"
    # Whoever comes back finds what comes with the desk, as in the beginning.
    assert await desk.topics.list_(GUILD)
    assert (await desk.promises.list_(GUILD))[0]


@pytest.mark.sqlite
async def test_who_invites_the_desk_again_in_time_loses_nothing(
    desk: Desk, said: Said, clock: StandingClock
):
    # Removed while the desk did not run, and noticed when it was ready.
    assert await desk.departures.compare({OTHER}) == 1
    clock.move(days=29)
    assert await desk.departures.compare({GUILD, OTHER}) == 0
    clock.move(days=29)
    assert await _count(desk) == 0
    assert (await desk.triage.case(GUILD, said.anas)).what
