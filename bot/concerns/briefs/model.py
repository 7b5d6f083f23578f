"""The words of briefs: what one is made of, its states, and who may move it.

A brief passes on to a third party what people allowed the desk to pass on, and asks something of
it. Nothing here knows the database or Discord.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.concerns.briefs.overlap import Overlap
from bot.concerns.briefs.redaction import Mark
from bot.concerns.briefs.suppression import Table
from bot.concerns.model import Consent, Kind
from bot.concerns.model import State as ConcernState


class State(StrEnum):
    """Where a brief stands."""

    DRAFT = "draft"
    CHECKED = "checked"
    """Every consent was looked at, and the numbers point at nobody."""
    REVIEWED = "reviewed"
    """A person has passed every quote."""
    SIGNED = "signed"
    """Two people signed the same text."""
    SENT = "sent"
    REPLIED = "replied"
    NO_REPLY = "no_reply"
    """Computed, never stored: it was sent, it is past its day, and nobody replied."""
    PUBLISHED = "published"


class Mover(StrEnum):
    """Who makes a move."""

    LIAISON = "liaison"
    STAFF = "staff"
    """Liaisons and staff."""
    DESK = "desk"
    """The desk itself, because something changed under the brief."""


_AGAIN: dict[State, Mover] = {State.DRAFT: Mover.LIAISON, State.CHECKED: Mover.DESK}

MOVES: dict[State, dict[State, Mover]] = {
    State.DRAFT: {State.CHECKED: Mover.LIAISON},
    State.CHECKED: {State.REVIEWED: Mover.STAFF, State.DRAFT: Mover.LIAISON},
    State.REVIEWED: {State.SIGNED: Mover.STAFF, **_AGAIN},
    State.SIGNED: {State.SENT: Mover.LIAISON, State.REVIEWED: Mover.DESK, **_AGAIN},
    State.SENT: {State.REPLIED: Mover.LIAISON, State.NO_REPLY: Mover.DESK},
    State.NO_REPLY: {State.REPLIED: Mover.LIAISON, State.PUBLISHED: Mover.LIAISON},
    State.REPLIED: {State.PUBLISHED: Mover.LIAISON},
    State.PUBLISHED: {},
}
"""The whole state machine: from each state, where a brief may be moved, and by whom."""

UNSENT = frozenset({State.DRAFT, State.CHECKED, State.REVIEWED, State.SIGNED})
"""States in which a withdrawal still takes a quote out."""

SIGNATURES = 2
"""Different people who sign. So at most one of them is the author."""

LEAST = 5
"""A brief speaks for at least so many people: fewer are a group that is too small to count."""

MOST = 2000
"""Concerns in one brief."""

TITLE_LIMIT = 150
TO_LIMIT = 200
ASK_LIMIT = 2000
BACKGROUND_LIMIT = 3000
HOW_LIMIT = 300
REPLY_LIMIT = 4000
NAME_LIMIT = 100
"""Characters; all fit Discord's forms."""

REPLY_DAYS = 30


class How(StrEnum):
    """What a brief makes of a concern."""

    COUNT = "count"
    QUOTE = "quote"


class Gone(StrEnum):
    """Why a concern is no longer in a brief, or no longer should be."""

    WITHDRAWN = "withdrawn"
    CONSENT = "consent"
    ERASED = "erased"


COUNTED = frozenset({Consent.COUNT, Consent.QUOTE_UNNAMED, Consent.QUOTE_NAMED})
QUOTED = frozenset({Consent.QUOTE_UNNAMED, Consent.QUOTE_NAMED})
"""What each consent lets a brief do. "Nothing" lets it do nothing; "contact" means that the desk
asks first, and that nothing is used until the person has said more."""


class BriefTrouble(Exception):
    """The desk cannot do what was asked of a brief; subclasses say why."""


class NoSuchBrief(BriefTrouble):
    """No brief of this guild has that reference, or the quote is not in it (any more)."""


@dataclass
class NotAllowedMove(BriefTrouble):
    """A move the state machine does not have; names those it has."""

    now: State
    wanted: State

    @property
    def allowed(self) -> tuple[State, ...]:
        """Where the brief may go from here, in the machine's order."""
        return tuple(state for state in State if state in MOVES[self.now])


