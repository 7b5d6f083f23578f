"""The words of moderation cases: acts, states, who may move them, and what goes wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Act(StrEnum):
    """What a case is about."""

    REPORT = "report"
    """Members reported something, and nobody has decided yet."""
    NONE = "none"
    """Moderators looked at a report, and nothing had to be done."""
    NOTE = "note"
    """Only moderators read it."""
    NOTICE = "notice"
    """A kind word to a member, which counts for nothing."""
    WARN = "warn"
    TIMEOUT = "timeout"
    ROLE = "role"
    KICK = "kick"
    SOFTBAN = "softban"
    BAN = "ban"
    PURGE = "purge"
    LOCK = "lock"
    SLOW = "slow"


ON_MEMBERS = (
    Act.NOTICE,
    Act.WARN,
    Act.NOTE,
    Act.TIMEOUT,
    Act.ROLE,
    Act.KICK,
    Act.SOFTBAN,
    Act.BAN,
)
"""Acts on one member, the mildest first."""

TOLD = frozenset({Act.NOTICE, Act.WARN, Act.TIMEOUT, Act.ROLE, Act.KICK, Act.SOFTBAN, Act.BAN})
"""Acts of which the member is told, before they happen."""

APPEALABLE = TOLD - {Act.NOTICE}
REMOVES = frozenset({Act.KICK, Act.SOFTBAN, Act.BAN})
"""Acts after which a member shares no server with the desk."""

TIMED = frozenset({Act.TIMEOUT, Act.BAN, Act.ROLE, Act.LOCK, Act.SLOW})
"""Acts that can end by themselves."""

UNDONE = frozenset({Act.TIMEOUT, Act.BAN, Act.ROLE, Act.LOCK, Act.SLOW})
"""Acts that something on Discord can be undone of."""

COUNTS = {
    Act.WARN: timedelta(days=90),
    Act.TIMEOUT: timedelta(days=180),
    Act.ROLE: timedelta(days=180),
    Act.KICK: timedelta(days=365),
    Act.SOFTBAN: timedelta(days=365),
    Act.BAN: timedelta(days=365),
}
"""For how long an act counts when the next step is suggested: it decays."""

FADES = {
    **COUNTS,
    Act.NONE: timedelta(days=30),
    Act.NOTE: timedelta(days=365),
    Act.NOTICE: timedelta(days=90),
    Act.PURGE: timedelta(days=30),
    Act.LOCK: timedelta(days=30),
    Act.SLOW: timedelta(days=30),
}
"""After how long a case is over, unless something of it is still in force."""


class State(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    """Reported and not decided, or decided and not done on Discord yet."""
    ACTIONED = "actioned"
    APPEALED = "appealed"
    UPHELD = "upheld"
    CHANGED = "changed"
    LIFTED = "lifted"
    EXPIRED = "expired"
    """Its time is over, or there was nothing to do."""


class Mover(StrEnum):
    """Who makes a move."""

    DESK = "desk"
    MODERATOR = "moderator"
    MEMBER = "member"
    REVIEWER = "reviewer"
    """A moderator other than the one who acted."""


_IN_FORCE = {
    State.APPEALED: Mover.MEMBER,
    State.LIFTED: Mover.MODERATOR,
    State.EXPIRED: Mover.DESK,
}

MOVES: dict[State, dict[State, Mover]] = {
    State.OPEN: {
        State.ACTIONED: Mover.DESK,
        State.LIFTED: Mover.MODERATOR,
        State.EXPIRED: Mover.MODERATOR,
    },
    State.ACTIONED: _IN_FORCE,
    State.APPEALED: {
        State.UPHELD: Mover.REVIEWER,
        State.CHANGED: Mover.REVIEWER,
        State.LIFTED: Mover.REVIEWER,
    },
    State.UPHELD: {State.LIFTED: Mover.MODERATOR, State.EXPIRED: Mover.DESK},
    State.CHANGED: {State.LIFTED: Mover.MODERATOR, State.EXPIRED: Mover.DESK},
    State.LIFTED: {},
    # A warning that counts for nothing any more can still be wrong.
    State.EXPIRED: {State.APPEALED: Mover.MEMBER},
}
"""The whole state machine: from each state, where a case may be moved, and by whom."""

IN_FORCE = frozenset({State.OPEN, State.ACTIONED, State.APPEALED, State.UPHELD, State.CHANGED})
OUTCOMES = (State.UPHELD, State.CHANGED, State.LIFTED)
"""How an appeal can be decided."""


class Source(StrEnum):
    """How a case came to be."""

    DESK = "desk"
    """A moderator, with the desk's commands."""
    HAND = "hand"
    """A moderator, by hand in Discord."""
    CHECK = "check"
    """The desk's own checks."""
    REPORT = "report"
    """Members."""


class Told(StrEnum):
    """Whether the member got the direct message about a case."""

    NO = "no"
    YES = "yes"
    SHUT = "shut"
    """They cannot get one from the desk."""


