"""How questions are kept. Their words are sealed under their askers' keys."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import PERSON, Row, RowId, Snowflake, UtcDateTime


class QuestionRow(Row):
    """One question in one session."""

    __tablename__ = "session_question"
    __table_args__ = (
        UniqueConstraint("guild_id", "reference"),
        Index("ix_session_question_session", "session_id", "stage"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    session_id: Mapped[int] = mapped_column(RowId, ForeignKey("session.id"))
    author_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    stage: Mapped[str] = mapped_column(String(10))
    into_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("session_question.id"))
    newcomer: Mapped[bool]
    holder_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int]
    late_told: Mapped[int] = mapped_column(default=0, server_default="0")
    """Whom the desk told that its follow-up is late: nobody, its owner, or staff as well."""
    credit: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    """The name that an FAQ entry made of it may give; None if they do not wish that."""


class QueueRow(Row):
    """How the queue of one session works, where its hosts chose that."""

    __tablename__ = "session_queue"

    session_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("session.id"), primary_key=True, autoincrement=False
    )
    guild_id: Mapped[int] = mapped_column(Snowflake)
    moderated: Mapped[bool]
    named: Mapped[bool]


class UpvoteRow(Row):
    """One person's upvote for one question."""

    __tablename__ = "session_upvote"
    __table_args__ = (PrimaryKeyConstraint("question_id", "person_id"),)

    question_id: Mapped[int] = mapped_column(RowId, ForeignKey("session_question.id"))
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)


async def find(
    store: AsyncSession, guild_id: int, reference: str, *, lock: bool = False
) -> QuestionRow | None:
    """Return the row of a reference in this guild and no other."""
    query = select(QuestionRow).where(
        QuestionRow.guild_id == guild_id, QuestionRow.reference == reference
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await store.scalar(query)


async def votes_of(store: AsyncSession, person_id: int, session_id: int) -> Sequence[str]:
    """Return which questions of a session somebody upvoted."""
    query = (
        select(QuestionRow.reference)
        .join(UpvoteRow, UpvoteRow.question_id == QuestionRow.id)
        .where(UpvoteRow.person_id == person_id, QuestionRow.session_id == session_id)
        .order_by(QuestionRow.id)
    )
    return list(await store.scalars(query))
