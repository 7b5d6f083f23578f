"""How many concerns there are, without counting them: sums, and what changed since.

Every change of a concern's state or kind writes what it adds and takes away, in its own
transaction and never over another's, so that nobody waits for a counter. Whoever reads a total
adds up, and folds the rows together when there are many.
"""

from collections import Counter
from typing import Any

from sqlalchemy import Index, String, delete, event, func, insert, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Row, RowId, Snowflake

FOLDED_FROM = 256
"""From how many rows of a guild on they are folded."""

_AT_ONCE = 5000


class TallyRow(Row):
    """So many concerns more, or fewer, of one kind in one state."""

    __tablename__ = "concern_tally"
    __table_args__ = (Index("ix_concern_tally_guild", "guild_id", "state", "kind", "amount"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    state: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int]


def watch(concern: type[Row]) -> None:
    """Keep the tally of a table of concerns, whoever changes its rows."""

    def inserted(_mapper: object, connection: Connection, row: Any) -> None:
        _write(connection, [(row.guild_id, str(row.state), str(row.kind), 1)])

    def updated(_mapper: object, connection: Connection, row: Any) -> None:
        state, kind = (_before(row, name) for name in ("state", "kind"))
        before, now = (state, kind), (str(row.state), str(row.kind))
        if before != now:
            _write(connection, [(row.guild_id, *before, -1), (row.guild_id, *now, 1)])

    event.listen(concern, "after_insert", inserted)
    event.listen(concern, "after_update", updated)


async def totals(session: AsyncSession, guild_id: int) -> tuple[Counter[tuple[str, str]], int]:
    """Return how many concerns there are by state and kind, and how many rows that was read of."""
    found = await session.execute(
        select(TallyRow.state, TallyRow.kind, func.sum(TallyRow.amount), func.count())
        .where(TallyRow.guild_id == guild_id)
        .group_by(TallyRow.state, TallyRow.kind)
    )
    sums, rows = Counter[tuple[str, str]](), 0
    for state, kind, amount, count in found:
        sums[state, kind] = int(amount)
        rows += count
    return sums, rows


async def fold(session: AsyncSession, guild_id: int) -> None:
    """Put a guild's rows together into one for each state and kind."""
    some = (
        select(TallyRow.id)
        .where(TallyRow.guild_id == guild_id)
        .order_by(TallyRow.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    gone = await session.execute(
        delete(TallyRow)
        .where(TallyRow.id.in_(list(await session.scalars(some))))
        .returning(TallyRow.state, TallyRow.kind, TallyRow.amount)
    )
    sums = Counter[tuple[str, str]]()
    for state, kind, amount in gone:
        sums[state, kind] += amount
    session.add_all(
        TallyRow(guild_id=guild_id, state=state, kind=kind, amount=amount)
        for (state, kind), amount in sorted(sums.items())
        if amount
    )


def _before(row: Any, name: str) -> str:
    history = inspect(row).attrs[name].history
    return str(history.deleted[0] if history.deleted else getattr(row, name))


def _write(connection: Connection, changes: list[tuple[int, str, str, int]]) -> None:
    names = ("guild_id", "state", "kind", "amount")
    connection.execute(
        insert(TallyRow), [dict(zip(names, change, strict=True)) for change in changes]
    )
