"""Threads that wait for staff: looking for them once a day, and telling staff of each once.

Nothing is kept of threads. A day's look takes those whose wait grew long enough since the look
before, so each is told once, also if the desk was down on a day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.store.outbox import Effect, Parcel

LOOK = "threads.look"
WAITING = "threads.waiting"

FIRST = timedelta(days=7)
"""How far back the first look of all goes."""
MOST_TOLD = 10
MOST_READ = 50
"""Threads of one server that are read in one look, those written in last first."""


@dataclass(frozen=True)
class Window:
    """Since when a thread waits that is told today: later than `after`, not later than `until`."""

    after: datetime
    until: datetime

    @classmethod
    def of(cls, now: datetime, before: datetime | None, days: int) -> "Window":
        """Return the window of a look; `before` is when the look before was, if there was one."""
        wait = timedelta(days=days)
        return cls((now - FIRST if before is None else before) - wait, now - wait)

    @classmethod
    def read(cls, parcel: Parcel) -> "Window":
        """Return the window that an effect carries."""
        after, until = (str(parcel.payload[name]) for name in ("after", "until"))
        return cls(datetime.fromisoformat(after), datetime.fromisoformat(until))

    def has(self, since: datetime) -> bool:
        """Say whether what waits since then is told today."""
        return self.after < since <= self.until


@dataclass(frozen=True)
class Waits:
    """A thread that waits for staff: nobody of theirs has written in it since then."""

    channel_id: int
    since: datetime


def look(guild_id: int, day: date, window: Window) -> Effect:
    """Look for threads that wait."""
    return Effect(
        kind=LOOK,
        guild_id=guild_id,
        lane=f"threads:{guild_id}",
        key=f"{LOOK}:{guild_id}:{day.isoformat()}",
        payload={
            "day": day.isoformat(),
            "after": window.after.isoformat(),
            "until": window.until.isoformat(),
        },
    )


def waiting(looked: Parcel, found: Sequence[Waits]) -> Effect:
    """Tell staff of threads that wait: those that wait longest, and how many more there are."""
    longest = sorted(found, key=lambda one: (one.since, one.channel_id))[:MOST_TOLD]
    return Effect(
        kind=WAITING,
        guild_id=looked.guild_id,
        lane=looked.lane,
        key=f"{WAITING}:{looked.guild_id}:{looked.payload['day']}",
        payload={
            "threads": [[one.channel_id, one.since.isoformat()] for one in longest],
            "more": len(found) - len(longest),
        },
    )


def told(parcel: Parcel) -> tuple[tuple[Waits, ...], int]:
    """Return which threads an effect tells of, and how many more there are."""
    threads: Iterable[tuple[int, str]] = parcel.payload["threads"]
    found = (Waits(int(where), datetime.fromisoformat(since)) for where, since in threads)
    return tuple(found), int(parcel.payload["more"])
