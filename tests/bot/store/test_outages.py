"""Bars 4 and 5 in short: while the database is away, nobody waits for long, and nothing is lost."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.outages import measure, no_byte_more
from bot.store import Store, StoreUnavailable, engine, hurry


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


async def test_whom_a_hanging_server_holds_is_refused_and_so_are_all_behind(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    if store.dialect != "postgresql":
        pytest.skip("SQLite is a file: it is held or not")
    monkeypatch.setattr(engine, "_HURRIED_SECONDS", 0.3)
    await store.write(lambda session: session.execute(text("CREATE TABLE thing (id integer)")))

    async def work(session: AsyncSession) -> None:
        await session.execute(text("INSERT INTO thing VALUES (1)"))
        await session.execute(text("SELECT pg_sleep(600)"))

    hurry()
    outcomes = await asyncio.gather(*(store.write(work) for _ in range(40)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {StoreUnavailable}
    kept = await store.read(lambda session: session.scalar(text("SELECT count(*) FROM thing")))
    assert kept == 0
