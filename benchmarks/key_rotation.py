"""Changing the desk's key under 20,000 people, while concerns are raised (bar: 10 seconds)."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import utc_now
from bot.concerns.model import Draft, Kind
from bot.concerns.service import Concerns
from bot.ids import system_randomness
from bot.privacy.rotation import Rotation
from bot.store import Store
from bot.store.migrate import migrate
from bot.store.outbox import Outbox
from bot.store.people import People, PersonRow
from bot.store.seal import check_seal
from bot.vault import Vault, add_key, drop_old_keys, open_vault

PEOPLE = 20_000
BAR_SECONDS = 10.0
BETWEEN_CONCERNS = 0.02


def run() -> None:
    """Print how long it takes, and how long a concern waits meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        seconds, changed, waits = asyncio.run(measure(Path(folder), PEOPLE))
    print(f"{changed:,} values of {PEOPLE:,} people sealed anew in {seconds:.1f} s", end=" ")
    print(f"({seconds / BAR_SECONDS:.0%} of the bar)")
    slowest = max(waits) * 1000
    usual = statistics.median(waits) * 1000
    meanwhile = f"median {usual:.0f} ms, slowest {slowest:.0f} ms"
    print(f"{len(waits):,} concerns raised meanwhile: {meanwhile}")
    assert seconds < BAR_SECONDS


async def measure(folder: Path, people: int) -> tuple[float, int, list[float]]:
    """Rotate; return the seconds, the values sealed anew, and how long each concern waited.

    Two stores stand for two processes: the terminal, and a desk that goes on.
    """
    url, key_file = f"sqlite+aiosqlite:///{folder / 'desk.db'}", folder / "desk.key"
    await migrate(url)
    desk_vault, desk = open_vault(key_file, None, None), Store(url)
    await check_seal(desk, desk_vault)
    await _fill(desk, People(desk_vault), desk_vault, people)
    outbox = Outbox(desk, utc_now)
    concerns = Concerns(
        desk,
        outbox,
        People(desk_vault),
        desk_vault,
        utc_now,
        system_randomness(),
        per_hour=1_000_000,
    )
    add_key(key_file)
    terminal_vault, terminal = open_vault(key_file, None, None), Store(url)
    waits: list[float] = []
    done = asyncio.Event()

    async def raising() -> None:
        while not done.is_set():
            started = time.perf_counter()
            act = f"{len(waits)}"
            draft = Draft(Kind.OTHER, f"concern {act}")
            await concerns.raise_(guild_id=1, reporter_id=5, draft=draft, intake=act)
            waits.append(time.perf_counter() - started)
            await asyncio.sleep(BETWEEN_CONCERNS)

    rotation = Rotation(terminal, terminal_vault)
    try:
        raiser = asyncio.create_task(raising())
        started = time.perf_counter()
        changed = await rotation.run()
        seconds = time.perf_counter() - started
        done.set()
        await raiser
        assert await rotation.left() == 0
        drop_old_keys(key_file)
        await check_seal(desk, open_vault(key_file, None, None))
    finally:
        await desk.close()
        await terminal.close()
    return seconds, changed, waits


async def _fill(store: Store, people: People, vault: Vault, count: int) -> None:
    now = utc_now()
    for first in range(0, count, 1000):
        rows = [
            PersonRow(
                guild_id=1,
                fingerprint=people.fingerprint(1, 10**17 + number),
                identity=vault.seal(str(10**17 + number).encode()),
                text_key=vault.new_text_key(),
                since=now,
            )
            for number in range(first, min(first + 1000, count))
        ]

        async def work(session: AsyncSession, rows: list[PersonRow] = rows) -> None:
            session.add_all(rows)

        await store.write(work)
