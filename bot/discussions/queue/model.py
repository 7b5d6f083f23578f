"""The words of the question queue: stages, moves, and what can go wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PREFIX = "Q"
QUESTION_LIMIT = 300
MOST_WAITING = 2
"""Questions of one person that wait in one session, so that nobody fills the queue."""
MOST_LISTED = 25
"""As many as a menu of Discord's takes."""
COOL_DOWN = timedelta(seconds=30)
"""How long somebody waits between two questions in one session."""
HELD_FOR = timedelta(minutes=2)
"""How long a question that a moderator opened is theirs to decide."""
FOLLOW_UP = timedelta(days=7)
"""Within what time a follow-up is due."""
ALIKE = 0.75
"""Share of their words that two questions must have in common to be joined."""


class Stage(StrEnum):
    """Where a question stands."""

    ASKED = "asked"
    APPROVED = "approved"
    MERGED = "merged"
    DECLINED = "declined"
    ON_STAGE = "on_stage"
    ANSWERED = "answered"
    SKIPPED = "skipped"
    FOLLOW_UP = "follow_up"


WAITING = frozenset({Stage.ASKED, Stage.APPROVED})
MOVES = {
    Stage.ASKED: (Stage.APPROVED, Stage.DECLINED),
    Stage.APPROVED: (Stage.ON_STAGE, Stage.SKIPPED, Stage.DECLINED),
    Stage.ON_STAGE: (Stage.ANSWERED, Stage.FOLLOW_UP, Stage.SKIPPED),
    Stage.SKIPPED: (Stage.ON_STAGE,),
    Stage.FOLLOW_UP: (Stage.ANSWERED,),
}
"""What moderators can do with a question; joining it with another is apart."""


class QueueTrouble(Exception):
    """The desk cannot do what was asked of a question; subclasses say why."""


class NoSuchQuestion(QueueTrouble):
    """No question of this guild has that reference."""


class QueueIsClosed(QueueTrouble):
    """The session is over, or not announced."""


class TooManyWaiting(QueueTrouble):
    """This person has as many questions waiting as one can."""


class AlreadyMoved(QueueTrouble):
    """Somebody else decided about it in the meantime."""


class HeldByAnother(QueueTrouble):
    """Another moderator is deciding about it at this moment."""


class AlreadyAsked(QueueTrouble):
    """Names cannot be shown any more: people asked and were told that theirs is not."""


class TooSoon(QueueTrouble):
    """This person asked a moment ago."""


@dataclass(frozen=True)
class Ways:
    """How a queue works."""

    moderated: bool = True
    """Whether hosts read a question before everybody can."""
    named: bool = False
    """Whether everybody sees who asked."""


@dataclass(frozen=True)
class Question:
    """A question. `content` is None once its words were erased."""

    id: int
    reference: str
    session_id: int
    stage: Stage
    content: str | None
    votes: int
    newcomer: bool
    due_at: datetime | None
    version: int
    joined: tuple[str, ...] = ()
    """Other wordings that were joined with it, for hosts."""
    asked_by: int | None = None
    """Whose it is (an account), where the queue shows names."""
    credit: str = ""
    """The name that an FAQ entry made of it may give."""


def listed(questions: Sequence[Question]) -> list[Question]:
    """Return those of a queue's questions, in its order, that can be upvoted in one menu."""
    shown = (Stage.ON_STAGE, Stage.APPROVED)
    return [one for one in questions if one.stage in shown and one.content is not None][
        :MOST_LISTED
    ]
