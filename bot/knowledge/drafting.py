"""An entry as an editor types it on Discord: read into an entry's data, checked, compared."""

import difflib
import hashlib
import json
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.knowledge.export import as_json, entry_data, export, from_json
from bot.knowledge.library import Library, check
from bot.knowledge.model import Entry
from bot.knowledge.schema import EntryPart

OWNER = "staff"
DUE = timedelta(days=180)
_SLUG = 40


@dataclass(frozen=True)
class Typed:
    """What an editor typed: lists are one thing a line, a source is its address and its title."""

    question: str
    aliases: str
    answer: str
    depends_on: str
    sources: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Typed":
        """Return an entry's data as it is typed."""
        return cls(
            question=str(data.get("question", "")),
            aliases="\n".join(data.get("aliases", ())),
            answer=str(data.get("answer", "")),
            depends_on="\n".join(data.get("depends_on", ())),
            sources="\n".join(f"{one['url']} {one['title']}" for one in data.get("sources", ())),
        )


def drafted(typed: Typed, *, entry_id: str, before: Entry | None, today: date) -> dict[str, Any]:
    """Return the data of an entry as typed; what the form does not ask for stays as it was.

    A source that was there before keeps the day it was read on; others were read today.
    """
    old = entry_data(before) if before is not None else {}
    read = {source.url: source.read for source in before.sources} if before is not None else {}
    sources = []
    for line in _lines(typed.sources):
        url, _, title = line.partition(" ")
        sources.append({"url": url, "title": title.strip(), "read": read.get(url, today)})
    return {
        **old,
        "id": entry_id,
        "question": " ".join(typed.question.split()),
        "aliases": _lines(typed.aliases),
        "answer": typed.answer.strip(),
        "depends_on": _lines(typed.depends_on),
        "related": old.get("related", []),
        "jurisdictions": old.get("jurisdictions", ["any"]),
        "sources": sources,
        "confidence": old.get("confidence", "interpreted"),
        "review": {"owner": OWNER, "checked": today, "due": today + DUE},
        "status": "published",
    }


def new_id(question: str, taken: Mapping[str, object]) -> str:
    """Return an id for a new entry, made of the words of its question."""
    flat = unicodedata.normalize("NFKD", question).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z0-9]+", flat) if len(word) > 2] or ["entry"]
    made = ""
    for word in words:
        longer = f"{made}-{word}".strip("-")
        if len(longer) > _SLUG - 4:
            break
        made = longer
    made = made or words[0][: _SLUG - 4]
    number, found = 2, made
    while found in taken:
        found, number = f"{made}-{number}", number + 1
    return found


def faults(library: Library, section: str, data: Mapping[str, Any], *, today: date) -> list[str]:
    """Return what keeps a draft from being reviewed: schema, clashes with others, and wording.

    The draft is put into its section and the whole base is checked as its files are, so nothing
    that `commonplace knowledge check` would find passes here. What others lack is not the draft's
    to mend. Takes some seconds for a large base; not for the event loop.
    """
    before = _found(library, {}, today)
    found = _found(library, {section: [dict(from_json(as_json(data)))]}, today)
    return [message for message in found if message not in before]


def _found(
    library: Library, drafts: Mapping[str, list[dict[str, Any]]], today: date
) -> dict[str, None]:
    with tempfile.TemporaryDirectory(prefix="draft-") as folder:
        export(library, Path(folder), drafts)
        return dict.fromkeys(fault.message for fault in check(Path(folder), today=today))


def entry_of(section: str, data: Mapping[str, Any]) -> Entry | None:
    """Return the entry that stored data say; None if they are none (any more)."""
    try:
        return EntryPart.model_validate(from_json(data)).entry(section)
    except (ValidationError, ValueError, TypeError):
        return None


def fingerprint(entry: Entry | None) -> str:
    """Return what tells one wording of the files' entry from another; "" for none."""
    if entry is None:
        return ""
    said = json.dumps(as_json(entry_data(entry)), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def difference(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> str:
    """Return what a revision changes, as a unified diff of what editors type."""
    old = _flat(before) if before is not None else []
    lines = list(difflib.unified_diff(old, _flat(after), lineterm="", n=0))
    return "\n".join(line for line in lines[2:] if not line.startswith("@@"))


def _flat(data: Mapping[str, Any]) -> list[str]:
    typed = Typed.of(data)
    lines = [f"status: {data.get('status', '')}"]
    for name, text in vars(typed).items():
        lines += [f"{name}: {line}" for line in text.splitlines() if line.strip()]
    return lines


def _lines(text: str) -> list[str]:
    return [line.strip().removeprefix("- ").strip() for line in text.splitlines() if line.strip()]
