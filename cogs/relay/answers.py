"""Answers to letters: replies to the desk's own direct messages about a concern.

Every direct message of the desk about a concern has a button that leads to it, so a reply to any
of them says which concern it is about, whatever process or release sent that message.
"""

from collections.abc import Iterator
from typing import Any

import discord
import structlog
from discord.ext import commands

from bot.cleaning import Refusal
from bot.desk import Desk
from bot.platform import errors
from bot.platform.cards import Card
from bot.platform.client import DeskClient
from bot.platform.components import DeskCog, parse
from bot.platform.inbox import Turn
from bot.platform.inert import clean
from bot.platform.interactions import NOBODY
from bot.platform.mail import ReplyAddress
from bot.words import Tongue
from cogs._files import fetched
from cogs.concern import cards
from cogs.concern.status import explained

log = structlog.stdlib.get_logger(__name__)


class Answers(DeskCog):
    """Takes what reporters write back, and follows what they do with it later."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        self._inbox = client.inbox

    async def cog_load(self) -> None:
        """Begin to take replies."""
        await super().cog_load()
        self._inbox.add(Turn.RELAY, self.answered)

    async def cog_unload(self) -> None:
        """Stop taking them."""
        self._inbox.remove(Turn.RELAY)
        await super().cog_unload()

    async def answered(self, message: discord.Message, *, quiet: bool = False) -> bool:
        """Add a reply to the concern that the message it replies to is about.

        The confirmation comes through the outbox, so it says no more than is true. If `quiet`, it
        is not said that it cannot be added.
        """
        about = await self._about(message)
        if about is None:
            return False
        t = self.client.tongue_of(message.author.id)
        locale = self.client.languages.of(message.author.id)
        try:
            refused = await take(self.desk, message, *about, ReplyAddress.by_message(locale))
        except Exception as error:
            if not quiet:
                await self._failed(message.channel, t, explained(error, about[1]))
            return True
        if refused and not quiet:
            await self._say(message.channel, cards.refused_card(t, refused))
        return True

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Change the letter when the direct message that brought it is changed."""
        message = payload.message
        if payload.guild_id is not None or message.author.bot or "content" not in payload.data:
            return
        async with self._inbox.after(payload.channel_id):
            await self.edited(message)

    async def edited(self, message: discord.Message) -> None:
        """Change the letter that a message brought to what it says now; twice is once."""
        there = [f"discord:{one.id}" for one in message.attachments]
        try:
            await self.desk.triage.rewritten(f"message:{message.id}", message.content, files=there)
        except Exception as error:
            await self._failed(message.channel, self.client.tongue_of(message.author.id), error)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Take the words out of the case when the direct message that brought them is deleted."""
        if payload.guild_id is not None:
            return
        try:
            async with self._inbox.after(payload.channel_id):
                await self.desk.triage.removed(f"message:{payload.message_id}")
        except Exception as error:
            channel = self.client.get_partial_messageable(payload.channel_id)
            await self._failed(channel, self.desk.words.english, error)

    async def _about(self, message: discord.Message) -> tuple[int, str] | None:
        """Return the concern that a message replies to a card about; None if it does not."""
        replied = message.reference
        if replied is None or replied.message_id is None or replied.channel_id is None:
            return None
        if replied.type is not discord.MessageReferenceType.reply:
            return None
        original = replied.resolved
        if original is None:
            channel = self.client.get_partial_messageable(replied.channel_id)
            try:
                original = await channel.fetch_message(replied.message_id)
            except discord.NotFound:
                return None
        me = self.client.user
        if not isinstance(original, discord.Message) or me is None or original.author.id != me.id:
            return None
        for custom_id in _custom_ids(original.components):
            route = parse(custom_id)
            if route is None or route.area != "concern" or len(route.arguments) < 2:
                continue
            guild_id, reference = route.arguments[:2]
            if guild_id.isdecimal() and reference.startswith("C-"):
                return int(guild_id), reference
        return None

    async def _failed(self, channel: discord.abc.Messageable, t: Tongue, error: Exception) -> None:
        await self._say(channel, errors.card_for(self.client, t, error, where="relay:answer"))

    async def _say(self, channel: discord.abc.Messageable, card: Card) -> None:
        try:
            await channel.send(view=card.view(), allowed_mentions=NOBODY)
        except discord.HTTPException as failure:
            log.warning("relay.untold", status=failure.status)


async def take(
    desk: Desk, message: discord.Message, guild_id: int, reference: str, address: ReplyAddress
) -> list[Refusal]:
    """Add a direct message to its writer's concern; return why nothing of it could be taken.

    Raises:
        BadDraft, TooMany, NotAllowedMove, NoSuchConcern: as `Concerns.add`.
    """
    files, refused = await fetched(desk, message.attachments)
    if not clean(message.content) and not files and refused:
        return refused
    await desk.concerns.add(
        guild_id=guild_id,
        user_id=message.author.id,
        reference=reference,
        text=message.content,
        intake=f"message:{message.id}",
        receipt=address.sealed(desk.vault),
        files=files,
        refused=refused,
        place=(message.channel.id, message.id),
    )
    log.info("concern.answered", reference=reference)
    return []


def _custom_ids(components: Any) -> Iterator[str]:
    """Yield the custom ids in a message, however its components are nested."""
    for component in components:
        if isinstance(found := getattr(component, "custom_id", None), str):
            yield found
        yield from _custom_ids(getattr(component, "children", ()))
