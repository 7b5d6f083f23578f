"""What looks at a server's messages as Discord sends them, before the library makes them objects.

A `discord.Message` with its member, author and mentions takes half of the time that the library
needs to receive a message, and of nearly all messages nobody wants one. So who watches sees the
payload (https://docs.discord.com/developers/resources/message#message-object) and says what is to
be done with the message, if anything; only then the library makes it, and hands it on as always.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import discord
import structlog

if TYPE_CHECKING:
    from bot.platform.client import DeskClient

_CREATED = "MESSAGE_CREATE"
_WRITTEN = frozenset({discord.MessageType.default.value, discord.MessageType.reply.value})
_SPOKEN_IN = (discord.TextChannel, discord.Thread, discord.VoiceChannel, discord.StageChannel)

log = structlog.stdlib.get_logger(__name__)


class Incoming:
    """A message of a server as it came.

    Attributes:
        data: the payload.
        message_id: its id, and those of where it was written and by whom.
        thread: the thread it was written in, if it was one.
        written: whether a person wrote it, rather than a bot, a webhook or Discord itself.
    """

    __slots__ = ("author_id", "channel_id", "data", "guild_id", "message_id", "thread", "written")

    def __init__(
        self, data: Mapping[str, Any], guild_id: int, channel_id: int, channel: object
    ) -> None:
        author = data["author"]
        self.data = data
        self.guild_id = guild_id
        self.channel_id = channel_id
        self.message_id = int(data["id"])
        self.author_id = int(author["id"])
        self.thread = channel if channel.__class__ is discord.Thread else None
        self.written = (
            data["type"] in _WRITTEN and not author.get("bot") and "webhook_id" not in data
        )


Then = Callable[[discord.Message], None]
Watcher = Callable[[Incoming], Then | None]
"""Looks at a message at once, and returns what to do with it; None if nothing."""


class Sieve:
    """Takes the place of the library's own reading of new messages.

    Attributes:
        watchers: who looks at every message; cogs add themselves.
    """

    def __init__(self, client: "DeskClient") -> None:
        self.watchers: list[Watcher] = []
        self._client = client
        self._due: list[Then] = []
        parsers = client._connection.parsers
        self._make = parsers[_CREATED]
        parsers[_CREATED] = self.receive

    def receive(self, data: Mapping[str, Any]) -> None:
        """Show a message to the watchers; have it made if one of them, or anybody, wants it."""
        guild_id = data.get("guild_id")
        if guild_id is None:  # a direct message, which is the inbox's
            self._make(data)
            return
        guild_id, channel_id = int(guild_id), int(data["channel_id"])
        guild = self._client.get_guild(guild_id)
        channel = None if guild is None else guild.get_channel_or_thread(channel_id)
        incoming = Incoming(data, guild_id, channel_id, channel)
        due: list[Then] = []
        for watch in self.watchers:
            try:
                then = watch(incoming)
            except Exception as error:
                # A fault in looking must not keep the message from anybody else.
                log.error("message.unseen", error=type(error).__name__)
                continue
            if then is not None:
                due.append(then)
        if due or self._client.hears_messages():
            self._due = due
            self._make(data)
        elif isinstance(channel, _SPOKEN_IN):
            channel.last_message_id = incoming.message_id  # as the library would

    def hand(self, message: discord.Message) -> None:
        """Do with a message that was made what its watchers wanted."""
        due, self._due = self._due, []
        for then in due:
            try:
                then(message)
            except Exception as error:
                log.error("message.unseen", error=type(error).__name__)
