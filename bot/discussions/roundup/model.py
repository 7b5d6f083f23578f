"""The words of round-ups: what is in one, what somebody allows, and what can go wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.discussions.model import Session
from bot.discussions.queue.model import Question

OPENING_LIMIT = 2000
LINKS_LIMIT = 2000
ANSWER_LIMIT = 1000
QUOTE_LIMIT = 1000
MOST_PINS = 20
MOST_LINKS = 20
FLOOR = 5
"""Fewer people than this are not counted out loud."""


class Allowed(StrEnum):
    """What the author of a pinned message allows."""

    UNASKED = "unasked"
    ASKED = "asked"
    NAMED = "named"
    UNNAMED = "unnamed"
    NOTHING = "nothing"

    @property
    def quotes(self) -> bool:
        """Whether the words themselves may be shown."""
        return self in (Allowed.NAMED, Allowed.UNNAMED)


ANSWERS = (Allowed.NAMED, Allowed.UNNAMED, Allowed.NOTHING)
"""What an author can answer."""


class RoundupTrouble(Exception):
    """The desk cannot do what was asked of a round-up; subclasses say why."""


class NoRoundup(RoundupTrouble):
    """This session has none yet, or none that this person may see."""


class NotOver(RoundupTrouble):
    """The session has not been closed."""


class RoundupChanged(RoundupTrouble):
    """Somebody else changed it since it was looked at."""


@dataclass(frozen=True)
class Pin:
    """A message that was pinned in a session's post, as Discord has it."""

    message_id: int
    author_id: int
    name: str
    text: str


@dataclass(frozen=True)
class Gathered:
    """What a session's post shows: pins, links, and how many different people wrote there."""

    pins: Sequence[Pin] = ()
    links: Sequence[str] = ()
    attendance: int = 0


@dataclass(frozen=True)
class Answer:
    """A question, and what the host says was answered. `left_out` keeps it out of the round-up."""

    question: Question
    words: str = ""
    left_out: bool = False


@dataclass(frozen=True)
class Point:
    """A pinned message. `quote` is "" unless its author allows it; hosts see only that, too."""

    id: int
    message_id: int
    allowed: Allowed
    quote: str
    name: str
    left_out: bool


@dataclass(frozen=True)
class Roundup:
    """A round-up as it stands."""

    session: Session
    opening: str
    links: str
    attendance: int
    answers: Sequence[Answer]
    points: Sequence[Point]
    message_id: int | None
    drafted_at: datetime
    changed_at: datetime
    published_at: datetime | None
    version: int

    @property
    def shown_answers(self) -> list[Answer]:
        """The questions that are in it."""
        return [one for one in self.answers if not one.left_out and one.question.content]

    @property
    def shown_points(self) -> list[Point]:
        """The pinned messages that are in it; those whose authors said no are not even linked."""
        return [
            one for one in self.points if not one.left_out and one.allowed is not Allowed.NOTHING
        ]
