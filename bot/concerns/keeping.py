"""What is kept beside letters: what they said before, and files that came with them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.concerns.model import FileNote
from bot.store.base import PERSON, Row, RowId, Snowflake, UtcDateTime


class PastLetterRow(Row):
    """What a letter of staff's said before it was edited or taken back; for staff."""

    __tablename__ = "concern_letter_past"
    __table_args__ = (Index("ix_concern_letter_past_concern", "concern_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    letter_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern_letter.id"))
    by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSON)


class AttachmentRow(Row):
    """A file that a reporter sent, cleaned (cleaning.py) and sealed under their key."""

    __tablename__ = "concern_attachment"
    __table_args__ = (Index("ix_concern_attachment_concern", "concern_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    letter_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("concern_letter.id"))
    origin: Mapped[str] = mapped_column(String(43), unique=True)
    form: Mapped[str] = mapped_column(String(10))
    size: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSON)


async def file_notes(session: AsyncSession, concern_id: int) -> tuple[FileNote, ...]:
    """Return which files there are of a concern, without opening any."""
    rows = await session.execute(
        select(
            AttachmentRow.id,
            AttachmentRow.letter_id,
            AttachmentRow.form,
            AttachmentRow.size,
            AttachmentRow.at,
        )
        .where(AttachmentRow.concern_id == concern_id)
        .order_by(AttachmentRow.id)
    )
    return tuple(FileNote(*one) for one in rows)


async def past_letters(session: AsyncSession, concern_id: int) -> Sequence[PastLetterRow]:
    """Return what the letters of a concern said before, oldest first."""
    rows = await session.scalars(
        select(PastLetterRow)
        .where(PastLetterRow.concern_id == concern_id)
        .order_by(PastLetterRow.id)
    )
    return list(rows)


async def drop_kept(session: AsyncSession, concern_id: int) -> None:
    """Delete everything that is kept beside the letters of a concern."""
    await session.execute(delete(PastLetterRow).where(PastLetterRow.concern_id == concern_id))
    await session.execute(delete(AttachmentRow).where(AttachmentRow.concern_id == concern_id))
