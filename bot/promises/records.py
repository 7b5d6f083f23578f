"""How promises are kept. Their words are public: nothing in these tables is sealed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.promises.model import (
    Event,
    Evidence,
    Ledger,
    Line,
    Promise,
    Spoken,
    State,
    Words,
    standing,
)
from bot.store.base import Row, RowId, Snowflake, UtcDateTime
from bot.store.people import People


class PromiseRow(Row):
    """One promise in one guild."""

    __tablename__ = "promise"
    __table_args__ = (
        UniqueConstraint("guild_id", "reference"),
        Index("ix_promise_due", "state", "due"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    shipped: Mapped[str | None] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(500))
    source: Mapped[str] = mapped_column(String(300))
    made_on: Mapped[date] = mapped_column(Date)
    office: Mapped[str] = mapped_column(String(60))
    others: Mapped[dict[str, Any]] = mapped_column(JSON)
    owner_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    drawn: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10))
    due: Mapped[date | None] = mapped_column(Date)
    told_due: Mapped[date | None] = mapped_column(Date)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int]


class EvidenceRow(Row):
    """Something that shows a promise is kept, added by hand; struck out, never deleted."""

    __tablename__ = "promise_evidence"
    __table_args__ = (Index("ix_promise_evidence_promise", "promise_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    promise_id: Mapped[int] = mapped_column(RowId, ForeignKey("promise.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    text: Mapped[str] = mapped_column(String(300))
    link: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    struck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PromiseEventRow(Row):
    """Something that happened to a promise, which everybody may read; who did it, staff only."""

    __tablename__ = "promise_event"
    __table_args__ = (Index("ix_promise_event_promise", "promise_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    promise_id: Mapped[int] = mapped_column(RowId, ForeignKey("promise.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(1000))


async def find(
    session: AsyncSession, guild_id: int, reference: str, *, lock: bool = False
) -> PromiseRow | None:
    """Return the row of a reference in this guild and no other."""
    query = select(PromiseRow).where(
        PromiseRow.guild_id == guild_id, PromiseRow.reference == reference
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def evidence_of(session: AsyncSession, promise_id: int) -> Sequence[EvidenceRow]:
    """Return what shows a promise, the latest first, without what was struck out."""
    query = (
        select(EvidenceRow)
        .where(EvidenceRow.promise_id == promise_id, EvidenceRow.struck_at.is_(None))
        .order_by(EvidenceRow.id.desc())
    )
    return list(await session.scalars(query))


def line_of(row: PromiseRow, today: date) -> Line:
    """Return a promise as a line in the list."""
    state = standing(State(row.state), row.due, today)
    return Line(row.reference, state, words_of(row), row.due)


def words_of(row: PromiseRow) -> Words:
    """Return what a promise says, in all languages it is kept in."""
    others = {language: Spoken(**said) for language, said in row.others.items()}
    return Words(row.text, row.source, row.made_on, row.office, others)


def kept_others(words: Words) -> dict[str, dict[str, str]]:
    """Return the other languages' words as a row keeps them."""
    return {code: {"text": one.text, "owner": one.owner} for code, one in words.others.items()}


async def whole(session: AsyncSession, people: People, row: PromiseRow, today: date) -> Promise:
    """Return a promise with its evidence and history."""
    await session.flush()
    evidence = await evidence_of(session, row.id)
    events = list(
        await session.scalars(
            select(PromiseEventRow)
            .where(PromiseEventRow.promise_id == row.id)
            .order_by(PromiseEventRow.id)
        )
    )
    who = {row.owner_id, *(one.by_id for one in evidence), *(one.by_id for one in events)}
    names = await people.user_ids(session, {one for one in who if one is not None})

    def user(person_id: int | None) -> int | None:
        return None if person_id is None else names.get(person_id)

    return Promise(
        guild_id=row.guild_id,
        reference=row.reference,
        state=standing(State(row.state), row.due, today),
        words=words_of(row),
        due=row.due,
        shipped=row.shipped is not None,
        person=user(row.owner_id),
        drawn=tuple(one for one in Ledger if one in row.drawn),
        evidence=tuple(
            Evidence(one.id, one.text, one.link, one.at, user(one.by_id)) for one in evidence
        ),
        events=tuple(
            Event(one.at, one.what, user(one.by_id), dict(one.detail), one.note) for one in events
        ),
        version=row.version,
    )
