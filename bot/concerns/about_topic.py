"""How many people have a concern about a topic of staff's, and let themselves be counted."""

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.briefs.model import COUNTED
from bot.concerns.briefs.reading import UNUSABLE
from bot.concerns.casefile import MergeRow
from bot.concerns.joining.records import VoiceRow
from bot.concerns.model import State
from bot.concerns.records import ConcernRow


async def about_topic(session: AsyncSession, guild_id: int, topic: str) -> int:
    """Return the exact number; whoever shows it to people says `at_least` so many.

    A concern counts by its own topic or, once it is merged, by that of its whole; whoever added
    their voice to it counts too.
    """
    wanted = " ".join(topic.split()).lower()
    wholes = select(ConcernRow.id).where(
        ConcernRow.guild_id == guild_id, func.lower(ConcernRow.topic) == wanted
    )
    parts = select(MergeRow.concern_id).where(MergeRow.into_id.in_(wholes))
    belongs = or_(ConcernRow.id.in_(wholes), ConcernRow.id.in_(parts))
    usable = or_(
        ConcernRow.state != State.CLOSED,
        ConcernRow.close_reason.is_(None),
        ConcernRow.close_reason.not_in(UNUSABLE),
    )
    raised = select(func.count()).where(
        ConcernRow.guild_id == guild_id, belongs, usable, ConcernRow.consent.in_(COUNTED)
    )
    joined = (
        select(func.count())
        .select_from(VoiceRow)
        .join(ConcernRow, ConcernRow.id == VoiceRow.concern_id)
        .where(
            VoiceRow.guild_id == guild_id,
            belongs,
            usable,
            VoiceRow.withdrawn_at.is_(None),
            VoiceRow.consent.in_(COUNTED),
        )
    )
    return (await session.scalar(raised) or 0) + (await session.scalar(joined) or 0)
