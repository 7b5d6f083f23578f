"""What is published, as entries of feeds: changes of the FAQ, briefs, topic pages.

Everybody may read these, on the open internet too. So a feed says what everybody in the server can
read anyway, and less of briefs: neither what people said nor how many said it.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.atom import Entry, stable_id
from bot.concerns.briefs.service import Briefs
from bot.discussions.queue.model import Stage
from bot.discussions.roundup.service import Roundups
from bot.knowledge.revisions import Revisions
from bot.topics.model import Fact
from bot.topics.service import Topics
from bot.words import Tongue

MOST = 50
"""Entries of one feed: the latest."""

Feed = Callable[[int, Tongue], Awaitable[list[Entry]]]
"""Returns what is published in a server, in a tongue."""


class Published:
    """The feeds there are, by name; each has its title in the catalogs (`feed.changes.title`).

    Another thing that is published is one more method here, with its name in `feeds`.
    """

    def __init__(
        self, revisions: Revisions, briefs: Briefs, topics: Topics, roundups: Roundups
    ) -> None:
        self._revisions = revisions
        self._briefs = briefs
        self._topics = topics
        self._roundups = roundups
        self.feeds: dict[str, Feed] = {
            "changes": self.changes,
            "briefs": self.briefs,
            "topics": self.topics,
            "roundups": self.roundups,
        }

    async def changes(self, guild_id: int, t: Tongue) -> list[Entry]:
        """Return what changed in the FAQ, as `/changes` shows it, with the answer of then."""
        found = []
        for one in await self._revisions.changes(guild_id, limit=MOST):
            if one.published_at is None:
                continue
            question = str(one.data.get("question", ""))
            answer = "" if one.retires else str(one.data.get("answer", "")).strip()
            title = t("feed.changes.retired", question=question) if one.retires else question
            found.append(
                Entry(
                    id=stable_id(guild_id, "change", one.reference),
                    title=title,
                    updated=one.published_at,
                    published=one.published_at,
                    text=_text(t("feed.changes.why", why=one.reason) if one.reason else "", answer),
                )
            )
        return found

    async def briefs(self, guild_id: int, t: Tongue) -> list[Entry]:
        """Return the briefs that were published: what was asked of whom, and when."""
        found = []
        for one in await self._briefs.passed_on(guild_id):
            if one.published_at is None or one.sent_at is None:
                continue
            sent, published = _day(one.sent_at), _day(one.published_at)
            found.append(
                Entry(
                    id=stable_id(guild_id, "brief", one.reference),
                    title=f"{one.reference}: {one.title}",
                    updated=one.published_at,
                    published=one.published_at,
                    text=t("feed.briefs.text", to=one.to, sent=sent, published=published),
                )
            )
        return found[:MOST]

    async def topics(self, guild_id: int, t: Tongue) -> list[Entry]:
        """Return the topic pages as they are, without who raised what, and how many."""
        found = []
        for line in (await self._topics.list_(guild_id))[:MOST]:
            topic = await self._topics.topic(guild_id, line.reference)
            page = topic.page
            facts = "\n".join(_fact(t, one) for one in page.facts)
            unknowns = "\n".join(f"- {one}" for one in page.unknowns)
            found.append(
                Entry(
                    id=stable_id(guild_id, "topic", topic.reference),
                    title=page.title,
                    updated=topic.changed_at,
                    published=topic.versions[0].at,
                    text=_text(
                        page.known,
                        f"{t('topic.part.timeline')}\n{facts}" if facts else "",
                        f"{t('topic.part.unknowns')}\n{unknowns}" if unknowns else "",
                    ),
                )
            )
        return found

    async def roundups(self, guild_id: int, t: Tongue) -> list[Entry]:
        """Return the round-ups that were published: what hosts say, and never members' words.

        Who asked a question or was quoted did so in their server, not on the open internet.
        """
        found = []
        for one in await self._roundups.published(guild_id, MOST):
            assert one.published_at is not None  # noqa: S101 - only such are asked for
            answered = sum(it.question.stage is Stage.ANSWERED for it in one.shown_answers)
            day = _day(one.session.plan.starts)
            found.append(
                Entry(
                    id=stable_id(guild_id, "roundup", one.session.reference),
                    title=t("feed.roundups.entry", topic=one.session.plan.topic, day=day),
                    updated=max(one.changed_at, one.published_at),
                    published=one.published_at,
                    text=_text(
                        one.opening, t.plural("feed.roundups.answered", answered), one.session.link
                    ),
                )
            )
        return found


def _fact(t: Tongue, fact: Fact) -> str:
    sure = t(f"topic.confidence.{fact.confidence}")
    return f"- {fact.when}: {fact.text} ({fact.source}, {sure})"


def _text(*paragraphs: str) -> str:
    return "\n\n".join(one for one in paragraphs if one)


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()
