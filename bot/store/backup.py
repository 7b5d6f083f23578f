"""Copies of the database: made while it is in use, and put back in its place.

SQLite is copied with `VACUUM INTO` (https://sqlite.org/lang_vacuum.html#vacuuminto): one
consistent state, without free pages. PostgreSQL has tools for it, `pg_dump` and `pg_restore`
(https://www.postgresql.org/docs/current/app-pgdump.html), which the desk calls if they are there.
"""

import os
import shutil
import sqlite3
import stat
import subprocess
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from bot.store.base import Row

_PATIENCE = 30.0
_PRIVATE = stat.S_IRUSR | stat.S_IWUSR
_BESIDE = ("-wal", "-shm")


class BackupTrouble(Exception):
    """A backup cannot be made or put back. The message says what to do."""


def back_up(url: str, to: Path) -> None:
    """Write a consistent copy of the database to a new file, readable by its owner only.

    Raises:
        BackupTrouble: it cannot be made; nothing is left at `to`.
    """
    if to.exists():
        raise BackupTrouble(f"{to} is there already. Choose another name.")
    draft = to.with_name(f".{to.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        # Made empty first: it is nobody else's to read from the first byte on.
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE))
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            _copy_sqlite(Path(parsed.database or ""), draft)
        else:
            _run(
                "pg_dump", parsed, "--format=custom", f"--file={draft}", f"--dbname={_name(parsed)}"
            )
        _settle(draft)
        os.link(draft, to)
    except FileExistsError:
        raise BackupTrouble(f"{to} is there already. Choose another name.") from None
    except (OSError, sqlite3.Error) as error:
        raise BackupTrouble(f"{to} cannot be written: {error}.") from None
    finally:
        draft.unlink(missing_ok=True)


def sound_copy(backup: Path, beside: Path) -> Path:
    """Copy a SQLite backup beside the database it is to replace; return the copy.

    Raises:
        BackupTrouble: it is no sound SQLite database, or there is no room for it.
    """
    copy = beside.with_name(f"{beside.name}.restoring")
    discard(copy)
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(backup, copy)
        copy.chmod(_PRIVATE)
        with closing(sqlite3.connect(copy)) as database:
            (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
            tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
    except (OSError, sqlite3.Error) as error:
        discard(copy)
        raise BackupTrouble(f"{backup} cannot be restored: {error}.") from None
    if verdict != "ok" or "desk_seal" not in tables:
        discard(copy)
        raise BackupTrouble(f"{backup} is no sound backup of a desk; nothing was changed.")
    return copy


def discard(copy: Path) -> None:
    """Remove a copy with what SQLite puts beside it."""
    for suffix in ("", *_BESIDE):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def swap(copy: Path, database: Path) -> Path | None:
    """Put a copy in the database's place; return where the replaced one is kept, if there was one.

    The name `database` always leads to a whole database, the old one or the new.
    """
    _empty_log(copy)
    kept = None
    if database.exists():
        kept = _free_name(database)
        with suppress(sqlite3.Error):
            _empty_log(database)
        os.link(database, kept)
        for suffix in _BESIDE:
            beside = database.with_name(database.name + suffix)
            if beside.exists():
                beside.replace(kept.with_name(kept.name + suffix))
    _settle(copy)
    os.replace(copy, database)
    discard(copy)
    _settle_directory(database.parent)
    return kept


def erased_in(database: Path) -> list[str]:
    """Return the erase list of a SQLite database that is being replaced, if it can be read."""
    if not database.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
            return [row[0] for row in opened.execute("SELECT print FROM erasure")]
    except sqlite3.Error:
        return []


def seal_in_dump(dump: Path) -> bytes:
    """Return the desk's seal out of a PostgreSQL dump, to know its key before anything changes.

    Raises:
        BackupTrouble: it is no dump of a desk, or `pg_restore` is missing.
    """
    ran = _run("pg_restore", None, "--data-only", "--table=desk_seal", "--file=-", str(dump))
    for line in ran.splitlines():
        number, _, value = line.partition("\t")
        if number == "1" and value.startswith("\\\\x"):
            return bytes.fromhex(value.removeprefix("\\\\x"))
    raise BackupTrouble(f"{dump} is no backup of a desk; nothing was changed.")


def put_back_dump(url: str, dump: Path) -> None:
    """Put a PostgreSQL dump in the database's place, in one transaction.

    The desk's own tables are dropped first, those that the dump does not know as well.

    Raises:
        BackupTrouble: PostgreSQL's tools are missing or refuse; nothing was changed.
    """
    parsed = make_url(url)
    drops = [f'DROP TABLE IF EXISTS "{table}" CASCADE;' for table in Row.metadata.tables]
    drops += [
        "DROP TABLE IF EXISTS alembic_version CASCADE;",
        "DROP FUNCTION IF EXISTS audit_refuse() CASCADE;",
    ]
    with tempfile.TemporaryDirectory() as folder:
        before, script = Path(folder, "drops.sql"), Path(folder, "restore.sql")
        before.write_text("\n".join(drops))
        flags = ("--no-owner", "--clean", "--if-exists")
        _run("pg_restore", None, *flags, f"--file={script}", str(dump))
        _run(
            "psql",
            parsed,
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            f"--dbname={_name(parsed)}",
            f"--file={before}",
            f"--file={script}",
        )


def _copy_sqlite(database: Path, to: Path) -> None:
    if not database.exists():
        raise BackupTrouble(f"There is no database at {database} yet.")
    with closing(
        sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=_PATIENCE)
    ) as opened:
        opened.execute("VACUUM INTO ?", (str(to),))


def _empty_log(database: Path) -> None:
    with closing(sqlite3.connect(database, timeout=_PATIENCE, isolation_level=None)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        opened.execute("PRAGMA journal_mode=DELETE")


def _free_name(database: Path) -> Path:
    number = 1
    while (kept := database.with_name(f"{database.name}.replaced-{number}")).exists():
        number += 1
    return kept


def _run(tool: str, url: URL | None, *arguments: str) -> str:
    found = shutil.which(tool)
    if found is None:
        raise BackupTrouble(
            f"{tool} is not installed. It comes with PostgreSQL (on Debian: postgresql-client); "
            "install the version of your server or a newer one."
        )
    environment = dict(os.environ)
    if url is not None and url.password:
        environment["PGPASSWORD"] = str(url.password)
    ran = subprocess.run(  # noqa: S603 - a fixed program; no shell
        [found, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        said = ran.stderr.strip().splitlines()
        raise BackupTrouble(f"{tool} failed: {said[-1] if said else ran.returncode}")
    return ran.stdout


def _name(url: URL) -> str:
    """Return the URL as PostgreSQL's own tools take it, without the password."""
    plain = url.set(drivername="postgresql", password=None)
    return plain.render_as_string(hide_password=False)


def _settle(file: Path) -> None:
    handle = os.open(file, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    file.chmod(_PRIVATE)


def _settle_directory(directory: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
