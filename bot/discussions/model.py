"""The words of sessions: kinds, states and who moves them, what is planned, what can go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What sort of session it is."""

    DISCUSSION = "discussion"
    """An open discussion."""
    AMA = "ama"
    """Guests answer questions."""
    TOWN_HALL = "town_hall"
    """The people who run the community answer for what they do."""
    READING = "reading"
    """A draft is read together."""


class State(StrEnum):
    """Where a session stands."""

    PLANNED = "planned"
    """Only those who plan it see it."""
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"
    SUMMED_UP = "summed_up"
    """Its round-up is published."""
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


class Mover(StrEnum):
    """Who makes a move."""

    HOST = "host"
    """A host of discussions, or staff."""
    DESK = "desk"
    """The desk itself, when its time has come."""


_HOST = frozenset({Mover.HOST})
_DESK = frozenset({Mover.DESK})
_EITHER = _HOST | _DESK

MOVES: Mapping[State, Mapping[State, frozenset[Mover]]] = {
    State.PLANNED: {State.ANNOUNCED: _EITHER, State.CANCELLED: _HOST},
    State.ANNOUNCED: {State.OPEN: _EITHER, State.CLOSED: _DESK, State.CANCELLED: _HOST},
    State.OPEN: {State.CLOSED: _EITHER},
    State.CLOSED: {State.SUMMED_UP: _EITHER},
    State.SUMMED_UP: {State.ARCHIVED: _EITHER},
    State.ARCHIVED: {},
    State.CANCELLED: {},
}
"""The whole state machine: from each state, where a session may be moved, and by whom.

The desk announces the sessions of a series. It closes an announced one that it could not open
because it was away the whole time.
"""

UPCOMING = frozenset({State.PLANNED, State.ANNOUNCED})
"""States in which a session can still be changed."""

PUBLIC = frozenset({State.ANNOUNCED, State.OPEN, State.CLOSED, State.SUMMED_UP, State.ARCHIVED})
"""States in which everybody may know of it; a cancelled one only if it was announced before."""

HELD = frozenset({State.CLOSED, State.SUMMED_UP, State.ARCHIVED})


class Step(StrEnum):
    """What the desk does by itself as time goes on, in this order."""

    WEEK = "week"
    DAY = "day"
    HOUR = "hour"
    OPEN = "open"
    CLOSE = "close"
    ARCHIVE = "archive"


REMINDERS: Mapping[Step, timedelta] = {
    Step.WEEK: timedelta(days=7),
    Step.DAY: timedelta(days=1),
    Step.HOUR: timedelta(hours=1),
}
"""How long before a session begins people are reminded."""

LATE = timedelta(minutes=5)
"""What happens by itself so much after its time is said to be late."""

ARCHIVE_AFTER = timedelta(days=7)
"""How long a post stays open to look at after the round-up."""

TOPIC_LIMIT = 100
"""As long as the name of a Discord event may be
(https://docs.discord.com/developers/resources/guild-scheduled-event), and of a post."""
GUESTS_LIMIT = 300
PROMPTS_LIMIT = 1500
RULES_LIMIT = 1000
REASON_LIMIT = 500
ZONE_LIMIT = 40
MOST_HOSTS = 10

SHORTEST = timedelta(minutes=15)
LONGEST = timedelta(hours=24)
"""How long a session takes. Discord ends an event that runs on; a whole day is enough for all."""
FURTHEST = timedelta(days=2 * 365)
"""How far ahead a session may be planned; Discord refuses events that are years away."""
MOST_UPCOMING = 50
"""Sessions of one server that are planned or announced at once. Discord takes 100 events."""


class SessionTrouble(Exception):
    """The desk cannot do what was asked of a session; subclasses say why."""


class NoSuchSession(SessionTrouble):
    """No session of this guild has that reference, or not for this person."""


class NoSuchSeries(SessionTrouble):
    """No series of this guild has that reference, or it has ended."""


@dataclass
class NotAllowedMove(SessionTrouble):
    """A move that nobody, or only the desk itself, can make; names those that hosts can."""

    now: State
    wanted: State

    @property
    def allowed(self) -> tuple[State, ...]:
        """Where hosts may move the session from here, in the machine's order."""
        return moves(self.now)


@dataclass
class BadPlan(SessionTrouble):
    """What was typed cannot be taken as it is. `problem` is a catalog key, `values` fill it in."""

    problem: str
    values: Mapping[str, str] = field(default_factory=dict)


class ChangedMeanwhile(SessionTrouble):
    """The session is not what this person looked at any more."""


class TooManyUpcoming(SessionTrouble):
    """This server has planned as many sessions as it can."""


@dataclass(frozen=True)
class Plan:
    """What is planned: all that people decide about a session.

    Attributes:
        starts: when it begins, in UTC.
        zone: the time zone it was planned in, by its IANA name.
        minutes: how long it takes.
        guests, prompts, rules: people's own words; "" for none.
    """

    kind: Kind
    topic: str
    starts: datetime
    zone: str
    minutes: int
    guests: str = ""
    prompts: str = ""
    rules: str = ""

    @property
    def ends(self) -> datetime:
        """When it ends, in UTC."""
        return self.starts + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Place:
    """Where a session is on Discord: its post, its card in there, and its event."""

    channel_id: int | None = None
    message_id: int | None = None
    event_id: int | None = None

    def link(self, guild_id: int) -> str:
        """Return the address of the post; "" while there is none."""
        if self.channel_id is None:
            return ""
        return f"https://discord.com/channels/{guild_id}/{self.channel_id}"


@dataclass(frozen=True)
class Event:
    """Something that happened to a session. `note` is what hosts said about it, for everybody."""

    at: datetime
    what: str
    by: int | None
    detail: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Session:
    """A session, whole.

    Attributes:
        id: the row, for the tables of others that belong to it.
        hosts: the accounts of those who host it, in the order they were named.
        coming: how many pressed that they come; Discord counts its event's subscribers itself.
        sequence: how often time or place changed, or it was cancelled (RFC 5545, 3.8.7.4).
        version: how often anything changed.
        announced_at: when everybody was told of it first; None if nobody was.
        opened_at, closed_at: when it really was opened and closed.
        series: the reference of the series it belongs to; "" for none.
        polls, maps: how many polls and opinion maps are held in it.
    """

    id: int
    guild_id: int
    reference: str
    state: State
    plan: Plan
    hosts: tuple[int, ...]
    coming: int
    place: Place
    sequence: int
    version: int
    changed_at: datetime
    announced_at: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    series: str = ""
    events: tuple[Event, ...] = ()
    polls: int = 0
    maps: int = 0

    @property
    def link(self) -> str:
        """The address of its post; "" while there is none."""
        return self.place.link(self.guild_id)

    @property
    def why(self) -> str:
        """What was said when it was last rescheduled or cancelled."""
        said = [one for one in self.events if one.note]
        return said[-1].note if said else ""


@dataclass(frozen=True)
class Line:
    """A session as a line in a list."""

    reference: str
    state: State
    kind: Kind
    topic: str
    starts: datetime
    ends: datetime
    link: str


def moves(now: State) -> tuple[State, ...]:
    """Return where hosts may move a session from `now`, in the machine's order."""
    return tuple(state for state in State if Mover.HOST in MOVES[now].get(state, ()))


def may_move(now: State, to: State, mover: Mover) -> bool:
    """Say whether the machine has this move for this mover."""
    return mover in MOVES[now].get(to, ())
