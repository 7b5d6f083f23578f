"""How polls are kept. Ballots are sealed under their casters' keys, until they are counted."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.discussions.polls.model import Asked, Kind, Poll, Result, State
from bot.store.base import PERSON, Row, RowId, Snowflake, UtcDateTime

_IS_LIVE = text("state <> 'closed'")


class PollRow(Row):
    """One poll."""

    __tablename__ = "poll"
    __table_args__ = (
        UniqueConstraint("guild_id", "reference"),
        Index("ix_poll_live", "closes_at", sqlite_where=_IS_LIVE, postgresql_where=_IS_LIVE),
        Index("ix_poll_session", "session_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    session_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("session.id"))
    question: Mapped[str] = mapped_column(String(300))
    options: Mapped[list[Any]] = mapped_column(JSON)
    kind: Mapped[str] = mapped_column(String(10))
    hidden: Mapped[bool]
    native: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10))
    channel_id: Mapped[int] = mapped_column(Snowflake)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    version: Mapped[int]


class BallotRow(Row):
    """One person's ballot in a poll that is not counted yet."""

    __tablename__ = "poll_ballot"
    __table_args__ = (PrimaryKeyConstraint("poll_id", "person_id"),)

    poll_id: Mapped[int] = mapped_column(RowId, ForeignKey("poll.id"))
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    ballot: Mapped[bytes] = mapped_column(LargeBinary, info=PERSON)


async def find(
    session: AsyncSession, guild_id: int, reference: str, *, lock: bool = False
) -> PollRow | None:
    """Return the row of a reference in this guild and no other."""
    query = select(PollRow).where(PollRow.guild_id == guild_id, PollRow.reference == reference)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def whole(session: AsyncSession, row: PollRow) -> Poll:
    """Return a poll as a face needs it."""
    result = None if row.result is None else Result.from_json(row.result)
    if result is not None:
        voters = result.voters
    else:
        cast = select(func.count()).where(BallotRow.poll_id == row.id)
        voters = await session.scalar(cast) or 0
    return Poll(
        id=row.id,
        guild_id=row.guild_id,
        reference=row.reference,
        state=State(row.state),
        asked=Asked(row.question, tuple(row.options), Kind(row.kind), row.hidden),
        native=row.native,
        session_id=row.session_id,
        channel_id=row.channel_id,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        closed_at=row.closed_at,
        voters=voters,
        result=result,
    )
