"""Bar 8: 1,000 people send a form at once: acknowledged within a second (p99), and none lost."""

import asyncio
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks._rig.discord import GUILD, FakeDiscord, Reply
from benchmarks._rig.worker import rig_settings, start

BY_NAME_ONLY = True
PEOPLE = 1_000
P99, LONGEST = 1.0, 2.5
_PRESS = f"cp1:concern:raise:{GUILD}"


@dataclass
class Result:
    """How long Discord waited for the desk's first word, in seconds, and what was kept."""

    people: int
    unacknowledged: int
    p50: float
    p99: float
    longest: float
    kept: int
    told: int
    all_told_after: float

    @property
    def holds(self) -> bool:
        """Say whether the bar holds."""
        all_there = self.kept == self.told == self.people and not self.unacknowledged
        return all_there and self.p99 < P99 and self.longest < LONGEST


def run() -> None:
    """Print how a desk fares; this process, which plays Discord, takes its share of the cores."""
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(measure(Path(folder), PEOPLE))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}: {result}")
    assert result.holds


async def measure(folder: Path, people: int) -> Result:
    """Have so many people send a form at the same moment, and wait until each is told."""
    settings, discord = rig_settings(folder), FakeDiscord()
    async with discord.serving():
        process = start(discord.address, settings)
        try:
            await asyncio.wait_for(discord.there.wait(), 60)
            # The first one has the desk load what it loads once.
            await _told([await _send(discord, 1)], 60)
            replies: list[Reply] = []
            began = time.perf_counter()
            for number in range(people):
                replies.append(await _send(discord, 10 + number))
            await _told(replies, 600)
            told_after = time.perf_counter() - began
        finally:
            process.kill()
            await asyncio.to_thread(process.join)
    engine = create_async_engine(settings.database_url.get_secret_value())
    async with engine.connect() as connection:
        kept = await connection.scalar(sqlalchemy.text("SELECT count(*) FROM concern"))
    await engine.dispose()
    waits = sorted(one.acknowledged - one.sent for one in replies if one.acknowledged is not None)
    return Result(
        people=people,
        unacknowledged=people - len(waits),
        p50=round(waits[len(waits) // 2], 3),
        p99=round(waits[int(len(waits) * 0.99) - 1], 3),
        longest=round(waits[-1], 3),
        kept=(kept or 0) - 1,
        told=sum(one.shown.is_set() for one in replies),
        all_told_after=round(told_after, 1),
    )


async def _send(discord: FakeDiscord, who: int) -> Reply:
    filled = {"kind": ["dataset"], "what": f"act {who}", "consent": ["count"]}
    return await discord.submit(who, filled, press=_PRESS)


async def _told(replies: list[Reply], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        for one in replies:
            await one.shown.wait()
