"""How e-mail is kept: that a message was taken, and the messages that wait for staff's eyes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import PERSON, Row, RowId, Snowflake, UtcDateTime


class TakenRow(Row):
    """That a message was taken, so that the same one again is nothing new."""

    __tablename__ = "mail_taken"
    __table_args__ = (Index("ix_mail_taken_at", "at"),)

    intake: Mapped[str] = mapped_column(String(43), primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    what: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class HeldRow(Row):
    """A message that could not be read, or not for sure: kept whole until staff looked at it."""

    __tablename__ = "mail_held"
    __table_args__ = (
        UniqueConstraint("guild_id", "reference"),
        Index("ix_mail_held_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    concern_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("concern.id"))
    why: Mapped[str] = mapped_column(String(12))
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
