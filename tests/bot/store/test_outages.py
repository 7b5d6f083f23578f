"""Bars 4 and 5 in short: while the database is away, nobody waits for long, and nothing is lost."""

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.outages import measure, no_byte_more
from bot.store import Store, StoreUnavailable


async def test_who_cannot_be_kept_is_told_within_three_seconds(tmp_path: Path):
    result = await measure(tmp_path, 4.5, people=5)
    assert result.holds, result


async def test_a_full_disk_loses_nothing_and_needs_no_restart(tmp_path: Path):
    result = await measure(tmp_path, 1.0, partial(no_byte_more, tmp_path), people=5)
    assert result.holds, result


async def test_a_server_that_can_only_be_read_is_no_fault_of_the_work(store: Store):
    if store.dialect != "postgresql":
        pytest.skip("SQLite's own way is tried above")

    async def work(session: AsyncSession) -> None:
        await session.execute(text("SET TRANSACTION READ ONLY"))
        await session.execute(text("CREATE TABLE thing (id integer)"))

    with pytest.raises(StoreUnavailable):
        await store.write(work)
