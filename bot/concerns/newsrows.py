"""How news of concerns is kept: what each person was told, and what they do not want to hear."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.concerns.model import Delivery, News, Told
from bot.store.base import Row, RowId, Snowflake, UtcDateTime

_UNSEEN = sql("delivery = 'mailbox'")


class NewsRow(Row):
    """One thing that one person is told of one concern."""

    __tablename__ = "concern_news"
    __table_args__ = (
        UniqueConstraint("concern_id", "person_id", "once"),
        Index(
            "ix_concern_news_unseen",
            "person_id",
            sqlite_where=_UNSEEN,
            postgresql_where=_UNSEEN,
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    what: Mapped[str] = mapped_column(String(12))
    once: Mapped[str] = mapped_column(String(60))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivery: Mapped[str] = mapped_column(String(10))


class MutedRow(Row):
    """A sort of news that a person does not want to hear."""

    __tablename__ = "concern_muted"

    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"), primary_key=True)
    what: Mapped[str] = mapped_column(String(12), primary_key=True)


async def news_of(
    session: AsyncSession, concern_ids: Sequence[int]
) -> dict[tuple[int, int], tuple[News, ...]]:
    """Return the news of these concerns, by concern and person, the oldest first."""
    rows = await session.scalars(
        select(NewsRow).where(NewsRow.concern_id.in_(concern_ids)).order_by(NewsRow.id)
    )
    found: dict[tuple[int, int], tuple[News, ...]] = {}
    for row in rows:
        key = row.concern_id, row.person_id
        found[key] = (*found.get(key, ()), news_from(row))
    return found


def news_from(row: NewsRow) -> News:
    """Return a row as the domain sees it."""
    return News(row.id, Told(row.what), row.at, Delivery(row.delivery), dict(row.detail))
