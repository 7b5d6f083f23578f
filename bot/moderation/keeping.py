"""What is kept of messages that set checks off: verdicts without texts, and copies for authors."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import PERSON, Row, RowId, Snowflake, UtcDateTime


class VerdictRow(Row):
    """One verdict. It has no text, and its author only as a keyed hash."""

    __tablename__ = "moderation_verdict"
    __table_args__ = (
        UniqueConstraint("guild_id", "message_id", "check_id", name="uq_moderation_verdict_once"),
        Index("ix_moderation_verdict_at", "guild_id", "at"),
        Index("ix_moderation_verdict_author", "guild_id", "author", "check_id", "at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    rule: Mapped[str] = mapped_column(String(40))
    check_id: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(10))
    dry: Mapped[bool] = mapped_column(Boolean)
    again: Mapped[bool] = mapped_column(Boolean)
    channel_id: Mapped[int] = mapped_column(Snowflake)
    message_id: Mapped[int] = mapped_column(Snowflake)
    author: Mapped[str] = mapped_column(String(43))
    evidence: Mapped[str] = mapped_column(String(43))


class TakenRow(Row):
    """One message that was taken down, or whose author was asked to look at it again."""

    __tablename__ = "moderation_taken"
    __table_args__ = (
        UniqueConstraint("guild_id", "message_id"),
        Index("ix_moderation_taken_at", "at"),
        Index("ix_moderation_taken_author", "author_id", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    message_id: Mapped[int] = mapped_column(Snowflake)
    channel_id: Mapped[int] = mapped_column(Snowflake)
    author_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    evidence: Mapped[str] = mapped_column(String(43))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    rule: Mapped[str] = mapped_column(String(40))
    check_id: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    decided_by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
