"""A newer copy of the official FAQ, compared with what was there when entries were read.

The FAQ's Markdown (repository creativecommons/faq) becomes one hash an anchor; only hashes are
kept, never sentences. Anchors follow pandoc's rule for headings (extension auto_identifiers,
https://pandoc.org/MANUAL.html#extension-auto_identifiers).
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.knowledge.library import ANCHORS, Library

PAGE = "https://creativecommons.org/faq/"
FILE = "creativecommons.org-faq.sha256"
"""Beside the lists of anchors: a line is the day a wording was first seen, its hash, its anchor."""

_FIRST = date.min
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_GIVEN = re.compile(r"\s*\{#([^\s}]+)[^}]*\}\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_NOTE = re.compile(r"\[\^[^\]]*\]")


@dataclass(frozen=True)
class Wording:
    """What stands at an anchor, as a hash, and since when we know of it."""

    hash: str
    since: date


@dataclass(frozen=True)
class Compared:
    """What a newer copy says. `due` is, by anchor, the entries that were read before it changed."""

    changed: tuple[str, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    due: Mapping[str, tuple[str, ...]]
    seen: Mapping[str, Wording]


def anchors(markdown: str) -> dict[str, str]:
    """Return a hash of what stands below each heading, by the heading's anchor.

    White space and line breaks do not count. A heading that stands twice gets -1, -2 and so on.
    """
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    fenced = False
    for line in markdown.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        heading = None if fenced else _HEADING.match(line)
        if heading is not None:
            current = found.setdefault(_distinct(_anchor(heading.group(2)), found), [])
        elif current is not None:
            current.append(line)
    return {anchor: _hash("\n".join(lines)) for anchor, lines in found.items()}


def compare(
    library: Library, before: Mapping[str, Wording], now: Mapping[str, str], *, today: date
) -> Compared:
    """Compare a newer copy with what was seen before; the first copy is what all was read from."""
    seen = {}
    for anchor, hashed in now.items():
        old = before.get(anchor)
        since = today if before else _FIRST
        seen[anchor] = old if old is not None and old.hash == hashed else Wording(hashed, since)
    due: dict[str, list[str]] = {}
    for entry in library.entries:
        for source in entry.sources:
            page, _, anchor = source.url.partition("#")
            if page != PAGE or entry.status == "retired":
                continue
            wording = seen.get(anchor)
            if wording is None or source.read < wording.since:
                due.setdefault(anchor, []).append(entry.id)
    return Compared(
        changed=tuple(one for one in now if one in before and before[one].hash != now[one]),
        new=tuple(one for one in now if before and one not in before),
        gone=tuple(one for one in before if one not in now),
        due={anchor: tuple(entries) for anchor, entries in due.items()},
        seen=seen,
    )


def load_seen(file: Path) -> dict[str, Wording]:
    """Read what `save_seen` wrote; nothing if there is no such file.

    Raises:
        ValueError: a line is not of that shape; names it.
    """
    if not file.exists():
        return {}
    found = {}
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            since, hashed, anchor = line.split()
            found[anchor] = Wording(hashed, date.fromisoformat(since))
        except ValueError:
            raise ValueError(f"{file}:{number}: must be a day, a hash and an anchor") from None
    return found


def save_seen(file: Path, seen: Mapping[str, Wording]) -> None:
    """Write what was seen, to compare the next copy with."""
    head = f"# What stands at the anchors of {PAGE}, as hashes, and since when.\n"
    lines = [f"{one.since.isoformat()} {one.hash} {anchor}\n" for anchor, one in seen.items()]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(head + "".join(lines), "utf-8")


def report(compared: Compared) -> str:
    """Return what an editor should know, for a terminal."""
    lines = [
        f"{len(compared.seen)} answers; {len(compared.changed)} changed, "
        f"{len(compared.new)} new, {len(compared.gone)} gone."
    ]
    for name in ("changed", "new", "gone"):
        lines += [f"{name}: #{anchor}" for anchor in getattr(compared, name)]
    for anchor, entries in compared.due.items():
        lines.append(f"read #{anchor} again for: {', '.join(entries)}")
    return "\n".join(lines)


def news(directory: Path, copy: Path, *, today: date) -> str:
    """Compare a copy of the FAQ's Markdown with what was seen before; remember it by its hashes.

    Raises:
        OSError, ValueError: the copy cannot be read, or is none.
    """
    now = anchors(copy.read_text("utf-8"))
    if not now:
        raise ValueError(f"{copy} has no headings; is it the FAQ in Markdown?")
    file = directory / ANCHORS / FILE
    compared = compare(Library.load(directory), load_seen(file), now, today=today)
    save_seen(file, compared.seen)
    return report(compared)


def _anchor(heading: str) -> str:
    given = _GIVEN.search(heading)
    if given is not None:
        return given.group(1)
    text = re.sub(r"<[^>]*>", "", _LINK.sub(r"\1", _NOTE.sub("", heading)))
    kept = "".join(c for c in text if c.isalnum() or c in "_-. " or c.isspace())
    # An underscore that marks emphasis is none; one within a word is.
    kept = re.sub(r"(?<!\w)_+|_+(?!\w)", "", kept)
    made = re.sub(r"\s+", "-", kept.strip()).lower()
    while made and not made[0].isalpha():
        made = made[1:]
    return made or "section"


def _distinct(anchor: str, taken: Mapping[str, object]) -> str:
    number, found = 1, anchor
    while found in taken:
        found, number = f"{anchor}-{number}", number + 1
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
