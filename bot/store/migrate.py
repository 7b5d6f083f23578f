"""Migrations: applied at start, under a lock, to SQLite and PostgreSQL alike.

Each release's schema changes are files in `migrations/versions`. A database that a newer release
has already changed is refused before anything is touched.
"""

from functools import cache
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store.engine import StoreUnavailable

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x434F4D4D  # "COMM": any number, as long as every desk uses the same
_LOCK_SECONDS = 60

log = structlog.stdlib.get_logger(__name__)


class NewerDatabase(Exception):
    """The database was changed by a newer release of the desk than this one."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database is at revision {revision}, which this release does not know: a newer "
            "release has used it. Start that release again, or restore a backup made before it."
        )


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@cache
def revisions() -> tuple[str, ...]:
    """Return the known revisions, oldest first."""
    script = ScriptDirectory.from_config(_config())
    return tuple(revision.revision for revision in reversed(list(script.walk_revisions())))


def upgrade_on(connection: Connection, target: str = "head") -> str | None:
    """Bring the database behind `connection` up to `target`; return the revision it was at.

    Raises:
        NewerDatabase: the database knows a revision that we do not.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    before = MigrationContext.configure(connection).get_current_revision()
    known = revisions()
    if before is not None and before not in known:
        raise NewerDatabase(before)
    if before == known[-1] and target in ("head", before):
        return before  # as at most starts: there is nothing to load migrations for
    config = _config(connection)
    order = ["base", *known]
    if target != "head" and order.index(target) < order.index(before or "base"):
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)
    return before


async def migrate(url: str, target: str = "head") -> str | None:
    """Bring the database at `url` up to date; return the revision it was at (None: it was new).

    Two desks that start together migrate once: the second waits for the first.

    Raises:
        NewerDatabase: a newer release has used the database.
        StoreUnavailable: the database cannot be reached.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            _make_room(Path(parsed.database).parent)
        engine = create_async_engine(url, connect_args={"timeout": _LOCK_SECONDS})

        @event.listens_for(engine.sync_engine, "connect")
        def _prepare(connection: object, _record: object) -> None:
            # Alembic rebuilds tables on SQLite, which foreign keys would refuse midway.
            connection.isolation_level = None  # type: ignore[attr-defined] # driver's connection

        @event.listens_for(engine.sync_engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        engine = create_async_engine(url, connect_args={"timeout": 5})
    try:
        async with engine.begin() as connection:
            before = await connection.run_sync(upgrade_on, target)
    except (OSError, DBAPIError) as error:
        log.error("store.migrate_failed", error=type(error).__name__)
        raise StoreUnavailable(type(error).__name__) from error
    finally:
        await engine.dispose()
    log.info("store.migrated", revision=before or "none", version=revisions()[-1])
    return before


def _make_room(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(type(error).__name__) from error
