"""One serving process for each SQLite database: a lock beside the file, held while it serves.

Two desks on one file would each deliver what the other has in hand. On PostgreSQL any number of
processes may serve, so there is nothing to hold. The operating system lets go of the lock when
the process ends, however it ends.
"""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import structlog
from sqlalchemy.engine import make_url

from bot.store.engine import StoreUnavailable

log = structlog.stdlib.get_logger(__name__)


class DatabaseHeld(Exception):
    """Another desk serves this database; the message says what to do."""


@contextlib.contextmanager
def hold(url: str) -> Iterator[None]:
    """Hold a database for one serving process.

    Raises:
        DatabaseHeld: another process does already.
        StoreUnavailable: the folder cannot be made or written.
    """
    parsed = make_url(url)
    name = parsed.database
    if parsed.get_backend_name() != "sqlite" or not name or name == ":memory:":
        yield
        return
    with _opened(Path(f"{name}.lock")) as opened:
        try:
            _lock(opened)
        except (BlockingIOError, PermissionError):
            raise DatabaseHeld(
                f"Another desk is running on {name}. Stop that one first (Ctrl-C in its terminal), "
                "or give this one another database_url."
            ) from None
        except OSError as error:
            # Some network file systems know no locks; that is no reason not to serve.
            log.warning("store.no_lock", error=type(error).__name__)
        yield


def _opened(file: Path) -> IO[str]:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return file.open("a")
    except OSError as error:
        raise StoreUnavailable(f"{type(error).__name__}: {file.parent}") from error


if sys.platform == "win32":
    import msvcrt

    def _lock(opened: IO[str]) -> None:
        opened.seek(0)
        msvcrt.locking(opened.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(opened: IO[str]) -> None:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
