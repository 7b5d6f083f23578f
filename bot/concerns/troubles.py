"""What the desk cannot do with a concern, and why."""

from dataclasses import dataclass

from bot.concerns.model import MOVES, State


class ConcernTrouble(Exception):
    """The desk cannot do what was asked of a concern; subclasses say why."""


class NoSuchConcern(ConcernTrouble):
    """No concern of this guild has that reference (or it is not this person's)."""


@dataclass
class NotAllowedMove(ConcernTrouble):
    """A move the state machine does not have; names those it has."""

    now: State
    wanted: State

    @property
    def allowed(self) -> tuple[State, ...]:
        """Where staff may move the concern from here by itself, in the machine's order."""
        return tuple(state for state in State if state in MOVES[self.now] - {State.MERGED})


@dataclass
class TooLate(ConcernTrouble):
    """It was closed longer ago than its reporter may open it again."""

    days: int


@dataclass
class AlreadyClaimed(ConcernTrouble):
    """Somebody else has it; the loser of a race is told who."""

    by: int


@dataclass
class ChangedMeanwhile(ConcernTrouble):
    """The case changed after this person looked at it; says what it is now and who did it."""

    state: State
    by: int | None


@dataclass
class Excluded(ConcernTrouble):
    """This staff member keeps out of it, and is told nothing more."""

    reference: str


@dataclass
class IsMerged(ConcernTrouble):
    """It is part of another concern, and worked on there."""

    into: str


@dataclass
class BadDraft(ConcernTrouble):
    """What was typed cannot be taken as it is. `problem` is a catalog key such as
    `concern.bad.empty`; the draft stays with the person."""

    problem: str


@dataclass
class TooMany(ConcernTrouble):
    """This person has raised as many concerns as the settings allow in an hour."""

    per_hour: int


class WrongCode(ConcernTrouble):
    """No concern here has that return code."""


class TooManyTries(ConcernTrouble):
    """So many wrong codes came lately that the desk looks at no more for a while."""
