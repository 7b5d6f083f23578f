"""One library ready to be asked: the base, or a server's own with its revisions laid over."""

import asyncio
from dataclasses import dataclass

from bot.knowledge.library import Library
from bot.knowledge.model import Answer, Entry, Outcome, Section, Unknown
from bot.knowledge.scope import Scope
from bot.knowledge.search import Search

_OUTSIDE = 0.1
"""What is left of the confidence that an entry answers, when the text is not for one at all."""


@dataclass(frozen=True)
class Shelf:
    """Answers from memory. Never changed: another takes its place."""

    library: Library
    search: Search
    scope: Scope

    def decide(self, question: str) -> Outcome:
        """Return what `answer` does, in the thread that calls: a few milliseconds of work.

        What is plainly not a question for the knowledge base is unknown, and says what it is.
        """
        reading = self.search.read(question)
        outcome = self.search.answer(question, reading)
        kind = self.scope.judge(
            question,
            answered=isinstance(outcome, Answer),
            vector=reading.vector,
            confidence=outcome.confidence,
        )
        if kind is None:
            return outcome
        return Unknown(outcome.matches, outcome.confidence * _OUTSIDE, kind)

    async def answer(self, question: str) -> Outcome:
        """Return what the desk can say to a question: an answer, suggestions, or unknown."""
        return await asyncio.to_thread(self.decide, question)

    async def complete(self, typed: str, *, limit: int = 25) -> list[Entry]:
        """Return entries that go with what was typed so far, best first."""
        return await asyncio.to_thread(self.search.complete, typed, limit=limit)

    def get(self, entry_id: str) -> Entry | None:
        """Return a published entry by its id."""
        return self.library.published.get(entry_id)

    def related(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the published entries that belong with this one."""
        published = self.library.published
        return tuple(published[other] for other in entry.related if other in published)

    def sections(self) -> tuple[Section, ...]:
        """Return the sections as members see them."""
        return self.library.shown

    def section(self, section_id: str) -> Section | None:
        """Return a section as members see it, by its id."""
        return next((one for one in self.library.shown if one.id == section_id), None)
