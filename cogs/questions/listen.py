"""Listening to messages: direct ones, those that mention the desk, and where people ask."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import discord
import structlog
from discord.ext import commands

from bot.knowledge.scope import Kind
from bot.platform import errors
from bot.platform.access import REPLY_NEEDS
from bot.platform.cards import Button, Card
from bot.platform.client import DeskClient, DeskInteraction, is_written
from bot.platform.components import DeskCog, custom_id, on_button
from bot.platform.errors import Refused
from bot.platform.inbox import Turn
from bot.platform.interactions import NOBODY, reply
from bot.platform.sieve import Incoming, Then
from bot.store import StoreUnavailable
from bot.words import Tongue
from cogs import _entries, _reading
from cogs._reading import Asker
from cogs.questions import public
from cogs.questions.overhear import Overhearing
from cogs.questions.public import Replies, Reply

_THREAD_NEEDS = discord.Permissions(
    view_channel=True, send_messages_in_threads=True, read_message_history=True
)

log = structlog.stdlib.get_logger(__name__)


class Listening(DeskCog):
    """Questions that come as messages."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        self._replies = Replies()
        self._overhearing = Overhearing(client)
        self._reading: set[asyncio.Task[None]] = set()

    async def cog_load(self) -> None:
        """Begin to take direct messages that nobody else takes."""
        await super().cog_load()
        self.client.inbox.add(Turn.QUESTION, self.asked_directly)
        self.client.sieve.watchers.append(self.see)

    async def cog_unload(self) -> None:
        """Stop taking them."""
        self.client.inbox.remove(Turn.QUESTION)
        self.client.sieve.watchers.remove(self.see)
        await super().cog_unload()

    async def asked_directly(self, message: discord.Message) -> bool:
        """Answer a direct message."""
        t = self.client.tongue_of(message.author.id)
        asker = Asker.wrote(message, "direct message")
        if not self.client.pace.allows(asker.person_id, None):
            if self.client.pace.tell(asker.person_id):
                await _send(message.channel, Card(body=t("ask.too_fast")))
            return True
        for card in await self._cards(t, asker, message):
            await _send(message.channel, card)
        return True

    async def _cards(self, t: Tongue, asker: Asker, message: discord.Message) -> list[Card]:
        if not _reading.has_words(message.content):
            return [_wordless(t, message)]
        reading = await _reading.read(self.client, asker, message.content)
        cards = _reading.cards(self.client, t, asker, reading)
        scopes = [getattr(one.outcome, "scope", None) for one in reading.reads]
        if Kind.GREETING in scopes:
            cards[-1] = replace(cards[-1], rows=[*cards[-1].rows, [_begin_button(t)]])
        return cards

    def see(self, incoming: Incoming) -> Then | None:
        """Have a message read beside the loop's other work, if there may be anything to answer."""
        if not incoming.written:
            return None
        mentions = incoming.data["mentions"]
        if (mentions and self._is_mentioned(mentions)) or self._overhearing.may_answer(incoming):
            return self._begin
        return None

    def _is_mentioned(self, mentions: Sequence[Mapping[str, Any]]) -> bool:
        me = self.client.user
        return me is not None and any(int(user["id"]) == me.id for user in mentions)

    def _begin(self, message: discord.Message) -> None:
        reading = asyncio.create_task(self.on_message(message))
        self._reading.add(reading)
        reading.add_done_callback(self._reading.discard)

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that mentions the desk, or that is written where people ask."""
        if message.guild is None or not is_written(message):
            return
        try:
            meant = self._is_meant(message)
            # This brings into memory where it is asked, whatever the desk may do there.
            if not meant and not await self._overhearing.is_asked(message):
                return
            if not self._may_reply(message):
                return
            if meant:
                await self._mentioned(message)
            else:
                cards, way = await self._overhearing.cards(self._tongue(message), message)
                await self._reply(message, cards, way)
        except StoreUnavailable:
            log.warning("question.unread")  # nobody has to hear of it: they did not ask the desk
        except Exception as error:
            await self._failed(message, error)

    def _is_meant(self, message: discord.Message) -> bool:
        """Say whether a message is to the desk: it mentions it, or replies to it with a mention."""
        if not message.mentions:
            return False
        me = self.client.user
        return me is not None and any(user.id == me.id for user in message.mentions)

    async def _mentioned(self, message: discord.Message) -> None:
        t = self._tongue(message)
        asker = Asker.wrote(message, "mention")
        if not self.client.pace.allows(asker.person_id, asker.guild_id):
            if self.client.pace.tell(asker.person_id):
                await self._reply(message, [Card(body=t("ask.too_fast"))], asker.way)
            return
        text = self._without_mention(message.content)
        if not _reading.has_words(text):
            await self._reply(message, [_wordless(t, message)], asker.way)
            return
        reading = await _reading.read(self.client, asker, text)
        if reading.answers:
            shown = public.answers(self.client, t, asker, reading)
        else:
            said = public.openly(self.client, t, asker, reading)
            shown = [said or public.line(self.client, t, asker, text)]
        await self._reply(message, shown, asker.way)

    @on_button("ask", "private")
    async def show_privately(self, interaction: DeskInteraction, asker_id: str, token: str) -> None:
        """Show the person who asked what there is, and take the line away for everybody."""
        if str(interaction.user.id) != asker_id:
            raise Refused("ask.private.not_yours")
        text = self.client.memory.find(token, interaction.user.id)
        if text is None:
            raise Refused("ask.private.lost")
        for card in await _reading.found(interaction, text, way="private"):
            await reply(interaction, card)
        if interaction.message is not None:
            await self._delete(interaction.message.channel.id, [interaction.message.id])

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Take the reply to a message away with it."""
        await self._withdraw(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Take the replies to messages away with them."""
        for message_id in payload.message_ids:
            await self._withdraw(message_id)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Answer a message anew when its words were changed after it was answered."""
        message = payload.message
        if self._replies.get(payload.message_id) is None or "content" not in payload.data:
            return
        if payload.data.get("edited_timestamp") is None or not is_written(message):
            return  # Discord added a preview of a link
        await self._withdraw(payload.message_id)
        await self.on_message(message)

    async def _withdraw(self, question_id: int) -> None:
        given = self._replies.take(question_id)
        if given is not None:
            await self._delete(given.channel_id, given.message_ids)

    async def _delete(self, channel_id: int, message_ids: Sequence[int]) -> None:
        channel = self.client.get_partial_messageable(channel_id)
        for message_id in message_ids:
            try:
                await channel.get_partial_message(message_id).delete()
            except discord.HTTPException as error:
                log.info("question.reply_stays", status=error.status)

    async def _reply(self, message: discord.Message, shown: Sequence[Card], way: str) -> None:
        """Reply for everybody to see, without pinging anybody."""
        sent = []
        for card in shown:
            try:
                posted = await message.reply(view=card.view(), allowed_mentions=NOBODY)
            except discord.HTTPException as error:
                # Deleted meanwhile, or no longer allowed here: there is nobody to tell.
                log.info("question.unanswered", status=error.status)
                break
            sent.append(posted.id)
        if sent:
            given = Reply(message.author.id, message.channel.id, sent, way)
            self._replies.keep(message.id, given)

    async def _failed(self, message: discord.Message, error: Exception) -> None:
        t = self._tongue(message)
        card = errors.card_for(self.client, t, error, where="question:message")
        await self._reply(message, [card], "failure")

    def _may_reply(self, message: discord.Message) -> bool:
        channel, guild = message.channel, message.guild
        if guild is None or isinstance(channel, discord.DMChannel | discord.GroupChannel):
            return False
        if isinstance(channel, discord.PartialMessageable):
            return False
        threaded = isinstance(channel, discord.Thread)
        needs = _THREAD_NEEDS if threaded else REPLY_NEEDS
        return channel.permissions_for(guild.me).is_superset(needs)

    def _without_mention(self, text: str) -> str:
        me = self.client.user
        return re.sub(rf"<@!?{me.id if me else 0}>", " ", text).strip()

    def _tongue(self, message: discord.Message) -> Tongue:
        """Return the server's language: a reply is for everybody in it."""
        guild = message.guild
        return self.desk.words.tongue(None if guild is None else str(guild.preferred_locale.value))


def _wordless(t: Tongue, message: discord.Message) -> Card:
    if message.attachments:
        return _entries.outside_card(t, Kind.IMAGE, _entries.NO_ENTRY)
    buttons = [_entries.browse_button(t)]
    if message.guild is None:
        buttons.append(_begin_button(t))
    return Card(body=t("ask.nothing"), rows=[buttons])


def _begin_button(t: Tongue) -> Button:
    """Return the button that begins a concern, question by question."""
    return Button(t("interview.button.begin"), custom_id("interview", "begin"))


async def _send(channel: discord.abc.Messageable, card: Card) -> None:
    await channel.send(view=card.view(), files=card.files(), allowed_mentions=NOBODY)
