"""Bar 5: the database is held by another for 60 s: each concern is kept, or refused within 3 s."""

import asyncio
import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks._rig.worker import quiet_logs
from bot.clock import utc_now
from bot.concerns.model import Draft, Kind
from bot.concerns.service import Concerns
from bot.ids import system_randomness
from bot.store import Store, StoreUnavailable
from bot.store.migrate import migrate
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import open_vault

BY_NAME_ONLY = True
SECONDS = 60.0
REFUSED_WITHIN, BACK_WITHIN = 3.0, 5.0


@dataclass
class Result:
    """How people fared while the database was away."""

    kept: int
    refused: int
    lost: int
    refused_but_kept: int
    slowest_refusal: float
    back_after: float

    @property
    def holds(self) -> bool:
        """Say whether the bar holds."""
        wrong = self.lost or self.refused_but_kept or not self.refused
        return not wrong and self.slowest_refusal < REFUSED_WITHIN and self.back_after < BACK_WITHIN


def run() -> None:
    """Print how people fare while another process holds the SQLite file."""
    quiet_logs()
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(measure(Path(folder), SECONDS))
    print(f"SQLite held for {SECONDS:.0f} s: {result}")
    assert result.holds


async def measure(folder: Path, seconds: float, *, people: int = 10) -> Result:
    """Let people raise concerns before, while, and after another holds the database."""
    file = folder / "desk.db"
    url = f"sqlite+aiosqlite:///{file}"
    await migrate(url)
    vault, store = open_vault(folder / "desk.key", None, None), Store(url)
    concerns = Concerns(
        store,
        Outbox(store, utc_now),
        People(vault),
        vault,
        utc_now,
        system_randomness(),
        per_hour=1_000_000,
    )
    kept: set[str] = set()
    refused, waits, back = 0, [0.0], [0.0]
    begun, over = asyncio.Event(), asyncio.Event()

    async def person(who: int) -> None:
        nonlocal refused
        number = 0
        while not (over.is_set() and back[0]):
            number += 1
            began = time.perf_counter()
            draft = Draft(Kind.OTHER, f"{who}, {number}")
            try:
                receipt = await concerns.raise_(
                    guild_id=1, reporter_id=who, draft=draft, intake=f"{who}:{number}"
                )
                kept.add(receipt.reference)
                begun.set()
                if over.is_set() and not back[0]:
                    back[0] = time.perf_counter()
            except StoreUnavailable:
                refused += 1
                waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.05)

    tasks = [asyncio.create_task(person(who)) for who in range(people)]
    try:
        with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as other:
            await begun.wait()
            other.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
            other.execute("ROLLBACK")
        ended = time.perf_counter()
        over.set()
        async with asyncio.timeout(30):
            await asyncio.gather(*tasks)
    finally:
        await store.close()
    with closing(sqlite3.connect(file)) as database:
        there = {row[0] for row in database.execute("SELECT reference FROM concern")}
    return Result(
        kept=len(kept),
        refused=refused,
        lost=len(kept - there),
        refused_but_kept=len(there - kept),
        slowest_refusal=round(max(waits), 2),
        back_after=round(back[0] - ended, 2),
    )
