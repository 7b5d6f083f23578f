"""Edited knowledge files, taken up while the desk runs; staff hear when an edit is broken."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.guilds import Guilds
from bot.knowledge.model import Fault
from bot.knowledge.service import Knowledge
from bot.store import Store, StoreUnavailable
from bot.store.notices import staff_notice
from bot.store.outbox import Effect, Outbox

EVERY = 3.0
"""Seconds between looks; an edit is taken up at the second look that finds it unchanged."""

_SHOWN = 5
_MESSAGE = 250

log = structlog.stdlib.get_logger(__name__)


class KnowledgeEdits:
    """Looks at the files now and then, and takes up what was edited."""

    def __init__(self, knowledge: Knowledge, guilds: Guilds, store: Store, outbox: Outbox) -> None:
        self._knowledge = knowledge
        self._guilds = guilds
        self._store = store
        self._outbox = outbox
        self._read = self._last = knowledge.opened
        self._told: frozenset[tuple[str, str]] = frozenset()

    @contextlib.asynccontextmanager
    async def watching(self, every: float = EVERY) -> AsyncIterator[None]:
        """Look every few seconds for as long as this is held open."""
        watching = asyncio.create_task(self._watch(every), name="knowledge-edits")
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def look(self) -> None:
        """Take up an edit that has come to rest since the last look; tell staff what changed.

        Staff hear once of each set of faults, and once when all are mended. While the database
        is away nobody can be told; a later look makes up for it.
        """
        await self._take_up()
        faults = self._knowledge.faults
        # An edit above a fault moves its line, and leaves it the same fault.
        current = frozenset((fault.file, fault.message) for fault in faults)
        if current == self._told:
            return
        try:
            await self._tell(faults)
        except StoreUnavailable:
            log.warning("knowledge.untold", faults=len(faults))
        else:
            self._told = current

    async def _watch(self, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            try:
                await self.look()
            except Exception as error:
                # A fault of our own must not end the watch.
                log.error("knowledge.look_failed", error=type(error).__name__)

    async def _take_up(self) -> None:
        seen = await asyncio.to_thread(self._knowledge.signature)
        before, self._last = self._last, seen
        if seen == self._read or seen != before:
            return  # nothing new, or somebody is still writing
        await self._knowledge.reload()
        self._read = seen

    async def _tell(self, faults: tuple[Fault, ...]) -> None:
        guild_ids = [
            setup.guild_id
            for setup in await self._guilds.all()
            if setup.staff_channel_id is not None
        ]
        occasion = hashlib.sha256(repr((self._read, faults)).encode()).hexdigest()
        notices = [self._notice(guild_id, faults, occasion) for guild_id in guild_ids]

        async def work(session: AsyncSession) -> None:
            await self._outbox.post(session, *notices)

        await self._store.write(work)

    def _notice(self, guild_id: int, faults: tuple[Fault, ...], occasion: str) -> Effect:
        if not faults:
            entries = str(len(self._knowledge.library.published))
            return staff_notice(guild_id, "knowledge.mended", once=occasion, entries=entries)
        shown = "\n".join(map(_line, faults[:_SHOWN]))
        more = len(faults) - _SHOWN
        if more > 0:
            return staff_notice(
                guild_id, "knowledge.broken.more", once=occasion, faults=shown, more=str(more)
            )
        return staff_notice(guild_id, "knowledge.broken", once=occasion, faults=shown)


def _line(fault: Fault) -> str:
    """Name the file alone: where it lies on the machine is nothing for a channel."""
    message = fault.message if len(fault.message) <= _MESSAGE else f"{fault.message[:_MESSAGE]}…"
    return f"{Path(fault.file).name}, line {fault.line}: {message}"