@dataclass
class BadBrief(BriefTrouble):
    """What was typed cannot be taken as it is. `problem` is a catalog key."""

    problem: str


@dataclass
class NotYet(BriefTrouble):
    """The brief is not ready for it. `problem` is a catalog key, `count` fills it in."""

    problem: str
    count: int = 0


class ChangedMeanwhile(BriefTrouble):
    """The brief or the quote is not what this person looked at any more."""


class SignedAlready(BriefTrouble):
    """This person has signed; the second signature must be somebody else's."""


@dataclass(frozen=True)
class Text:
    """What staff write in a brief: to whom, what about, and what is asked of them."""

    title: str
    to: str
    ask: str
    background: str = ""
    reply_days: int = REPLY_DAYS


@dataclass(frozen=True)
class Pick:
    """Which concerns to put into a brief: all of these conditions at once."""

    kind: Kind | None = None
    state: ConcernState | None = None
    since: date | None = None
    until: date | None = None
    """The last day, included."""
    references: tuple[str, ...] = ()
    topic: str = ""
    label: str = ""


@dataclass(frozen=True)
class Picked:
    """What became of a pick."""

    added: int
    voices: int
    """People who joined one of the concerns, and who are counted from now on."""
    already: int
    refused: int
    """Their consent does not allow it, or they were withdrawn, erased or closed as abusive."""
    ask_first: tuple[str, ...]
    """References of those who want to be asked first."""


@dataclass(frozen=True)
class Item:
    """A concern in a brief, without its words."""

    id: int
    concern: str
    kind: Kind
    how: How
    consent: Consent
    passed_by: int | None
    passed: bool
    named: bool
    """The person chose how they are named."""
    gone: Gone | None
    gone_at: datetime | None


@dataclass(frozen=True)
class Quote:
    """What a person looks at when they pass a quote."""

    item: Item
    text: str
    marks: tuple[Mark, ...]
    shown: str
    """The text with what is marked hidden."""
    name: str | None
    """How the person asked to be named."""
    version: int
    place: int
    """Which of the brief's quotes it is, from one."""
    quotes: int


@dataclass(frozen=True)
class Signature:
    """One person's word for one exact text."""

    by: int | None
    at: datetime
    hash: str


@dataclass(frozen=True)
class Event:
    """Something that happened to a brief. `note` is what staff wrote about it."""

    at: datetime
    what: str
    by: int | None
    detail: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Brief:
    """A brief as staff see it."""

    guild_id: int
    reference: str
    state: State
    text: Text
    author: int | None
    counts: Table
    overlap: Overlap
    """Which numbers are not told because of briefs that were sent before."""
    items: tuple[Item, ...]
    voices: int
    """How many people who joined one of its concerns it counts."""
    signatures: tuple[Signature, ...]
    events: tuple[Event, ...]
    frozen_hash: str | None
    created_at: datetime
    changed_at: datetime
    sent_at: datetime | None
    due_at: datetime | None
    replied_at: datetime | None
    published_at: datetime | None
    version: int

    @property
    def pending(self) -> tuple[Item, ...]:
        """The quotes that nobody has passed yet."""
        return tuple(one for one in self.quotes if not one.passed)

    @property
    def quotes(self) -> tuple[Item, ...]:
        """The concerns that are quoted."""
        return tuple(one for one in self.items if one.how is How.QUOTE)

    @property
    def gone(self) -> tuple[Item, ...]:
        """What was withdrawn after the brief was sent."""
        return tuple(one for one in self.items if one.gone is not None)

    def waiting(self, now: datetime) -> timedelta | None:
        """How long a brief that was sent has been without a reply; None if it is not waiting."""
        if self.sent_at is None or self.replied_at is not None:
            return None
        return now - self.sent_at


@dataclass(frozen=True)
class Line:
    """A brief as a line in the list."""

    reference: str
    state: State
    title: str
    to: str
    sent_at: datetime | None
    due_at: datetime | None
    published_at: datetime | None = None


def standing(state: State, due_at: datetime | None, now: datetime) -> State:
    """Return where a brief stands now: one that was sent may have passed its day."""
    if state is State.SENT and due_at is not None and now >= due_at:
        return State.NO_REPLY
    return state
