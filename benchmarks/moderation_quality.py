"""Precision and recall of every check on our labeled messages, by the half that was not tuned on.

A message counts for a check if it is wanted in it and found; whatever else is found counts against
the check that found it, also in a message that breaks another rule.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks._messages import LABELS, Labeled, fifth, fourth, labeled, second, third
from bot.moderation.checks import Checks
from bot.moderation.model import Check, Message
from bot.moderation.phrases import cries
from bot.moderation.rules import load
from tests.conftest import ROOT


@dataclass(frozen=True)
class Quality:
    """How often a check was right, wrong, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of what was found, the part that was wanted."""
        found = self.right + self.wrong
        return self.right / found if found else 1.0

    @property
    def recall(self) -> float:
        """Of what was wanted, the part that was found."""
        wanted = self.right + self.missed
        return self.right / wanted if wanted else 1.0


def found_in(checks: Checks, number: int, text: str) -> frozenset[Check]:
    """Return what the checks find in a text, written by somebody who wrote nothing before."""
    message = Message(
        id=number,
        guild_id=1,
        channel_id=1,
        author_id=number,
        text=text,
        at=number * 1000.0,
        mentions=text.count("<@"),
        everyone=cries(text),
    )
    return frozenset(finding.check.check for finding in checks.look(message))


def measured(messages: Sequence[Labeled]) -> tuple[dict[Check, Quality], list[str]]:
    """Return the quality of each check, and what went wrong, a line each."""
    checks = Checks(load(ROOT / "config" / "moderation.yaml"))
    right: Counter[Check] = Counter()
    wrong: Counter[Check] = Counter()
    missed: Counter[Check] = Counter()
    lines = []
    for number, one in enumerate(messages):
        found = found_in(checks, number, one.text)
        right.update(found & one.wanted)
        missed.update(one.wanted - found)
        extra = found - one.wanted
        wrong.update(extra)
        lines += [f"missed {check}: {one.text!r}" for check in one.wanted - found]
        lines += [f"wrongly {check}: {one.text!r}" for check in extra]
    return {
        check: Quality(right[check], wrong[check], missed[check]) for check in LABELS.values()
    }, lines


def run() -> None:
    """Print the tables."""
    every = labeled()
    whole = [*every, *second(), *third(), *fourth(), *fifth()]
    print(f"{len(whole)} messages, {sum(not one.wanted for one in whole)} of them innocent\n")
    for name, part in (
        ("the half that was tuned on", [one for one in every if one.tuned]),
        ("the half that was only measured", [one for one in every if not one.tuned]),
        ("the second set, mended by since it was first measured", second()),
        ("the third set, written after that", third()),
        ("the fourth set, written after that", fourth()),
        ("the fifth set, of what the fourth showed to be weak", fifth()),
    ):
        qualities, _lines = measured(part)
        print(f"{name}: {len(part)} messages")
        print(f"  {'check':14}{'wanted':>8}{'found':>8}{'wrong':>8}{'precision':>11}{'recall':>9}")
        for check, one in qualities.items():
            row = f"{one.right + one.missed:8}{one.right:8}{one.wrong:8}"
            print(f"  {check:14}{row}{one.precision:11.3f}{one.recall:9.3f}")
        total = Quality(
            sum(one.right for one in qualities.values()),
            sum(one.wrong for one in qualities.values()),
            sum(one.missed for one in qualities.values()),
        )
        row = f"{total.right + total.missed:8}{total.right:8}{total.wrong:8}"
        print(f"  {'all':14}{row}{total.precision:11.3f}{total.recall:9.3f}\n")
