"""Texts by kind: those the classifier learns from, and those it is measured by."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from benchmarks._questions import GOLD
from bot.knowledge.classifier import ELSEWHERE, NONE
from bot.knowledge.library import Library
from bot.knowledge.scope import RULED

TEXTS = Path(__file__).parent / "texts" / "scope"
KINDS = tuple(map(str, RULED))
UNSEEN = ("scope_later.yaml", "scope_unseen.yaml", "scope_fresh.yaml")
"""Written after what they measure, and judged once."""

_ELSEWHERE = (
    "recipes and home",
    "sports and news",
    "programming",
    "photography",
    "near misses",
)


def learned(library: Library) -> Iterator[tuple[str, str]]:
    """Yield the texts that the classifier learns from, and the class of each."""
    for kind in (*KINDS, ELSEWHERE, NONE):
        for line in (TEXTS / f"{kind}.txt").read_text("utf-8").splitlines():
            if line:
                yield line, kind
    for label, texts in labeled("scope.yaml").items():
        if label in (*KINDS, NONE):
            yield from ((text, label) for text in texts)
    unanswered = labeled("unanswered.yaml")
    yield from ((text, ELSEWHERE) for kind in _ELSEWHERE for text in unanswered[kind])
    for entry in library.published.values():
        yield from ((name, NONE) for name in (entry.question, *entry.aliases))
    yield from ((text, NONE) for text in asked())


def asked() -> list[str]:
    """Return the questions about the subject, which must never be turned away."""
    names = ("answered.yaml", "near.yaml", "everyday.yaml")
    return [text for name in names for texts in labeled(name).values() for text in texts]


def labeled(name: str) -> dict[str, list[str]]:
    """Return one of the gold files: texts by label."""
    read: dict[str, list[str]] = yaml.safe_load((GOLD / name).read_text("utf-8"))
    return read
