"""What is told apart as no question for the knowledge base: precision and recall by kind.

Measured on the half of the labeled texts that no rule was tuned on, and, for what must never be
turned away, on all questions of the gold set that an entry answers.
"""

import time
from pathlib import Path

import yaml

from bot.knowledge.library import Library
from bot.knowledge.scope import Scope

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "tests" / "bot" / "knowledge" / "gold"
NONE = "none"


def run() -> None:
    """Print the table."""
    scope = Scope.of(Library.load(ROOT / "config" / "knowledge"))
    labeled = yaml.safe_load((GOLD / "scope.yaml").read_text("utf-8"))
    judged = [
        (label, str(scope.judge(text, answered=False) or NONE))
        for label, texts in labeled.items()
        for text in texts[1::2]
    ]
    print(f"{'kind':15} {'texts':>5} {'precision':>9} {'recall':>6}")
    for kind in labeled:
        right = judged.count((kind, kind))
        said = sum(got == kind for _label, got in judged)
        asked = sum(label == kind for label, _got in judged)
        print(f"{kind:15} {asked:5} {right / max(said, 1):9.2f} {right / asked:6.2f}")
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
