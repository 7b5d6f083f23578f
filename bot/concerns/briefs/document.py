"""A brief as it leaves the desk: one document, its canonical form, and its hash.

The canonical form is JSON with sorted keys, no spaces and no floating numbers, in UTF-8; for such
documents it is that of RFC 8785 (JSON Canonicalization Scheme). The hash is SHA-256 of its bytes
(FIPS 180-4), so whoever has the JSON can compute it. docs/brief.schema.json describes it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.concerns.briefs.suppression import FLOOR, Table

SCHEMA = "commonplace.brief/1"


@dataclass(frozen=True)
class Said:
    """One quote in a document. `kind` is told only where no group is suppressed."""

    number: int
    text: str | None
    """None: the person erased it after the brief was sent, and the desk has it no more."""
    kind: str | None = None
    named: str | None = None


@dataclass(frozen=True)
class Document:
    """All that a recipient reads."""

    reference: str
    sender: str
    to: str
    title: str
    ask: str
    background: str
    reply_days: int
    counts: Table
    quotes: tuple[Said, ...]

    def as_data(self) -> dict[str, Any]:
        """Return the document as JSON takes it."""
        return {
            "schema": SCHEMA,
            "reference": self.reference,
            "sender": self.sender,
            "to": self.to,
            "title": self.title,
            "ask": self.ask,
            "background": self.background,
            "reply_days": self.reply_days,
            "counts": {
                "smallest_group_told": FLOOR,
                "total": self.counts.total,
                "more_than": self.counts.told if self.counts.total is None else None,
                "groups": [{"kind": name, "count": count} for name, count in self.counts.groups],
            },
            "quotes": [
                {"number": one.number, "kind": one.kind, "named": one.named, "text": one.text}
                for one in self.quotes
            ],
        }

    def canonical(self) -> bytes:
        """Return the canonical form."""
        return json.dumps(
            self.as_data(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()

    def hash(self) -> str:
        """Return the SHA-256 of the canonical form, in hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def without_people(self) -> "Document":
        """Return the document without what people said and how they are named: what the desk may
        keep under its own key, while each person's words stay under theirs."""
        return replace(
            self, quotes=tuple(replace(one, text=None, named=None) for one in self.quotes)
        )

    def with_people(self, said: Mapping[int, tuple[str, str | None] | None]) -> "Document":
        """Return the document with text and name put back by number; None where it is erased."""

        def filled(one: Said) -> Said:
            words = said.get(one.number)
            return one if words is None else replace(one, text=words[0], named=words[1])

        return replace(self, quotes=tuple(map(filled, self.quotes)))

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Document":
        """Return the document that `as_data` made this of."""
        counts = data["counts"]
        groups: Sequence[Mapping[str, Any]] = counts["groups"]
        return cls(
            reference=data["reference"],
            sender=data["sender"],
            to=data["to"],
            title=data["title"],
            ask=data["ask"],
            background=data["background"],
            reply_days=data["reply_days"],
            counts=Table(counts["total"], tuple((one["kind"], one["count"]) for one in groups)),
            quotes=tuple(
                Said(one["number"], one["text"], one["kind"], one["named"])
                for one in data["quotes"]
            ),
        )
