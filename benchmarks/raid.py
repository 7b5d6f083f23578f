"""A raid: 2,000 people join within ten seconds, each writes at once; is everything held, once?

The real client on the simulated Discord, with a real database, in one process with whoever raids.
Beside it, in the same run, a bare client of the library that only receives the same: how long its
loop was away at most is what the simulator itself takes.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import discord
from simcord import Env
from simcord.builders import ChannelHandle, GuildHandle
from sqlalchemy import func, select

from benchmarks._rig.worker import rig_settings
from bot.desk import Desk
from bot.moderation.keeping import TakenRow, VerdictRow
from bot.moderation.storms.first import TOLD
from bot.moderation.storms.model import StormSetup
from bot.platform.client import DeskClient
from bot.settings import Settings
from bot.store.migrate import migrate
from bot.store.outbox import OutboxRow

BY_NAME_ONLY = True
PEOPLE, SECONDS = 2_000, 10.0
_ADMIN = 77
_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
"""When the simulated Discord begins."""
_BEAT = 0.005
_LONGEST = 0.25
"""Seconds that the loop may be away; Discord gives a command three."""


@dataclass
class Result:
    """What came of a raid.

    Attributes:
        let_in: messages that stood before the storm began, by the joins that begin it.
        standing: messages of newcomers that anybody can read at the end.
        taken, verdicts: rows in the database; every message once.
        told: direct messages to newcomers.
        notices: lines in the staff channel.
        unfinished: effects that were not done.
        seconds: from the first join until nothing was left to do.
        away, bare: how long the loop was away at most, with the desk and with a bare client.
        restored: whether verification is as before once the storm is lifted.
    """

    people: int
    let_in: int
    standing: int
    taken: int
    verdicts: int
    told: int
    notices: int
    unfinished: int
    seconds: float
    away: float
    bare: float
    restored: bool

    @property
    def holds(self) -> bool:
        """Say whether nothing was lost, doubled, let through, or blocked."""
        return (
            self.taken == self.people - self.let_in
            and self.standing == self.let_in
            and self.verdicts >= self.taken
            and self.told <= TOLD
            and self.unfinished == 0
            and self.restored
            and self.away < _LONGEST
        )


def run() -> None:
    """Print how the desk fares."""
    result = asyncio.run(measure(PEOPLE, SECONDS))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}: {result}")
    assert result.holds


async def measure(people: int, seconds: float) -> Result:
    """Raid a bare client, then the desk."""
    bare = await _raid_bare(people, seconds)
    with tempfile.TemporaryDirectory() as folder:
        return await _raid_desk(rig_settings(Path(folder)), people, seconds, bare)


class _Away:
    """How long the loop was away at most."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._beating = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_BEAT)
            self.longest = max(self.longest, time.perf_counter() - began - _BEAT)

    def stop(self) -> float:
        """Return the longest, in seconds."""
        self._beating.cancel()
        return round(self.longest, 3)


async def _raid_bare(people: int, seconds: float) -> float:
    intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    env = Env(discord.Client(intents=intents), check_errors=False, settle_timeout=60)
    _guild, general = _server(env)
    await env.start()
    away = _Away()
    await _raid(env, general, people, seconds)
    await asyncio.sleep(0.5)
    longest = away.stop()
    await env.shutdown()
    return longest


async def _raid_desk(settings: Settings, people: int, seconds: float, bare: float) -> Result:
    reads = settings.moderation.model_copy(update={"read_messages": True, "dry_run": False})
    settings = settings.model_copy(update={"moderation": reads})
    await migrate(settings.database_url.get_secret_value())
    holder: list[Env] = []

    def clock() -> datetime:
        return holder[0].now() if holder else _BEFORE

    desk = await Desk.open(settings, clock=clock)
    client = DeskClient(desk)
    env = Env(client, check_errors=False, settle_timeout=60)
    holder.append(env)
    guild, general = _server(env)
    staff = guild.create_text_channel("staff")
    await desk.guilds.save(guild.id, staff_channel_id=staff.id)
    setup = StormSetup(by_itself=True, joins=30, hold_first=True, channels=(general.id,))
    await desk.storms.choose(guild.id, setup, _ADMIN)
    await env.start()
    before = env.backend.get_guild(guild.id).verification_level
    env.backend.clock.advance(7_200)
    away, began = _Away(), time.perf_counter()
    await _raid(env, general, people, seconds)
    await _rested(client)
    longest, took = away.stop(), time.perf_counter() - began

    storm = await desk.storms.now(guild.id)
    standing = [one for one in env.backend.messages[general.id].values() if one.content]
    known = {one.content for one in standing if one.content.startswith("hello ")}
    told = [
        channel
        for channel in env.backend.channels.values()
        if channel.guild_id is None and env.backend.messages[channel.id]
    ]
    count = await _counts(desk)
    notices = len(env.backend.messages[staff.id])
    if storm is not None:
        await desk.storms.lift(guild.id, _ADMIN)
        await _rested(client)
    restored = env.backend.get_guild(guild.id).verification_level == before
    result = Result(
        people=people,
        let_in=people - count["taken"],
        standing=len(known),
        taken=count["taken"],
        verdicts=count["verdicts"],
        told=len(told),
        notices=notices,
        unfinished=count["unfinished"],
        seconds=round(took, 1),
        away=longest,
        bare=bare,
        restored=restored and storm is not None,
    )
    await client.courier.stop()
    await env.shutdown()
    await desk.close()
    return result


def _server(env: Env) -> tuple[GuildHandle, ChannelHandle]:
    guild = env.create_guild("The Reading Room")
    general = guild.create_text_channel("general")
    env.backend.get_guild(guild.id).system_channel_id = general.id
    return guild, general


async def _raid(env: Env, general: ChannelHandle, people: int, seconds: float) -> None:
    """Let people join and write, evenly over the time."""
    backend, guild = env.backend, general.guild
    assert guild is not None
    began = time.perf_counter()
    for number in range(people):
        user = env.create_user(f"raider-{number}")
        backend.add_member(guild.id, user.id, announce=True)
        backend.create_message(general.id, user.id, f"hello {number}")
        backend.clock.advance(seconds / people)
        await asyncio.sleep(max(began + seconds * (number + 1) / people - time.perf_counter(), 0))


async def _rested(client: DeskClient) -> None:
    """Wait until nothing is left to do."""
    guarding = client.get_cog("Guarding")
    rest = cast("Callable[[], object]", getattr(guarding, "rest", None))
    for _ in range(5):
        await cast("asyncio.Future[None]", rest())
        await client.courier.rest()
        await asyncio.sleep(0.2)


async def _counts(desk: Desk) -> dict[str, int]:
    queries = {
        "taken": select(func.count()).select_from(TakenRow),
        "verdicts": select(func.count()).select_from(VerdictRow),
        "unfinished": select(func.count())
        .select_from(OutboxRow)
        .where(OutboxRow.state.not_in(["done"])),
    }
    return {
        name: await desk.store.read(lambda session, query=query: session.scalar(query)) or 0
        for name, query in queries.items()
    }
