"""What the desk does, unasked, in channels that admins chose: it answers, or suggests."""

from dataclasses import replace

import discord

from bot.guilds.questions import QuestionChannel, Unsure, Use
from bot.knowledge import asking
from bot.platform.cards import Card
from bot.platform.client import DeskClient
from bot.platform.courier import TryLater
from bot.platform.mail import write_to
from bot.platform.pace import Cooldown
from bot.platform.sieve import Incoming
from bot.words import Tongue
from cogs import _reading
from cogs._reading import Asker, Reading
from cogs.questions import public

_REPLY = discord.MessageType.reply.value


class Overhearing:
    """Reads messages in channels where people ask."""

    def __init__(self, client: DeskClient) -> None:
        self._client = client
        settings = client.desk.settings.questions
        self._on = settings.message_content
        clock = client.desk.clock
        self._people = Cooldown(clock, minutes=settings.suggest_person_minutes)
        self._channels = Cooldown(clock, minutes=settings.suggest_channel_minutes)

    def may_answer(self, incoming: Incoming) -> bool:
        """Say at once whether this may be a message to answer; cheap, for it is asked of each."""
        channel_id, thread = incoming.channel_id, incoming.thread
        if thread is not None:
            if incoming.message_id != channel_id:
                return False  # only a post's first message is a question
            channel_id = thread.parent_id
        if not self._on or not self._client.desk.question_channels.may_be(
            incoming.guild_id, channel_id
        ):
            return False
        text, title = incoming.data["content"], None if thread is None else thread.name
        is_reply = incoming.data["type"] == _REPLY
        return bool(text) and bool(_question(text, title, is_reply=is_reply))

    async def is_asked(self, message: discord.Message) -> bool:
        """Say for sure whether people ask where a message is written.

        Raises:
            StoreUnavailable: what the desk does in this channel cannot be read.
        """
        return await self._place(message) is not None

    async def cards(self, t: Tongue, message: discord.Message) -> tuple[list[Card], str]:
        """Return what everybody should see under a message, most often nothing, and the way.

        Raises:
            StoreUnavailable: what the desk does in this channel cannot be read.
        """
        place = await self._place(message)
        channel = message.channel
        title = channel.name if isinstance(channel, discord.Thread) else None
        is_reply = message.type is discord.MessageType.reply
        text = _question(message.content, title, is_reply=is_reply)
        if place is None or not text:
            return [], ""
        if place.use is Use.SUGGEST:
            return await self._suggested(t, place, message, text), "suggestion"
        return await self._answered(t, place, message, text), "channel"

    async def _place(self, message: discord.Message) -> QuestionChannel | None:
        guild, channel = message.guild, message.channel
        if not self._on or guild is None or not message.content:
            return None
        channel_id = channel.id
        if isinstance(channel, discord.Thread):
            # A thread's first message has the thread's id if the thread is a post of a forum.
            if message.id != channel.id or channel.parent_id is None:
                return None
            channel_id = channel.parent_id
        return await self._client.desk.question_channels.get(guild.id, channel_id)

    async def _answered(
        self, t: Tongue, place: QuestionChannel, message: discord.Message, text: str
    ) -> list[Card]:
        asker = Asker.wrote(message, "channel")
        if not self._client.pace.allows(asker.person_id, asker.guild_id):
            return []  # nobody spoke to the desk
        reading = await _reading.read(self._client, asker, text)
        if reading.answers:
            return public.answers(self._client, t, asker, reading)
        if place.unsure is Unsure.LINE:
            return [public.line(self._client, t, asker, text)]
        if place.unsure is Unsure.MESSAGE:
            await self._write(message, asker, reading)
        return []

    async def _suggested(
        self, t: Tongue, place: QuestionChannel, message: discord.Message, text: str
    ) -> list[Card]:
        asker = Asker.wrote(message, "suggestion")
        if not asking.asks_fully(text) or not asking.asks(text):
            return []
        if self._people.rests(asker.person_id) or self._channels.rests(asker.channel_id):
            return []
        if not self._client.pace.allows(asker.person_id, asker.guild_id):
            return []
        reading = await _reading.read(self._client, asker, text, alone=True)
        if not reading.answers:
            return []
        self._people.begin(asker.person_id)
        self._channels.begin(asker.channel_id)
        if place.unsure is Unsure.MESSAGE:
            await self._write(message, asker, reading)
            return []
        return [public.suggestion(self._client, t, asker, text)]

    async def _write(self, message: discord.Message, asker: Asker, reading: Reading) -> None:
        """Write to the person who asked; if their direct messages are closed, that is that."""
        t = self._client.tongue_of(asker.person_id)
        shown = _reading.cards(self._client, t, replace(asker, guild_id=None), reading)
        where = t("ask.public.direct", link=message.jump_url)
        shown[0] = replace(shown[0], footer=f"{where}\n{shown[0].footer}".strip())
        for number, card in enumerate(shown):
            try:
                once = f"question:{message.id}:{number}"
                if not await write_to(self._client, asker.person_id, card, once=once):
                    return
            except TryLater:
                return


def _question(text: str, title: str | None, *, is_reply: bool) -> str:
    """Return the question of a message; "" if it is none, or an answer to somebody.

    `title` is the thread's, if it is in one.
    """
    if title is not None:
        # In a forum, the title is most often the question, and the post what belongs to it.
        return f"{title}\n{text}" if asking.asks(title) or asking.asks(text) else ""
    return text if not is_reply and asking.asks(text) else ""