REASON_LIMIT = 1000
EVIDENCE_LIMIT = 2000
APPEAL_LIMIT = 2000
REPORT_LIMIT = 1000
LONGEST_TIMEOUT = 28 * 24 * 60
"""Minutes: Discord's limit (https://docs.discord.com/developers/resources/guild)."""
LONGEST = 5 * 365 * 24 * 60
SLOWEST = 21_600
"""Seconds between two messages: Discord's limit of a channel's slow mode."""
MOST_PURGED = 100
APPEAL_DAYS = 30
"""For how many days after an act it can be appealed; what is in force, always."""
DECIDE_DAYS = 7
NO_RULE = "-"
"""Stands for the rule of what was done by hand, where nobody named one."""


class CaseTrouble(Exception):
    """The desk cannot do what was asked of a case; subclasses say why."""


class NoSuchCase(CaseTrouble):
    """No case of this guild has that reference, or nobody holds that code."""


@dataclass
class BadCase(CaseTrouble):
    """What was typed cannot be taken as it is. `problem` is a catalog key."""

    problem: str


@dataclass
class NotAllowedMove(CaseTrouble):
    """The machine has no such move for people; names those it has."""

    now: State
    wanted: State

    @property
    def allowed(self) -> tuple[State, ...]:
        """Where the case may be moved from here."""
        return tuple(MOVES[self.now])


@dataclass
class SomebodyWasFirst(CaseTrouble):
    """Another moderator acted first: on this case, or on this member a moment ago."""

    by: int | None
    act: Act
    reference: str


@dataclass
class AlreadyInForce(CaseTrouble):
    """The same act on the same member or channel is in force."""

    by: int | None
    act: Act
    reference: str


class SameModerator(CaseTrouble):
    """An appeal is decided by somebody else than the one who acted."""


class TooManyReports(CaseTrouble):
    """This member reported as much as one can for now."""


class OwnReport(CaseTrouble):
    """Somebody reports themselves."""


@dataclass
class CannotAppeal(CaseTrouble):
    """This cannot be appealed (any more). `problem` is a catalog key."""

    problem: str


@dataclass(frozen=True)
class Order:
    """What a moderator wants done, and why."""

    act: Act
    rule: str
    reason: str = field(repr=False)
    subject: int | None = field(default=None, repr=False)
    channel_id: int | None = None
    role_id: int | None = None
    minutes: int | None = None
    """How long it lasts; None: until somebody ends it."""
    seconds: int | None = None
    """Of slow mode: between two messages. Of bans: how far back messages are deleted."""
    link: str = ""
    """The message that it is about."""
    evidence: str = field(default="", repr=False)
    """What that message said: sealed, and kept as long as the case needs it."""
    detail: Mapping[str, str] = field(default_factory=dict)
    """Ids and numbers that the act needs, such as what a channel was like before."""


@dataclass(frozen=True)
class Event:
    """Something that happened to a case."""

    at: datetime
    what: str
    by: int | None
    detail: Mapping[str, str] = field(default_factory=dict)
    note: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Appeal:
    """What a member said against a case, and what was decided."""

    at: datetime
    due: datetime
    words: str | None = field(repr=False)
    outcome: State | None = None
    answer: str | None = field(default=None, repr=False)
    decided_at: datetime | None = None
    decided_by: int | None = None


@dataclass(frozen=True)
class Report:
    """One member's report, as moderators read it: without who it was."""

    at: datetime
    words: str | None = field(repr=False)


@dataclass(frozen=True)
class Line:
    """A case as a line in a list. `subject` is opened for staff's eyes only."""

    reference: str
    act: Act
    state: State
    rule: str
    subject: int | None
    channel_id: int | None
    opened_at: datetime
    until: datetime | None
    counts: bool = False
    """Whether it counts when the next step is suggested."""


@dataclass(frozen=True)
class Case:
    """A case, whole, as moderators see it."""

    guild_id: int
    reference: str
    act: Act
    state: State
    source: Source
    rule: str
    subject: int | None
    channel_id: int | None
    role_id: int | None
    seconds: int | None
    by: int | None
    reason: str | None = field(repr=False)
    link: str
    evidence: str | None = field(repr=False)
    detail: Mapping[str, str]
    opened_at: datetime
    done_at: datetime | None
    until: datetime | None
    told: Told
    trouble: str
    reports: tuple[Report, ...]
    appeal: Appeal | None
    events: tuple[Event, ...]
    version: int
    code: str = field(default="", repr=False)
    """The code that the member appeals with; "" if this cannot be appealed."""


@dataclass(frozen=True)
class OwnCase:
    """A case as the member it is about sees it: without who acted."""

    guild_id: int
    reference: str
    act: Act
    state: State
    rule: str
    reason: str | None = field(repr=False)
    opened_at: datetime
    until: datetime | None
    can_appeal: bool
    appeal: Appeal | None


def appealed_until(opened_at: datetime) -> datetime:
    """Return until when what is over can be appealed."""
    return opened_at + timedelta(days=APPEAL_DAYS)
