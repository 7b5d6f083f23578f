"""The labeled messages of benchmarks/messages."""

import re
from dataclasses import dataclass
from pathlib import Path

from bot.moderation.model import Check

FOLDER = Path(__file__).parent / "messages"
LABELS = {
    "X": Check.WORDS,
    "P": Check.PHONE,
    "E": Check.EMAIL,
    "A": Check.ADDRESS,
    "I": Check.IDENTITY,
    "W": Check.WHO_IS,
    "F": Check.FACE_SEARCH,
    "T": Check.TARGET,
    "V": Check.INVITES,
    "L": Check.LINKS,
    "K": Check.LOOKALIKES,
    "S": Check.SCAM,
    "Z": Check.ZALGO,
    "N": Check.INVISIBLE,
    "M": Check.MENTIONS,
}
_WRITTEN = re.compile(r"\\(u[0-9a-f]{4}|n|t|\\)")
_PLAIN = {"n": "\n", "t": "\t", "\\": "\\"}


@dataclass(frozen=True)
class Labeled:
    """A message, what should be found in it, and whether the checks were tuned on it."""

    text: str
    wanted: frozenset[Check]
    tuned: bool


def labeled() -> list[Labeled]:
    """Return the first set, in the order of its files."""
    return _read(FOLDER, halved=True)


def second() -> list[Labeled]:
    """Return the second set."""
    return _read(FOLDER / "second", halved=False)


def third() -> list[Labeled]:
    """Return the third set."""
    return _read(FOLDER / "third", halved=False)


def fourth() -> list[Labeled]:
    """Return the fourth set."""
    return _read(FOLDER / "fourth", halved=False)


def fifth() -> list[Labeled]:
    """Return the fifth set."""
    return _read(FOLDER / "fifth", halved=False)


def _read(folder: Path, *, halved: bool) -> list[Labeled]:
    found = []
    for file in sorted(folder.glob("*.txt")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if line.startswith("#"):
                continue
            labels, _bar, text = line.partition("|")
            wanted = frozenset(LABELS[one] for one in labels if one != "-")
            found.append(Labeled(_WRITTEN.sub(_write, text), wanted, halved and number % 2 == 1))
    return found


def _write(match: re.Match[str]) -> str:
    said = match[1]
    return chr(int(said[1:], 16)) if said.startswith("u") else _PLAIN[said]
