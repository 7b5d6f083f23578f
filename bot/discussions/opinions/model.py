"""The words of opinion maps: states, statements, and what can go wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.discussions.opinions.figures import Figures, Vote

PREFIX = "OM"
QUESTION_LIMIT = 200
STATEMENT_LIMIT = 140
"""As long as a statement of Polis may be: one thought, that one can agree with or not."""
MOST_STATEMENTS = 500
MOST_OF_ONE = 10
"""Statements of one person in one map, so that nobody fills it."""
MOST_OPEN = 20
"""Maps of one server that are open at once."""
LONGEST = timedelta(days=90)
REDRAWN = timedelta(minutes=1)
"""An open map is drawn anew at most once in this time."""


class State(StrEnum):
    """Where a map stands."""

    OPEN = "open"
    CLOSING = "closing"
    """Nobody votes any more; it is drawn for the last time."""
    CLOSED = "closed"


class Stage(StrEnum):
    """Where a statement stands."""

    WAITING = "waiting"
    """Hosts have not looked at it."""
    SHOWN = "shown"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """Who said it erased what they said."""


class OpinionTrouble(Exception):
    """The desk cannot do what was asked of an opinion map; subclasses say why."""


class NoSuchMap(OpinionTrouble):
    """No map of this guild has that reference."""


class NoSuchStatement(OpinionTrouble):
    """The map has no such statement, or it cannot be voted on."""


class MapIsClosed(OpinionTrouble):
    """Nothing can be said to this map any more."""


class SaidAlready(OpinionTrouble):
    """Somebody said the same, in these words."""


class TooManyMaps(OpinionTrouble):
    """This server has as many maps open as it can."""


@dataclass
class TooManyStatements(OpinionTrouble):
    """The map is full, or (`own`) this person said as much in it as one can."""

    own: bool


@dataclass(frozen=True)
class Statement:
    """Something that was said. `text` is empty if who said it erased it."""

    number: int
    stage: Stage
    text: str


@dataclass(frozen=True)
class OpinionMap:
    """An opinion map, without its figures.

    Attributes:
        id: the row.
        session_id: the session it belongs to (a row in session), if it does.
        people: how many voted on anything.
        shown, waiting: how many statements can be voted on, and how many wait for hosts.
    """

    id: int
    guild_id: int
    reference: str
    state: State
    question: str
    session_id: int | None
    channel_id: int
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    people: int
    shown: int
    waiting: int


@dataclass(frozen=True)
class Turn:
    """What one person votes on next; `statement` is None when they have seen all.

    Attributes:
        done, of: on how many statements they voted, and how many there are.
        before, said: the statement they voted on right before, and how, if they did.
    """

    map: OpinionMap
    statement: Statement | None
    done: int
    of: int
    before: Statement | None = None
    said: Vote = Vote.NONE


@dataclass(frozen=True)
class Drawn:
    """A map with its figures and the texts of the statements in them, by number.

    `late` says that fewer than five people voted after it was drawn last, and are not in it.
    """

    map: OpinionMap
    figures: Figures | None
    texts: dict[int, str]
    late: bool = False
