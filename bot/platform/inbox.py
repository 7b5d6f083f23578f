"""Who takes a direct message: an ordered registry, asked until somebody does.

Several things of the desk read direct messages: an answer to a letter of staff's, a concern that
is being written down question by question, and questions. Whoever is first in `Turn` and says
that the message is theirs has it; nobody after them sees it. One person's messages are taken one
after the other, in the order they came.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

import discord
import structlog

from bot.platform import errors
from bot.platform.cards import Card
from bot.platform.interactions import NOBODY
from bot.store import hurry

if TYPE_CHECKING:
    from bot.platform.client import DeskClient

MOST_WAITING = 10
"""Messages of one person that may wait for their turn; Discord lets nobody type faster for long."""

Taker = Callable[[discord.Message], Awaitable[bool]]
"""Says whether the message was theirs; False leaves it to the next."""

log = structlog.stdlib.get_logger(__name__)


class Turn(IntEnum):
    """The order in which takers are asked."""

    RELAY = 10
    """An answer to a letter: a reply to that very message."""
    INTAKE = 20
    """A concern that is being written down, or the word that begins one."""
    AWAITED = 30
    """Perhaps an answer, from somebody whom staff wait for: they are asked which it is."""
    QUESTION = 90
    """Whatever is left is a question."""


@dataclass
class _Line:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    told: bool = False


class Inbox:
    """The takers of direct messages."""

    def __init__(self, client: "DeskClient") -> None:
        self._client = client
        self._takers: dict[Turn, Taker] = {}
        self._lines: dict[int, _Line] = {}

    def add(self, turn: Turn, taker: Taker) -> None:
        """Ask `taker` in its turn; a cog does this when it is loaded.

        Raises:
            ValueError: somebody has that turn already.
        """
        if turn in self._takers:
            raise ValueError(f"two cogs take direct messages as {turn.name}")
        self._takers[turn] = taker

    def remove(self, turn: Turn) -> None:
        """Stop asking whoever has this turn."""
        self._takers.pop(turn, None)

    async def receive(self, message: discord.Message) -> None:
        """Hand a person's direct message to whoever takes it first.

        A failure is told to the person in one plain sentence, as for buttons and commands.
        """
        hurry()
        line = self._lines.setdefault(message.channel.id, _Line())
        if line.waiting >= MOST_WAITING:
            if not line.told:
                line.told = True
                t = self._client.tongue_of(message.author.id)
                await self._say(message, Card(body=t("inbox.too_fast")))
            return
        line.waiting += 1
        try:
            async with line.lock:
                await self._offer(message)
        finally:
            line.waiting -= 1
            if not line.waiting:
                self._lines.pop(message.channel.id, None)

    @contextlib.asynccontextmanager
    async def after(self, channel_id: int) -> AsyncIterator[None]:
        """Wait until what was written in these direct messages before has been taken.

        For what becomes of a message later: it may be edited while it is still being read.
        """
        line = self._lines.setdefault(channel_id, _Line())
        line.waiting += 1
        try:
            async with line.lock:
                yield
        finally:
            line.waiting -= 1
            if not line.waiting:
                self._lines.pop(channel_id, None)

    async def _offer(self, message: discord.Message) -> None:
        for turn, taker in sorted(self._takers.items()):
            try:
                if await taker(message):
                    return
            except Exception as error:
                t = self._client.tongue_of(message.author.id)
                where = f"inbox:{turn.name.lower()}"
                await self._say(message, errors.card_for(self._client, t, error, where=where))
                return

    async def _say(self, message: discord.Message, card: Card) -> None:
        try:
            await message.channel.send(view=card.view(), allowed_mentions=NOBODY)
        except discord.HTTPException as failure:
            log.warning("inbox.untold", status=failure.status)
