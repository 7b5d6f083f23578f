"""Voices in briefs: the people who joined a concern are counted beside whoever raised it.

Each is there by their own consent, whatever the reporter allows, and is only ever counted. A voice
that is added later is not in a brief until its concern is put in again, so that signatures last.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.concerns.briefs.model import COUNTED, Gone
from bot.concerns.briefs.records import BriefRow
from bot.concerns.joining.records import VoiceRow
from bot.concerns.model import CloseReason, Told
from bot.concerns.model import State as ConcernState
from bot.concerns.newsrows import MutedRow
from bot.concerns.records import ConcernRow
from bot.store.base import Row, RowId, Snowflake, UtcDateTime

_UNFIT = (CloseReason.ABUSIVE, CloseReason.DUPLICATE)


class BriefVoiceRow(Row):
    """One voice that one brief counts. `voice_id` and `person_id` go once they are erased."""

    __tablename__ = "brief_voice"
    __table_args__ = (
        UniqueConstraint("brief_id", "voice_id"),
        Index("ix_brief_voice_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    brief_id: Mapped[int] = mapped_column(RowId, ForeignKey("brief.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    voice_id: Mapped[int | None] = mapped_column(RowId)
    person_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    gone: Mapped[str | None] = mapped_column(String(12))
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


async def put_in(session: AsyncSession, brief: BriefRow, concern_ids: Collection[int]) -> int:
    """Count the voices of these concerns in a brief, as far as each allows it; say how many."""
    there = select(BriefVoiceRow.voice_id).where(
        BriefVoiceRow.brief_id == brief.id, BriefVoiceRow.voice_id.is_not(None)
    )
    found = list(
        await session.scalars(
            select(VoiceRow)
            .join(ConcernRow, ConcernRow.id == VoiceRow.concern_id)
            .where(
                VoiceRow.concern_id.in_(concern_ids),
                VoiceRow.withdrawn_at.is_(None),
                VoiceRow.consent.in_(COUNTED),
                VoiceRow.id.not_in(there),
                ~((ConcernRow.state == ConcernState.CLOSED) & ConcernRow.close_reason.in_(_UNFIT)),
            )
            .order_by(VoiceRow.id)
        )
    )
    session.add_all(
        BriefVoiceRow(
            brief_id=brief.id,
            guild_id=brief.guild_id,
            concern_id=voice.concern_id,
            voice_id=voice.id,
            person_id=voice.person_id,
        )
        for voice in found
    )
    await session.flush()
    return len(found)


async def take_out(session: AsyncSession, brief_id: int, concern_ids: Sequence[int]) -> int:
    """Count the voices of these concerns in a brief no more; say how many there were."""
    gone = await session.scalars(
        delete(BriefVoiceRow)
        .where(BriefVoiceRow.brief_id == brief_id, BriefVoiceRow.concern_id.in_(concern_ids))
        .returning(BriefVoiceRow.id)
    )
    return len(list(gone))


async def voices_in(session: AsyncSession, brief_id: int) -> list[tuple[BriefVoiceRow, ConcernRow]]:
    """Return a brief's voices, each with the concern it was added to."""
    found = await session.execute(
        select(BriefVoiceRow, ConcernRow)
        .join(ConcernRow, ConcernRow.id == BriefVoiceRow.concern_id)
        .where(BriefVoiceRow.brief_id == brief_id)
        .order_by(BriefVoiceRow.id)
    )
    return [(row, concern) for row, concern in found]


async def no_longer(
    session: AsyncSession, brief_id: int
) -> list[tuple[BriefVoiceRow, ConcernRow, Gone]]:
    """Return the voices that a brief may count no longer, and why."""
    pairs = [pair for pair in await voices_in(session, brief_id) if pair[0].gone is None]
    ids = [row.voice_id for row, _ in pairs if row.voice_id is not None]
    voices = {
        one.id: one for one in await session.scalars(select(VoiceRow).where(VoiceRow.id.in_(ids)))
    }
    gone = []
    for row, concern in pairs:
        voice = None if row.voice_id is None else voices.get(row.voice_id)
        unfit = concern.state == ConcernState.CLOSED and concern.close_reason in _UNFIT
        if voice is None:
            gone.append((row, concern, Gone.ERASED))
        elif voice.withdrawn_at is not None:
            gone.append((row, concern, Gone.WITHDRAWN))
        elif voice.consent not in COUNTED or unfit:
            gone.append((row, concern, Gone.CONSENT))
    return gone


async def to_tell(session: AsyncSession, brief_id: int) -> list[tuple[int, str]]:
    """Return whom to tell that a brief was sent: person and voice, without who muted that."""
    found = await session.execute(
        select(VoiceRow.person_id, VoiceRow.reference)
        .join(BriefVoiceRow, BriefVoiceRow.voice_id == VoiceRow.id)
        .where(
            BriefVoiceRow.brief_id == brief_id,
            BriefVoiceRow.gone.is_(None),
            ~exists().where(
                MutedRow.person_id == VoiceRow.person_id, MutedRow.what == Told.BRIEFED
            ),
        )
        .order_by(BriefVoiceRow.id)
    )
    return list(dict(iter(found)).items())


def who(row: BriefVoiceRow) -> int:
    """Return what tells one person from another in a brief's numbers, erased or not."""
    return -row.id if row.person_id is None else row.person_id
