"""How opinion maps are kept. Statements and votes are sealed under the keys of whose they are."""

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
from sqlalchemy.orm import Mapped, defer, mapped_column

from bot.discussions.opinions.model import OpinionMap, Stage, State, Statement
from bot.store.base import PERSON, Row, RowId, Snowflake, UtcDateTime
from bot.store.people import People, PersonRow

_IS_LIVE = text("state <> 'closed'")


class OpinionMapRow(Row):
    """One opinion map. `round` goes up whenever it is drawn anew."""

    __tablename__ = "opinion_map"
    __table_args__ = (
        UniqueConstraint("guild_id", "reference"),
        Index("ix_opinion_map_live", "closes_at", sqlite_where=_IS_LIVE, postgresql_where=_IS_LIVE),
        Index("ix_opinion_map_session", "session_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    session_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("session.id"))
    question: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    channel_id: Mapped[int] = mapped_column(Snowflake)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    round: Mapped[int]
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    late: Mapped[bool]
    version: Mapped[int]


class StatementRow(Row):
    """Something somebody said in a map. `print` finds the same words again."""

    __tablename__ = "opinion_statement"
    __table_args__ = (
        UniqueConstraint("map_id", "number"),
        UniqueConstraint("map_id", "print", name="uq_opinion_statement_print"),
        Index("ix_opinion_statement_next", "map_id", "stage", "seen"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    map_id: Mapped[int] = mapped_column(RowId, ForeignKey("opinion_map.id"))
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    print: Mapped[str] = mapped_column(String(43))
    stage: Mapped[str] = mapped_column(String(10))
    seen: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class VoterRow(Row):
    """What one person votes in a map: a byte a statement, sealed under that person's key."""

    __tablename__ = "opinion_voter"
    __table_args__ = (PrimaryKeyConstraint("map_id", "person_id"),)

    map_id: Mapped[int] = mapped_column(RowId, ForeignKey("opinion_map.id"))
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    votes: Mapped[bytes] = mapped_column(LargeBinary, info=PERSON)
    round: Mapped[int | None]
    """The map's round when they voted last; None if they have not voted, only looked."""
    serving: Mapped[int | None]
    """The statement that is in front of them."""


async def find(
    session: AsyncSession,
    guild_id: int,
    reference: str,
    *,
    lock: bool = False,
    figures: bool = True,
) -> OpinionMapRow | None:
    """Return the row of a reference in this guild and no other.

    Without `figures`, these are not read: of a large map they are large, and no vote needs them.
    """
    query = select(OpinionMapRow).where(
        OpinionMapRow.guild_id == guild_id, OpinionMapRow.reference == reference
    )
    if not figures:
        query = query.options(defer(OpinionMapRow.figures, raiseload=True))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


def plain(row: OpinionMapRow) -> OpinionMap:
    """Return a map without counts, which cost too much to be taken at every vote."""
    return _made(row, 0, {})


async def whole(session: AsyncSession, row: OpinionMapRow) -> OpinionMap:
    """Return a map as a face needs it."""
    rows = await session.execute(
        select(StatementRow.stage, func.count())
        .where(StatementRow.map_id == row.id)
        .group_by(StatementRow.stage)
    )
    stages = {str(one[0]): int(one[1]) for one in rows}
    if row.state == State.CLOSED:
        people = int((row.figures or {}).get("people", 0))
    else:
        people = await session.scalar(select(func.count()).where(*cast_in(row.id))) or 0
    return _made(row, people, stages)


def _made(row: OpinionMapRow, people: int, stages: dict[str, int]) -> OpinionMap:
    return OpinionMap(
        id=row.id,
        guild_id=row.guild_id,
        reference=row.reference,
        state=State(row.state),
        question=row.question,
        session_id=row.session_id,
        channel_id=row.channel_id,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        closed_at=row.closed_at,
        people=people,
        shown=stages.get(Stage.SHOWN, 0),
        waiting=stages.get(Stage.WAITING, 0),
    )


def cast_in(map_id: int) -> tuple[Any, ...]:
    """Return what is true of the rows of those who voted in a map."""
    return (VoterRow.map_id == map_id, VoterRow.round.is_not(None))


async def statements(
    session: AsyncSession, people: People, map_id: int, *conditions: Any, limit: int | None = None
) -> list[Statement]:
    """Return statements of a map that meet all conditions, in their order, with their texts."""
    rows = await session.execute(
        select(StatementRow, PersonRow.text_key)
        .join(PersonRow, PersonRow.id == StatementRow.author_id)
        .where(StatementRow.map_id == map_id, *conditions)
        .order_by(StatementRow.number)
        .limit(limit)
    )
    return [
        Statement(
            row.number,
            Stage(row.stage),
            "" if row.content is None else people.open(row.content, key) or "",
        )
        for row, key in rows
    ]
