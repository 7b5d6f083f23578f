"""Bar 30: one person's 1,000 submissions a minute are refused, and nobody else waits longer."""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bot.clock import utc_now
from bot.concerns.model import Draft, Kind
from bot.concerns.service import Concerns
from bot.concerns.troubles import TooMany
from bot.ids import system_randomness
from bot.store import Store
from bot.store.migrate import migrate
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import open_vault

BY_NAME_ONLY = True
SECONDS = 30.0
PER_HOUR = 20
PER_MINUTE = 1000
OTHERS_EVERY = 0.1


@dataclass
class Result:
    """How the others fared, without the one and with."""

    kept_of_one: int
    refused_of_one: int
    others: int
    p99_without: float
    p99_with: float


def run() -> None:
    """Print how long others wait, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(measure(Path(folder), SECONDS))
    print(result)
    assert result.kept_of_one == PER_HOUR


async def measure(folder: Path, seconds: float) -> Result:
    """Let others raise concerns steadily, first alone, then beside one who floods."""
    url = f"sqlite+aiosqlite:///{folder / 'desk.db'}"
    await migrate(url)
    vault, store = open_vault(folder / "desk.key", None, None), Store(url)
    people = People(vault)
    outbox = Outbox(store, utc_now)
    concerns = Concerns(
        store, outbox, people, vault, utc_now, system_randomness(), per_hour=PER_HOUR
    )
    kept = refused = 0

    async def raised(who: int, act: str) -> float:
        began = time.perf_counter()
        draft = Draft(Kind.OTHER, act)
        await concerns.raise_(guild_id=1, reporter_id=who, draft=draft, intake=act)
        return (time.perf_counter() - began) * 1000

    async def others(name: str) -> list[float]:
        waits = []
        for number in range(int(seconds / OTHERS_EVERY)):
            waits.append(await raised(1000 + number, f"{name}:{number}"))
            await asyncio.sleep(OTHERS_EVERY)
        return waits

    async def one() -> None:
        nonlocal kept, refused
        for number in range(int(seconds * PER_MINUTE / 60)):
            try:
                await raised(1, f"one:{number}")
                kept += 1
            except TooMany:
                refused += 1
            await asyncio.sleep(60 / PER_MINUTE)

    try:
        alone = await others("alone")
        beside, _ = await asyncio.gather(others("beside"), one())
    finally:
        await store.close()
    return Result(kept, refused, len(beside), _p99(alone), _p99(beside))


def _p99(waits: list[float]) -> float:
    return round(sorted(waits)[int(len(waits) * 0.99) - 1], 1)
