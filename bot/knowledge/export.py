"""Entries as the plain data that YAML holds, and a library written as YAML."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.library import Library
from bot.knowledge.model import Entry, Section


def entry_data(entry: Entry) -> dict[str, Any]:
    """Return an entry as it stands in a file."""
    return {
        "id": entry.id,
        "question": entry.question,
        "aliases": list(entry.aliases),
        "answer": entry.answer,
        "depends_on": list(entry.depends_on),
        **({"beyond_license": entry.beyond_license} if entry.beyond_license else {}),
        "related": list(entry.related),
        "jurisdictions": list(entry.jurisdictions),
        "sources": [dict(vars(source)) for source in entry.sources],
        "confidence": entry.confidence,
        "review": dict(vars(entry.review)),
        "status": entry.status,
        **({"meant": list(entry.meant)} if entry.meant else {}),
    }


def as_json(data: Any) -> Any:
    """Return an entry's data with its days as text, for a database column of JSON."""
    if isinstance(data, Mapping):
        return {key: as_json(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [as_json(value) for value in data]
    return data.isoformat() if isinstance(data, date) else data


def from_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `as_json` was given."""
    sources = [{**one, "read": _day(one.get("read"))} for one in data.get("sources", ())]
    review = dict(data.get("review", {}))
    for name in ("checked", "due"):
        review[name] = _day(review.get(name))
    return {**data, "sources": sources, "review": review}


def _day(text: Any) -> Any:
    return date.fromisoformat(text) if isinstance(text, str) else text


def overlaid(library: Library, entries: Mapping[str, Entry]) -> Library:
    """Return a library with these entries in place of its own, or added to their sections.

    An entry whose section is gone is left out. Nothing published names a retired one as related.
    """
    retired = {one.id for one in entries.values() if not one.published}
    known = {entry.id for entry in library.entries}
    sections: list[Section] = []
    for section in library.sections:
        listed = [entries.get(entry.id, entry) for entry in section.entries]
        listed += [
            one for one in entries.values() if one.section == section.id and one.id not in known
        ]
        kept = [
            replace(one, related=tuple(other for other in one.related if other not in retired))
            if retired.intersection(one.related)
            else one
            for one in listed
        ]
        sections.append(replace(section, entries=tuple(kept)))
    return replace(library, sections=tuple(sections))


def export(
    library: Library, directory: Path, drafts: Mapping[str, list[dict[str, Any]]] | None = None
) -> None:
    """Write a library as YAML that loads to the same thing.

    `drafts` are entries' data, by section, that stand in the place of the library's of one id, or
    after them; they need not be right.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for section in library.sections:
        laid = {one["id"]: one for one in (drafts or {}).get(section.id, [])}
        listed = [
            laid.pop(entry.id) if entry.id in laid else entry_data(entry)
            for entry in section.entries
        ]
        data = {
            "section": section.id,
            "title": section.title,
            "about": section.about,
            "order": section.order,
            **({} if section.legal else {"legal": False}),
            "entries": [*listed, *laid.values()],
        }
        _write(directory / f"{section.id}.yaml", data)
    terms = {
        "same": _grouped(library.terms.same),
        "common": list(library.terms.common),
        "names": _grouped(library.terms.names),
    }
    _write(directory / "_terms.yaml", terms)
    _write(directory / "_elsewhere.yaml", {"questions": list(library.elsewhere)})
    asked = {entry: list(listed) for entry, listed in library.everyday.items()}
    _write(directory / "_everyday.yaml", {"asked": asked})
    for page in library.anchors:
        (directory / "anchors").mkdir(exist_ok=True)
        lines = (f"# page: {page.page}", *page.notes, *page.anchors)
        (directory / "anchors" / page.file).write_text("\n".join(lines) + "\n", "utf-8")


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for other, word in pairs:
        groups.setdefault(word, []).append(other)
    return groups


def _write(file: Path, data: dict[str, Any]) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
    file.write_text(text, "utf-8")
