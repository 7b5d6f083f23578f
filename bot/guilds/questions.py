"""The channels where a server's members ask: what the desk does there without being mentioned."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import PrimaryKeyConstraint, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import Clock
from bot.store.base import Row, Snowflake, UtcDateTime
from bot.store.engine import Store

MOST = 50
"""Channels that one server can choose."""


class Use(StrEnum):
    """What the desk does in a channel."""

    ANSWER = "answer"
    """It answers new questions, for everybody, where an entry answers them."""
    SUGGEST = "suggest"
    """It offers the person who asked an answer there is, and nothing else."""


class Unsure(StrEnum):
    """How the desk reaches the person who asked when nothing is for everybody to see."""

    LINE = "line"
    MESSAGE = "message"
    NOTHING = "nothing"


class TooManyChannels(Exception):
    """This server has chosen as many channels as it can."""


@dataclass(frozen=True)
class QuestionChannel:
    """A channel or forum where people ask."""

    channel_id: int
    use: Use
    unsure: Unsure


class QuestionChannelRow(Row):
    """One channel where people ask."""

    __tablename__ = "question_channel"
    __table_args__ = (PrimaryKeyConstraint("guild_id", "channel_id"),)

    guild_id: Mapped[int] = mapped_column(Snowflake)
    channel_id: Mapped[int] = mapped_column(Snowflake)
    use: Mapped[str] = mapped_column(String(20))
    unsure: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuestionChannels:
    """The channels where people ask; answers from memory, for every message asks."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[int, dict[int, QuestionChannel]] = {}

    async def of(self, guild_id: int) -> list[QuestionChannel]:
        """Return a server's channels, in the order of their ids.

        Raises:
            StoreUnavailable: they are not in memory and the database cannot be reached.
        """
        return list((await self._all(guild_id)).values())

    async def get(self, guild_id: int, channel_id: int) -> QuestionChannel | None:
        """Return what the desk does in a channel; None if nothing by itself.

        Raises:
            StoreUnavailable: it is not in memory and the database cannot be reached.
        """
        return (await self._all(guild_id)).get(channel_id)

    def may_be(self, guild_id: int, channel_id: int) -> bool:
        """Say at once whether people may ask in a channel; True as well if it is not in memory."""
        known = self._known.get(guild_id)
        return known is None or channel_id in known

    async def save(self, guild_id: int, chosen: QuestionChannel) -> None:
        """Keep what the desk does in a channel.

        Raises:
            TooManyChannels: the server has `MOST` others.
        """

        async def work(session: AsyncSession) -> None:
            row = await session.get(QuestionChannelRow, (guild_id, chosen.channel_id))
            if row is None:
                there = await session.scalars(
                    select(QuestionChannelRow.channel_id).where(
                        QuestionChannelRow.guild_id == guild_id
                    )
                )
                if len(list(there)) >= MOST:
                    raise TooManyChannels
                row = QuestionChannelRow(guild_id=guild_id, channel_id=chosen.channel_id)
                session.add(row)
            row.use, row.unsure = chosen.use.value, chosen.unsure.value
            row.changed_at = self._clock()

        await self._store.write(work)
        self._known.pop(guild_id, None)

    async def remove(self, guild_id: int, channel_id: int) -> bool:
        """Do nothing there by itself any more; say whether the desk did."""

        async def work(session: AsyncSession) -> bool:
            row = await session.get(QuestionChannelRow, (guild_id, channel_id))
            await session.execute(
                delete(QuestionChannelRow).where(
                    QuestionChannelRow.guild_id == guild_id,
                    QuestionChannelRow.channel_id == channel_id,
                )
            )
            return row is not None

        removed = await self._store.write(work)
        self._known.pop(guild_id, None)
        return removed

    def forget(self, guild_id: int) -> None:
        """Have nothing of a server in memory."""
        self._known.pop(guild_id, None)

    async def _all(self, guild_id: int) -> dict[int, QuestionChannel]:
        if guild_id not in self._known:

            async def work(session: AsyncSession) -> dict[int, QuestionChannel]:
                rows = await session.scalars(
                    select(QuestionChannelRow)
                    .where(QuestionChannelRow.guild_id == guild_id)
                    .order_by(QuestionChannelRow.channel_id)
                )
                return {
                    row.channel_id: QuestionChannel(
                        row.channel_id, Use(row.use), Unsure(row.unsure)
                    )
                    for row in rows
                }

            self._known[guild_id] = await self._store.read(work)
        return self._known[guild_id]
