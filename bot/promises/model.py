"""The words of promises: their states, who may move them, and what is kept of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class State(StrEnum):
    """Where a promise stands."""

    OPEN = "open"
    ON_TRACK = "on_track"
    LATE = "late"
    """Its day has passed; the desk says so by itself."""
    KEPT = "kept"
    BROKEN = "broken"
    """It was not kept, and everybody can read why."""


class Mover(StrEnum):
    """Who makes a move."""

    STAFF = "staff"
    """Staff and liaisons."""
    DESK = "desk"
    """The desk itself, when a day has passed."""


_SETTLED: dict[State, Mover] = {State.KEPT: Mover.STAFF, State.BROKEN: Mover.STAFF}

MOVES: dict[State, dict[State, Mover]] = {
    State.OPEN: {State.ON_TRACK: Mover.STAFF, State.LATE: Mover.DESK, **_SETTLED},
    State.ON_TRACK: {State.OPEN: Mover.STAFF, State.LATE: Mover.DESK, **_SETTLED},
    State.LATE: {State.ON_TRACK: Mover.STAFF, **_SETTLED},
    State.KEPT: {State.OPEN: Mover.STAFF},
    State.BROKEN: {State.OPEN: Mover.STAFF},
}
"""The whole state machine: from each state, where a promise may be moved, and by whom."""

RUNNING = frozenset({State.OPEN, State.ON_TRACK})
"""States in which a promise can run late."""

ENDED = frozenset({State.KEPT, State.BROKEN})
"""States in which nothing is due."""


class Ledger(StrEnum):
    """What the desk's own ledger can show for a promise, by itself."""

    BRIEFS = "briefs"
    KNOWLEDGE = "knowledge"
    CONCERNS = "concerns"
    SESSIONS = "sessions"


TEXT_LIMIT = 500
SOURCE_LIMIT = 300
OFFICE_LIMIT = 60
EVIDENCE_LIMIT = 300
LINK_LIMIT = 500
NOTE_LIMIT = 1000
"""Characters; all fit Discord's forms."""


class PromiseTrouble(Exception):
    """The desk cannot do what was asked of a promise; subclasses say why."""


class NoSuchPromise(PromiseTrouble):
    """No promise of this guild has that reference, or the evidence is not there (any more)."""


@dataclass
class NotAllowedMove(PromiseTrouble):
    """A move that nobody, or only the desk itself, can make; names those that people can."""

    now: State
    wanted: State

    @property
    def allowed(self) -> tuple[State, ...]:
        """Where people may move the promise from here, in the machine's order."""
        return moves(self.now)


@dataclass
class BadPromise(PromiseTrouble):
    """What was typed cannot be taken as it is. `problem` is a catalog key."""

    problem: str


@dataclass
class NotYet(PromiseTrouble):
    """The promise cannot be moved there yet. `problem` is a catalog key."""

    problem: str


class ChangedMeanwhile(PromiseTrouble):
    """The promise is not what this person looked at any more."""


@dataclass(frozen=True)
class Spoken:
    """What is promised, in one more language. Where `owner` is empty, the office's own name is
    good in it."""

    text: str
    owner: str = ""


@dataclass(frozen=True)
class Words:
    """What is promised: in which words, where it can be read, since when, and who sees to it."""

    text: str
    source: str
    made_on: date
    owner: str
    """An office, such as "Editors": everybody reads it."""
    others: Mapping[str, Spoken] = field(default_factory=dict)
    """The same in other languages, by their code, such as "fr"."""

    def said(self, language: str) -> Spoken:
        """Return the text and the office in a language; what it lacks is as it was written."""
        other = self.others.get(language, Spoken(""))
        return Spoken(other.text or self.text, other.owner or self.owner)


@dataclass(frozen=True)
class Evidence:
    """Something that shows a promise is kept, added by hand."""

    id: int
    text: str
    link: str
    at: datetime
    by: int | None


@dataclass(frozen=True)
class Event:
    """Something that happened to a promise. `note` is what staff said about it."""

    at: datetime
    what: str
    by: int | None
    detail: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Line:
    """A promise as a line in the list."""

    reference: str
    state: State
    words: Words
    due: date | None


@dataclass(frozen=True)
class Promise:
    """A promise, whole. `person` and who did what are for staff's eyes."""

    guild_id: int
    reference: str
    state: State
    words: Words
    due: date | None
    """None once it is kept or broken."""
    shipped: bool
    """It came from the desk's file, which says its words."""
    person: int | None
    drawn: tuple[Ledger, ...]
    evidence: tuple[Evidence, ...]
    events: tuple[Event, ...]
    version: int

    @property
    def why(self) -> str:
        """What staff said when it was last moved; for a broken promise, the explanation."""
        moved = [one for one in self.events if one.what == "moved"]
        return moved[-1].note if moved else ""


def moves(now: State) -> tuple[State, ...]:
    """Return where people may move a promise from `now`, in the machine's order."""
    return tuple(state for state in State if MOVES[now].get(state) is Mover.STAFF)


def standing(state: State, due: date | None, today: date) -> State:
    """Return where a promise stands today: one whose day has passed is late.

    The day itself still counts, in UTC.
    """
    if state in RUNNING and due is not None and today > due:
        return State.LATE
    return state
