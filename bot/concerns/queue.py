"""Which concerns wait for staff: the queue, what is next, and finding one by a part of its name."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns.conflicts import excluded_from, may_see
from bot.concerns.finding.filters import ALL, Filter, conditions
from bot.concerns.listing import Page, Summary
from bot.concerns.model import OPEN, Kind, State
from bot.concerns.reader import Reader
from bot.concerns.records import IN_ORDER, IS_OPEN, ConcernRow, find
from bot.concerns.tally import FOLDED_FROM, fold, totals
from bot.store.engine import Store
from bot.store.people import People

FRESH = (State.RECEIVED, State.READ, State.REOPENED)
"""The states in which a concern that nobody has waits to be claimed."""

MANY = 1000
"""Up to how many concerns a filter's are counted, where the tally does not know them."""

QUIET = (ConcernRow.changed_at, ConcernRow.id)
"""The order of concerns that nothing happened to for a while."""


class Queue:
    """The ledger as a list. Nothing of what people typed is read here."""

    def __init__(self, store: Store, reader: Reader, people: People, clock: Clock) -> None:
        self._store = store
        self._reader = reader
        self._people = people
        self._clock = clock

    def _of(self, guild_id: int, by: int | None) -> list[ColumnElement[bool]]:
        """Return the conditions of what staff member `by` may see; of everything if it is None."""
        of_guild = [ConcernRow.guild_id == guild_id]
        return of_guild if by is None else [*of_guild, may_see(self._people, guild_id, by)]

    async def queue(
        self,
        guild_id: int,
        chosen: Filter = ALL,
        *,
        by: int | None = None,
        after: str | None = None,
        before: str | None = None,
        limit: int = 10,
    ) -> Page:
        """Return a page of the concerns a filter lets through: the urgent first, then by priority,
        each oldest first; of quiet ones, the longest quiet first.

        `by` is the staff member who looks: what they keep out of is not there for them. `after` is
        the reference that the previous page ended with, `before` the one the next page began with.
        """
        now = self._clock()

        async def work(session: AsyncSession) -> tuple[Page, int]:
            holders = (
                await self._people.ids_of(session, [guild_id], chosen.claimed_by)
                if chosen.claimed_by
                else []
            )
            wanted = conditions(guild_id, chosen, holders, now)
            seen = [] if by is None else [may_see(self._people, guild_id, by)]
            order = QUIET if chosen.quiet_days else IN_ORDER
            edge = await find(session, guild_id, after or before or "")
            back = edge is not None and after is None
            query = select(ConcernRow).where(*wanted, *seen).limit(limit + 1)
            if edge is not None:
                place = tuple_(*(getattr(edge, column.key) for column in order))
                query = query.where(tuple_(*order) < place if back else tuple_(*order) > place)
            query = query.order_by(*(column.desc() if back else column for column in order))
            rows = list(await session.scalars(query))
            more, shown = len(rows) > limit, rows[:limit]
            if back:
                shown.reverse()
            total, folded = await self._total(session, guild_id, chosen, wanted, by)
            page = Page(
                await self._reader.summaries(session, shown),
                total,
                shown[-1].reference if shown and (back or more) else None,
                shown[0].reference if shown and (more if back else edge is not None) else None,
                many=total >= MANY and not chosen.plain,
            )
            return page, folded

        page, rows = await self._store.read(work)
        if rows >= FOLDED_FROM:
            await self._store.write(lambda session: fold(session, guild_id))
        return page

    async def _total(
        self,
        session: AsyncSession,
        guild_id: int,
        chosen: Filter,
        wanted: list[ColumnElement[bool]],
        by: int | None,
    ) -> tuple[int, int]:
        """Return how many a filter lets through, and of how many rows of the tally that is.

        What the tally does not know is counted, up to `MANY`.
        """
        kept_out = [] if by is None else [may_see(self._people, guild_id, by)]
        if not chosen.plain:
            some = select(ConcernRow.id).where(*wanted, *kept_out).limit(MANY).subquery()
            return await session.scalar(select(func.count()).select_from(some)) or 0, 0
        sums, rows = await totals(session, guild_id)
        total = sum(
            amount
            for (state, kind), amount in sums.items()
            if (State(state) in OPEN if chosen.state is None else state == chosen.state)
            and chosen.kind in (None, kind)
        )
        if by is not None:
            # Asked for by themselves: joined, the database may walk all that is open to find none.
            hidden = list(await session.scalars(excluded_from(self._people, guild_id, by)))
            if hidden:
                query = select(ConcernRow.id).where(ConcernRow.id.in_(hidden), *wanted)
                total -= len(list(await session.scalars(query)))
        return max(total, 0), rows

    async def guild_ids(self) -> list[int]:
        """Return the guilds that have concerns."""

        async def work(session: AsyncSession) -> list[int]:
            query = select(ConcernRow.guild_id).distinct().order_by(ConcernRow.guild_id)
            return list(await session.scalars(query))

        return await self._store.read(work)

    async def next(self, guild_id: int, *, by: int | None = None) -> str | None:
        """Return the reference that most needs somebody: the urgent lane first, then the oldest.

        `by` is the staff member who asks: what they keep out of is nothing for them.
        """

        async def work(session: AsyncSession) -> str | None:
            return await session.scalar(
                select(ConcernRow.reference)
                .where(
                    *self._of(guild_id, by),
                    IS_OPEN,
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
            if by is not None:
                query = query.where(may_see(self._people, guild_id, by))
            rows = await session.scalars(query.order_by(*IN_ORDER).limit(limit))
            return await self._reader.summaries(session, list(rows))

        return await self._store.read(work)
