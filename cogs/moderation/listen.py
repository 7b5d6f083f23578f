"""Reading messages: each one as it comes, and again when it is edited."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime

import discord
import structlog
from discord.ext import commands

from bot.moderation.checks import Finding
from bot.moderation.model import Message
from bot.moderation.phrases import cries
from bot.platform.client import DeskClient
from bot.platform.components import DeskCog
from bot.platform.sieve import Incoming, Then
from bot.store import StoreUnavailable
from cogs._exempt import falling_under
from cogs.moderation.deliver import Deliveries

_EPOCH = discord.utils.DISCORD_EPOCH
_MOST_WAITING = 10_000
"""Messages in memory that wait to be acted on."""
_AT_ONCE = 50
"""Of them, so many in one transaction: others wait for the database meanwhile."""

Due = tuple[discord.Message, Message, tuple[Finding, ...]]

log = structlog.stdlib.get_logger(__name__)


class Guarding(DeskCog):
    """Has the guard look at every message, if the operator lets it read them."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        self._guard, self._storms = client.desk.guard, client.desk.storms  # every message comes by
        self._due: deque[Due] = deque()
        self._acting: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        """Begin to deliver, and to look where that is allowed."""
        await super().cog_load()
        Deliveries(self.client).register()
        if self.desk.settings.moderation.read_messages:
            self.client.sieve.watchers.append(self.look)

    async def cog_unload(self) -> None:
        """Stop looking."""
        if self.look in self.client.sieve.watchers:
            self.client.sieve.watchers.remove(self.look)
        await super().cog_unload()

    def look(self, incoming: Incoming) -> Then | None:
        """Look at a message, at once; what follows is done beside the loop's other work."""
        if not incoming.written:
            return None
        since = self._storms.holding.get(incoming.guild_id)
        if not incoming.data["content"] and since is None:
            return None
        read = _read(incoming)
        findings = self._guard.look(read)
        if since is not None and _joined(read) >= since:
            findings = (*findings, *self._guard.first(read))
        if not findings:
            return None
        return lambda message: self._begin(message, read, findings)

    def _begin(
        self, message: discord.Message, read: Message, findings: tuple[Finding, ...]
    ) -> None:
        if len(self._due) >= _MOST_WAITING:
            log.warning("guard.too_many", guild=read.guild_id)
            return
        self._due.append((message, read, findings))
        if self._acting is None or self._acting.done():
            self._acting = asyncio.create_task(self._act_on_all(), name="guard")

    async def rest(self) -> None:
        """Wait until what follows from messages seen so far is recorded."""
        while self._acting is not None and not self._acting.done():
            await asyncio.wait({self._acting})

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Look again at a message whose words were changed."""
        data = payload.data
        if (
            not self.desk.settings.moderation.read_messages
            or payload.guild_id is None
            or data.get("edited_timestamp") is None  # a preview was added
            or not data.get("content")
        ):
            return
        channel = payload.message.channel
        then = self.look(Incoming(data, payload.guild_id, payload.channel_id, channel))
        if then is not None:
            then(payload.message)

    async def _act_on_all(self) -> None:
        """Act on what is due, many at once if many are: a raid is faster than one by one."""
        while self._due:
            batch = [self._due.popleft() for _ in range(min(len(self._due), _AT_ONCE))]
            try:
                await self._act(batch)
            except StoreUnavailable:
                log.warning("guard.store_unavailable", guild=batch[0][1].guild_id)
            except Exception as error:
                log.error("guard.failed", error=type(error).__name__, count=len(batch))
                if len(batch) > 1:  # one of them must not keep the others
                    for one in batch:
                        await self._act_alone(one)

    async def _act_alone(self, one: Due) -> None:
        try:
            await self._act([one])
        except StoreUnavailable:
            log.warning("guard.store_unavailable", guild=one[1].guild_id)
        except Exception as error:
            log.error("guard.failed", error=type(error).__name__, guild=one[1].guild_id)

    async def _act(self, batch: Sequence[Due]) -> None:
        kept = []
        for message, read, findings in batch:
            left = await falling_under(self.desk, message, (one.check for one in findings))
            found = [one for one in findings if one.check in left]
            if found:
                kept.append((read, found))
        if kept:
            await self._guard.act_on(kept)


def _joined(read: Message) -> float:
    """Return when an author joined, in seconds since 1970; long ago if Discord does not say."""
    return 0.0 if read.author_joined is None else read.at - read.author_joined


def _read(incoming: Incoming) -> Message:
    data, author_id, thread = incoming.data, incoming.author_id, incoming.thread
    text = data["content"]
    at = ((incoming.message_id >> 22) + _EPOCH) / 1000
    member = data.get("member")
    joined = None if member is None else member.get("joined_at")
    return Message(
        incoming.message_id,
        incoming.guild_id,
        incoming.channel_id,
        author_id,
        text,
        at,
        0 if thread is None else thread.parent_id,
        (),
        len(data["mentions"]) + len(data["mention_roles"]),
        "@" in text and not data["mention_everyone"] and cries(text),
        at - ((author_id >> 22) + _EPOCH) / 1000,
        None if joined is None else at - datetime.fromisoformat(joined).timestamp(),
        len(data["attachments"]),
    )
