"""What is told apart as no question for the knowledge base: precision and recall by kind.

`scope.yaml` was written beside the rules and notices one that breaks, `scope_later.yaml` once they
were fixed; `scope_unseen.yaml` was written apart from what the classifier learns from, and is the
estimate. Beside that, what must never be turned away: all questions that an entry answers.
"""

from benchmarks._questions import KNOWLEDGE
from benchmarks._scope_texts import NONE, UNSEEN, asked, labeled
from bot.clock import utc_now
from bot.knowledge.model import Answer, Suggestions, Unknown
from bot.knowledge.service import Knowledge


def judged(knowledge: Knowledge, name: str) -> list[tuple[str, str, str]]:
    """Return the texts of a gold file, each with its label and what it was taken for."""
    return [
        (text, label, str(_kind(knowledge, text) or NONE))
        for label, texts in labeled(name).items()
        for text in texts
    ]


def _kind(knowledge: Knowledge, text: str) -> str | None:
    outcome = knowledge.decide(text)
    return outcome.scope if isinstance(outcome, Unknown) else None


def _table(knowledge: Knowledge, name: str) -> None:
    found = [(label, got) for _text, label, got in judged(knowledge, name)]
    print(f"{name:20} {'texts':>5} {'precision':>9} {'recall':>6}")
    for kind in dict.fromkeys(label for label, _got in found):
        right = found.count((kind, kind))
        said = sum(got == kind for _label, got in found)
        count = sum(label == kind for label, _got in found)
        shown = f"{right / said:9.2f}" if said else f"{'-':>9}"
        print(f"{kind:20} {count:5} {shown} {right / count:6.2f}")
    outside = [(label, got) for label, got in found if label != NONE]
    right = sum(label == got for label, got in outside)
    said = sum(got != NONE for _label, got in found)
    shown = f"{right / max(said, 1):9.2f} {right / len(outside):6.2f}"
    print(f"{'all but none':20} {len(outside):5} {shown}\n")


def run() -> None:
    """Print the table, and what was taken for a question all the same."""
    knowledge = Knowledge(KNOWLEDGE, clock=utc_now)
    for name in ("scope.yaml", *UNSEEN):
        _table(knowledge, name)
    for text, label, got in judged(knowledge, UNSEEN[-1]):
        if label != got:
            outcome = knowledge.decide(text)
            shown = isinstance(outcome, Answer | Suggestions)
            near = outcome.matches[0].entry.id if shown and outcome.matches else ""
            print(f"  {label}, taken for {got} {near}: {text}")
    questions = asked()
    turned = [text for text in questions if _kind(knowledge, text) is not None]
    print(f"turned away of {len(questions)} questions that an entry answers: {turned}")


if __name__ == "__main__":
    run()
