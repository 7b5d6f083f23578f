"""What lasts for a while in a server, and ends by itself or by one press: storms and brakes.

Of each kind there is one at a time in a place (a server, or a thread), as a column that is unique
says: whoever is second is refused by the database, also from another process.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.outbox import Effect, Outbox
from bot.store.people import People

ViewT = TypeVar("ViewT")
_AT_ONCE = 50


def asks(kind: str, row: Any, place: int) -> Effect:
    """Return an effect that sets Discord as one wants it now. It carries its number only."""
    return Effect(
        kind=kind,
        guild_id=row.guild_id,
        lane=f"{kind}:{place}",
        key=f"{kind}:{row.guild_id}:{row.number}:{row.version}",
        payload={"number": row.number},
    )


class Spells(ABC, Generic[ViewT]):
    """Spells of one kind, in every server. Discord is set by effects, so a desk that was down, or
    could not do it at once, sets and restores it when it can.

    Attributes:
        area: what the audit calls them: `storm`.
        kept: their table, with `guild_id`, `number`, `lasting` (the place, while it lasts),
            `ends_at`, `over_at`, `over` and `version`.
        none: what is raised if there is none.
    """

    area: str
    kept: type[Any]
    none: type[Exception]

    def __init__(
        self, store: Store, outbox: Outbox, people: People, audit: Audit, clock: Clock
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._audit = audit
        self._clock = clock

    async def latest(self, guild_id: int, most: int = 10) -> list[ViewT]:
        """Return those there were in a server, the latest first."""
        query = select(self.kept).where(self.kept.guild_id == guild_id)

        async def work(session: AsyncSession) -> list[ViewT]:
            rows = await session.scalars(query.order_by(self.kept.number.desc()).limit(most))
            return list(map(self._view, rows))

        return await self._store.read(work)

    async def look(self) -> None:
        """End those whose time is over, also while the desk was down."""
        due = select(self.kept.id).where(
            self.kept.lasting.is_not(None), self.kept.ends_at <= self._clock()
        )

        async def late(session: AsyncSession) -> list[int]:
            return list(await session.scalars(due.limit(_AT_ONCE)))

        async def end(session: AsyncSession, row_id: int) -> None:
            row = await session.get(self.kept, row_id, with_for_update=True, populate_existing=True)
            if row is None or row.lasting is None or row.ends_at > self._clock():
                return
            await self._end(session, row, "time")
            await self._audit.record(
                session, row.guild_id, None, f"{self.area}.lifted", self._name(row)
            )

        for row_id in await self._store.read(late):
            await self._store.write(partial(end, row_id=row_id))
        await self._refresh()  # another process may have changed what is kept in memory

    @abstractmethod
    def _view(self, row: Any) -> ViewT:
        """Return a row as others see it."""

    @abstractmethod
    async def _over(self, session: AsyncSession, row: Any) -> None:
        """Post what the end of one asks of Discord."""

    @abstractmethod
    async def _refresh(self) -> None:
        """Bring up to date what is kept in memory."""

    async def _one(self, guild_id: int, number: int) -> ViewT:
        async def work(session: AsyncSession) -> ViewT:
            return self._view(await self._row(session, guild_id, number))

        return await self._store.read(work)

    async def _now(self, guild_id: int, place: int) -> ViewT | None:
        query = select(self.kept).where(self.kept.lasting == place, self.kept.guild_id == guild_id)

        async def work(session: AsyncSession) -> ViewT | None:
            row = await session.scalar(query)
            return None if row is None else self._view(row)

        return await self._store.read(work)

    async def _lift(self, guild_id: int, place: int, by: int) -> ViewT:
        async def work(session: AsyncSession) -> ViewT:
            row = await self._lasting(session, guild_id, place)
            if row is None:
                raise self.none
            await self._end(session, row, "pressed")
            person = await self._people.ensure(session, guild_id, by, self._clock())
            name = self._name(row)
            await self._audit.record(session, guild_id, person.id, f"{self.area}.lifted", name)
            return self._view(row)

        lifted = await self._store.write(work)
        await self._refresh()
        return lifted

    async def _change(self, guild_id: int, number: int, change: Callable[[Any], None]) -> ViewT:
        async def work(session: AsyncSession) -> ViewT:
            row = await self._row(session, guild_id, number, lock=True)
            change(row)
            return self._view(row)

        return await self._store.write(work)

    async def _add(self, session: AsyncSession, row: Any, by: int | None) -> Callable[[], Any]:
        """Number a new one and keep it; return how to put it into the audit, which comes last."""
        guild_id = row.guild_id
        last = await session.scalar(
            select(func.max(self.kept.number)).where(self.kept.guild_id == guild_id)
        )
        row.number = (last or 0) + 1
        session.add(row)
        await session.flush()

        async def told() -> None:
            person_id = None
            if by is not None:
                person = await self._people.ensure(session, guild_id, by, self._clock())
                person_id = person.id
            await self._audit.record(
                session,
                guild_id,
                person_id,
                f"{self.area}.began",
                self._name(row),
                {"cause": str(row.cause)},
            )

        return told

    async def _end(self, session: AsyncSession, row: Any, over: str) -> None:
        row.lasting, row.over_at, row.over = None, self._clock(), over
        row.version += 1
        await session.flush()
        await self._over(session, row)

    async def _lasting(self, session: AsyncSession, guild_id: int, place: int) -> Any | None:
        return await session.scalar(
            select(self.kept)
            .where(self.kept.lasting == place, self.kept.guild_id == guild_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )

    async def _row(
        self, session: AsyncSession, guild_id: int, number: int, *, lock: bool = False
    ) -> Any:
        query = select(self.kept).where(self.kept.guild_id == guild_id, self.kept.number == number)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        row = await session.scalar(query)
        if row is None:
            raise self.none
        return row

    def _name(self, row: Any) -> str:
        return f"{self.area} {row.number}"
