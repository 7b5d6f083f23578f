"""Which of a person's concerns wait for them: staff asked something and hear nothing yet."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.casefile import whole_of
from bot.concerns.model import State
from bot.concerns.records import ConcernRow
from bot.store.engine import Store
from bot.store.people import People


class Awaited:
    """Says what staff wait for."""

    def __init__(self, store: Store, people: People) -> None:
        self._store = store
        self._people = people

    async def of(
        self, guild_ids: Sequence[int], user_id: int, limit: int
    ) -> tuple[tuple[int, str], ...]:
        """Return guild and reference of a person's own concerns that wait for them.

        The last that changed is first. One that is part of another waits when the whole does.
        """

        async def work(session: AsyncSession) -> tuple[tuple[int, str], ...]:
            mine = await self._people.ids_of(session, guild_ids, user_id)
            if not mine:
                return ()
            rows = await session.scalars(
                select(ConcernRow)
                .where(
                    ConcernRow.reporter_id.in_(mine),
                    ConcernRow.state.in_([State.WAITING, State.MERGED]),
                )
                .order_by(ConcernRow.changed_at.desc(), ConcernRow.id.desc())
            )
            found = [
                (row.guild_id, row.reference)
                for row in list(rows)
                if row.state == State.WAITING or await _whole_waits(session, row.id)
            ]
            return tuple(found[:limit])

        return await self._store.read(work)


async def _whole_waits(session: AsyncSession, concern_id: int) -> bool:
    whole = await session.get(ConcernRow, await whole_of(session, concern_id))
    return whole is not None and whole.state == State.WAITING
