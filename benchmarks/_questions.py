"""Questions with known answers: our own gold set, and the client's where it is there."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from bot.knowledge.model import Entry, Outcome

ROOT = Path(__file__).parent.parent
KNOWLEDGE = ROOT / "config" / "knowledge"
GOLD = ROOT / "tests" / "bot" / "knowledge" / "gold"
CLIENT = ROOT.parent / "shared" / "data" / "questions-dev.jsonl"
"""Stands beside the repository on some machines, and is no part of it."""

Part = Literal["tune", "held"]


@dataclass(frozen=True)
class Question:
    """What somebody types. `right` are ids of entries that answer it; empty if none does."""

    text: str
    right: frozenset[str]
    best: str = ""
    """The entry that it was written for."""
    part: Part = "held"
    answerable: bool = True


def gold(entries: Sequence[Entry], part: Part | None = None) -> list[Question]:
    """Return our own questions; those whose first entry is not published are left out."""
    known = {entry.id for entry in entries}
    found = []
    near, everyday = _read("near.yaml"), _read("everyday.yaml")
    nothing = {"near": near.pop("none"), **_read("unanswered.yaml")}
    lists = (*_read("answered.yaml").items(), *near.items(), *everyday.items())
    for name, texts in lists:
        ids = name.split()
        if ids[0] in known:
            right = frozenset(known.intersection(ids))
            found += [Question(text, right, ids[0], _part(at)) for at, text in enumerate(texts)]
    for texts in nothing.values():
        found += [
            Question(text, frozenset(), "", _part(at), False) for at, text in enumerate(texts)
        ]
    return [question for question in found if part is None or question.part == part]


def client(entries: Sequence[Entry]) -> list[Question] | None:
    """Return the client's questions, or None where their file is absent.

    An entry is right when one of its sources carries one of the listed anchors.
    """
    if not CLIENT.is_file():
        return None
    found = []
    for line in CLIENT.read_text("utf-8").splitlines():
        asked = json.loads(line)
        anchors = {f"#{anchor}" for anchor in asked["anchors"]}
        right = frozenset(
            entry.id
            for entry in entries
            if any(source.url[source.url.find("#") :] in anchors for source in entry.sources)
        )
        found.append(Question(asked["q"], right, answerable=bool(anchors)))
    return found


@dataclass(frozen=True)
class Miss:
    """A question whose first entry is not a right one."""

    question: Question
    instead: str


def missed(decide: Callable[[str], Outcome], questions: Sequence[Question]) -> list[Miss]:
    """Return the answerable questions that get another entry first."""
    found = []
    for question in questions:
        matches = decide(question.text).matches if question.answerable else ()
        instead = matches[0].entry.id if matches else ""
        if question.answerable and instead not in question.right:
            found.append(Miss(question, instead))
    return found


def _part(at: int) -> Part:
    return "held" if at % 2 else "tune"


def _read(name: str) -> dict[str, list[str]]:
    read: dict[str, list[str]] = yaml.safe_load((GOLD / name).read_text("utf-8"))
    return read
