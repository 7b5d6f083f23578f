"""The courier's brake: while Discord is in trouble, one careful try at a time.

Discord shuts out whoever sends 10,000 requests that fail (401, 403, 429) in ten minutes
(https://docs.discord.com/developers/topics/rate-limits), and a service that is down comes back
sooner if nobody hammers at it. One lane that fails over and over is its own trouble and brakes
nothing; several lanes that fail, and none that succeeds, are Discord's.
"""

from collections.abc import Callable

_LANES = 3
_FIRST, _LONGEST = 5.0, 120.0


class Brake:
    """How many effects may be tried at once, and when the next."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Take a clock that counts seconds."""
        self._now = now
        self._failing: set[str] = set()
        self._next_pause = 0.0
        self._until = 0.0

    def fail(self, lane: str) -> None:
        """Note that an effect of this lane failed, for a reason that is Discord's."""
        self._failing.add(lane)
        if len(self._failing) < _LANES:
            return
        # What was under way already when the brake was put on does not make it harder.
        if self._now() >= self._until:
            self._next_pause = min(max(2 * self._next_pause, _FIRST), _LONGEST)
            self._until = self._now() + self._next_pause

    @property
    def on(self) -> bool:
        """Say whether only one effect may be tried at a time."""
        return self._next_pause > 0

    def release(self) -> None:
        """Note that an effect happened."""
        self._failing.clear()
        self._next_pause = self._until = 0.0

    def places(self, most: int) -> int:
        """Return how many effects may be in hand now."""
        if self._next_pause == 0:
            return most
        return 0 if self._now() < self._until else 1

    def pause(self) -> float:
        """Return the seconds until the next try may begin."""
        return max(self._until - self._now(), 0.0) if self._next_pause else 0.0
