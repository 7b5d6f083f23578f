"""How concerns are kept: the tables, and finding a row."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    literal_column,
    select,
    update,
)
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.concerns.model import (
    Delivery,
    Direction,
)
from bot.concerns.tally import watch
from bot.store.base import DESK, PERSON, Row, RowId, Snowflake, UtcDateTime

_IS_OPEN = sql("state NOT IN ('closed', 'merged')")
_HAS_CLOCK = sql("due_at IS NOT NULL")


class ConcernRow(Row):
    """One concern. What the person typed is in `content`, sealed under that person's key."""

    __tablename__ = "concern"
    __table_args__ = (
        UniqueConstraint("guild_id", "reference"),
        Index("ix_concern_reporter", "reporter_id", "raised_at"),
        Index("ix_concern_topic", "guild_id", "topic"),
        Index(
            "ix_concern_queue",
            "guild_id",
            "priority",
            "raised_at",
            "id",
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index("ix_concern_state", "guild_id", "state", "priority", "raised_at", "id"),
        *(
            Index(name, "guild_id", *columns, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)
            for name, *columns in (
                ("ix_concern_kind", "kind", "priority", "raised_at", "id"),
                ("ix_concern_holder", "claimed_by_id", "priority", "raised_at", "id"),
                ("ix_concern_quiet", "changed_at", "id"),
            )
        ),
        Index(
            "ix_concern_due",
            "guild_id",
            "due_at",
            sqlite_where=_HAS_CLOCK,
            postgresql_where=_HAS_CLOCK,
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    close_reason: Mapped[str | None] = mapped_column(String(20))
    consent: Mapped[str] = mapped_column(String(20))
    consent_version: Mapped[int]
    reporter_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    claimed_by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSON)
    about: Mapped[str] = mapped_column(String(120))
    door: Mapped[str] = mapped_column(String(10), default="discord", server_default="discord")
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int]
    priority: Mapped[int] = mapped_column(SmallInteger, default=2, server_default="2")
    urgent: Mapped[str | None] = mapped_column(String(10))
    topic: Mapped[str | None] = mapped_column(String(80))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clock_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clock_left: Mapped[int | None]
    escalated: Mapped[int] = mapped_column(default=0, server_default="0")
    first_reply_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


watch(ConcernRow)

IS_OPEN = ConcernRow.state.not_in([literal_column("'closed'"), literal_column("'merged'")])
"""The condition that staff still have a concern to work on, worded as its partial index is."""

IN_ORDER = (ConcernRow.priority, ConcernRow.raised_at, ConcernRow.id)
"""The order of the queue; its partial index has it after the guild (smaller comes first)."""


class EventRow(Row):
    """Something that happened to a concern; written with the change itself."""

    __tablename__ = "concern_event"
    __table_args__ = (Index("ix_concern_event_concern", "concern_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(30))
    by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)


class LetterRow(Row):
    """A message between staff and reporter, sealed under the reporter's key."""

    __tablename__ = "concern_letter"
    __table_args__ = (Index("ix_concern_letter_concern", "concern_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    direction: Mapped[str] = mapped_column(String(15))
    by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivery: Mapped[str] = mapped_column(String(10))
    copy_of_id: Mapped[int | None] = mapped_column(RowId)
    """The letter of the concern this one is merged into, which this one repeats word for word."""
    signed: Mapped[str] = mapped_column(String(10), default="desk", server_default="desk")
    signature: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    shown: Mapped[int] = mapped_column(default=0, server_default="0")
    place: Mapped[bytes | None] = mapped_column(LargeBinary, info=DESK)


@dataclass(frozen=True)
class Content:
    """What a person typed into a concern, as it is sealed."""

    what: str
    link: str
    wish: str

    def packed(self) -> str:
        """Return it as one text to seal."""
        return json.dumps([self.what, self.link, self.wish])

    @classmethod
    def unpacked(cls, text: str) -> "Content":
        """Read what `packed` made."""
        return cls(*json.loads(text))


async def staff_saw(session: AsyncSession, concern_id: int) -> None:
    """Record that staff have seen what the reporter wrote to them."""
    await session.execute(
        update(LetterRow)
        .where(
            LetterRow.concern_id == concern_id,
            LetterRow.direction == Direction.FROM_REPORTER,
            LetterRow.delivery == Delivery.PENDING,
        )
        .values(delivery=Delivery.SEEN)
    )


async def find(
    session: AsyncSession, guild_id: int, reference: str, *, lock: bool = False
) -> ConcernRow | None:
    """Return the row of a reference in this guild and no other."""
    query = select(ConcernRow).where(
        ConcernRow.guild_id == guild_id, ConcernRow.reference == reference
    )
    return await session.scalar(query.with_for_update() if lock else query)
