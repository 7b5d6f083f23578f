"""The store: what is acknowledged is kept, and one job's failure is its own."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import Store, StoreUnavailable
from bot.store.engine import after_commit
from bot.store.placements import Placement, PlacementRow, place, placement_of


async def _placed(store: Store, subject: str) -> None:
    await store.write(lambda session: place(session, 1, subject, Placement(2, 3)))


async def _count(store: Store) -> int:
    return (
        await store.read(
            lambda session: session.scalar(select(func.count()).select_from(PlacementRow))
        )
        or 0
    )


async def test_what_is_written_is_there_for_the_next_process(store: Store, database_url: str):
    await _placed(store, "card:a")
    other = Store(database_url)
    found = await other.read(lambda session: placement_of(session, 1, "card:a"))
    await other.close()
    assert found == Placement(2, 3)


async def test_many_writers_at_once_all_get_their_turn(store: Store):
    await asyncio.gather(*(_placed(store, f"card:{number}") for number in range(200)))
    assert await _count(store) == 200


async def place_first(store: Store) -> None:
    await store.write(lambda session: place(session, 1, "counter", Placement(0, 0)))


async def test_two_hundred_increments_at_once_make_two_hundred(store: Store):
    await place_first(store)

    async def increment(session: AsyncSession) -> None:
        await session.execute(select(PlacementRow).with_for_update())
        where = await placement_of(session, 1, "counter") or Placement(0, 0)
        await place(session, 1, "counter", Placement(0, where.message_id + 1))

    await asyncio.gather(*(store.write(increment) for _ in range(200)))
    found = await store.read(lambda session: placement_of(session, 1, "counter"))
    assert found == Placement(0, 200)


async def test_a_failing_job_undoes_itself_and_not_its_neighbors(store: Store):
    async def fails(session: AsyncSession) -> None:
        await place(session, 1, "lost", Placement(2, 3))
        raise ValueError("on purpose")

    results = await asyncio.gather(
        _placed(store, "kept:1"), store.write(fails), _placed(store, "kept:2"),
        return_exceptions=True,
    )  # fmt: skip
    assert isinstance(results[1], ValueError)
    assert await _count(store) == 2


async def test_a_listener_is_called_after_the_commit_only(store: Store):
    heard: list[str] = []

    async def works(session: AsyncSession) -> None:
        after_commit(session, lambda: heard.append("kept"))

    async def fails(session: AsyncSession) -> None:
        after_commit(session, lambda: heard.append("lost"))
        raise ValueError("on purpose")

    await store.write(works)
    with pytest.raises(ValueError, match="on purpose"):
        await store.write(fails)
    assert heard == ["kept"]


@pytest.mark.sqlite
@pytest.mark.usefixtures("durable")
async def test_sqlite_waits_for_the_disk_and_overwrites_what_is_deleted(store: Store):
    async def pragmas(session: AsyncSession) -> list[int | str]:
        names = ("synchronous", "journal_mode", "foreign_keys", "secure_delete")
        return [(await session.execute(text(f"PRAGMA {name}"))).scalar_one() for name in names]

    assert await store.write(pragmas) == [2, "wal", 1, 1]


@pytest.mark.sqlite
async def test_a_locked_database_is_said_to_be_unavailable_and_recovers(
    store: Store, tmp_path: Path
):
    blocker = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreUnavailable):
        await _placed(store, "card:refused")
    blocker.execute("ROLLBACK")
    blocker.close()
    await _placed(store, "card:kept")
    assert await _count(store) == 1


async def test_a_cancelled_caller_loses_nothing_of_the_others(store: Store):
    first = asyncio.create_task(_placed(store, "card:cancelled"))
    second = asyncio.create_task(_placed(store, "card:kept"))
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert await store.read(lambda session: placement_of(session, 1, "card:kept"))


@pytest.mark.sqlite
async def test_a_cancelled_writer_fails_those_who_wait_and_the_store_goes_on(store: Store):
    waiting = [asyncio.create_task(_placed(store, f"card:{number}")) for number in range(3)]
    await asyncio.sleep(0)
    assert store._writing is not None
    store._writing.cancel()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(result, StoreUnavailable) for result in results)
    await _placed(store, "card:after")
    assert await _count(store) == 1


async def test_a_closed_store_refuses_to_write(store: Store):
    await store.close()
    with pytest.raises(StoreUnavailable):
        await _placed(store, "card:late")
