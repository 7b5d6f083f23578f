"""Boards: public messages that show how a poll or an opinion map stands, brought by the outbox.

However fast people vote, a board is brought up to date at most once in some seconds: all votes of
a stretch of time ask for one and the same effect, which is delivered when the stretch is over.
"""

from datetime import datetime, timedelta
from typing import Protocol

from bot.store.outbox import Effect

POLL = "poll.show"
OPINION = "opinion.show"
STRETCH = timedelta(seconds=5)


class Shown(Protocol):
    """A row that has a board."""

    guild_id: int
    reference: str
    version: int


def at_once(kind: str, row: Shown, *, again: str = "") -> Effect:
    """Bring a board up to date now, and post it if it is not there."""
    return _board(kind, row, f"{row.version}{again}", timedelta(0))


def soon(kind: str, row: Shown, now: datetime) -> Effect:
    """Bring a board up to date when this stretch of time is over."""
    stretch = STRETCH.total_seconds()
    number, into = divmod(now.timestamp(), stretch)
    return _board(kind, row, f"at{int(number)}", timedelta(seconds=stretch - into))


def subject(kind: str, reference: str) -> str:
    """Return what a board's placement is kept under."""
    return f"{kind.partition('.')[0]}:{reference}"


def _board(kind: str, row: Shown, once: str, wait: timedelta) -> Effect:
    return Effect(
        kind=kind,
        guild_id=row.guild_id,
        lane=f"{kind}:{row.guild_id}:{row.reference}",
        key=f"{kind}:{row.guild_id}:{row.reference}:{once}",
        payload={"reference": row.reference},
        wait=wait,
    )
