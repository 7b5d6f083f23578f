"""Concerns as lines of a list, without anything that people typed."""

from dataclasses import dataclass
from datetime import datetime

from bot.concerns.model import Kind, Priority, State, Urgent


@dataclass(frozen=True)
class Summary:
    """A concern as a line in a queue: nothing of what the person typed."""

    reference: str
    kind: Kind
    state: State
    raised_at: datetime
    claimed_by: int | None
    unread_letters: int = 0
    due_at: datetime | None = None
    priority: Priority = Priority.NORMAL
    urgent: Urgent | None = None
    topic: str = ""
    covered: bool = False
    """Somebody keeps out of it, so only the reference is for all of staff. Known of `late` only."""


@dataclass(frozen=True)
class Page:
    """One page of the queue. `next_after` is the cursor of the following page, if there is one,
    and `previous_before` of the one before. `many` says that there may be more than `total_open`.
    """

    summaries: tuple[Summary, ...]
    total_open: int
    next_after: str | None
    previous_before: str | None = None
    many: bool = False
