"""Noticing pictures in guarded channels. What they show is never looked at."""

import asyncio

import discord
import structlog

from bot.moderation.settings import Photo
from bot.platform.client import DeskClient
from bot.platform.components import DeskCog
from bot.platform.sieve import Incoming, Then
from bot.store import StoreUnavailable
from cogs._exempt import falling_under

_SEEN = ("image/", "video/")

log = structlog.stdlib.get_logger(__name__)


class PhotoWatch(DeskCog):
    """Has pictures covered, if the operator lets the desk read messages."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        self._acting: set[asyncio.Task[None]] = set()

    async def cog_load(self) -> None:
        """Begin to look, where that is allowed."""
        await super().cog_load()
        if self.desk.settings.moderation.read_messages:
            self.client.sieve.watchers.append(self.see)

    async def cog_unload(self) -> None:
        """Stop looking."""
        if self.see in self.client.sieve.watchers:
            self.client.sieve.watchers.remove(self.see)
        await super().cog_unload()

    def see(self, incoming: Incoming) -> Then | None:
        """Notice a message with pictures; what follows is done beside the loop's other work."""
        attached = incoming.data["attachments"]
        if not attached or not incoming.written:
            return None
        thread = incoming.thread
        parent = 0 if thread is None else thread.parent_id
        if not self.desk.photos.guards(incoming.guild_id, (incoming.channel_id, parent)):
            return None
        if not any(str(one.get("content_type") or "").startswith(_SEEN) for one in attached):
            return None
        return self._begin

    async def rest(self) -> None:
        """Wait until what was seen so far is recorded."""
        while self._acting:
            await asyncio.wait(set(self._acting))

    def _begin(self, message: discord.Message) -> None:
        acting = asyncio.create_task(self._act(message))
        self._acting.add(acting)
        acting.add_done_callback(self._acting.discard)

    async def _act(self, message: discord.Message) -> None:
        guild = message.guild
        assert guild is not None  # noqa: S101 - only messages of servers are looked at
        checks = [one for one in self.desk.rules.ruleset.checks if isinstance(one, Photo)]
        try:
            for check in await falling_under(self.desk, message, checks):
                await self.desk.photos.see(
                    check,
                    guild.id,
                    message.channel.id,
                    message.id,
                    message.author.id,
                    message.content,
                )
        except StoreUnavailable:
            log.warning("photo.store_unavailable", guild=guild.id)
