"""Moderation cases: everything that can be done with them, and what happens by itself."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.ids import Randomness
from bot.moderation.cases.log import Log
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.store.watching import looking
from bot.throttle import Throttle
from bot.vault import Vault

EVERY = 20.0
"""Seconds between two looks at what has run its time."""

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
        async with looking("cases", self.look, every):
            yield
