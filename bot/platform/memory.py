"""What people typed a moment ago, kept in memory only, while they decide what to do with it.

A question that was asked may be passed to staff by a button; a custom id must not carry people's
words, and who asked may not be written to disk before they choose to. So the button carries a
token, and the words wait here: for an hour, for that person alone, and never beyond this process.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.ids import ALPHABET, Randomness

LIFE = timedelta(hours=1)
MOST = 2000
"""Of 4,000 characters each: some 32 MB at the very most."""

MOST_LANGUAGES = 10_000
TOPIC_LIFE = timedelta(minutes=15)
MOST_TOPICS = 2000

NOTHING = "-"
"""The token of no text."""

_TOKEN = 10


@dataclass(frozen=True)
class _Kept:
    owner_id: int
    text: str
    until: datetime


class ShortMemory:
    """Texts by token: bounded in number and in time."""

    def __init__(
        self, clock: Clock, randomness: Randomness, *, life: timedelta = LIFE, most: int = MOST
    ) -> None:
        self._clock = clock
        self._randomness = randomness
        self._life = life
        self._most = most
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def keep(self, owner_id: int, text: str) -> str:
        """Keep a person's text; return the token it can be found by, fit for a custom id."""
        now = self._clock()
        self._forget(now)
        token = "".join(ALPHABET[self._randomness.randrange(len(ALPHABET))] for _ in range(_TOKEN))
        self._kept[token] = _Kept(owner_id, text, now + self._life)
        return token

    def find(self, token: str, owner_id: int) -> str | None:
        """Return the text, if it is this person's and still here."""
        kept = self._kept.get(token)
        if kept is None or kept.owner_id != owner_id or kept.until <= self._clock():
            return None
        return kept.text

    def forget(self, owner_id: int) -> None:
        """Drop everything of one person."""
        for token in [token for token, kept in self._kept.items() if kept.owner_id == owner_id]:
            del self._kept[token]

    def _forget(self, now: datetime) -> None:
        """Drop what is past its time, and the oldest if there is too much. Oldest come first."""
        while self._kept:
            oldest = next(iter(self._kept.values()))
            if oldest.until > now and len(self._kept) < self._most:
                return
            self._kept.popitem(last=False)


class Languages:
    """The language of each person's Discord, as their last command or button told it.

    Discord does not tell it with a message. In memory only, for the people seen last.
    """

    def __init__(self, *, most: int = MOST_LANGUAGES) -> None:
        self._most = most
        self._heard: OrderedDict[int, str] = OrderedDict()

    def note(self, person_id: int, locale: str) -> bool:
        """Remember the locale that came with what this person just did; say whether it is new."""
        new = self._heard.get(person_id) != locale
        self._heard[person_id] = locale
        self._heard.move_to_end(person_id)
        while len(self._heard) > self._most:
            self._heard.popitem(last=False)
        return new

    def of(self, person_id: int) -> str | None:
        """Return this person's locale; None if they did nothing lately that told it."""
        return self._heard.get(person_id)


class Topics:
    """The last question of each person in each channel, for the one that follows it.

    In memory only, for a quarter of an hour, and never stored.
    """

    def __init__(
        self, clock: Clock, *, life: timedelta = TOPIC_LIFE, most: int = MOST_TOPICS
    ) -> None:
        self._clock = clock
        self._life = life
        self._most = most
        self._kept: OrderedDict[tuple[int, int], tuple[str, datetime]] = OrderedDict()

    def keep(self, person_id: int, channel_id: int, question: str) -> None:
        """Remember what this person asked here last."""
        self._kept[person_id, channel_id] = (question, self._clock() + self._life)
        self._kept.move_to_end((person_id, channel_id))
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def find(self, person_id: int, channel_id: int) -> str | None:
        """Return what this person asked here a moment ago."""
        question, until = self._kept.get((person_id, channel_id), (None, None))
        if until is None or until <= self._clock():
            self._kept.pop((person_id, channel_id), None)
            return None
        return question
