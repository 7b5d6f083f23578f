"""The words of polls: kinds, ballots, results, and what can go wrong."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.discussions.polls.counting import Round

PREFIX = "PO"
QUESTION_LIMIT = 300
OPTION_LIMIT = 100
MOST_OPTIONS = 12
"""As many as an instant runoff is counted with; all fit a menu."""
MOST_OPEN = 20
"""Polls of one server that are open at once."""
FLOOR = 5
"""Of a poll of the desk's in which fewer people voted, only that is told."""
SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(days=32)
"""As long as Discord's own polls may be (https://docs.discord.com/developers/resources/poll)."""

NATIVE_OPTIONS = 10
NATIVE_OPTION_LIMIT = 55


class Kind(StrEnum):
    """How people vote."""

    ONE = "one"
    """For one option."""
    SEVERAL = "several"
    """For any number of them."""
    RANKED = "ranked"
    """They put options in order; counted by instant runoff."""


class State(StrEnum):
    """Where a poll stands."""

    OPEN = "open"
    CLOSING = "closing"
    """Nobody votes any more; it is being counted."""
    CLOSED = "closed"


class PollTrouble(Exception):
    """The desk cannot do what was asked of a poll; subclasses say why."""


class NoSuchPoll(PollTrouble):
    """No poll of this guild has that reference."""


class PollIsClosed(PollTrouble):
    """Nobody can vote any more."""


class BadBallot(PollTrouble):
    """No ballot of this poll can be so."""


class TooManyPolls(PollTrouble):
    """This server has as many polls open as it can."""


@dataclass(frozen=True)
class Asked:
    """What is asked. `hidden` says that nothing but turnout is shown before it closes."""

    question: str
    options: tuple[str, ...]
    kind: Kind
    hidden: bool = False

    @property
    def fits_discord(self) -> bool:
        """Whether a poll of Discord's own can ask it."""
        return (
            self.kind is not Kind.RANKED
            and not self.hidden
            and len(self.options) <= NATIVE_OPTIONS
            and all(len(one) <= NATIVE_OPTION_LIMIT for one in self.options)
        )


@dataclass(frozen=True)
class Result:
    """What came of a poll.

    Attributes:
        voters: how many voted.
        counts: ballots for each option; of a ranked poll, first choices.
        winners: the places of the options that won; several are tied.
        rounds: the rounds of a ranked poll.
        lost: it was deleted on Discord, and nobody knows.
    """

    voters: int
    counts: tuple[int, ...] = ()
    winners: tuple[int, ...] = ()
    rounds: tuple[Round, ...] = ()
    lost: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Result":
        """Return what `as_json` made."""
        return cls(
            kept["voters"],
            tuple(kept["counts"]),
            tuple(kept["winners"]),
            tuple(
                Round(
                    tuple((option, many) for option, many in one["counts"]),
                    one["exhausted"],
                    tuple(one["out"]),
                    tuple(one["tied"]),
                )
                for one in kept["rounds"]
            ),
            kept["lost"],
        )


@dataclass(frozen=True)
class Poll:
    """A poll.

    Attributes:
        id: the row.
        native: it is Discord's own: votes are there, and the desk has the result only.
        session_id: the session it belongs to (a row in session), if it does.
        voters: how many voted; 0 for one of Discord's own that is open.
    """

    id: int
    guild_id: int
    reference: str
    state: State
    asked: Asked
    native: bool
    session_id: int | None
    channel_id: int
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    voters: int
    result: Result | None = None

    @property
    def tells(self) -> bool:
        """Whether enough people voted for its result to be told."""
        found = self.result
        return found is not None and not found.lost and (self.native or found.voters >= FLOOR)
