"""Edited moderation rules, taken up while the desk runs; staff hear when an edit is broken."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.guilds import Guilds
from bot.moderation.rules import Rules, Ruleset
from bot.store import Store, StoreUnavailable
from bot.store.notices import staff_notice
from bot.store.outbox import Effect, Outbox
from bot.yamlfile import YamlFault

EVERY = 3.0
"""Seconds between looks; an edit is taken up at the second look that finds it unchanged."""

_SHOWN = 5
_MESSAGE = 250

log = structlog.stdlib.get_logger(__name__)


class RuleEdits:
    """Looks at the rules' files now and then, and takes up what was edited."""

    def __init__(self, rules: Rules, guilds: Guilds, store: Store, outbox: Outbox) -> None:
        self._rules = rules
        self._guilds = guilds
        self._store = store
        self._outbox = outbox
        self._read = self._last = rules.opened
        self._told: frozenset[tuple[str, str]] = frozenset()
        self.on_taken_up: list[Callable[[Ruleset], Awaitable[None]]] = []
        """Who works by the rules and hears of new ones."""

    @contextlib.asynccontextmanager
    async def watching(self, every: float = EVERY) -> AsyncIterator[None]:
        """Look every few seconds for as long as this is held open."""
        watching = asyncio.create_task(self._watch(every), name="rule-edits")
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def look(self) -> None:
        """Take up an edit that has come to rest since the last look; tell staff what is wrong.

        Staff hear once of each set of faults, and once when all are mended. While the database
        is away nobody can be told; a later look makes up for it.
        """
        await self._take_up()
        faults = self._rules.faults
        current = frozenset((str(fault.file), fault.message) for fault in faults)
        if current == self._told:
            return
        try:
            await self._tell(faults)
        except StoreUnavailable:
            log.warning("rules.untold", faults=len(faults))
        else:
            self._told = current

    async def _watch(self, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            try:
                await self.look()
            except Exception as error:
                # A fault of our own must not end the watch.
                log.error("rules.look_failed", error=type(error).__name__)

    async def _take_up(self) -> None:
        seen = await asyncio.to_thread(self._rules.signature)
        before, self._last = self._last, seen
        if seen == self._read or seen != before:
            return  # nothing new, or somebody is still writing
        if await self._rules.reload():
            for hear in self.on_taken_up:
                await hear(self._rules.ruleset)
        self._read = seen

    async def _tell(self, faults: tuple[YamlFault, ...]) -> None:
        setups = await self._guilds.all()
        guild_ids = [one.guild_id for one in setups if one.staff_channel_id is not None]
        occasion = hashlib.sha256(repr((self._read, faults)).encode()).hexdigest()
        notices = [self._notice(guild_id, faults, occasion) for guild_id in guild_ids]

        async def work(session: AsyncSession) -> None:
            await self._outbox.post(session, *notices)

        await self._store.write(work)

    def _notice(self, guild_id: int, faults: tuple[YamlFault, ...], occasion: str) -> Effect:
        if not faults:
            rules = str(len(self._rules.ruleset.rules))
            return staff_notice(guild_id, "moderation.mended", once=occasion, rules=rules)
        lines = [_line(fault) for fault in faults[:_SHOWN]]
        if len(faults) > _SHOWN:
            lines.append("…")
        return staff_notice(guild_id, "moderation.broken", once=occasion, faults="\n".join(lines))


def _line(fault: YamlFault) -> str:
    """Name the file alone: where it lies on the machine is nothing for a channel."""
    message = fault.message if len(fault.message) <= _MESSAGE else f"{fault.message[:_MESSAGE]}…"
    return f"{Path(fault.file).name}, line {fault.line}: {message}"
