"""Which gap a question belongs to: the nearest by meaning, in memory, a server at a time."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from bot.knowledge.search.meaning import Encoder, Vectors

LIKE = 0.72
"""How alike two questions are that are one gap, 1 being the same. Of two entries' aliases that are
as alike as this, one pair in three asks the same thing, so that editors can merge and take apart;
set for few wrong groups rather than for few groups."""


@dataclass
class _Guild:
    last: int = 0
    questions: list[int] = field(default_factory=list)
    vectors: list[Vectors] = field(default_factory=list)


class Likeness:
    """The vectors of the questions in open gaps. Safe within one thread at a time."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._guilds: dict[int, _Guild] = {}

    def last(self, guild_id: int) -> int:
        """Return the row id of the last question that was taken in."""
        return self._guilds.setdefault(guild_id, _Guild()).last

    def take_in(self, guild_id: int, questions: Iterable[tuple[int, str]]) -> None:
        """Take in questions by their row ids, ascending. Some milliseconds each."""
        guild = self._guilds.setdefault(guild_id, _Guild())
        for row_id, text in questions:
            if row_id > guild.last:
                guild.last = row_id
                guild.questions.append(row_id)
                guild.vectors.append(self._encoder.questions([text])[0])

    def nearest(self, guild_id: int, text: str, *, most: int = 20) -> list[int]:
        """Return the questions alike enough to be one gap with `text`, the most alike first."""
        guild = self._guilds.get(guild_id)
        if guild is None or not guild.vectors:
            return []
        likeness = np.stack(guild.vectors) @ self._encoder.questions([text])[0]
        order = np.argsort(-likeness, kind="stable")[:most]
        return [guild.questions[at] for at in order if likeness[at] >= LIKE]
