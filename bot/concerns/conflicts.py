"""Conflicts of interest: a staff member who keeps out of a concern sees nothing of it."""

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.casefile import ExclusionRow
from bot.concerns.records import ConcernRow
from bot.concerns.troubles import Excluded
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


async def refuse_excluded(session: AsyncSession, row: ConcernRow, person_ids: list[int]) -> None:
    """Let nobody pass who keeps out of a concern; `person_ids` are the rows of one account.

    Raises:
        Excluded: one of them does.
    """
    if await is_excluded(session, row, person_ids):
        raise Excluded(row.reference)


def excluded_from(people: People, guild_id: int, user_id: int) -> Select[int]:
    """Return the row ids of the concerns of this guild that are closed to this staff member."""
    return (
        select(ExclusionRow.concern_id)
        .join(PersonRow, PersonRow.id == ExclusionRow.person_id)
        .where(
            PersonRow.guild_id == guild_id,
            PersonRow.fingerprint == people.fingerprint(guild_id, user_id),
        )
    )


async def is_excluded(session: AsyncSession, row: ConcernRow, person_ids: list[int]) -> bool:
    """Say whether one of these people keeps out of a concern."""
    query = select(ExclusionRow.person_id).where(
        ExclusionRow.concern_id == row.id, ExclusionRow.person_id.in_(person_ids)
    )
    return await session.scalar(query.limit(1)) is not None


async def spread(session: AsyncSession, family: list[ConcernRow]) -> None:
    """Let whoever keeps out of one of these merged concerns keep out of all of them."""
    ids = [one.id for one in family]
    rows = list(await session.scalars(select(ExclusionRow).where(ExclusionRow.concern_id.in_(ids))))
    there = {(one.concern_id, one.person_id, one.via_id) for one in rows}
    for one in rows:
        if one.concern_id != one.via_id:
            continue
        for concern_id in ids:
            if (concern_id, one.person_id, one.via_id) not in there:
                session.add(
                    ExclusionRow(
                        concern_id=concern_id,
                        person_id=one.person_id,
                        via_id=one.via_id,
                        guild_id=one.guild_id,
                        at=one.at,
                    )
                )
    await session.flush()


async def gather(session: AsyncSession, ids: list[int], others: list[int]) -> None:
    """Undo `spread` between concerns (row ids) that are no longer merged with `others`."""
    for here, there in ((ids, others), (others, ids)):
        await session.execute(
            delete(ExclusionRow).where(
                ExclusionRow.concern_id.in_(here), ExclusionRow.via_id.in_(there)
            )
        )
