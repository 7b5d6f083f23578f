"""What a storm is, and how a server wants to be kept in one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SLOWEST = 21_600
"""Seconds; Discord's own limit of slow mode."""
LONGEST = 1_440
"""Minutes that a storm may last before somebody has to press again."""
MOST_CHANNELS = 20
FRESH = timedelta(hours=1)
"""Whoever joined so shortly before a storm, or in it, is a newcomer."""
VERIFIED = 3
"""The verification level of a storm: whoever joined less than ten minutes ago cannot write yet
(https://docs.discord.com/developers/resources/guild#guild-object-verification-level).
"""


class Cause(StrEnum):
    """Why a storm began, or was over."""

    PRESSED = "pressed"
    JOINS = "joins"
    MESSAGES = "messages"
    TIME = "time"


class StormIsOn(Exception):
    """There is a storm already."""


class NoStorm(Exception):
    """There is no storm, or not any more."""


@dataclass(frozen=True)
class StormSetup:
    """A server's choice.

    Attributes:
        by_itself: whether a surge begins a storm without anybody pressing.
        joins: so many people who join within a minute are a surge.
        messages: so many messages within a minute are one.
        slow_seconds: the slow mode of the chosen channels in a storm; 0 leaves them alone.
        minutes: how long a storm lasts, from the last surge on.
        channels: the text channels that are slowed down.
        board_id: the text channel where what is known is pinned; None pins nothing.
        topic: the topic page whose words are pinned.
        known: the words of staff that are pinned if no topic is chosen.
        hold_first: whether what newcomers write waits until a moderator has read one of theirs.
    """

    by_itself: bool = False
    joins: int = 30
    messages: int = 300
    slow_seconds: int = 30
    minutes: int = 60
    channels: tuple[int, ...] = ()
    board_id: int | None = None
    topic: str = ""
    known: str = ""
    hold_first: bool = False


@dataclass(frozen=True)
class Storm:
    """One storm of a server.

    Attributes:
        before: how Discord was set before: the verification level, and each channel's slow mode
            in seconds; None until that is noted.
        board: the channel and the message in which what is known is pinned.
        restored: whether everything is set again as it was before.
    """

    guild_id: int
    number: int
    cause: Cause
    began_at: datetime
    ends_at: datetime
    over_at: datetime | None
    over: Cause | None
    before: tuple[int, dict[int, int]] | None
    board: tuple[int, int] | None
    restored: bool
    version: int

    @property
    def is_on(self) -> bool:
        """Say whether it lasts."""
        return self.over_at is None
