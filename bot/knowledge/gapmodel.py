"""What a gap is, as editors see it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class GapState(StrEnum):
    """Where a gap stands: open -> drafted -> answered; set aside instead, and opened again."""

    OPEN = "open"
    DRAFTED = "drafted"
    ANSWERED = "answered"
    ASIDE = "aside"


class Why(StrEnum):
    """Why a question counts as unanswered."""

    UNKNOWN = "unknown"
    NOT_MINE = "not_mine"


@dataclass(frozen=True)
class Asked:
    """One question of a gap. `near` is the entry that was shown and was not what they meant."""

    id: int
    text: str
    why: Why
    near: str
    at: datetime


@dataclass(frozen=True)
class Gap:
    """Questions alike that no entry answers. `waiting` is how many people want to be told.

    `asked` counts every time; `questions` are those whose words are still kept, newest first.
    """

    guild_id: int
    reference: str
    state: GapState
    entry_id: str | None
    asked: int
    waiting: int
    first_at: datetime
    last_at: datetime
    questions: tuple[Asked, ...]

    @property
    def title(self) -> str:
        """The first of its questions that is kept; "" if none is."""
        return self.questions[-1].text if self.questions else ""


@dataclass
class NoSuchGap(Exception):
    """This server has no such gap, or no longer."""

    reference: str


class TooLate(Exception):
    """The question is not kept any more, so nobody can be told of its answer."""
