"""What a brake is, and when a server wants one to begin by itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SLOWEST = 21_600
"""Seconds; Discord's own limit of slow mode."""
LONGEST = 1_440
"""Minutes that a brake may last before somebody has to press again."""


class Cause(StrEnum):
    """Why a brake began, or was over."""

    PRESSED = "pressed"
    PILE_ON = "pile_on"
    TIME = "time"


class BrakeIsOn(Exception):
    """There is a brake on this thread already."""


class NoBrake(Exception):
    """There is no brake on this thread, or not any more."""


@dataclass(frozen=True)
class BrakeSetup:
    """A server's choice.

    Attributes:
        by_itself: whether a pile-on sets a brake without anybody pressing.
        people: so many different people who answer or mention one and the same person within ten
            minutes, in one thread or channel, are a pile-on.
        slow_seconds: the slow mode of a brake.
        minutes: how long it lasts, from the last pile-on on.
    """

    by_itself: bool = False
    people: int = 6
    slow_seconds: int = 60
    minutes: int = 30


@dataclass(frozen=True)
class Brake:
    """One brake on a thread or text channel.

    Attributes:
        slow_seconds: the slow mode that it sets.
        before: the slow mode of before, in seconds; None until that is noted.
        line: the message in the thread that says why it is slow; None until it is posted.
        restored: whether the slow mode is again as it was before.
    """

    guild_id: int
    number: int
    channel_id: int
    cause: Cause
    slow_seconds: int
    began_at: datetime
    ends_at: datetime
    over_at: datetime | None
    over: Cause | None
    before: int | None
    line: int | None
    restored: bool
    version: int

    @property
    def is_on(self) -> bool:
        """Say whether it lasts."""
        return self.over_at is None
