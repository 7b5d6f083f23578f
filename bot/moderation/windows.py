"""What is told only by several messages: floods, repetitions, crowds of mentions, raids.

In memory, bounded in number, and by what messages say of their own time; a text is remembered as
a hash that means nothing outside this process.
"""

from collections import deque

from bot.moderation.model import Message
from bot.moderation.settings import CheckSettings, Flood, Mentions, Raid, Repeated

MOST = 20_000
"""People whose last messages are remembered for one check; the longest silent are forgotten."""

_MINUTE = 60.0


class _Window:
    """The last messages of each key, in the order in which keys came."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._kept: dict[tuple[int, int], deque[tuple[float, int, int]]] = {}

    def of(self, key: tuple[int, int]) -> deque[tuple[float, int, int]]:
        kept = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= MOST:
                for old in list(self._kept)[: MOST // 4]:
                    del self._kept[old]
            kept = self._kept[key] = deque(maxlen=self._length)
        return kept


class Windows:
    """The windows of every check that needs one. One pass, a few steps a message."""

    def __init__(self, checks: list[tuple[int, CheckSettings]]) -> None:
        self._floods = [
            (at, one, _Window(one.messages)) for at, one in checks if isinstance(one, Flood)
        ]
        self._repeats = [
            (at, one, _Window(4 * one.times)) for at, one in checks if isinstance(one, Repeated)
        ]
        self._crowds = [(at, one, _Window(50)) for at, one in checks if isinstance(one, Mentions)]
        self._raids = [
            (at, one, _Window(4 * one.people)) for at, one in checks if isinstance(one, Raid)
        ]

    def look(self, message: Message, said: str) -> list[int]:
        """Take a message in, `said` in small letters; return the checks that it sets off."""
        found: list[int] = []
        key = (message.guild_id, message.author_id)
        at = message.at
        for number, flood, window in self._floods:
            if _reads(flood, message):
                kept = window.of(key)
                kept.append((at, 0, 0))
                if len(kept) == flood.messages and at - kept[0][0] <= flood.seconds:
                    found.append(number)
        for number, repeated, window in self._repeats:
            if len(said) >= repeated.letters and _reads(repeated, message):
                kept = window.of(key)
                mark = hash(said)
                kept.append((at, mark, message.channel_id))
                if (
                    len(kept) >= repeated.times
                    and _times(kept, mark, at, repeated) >= repeated.times
                ):
                    found.append(number)
        if message.mentions or message.everyone:
            found += self._crowd(message, key)
        if self._raids and message.author_joined is not None:
            found += self._raid(message, said, message.author_joined)
        return found

    def _crowd(self, message: Message, key: tuple[int, int]) -> list[int]:
        found = []
        for number, crowd, window in self._crowds:
            kept = window.of(key)
            kept.append((message.at, message.mentions, 0))
            total = sum(count for at, count, _ in kept if message.at - at <= crowd.seconds)
            if total > crowd.most or (crowd.everyone and message.everyone):
                found.append(number)
        return found

    def _raid(self, message: Message, said: str, joined: float) -> list[int]:
        found = []
        for number, raid, window in self._raids:
            if joined > raid.joined_minutes * _MINUTE or len(said) < raid.letters:
                continue
            kept = window.of((message.guild_id, hash(said)))
            kept.append((message.at, message.author_id, 0))
            people = {who for at, who, _ in kept if message.at - at <= raid.seconds}
            if len(people) >= raid.people:
                found.append(number)
        return found


def _reads(check: CheckSettings, message: Message) -> bool:
    if not check.only_channels and not check.except_channels:
        return True
    return check.applies(message.channel_id, message.parent_id, ())


def _times(kept: deque[tuple[float, int, int]], mark: int, at: float, repeated: Repeated) -> int:
    return sum(1 for when, one, _ in kept if one == mark and at - when <= repeated.seconds)
