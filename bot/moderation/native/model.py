"""What a rule of Discord's AutoMod is to the desk, and where it stands.

Limits are Discord's own (https://docs.discord.com/developers/resources/auto-moderation).
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum

MOST_KEYWORDS = 1_000
MOST_ALLOWED = 100
LONGEST_KEYWORD = 60
MOST_MENTIONS = 50
MOST_ROLES = 20
MOST_CHANNELS = 50
LONGEST_MESSAGE = 150
"""Of the line that somebody whose message was blocked reads."""
PREFIX = "Commonplace: "
"""What the names of the desk's own rules begin with."""


class Kind(StrEnum):
    """What sets a rule off. A server has at most six of keywords and one of mentions."""

    KEYWORDS = "keywords"
    MENTIONS = "mentions"


class Why(StrEnum):
    """Why a check is left to the desk."""

    DRY = "dry"
    """It is only tried."""
    MILDER = "milder"
    """What follows first is milder than blocking."""
    SOME_CHANNELS = "some_channels"
    """It is for some channels only, which AutoMod does not know."""
    TALK = "talk"
    """AutoMod would block talk about it as well, and `native` does not say that this is wanted."""
    TOO_MUCH = "too_much"
    """What it leaves alone, or how many mentions it allows, is more than AutoMod takes: cut off, it
    would block what the desk lets pass."""
    NO_PART = "no_part"
    """AutoMod has nothing that looks for it as precisely."""


class State(StrEnum):
    """Where one of the desk's rules stands in Discord."""

    KEPT = "kept"
    CHANGED = "changed"
    """Somebody changed it by hand; it stays so until an admin has it put back."""
    DELETED = "deleted"
    """Somebody deleted it by hand; as `CHANGED`."""
    FULL = "full"
    """The server has as many rules of this kind as Discord allows."""


@dataclass(frozen=True)
class NativeRule:
    """One rule as it ought to be in Discord.

    Attributes:
        check_id: the check that it is made of.
        keywords: `word` is a whole word, `*word*` any part of a text.
        left: how many words did not fit Discord's limits.
    """

    check_id: str
    rule: str
    kind: Kind
    keywords: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    mentions: int = 0
    roles: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    message: str = ""
    left: int = 0

    @property
    def name(self) -> str:
        """Its name in Discord."""
        return f"{PREFIX}{self.check_id}"

    @property
    def digest(self) -> str:
        """Say in short what it is: equal rules have equal digests, in whatever order."""
        known = asdict(self)
        for part in ("keywords", "allowed", "roles", "channels"):
            known[part] = sorted(known[part])
        for part in ("rule", "left"):
            del known[part]
        return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:40]


@dataclass(frozen=True)
class Plan:
    """What AutoMod can take of the checks, and what it cannot, each with why."""

    rules: tuple[NativeRule, ...]
    left: tuple[tuple[str, Why], ...]


@dataclass(frozen=True)
class Kept:
    """One of the desk's rules in a server: which, and where it stands."""

    check_id: str
    rule_id: int | None
    digest: str
    state: State
