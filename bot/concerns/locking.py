"""In which order concerns are locked: the whole before its parts, and each by row id.

Whoever changes several concerns takes them so, in one transaction. Then no two wait
for each other crosswise, whether they begin with a part, with the whole, or with many of either.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.casefile import MergeRow, whole_of
from bot.concerns.records import ConcernRow


async def locked(session: AsyncSession, concern_id: int) -> ConcernRow | None:
    """Return a row locked, as it is now."""
    query = select(ConcernRow).where(ConcernRow.id == concern_id).with_for_update()
    return await session.scalar(query.execution_options(populate_existing=True))


async def lock_all(session: AsyncSession, concern_ids: Collection[int]) -> list[ConcernRow]:
    """Lock concerns, all wholes that they are part of before them; return them by row id."""
    ids = set(concern_ids)
    merged = set(
        await session.scalars(select(MergeRow.concern_id).where(MergeRow.concern_id.in_(ids)))
    )
    wholes = (ids - merged) | {await whole_of(session, one) for one in sorted(merged)}
    found: dict[int, ConcernRow] = {}
    for some in (wholes, ids - wholes):
        # Rows are locked in the order in which they are returned.
        query = select(ConcernRow).where(ConcernRow.id.in_(some)).order_by(ConcernRow.id)
        query = query.with_for_update().execution_options(populate_existing=True)
        found |= {row.id: row for row in await session.scalars(query)}
    return [found[one] for one in sorted(ids) if one in found]
