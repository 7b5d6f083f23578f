"""The words of the concern ledger: what a concern is, its states, and who may move it.

See docs/glossary.md for the vocabulary. Nothing here knows the database or Discord.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """What a concern is about, as the person chose it."""

    DATASET = "dataset"
    PRIVACY = "privacy"
    ETHICS = "ethics"
    SURVEILLANCE = "surveillance"
    LICENSE = "license"
    CHILD = "child"
    DANGER = "danger"
    """Somebody is in danger right now."""
    OTHER = "other"
    QUESTION = "question"
    """A license question passed to staff from an answer; raised by a button, not in the modal."""


RAISABLE = tuple(kind for kind in Kind if kind is not Kind.QUESTION)
"""The kinds a person chooses from in `/concern raise`, in the order shown."""


class Consent(StrEnum):
    """What the desk may do with a concern beyond answering it."""

    NOTHING = "nothing"
    COUNT = "count"
    QUOTE_UNNAMED = "quote_unnamed"
    QUOTE_NAMED = "quote_named"
    CONTACT = "contact"


UNNAMED_CONSENTS = tuple(one for one in Consent if one is not Consent.QUOTE_NAMED)
"""What somebody whose name the desk does not know can allow."""

CONSENT_VERSION = 1
"""The version of the consent wording in the catalogs; raise it when that wording changes."""


class Door(StrEnum):
    """How a concern came in."""

    DISCORD = "discord"
    MESSAGE = "message"
    """By direct message, question by question."""
    WEB = "web"
    STAFF = "staff"
    """Staff entered it for somebody."""
    MAIL = "mail"
    """By e-mail."""


class Source(StrEnum):
    """How somebody told staff what staff then entered for them."""

    MAIL = "mail"
    TALK = "talk"
    PHONE = "phone"
    LETTER = "letter"
    ELSEWHERE = "elsewhere"


class Priority(IntEnum):
    """How soon a concern is looked at; the queue is sorted by it, the lowest number first."""

    URGENT = 0
    HIGH = 1
    NORMAL = 2


class Urgent(StrEnum):
    """Why a concern is in the urgent lane. Set exactly when its priority is urgent."""

    CHILD = "child"
    DANGER = "danger"
    STAFF = "staff"
    """Staff put it there."""


URGENT_KINDS = {Kind.CHILD: Urgent.CHILD, Kind.DANGER: Urgent.DANGER}
"""The kinds that are urgent from the moment they are raised."""


class State(StrEnum):
    """Where a concern stands."""

    RECEIVED = "received"
    READ = "read"
    WORKING = "working"
    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"
    """Part of another concern of the same, and worked on there."""


class CloseReason(StrEnum):
    """Why a concern was closed. The person is told."""

    FAQ = "answered_by_faq"
    PASSED_ON = "passed_on"
    RESOLVED = "resolved"
    OUTSIDE = "outside_our_reach"
    NO_RESPONSE = "no_response"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    ABUSIVE = "abusive"


_IN_HAND = frozenset({State.WORKING, State.WAITING, State.ANSWERED, State.CLOSED, State.MERGED})

MOVES: dict[State, frozenset[State]] = {
    State.RECEIVED: _IN_HAND | {State.READ},
    State.READ: _IN_HAND,
    State.WORKING: _IN_HAND - {State.WORKING},
    State.WAITING: _IN_HAND - {State.WAITING},
    State.ANSWERED: _IN_HAND - {State.ANSWERED},
    State.CLOSED: frozenset({State.REOPENED, State.MERGED}),
    State.REOPENED: _IN_HAND,
    State.MERGED: frozenset(State) - {State.MERGED},
}
"""The whole state machine: from each state, where staff may move a concern.

To and from `merged` only by merging and splitting (merging.py): it comes out where it stood."""

OPEN = frozenset(State) - {State.CLOSED, State.MERGED}
"""The states in which staff have a concern itself to work on."""

REPORTER_MOVES: dict[State, frozenset[State]] = {
    **dict.fromkeys(OPEN, frozenset({State.CLOSED})),
    State.WAITING: frozenset({State.WORKING, State.CLOSED}),
    State.MERGED: frozenset({State.CLOSED}),
    State.CLOSED: frozenset({State.REOPENED}),
}
"""Where a concern's own reporter may move it: withdraw it, write back, open it again."""

REOPEN_DAYS = 30
"""How long after closing its reporter may open a concern again; staff always may."""


WHAT_LIMIT = 4000
LINK_LIMIT = 500
WISH_LIMIT = 1000
REPLY_LIMIT = 3000
NOTE_LIMIT = 2000
TOPIC_LIMIT = 80
LABEL_LIMIT = 30
MOST_LABELS = 10
"""Characters; the first three fit Discord's modal inputs (at most 4,000 each)."""


@dataclass(frozen=True)
class Draft:
    """What a person typed, before it is logged."""

    kind: Kind
    what: str
    link: str = ""
    wish: str = ""
    consent: Consent = Consent.NOTHING
    about: str = ""
    """A reference to what it is about (a message link, an entry id): never a copied quote."""


class Delivery(StrEnum):
    """What became of a letter. One from a reporter is pending until staff have seen it."""

    PENDING = "pending"
    DELIVERED = "delivered"
    MAILBOX = "mailbox"
    """Direct messages are closed or the person left: it waits in /concern status."""
    SEEN = "seen"
    """The person opened it in /concern status."""
    MUTED = "muted"
    """News of a sort that the person does not want to hear."""
    BOUNCED = "bounced"
    """By e-mail, and a mail server said that it cannot be delivered."""
    TAKEN_BACK = "taken_back"
    """Staff took it back, and the person does not have it (any more)."""


