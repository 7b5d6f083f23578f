"""What the desk knows: one library in use, asked in memory, replaced whole when files change."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.knowledge.export import overlaid
from bot.knowledge.files import Signature, signature
from bot.knowledge.library import KnowledgeFaults, Library
from bot.knowledge.model import Entry, Fault, Outcome, Section
from bot.knowledge.scope import Scope
from bot.knowledge.search import Search, kept
from bot.knowledge.shelf import Shelf

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
        self._overlays: dict[int, Mapping[str, Entry]] = {}
        self._laying = asyncio.Lock()
        self._shelves: dict[int, Shelf] = {}
        self._base = self._load()

    @property
    def library(self) -> Library:
        """The library in use."""
        return self._base.library

    def signature(self) -> Signature:
        """Return what tells whether the files were edited."""
        return signature(self._directory)

    async def reload(self) -> bool:
        """Load the directory again, off the event loop; say whether that worked.

        The new library takes the old one's place in one go; if it has faults, the old one stays.
        """
        try:
            base = await asyncio.to_thread(self._load)
        except KnowledgeFaults as error:
            self.faults = error.faults
            log.warning("knowledge.faults", faults=len(error.faults))
            return False
        self.faults = ()
        async with self._laying:
            shelves = {}
            for guild_id, laid in self._overlays.items():
                shelves[guild_id] = await asyncio.to_thread(_laid, base, laid)
            self._base, self._shelves = base, shelves
        log.info("knowledge.loaded", count=len(base.library.published))
        return True

    def of(self, guild_id: int | None) -> Shelf:
        """Return what a server's members are answered from; the base, in direct messages."""
        return self._base if guild_id is None else self._shelves.get(guild_id, self._base)

    async def lay_over(self, guild_id: int, entries: Mapping[str, Entry]) -> None:
        """Answer a server's members with these entries in the place of the base's own."""
        async with self._laying:
            if not entries:
                self._overlays.pop(guild_id, None)
                self._shelves.pop(guild_id, None)
                return
            self._overlays[guild_id] = dict(entries)
            self._shelves[guild_id] = await asyncio.to_thread(_laid, self._base, entries)

    @property
    def search(self) -> Search:
        """The search in use, for what looks beneath the outcomes."""
        return self._base.search

    def decide(self, question: str) -> Outcome:
        """Return what the base says to a question, in the thread that calls."""
        return self._base.decide(question)

    async def answer(self, question: str) -> Outcome:
        """Return what the base can say to a question: an answer, suggestions, or unknown."""
        return await self._base.answer(question)

    async def complete(self, typed: str, *, limit: int = 25) -> list[Entry]:
        """Return the base's entries that go with what was typed so far, best first."""
        return await self._base.complete(typed, limit=limit)

    def get(self, entry_id: str) -> Entry | None:
        """Return a published entry of the base by its id."""
        return self._base.get(entry_id)

    def related(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the base's published entries that belong with this one."""
        return self._base.related(entry)

    def sections(self) -> tuple[Section, ...]:
        """Return the base's sections as members see them."""
        return self._base.sections()

    def section(self, section_id: str) -> Section | None:
        """Return a section of the base as members see it, by its id."""
        return self._base.section(section_id)

    def _load(self) -> Shelf:
        # Dates are for `knowledge check`: a machine whose clock is behind must still serve.
        library = Library.load(self._directory)
        return Shelf(library, Search(library, kept(library, self._vectors)), Scope.of(library))


def _laid(base: Shelf, entries: Mapping[str, Entry]) -> Shelf:
    """Build a server's own shelf; vectors of names that the base has are not computed again."""
    library = overlaid(base.library, entries)
    return Shelf(library, Search(library), base.scope)
