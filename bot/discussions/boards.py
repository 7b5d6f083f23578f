"""Boards: public messages that show how a poll or an opinion map stands, brought by the outbox.

However fast people vote, a board is brought up to date at most once in some seconds: votes ask for
nothing, and a look every few seconds asks for those boards that would show something else now.
"""

from datetime import datetime
from typing import Protocol

from bot.store.outbox import Effect

POLL = "poll.show"
OPINION = "opinion.show"
EVERY = 5.0
"""Seconds between looks whether boards are up to date, and whether anything is due to close."""


class Shown(Protocol):
    """A row that has a board."""

    guild_id: int
    reference: str
    version: int


def at_once(kind: str, row: Shown, *, again: str = "") -> Effect:
    """Bring a board up to date, because what it shows has changed for good."""
    return _board(kind, row, f"{row.version}{again}")


def once_more(kind: str, row: Shown, now: datetime) -> Effect:
    """Bring a board up to date, because people voted since."""
    return _board(kind, row, f"at{int(now.timestamp())}")


def subject(kind: str, reference: str) -> str:
    """Return what a board's placement is kept under."""
    return f"{kind.partition('.')[0]}:{reference}"


def _board(kind: str, row: Shown, once: str) -> Effect:
    return Effect(
        kind=kind,
        guild_id=row.guild_id,
        lane=f"{kind}:{row.guild_id}:{row.reference}",
        key=f"{kind}:{row.guild_id}:{row.reference}:{once}",
        payload={"reference": row.reference},
    )
