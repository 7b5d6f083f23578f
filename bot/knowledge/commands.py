"""The terminal face of the knowledge base: plain data and text for `commonplace ask|knowledge`."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.knowledge.export import export
from bot.knowledge.library import Library, check
from bot.knowledge.model import Entry, Fault, Outcome
from bot.knowledge.scopefile import FILE as SCOPE_FILE
from bot.knowledge.service import Knowledge

__all__ = ["SCOPE_FILE", "as_text", "ask", "ask_batch", "check_report", "export", "stats_report"]

_SHOWN = 5


def ask(knowledge: Knowledge, question: str) -> dict[str, Any]:
    """Return what the desk says to a question, as plain data."""
    started = time.perf_counter()
    outcome = knowledge.decide(question)
    spent = (time.perf_counter() - started) * 1000
    return {
        "outcome": type(outcome).__name__.lower(),
        "confidence": round(outcome.confidence, 4),
        "matches": _matches(outcome),
        "milliseconds": round(spent, 3),
    }


def ask_batch(lines: Iterable[str], knowledge: Knowledge) -> Iterator[dict[str, Any]]:
    """Answer one JSON object `{"id", "q"}` a line, in order.

    Raises:
        ValueError: a line is not such an object; names the line.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            identity, question = asked["id"], str(asked["q"])
        except (ValueError, KeyError, TypeError):
            raise ValueError(f'line {number} is not a JSON object with "id" and "q"') from None
        yield {"id": identity, **ask(knowledge, question)}


def as_text(knowledge: Knowledge, answer: dict[str, Any]) -> str:
    """Return what `ask` returned as text for a terminal."""
    matches = answer["matches"]
    if answer["outcome"] == "answer":
        entry = knowledge.get(matches[0]["entry"])
        assert entry is not None  # noqa: S101 - answered from this very library
        return _entry_text(entry)
    if answer["outcome"] == "suggestions":
        lines = [f"  {match['question']}" for match in matches[:3]]
        return "\n".join(("Did you mean one of these?", *lines))
    return "The desk does not know. On Discord, staff would take the question from here."


def check_report(directory: Path) -> tuple[list[Fault], str]:
    """Return a directory's faults, and one line that sums it up."""
    faults = check(directory, today=datetime.now(UTC).date())
    if faults:
        files = len({fault.file for fault in faults})
        return faults, f"{len(faults)} faults in {files} files."
    library = Library.load(directory)
    return [], f"{len(library.entries)} entries in {len(library.sections)} sections: no faults."


def stats_report(knowledge: Knowledge) -> str:
    """Return how many entries there are, by section and by status."""
    library = knowledge.library
    lines = [f"{len(section.entries):5}  {section.id}" for section in library.sections]
    states = Counter(entry.status for entry in library.entries)
    lines += [f"{count:5}  {status}" for status, count in sorted(states.items())]
    return "\n".join((*lines, f"{len(library.entries):5}  in all"))


def _matches(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {
            "entry": match.entry.id,
            "question": match.entry.question,
            "sources": [source.url for source in match.entry.sources],
            "score": round(match.score, 4),
        }
        for match in outcome.matches[:_SHOWN]
    ]


def _entry_text(entry: Entry) -> str:
    lines = [entry.question, "", entry.answer.strip()]
    if entry.depends_on:
        lines += ["", "Depends on:", *(f"  - {one}" for one in entry.depends_on)]
    if entry.beyond_license:
        lines += ["", f"Beyond the license: {entry.beyond_license.strip()}"]
    lines += ["", "Sources:", *(f"  - {source.title}: {source.url}" for source in entry.sources)]
    lines += ["", f"Last checked {entry.review.checked}. This is information, not legal advice."]
    return "\n".join(lines)
