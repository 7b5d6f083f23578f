"""Noticing a pile-on: who answers or mentions whom, never what is said."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import discord
import structlog

from bot.guilds.model import Capability
from bot.platform.client import DeskClient
from bot.platform.components import DeskCog
from bot.platform.sieve import Incoming
from bot.store import StoreUnavailable

_KNOWN = frozenset(
    {Capability.MODERATOR, Capability.STAFF, Capability.ADMIN, Capability.HOST, Capability.HELPER}
)
"""Many people turn to these for good reasons, and they can slow a thread down themselves."""

log = structlog.stdlib.get_logger(__name__)


class BrakeWatch(DeskCog):
    """Counts, and keeps nothing for longer than ten minutes."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        self._brakes = client.desk.brakes  # every message comes by here
        self._telling: set[asyncio.Task[None]] = set()

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
        """Note to whom a message turns; what a pile-on sets off is done beside the other work."""
        setup = self._brakes.awake.get(incoming.guild_id)
        if setup is None or not incoming.written:
            return
        data = incoming.data
        if not data["mentions"] and data.get("referenced_message") is None:
            return
        at = (incoming.message_id >> 22) / 1000
        for person in _turned_to(incoming):
            if self._brakes.heat.note(
                incoming.channel_id, at, incoming.author_id, person, setup.people
            ):
                self._later(self._brake(incoming.guild_id, incoming.channel_id, person))
                return

    async def rest(self) -> None:
        """Wait until what pile-ons seen so far set off is done."""
        while self._telling:
            await asyncio.wait(set(self._telling))

    async def _brake(self, guild_id: int, channel_id: int, person: int) -> None:
        try:
            if await self._is_known(guild_id, person):
                return
            if await self.desk.sessions.at_post(guild_id, channel_id) is not None:
                return  # its host is there, and questions to a guest are what it is for
            await self.desk.brakes.pile_on(guild_id, channel_id)
        except StoreUnavailable:
            # While it lasts, it is told of again.
            log.warning("brake.store_unavailable", guild=guild_id)

    async def _is_known(self, guild_id: int, person: int) -> bool:
        guild = self.client.get_guild(guild_id)
        if guild is None or person == guild.owner_id:
            return True
        member = guild.get_member(person)
        if member is None:
            try:
                member = await guild.fetch_member(person)
            except discord.HTTPException:
                return False  # whoever left can be piled on as well
        setup = await self.desk.guilds.get(guild_id)
        roles = tuple(role.id for role in member.roles)
        held = setup.capabilities(roles, admin=member.guild_permissions.manage_guild)
        return not _KNOWN.isdisjoint(held)

    def _later(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)


def _turned_to(incoming: Incoming) -> set[int]:
    """Return whom a message answers or mentions: people, and not its author."""
    data = incoming.data
    turned: list[Any] = list(data["mentions"])
    answered = data.get("referenced_message")
    if answered is not None:
        turned.append(answered["author"])
    people = {int(one["id"]) for one in turned if not one.get("bot")}
    people.discard(incoming.author_id)
    return people
