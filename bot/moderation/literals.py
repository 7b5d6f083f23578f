"""What a pattern cannot match without: letters that must stand in a text, read off the pattern.

A text that holds none of them need not be tried against the pattern. Whatever is not understood of
a pattern counts as nothing, so the answer is never too narrow: a pattern without such letters is
tried on every text. RE2 has a prefilter of that kind; this one keeps to what stands in one word.
"""

import re
from collections.abc import Sequence

SHORTEST = 3
"""Letters below which a piece tells too little to be worth looking for."""

_WORD = re.compile(r"[a-z0-9]")
_BRACES = re.compile(r"\{[^{}]*\}")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]")
_HARD = re.compile(r"\\[QCpPx0-7]|\(\?(?!P?<|[imsU]*[:)])")

Needed = frozenset[str]


def needed(pattern: str) -> Needed:
    """Return small letters of which every match holds at least one; none if that is unknown."""
    if _HARD.search(pattern):
        return frozenset()
    reading = _Reading(pattern.lower())
    found = reading.branches()
    return found if reading.done else frozenset()


class _Reading:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    @property
    def done(self) -> bool:
        return self._at >= len(self._pattern)

    def branches(self) -> Needed:
        """Read alternatives up to the end or a parenthesis: one of any of them is needed."""
        found = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            found.append(self._sequence())
        return frozenset().union(*found) if all(found) else frozenset()

    def _sequence(self) -> Needed:
        """Read what must follow one another: the best of its parts is needed."""
        parts: list[Needed] = []
        run = ""
        while not self.done and self._peek() not in "|)":
            part, letter = self._item()
            optional, ends = self._repeated()
            if letter and not optional:
                run += letter
            if not letter or optional or ends:
                parts.append(frozenset({run}))
                run = ""
            if not letter and not optional:
                parts.append(part)
        parts.append(frozenset({run}))
        return _best(parts)

    def _item(self) -> tuple[Needed, str]:
        """Read one thing: a group with what it needs, or a letter, or something else."""
        one = self._peek()
        if one == "(":
            self._at += 1
            opened = re.compile(r"\?(?:P?<[^>]*>|[imsu]*:|[imsu]*(?=\)))").match(
                self._pattern, self._at
            )
            self._at = opened.end() if opened else self._at
            found = self.branches()
            self._at += 1
            return found, ""
        if one == "[":
            read = _CLASS.match(self._pattern, self._at)
            self._at = read.end() if read else len(self._pattern) + 1
            return frozenset(), ""
        if one == "\\":
            self._at += 2
            return frozenset(), ""
        self._at += 1
        return frozenset(), one if _WORD.match(one) else ""

    def _repeated(self) -> tuple[bool, bool]:
        """Read how often: whether it may be missing, and whether what follows is not next to it."""
        optional = ends = False
        while self._peek() in "?*+{":
            if self._peek() == "{":
                braces = _BRACES.match(self._pattern, self._at)
                if braces is None:
                    break
                self._at = braces.end()
            else:
                self._at += 1
            # Even {2,3}: it may be missing as far as this reading goes.
            optional = optional or self._pattern[self._at - 1] != "+"
            ends = True
        return optional, ends

    def _peek(self) -> str:
        return self._pattern[self._at] if self._at < len(self._pattern) else "\0"


def _best(parts: Sequence[Needed]) -> Needed:
    """Return the part whose shortest piece is longest; none if all are too short to tell."""
    usable = [one for one in parts if one and min(map(len, one)) >= SHORTEST]
    return max(usable, key=lambda one: (min(map(len, one)), -len(one)), default=frozenset())
