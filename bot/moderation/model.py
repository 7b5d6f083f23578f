"""The words of moderation that its parts share: messages, checks, actions, rules and verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Check(StrEnum):
    """What messages are checked for. Its value is what config/moderation.yaml calls it."""

    FLOOD = "flood"
    REPEATED = "repeated"
    MENTIONS = "mentions"
    INVITES = "invites"
    LINKS = "links"
    LOOKALIKES = "lookalikes"
    ZALGO = "zalgo"
    INVISIBLE = "invisible"
    WORDS = "words"
    PATTERNS = "patterns"
    NEWCOMERS = "newcomers"
    RAID = "raid"
    FIRST = "first"
    PHOTO = "photo"
    SCAM = "scam"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    IDENTITY = "identity"
    WHO_IS = "who_is"
    FACE_SEARCH = "face_search"
    TARGET = "target"


PERSONAL = frozenset(
    {
        Check.PHONE,
        Check.EMAIL,
        Check.ADDRESS,
        Check.IDENTITY,
        Check.WHO_IS,
        Check.FACE_SEARCH,
        Check.TARGET,
    }
)
"""The personal-data guard: checks that protect somebody who is written about."""


class Action(StrEnum):
    """What follows from a verdict, the mildest first."""

    NOTE = "note"
    """It is recorded; moderators see it in the figures."""
    ASK = "ask"
    """The message stays, and its author is asked in private to look at it again."""
    HOLD = "hold"
    """The message is taken down, its author gets it back in private, and moderators look at it."""
    REMOVE = "remove"
    """The message is taken down, and its author gets it back in private."""
    WARN = "warn"
    """As `remove`, and a case is opened with a warning."""
    TIMEOUT = "timeout"
    """As `remove`, and a case is opened with a timeout."""


TAKES_DOWN = frozenset({Action.HOLD, Action.REMOVE, Action.WARN, Action.TIMEOUT})
OPENS_CASE = frozenset({Action.WARN, Action.TIMEOUT})


class Mode(StrEnum):
    """How far a check goes."""

    OFF = "off"
    DRY = "dry"
    """It only records what it would have done."""
    ON = "on"


@dataclass(frozen=True)
class Step:
    """One step of an action ladder. `minutes` is how long a timeout takes."""

    action: Action
    minutes: int = 0


@dataclass(frozen=True)
class Rule:
    """One rule of the community, as everybody reads it. `words` has it in other languages."""

    id: str
    title: str
    text: str
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def said(self, language: str) -> tuple[str, str]:
        """Return title and text in a language (such as fr), or as they are written."""
        return self.words.get(language.partition("-")[0], (self.title, self.text))


@dataclass(slots=True)
class Message:
    """A message as the checks read it: in memory, while it is looked at.

    `at` and the ages are seconds; `author_joined` is how long ago the author joined, None if
    Discord did not say.
    """

    id: int
    guild_id: int
    channel_id: int
    author_id: int
    text: str = field(repr=False)
    at: float
    parent_id: int = 0
    roles: tuple[int, ...] = ()
    mentions: int = 0
    everyone: bool = False
    account_age: float = 1e9
    author_joined: float | None = None
    attachments: int = 0


@dataclass(frozen=True)
class Verdict:
    """That a message breaks a rule, and what follows: what checks hand to whoever opens cases.

    `evidence` is a keyed hash of the text, never the text. `dry` says that nothing is done.
    """

    rule: str
    check: Check
    action: Action
    evidence: str
    guild_id: int
    channel_id: int
    message_id: int
    author_id: int = field(repr=False)
    minutes: int = 0
    dry: bool = False
