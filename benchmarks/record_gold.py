"""Write down which gold questions the search misses now, for the test that names what moved."""

from benchmarks._questions import GOLD, KNOWLEDGE, gold, missed
from bot.clock import utc_now
from bot.knowledge.service import Knowledge

BY_NAME_ONLY = True


def run() -> None:
    """Write `missed.txt` anew."""
    knowledge = Knowledge(KNOWLEDGE, clock=utc_now)
    misses = missed(knowledge.decide, gold(knowledge.search.entries))
    lines = [f"{miss.question.text}  ->  {miss.instead or 'nothing'}" for miss in misses]
    head = (
        "# Gold questions whose first entry is not a right one, and the entry that came instead.\n"
        "# Written by `python -m benchmarks record-gold`, read by test_gold.py.\n"
    )
    (GOLD / "missed.txt").write_text(head + "\n".join(sorted(lines)) + "\n", "utf-8")
    print(f"{len(lines)} questions are missed.")
