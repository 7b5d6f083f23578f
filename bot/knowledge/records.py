"""How gaps and revisions are kept. A question leads to nobody, unless that person wants it to."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import DESK, Row, RowId, Snowflake, UtcDateTime


class GapRow(Row):
    """Questions of one kind that no entry answers."""

    __tablename__ = "gap"
    __table_args__ = (
        UniqueConstraint("guild_id", "reference"),
        Index("ix_gap_state", "guild_id", "state", "asked"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10))
    entry_id: Mapped[str | None] = mapped_column(String(40))
    asked: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuestionRow(Row):
    """One question that was not answered: its words, sealed under the desk's key, and no person."""

    __tablename__ = "gap_question"
    __table_args__ = (
        Index("ix_gap_question_gap", "gap_id", "id"),
        Index("ix_gap_question_guild", "guild_id", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    gap_id: Mapped[int] = mapped_column(RowId, ForeignKey("gap.id"))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, info=DESK)
    why: Mapped[str] = mapped_column(String(10))
    near: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class WaiterRow(Row):
    """Somebody who wants to be told when a gap is answered. Gone once they are told."""

    __tablename__ = "gap_waiter"
    __table_args__ = (UniqueConstraint("gap_id", "person_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    gap_id: Mapped[int] = mapped_column(RowId, ForeignKey("gap.id"))
    question_id: Mapped[int] = mapped_column(RowId, ForeignKey("gap_question.id"))
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RevisionRow(Row):
    """An edit of one entry, in one server. Its words are the desk's own: members may read them."""

    __tablename__ = "entry_revision"
    __table_args__ = (
        UniqueConstraint("guild_id", "reference"),
        Index("ix_entry_revision_entry", "guild_id", "entry_id", "id"),
        Index("ix_entry_revision_state", "guild_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    entry_id: Mapped[str] = mapped_column(String(40))
    section: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    base: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(300))
    gap: Mapped[str | None] = mapped_column(String(12))
    author_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    publisher_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FeedbackRow(Row):
    """What somebody said about an entry; not who. A note is sealed under the desk's key."""

    __tablename__ = "feedback"
    __table_args__ = (Index("ix_feedback_entry", "guild_id", "entry_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    entry_id: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(10))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, info=DESK)
    done: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class FollowRow(Row):
    """Somebody who wants to hear when an entry, or anything in a section, changes."""

    __tablename__ = "follow"
    __table_args__ = (UniqueConstraint("guild_id", "subject", "person_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    subject: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
