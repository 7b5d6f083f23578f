"""How fast the desk works for one person, and for one server: a bucket of turns for each.

A person's own bucket comes first, so that somebody who asks without pause uses up nobody else's.
In memory, and only for those who asked lately.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock

MOST = 20_000


@dataclass
class _Bucket:
    turns: float
    at: datetime
    told: bool = False


class Bucket:
    """Turns by key: `burst` at once, refilled evenly to `per_minute` in a minute."""

    def __init__(self, clock: Clock, *, per_minute: int, burst: int | None = None) -> None:
        self._clock = clock
        self._rate = per_minute / 60
        self._burst = float(burst or per_minute)
        self._kept: OrderedDict[int, _Bucket] = OrderedDict()

    def take(self, key: int) -> bool:
        """Use up one turn; False if there is none left."""
        bucket = self._filled(key)
        if bucket.turns < 1:
            return False
        bucket.turns -= 1
        bucket.told = False
        return True

    def tell(self, key: int) -> bool:
        """Say whether this key has not been told yet that it has no turns left."""
        bucket = self._filled(key)
        told, bucket.told = bucket.told, True
        return not told

    def _filled(self, key: int) -> _Bucket:
        now = self._clock()
        bucket = self._kept.setdefault(key, _Bucket(self._burst, now))
        passed = max((now - bucket.at).total_seconds(), 0)
        bucket.turns = min(self._burst, bucket.turns + passed * self._rate)
        bucket.at = now
        self._kept.move_to_end(key)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return bucket


class Pace:
    """The turns of people and of servers."""

    def __init__(self, clock: Clock, *, per_person: int, per_server: int) -> None:
        self._people = Bucket(clock, per_minute=per_person)
        self._servers = Bucket(clock, per_minute=per_server)

    def allows(self, person_id: int, guild_id: int | None) -> bool:
        """Use up one turn of this person and of this server; False if either has none."""
        return self._people.take(person_id) and (guild_id is None or self._servers.take(guild_id))

    def tell(self, person_id: int) -> bool:
        """Say whether to tell this person so: once, until they have a turn again."""
        return self._people.tell(person_id)


class Cooldown:
    """Lets a thing happen once, and again only after a while, by key. In memory."""

    def __init__(self, clock: Clock, *, minutes: int) -> None:
        self._clock = clock
        self._rest = timedelta(minutes=minutes)
        self._until: OrderedDict[int, datetime] = OrderedDict()

    def rests(self, key: int) -> bool:
        """Say whether it happened too short a while ago."""
        until = self._until.get(key)
        return until is not None and until > self._clock()

    def begin(self, key: int) -> None:
        """Note that it happens now."""
        self._until[key] = self._clock() + self._rest
        self._until.move_to_end(key)
        while len(self._until) > MOST:
            self._until.popitem(last=False)
