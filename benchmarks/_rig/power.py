"""A disk that can lose power, for SQLite: what was not synced is dropped, or half of it kept.

A VFS in Python, through apsw (https://rogerbinns.github.io/apsw/vfs.html). The rules are those of
https://sqlite.org/atomiccommit.html: a write reaches the platter with the next xSync of its file.
"""

import random
from typing import Any

import apsw

NAME = "power"


class Disk:
    """What the files hold now, and what of it would survive."""

    def __init__(self) -> None:
        self.now: dict[str, bytearray] = {}
        self.safe: dict[str, bytearray] = {}
        self.unsynced: dict[str, list[tuple[int, bytes | None]]] = {}
        self.dead = False

    def write(self, name: str, at: int, data: bytes | None) -> None:
        """Write, or (without data) cut off at `at`; known to the file, not to the platter."""
        _apply(self.now.setdefault(name, bytearray()), at, data)
        self.unsynced.setdefault(name, []).append((at, data))

    def sync(self, name: str) -> None:
        """Bring what was written of a file to the platter."""
        for at, data in self.unsynced.pop(name, ()):
            _apply(self.safe.setdefault(name, bytearray()), at, data)

    def lose_power(self, rng: random.Random) -> None:
        """Drop what was not synced, or keep a random half of it."""
        keep = rng.random() < 0.5
        for name, writes in self.unsynced.items():
            for at, data in writes:
                if keep and rng.random() < 0.5:
                    _apply(self.safe.setdefault(name, bytearray()), at, data)
        self.unsynced = {}
        self.now = {name: bytearray(data) for name, data in self.safe.items()}


def _apply(file: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        del file[at:]
        return
    if len(file) < at:
        file.extend(bytes(at - len(file)))
    file[at : at + len(data)] = data


class PowerVFS(apsw.VFS):
    """SQLite's door to that disk."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        super().__init__(NAME, base="")

    def xOpen(self, name: Any, flags: list[int]) -> "PowerFile":  # noqa: N802 - SQLite's name
        """Open a file of the disk."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name or "temp")
        return PowerFile(self.disk, path, flags)

    def xAccess(self, path: str, _flags: int) -> bool:  # noqa: N802
        """Say whether a file is there."""
        return bool(self.disk.now.get(path))

    def xDelete(self, path: str, _sync: bool) -> None:  # noqa: N802
        """Delete a file; directories are synced at once on this disk."""
        self.disk.now.pop(path, None)
        self.disk.safe.pop(path, None)
        self.disk.unsynced.pop(path, None)

    def xFullPathname(self, path: str) -> str:  # noqa: N802
        """Names are whole already."""
        return path


class PowerFile:
    """One open file."""

    def __init__(self, disk: Disk, path: str, flags: list[int]) -> None:
        self._disk, self._path = disk, path
        disk.now.setdefault(path, bytearray())
        flags[1] = flags[0]

    def _alive(self) -> None:
        if self._disk.dead:
            raise apsw.IOError

    def xRead(self, amount: int, at: int) -> bytes:  # noqa: N802
        """Read; SQLite fills up what is short."""
        return bytes(self._disk.now.get(self._path, b"")[at : at + amount])

    def xWrite(self, data: bytes, at: int) -> None:  # noqa: N802
        """Write."""
        self._alive()
        self._disk.write(self._path, at, bytes(data))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        """Cut off."""
        self._alive()
        self._disk.write(self._path, size, None)

    def xSync(self, _flags: int) -> None:  # noqa: N802
        """Bring it to the platter."""
        self._alive()
        self._disk.sync(self._path)

    def xFileSize(self) -> int:  # noqa: N802
        """Return the size."""
        return len(self._disk.now.get(self._path, b""))

    def xClose(self) -> None:  # noqa: N802
        """Nothing to let go of."""

    def xLock(self, _level: int) -> None:  # noqa: N802
        """One connection writes: nothing to lock."""

    def xUnlock(self, _level: int) -> None:  # noqa: N802
        """Nor to unlock."""

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        """Nobody else has one."""
        return False

    def xFileControl(self, _op: int, _pointer: int) -> bool:  # noqa: N802
        """Nothing special."""
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        """Return a usual size."""
        return 4096

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        """Promise nothing."""
        return 0
