"""The real desk on the simulated Discord, over several starts."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.concerns.model import Draft, Kind
from bot.desk import Desk
from bot.guilds.model import Capability
from bot.platform.client import DeskClient
from bot.settings import Settings
from bot.simulator.demo import Demo, simulated
from bot.simulator.desk import set_up
from bot.simulator.world import GENERAL, HOST, STAFF
from tests.conftest import ROOT, StandingClock


@pytest.fixture
def settings(tmp_path: Path, kept_vectors: Path) -> Settings:
    """The demo's settings, beside a desk's own in a folder with nothing but vectors."""
    shutil.copy(kept_vectors, tmp_path)
    return Settings(
        database_url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/commonplace.db"),
        key_file=tmp_path / "desk.key",
        knowledge=ROOT / "config/knowledge",
        locale=ROOT / "config/locale",
        keys=SecretStr("the real desk's"),
    ).for_demo()


@asynccontextmanager
async def start(settings: Settings, clock: StandingClock) -> AsyncIterator[tuple[Desk, Demo]]:
    """Start the desk on a Discord simulated anew, as each start of the demo does."""
    clock.move(minutes=5)
    desk = await Desk.open(settings, clock=clock)
    try:
        async with simulated(
            lambda: DeskClient(desk), on_world=lambda world: set_up(desk, world), clock=clock
        ) as demo:
            yield desk, demo
        assert not demo.env.errors
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
    reference = ""
    for starts in (1, 2, 3):
        async with start(settings, clock) as (desk, demo):
            guild_id, ana = demo.world.guild_id, demo.world.people["ana"].id
            if starts == 1:
                receipt = await desk.concerns.raise_(
                    guild_id=guild_id,
                    reporter_id=ana,
                    draft=Draft(kind=Kind.DATASET, what="Is my photo in it?"),
                    intake="interaction:1",
                )
                reference = receipt.reference
            await demo.env.bot.courier.rest()
            assert _cards(demo, reference) == 1
            case = await desk.triage.case(guild_id, reference)
            assert case.what == "Is my photo in it?"


def _cards(demo: Demo, reference: str) -> int:
    """Count the messages in the staff channel that show this reference."""
    messages = demo.env.backend.messages.get(demo.world.staff_channel_id, {}).values()
    return sum(reference in repr(message.components) for message in messages)


async def test_what_was_chosen_stays_chosen_while_it_is_there(
    settings: Settings, clock: StandingClock
) -> None:
    async with start(settings, clock) as (desk, demo):
        world = demo.world
        setup = await desk.guilds.get(world.guild_id)
        assert setup.staff_channel_id == world.staff_channel_id
        assert setup.roles[Capability.STAFF] == {world.roles[STAFF].id}
        await desk.guilds.save(
            world.guild_id,
            staff_channel_id=world.channels[GENERAL].id,
            roles={Capability.STAFF: frozenset({world.roles[HOST].id})},
        )
    async with start(settings, clock) as (desk, demo):
        world = demo.world
        setup = await desk.guilds.get(world.guild_id)
        assert setup.staff_channel_id == world.channels[GENERAL].id
        assert setup.roles[Capability.STAFF] == {world.roles[HOST].id}
        # As /setup does when it makes a channel: its id is of this start's time.
        await desk.guilds.save(world.guild_id, staff_channel_id=1 << 60)
    async with start(settings, clock) as (desk, demo):
        world = demo.world
        setup = await desk.guilds.get(world.guild_id)
        assert setup.staff_channel_id == world.staff_channel_id
        assert setup.roles[Capability.STAFF] == {world.roles[STAFF].id}
