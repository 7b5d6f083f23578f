"""How round-ups are kept. What members wrote is sealed under their keys; what hosts say is not."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import PERSON, Row, RowId, Snowflake, UtcDateTime


class RoundupRow(Row):
    """The round-up of one session."""

    __tablename__ = "roundup"

    session_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("session.id"), primary_key=True, autoincrement=False
    )
    guild_id: Mapped[int] = mapped_column(Snowflake)
    opening: Mapped[str] = mapped_column(Text)
    links: Mapped[str] = mapped_column(Text)
    attendance: Mapped[int]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stale: Mapped[bool]
    """Something of it went, as when somebody erased themselves: its post is brought up to date."""
    version: Mapped[int]


class RoundupAnswerRow(Row):
    """What a host says was answered to a question."""

    __tablename__ = "roundup_answer"

    question_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("session_question.id"), primary_key=True, autoincrement=False
    )
    guild_id: Mapped[int] = mapped_column(Snowflake)
    words: Mapped[str] = mapped_column(Text)
    left_out: Mapped[bool]


class RoundupPointRow(Row):
    """A pinned message, and what its author allows."""

    __tablename__ = "roundup_point"
    __table_args__ = (UniqueConstraint("session_id", "message_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    session_id: Mapped[int] = mapped_column(RowId, ForeignKey("session.id"), index=True)
    message_id: Mapped[int] = mapped_column(Snowflake)
    author_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    allowed: Mapped[str] = mapped_column(String(8))
    left_out: Mapped[bool]
