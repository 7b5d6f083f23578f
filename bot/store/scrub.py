"""Making sure that what was deleted is gone from the database's files, too.

SQLite: `secure_delete` overwrites what is deleted (engine.py); what is left are older versions of
pages in the write-ahead log, which a truncating checkpoint removes, and remains in pages that
were rebuilt, which VACUUM does away with by writing the whole file anew
(https://sqlite.org/pragma.html#pragma_secure_delete, https://sqlite.org/lang_vacuum.html).

PostgreSQL keeps the old version of a row until a vacuum, and its bytes until the page is used
again; VACUUM FULL writes a table anew (https://www.postgresql.org/docs/current/sql-vacuum.html).
Its own write-ahead log is the server's: old segments are recycled, not overwritten, and archives
and base backups are the operator's to expire.
"""

import asyncio
import sqlite3
import time
from contextlib import closing

import structlog
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.store.base import Row
from bot.store.engine import Store

_PATIENCE = 10.0
_TRIES = 5

log = structlog.stdlib.get_logger(__name__)


async def empty_log(store: Store) -> bool:
    """Remove what the write-ahead log holds of older versions; say whether it could be done.

    Quick, and done after each erasure. On PostgreSQL that is the server's own business: True.
    """
    return store.dialect != "sqlite" or await _sqlite(store, vacuum=False)


async def scrub(store: Store) -> bool:
    """Write the database anew, so that nothing deleted is left in it; say whether it was done.

    Writes of this process wait meanwhile (seconds for a large file); those of another, and
    PostgreSQL's, may find the database busy. What could not be done now is done another day.
    """
    if store.dialect == "sqlite":
        return await _sqlite(store, vacuum=True)
    return await _postgres(store)


async def _sqlite(store: Store, *, vacuum: bool) -> bool:
    file = store.file
    if file is None:
        return True
    async with store.quiet():
        done = await asyncio.to_thread(_rewrite, str(file), vacuum=vacuum)
    if not done:
        log.warning("store.not_scrubbed")
    return done


def _rewrite(file: str, *, vacuum: bool) -> bool:
    try:
        with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as database:
            database.execute("PRAGMA secure_delete=ON")
            if vacuum:
                database.execute("VACUUM")
            for _ in range(_TRIES):
                busy, _log, _moved = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not busy:
                    return True
                time.sleep(0.1)  # a reader of ours is on an older version; it ends by itself
    except sqlite3.OperationalError:
        return False
    return False


async def _postgres(store: Store) -> bool:
    engine = create_async_engine(make_url(store.url), isolation_level="AUTOCOMMIT")
    done = True
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"SET lock_timeout = '{int(_PATIENCE)}s'"))
            for table in sorted(Row.metadata.tables):
                done &= await _tried(connection, f'VACUUM (FULL) "{table}"')
            # Pages reach the disk with a checkpoint; without the right to ask, with the next one.
            await _tried(connection, "CHECKPOINT")
    finally:
        await engine.dispose()
    return done


async def _tried(connection: AsyncConnection, statement: str) -> bool:
    try:
        await connection.execute(text(statement))
    except DBAPIError as error:
        log.warning("store.not_scrubbed", error=type(error.orig).__name__)
        return False
    return True