class Direction(StrEnum):
    """Who a message of a case is from."""

    TO_REPORTER = "to_reporter"
    FROM_REPORTER = "from_reporter"


class SignedAs(StrEnum):
    """As whom staff write to a reporter."""

    DESK = "desk"
    """As the desk: nobody in particular."""
    ROLE = "role"
    """Under the name of a role of theirs."""
    NAMED = "named"
    """Under their own name."""


@dataclass(frozen=True)
class FileNote:
    """That there is a file, and what sort; who opens it is audited. `size` is in bytes."""

    id: int
    letter_id: int | None
    form: str
    size: int
    at: datetime


@dataclass(frozen=True)
class PastLetter:
    """What a letter said before it was edited or taken back; for staff."""

    letter_id: int
    text: str
    at: datetime
    by: int | None


@dataclass(frozen=True)
class Letter:
    """One message between staff and the reporter."""

    id: int
    direction: Direction
    text: str
    at: datetime
    by: int | None
    """The Discord user id of the staff member; None for the reporter."""
    delivery: Delivery
    of: str = ""
    """The reference of the merged concern whose reporter wrote it; "" for the case's own."""
    signed: SignedAs = SignedAs.DESK
    signature: str = ""
    """The name of person or role under which it was written; "" for the desk."""
    edited: bool = False
    taken_back: bool = False
    """Whoever wrote it took it back: its words are gone, or for staff in its past."""
    revision: int = 1
    """Which wording this is."""
    shown: int = 0
    """Which wording the reporter was brought last; 0 for none."""
    files: tuple[FileNote, ...] = ()

    @property
    def outdated(self) -> bool:
        """Say whether the reporter has another wording in their direct messages than this."""
        return 0 < self.shown < self.revision


class Told(StrEnum):
    """What a reporter is told of, besides replies."""

    READ = "read"
    MERGED = "merged"
    SPLIT = "split"
    BRIEFED = "briefed"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True)
class News:
    """Something that the desk told a reporter, and what became of it."""

    id: int
    what: Told
    at: datetime
    delivery: Delivery
    detail: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """Something that happened to a concern; what the case's history is made of."""

    at: datetime
    what: str
    by: int | None
    detail: dict[str, str] = field(default_factory=dict)
    whom: int | None = None
    """The Discord user id of the staff member it was done to."""


@dataclass(frozen=True)
class Note:
    """What a staff member noted for the others. Never shown to the reporter."""

    text: str
    at: datetime
    by: int | None


@dataclass(frozen=True)
class Receipt:
    """What a person gets when a concern is logged. It exists only after the commit."""

    reference: str
    repeated: bool
    """The same interaction was delivered again; this is the concern it made the first time."""


@dataclass(frozen=True)
class Case:
    """A concern as staff see it. Never says who raised it."""

    guild_id: int
    reference: str
    kind: Kind
    state: State
    close_reason: CloseReason | None
    consent: Consent
    what: str
    link: str
    wish: str
    about: str
    erased: bool
    """The person erased their text; only that there was a concern is left."""
    raised_at: datetime
    changed_at: datetime
    claimed_by: int | None
    version: int
    letters: tuple[Letter, ...]
    events: tuple[Event, ...]
    door: Door = Door.DISCORD
    anonymous: bool = False
    """Nobody knows who raised it: replies wait until the person comes back with their code."""
    news: tuple[News, ...] = ()
    due_at: datetime | None = None
    """By when staff should have replied; None while the clock stands still."""
    clock_left: int | None = None
    """Seconds of working time that are left while the case waits for its reporter."""
    priority: Priority = Priority.NORMAL
    urgent: Urgent | None = None
    topic: str = ""
    labels: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    merged_into: str = ""
    """The reference of the concern it is part of."""
    parts: tuple[str, ...] = ()
    """The references of the concerns that are part of it."""
    excluded: tuple[int, ...] = ()
    """The Discord user ids of the staff members who keep out of it."""
    past: tuple[PastLetter, ...] = ()
    files: tuple[FileNote, ...] = ()
    voices: int = 0
    """How many others have joined it."""

    @property
    def source(self) -> Source | None:
        """How somebody told staff, if staff entered it for them."""
        told = [event.detail["source"] for event in self.events if "source" in event.detail]
        return Source(told[0]) if told else None


@dataclass(frozen=True)
class OwnConcern:
    """A concern as its reporter sees it in `/concern status`."""

    guild_id: int
    reference: str
    kind: Kind
    state: State
    close_reason: CloseReason | None
    consent: Consent
    what: str
    link: str
    wish: str
    raised_at: datetime
    changed_at: datetime
    letters: tuple[Letter, ...]
    news: tuple[News, ...] = ()
    """What they were told, or will be; `unseen` is what they still have to see."""

    @property
    def unseen(self) -> tuple[News, ...]:
        """What could not be brought to the person yet, and that they have not seen here."""
        kept = (Delivery.MAILBOX, Delivery.PENDING)
        return tuple(one for one in self.news if one.delivery in kept)

    @property
    def waiting(self) -> tuple[Letter, ...]:
        """The replies that could not be delivered and that the person has not opened yet."""
        return tuple(one for one in self.letters if one.delivery is Delivery.MAILBOX)
