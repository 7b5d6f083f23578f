"""The license tools, as faces hold them: one library, loaded once, and pure answers from it."""

from collections.abc import Sequence
from pathlib import Path

from bot.licensing import attribution, credits, detect, remix, traits, walks
from bot.licensing.library import Library
from bot.licensing.lookup import Lookup, Outcome
from bot.licensing.model import Tool


class Licensing:
    """Everything the desk can say about licenses; touches neither network nor database."""

    def __init__(self, directory: Path) -> None:
        """Load the facts.

        Raises:
            LicensingFaults: they have faults, each with file, line and what to do.
        """
        self.library = Library.load(directory)
        self._lookup = Lookup(self.library)

    @property
    def tools(self) -> tuple[Tool, ...]:
        """All tools, in the order of the file."""
        return self.library.tools

    def get(self, tool_id: str) -> Tool | None:
        """Return a tool by the id that custom ids carry."""
        return self.library.by_id.get(tool_id)

    def find(self, text: str) -> Outcome:
        """Return the tool that a text means, or the nearest ones and why; never raises."""
        return self._lookup.find(text)

    def complete(self, typed: str, *, limit: int = 25) -> list[Tool]:
        """Return tools that go with what was typed so far, best first."""
        return self._lookup.complete(typed, limit=limit)

    def explain(self, tool: Tool) -> traits.Explanation:
        """Return what a tool permits, requires and forbids."""
        return traits.explain(self.library, tool)

    def compare(self, one: Tool, other: Tool) -> traits.Comparison:
        """Return two tools line by line."""
        return traits.compare(self.library, one, other)

    def remix(self, works: Sequence[remix.Work]) -> remix.Remix:
        """Return whether works go into one remix, and what follows.

        Raises:
            ValueError: there are too few or too many works.
        """
        return remix.remix(self.library, works)

    def credit(
        self, work: attribution.Work, phrases: attribution.Phrases | None = None
    ) -> attribution.Credit:
        """Return the credit for a work."""
        return attribution.credit(self.library, work, phrases)

    def credits(
        self,
        raw: bytes,
        *,
        medium: attribution.Medium = attribution.Medium.WEB,
        phrases: attribution.Phrases | None = None,
    ) -> credits.Credits:
        """Return the credits for a CSV file.

        Raises:
            BadTable: the file is no table that credits can be made from.
        """
        return credits.read(self.library, self._lookup, raw, medium=medium, phrases=phrases)

    def choose(self, answers: str) -> walks.Choice:
        """Return where somebody stands in the chooser.

        Raises:
            NotOnThisWalk: these answers cannot be given.
        """
        return walks.choose(self.library, answers)

    def can_i(self, answers: str, tool: Tool | None = None) -> walks.Use:
        """Return where somebody stands in the AI-use walk.

        Raises:
            NotOnThisWalk: these answers cannot be given.
        """
        return walks.can_i(self.library, answers, tool)

    def detect(self, text: str) -> tuple[detect.Mention, ...]:
        """Return the licenses that a text names or links."""
        return detect.detect(self._lookup, text)
