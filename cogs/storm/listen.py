"""Noticing a surge: of people who join, as Discord itself says so, and of messages."""

import asyncio
from collections.abc import Coroutine

import discord
import structlog

from bot.moderation.storms.model import Cause
from bot.platform.client import DeskClient
from bot.platform.components import DeskCog
from bot.platform.sieve import Incoming
from bot.store import StoreUnavailable

_JOINED = discord.MessageType.new_member.value

log = structlog.stdlib.get_logger(__name__)


class StormWatch(DeskCog):
    """Counts, and keeps nothing of anybody.

    Joins are counted by the lines that Discord posts about them (a server has them on by
    default), so that the desk needs no privileged intent for it.
    """

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        self._storms = client.desk.storms  # every message comes by here
        self._telling: set[asyncio.Task[None]] = set()
        self._asked: set[int] = set()

    async def cog_load(self) -> None:
        """Begin to count."""
        await super().cog_load()
        self.client.sieve.watchers.append(self.see)

    async def cog_unload(self) -> None:
        """Stop counting."""
        if self.see in self.client.sieve.watchers:
            self.client.sieve.watchers.remove(self.see)
        await super().cog_unload()

    def see(self, incoming: Incoming) -> None:
        """Count a message; what a surge sets off is done beside the loop's other work."""
        guild_id = incoming.guild_id
        setup = self._storms.known_setup(guild_id)
        if setup is None:
            if guild_id not in self._asked:
                self._asked.add(guild_id)
                self._later(self._learn(guild_id))
            return
        if not setup.by_itself:
            return
        at = incoming.message_id >> 22  # milliseconds, since Discord's epoch
        if incoming.written:
            if self._storms.messages.note(guild_id, at / 1000, setup.messages):
                self._later(self._tell(guild_id, Cause.MESSAGES))
        elif incoming.data["type"] == _JOINED and self._storms.joins.note(
            guild_id, at / 1000, setup.joins
        ):
            self._later(self._tell(guild_id, Cause.JOINS))

    async def _learn(self, guild_id: int) -> None:
        try:
            await self.desk.storms.setup(guild_id)
        except StoreUnavailable:
            log.warning("storm.store_unavailable", guild=guild_id)
        finally:
            self._asked.discard(guild_id)

    async def _tell(self, guild_id: int, cause: Cause) -> None:
        try:
            await self.desk.storms.surge(guild_id, cause)
        except StoreUnavailable:
            # While it lasts, the surge is told of again within a minute.
            log.warning("storm.store_unavailable", guild=guild_id)

    def _later(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
