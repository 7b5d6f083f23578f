"""Migrations: from every released version to the newest, on both databases, once."""

import asyncio
import importlib
import pkgutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

import bot
from bot.store import StoreUnavailable
from bot.store.base import Row
from bot.store.migrate import NewerDatabase, migrate, revisions


def _all_tables() -> set[str]:
    """Import every module of the desk, and so every table; return the tables' names."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return set(Row.metadata.tables)


async def _on(url: str, look) -> object:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(look)
    finally:
        await engine.dispose()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return compare_metadata(context, Row.metadata)


async def test_a_new_database_has_every_table_that_the_code_declares(empty_database_url: str):
    tables = _all_tables()
    assert await migrate(empty_database_url) is None
    assert await _on(empty_database_url, _differences) == []
    assert tables >= {"concern", "person", "outbox"}


async def test_migrating_twice_changes_nothing(empty_database_url: str):
    await migrate(empty_database_url)
    assert await migrate(empty_database_url) == revisions()[-1]


async def test_each_release_is_reached_left_by_one_step_and_returned_to(empty_database_url: str):
    _all_tables()
    before = "base"
    for revision in revisions():
        for target in (revision, before, revision):
            await migrate(empty_database_url, target)
        before = revision
    assert await _on(empty_database_url, _differences) == []


async def test_two_desks_that_start_together_migrate_once(empty_database_url: str):
    befores = await asyncio.gather(*(migrate(empty_database_url) for _ in range(2)))
    assert sorted(befores, key=str) == [revisions()[-1], None]


async def test_a_database_of_a_newer_release_is_refused_untouched(empty_database_url: str):
    await migrate(empty_database_url)

    def age(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    await _on(empty_database_url, age)
    with pytest.raises(NewerDatabase, match="newer release"):
        await migrate(empty_database_url)


@pytest.mark.sqlite
async def test_a_crash_midway_leaves_the_database_as_it_was_and_the_next_start_finishes(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
):
    from alembic import op

    real = op.create_table
    made: list[str] = []

    def crashes(name: str, *columns: object, **options: object) -> object:
        if len(made) == 4:
            raise OSError("the power went")
        made.append(name)
        return real(name, *columns, **options)

    with monkeypatch.context() as patch:
        patch.setattr(op, "create_table", crashes)
        with pytest.raises(StoreUnavailable):
            await migrate(empty_database_url)

    def tables(connection: Connection) -> list[str]:
        return inspect(connection).get_table_names()

    assert await _on(empty_database_url, tables) == []
    assert await migrate(empty_database_url) is None


@pytest.mark.sqlite
async def test_a_database_that_is_no_database_is_said_to_be_unavailable(
    empty_database_url: str, tmp_path: Path
):
    (tmp_path / "desk.db").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(StoreUnavailable):
        await migrate(empty_database_url)


async def test_a_server_that_is_away_is_said_to_be_unavailable():
    with pytest.raises(StoreUnavailable):
        await migrate("postgresql+asyncpg://nobody@127.0.0.1:9/nowhere")
