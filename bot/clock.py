"""Time, as a parameter. Every service takes a `Clock`; nothing else asks what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns now as a timezone-aware `datetime` in UTC."""


def utc_now() -> datetime:
    """Return the real time, timezone-aware, in UTC."""
    return datetime.now(UTC)


def to_the_hour(moment: datetime) -> datetime:
    """Return the beginning of the hour a moment is in."""
    return moment.replace(minute=0, second=0, microsecond=0)
