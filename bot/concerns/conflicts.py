"""Conflicts of interest: a staff member who keeps out of a concern sees nothing of it."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.casefile import ExclusionRow
from bot.concerns.records import ConcernRow
from bot.store.people import People, PersonRow


def may_see(people: People, guild_id: int, user_id: int) -> ColumnElement[bool]:
    """Return the condition that a concern of this guild is not closed to this staff member.

    Every list and search that staff are shown has it among its conditions:
    `select(ConcernRow).where(ConcernRow.guild_id == guild_id, may_see(people, guild_id, user_id))`.
    """
    excluded = (
        select(ExclusionRow.concern_id)
        .join(PersonRow, PersonRow.id == ExclusionRow.person_id)
        .where(
            ExclusionRow.concern_id == ConcernRow.id,
            PersonRow.guild_id == guild_id,
            PersonRow.fingerprint == people.fingerprint(guild_id, user_id),
        )
    )
    return ~excluded.exists()


async def is_excluded(session: AsyncSession, row: ConcernRow, person_ids: list[int]) -> bool:
    """Say whether one of these people (rows of one account) keeps out of a concern."""
    query = select(ExclusionRow.person_id).where(
        ExclusionRow.concern_id == row.id, ExclusionRow.person_id.in_(person_ids)
    )
    return await session.scalar(query.limit(1)) is not None
