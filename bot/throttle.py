"""Holding sources to a number of acts in a time, without remembering who they are.

A source (an account, an address) is known by a hash under a key made anew with each process, in
memory only: nothing is stored, logged, or comparable between two runs.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict, deque
from datetime import datetime, timedelta

from bot.clock import Clock

_MOST_SOURCES = 20_000


class Throttle:
    """Counts acts by source and all together, within a sliding time."""

    def __init__(self, clock: Clock, *, each: int, everybody: int, per: timedelta) -> None:
        self._clock = clock
        self._each = each
        self._per = per
        self._key = secrets.token_bytes(32)
        self._all: deque[datetime] = deque(maxlen=everybody)
        self._sources: OrderedDict[bytes, deque[datetime]] = OrderedDict()

    def full(self, source: str) -> bool:
        """Say whether this source, or all together, have done as much as they may for now."""
        since = self._clock() - self._per
        if len(self._all) == self._all.maxlen and self._all[0] > since:
            return True
        acts = self._sources.get(self._print(source), ())
        return sum(at > since for at in acts) >= self._each

    def count(self, source: str) -> None:
        """Count one act of this source."""
        now, print_ = self._clock(), self._print(source)
        self._all.append(now)
        self._sources.setdefault(print_, deque(maxlen=self._each)).append(now)
        self._sources.move_to_end(print_)
        while self._sources:
            oldest = next(iter(self._sources.values()))
            if len(self._sources) <= _MOST_SOURCES and oldest[-1] > now - self._per:
                return
            self._sources.popitem(last=False)

    def _print(self, source: str) -> bytes:
        return hmac.digest(self._key, source.encode("utf-8", "replace"), hashlib.sha256)
