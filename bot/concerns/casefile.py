"""What staff add to a concern: labels, private notes, merges, and who keeps out of it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, PrimaryKeyConstraint, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import PERSON, Row, RowId, Snowflake, UtcDateTime


class LabelRow(Row):
    """One label of one concern, in staff's words."""

    __tablename__ = "concern_label"
    __table_args__ = (
        PrimaryKeyConstraint("concern_id", "label"),
        Index("ix_concern_label_label", "guild_id", "label", "concern_id"),
    )

    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    label: Mapped[str] = mapped_column(String(30))


class NoteRow(Row):
    """A note among staff, sealed under the reporter's key so that erasing them reaches it."""

    __tablename__ = "concern_note"
    __table_args__ = (Index("ix_concern_note_concern", "concern_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MergeRow(Row):
    """A concern that is part of another one, and where it stood before."""

    __tablename__ = "concern_merge"
    __table_args__ = (Index("ix_concern_merge_into", "into_id"),)

    concern_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("concern.id"), primary_key=True, autoincrement=False
    )
    guild_id: Mapped[int] = mapped_column(Snowflake)
    into_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    was_state: Mapped[str] = mapped_column(String(12))
    was_reason: Mapped[str | None] = mapped_column(String(20))
    into_priority: Mapped[int]
    into_urgent: Mapped[str | None] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExclusionRow(Row):
    """A staff member who keeps out of a concern.

    `via_id` is the concern they were excluded from: this one, or one it is merged with.
    """

    __tablename__ = "concern_exclusion"
    __table_args__ = (
        PrimaryKeyConstraint("concern_id", "person_id", "via_id"),
        Index("ix_concern_exclusion_person", "person_id"),
    )

    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    via_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


async def labels_of(session: AsyncSession, concern_id: int) -> tuple[str, ...]:
    """Return a concern's labels, in order."""
    query = select(LabelRow.label).where(LabelRow.concern_id == concern_id)
    return tuple(await session.scalars(query.order_by(LabelRow.label)))


async def parts_of(session: AsyncSession, concern_ids: Collection[int]) -> list[int]:
    """Return the row ids of all concerns merged into these, and into those, and so on."""
    found: list[int] = []
    edge: Sequence[int] = list(concern_ids)
    while edge:
        query = select(MergeRow.concern_id).where(MergeRow.into_id.in_(edge))
        edge = list(await session.scalars(query.order_by(MergeRow.concern_id)))
        found += edge
    return found


async def whole_of(session: AsyncSession, concern_id: int) -> int:
    """Return the row id of what a concern is part of in the end; its own if of nothing."""
    at: int | None = concern_id
    while at is not None:
        concern_id = at
        at = await session.scalar(select(MergeRow.into_id).where(MergeRow.concern_id == at))
    return concern_id


async def heads_of(session: AsyncSession, concern_ids: Collection[int]) -> dict[int, int]:
    """Return these concerns and all that is merged into them, each with the one it belongs to."""
    heads = {one: one for one in concern_ids}
    edge = list(concern_ids)
    while edge:
        query = select(MergeRow.concern_id, MergeRow.into_id).where(MergeRow.into_id.in_(edge))
        edge = []
        for part, into in await session.execute(query):
            heads[part] = heads[into]
            edge.append(part)
    return heads
