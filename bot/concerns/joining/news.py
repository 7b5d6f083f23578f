"""What the people who joined a concern are told of it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects
from bot.concerns.joining.records import VoiceRow
from bot.concerns.model import State
from bot.concerns.records import ConcernRow
from bot.store.outbox import Outbox


async def tell_voices(
    session: AsyncSession, outbox: Outbox, concern: ConcernRow, before: str
) -> None:
    """Tell everybody who joined a concern where it stands now, if it moved to what they await."""
    if concern.state == before or concern.state not in _NEWS:
        return
    voices = await session.execute(
        select(VoiceRow.reference, VoiceRow.person_id)
        .where(VoiceRow.concern_id == concern.id, VoiceRow.withdrawn_at.is_(None))
        .order_by(VoiceRow.id)
    )
    await outbox.post(
        session, *(effects.voice_news(concern, reference, who) for reference, who in voices)
    )


_NEWS = frozenset({State.ANSWERED, State.CLOSED, State.REOPENED})
