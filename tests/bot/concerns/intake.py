"""A desk under steady intake, to be killed: what bar 1's test runs in other processes."""

import asyncio
import itertools
import os
from pathlib import Path

from bot.clock import utc_now
from bot.concerns.model import Draft, Kind
from bot.concerns.service import Concerns
from bot.ids import system_randomness
from bot.store import Store
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import open_vault


def take_in(folder: str, run: int, at_once: int) -> None:
    """Raise concerns from `at_once` people without end; append each acknowledgment to a file.

    A line of `acknowledged` is written only after `raise_` has returned. An unbuffered write
    outlives SIGKILL, as whatever a person was shown does.
    """
    asyncio.run(_take_in(Path(folder), run, at_once))


async def _take_in(folder: Path, run: int, at_once: int) -> None:
    vault = open_vault(folder / "desk.key", None, None)
    store = Store(f"sqlite+aiosqlite:///{folder / 'desk.db'}")
    outbox = Outbox(store, utc_now)
    concerns = Concerns(
        store, outbox, People(vault), vault, utc_now, system_randomness(), per_hour=1_000_000
    )
    numbers = itertools.count()
    acknowledged = os.open(folder / "acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def person(who: int) -> None:
        while True:
            act = f"{run}:{next(numbers)}"
            draft = Draft(Kind.DATASET, f"concern {act}")
            receipt = await concerns.raise_(
                guild_id=1, reporter_id=who, draft=draft, intake=act, receipt=b"address"
            )
            os.write(acknowledged, f"{receipt.reference}\n".encode())

    await asyncio.gather(*(person(who) for who in range(at_once)))
