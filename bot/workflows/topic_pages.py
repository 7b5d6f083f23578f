"""What a topic page gathers from the other domains: entries, sessions, how many are concerned."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.concerns.about_topic import about_topic
from bot.concerns.briefs.suppression import at_least
from bot.discussions.model import NoSuchSession, Session
from bot.discussions.service import Sessions
from bot.knowledge.service import Knowledge
from bot.store.engine import Store
from bot.topics.model import Page
from bot.topics.service import Topics


@dataclass(frozen=True)
class Gathered:
    """What belongs to a topic page.

    Attributes:
        entries: ids and questions of the entries that are published.
        sessions: those that everybody may know of, the latest first.
        counts: whether concerns are counted for it at all.
        concerned: at least so many people; None if they are too few to tell.
    """

    entries: tuple[tuple[str, str], ...]
    sessions: tuple[Session, ...]
    counts: bool
    concerned: int | None


class TopicPages:
    """Gathers what belongs to topic pages."""

    def __init__(
        self, store: Store, topics: Topics, knowledge: Knowledge, sessions: Sessions
    ) -> None:
        self._store = store
        self.topics = topics
        self._knowledge = knowledge
        self._sessions = sessions

    async def of(self, guild_id: int, page: Page) -> Gathered:
        """Return what belongs to a page. Everybody can read it, so nobody can be found by it."""
        shelf = self._knowledge.of(guild_id)
        entries = [(one, shelf.get(one)) for one in page.entries]
        counted = 0
        if page.concerns:
            counted = await self._store.read(
                lambda session: about_topic(session, guild_id, page.concerns)
            )
        return Gathered(
            tuple((entry_id, entry.question) for entry_id, entry in entries if entry is not None),
            await self._held(guild_id, page.sessions),
            bool(page.concerns),
            at_least(counted),
        )

    async def unknown_links(
        self, guild_id: int, entries: Sequence[str], sessions: Sequence[str]
    ) -> tuple[str, ...]:
        """Return which entries and sessions there are not, of those that were typed."""
        shelf = self._knowledge.of(guild_id)
        missing = [one for one in entries if shelf.get(one) is None]
        for reference in sessions:
            try:
                await self._sessions.session(guild_id, reference)
            except NoSuchSession:
                missing.append(reference)
        return tuple(missing)

    async def _held(self, guild_id: int, references: Sequence[str]) -> tuple[Session, ...]:
        held = []
        for reference in references:
            try:
                found = await self._sessions.session(guild_id, reference)
            except NoSuchSession:
                continue
            if found.announced_at is not None:
                held.append(found)
        held.sort(key=lambda one: one.plan.starts, reverse=True)
        return tuple(held)
