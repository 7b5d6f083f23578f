"""What an opinion map shows: plain figures, in which nothing is about fewer than five people."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum
from typing import Any

FLOOR = 5
"""No group, and no split of votes, of fewer people than this is ever shown."""


class Vote(IntEnum):
    """What one person said to one statement, as it is kept: one byte."""

    NONE = 0
    """They have not said anything to it."""
    AGREE = 1
    DISAGREE = 2
    PASS = 3


class Side(StrEnum):
    """Which way people lean."""

    AGREE = "agree"
    DISAGREE = "disagree"


@dataclass(frozen=True)
class Counts:
    """How people voted on one statement."""

    agree: int
    disagree: int
    passed: int

    @property
    def votes(self) -> int:
        """How many voted on it."""
        return self.agree + self.disagree + self.passed

    def percent(self, side: Side) -> int:
        """Return the share of a side, of all who voted on it."""
        votes = self.votes
        return round(100 * getattr(self, side) / votes) if votes else 0


@dataclass(frozen=True)
class Leaning:
    """A statement that a group, or everybody, leans to one side on."""

    number: int
    side: Side


@dataclass(frozen=True)
class Group:
    """People who vote alike. `x`, `y` and `spread` say where on the map they are, and how wide.

    Attributes:
        letter: its name; A is the largest.
        stands_for: the statements by which it differs most from everybody else.
    """

    letter: str
    size: int
    x: float
    y: float
    spread: float
    stands_for: tuple[Leaning, ...] = ()


@dataclass(frozen=True)
class Said:
    """The votes on one statement; `groups` in the order of the map's groups, or empty if the
    split is not shown because some group gave it fewer than five votes."""

    number: int
    all: Counts
    groups: tuple[Counts, ...] = ()


@dataclass(frozen=True)
class Figures:
    """An opinion map in figures.

    Attributes:
        people: how many voted on anything.
        counted: how many of them voted on enough to be counted here.
        needed: how many statements are enough.
        groups: the groups that were found; empty if people are too few or too much of one mind.
        statements: those that five or more of the counted people voted on.
        unites: statements that every group leans to the same side on, the strongest first.
        divides: statements on which groups differ most, the strongest first.
    """

    people: int
    counted: int
    needed: int
    groups: tuple[Group, ...] = ()
    statements: tuple[Said, ...] = ()
    unites: tuple[Leaning, ...] = ()
    divides: tuple[int, ...] = ()

    @property
    def shown(self) -> bool:
        """Whether there is anything that may be shown."""
        return self.counted >= FLOOR and bool(self.statements)

    def said(self, number: int) -> Said | None:
        """Return the votes on a statement; None if they may not be shown."""
        return next((one for one in self.statements if one.number == number), None)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Figures":
        """Return what `as_json` made."""
        return cls(
            people=kept["people"],
            counted=kept["counted"],
            needed=kept["needed"],
            groups=tuple(
                Group(**{**one, "stands_for": _leanings(one["stands_for"])})
                for one in kept["groups"]
            ),
            statements=tuple(
                Said(
                    one["number"],
                    Counts(**one["all"]),
                    tuple(Counts(**group) for group in one["groups"]),
                )
                for one in kept["statements"]
            ),
            unites=_leanings(kept["unites"]),
            divides=tuple(kept["divides"]),
        )


def _leanings(kept: Sequence[Mapping[str, Any]]) -> tuple[Leaning, ...]:
    return tuple(Leaning(one["number"], Side(one["side"])) for one in kept)
