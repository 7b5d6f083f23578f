"""How briefs are kept: tables, and turning rows into what the service returns."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.concerns.briefs.model import Text
from bot.concerns.briefs.redaction import Hidden, Mark, hidden
from bot.store.base import DESK, PERSON, Row, RowId, Snowflake, UtcDateTime

NOTHING_LEFT = b""
"""What stands in the place of a quote that was erased after it was sent."""


class BriefRow(Row):
    """One brief. What staff wrote is in `content`, sealed under the desk's key."""

    __tablename__ = "brief"
    __table_args__ = (
        UniqueConstraint("guild_id", "reference"),
        Index("ix_brief_state", "guild_id", "state"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    author_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary, info=DESK)
    frozen: Mapped[bytes | None] = mapped_column(LargeBinary, info=DESK)
    frozen_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int]


class ItemRow(Row):
    """One concern in one brief; its quote is sealed under the reporter's key."""

    __tablename__ = "brief_item"
    __table_args__ = (
        UniqueConstraint("brief_id", "concern_id"),
        Index("ix_brief_item_concern", "concern_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    brief_id: Mapped[int] = mapped_column(RowId, ForeignKey("brief.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    how: Mapped[str] = mapped_column(String(8))
    consent: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(43))
    quote: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    passed_by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    passed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    number: Mapped[int | None]
    gone: Mapped[str | None] = mapped_column(String(12))
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int]


class SignatureRow(Row):
    """One person's signature under one exact text; removed when the text changes."""

    __tablename__ = "brief_signature"
    __table_args__ = (UniqueConstraint("brief_id", "by_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    brief_id: Mapped[int] = mapped_column(RowId, ForeignKey("brief.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    by_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    hash: Mapped[str] = mapped_column(String(64))


class BriefEventRow(Row):
    """Something that happened to a brief: to whom it was sent and how, what was replied."""

    __tablename__ = "brief_event"
    __table_args__ = (Index("ix_brief_event_brief", "brief_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    brief_id: Mapped[int] = mapped_column(RowId, ForeignKey("brief.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(30))
    by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[bytes | None] = mapped_column(LargeBinary, info=DESK)


class NamingRow(Row):
    """How a reporter who may be quoted by name asked to be named, sealed under their key."""

    __tablename__ = "concern_naming"

    concern_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("concern.id"), primary_key=True, autoincrement=False
    )
    guild_id: Mapped[int] = mapped_column(Snowflake)
    name: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    named_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Words:
    """A quote as it is sealed: what it is cut from, what is marked, and the name beside it."""

    text: str
    marks: tuple[Mark, ...]
    name: str | None = None

    @property
    def shown(self) -> str:
        """What the brief shows."""
        return hidden(self.text, self.marks)

    def packed(self) -> str:
        """Return it as one text to seal."""
        marks = [[mark.start, mark.end, mark.kind] for mark in self.marks]
        return json.dumps([self.text, marks, self.name])

    @classmethod
    def unpacked(cls, packed: str) -> "Words":
        """Read what `packed` made."""
        text, marks, name = json.loads(packed)
        return cls(text, tuple(Mark(start, end, Hidden(kind)) for start, end, kind in marks), name)


def packed_text(text: Text) -> bytes:
    """Return what staff wrote as one text to seal."""
    return json.dumps(asdict(text)).encode()


def unpacked_text(packed: bytes) -> Text:
    """Read what `packed_text` made."""
    return Text(**json.loads(packed))


async def find(
    session: AsyncSession, guild_id: int, reference: str, *, lock: bool = False
) -> BriefRow | None:
    """Return the row of a reference in this guild and no other."""
    query = select(BriefRow).where(BriefRow.guild_id == guild_id, BriefRow.reference == reference)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def items_of(session: AsyncSession, brief_id: int) -> list[ItemRow]:
    """Return a brief's concerns in the order they were put in."""
    query = select(ItemRow).where(ItemRow.brief_id == brief_id).order_by(ItemRow.id)
    return list(await session.scalars(query))
