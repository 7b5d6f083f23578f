"""How topic pages are kept: every version whole. Their words are public, so nothing is sealed."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Row, RowId, Snowflake, UtcDateTime
from bot.store.people import People
from bot.topics.model import Confidence, Fact, Page, Topic, Version, What


class TopicRow(Row):
    """One topic page in one guild; what it says stands in its latest version."""

    __tablename__ = "topic"
    __table_args__ = (UniqueConstraint("guild_id", "reference"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    shipped: Mapped[str | None] = mapped_column(String(40))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int]


class VersionRow(Row):
    """One version of a topic page, which everybody may read; who made it, staff only."""

    __tablename__ = "topic_version"
    __table_args__ = (UniqueConstraint("topic_id", "number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    topic_id: Mapped[int] = mapped_column(RowId, ForeignKey("topic.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    number: Mapped[int]
    intake: Mapped[str | None] = mapped_column(String(43), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    why: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


async def find(
    session: AsyncSession, guild_id: int, reference: str, *, lock: bool = False
) -> TopicRow | None:
    """Return the row of a reference in this guild and no other."""
    query = select(TopicRow).where(TopicRow.guild_id == guild_id, TopicRow.reference == reference)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def latest(session: AsyncSession, row: TopicRow) -> Page:
    """Return what a page says now."""
    query = select(VersionRow.content).where(
        VersionRow.topic_id == row.id, VersionRow.number == row.version
    )
    return unpacked(await session.scalar(query) or {})


async def whole(session: AsyncSession, people: People, row: TopicRow) -> Topic:
    """Return a topic page with all its versions."""
    await session.flush()
    rows = list(
        await session.scalars(
            select(VersionRow).where(VersionRow.topic_id == row.id).order_by(VersionRow.number)
        )
    )
    names = await people.user_ids(session, {one.by_id for one in rows if one.by_id is not None})
    versions = tuple(
        Version(
            one.number,
            one.at,
            What(one.what),
            None if one.by_id is None else names.get(one.by_id),
            one.why,
            unpacked(one.content),
        )
        for one in rows
    )
    return Topic(
        row.guild_id, row.reference, versions[-1].page, row.version, row.changed_at, versions
    )


def packed(page: Page) -> dict[str, Any]:
    """Return what a page says as plain data."""
    return asdict(page)


def unpacked(data: Mapping[str, Any]) -> Page:
    """Read what `packed` made, of this or an earlier release."""
    return Page(
        title=data.get("title", ""),
        known=data.get("known", ""),
        facts=tuple(
            Fact(one["id"], one["when"], one["text"], one["source"], Confidence(one["confidence"]))
            for one in data.get("facts", ())
        ),
        unknowns=tuple(data.get("unknowns", ())),
        entries=tuple(data.get("entries", ())),
        sessions=tuple(data.get("sessions", ())),
        concerns=data.get("concerns", ""),
    )
