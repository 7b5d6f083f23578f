"""Bar 1: 200 kills (SIGKILL) under steady intake and delivery, on SQLite and on PostgreSQL."""

import asyncio
import contextlib
import itertools
import os
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks._rig.discord import GUILD, FakeDiscord, Reply
from benchmarks._rig.worker import rig_settings, start
from bot.settings import Settings

BY_NAME_ONLY = True
SEED = 13_03_2019
KILLS = 200
PARTS = int(os.environ.get("COMMONPLACE_BENCHMARK_PARTS", "1"))
AT_ONCE = 50
_PRESS = f"cp1:concern:raise:{GUILD}"


@dataclass
class Result:
    """What was left after the last kill, and what people were shown."""

    kills: int
    submitted: int
    acknowledged: int
    kept: int
    lost: int
    doubled: int
    untold: int
    told_twice: int
    cards_wrong: int
    dead: int
    integrity: str
    seconds: float
    examples: list[str] = field(default_factory=list)
    """Where a few of those who were told twice were told."""

    @property
    def holds(self) -> bool:
        """Say whether nothing is wrong."""
        wrong = self.lost, self.doubled, self.untold, self.told_twice, self.cards_wrong, self.dead
        return not any(wrong) and self.integrity == "ok" and self.acknowledged > 0


def run() -> None:
    """Print what became of it on both databases."""
    from benchmarks._rig.postgres import postgres  # noqa: PLC0415 - only this needs the wheel

    print(f"{KILLS} kills, {AT_ONCE} people at once")
    results = []
    for database in os.environ.get("COMMONPLACE_BENCHMARK_DATABASES", "sqlite postgresql").split():
        # In parts, each with a database and a seed of its own: a fault is seen sooner.
        for seed in range(SEED, SEED + PARTS):
            kills = KILLS // PARTS
            with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
                url = None
                if database == "postgresql":
                    url, _server = stack.enter_context(postgres())
                results.append(asyncio.run(measure(Path(folder), kills, url, seed=seed)))
            print(f"{database}, seed {seed}: {results[-1]}", flush=True)
    assert all(one.holds for one in results)


async def measure(
    folder: Path, kills: int, url: str | None = None, *, seed: int = SEED, at_once: int = AT_ONCE
) -> Result:
    """Kill a desk `kills` times, let the last one finish, and look at what is there.

    An interaction may come twice, also after a restart; every tenth reply can no longer be edited
    when its receipt comes, so that a direct message has to bring it.
    """
    began = time.monotonic()
    rng = random.Random(seed)
    settings = rig_settings(folder, url)
    discord = FakeDiscord()
    async with discord.serving(), _people(discord, rng, at_once):
        for number in range(kills):
            if number and number % 20 == 0:
                print(f"  {number} kills, {len(discord.told)} told", flush=True)
            before = len(discord.told)
            process = start(discord.address, settings)
            try:
                await _until(discord, before + rng.randrange(1, 25), process.is_alive)
                if rng.random() < 0.5:
                    await asyncio.sleep(rng.uniform(0, 0.1))
            finally:
                process.kill()
                await asyncio.to_thread(process.join)
    async with discord.serving():
        discord_address = discord.address
        process = start(discord_address, settings)
        try:
            await _drained(settings, process.is_alive)
        finally:
            process.kill()
            await asyncio.to_thread(process.join)
    return await _judge(discord, settings, kills, time.monotonic() - began)


@contextlib.asynccontextmanager
async def _people(discord: FakeDiscord, rng: random.Random, at_once: int) -> AsyncIterator[None]:
    numbers = itertools.count()

    async def person() -> None:
        while True:
            await discord.there.wait()
            number = next(numbers)
            filled = {"kind": ["dataset"], "what": f"act {number}", "consent": ["count"]}
            reply = await discord.submit(10_000 + number % 1000, filled, press=_PRESS)
            reply.expired = rng.random() < 0.1
            if rng.random() < 0.1:
                await discord.deliver(reply)
            if not await _shown(reply, discord) and rng.random() < 0.5:
                # Delivered again, to the desk that was started after the one that died.
                await asyncio.sleep(rng.uniform(0, 3))
                await discord.deliver(reply)
                await _shown(reply, discord)

    tasks = [asyncio.create_task(person()) for _ in range(at_once)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _shown(reply: Reply, discord: FakeDiscord) -> bool:
    """Wait until the person is told, or the desk that they wrote to is gone."""
    waits = [asyncio.create_task(event.wait()) for event in (reply.shown, discord.gone)]
    try:
        await asyncio.wait(waits, timeout=20, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return reply.shown.is_set()


async def _until(discord: FakeDiscord, told: int, alive: object) -> None:
    deadline = time.monotonic() + 150
    while len(discord.told) < told:
        assert callable(alive)
        assert alive(), "the desk ended by itself"
        if time.monotonic() >= deadline:
            asked = Counter(re.sub(r"\d{4,}", "N", what) for _, what in discord.asked[-500:])
            raise TimeoutError(f"nobody is told anything; asked lately: {asked}")
        discord.changed.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await discord.changed.wait()


async def _drained(settings: Settings, alive: object) -> None:
    """Wait until the outbox is empty; leases of killed couriers run out meanwhile."""
    engine = create_async_engine(settings.database_url.get_secret_value())
    deadline = time.monotonic() + 600
    query = sqlalchemy.text("SELECT count(*) FROM outbox WHERE finished_at IS NULL")
    try:
        while True:
            async with engine.connect() as connection:
                left = await connection.scalar(query)
            if left == 0:
                return
            assert callable(alive)
            assert alive(), "the desk ended by itself"
            assert time.monotonic() < deadline, f"{left} effects are left"
            await asyncio.sleep(0.5)
    finally:
        await engine.dispose()


async def _judge(discord: FakeDiscord, settings: Settings, kills: int, seconds: float) -> Result:
    engine = create_async_engine(settings.database_url.get_secret_value())
    async with engine.connect() as connection:
        rows = await connection.execute(sqlalchemy.text("SELECT reference FROM concern"))
        kept = [row[0] for row in rows]
        dead = await connection.scalar(
            sqlalchemy.text("SELECT count(*) FROM outbox WHERE state = 'dead'")
        )
        integrity = "ok"
        if engine.dialect.name == "sqlite":
            integrity = str(await connection.scalar(sqlalchemy.text("PRAGMA integrity_check")))
    await engine.dispose()
    told, cards = discord.told, discord.cards()
    tokens = [token for where in told.values() for token in where if token.startswith("token")]
    doubled = len(kept) - len(set(kept)) + len(tokens) - len(set(tokens))
    doubled += max(len(kept) - len(discord.replies), 0)
    return Result(
        kills=kills,
        submitted=len(discord.replies),
        acknowledged=len(told),
        kept=len(kept),
        lost=len(set(told) - set(kept)),
        doubled=doubled,
        untold=len(set(kept) - set(told)),
        told_twice=sum(len(where) > 1 for where in told.values()),
        cards_wrong=sum(cards.get(reference, 0) != 1 for reference in kept),
        dead=dead or 0,
        integrity=integrity,
        seconds=round(seconds, 1),
        examples=[
            f"{reference}: {sorted(where)}, acknowledged {_acknowledged(discord, where)} times"
            for reference, where in told.items()
            if len(where) > 1
        ][:5],
    )


def _acknowledged(discord: FakeDiscord, where: set[str]) -> list[int]:
    return [discord.replies[one].times_acknowledged for one in where if one in discord.replies]
