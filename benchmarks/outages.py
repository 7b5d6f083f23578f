"""Bars 4 and 5: the database is away, or its disk full: each concern is kept, or refused in 3 s."""

import asyncio
import contextlib
import os
import resource
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy

from benchmarks._rig.worker import quiet_logs
from bot.clock import utc_now
from bot.concerns.model import Draft, Kind
from bot.concerns.service import Concerns
from bot.ids import system_randomness
from bot.store import Store, StoreUnavailable, hurry
from bot.store.migrate import migrate
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import open_vault

BY_NAME_ONLY = True
SECONDS = 60.0
REFUSED_WITHIN, BACK_WITHIN = 3.0, 5.0
_ROOM = 16_000_000
"""Bytes of the disk that is filled."""

_CHUNK = b"\0" * 4096

Outage = Callable[[], AbstractAsyncContextManager[None]]
"""What takes the database away while it is entered."""


@dataclass
class Result:
    """How people fared while the database was away."""

    kept: int
    refused: int
    lost: int
    refused_but_kept: int
    slowest_refusal: float
    back_after: float
    sound: bool = True
    """Whether SQLite finds its file sound."""

    @property
    def holds(self) -> bool:
        """Say whether the bar holds."""
        wrong = self.lost or self.refused_but_kept or not self.refused or not self.sound
        return not wrong and self.slowest_refusal < REFUSED_WITHIN and self.back_after < BACK_WITHIN


def run() -> None:
    """Print how people fare in each outage."""
    from benchmarks._rig.postgres import postgres  # noqa: PLC0415 - only this needs the wheel

    quiet_logs()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        results["SQLite held by another"] = asyncio.run(measure(Path(folder), SECONDS))
    with tempfile.TemporaryDirectory() as folder:
        outage = partial(no_byte_more, Path(folder))
        results["SQLite, no file may grow"] = asyncio.run(measure(Path(folder), SECONDS, outage))
    if os.geteuid() == 0:
        with small_disk() as folder_:
            outage = partial(full, folder_)
            results["SQLite, disk full"] = asyncio.run(measure(folder_, SECONDS, outage))
    with tempfile.TemporaryDirectory() as folder, postgres() as (url, server):
        outage = partial(stopped, server)
        results["PostgreSQL stopped"] = asyncio.run(measure(Path(folder), SECONDS, outage, url=url))
    with tempfile.TemporaryDirectory() as folder, postgres() as (url, server):
        outage = partial(hung, server)
        results["PostgreSQL hangs"] = asyncio.run(measure(Path(folder), SECONDS, outage, url=url))
    for name, result in results.items():
        print(f"{name}, {SECONDS:.0f} s: {result}")
    assert all(result.holds for result in results.values())


async def measure(
    folder: Path,
    seconds: float,
    outage: Outage | None = None,
    *,
    url: str | None = None,
    people: int = 10,
) -> Result:
    """Let people raise concerns before, while, and after the database is away.

    Without an `outage`, another process holds the SQLite file.
    """
    file = folder / "desk.db"
    outage = outage or partial(held, file)
    url = url or f"sqlite+aiosqlite:///{file}"
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
        hurry()
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
        await begun.wait()
        async with outage():
            await asyncio.sleep(seconds)
        ended = time.perf_counter()
        over.set()
        async with asyncio.timeout(30):
            await asyncio.gather(*tasks)
        there = await store.read(_references)
    finally:
        await store.close()
    return Result(
        kept=len(kept),
        refused=refused,
        lost=len(kept - there),
        refused_but_kept=len(there - kept),
        slowest_refusal=round(max(waits), 2),
        back_after=round(back[0] - ended, 2),
        sound=store.file is None or _is_sound(store.file),
    )


@contextlib.asynccontextmanager
async def held(file: Path) -> AsyncIterator[None]:
    """Hold a SQLite file as another process would that does not let go."""
    with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextlib.asynccontextmanager
async def no_byte_more(folder: Path) -> AsyncIterator[None]:
    """Let no file of this process grow beyond what the write-ahead log, or less, has now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    most = min(size for size in _sizes(folder) if size)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def small_disk() -> Any:
    """Mount a disk of a few megabytes, in memory; give its folder. Only root may."""
    with tempfile.TemporaryDirectory() as folder:
        size = f"size={_ROOM}"
        mount = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder]
        subprocess.run(mount, check=True)  # noqa: S603 - our own words
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)  # noqa: S603, S607 - our own words


@contextlib.asynccontextmanager
async def full(folder: Path) -> AsyncIterator[None]:
    """Fill a disk to its last byte, and make room again."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(_CHUNK):
            pass
    try:
        yield
    finally:
        ballast.unlink()


@contextlib.asynccontextmanager
async def stopped(server: Any) -> AsyncIterator[None]:
    """Stop a PostgreSQL server, and start it again."""
    await asyncio.to_thread(server.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(server.ensure_postgres_running)


@contextlib.asynccontextmanager
async def hung(server: Any) -> AsyncIterator[None]:
    """Suspend a PostgreSQL server and all its processes: it neither answers nor refuses."""
    first = psutil.Process(server.get_pid())
    every = [first, *first.children(recursive=True)]
    for one in every:
        one.suspend()
    try:
        yield
    finally:
        for one in every:
            one.resume()


async def _references(session: Any) -> set[str]:
    rows = await session.execute(sqlalchemy.text("SELECT reference FROM concern"))
    return {row[0] for row in rows}


def _sizes(folder: Path) -> list[int]:
    return [one.stat().st_size for one in (folder / "desk.db", folder / "desk.db-wal")]


def _is_sound(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as database:
        return bool(database.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
