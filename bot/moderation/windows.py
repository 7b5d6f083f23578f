"""What is told only by several messages: floods, repetitions, crowds of mentions, raids.

In memory, bounded in number, and by what messages say of their own time; a text is remembered as
a hash that means nothing outside this process.
"""

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

from bot.moderation.model import Message
from bot.moderation.settings import CheckSettings, Flood, Mentions, Raid, Repeated

MOST = 20_000
"""People whose last messages are remembered for one check; the longest silent are forgotten."""

_MINUTE = 60.0


Person = tuple[int, int]
Kept = TypeVar("Kept")


class _Window(Generic[Kept]):
    """What is remembered of each key, in the order in which keys came."""

    def __init__(self, make: Callable[[], Kept]) -> None:
        self._make = make
        self._kept: dict[Person, Kept] = {}
        self.get = self._kept.get

    def begin(self, key: Person) -> Kept:
        """Return a new memory for a key, and forget those that came long before if it is full."""
        if len(self._kept) >= MOST:
            for old in list(self._kept)[: MOST // 4]:
                del self._kept[old]
        made = self._kept[key] = self._make()
        return made


class _Lately:
    """What happened lately by key: remembered for `seconds`, and forgotten before twice that."""

    def __init__(self, seconds: float, length: int) -> None:
        self._seconds = seconds
        self._length = length
        self._began = float("-inf")
        self._kept: dict[Person, deque[tuple[float, int]]] = {}
        self._older: dict[Person, deque[tuple[float, int]]] = {}

    def of(self, key: Person, at: float) -> deque[tuple[float, int]]:
        """Return the memory of a key, `at` seconds."""
        if at - self._began > self._seconds:
            self._older = self._kept if at - self._began <= 2 * self._seconds else {}
            self._kept, self._began = {}, at
        kept = self._kept.get(key)
        if kept is None:
            kept = self._older.pop(key, None) or deque(maxlen=self._length)
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = kept
        return kept


class _Said:
    """The last texts of one person: a hash of each, and when."""

    __slots__ = ("marks", "times")

    def __init__(self, length: int) -> None:
        self.marks: deque[int] = deque(maxlen=length)
        self.times: deque[float] = deque(maxlen=length)


class Windows:
    """The windows of every check that needs one. One pass, a few steps a message."""

    def __init__(self, checks: list[tuple[int, CheckSettings]]) -> None:
        self._floods = [
            (at, one.messages, one.seconds, _scoped(one), _Window(partial(_times, one.messages)))
            for at, one in checks
            if isinstance(one, Flood)
        ]
        self._repeats = [
            (at, one, _scoped(one), _Window(partial(_Said, 4 * one.times)))
            for at, one in checks
            if isinstance(one, Repeated)
        ]
        self._crowds = [
            (at, one, _Lately(one.seconds, 50)) for at, one in checks if isinstance(one, Mentions)
        ]
        self._raids = [
            (at, one, _Lately(one.seconds, 4 * one.people))
            for at, one in checks
            if isinstance(one, Raid)
        ]

    def look(self, message: Message, said: str) -> Sequence[int]:
        """Take a message in, `said` in small letters; return the checks that it sets off."""
        found: list[int] = []
        key = (message.guild_id, message.author_id)
        at = message.at
        for number, messages, seconds, scope, times in self._floods:
            if scope is None or scope.applies(message.channel_id, message.parent_id, ()):
                kept = times.get(key) or times.begin(key)
                kept.append(at)
                if at - kept[0] <= seconds and len(kept) == messages:
                    found.append(number)
        for number, repeated, scope, texts in self._repeats:
            if len(said) >= repeated.letters and (
                scope is None or scope.applies(message.channel_id, message.parent_id, ())
            ):
                before = texts.get(key) or texts.begin(key)
                mark = hash(said)
                before.marks.append(mark)
                before.times.append(at)
                if before.marks.count(mark) >= repeated.times and _lately(
                    before, mark, at, repeated
                ):
                    found.append(number)
        if message.mentions or message.everyone:
            found += self._crowd(message, key)
        joined = message.author_joined
        if self._raids and joined is not None:
            found += self._raid(message, said, joined)
        return found

    def _crowd(self, message: Message, key: tuple[int, int]) -> list[int]:
        found = []
        for number, crowd, window in self._crowds:
            kept = window.of(key, message.at)
            kept.append((message.at, message.mentions))
            total = sum(count for at, count in kept if message.at - at <= crowd.seconds)
            if total > crowd.most or (crowd.everyone and message.everyone):
                found.append(number)
        return found

    def _raid(self, message: Message, said: str, joined: float) -> list[int]:
        found = []
        for number, raid, window in self._raids:
            if joined > raid.joined_minutes * _MINUTE or len(said) < raid.letters:
                continue
            kept = window.of((message.guild_id, hash(said)), message.at)
            kept.append((message.at, message.author_id))
            people = {who for at, who in kept if message.at - at <= raid.seconds}
            if len(people) >= raid.people:
                found.append(number)
        return found


def _times(length: int) -> deque[float]:
    return deque(maxlen=length)


def _scoped(check: CheckSettings) -> CheckSettings | None:
    """Return a check if it is not for every channel."""
    return check if check.only_channels or check.except_channels else None


def _lately(kept: _Said, mark: int, at: float, repeated: Repeated) -> bool:
    seen = sum(
        1
        for one, when in zip(kept.marks, kept.times, strict=True)
        if one == mark and at - when <= repeated.seconds
    )
    return seen >= repeated.times
