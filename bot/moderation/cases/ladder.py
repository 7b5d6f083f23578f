"""The ladder: which step is suggested next, from what counts still."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.moderation.cases.model import Act


@dataclass(frozen=True)
class Rung:
    """One step of the ladder. `minutes` is how long it lasts; None: until somebody ends it."""

    act: Act
    minutes: int | None = None


LADDER = (
    Rung(Act.WARN),
    Rung(Act.TIMEOUT, 60),
    Rung(Act.TIMEOUT, 24 * 60),
    Rung(Act.TIMEOUT, 7 * 24 * 60),
    Rung(Act.BAN, 30 * 24 * 60),
    Rung(Act.BAN),
)
"""The steps, the mildest first. They are suggested, never taken by themselves."""

_HEAVY = frozenset({Act.KICK, Act.SOFTBAN, Act.BAN})


def next_rung(counting: Sequence[Act]) -> Rung:
    """Return the step after what counts still: each act is one step, a removal two.

    What was lifted, and what decayed (`model.COUNTS`), is not handed in.
    """
    steps = sum(2 if act in _HEAVY else 1 for act in counting)
    return LADDER[min(steps, len(LADDER) - 1)]
