"""What the people who joined a concern are told of it, or of the one it is part of."""

import dataclasses

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects
from bot.concerns.casefile import parts_of
from bot.concerns.joining.records import VoiceRow
from bot.concerns.model import State, Told
from bot.concerns.newsrows import MutedRow
from bot.concerns.records import ConcernRow
from bot.store.outbox import Outbox


async def tell_voices(
    session: AsyncSession,
    outbox: Outbox,
    concern: ConcernRow,
    before: str,
    *,
    coarse: bool = False,
) -> None:
    """Tell everybody who joined a concern where it stands now, if it moved to what they await.

    So are those who joined its parts, which go where it goes; each person once, and nobody who
    raised one of them: reporters are told as such. Whoever does not
    want to hear that their own concerns are closed does not hear it of these. `coarse` is for
    acts of people who are anonymous.
    """
    if concern.state == before or concern.state not in _NEWS:
        return
    along = State.CLOSED if concern.state == State.CLOSED else State.MERGED
    ids = [concern.id, *await parts_of(session, [concern.id])]
    raised = select(ConcernRow.reporter_id).where(
        ConcernRow.id.in_(ids), or_(ConcernRow.id == concern.id, ConcernRow.state == along)
    )
    voices = await session.execute(
        select(VoiceRow.person_id, VoiceRow.reference)
        .join(ConcernRow, ConcernRow.id == VoiceRow.concern_id)
        .where(
            VoiceRow.concern_id.in_(ids),
            VoiceRow.withdrawn_at.is_(None),
            VoiceRow.person_id.not_in(raised),
            or_(ConcernRow.id == concern.id, ConcernRow.state == along),
            ~exists().where(MutedRow.person_id == VoiceRow.person_id, MutedRow.what == Told.CLOSED),
        )
        .order_by(VoiceRow.id.desc())
    )
    first = {who: voice for who, voice in voices}  # noqa: C416 - for the types of rows
    told = [effects.voice_news(concern, voice, who) for who, voice in reversed(first.items())]
    await outbox.post(session, *(dataclasses.replace(one, coarse=coarse) for one in told))


_NEWS = frozenset({State.ANSWERED, State.CLOSED, State.REOPENED})
