"""The real desk on the simulated Discord, over several starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from simcord import Env
from sqlalchemy import func, select

from bot.concerns.model import Draft, Kind
from bot.desk import Desk
from bot.guilds.model import Capability
from bot.settings import Settings
from bot.simulator.desk import set_up
from bot.simulator.world import GENERAL, HOST, STAFF, World, build_world
from bot.store.outbox import OutboxRow
from bot.store.placements import Placement, place, placement_of
from tests.bot.simulator.toy import Toy
from tests.conftest import ROOT, StandingClock


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The demo's settings, beside a desk's own in an empty folder."""
    return Settings(
        database_url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/commonplace.db"),
        key_file=tmp_path / "desk.key",
        knowledge=ROOT / "config/knowledge",
        locale=ROOT / "config/locale",
        keys=SecretStr("the real desk's"),
    ).for_demo()


@asynccontextmanager
async def start(settings: Settings, clock: StandingClock) -> AsyncIterator[tuple[Desk, World]]:
    """Start the desk in a world built anew, as each start of the demo does."""
    clock.move(minutes=5)
    desk = await Desk.open(settings, clock=clock)
    try:
        world = build_world(Env(Toy()), clock)
        await set_up(desk, world)
        yield desk, world
    finally:
        await desk.close()


def test_the_demo_keeps_its_data_apart_from_the_desks_own(tmp_path: Path) -> None:
    own = Settings(
        database_url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/desk.db?timeout=5"),
        key_file=tmp_path / "desk.key",
        keys=SecretStr("a"),
        index_key=SecretStr("b"),
        token=SecretStr("c"),
    )
    demo = own.for_demo()
    assert demo.database_file == tmp_path / "desk-demo.db"
    assert demo.key_file == tmp_path / "desk-demo.key"
    assert (demo.keys, demo.index_key, demo.token) == (None, None, None)
    postgres = Settings(database_url=SecretStr("postgresql+asyncpg://desk@db/desk"))
    assert postgres.database_file is None
    assert postgres.for_demo().database_file == Path("data/commonplace-demo.db")


async def test_a_concern_is_found_again_and_its_card_is_posted_again(
    settings: Settings, clock: StandingClock
) -> None:
    async with start(settings, clock) as (desk, world):
        receipt = await desk.concerns.raise_(
            guild_id=world.guild_id,
            reporter_id=world.people["ana"].id,
            draft=Draft(kind=Kind.QUESTION, what="Is my photo in a dataset?"),
            intake="interaction:1",
        )
        subject = f"card:{receipt.reference}"
        where = Placement(world.staff_channel_id, 77)
        await desk.store.write(lambda session: place(session, world.guild_id, subject, where))
    for starts in (2, 3):
        async with start(settings, clock) as (desk, world):
            own = await desk.concerns.own([world.guild_id], world.people["ana"].id)
            assert [concern.reference for concern in own] == [receipt.reference]
            gone = await desk.store.read(
                lambda session, world=world: placement_of(session, world.guild_id, subject)
            )
            assert gone is None, "the message ended with the earlier start"
            assert await _effects(desk, subject) == starts


async def _effects(desk: Desk, lane: str) -> int:
    query = select(func.count()).where(OutboxRow.lane == lane)
    return await desk.store.read(lambda session: session.scalar(query)) or 0


async def test_what_was_chosen_stays_chosen_while_it_is_there(
    settings: Settings, clock: StandingClock
) -> None:
    async with start(settings, clock) as (desk, world):
        setup = await desk.guilds.get(world.guild_id)
        assert setup.staff_channel_id == world.staff_channel_id
        assert setup.roles[Capability.STAFF] == {world.roles[STAFF].id}
        await desk.guilds.save(
            world.guild_id,
            staff_channel_id=world.channels[GENERAL].id,
            roles={Capability.STAFF: frozenset({world.roles[HOST].id})},
        )
    async with start(settings, clock) as (desk, world):
        setup = await desk.guilds.get(world.guild_id)
        assert setup.staff_channel_id == world.channels[GENERAL].id
        assert setup.roles[Capability.STAFF] == {world.roles[HOST].id}
        # As /setup does when it makes a channel: its id is of this start's time.
        await desk.guilds.save(world.guild_id, staff_channel_id=1 << 60)
    async with start(settings, clock) as (desk, world):
        setup = await desk.guilds.get(world.guild_id)
        assert setup.staff_channel_id == world.staff_channel_id
        assert setup.roles[Capability.STAFF] == {world.roles[STAFF].id}
