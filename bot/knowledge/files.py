"""Noticing that knowledge files were edited, without reading them."""

import contextlib
from pathlib import Path

Signature = tuple[tuple[str, int, int, int], ...]
"""Of each file its name, size, time of change in nanoseconds, and place on the disk."""


def signature(directory: Path) -> Signature:
    """Return what tells one state of a knowledge directory from another.

    Editors write a file in place or put a new one in its place; either shows.
    """
    found = []
    for file in sorted((*directory.glob("*.y*ml"), *directory.glob("anchors/*.txt"))):
        with contextlib.suppress(OSError):  # it went between listing and looking
            state = file.stat()
            name = file.relative_to(directory).as_posix()
            found.append((name, state.st_size, state.st_mtime_ns, state.st_ino))
    return tuple(found)
