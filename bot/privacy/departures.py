"""Servers that removed the desk: after a time of grace, nothing of theirs is kept.

What is left then are rows of people that lead to nobody (the audit points at them), the audit
itself, which is kept for its own time and says that the server's data was removed, and the day.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Column, ColumnElement, Select, Table, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import Clock
from bot.privacy.erasures import note
from bot.store.audit import Audit
from bot.store.base import Row, Snowflake, UtcDateTime
from bot.store.engine import Store
from bot.store.people import People, PersonRow
from bot.store.personal import Rule

RULE = "departed_servers"
STAYS = frozenset({"audit", "audit_chain", "departure", "person"})
"""Tables with a server's rows that outlive it; `person` keeps rows that lead to nobody."""

_AT_ONCE = 200

log = structlog.stdlib.get_logger(__name__)


class DepartureRow(Row):
    """One server that the desk is no longer in."""

    __tablename__ = "departure"

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    left_at: Mapped[datetime] = mapped_column(UtcDateTime)
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Departures:
    """Remembers which servers the desk has left, and removes what was theirs."""

    def __init__(self, store: Store, people: People, audit: Audit, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._audit = audit
        self._clock = clock
        self.forget: list[Callable[[int], None]] = []
        """Called with a server whose rows are being removed: what is in memory goes too."""

    async def compare(self, present: Collection[int]) -> int:
        """Note who removed the desk, or invited it again, while it did not run.

        Returns how many servers of those that the database knows are not `present`.
        """

        async def known(session: AsyncSession) -> set[int]:
            setups = Row.metadata.tables["guild_setup"]
            there = set(await session.scalars(select(setups.c.guild_id)))
            left = await session.scalars(select(DepartureRow.guild_id))
            return there | set(await self._people.guild_ids(session)) | set(left)

        everywhere = await self._store.read(known)
        for guild_id in everywhere:
            await (self.back(guild_id) if guild_id in present else self.left(guild_id))
        return len(everywhere - set(present))

    async def left(self, guild_id: int) -> None:
        """Note that a server removed the desk; the first word of it counts."""

        async def work(session: AsyncSession) -> None:
            if await session.get(DepartureRow, guild_id) is None:
                session.add(DepartureRow(guild_id=guild_id, left_at=self._clock()))

        await self._store.write(work)

    async def back(self, guild_id: int) -> None:
        """Note that the desk is in a server (again): what is still there of it stays."""
        gone = delete(DepartureRow).where(DepartureRow.guild_id == guild_id)
        await self._store.write(lambda session: session.execute(gone))

    def rule(self, days: int) -> Rule:
        """Return the rule by which a server's rows go, so many days after it removed the desk."""
        return Rule(RULE, days, self._count, self._purge)

    async def _count(self, session: AsyncSession, cutoff: datetime) -> int:
        total = 0
        for guild_id in await session.scalars(_due(cutoff)):
            people = select(func.count()).select_from(PersonRow).where(*_leading(guild_id))
            total += await session.scalar(people) or 0
            for table in _tables():
                rows = select(func.count()).select_from(table).where(_of(table, guild_id))
                total += await session.scalar(rows) or 0
        return total

    async def _purge(self, session: AsyncSession, cutoff: datetime) -> int:
        """Remove some rows of the server that left first. Returns how many; 0 if none is due."""
        guild_id = await session.scalar(_due(cutoff).limit(1))
        if guild_id is None:
            return 0
        for forget in self.forget:
            forget(guild_id)
        some = await self._people.matching(session, *_leading(guild_id), limit=_AT_ONCE)
        if some:
            await note(session, [await self._people.erase(session, one) for one in some], cutoff)
            return len(some)
        for table in _tables():
            keys = list(table.primary_key.columns)
            of_it = select(*keys).where(_of(table, guild_id)).limit(_AT_ONCE)
            gone = list(await session.execute(of_it))
            if gone:
                await session.execute(delete(table).where(tuple_(*keys).in_(map(tuple, gone))))
                return len(gone)
        row = await session.get_one(DepartureRow, guild_id)
        row.purged_at = self._clock()
        await self._audit.record(session, guild_id, None, "server.removed", "server")
        log.info("privacy.server_removed", guild=guild_id)
        # There may be another: this one counts as what was removed last of it.
        return 1


def _due(cutoff: datetime) -> Select[int]:
    query = select(DepartureRow.guild_id).order_by(DepartureRow.left_at, DepartureRow.guild_id)
    return query.where(DepartureRow.left_at < cutoff, DepartureRow.purged_at.is_(None))


def _leading(guild_id: int) -> tuple[ColumnElement[bool], ...]:
    leads = PersonRow.identity.is_not(None) | PersonRow.text_key.is_not(None)
    return PersonRow.guild_id == guild_id, leads


def _tables() -> list[Table]:
    """Return the tables that hold rows of servers, each before those that it points at."""
    tables = reversed(Row.metadata.sorted_tables)
    return [table for table in tables if table.name not in STAYS and _whose(table) is not None]


def _whose(table: Table) -> Column[Any] | None:
    """Return the column that says of which server a row is, or else of whom."""
    if "guild_id" in table.c:
        return table.c.guild_id
    people = (key.parent for key in table.foreign_keys if key.column.table.name == "person")
    return next(people, None)


def _of(table: Table, guild_id: int) -> ColumnElement[bool]:
    column = _whose(table)
    assert column is not None  # noqa: S101 - `_tables` has no others; for the types
    if column.name == "guild_id":
        return column == guild_id
    return column.in_(select(PersonRow.id).where(PersonRow.guild_id == guild_id))
