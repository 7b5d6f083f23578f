"""How many concerns staff have answered, of people who let themselves be counted."""

from datetime import datetime

from sqlalchemy import distinct, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.briefs.model import COUNTED
from bot.concerns.briefs.reading import UNUSABLE
from bot.concerns.model import Direction, State
from bot.concerns.records import ConcernRow, LetterRow


async def answered(session: AsyncSession, guild_id: int, since: datetime) -> int:
    """Return the exact number; whoever shows it to people says `at_least` so many."""
    query = (
        select(func.count(distinct(LetterRow.concern_id)))
        .join(ConcernRow, ConcernRow.id == LetterRow.concern_id)
        .where(
            LetterRow.guild_id == guild_id,
            LetterRow.direction == Direction.TO_REPORTER,
            LetterRow.at >= since,
            ConcernRow.consent.in_(COUNTED),
            or_(
                ConcernRow.state != State.CLOSED,
                ConcernRow.close_reason.is_(None),
                ConcernRow.close_reason.not_in(UNUSABLE),
            ),
        )
    )
    return await session.scalar(query) or 0
