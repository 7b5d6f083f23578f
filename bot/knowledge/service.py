"""What the desk knows: one library in use, asked in memory, replaced whole when files change."""

import asyncio
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.knowledge.files import Signature, signature
from bot.knowledge.library import KnowledgeFaults, Library
from bot.knowledge.model import Answer, Entry, Fault, Outcome, Section, Unknown
from bot.knowledge.scope import Scope
from bot.knowledge.search import Search, kept

_OUTSIDE = 0.1
"""What is left of the confidence that an entry answers, when the text is not for one at all."""

log = structlog.stdlib.get_logger(__name__)


class Knowledge:
    """Answers from memory; never touches the network, and the disk only to reload."""

    def __init__(self, directory: Path, *, clock: Clock, vectors: Path | None = None) -> None:
        """Load a directory.

        `vectors` is a file in which what search computed of the entries is kept from one start to
        the next; without it a start takes a few seconds longer.

        Raises:
            KnowledgeFaults: it has faults, each with file, line and what to do.
        """
        self._directory = directory
        self._clock = clock
        self._vectors = vectors
        self.faults: tuple[Fault, ...] = ()
        """What is wrong with the files now, while the last good library is in use."""
        self.opened = signature(directory)
        """The state of the files that the first library was read from."""
        self._library, self._search, self._scope = self._load()

    @property
    def library(self) -> Library:
        """The library in use."""
        return self._library

    def signature(self) -> Signature:
        """Return what tells whether the files were edited."""
        return signature(self._directory)

    async def reload(self) -> bool:
        """Load the directory again, off the event loop; say whether that worked.

        The new library takes the old one's place in one go; if it has faults, the old one stays.
        """
        try:
            library, search, scope = await asyncio.to_thread(self._load)
        except KnowledgeFaults as error:
            self.faults = error.faults
            log.warning("knowledge.faults", faults=len(error.faults))
            return False
        self.faults = ()
        self._library, self._search, self._scope = library, search, scope
        log.info("knowledge.loaded", count=len(library.published))
        return True

    @property
    def search(self) -> Search:
        """The search in use, for what looks beneath the outcomes."""
        return self._search

    def decide(self, question: str) -> Outcome:
        """Return what `answer` does, in the thread that calls: a few milliseconds of work.

        What is plainly not a question for the knowledge base is unknown, and says what it is.
        """
        return self._judged(question, self._search.answer(question))

    async def answer(self, question: str) -> Outcome:
        """Return what the desk can say to a question: an answer, suggestions, or unknown."""
        return await asyncio.to_thread(self.decide, question)

    async def complete(self, typed: str, *, limit: int = 25) -> list[Entry]:
        """Return entries that go with what was typed so far, best first."""
        return await asyncio.to_thread(self._search.complete, typed, limit=limit)

    def get(self, entry_id: str) -> Entry | None:
        """Return a published entry by its id."""
        return self._library.published.get(entry_id)

    def related(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the published entries that belong with this one."""
        published = self._library.published
        return tuple(published[other] for other in entry.related if other in published)

    def sections(self) -> tuple[Section, ...]:
        """Return the sections as members see them."""
        return self._library.shown

    def section(self, section_id: str) -> Section | None:
        """Return a section as members see it, by its id."""
        return next((one for one in self._library.shown if one.id == section_id), None)

    def _judged(self, question: str, outcome: Outcome) -> Outcome:
        kind = self._scope.judge(question, answered=isinstance(outcome, Answer))
        if kind is None:
            return outcome
        return Unknown(outcome.matches, outcome.confidence * _OUTSIDE, kind)

    def _load(self) -> tuple[Library, Search, Scope]:
        # Dates are for `knowledge check`: a machine whose clock is behind must still serve.
        library = Library.load(self._directory)
        return library, Search(library, kept(library, self._vectors)), Scope.of(library)
