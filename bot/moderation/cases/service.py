"""Moderation cases: everything that can be done with them, and what happens by itself."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.ids import Randomness
from bot.moderation.cases.log import Log
from bot.store.audit import Audit
from bot.store.engine import Store, StoreUnavailable
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.throttle import Throttle
from bot.vault import Vault

EVERY = 20.0
"""Seconds between two looks at what has run its time."""
_STOP_SECONDS = 5.0

log = structlog.stdlib.get_logger(__name__)


class Cases(Log):
    """The moderation cases of every server."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        super().__init__(store, outbox, people, vault, audit, clock, randomness)
        # A code has 95 bits: this only keeps the database from being asked in vain.
        self._tries = Throttle(clock, each=20, everybody=5_000, per=timedelta(hours=1))

    async def look(self) -> None:
        """Do what is due: end what has run its time, and tell of overdue appeals."""
        await self.end_due()
        await self.tell_overdue()

    @contextlib.asynccontextmanager
    async def watching(self, every: float = EVERY) -> AsyncIterator[None]:
        """Look now and then for as long as this is held open."""
        stopping = asyncio.Event()
        watching = asyncio.create_task(self._watch(every, stopping), name="cases")
        try:
            yield
        finally:
            stopping.set()
            await asyncio.wait([watching], timeout=_STOP_SECONDS)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self, every: float, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await self.look()
            except StoreUnavailable:
                log.warning("cases.store_unavailable")
            except Exception as error:
                # A fault of our own: what is due stays due, and the next look does it.
                log.error("cases.look_failed", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(every):
                    await stopping.wait()
