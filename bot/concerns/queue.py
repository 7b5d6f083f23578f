"""Which concerns wait for staff: the queue, what is next, and finding one by a part of its name."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.conflicts import may_see
from bot.concerns.model import Kind, Page, State, Summary
from bot.concerns.records import IN_ORDER, IS_OPEN, ConcernRow, Reader, find
from bot.store.engine import Store
from bot.store.people import People

FRESH = (State.RECEIVED, State.READ, State.REOPENED)
"""The states in which a concern that nobody has waits to be claimed."""


class Queue:
    """The ledger as a list. Nothing of what people typed is read here."""

    def __init__(self, store: Store, reader: Reader, people: People) -> None:
        self._store = store
        self._reader = reader
        self._people = people

    def _of(self, guild_id: int, by: int | None) -> list[ColumnElement[bool]]:
        """Return the conditions of what staff member `by` may see; of everything if it is None."""
        of_guild = [ConcernRow.guild_id == guild_id]
        return of_guild if by is None else [*of_guild, may_see(self._people, guild_id, by)]

    async def queue(
        self,
        guild_id: int,
        *,
        state: State | None = None,
        kind: Kind | None = None,
        after: str | None = None,
        limit: int = 10,
        by: int | None = None,
    ) -> Page:
        """Return a page of open concerns (or of those in `state`), the urgent first,
        then by priority, each oldest first.

        `after` is the reference that the previous page ended with.
        """

        async def work(session: AsyncSession) -> Page:
            wanted = self._of(guild_id, by)
            wanted.append(IS_OPEN if state is None else ConcernRow.state == state)
            if kind is not None:
                wanted.append(ConcernRow.kind == kind)
            total = await session.scalar(
                select(func.count()).select_from(ConcernRow).where(*wanted)
            )
            last = None if after is None else await find(session, guild_id, after)
            if last is not None:
                wanted.append(tuple_(*IN_ORDER) > (last.priority, last.raised_at, last.id))
            rows = list(
                await session.scalars(
                    select(ConcernRow).where(*wanted).order_by(*IN_ORDER).limit(limit + 1)
                )
            )
            shown = rows[:limit]
            return Page(
                await self._reader.summaries(session, shown),
                total or 0,
                shown[-1].reference if len(rows) > limit else None,
            )

        return await self._store.read(work)

    async def guild_ids(self) -> list[int]:
        """Return the guilds that have concerns."""

        async def work(session: AsyncSession) -> list[int]:
            query = select(ConcernRow.guild_id).distinct().order_by(ConcernRow.guild_id)
            return list(await session.scalars(query))

        return await self._store.read(work)

    async def next(self, guild_id: int, *, by: int | None = None) -> str | None:
        """Return the reference that most needs somebody: the urgent lane first, then the oldest."""

        async def work(session: AsyncSession) -> str | None:
            return await session.scalar(
                select(ConcernRow.reference)
                .where(
                    *self._of(guild_id, by),
                    ConcernRow.state.in_(FRESH),
                    ConcernRow.claimed_by_id.is_(None),
                )
                .order_by(*IN_ORDER)
                .limit(1)
            )

        return await self._store.read(work)

    async def open_ones(
        self,
        guild_id: int,
        *,
        part: str = "",
        kinds: Collection[Kind] = (),
        limit: int | None = None,
        by: int | None = None,
    ) -> tuple[Summary, ...]:
        """Return open concerns, oldest first: with `part` in the reference, or of these kinds.

        `part` is as typed: only its letters and digits count. Neither given means all.
        """
        plain = "".join(character for character in part.upper() if character.isalnum())

        async def work(session: AsyncSession) -> tuple[Summary, ...]:
            query = select(ConcernRow).where(*self._of(guild_id, by), IS_OPEN)
            wanted: list[ColumnElement[bool]] = []
            if kinds:
                wanted.append(ConcernRow.kind.in_(kinds))
            if plain:
                bare = func.replace(ConcernRow.reference, "-", "")
                wanted.append(bare.contains(plain, autoescape=True))
            if wanted:
                query = query.where(or_(*wanted))
            rows = await session.scalars(query.order_by(*IN_ORDER).limit(limit))
            return await self._reader.summaries(session, list(rows))

        return await self._store.read(work)
