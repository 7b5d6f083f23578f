"""Telling a surge from a busy evening: so many in a minute. In memory, and bounded."""

from collections import deque

WINDOW = 60.0
"""Seconds."""
_MOST_GUILDS = 5_000


class Surge:
    """The last moments at which something happened, server by server."""

    def __init__(self) -> None:
        self._kept: dict[int, deque[float]] = {}

    def note(self, guild_id: int, at: float, most: int) -> bool:
        """Note that it happened once more, at `at` seconds; say whether that makes a surge.

        After a surge counting begins anew, so that one surge is told of once a minute at most.
        """
        kept = self._kept.get(guild_id)
        if kept is None or kept.maxlen != most:
            if len(self._kept) >= _MOST_GUILDS:
                self._kept.clear()
            kept = self._kept[guild_id] = deque(kept or (), maxlen=max(most, 1))
        kept.append(at)
        if len(kept) < most or at - kept[0] > WINDOW:
            return False
        kept.clear()
        return True
