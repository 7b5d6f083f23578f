"""What is told apart as no question for the knowledge base: precision and recall by kind.

`scope.yaml` was written beside the rules and notices one that breaks; `scope_later.yaml` came
when they were fixed, and is the better estimate. Beside that, what must never be turned away: all
questions of the gold set that an entry answers.
"""

import time
from pathlib import Path

import yaml

from bot.knowledge.library import Library
from bot.knowledge.scope import Scope

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "tests" / "bot" / "knowledge" / "gold"
NONE = "none"


def _table(scope: Scope, name: str) -> None:
    labeled = yaml.safe_load((GOLD / name).read_text("utf-8"))
    judged = [
        (label, str(scope.judge(text, answered=False) or NONE))
        for label, texts in labeled.items()
        for text in texts
    ]
    print(f"{name:20} {'texts':>5} {'precision':>9} {'recall':>6}")
    for kind in labeled:
        right = judged.count((kind, kind))
        said = sum(got == kind for _label, got in judged)
        asked = sum(label == kind for label, _got in judged)
        shown = f"{right / said:9.2f}" if said else f"{'-':>9}"
        print(f"{kind:20} {asked:5} {shown} {right / asked:6.2f}")
    outside = [(label, got) for label, got in judged if label != NONE]
    right = sum(label == got for label, got in outside)
    said = sum(got != NONE for _label, got in judged)
    shown = f"{right / max(said, 1):9.2f} {right / len(outside):6.2f}"
    print(f"{'all but none':20} {len(outside):5} {shown}\n")


def run() -> None:
    """Print the table."""
    scope = Scope.of(Library.load(ROOT / "config" / "knowledge"))
    for name in ("scope.yaml", "scope_later.yaml"):
        _table(scope, name)
    answered = GOLD / "answered.yaml"
    if answered.exists():
        lists = yaml.safe_load(answered.read_text("utf-8")).values()
        questions = [question for one in lists for question in one]
        start = time.perf_counter()
        turned = sum(scope.judge(one, answered=False) is not None for one in questions)
        spent = (time.perf_counter() - start) / len(questions) * 1000
        print(f"turned away of {len(questions)} questions that an entry answers: {turned}")
        print(f"milliseconds a text: {spent:.3f}")


if __name__ == "__main__":
    run()
