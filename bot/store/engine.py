"""The store's engine: one writer with group commit on SQLite, a pool on PostgreSQL.

Why one writer (docs/decisions/0002-one-writer.md has the numbers): several SQLite connections
that write make single waits longer than the three seconds Discord allows, and deferred
transactions lose updates. So on SQLite every `write` joins a queue; whoever finds no writer at
work starts one, which takes all that wait into one `BEGIN IMMEDIATE` transaction, each in a
savepoint of its own, and commits once. `synchronous=FULL` makes that commit durable before
anybody is told.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from bot.store.turns import Stuck, Turns

T = TypeVar("T")
Work = Callable[[AsyncSession], Awaitable[T]]
"""A unit of work: takes a session, awaits nothing but the database, returns plain data."""

_BATCH = 64
_BUSY_SECONDS = 2.0
_CONNECT_SECONDS = 2.5
_HURRIED_SECONDS = 2.5
_STATEMENT_SECONDS = 10
_READERS = 2
_CONNECTIONS = 15
_AFTER_COMMIT = "after_commit"

log = structlog.stdlib.get_logger(__name__)


_hurried: ContextVar[bool] = ContextVar("hurried", default=False)


def hurry() -> None:
    """Refuse each unit of work of this task after 2.5 s from now on: a person waits for it.

    Discord lets an interaction wait three seconds for its first answer
    (https://discord.com/developers/docs/interactions/receiving-and-responding). A server that
    hangs without closing its connections would otherwise hold a person for as long as a statement
    of the desk's own jobs may take. SQLite needs none of this: its own wait is shorter.
    """
    _hurried.set(True)


class StoreUnavailable(Exception):
    """The database cannot be reached or cannot write now. Nothing of this work was kept."""


def after_commit(session: AsyncSession, call: Callable[[], None]) -> None:
    """Ask for `call` once the session's work is committed, and not if it is not."""
    session.info.setdefault(_AFTER_COMMIT, []).append(call)


@dataclass
class _Job:
    work: Work[Any]
    done: "asyncio.Future[Any]"


class Store:
    """A database behind `read` and `write`."""

    def __init__(self, url: str) -> None:
        """Take a SQLAlchemy URL: `sqlite+aiosqlite:///file` or `postgresql+asyncpg://…`."""
        self._url = make_url(url)
        self.dialect = self._url.get_backend_name()
        self._waiting: deque[_Job] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._quiet = asyncio.Lock()
        self._closed = False
        self._given_up: set[asyncio.Task[Any]] = set()
        self._under_way, self._idle = 0, asyncio.Event()
        self._turns = Turns(
            _READERS if self.dialect == "sqlite" else _CONNECTIONS, _CONNECT_SECONDS
        )
        if self.dialect == "sqlite":
            if self._url.database:
                Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
            self.writer = _sqlite_engine(url, "IMMEDIATE", connections=1)
            self.reader = _sqlite_engine(url, "DEFERRED", connections=_READERS)
        else:
            self.writer = self.reader = create_async_engine(
                url,
                pool_size=_CONNECTIONS,
                max_overflow=0,
                pool_pre_ping=True,
                pool_timeout=_CONNECT_SECONDS,
                connect_args={"timeout": _CONNECT_SECONDS, "command_timeout": _STATEMENT_SECONDS},
            )

    def __repr__(self) -> str:
        return f"<Store {self.dialect}>"

    async def read(self, work: Work[T]) -> T:
        """Run `work` against a consistent view of what is committed.

        Raises:
            StoreUnavailable: the database cannot be reached.
        """

        async def look() -> T:
            async with AsyncSession(self.reader, expire_on_commit=False) as session:
                return await work(session)

        if self._closed:
            raise StoreUnavailable("the store is closed")
        try:
            with self._busy():
                async with self._turns.one():
                    return await self._in_time(look())
        except _OUTAGES as error:
            raise _translated(error) from error

    async def write(self, work: Work[T], *, ahead: bool = False) -> T:
        """Run `work` in a transaction; when this returns, what it wrote is durable.

        What `work` raises undoes all of it, and is raised here. `ahead` goes before what waits:
        for the courier, whose few short writes must not starve while many people write in.

        Raises:
            StoreUnavailable: the database cannot be reached or written; nothing was kept.
        """
        if self._closed:
            raise StoreUnavailable("the store is closed")
        if self.dialect != "sqlite":
            return await self._write_alone(work)
        job = _Job(work, asyncio.get_running_loop().create_future())
        # If the caller is cancelled, nobody is left to hear of a failure; that is no fault.
        job.done.add_done_callback(lambda done: done.cancelled() or done.exception())
        if ahead:
            self._waiting.appendleft(job)
        else:
            self._waiting.append(job)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all(), name="store-writer")
            self._writing.add_done_callback(self._writer_gone)
        result: T = await asyncio.shield(job.done)
        return result

    @property
    def url(self) -> str:
        """The database's URL, with its password."""
        return self._url.render_as_string(hide_password=False)

    @property
    def file(self) -> Path | None:
        """The database's file, if it is SQLite's."""
        name = self._url.database
        return Path(name) if self.dialect == "sqlite" and name and name != ":memory:" else None

    @contextlib.asynccontextmanager
    async def quiet(self) -> AsyncIterator[None]:
        """Hold up this process's writes to SQLite: they wait, and none is under way meanwhile."""
        async with self._quiet:
            yield

    async def alive(self) -> bool:
        """Say whether the database answers."""
        try:
            await self.read(lambda session: session.execute(text("SELECT 1")))
        except StoreUnavailable:
            return False
        return True

    async def close(self) -> None:
        """Let what is under way finish, then let go of the database."""
        self._closed = True
        if self._writing is not None and not self._writing.done():
            with contextlib.suppress(asyncio.CancelledError):
                await self._writing
        if self._under_way:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_HURRIED_SECONDS):
                    await self._idle.wait()
        if self._given_up:
            await asyncio.wait(self._given_up, timeout=_HURRIED_SECONDS)
        await self.writer.dispose()
        if self.reader is not self.writer:
            await self.reader.dispose()

    @contextlib.contextmanager
    def _busy(self) -> Iterator[None]:
        """Note that the database is in use; a connection that is let go of in use would leak."""
        self._under_way += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def _write_alone(self, work: Work[T]) -> T:
        async def change() -> T:
            async with AsyncSession(self.writer, expire_on_commit=False) as session:
                async with session.begin():
                    result = await work(session)
                _call_all(session)
                return result

        try:
            with self._busy():
                async with self._turns.one():
                    return await self._in_time(change())
        except _OUTAGES as error:
            raise _translated(error) from error

    async def _in_time(self, working: Coroutine[Any, Any, T]) -> T:
        """Wait for `working`; where a person waits for it, only so long."""
        if self.dialect == "sqlite" or not _hurried.get():
            return await working
        task = asyncio.create_task(working, name="store-hurried")
        try:
            await asyncio.wait({task}, timeout=_HURRIED_SECONDS)
        finally:
            # What is given up undoes itself; with a server that hangs that takes long, too.
            if not task.done():
                self._given_up.add(task)
                task.add_done_callback(self._undone)
                task.cancel()
        if task.done():
            return task.result()
        self._turns.refuse_waiting()
        raise StoreUnavailable("the database does not answer in time")

    def _undone(self, task: "asyncio.Task[Any]") -> None:
        self._given_up.discard(task)
        # Whoever asked has been refused; how the undoing ended changes nothing for them.
        if not task.cancelled():
            task.exception()

    async def _write_all(self) -> None:
        """Write whatever waits, in batches, until nothing does; then end."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            try:
                async with self._quiet:
                    await self._write_batch(batch)
            except BaseException as error:
                lost = error if isinstance(error, Exception) else StoreUnavailable("stopping")
                if isinstance(_translated(lost), StoreUnavailable):
                    # What waited meanwhile has waited as long: twice that, and Discord gives up.
                    batch += self._waiting
                    self._waiting.clear()
                for job in batch:
                    if not job.done.done():
                        job.done.set_exception(_translated(lost))
                if not isinstance(error, Exception):
                    raise

    def _writer_gone(self, writer: "asyncio.Task[None]") -> None:
        """If the writer was cancelled, nobody will write what waits, so nobody may wait for it."""
        while writer.cancelled() and self._waiting:
            job = self._waiting.popleft()
            if not job.done.done():
                job.done.set_exception(StoreUnavailable("stopping"))

    async def _write_batch(self, batch: list[_Job]) -> None:
        outcomes: list[tuple[_Job, Any, AsyncSession | None, Exception | None]] = []
        async with self.writer.connect() as connection:
            try:
                async with connection.begin():
                    for job in batch:
                        outcomes.append((job, *await _attempt(job, connection)))
            except BaseException:
                # The connection's state is unknown (cancelled midway, disk full): start afresh.
                await connection.invalidate()
                raise
        for job, result, session, error in outcomes:
            if job.done.done():
                continue
            if error is not None:
                job.done.set_exception(error)
                continue
            job.done.set_result(result)
            if session is not None:
                _call_all(session)


PRAGMAS = (
    f"busy_timeout={int(_BUSY_SECONDS * 1000)}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
)
"""What every connection to SQLite begins with; `python -m benchmarks power-loss` shows why FULL."""

_OUTAGES = (OSError, OperationalError, InterfaceError, PoolTimeout, DBAPIError, Stuck)

_AWAY = ("08", "25006", "53", "57P", "58")
"""PostgreSQL's codes for: no connection, only reading is allowed, no room (disk, memory,
connections), shutting down or starting up, an error of the system beneath it
(https://www.postgresql.org/docs/current/errcodes-appendix.html)."""


def _translated(error: Exception) -> Exception:
    """Turn what means "the database is not there" into StoreUnavailable; leave the rest."""
    if isinstance(error, OSError | OperationalError | InterfaceError | PoolTimeout | Stuck):
        return StoreUnavailable(type(error).__name__)
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if error.connection_invalidated or state.startswith(_AWAY):
            return StoreUnavailable(type(error).__name__)
    return error


async def _attempt(
    job: _Job, connection: AsyncConnection
) -> tuple[Any, AsyncSession | None, Exception | None]:
    """Run one job in a savepoint, so that its failure undoes it alone."""
    session = AsyncSession(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )
    async with session:
        try:
            result = await job.work(session)
            await session.commit()
        except _OUTAGES as error:
            await session.rollback()
            translated = _translated(error)
            if isinstance(translated, StoreUnavailable):
                raise
            return None, None, translated
        except Exception as error:
            await session.rollback()
            return None, None, error
    return result, session, None


def _call_all(session: AsyncSession) -> None:
    for call in session.info.pop(_AFTER_COMMIT, ()):
        try:
            call()
        except Exception as error:
            # The work is committed; a listener that fails must not make it look otherwise.
            log.error("store.after_commit_failed", error=type(error).__name__)


def _sqlite_engine(url: str, begin: str, *, connections: int) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=connections, max_overflow=0, pool_timeout=_CONNECT_SECONDS
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # None: the driver leaves BEGIN to us (its own comes late, outside the first SELECT).
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(f"BEGIN {begin}")

    return engine
