"""The erase list: which rows of people were erased, kept where restoring a backup cannot undo it.

It is kept twice: in the database, so that it travels with every later backup, and in a file
beside the key, which only ever grows and which restoring a database does not touch. At start and
when a backup is restored the two are brought together, and what either says is erased is erased
again (docs/decisions/0009-erase-list.md). A line holds the day and a keyed fingerprint of the
erased row; even with the key it does not say of any account whether it was erased.
"""

import os
import re
import stat
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import structlog
from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Row, UtcDateTime

_LINE = re.compile(r"(\d{4}-\d{2}-\d{2}) ([A-Za-z0-9_-]{43})")
_PRIVATE = stat.S_IRUSR | stat.S_IWUSR

log = structlog.stdlib.get_logger(__name__)


class ErasureRow(Row):
    """One row of a person that was erased."""

    __tablename__ = "erasure"

    print: Mapped[str] = mapped_column(String(43), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class EraseFile:
    """The erase list's file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self) -> dict[str, date]:
        """Return print -> day. A line that a crash cut short is passed over.

        Raises:
            OSError: it is there and cannot be read.
        """
        try:
            lines = self.file.read_text(encoding="ascii", errors="replace").splitlines()
        except FileNotFoundError:
            return {}
        found = (_LINE.fullmatch(line) for line in lines)
        return {match[2]: date.fromisoformat(match[1]) for match in found if match}

    def append(self, prints: Iterable[str], day: date) -> bool:
        """Add lines, durably; say whether it could be done.

        If not, the database has them, and the next start or the next day tries again.
        """
        lines = "".join(f"{day.isoformat()} {one}\n" for one in prints)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, _PRIVATE)
            try:
                end = os.lseek(handle, 0, os.SEEK_END)
                torn = end > 0 and os.pread(handle, 1, end - 1) != b"\n"
                os.write(handle, (("\n" if torn else "") + lines).encode("ascii"))
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            log.error("privacy.erase_list_unwritten", error=type(error).__name__)
            return False
        return True


async def listed(session: AsyncSession) -> dict[str, datetime]:
    """Return the erase list as the database has it."""
    rows = await session.execute(select(ErasureRow.print, ErasureRow.at))
    return dict(iter(rows))


async def note(session: AsyncSession, prints: Iterable[str], at: datetime) -> None:
    """Put prints on the database's list, in the caller's transaction."""
    for one in prints:
        if await session.get(ErasureRow, one) is None:
            session.add(ErasureRow(print=one, at=at))
    await session.flush()
