"""Changing the desk's key while it runs: everything it sealed is sealed anew, in small batches.

The new key stands first in the key file, so desks that run seal with it from then on and still
open what the old one sealed. When nothing is left under the old key it can be dropped; what a
backup holds under it can then no longer be opened by anybody.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, bindparam, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.base import DESK, Row
from bot.store.engine import Store, StoreUnavailable
from bot.vault import Vault

_AT_ONCE = 200
_PAUSE = 0.02
_TRIES = 20


class Rotation:
    """Seals anew what is not under the newest key."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    async def run(self) -> int:
        """Seal everything under the newest key; return how many values were not yet.

        Raises:
            KeyTrouble: something is sealed under a key that the desk does not have.
            StoreUnavailable: the database stays away; what was sealed anew stays so.
        """
        total = 0
        for table, columns in sealed_columns():
            last: Sequence[Any] | None = None
            while True:
                changed, last = await self._batch(table, columns, last)
                total += changed
                if last is None:
                    break
                # A desk that runs writes as well, and looks for its turn every few milliseconds.
                await asyncio.sleep(_PAUSE)
        return total

    async def left(self) -> int:
        """Return how many values the newest key alone does not open."""
        found = 0
        for table, columns in sealed_columns():

            async def work(
                session: AsyncSession, table: Table = table, columns: list[str] = columns
            ) -> int:
                rows = await session.stream(select(*(table.c[name] for name in columns)))
                return sum(
                    [
                        not self._vault.is_newest(value)
                        async for row in rows
                        for value in row
                        if value is not None
                    ]
                )

            found += await self._store.read(work)
        return found

    async def _batch(
        self, table: Table, columns: list[str], after: Sequence[Any] | None
    ) -> tuple[int, Sequence[Any] | None]:
        """Seal one batch anew; return how many values changed, and where the next one begins."""
        keys = list(table.primary_key.columns)
        query = (
            select(*keys, *(table.c[name] for name in columns))
            .where(or_(*(table.c[name].is_not(None) for name in columns)))
            .order_by(*keys)
            .limit(_AT_ONCE)
            .with_for_update()
        )
        if after is not None:
            query = query.where(tuple_(*keys) > tuple(after))
        same: ColumnElement[bool] = and_(*(key == bindparam(f"key_{key.name}") for key in keys))

        statement = (
            update(table).where(same).values({name: bindparam(f"new_{name}") for name in columns})
        )

        async def work(session: AsyncSession) -> tuple[int, Sequence[Any] | None]:
            rows = (await session.execute(query)).mappings().all()
            changed, fresh = 0, []
            for row in rows:
                before = {name: row[name] for name in columns}
                after = {
                    name: None if sealed is None else self._vault.reseal(sealed)
                    for name, sealed in before.items()
                }
                differing = sum(after[name] is not before[name] for name in columns)
                if differing:
                    changed += differing
                    where = {f"key_{key.name}": row[key.name] for key in keys}
                    fresh.append(where | {f"new_{name}": after[name] for name in columns})
            if fresh:
                connection = await session.connection()
                await connection.execute(statement, fresh)
            last = [rows[-1][key.name] for key in keys] if len(rows) == _AT_ONCE else None
            return changed, last

        for _ in range(_TRIES):
            # A desk that runs may be writing all the time; its turns come first.
            with contextlib.suppress(StoreUnavailable):
                return await self._store.write(work)
            await asyncio.sleep(_PAUSE)
        return await self._store.write(work)


def sealed_columns() -> Iterator[tuple[Table, list[str]]]:
    """Yield every table with columns that are sealed under the desk's key."""
    for table in Row.metadata.sorted_tables:
        columns = [column.name for column in table.columns if column.info == DESK]
        if columns:
            yield table, columns
