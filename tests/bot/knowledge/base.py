"""A knowledge directory for tests, written line by line so that faults have known lines."""

from pathlib import Path
from typing import Any

import yaml

PAGE = "https://example.org/faq/"


def entry(name: str, **changes: Any) -> dict[str, Any]:
    """Return an entry without faults; `changes` replace keys, and None removes one."""
    whole = {
        "id": name,
        "question": f"What is the meaning of {name}?",
        "aliases": [f"{name} {word}" for word in ("one", "two", "three", "four", "five")],
        "answer": f"{name} is explained here, in the words of nobody in particular. " * 2,
        "depends_on": ["Whether it rains"],
        "beyond_license": "Some of it belongs elsewhere.",
        "related": [],
        "jurisdictions": ["any"],
        "sources": [{"url": f"{PAGE}#{name}", "title": f"About {name}", "read": "2026-03-01"}],
        "confidence": "stated",
        "review": {"owner": "staff", "checked": "2026-03-01", "due": "2026-09-01"},
        "status": "published",
    }
    whole.update(changes)
    return {key: value for key, value in whole.items() if value is not None}


def section(name: str, *entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a section without faults."""
    whole = {
        "section": name,
        "title": name.title(),
        "about": f"What there is to say of {name}.",
        "order": 10,
        "legal": False,
        "entries": list(entries),
        **changes,
    }
    return {key: value for key, value in whole.items() if value is not None}


def write(directory: Path, *sections: dict[str, Any]) -> Path:
    """Write sections, each to the file of its name."""
    directory.mkdir(exist_ok=True)
    for one in sections:
        text = yaml.safe_dump(one, sort_keys=False, width=500)
        # Dates stand bare in these files, and safe_dump quotes what it got as text.
        text = text.replace("'2026-", "2026-").replace("-01'", "-01")
        (directory / f"{one['section']}.yaml").write_text(text, "utf-8")
    return directory


def line_of(file: Path, start: str, nth: int = 1) -> int:
    """Return the number of the nth line whose text, indentation aside, starts with `start`."""
    lines = file.read_text("utf-8").splitlines()
    found = [
        n for n, line in enumerate(lines, 1) if line.strip().removeprefix("- ").startswith(start)
    ]
    return found[nth - 1]
