"""Where a mail server leaves messages: a Maildir or an mbox. Nothing is removed from either.

A message is marked as taken (moved from `new` to `cur`, or given `Status: RO`) only after what it
came to is committed. If the desk dies in between it is read again, and found to be taken.
"""

import contextlib
import mailbox
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_AT_ONCE = 50
_SEEN = ":2,S"
_READ = re.compile(rb"^status:[^\n]*R", re.IGNORECASE | re.MULTILINE)


class BoxTrouble(Exception):
    """A box cannot be read or written; the message says which, and what to do."""


@dataclass(frozen=True)
class Waiting:
    """A message in a box: what names it there, and how large it is."""

    name: str
    size: int


class Maildir:
    """A Maildir (https://cr.yp.to/proto/maildir.html): `new` is what nobody took yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def waiting(self) -> list[Waiting]:
        """Return what nobody took yet, the oldest first.

        Raises:
            BoxTrouble: it is no Maildir, or cannot be read.
        """
        try:
            with os.scandir(self._folder / "new") as entries:
                found = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
        except OSError as error:
            raise _trouble("mail.maildir", self._folder, error) from None
        files = [
            (about.st_mtime_ns, name, about.st_size)
            for name, about in found
            if stat.S_ISREG(about.st_mode) and not name.startswith(".")
        ]
        return [Waiting(name, size) for _at, name, size in sorted(files)]

    def read(self, one: Waiting) -> bytes | None:
        """Return a message; None if another program took it in the meantime."""
        with contextlib.suppress(OSError):
            return (self._folder / "new" / one.name).read_bytes()
        return None

    def taken(self, one: Waiting) -> None:
        """Move a message to what was seen.

        Raises:
            BoxTrouble: it cannot be moved.
        """
        try:
            base = one.name.partition(":")[0]
            os.rename(self._folder / "new" / one.name, self._folder / "cur" / f"{base}{_SEEN}")
        except FileNotFoundError:
            if not (self._folder / "cur").is_dir():
                raise BoxTrouble(f"{self._folder} has no folder cur; see mail.maildir.") from None
        except OSError as error:
            raise _trouble("mail.maildir", self._folder, error) from None


class Mbox:
    """An mbox file, locked as mail servers lock it (fcntl and a dot file) while it is open."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def open(self) -> "OpenMbox":
        """Lock the file and hold it until it is closed.

        Raises:
            BoxTrouble: it cannot be read, written or locked now.
        """
        try:
            box = mailbox.mbox(self._file, create=False)
        except (mailbox.Error, OSError) as error:
            raise _trouble("mail.mbox", self._file, error) from None
        try:
            box.lock()
        except (mailbox.Error, OSError) as error:
            box.close()
            raise _trouble("mail.mbox", self._file, error) from None
        return OpenMbox(box, self._file)


class OpenMbox:
    """An mbox in hand."""

    def __init__(self, box: mailbox.mbox, file: Path) -> None:
        self._box = box
        self._file = file
        self._keys: dict[str, str] = {}

    def waiting(self, skip: Sequence[str] = ()) -> list[Waiting]:
        """Return some of what nobody took yet, in order, without what is in `skip`."""
        found: list[Waiting] = []
        for key in self._box.iterkeys():
            name = str(key)
            raw = self._box.get_bytes(key)
            if name not in skip and not _READ.search(_head(raw)):
                self._keys[name] = key
                found.append(Waiting(name, len(raw)))
            if len(found) >= _AT_ONCE:
                break
        return found

    def read(self, one: Waiting) -> bytes | None:
        """Return a message."""
        return self._box.get_bytes(self._keys[one.name])

    def taken(self, one: Waiting) -> None:
        """Mark a message as read, every other byte of it left as it is."""
        key = self._keys[one.name]
        first, _, rest = self._box.get_bytes(key, from_=True).partition(b"\n")
        self._box[key] = first + b"\nStatus: RO\n" + rest

    def close(self) -> None:
        """Write what was marked, and let go of the file.

        Raises:
            BoxTrouble: it cannot be written.
        """
        try:
            self._box.flush()
        except (mailbox.Error, OSError) as error:
            raise _trouble("mail.mbox", self._file, error) from None
        finally:
            self._box.unlock()
            self._box.close()


def _head(raw: bytes) -> bytes:
    return re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]


def _trouble(setting: str, where: Path, error: Exception) -> BoxTrouble:
    return BoxTrouble(
        f"{where} ({setting}) cannot be read and written ({type(error).__name__}). Check that it "
        "exists and belongs to the user that runs the desk."
    )
