"""How sessions are kept. Their words are public: nothing in these tables is sealed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.discussions.model import Event, Kind, Line, Place, Plan, Session, State
from bot.discussions.opinions.records import OpinionMapRow
from bot.discussions.polls.records import PollRow
from bot.store.base import Row, RowId, Snowflake, UtcDateTime
from bot.store.people import People

_IS_DUE = text("due_at IS NOT NULL")


class SeriesRow(Row):
    """One series of sessions in one guild."""

    __tablename__ = "session_series"
    __table_args__ = (UniqueConstraint("guild_id", "reference"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    rule: Mapped[str] = mapped_column(String(200))
    first: Mapped[datetime] = mapped_column(UtcDateTime)
    zones: Mapped[list[Any]] = mapped_column(JSON)
    made: Mapped[int]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int]


class SessionRow(Row):
    """One session. `due_at` is when the desk has something to do with it by itself next."""

    __tablename__ = "session"
    __table_args__ = (
        UniqueConstraint("guild_id", "reference"),
        UniqueConstraint("series_id", "occurrence"),
        Index("ix_session_due", "due_at", sqlite_where=_IS_DUE, postgresql_where=_IS_DUE),
        Index("ix_session_starts", "guild_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    series_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("session_series.id"))
    occurrence: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str] = mapped_column(String(100))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    zone: Mapped[str] = mapped_column(String(40))
    minutes: Mapped[int]
    guests: Mapped[str] = mapped_column(String(300))
    prompts: Mapped[str] = mapped_column(String(1500))
    rules: Mapped[str] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(10))
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    step: Mapped[str | None] = mapped_column(String(10))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    channel_id: Mapped[int | None] = mapped_column(Snowflake)
    message_id: Mapped[int | None] = mapped_column(Snowflake)
    event_id: Mapped[int | None] = mapped_column(Snowflake)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    sequence: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int]


class SessionHostRow(Row):
    """Somebody who hosts a session."""

    __tablename__ = "session_host"
    __table_args__ = (PrimaryKeyConstraint("session_id", "person_id"),)

    session_id: Mapped[int] = mapped_column(RowId, ForeignKey("session.id"))
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    place: Mapped[int]


class ComingRow(Row):
    """Somebody who said that they come. `asked` says that they pressed the desk's own button."""

    __tablename__ = "session_coming"
    __table_args__ = (PrimaryKeyConstraint("session_id", "person_id"),)

    session_id: Mapped[int] = mapped_column(RowId, ForeignKey("session.id"))
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    asked: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class FollowerRow(Row):
    """Somebody who wants to hear of every session that is announced."""

    __tablename__ = "session_follower"
    __table_args__ = (PrimaryKeyConstraint("guild_id", "person_id"),)

    guild_id: Mapped[int] = mapped_column(Snowflake)
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SessionEventRow(Row):
    """Something that happened to a session."""

    __tablename__ = "session_event"
    __table_args__ = (Index("ix_session_event_session", "session_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    session_id: Mapped[int] = mapped_column(RowId, ForeignKey("session.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(500))


class DiscussionSetupRow(Row):
    """How one guild holds its sessions."""

    __tablename__ = "discussion_setup"

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    channel_id: Mapped[int | None] = mapped_column(Snowflake)
    slow_seconds: Mapped[int]
    quiet_weeks: Mapped[int]
    waits_days: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


async def find(
    session: AsyncSession, guild_id: int, reference: str, *, lock: bool = False
) -> SessionRow | None:
    """Return the row of a reference in this guild and no other."""
    query = select(SessionRow).where(
        SessionRow.guild_id == guild_id, SessionRow.reference == reference
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def host_ids(session: AsyncSession, session_id: int) -> Sequence[int]:
    """Return who hosts a session (rows in person), in the order they were named."""
    query = (
        select(SessionHostRow.person_id)
        .where(SessionHostRow.session_id == session_id)
        .order_by(SessionHostRow.place, SessionHostRow.person_id)
    )
    return list(await session.scalars(query))


def plan_of(row: SessionRow) -> Plan:
    """Return what is planned."""
    return Plan(
        Kind(row.kind),
        row.topic,
        row.starts_at,
        row.zone,
        row.minutes,
        row.guests,
        row.prompts,
        row.rules,
    )


def line_of(row: SessionRow) -> Line:
    """Return a session as a line in a list."""
    plan = plan_of(row)
    link = Place(row.channel_id).link(row.guild_id)
    return Line(
        row.reference, State(row.state), plan.kind, plan.topic, plan.starts, plan.ends, link
    )


async def whole(session: AsyncSession, people: People, row: SessionRow) -> Session:
    """Return a session with its hosts and history."""
    await session.flush()
    hosts = await host_ids(session, row.id)
    events = list(
        await session.scalars(
            select(SessionEventRow)
            .where(SessionEventRow.session_id == row.id)
            .order_by(SessionEventRow.id)
        )
    )
    coming = await session.scalar(
        select(func.count()).where(ComingRow.session_id == row.id, ComingRow.asked)
    )
    series = row.series_id and await session.scalar(
        select(SeriesRow.reference).where(SeriesRow.id == row.series_id)
    )
    held = [
        await session.scalar(select(func.count()).where(one.session_id == row.id)) or 0
        for one in (PollRow, OpinionMapRow)
    ]
    who = {*hosts, *(one.by_id for one in events)}
    names = await people.user_ids(session, {one for one in who if one is not None})
    return Session(
        id=row.id,
        guild_id=row.guild_id,
        reference=row.reference,
        state=State(row.state),
        plan=plan_of(row),
        hosts=tuple(names[one] for one in hosts if one in names),
        coming=coming or 0,
        place=Place(row.channel_id, row.message_id, row.event_id),
        sequence=row.sequence,
        version=row.version,
        changed_at=row.changed_at,
        announced_at=row.announced_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        series=series or "",
        events=tuple(
            Event(
                one.at,
                one.what,
                None if one.by_id is None else names.get(one.by_id),
                dict(one.detail),
                one.note,
            )
            for one in events
        ),
        polls=held[0],
        maps=held[1],
    )
