"""Topic pages: what everybody reads, and what staff change. Every change makes a version."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.topics.keeping import OF_THE_FILE, Keeping
from bot.topics.model import (
    MOST_PAGES,
    BadTopic,
    Fact,
    Known,
    Line,
    NoSuchTopic,
    Page,
    Topic,
    What,
)
from bot.topics.records import TopicRow, VersionRow, find, unpacked, whole
from bot.topics.typed import links_of, placed, words_of


class Topics(Keeping):
    """The topic pages of every server.

    Those of config/topics are taken up when a server's are first looked at. A page that nobody
    there has changed follows its file; one that was changed stays as it is, the file's words are
    kept as a version that staff can restore, and staff hear of them.
    """

    async def list_(self, guild_id: int) -> tuple[Line, ...]:
        """Return a guild's topic pages, those that changed last first."""
        return tuple(line for line, _page in await self._current(guild_id))

    async def of_session(self, guild_id: int, reference: str) -> tuple[Line, ...]:
        """Return the topic pages that a session belongs to."""
        current = await self._current(guild_id)
        return tuple(line for line, page in current if reference in page.sessions)

    async def _current(self, guild_id: int) -> list[tuple[Line, Page]]:
        await self.take_up(guild_id)

        async def work(session: AsyncSession) -> list[tuple[Line, Page]]:
            found = await session.execute(
                select(TopicRow, VersionRow.content)
                .join(
                    VersionRow,
                    (VersionRow.topic_id == TopicRow.id) & (VersionRow.number == TopicRow.version),
                )
                .where(TopicRow.guild_id == guild_id)
                .order_by(TopicRow.changed_at.desc(), TopicRow.id)
            )
            pages = [(row, unpacked(content)) for row, content in found]
            return [
                (Line(row.reference, page.title, page.known, len(page.facts), row.changed_at), page)
                for row, page in pages
            ]

        return await self._store.read(work)

    async def topic(self, guild_id: int, reference: str) -> Topic:
        """Return a topic page with all its versions.

        Raises:
            NoSuchTopic: this guild has no such reference.
        """
        await self.take_up(guild_id)

        async def work(session: AsyncSession) -> Topic:
            row = await find(session, guild_id, reference)
            if row is None:
                raise NoSuchTopic(reference)
            return await whole(session, self._people, row)

        return await self._store.read(work)

    async def known(self, guild_id: int, reference: str) -> Known:
        """Return what is known in short, to be pinned where many ask at once.

        Raises:
            NoSuchTopic: this guild has no such reference.
        """
        topic = await self.topic(guild_id, reference)
        page = topic.page
        return Known(topic.reference, page.title, page.known, page.unknowns, topic.changed_at)

    async def add(self, guild_id: int, by: int, page: Page, *, intake: str) -> Topic:
        """Add a page. The same act (`interaction:123`) delivered again finds the one it made.

        Raises:
            BadTopic: a part is empty or too long, or there are as many pages as there can be.
        """
        title, known, unknowns = words_of(page.title, page.known, page.unknowns)
        page = replace(page, title=title, known=known, unknowns=unknowns)
        await self.take_up(guild_id)
        key = self._vault.fingerprint("topic", "added", guild_id, intake)

        async def work(session: AsyncSession) -> Topic:
            row = await session.scalar(select(TopicRow).where(TopicRow.intake == key))
            if row is None:
                query = select(func.count()).where(TopicRow.guild_id == guild_id)
                if (await session.scalar(query) or 0) >= MOST_PAGES:
                    raise BadTopic("topics.bad.pages")
                person = await self._people.ensure(session, guild_id, by, self._clock())
                row = await self._new(session, guild_id, key, page, person.id)
            return await whole(session, self._people, row)

        return await self._store.write(work)

    async def set_words(
        self,
        guild_id: int,
        reference: str,
        by: int,
        *,
        title: str,
        known: str,
        unknowns: Sequence[str],
        why: str = "",
        seen: int,
        intake: str,
    ) -> Topic:
        """Change title, what is known and what is not. `seen` is the version they looked at.

        Raises:
            BadTopic: a part is empty or too long.
            ChangedMeanwhile: it is not at that version any more.
            Unchanged: it says that already.
            NoSuchTopic: this guild has no such reference.
        """
        title, known, asked = words_of(title, known, unknowns)

        def edit(page: Page) -> Page:
            return replace(page, title=title, known=known, unknowns=asked)

        return await self._edit(guild_id, reference, by, What.WORDS, edit, why, seen, intake)

    async def set_links(
        self,
        guild_id: int,
        reference: str,
        by: int,
        *,
        entries: Sequence[str],
        sessions: Sequence[str],
        concerns: str,
        why: str = "",
        seen: int,
        intake: str,
    ) -> Topic:
        """Change which entries, sessions and concerns belong to a page. Whoever calls has looked
        that there are such entries and sessions.

        Raises:
            BadTopic: there are too many, or staff's topic is too long.
            ChangedMeanwhile, Unchanged, NoSuchTopic: as `set_words`.
        """
        kept, held, called = links_of(entries, sessions, concerns)

        def edit(page: Page) -> Page:
            return replace(page, entries=kept, sessions=held, concerns=called)

        return await self._edit(guild_id, reference, by, What.LINKS, edit, why, seen, intake)

    async def add_fact(
        self, guild_id: int, reference: str, by: int, fact: Fact, *, why: str = "", intake: str
    ) -> Topic:
        """Add a fact (`typed.fact_of`), in its place in time.

        Raises:
            BadTopic: there are as many as a page can have.
            NoSuchTopic: this guild has no such reference.
        """
        new = replace(fact, id=0)
        return await self._edit(
            guild_id,
            reference,
            by,
            What.FACT_ADDED,
            lambda page: placed(page, new),
            why,
            None,
            intake,
        )

    async def change_fact(
        self,
        guild_id: int,
        reference: str,
        by: int,
        fact: Fact,
        *,
        why: str = "",
        seen: int,
        intake: str,
    ) -> Topic:
        """Correct a fact; the version before keeps what it said.

        Raises:
            ChangedMeanwhile, Unchanged: as `set_words`.
            NoSuchTopic: this guild has no such reference, or the page no such fact.
        """

        def edit(page: Page) -> Page:
            page.fact(fact.id)
            return placed(page, fact)

        return await self._edit(guild_id, reference, by, What.FACT_CHANGED, edit, why, seen, intake)

    async def remove_fact(
        self, guild_id: int, reference: str, by: int, fact_id: int, *, seen: int, intake: str
    ) -> Topic:
        """Take a fact out; the version before keeps it.

        Raises:
            ChangedMeanwhile: as `set_words`.
            NoSuchTopic: this guild has no such reference, or the page no such fact.
        """

        def edit(page: Page) -> Page:
            gone = page.fact(fact_id)
            return replace(page, facts=tuple(one for one in page.facts if one != gone))

        return await self._edit(guild_id, reference, by, What.FACT_REMOVED, edit, "", seen, intake)

    async def restore(
        self, guild_id: int, reference: str, by: int, number: int, *, intake: str
    ) -> Topic:
        """Let a page say again what it said in an earlier version. Nothing is lost by it.

        Raises:
            BadTopic: the words of that version were erased.
            Unchanged: it says that already.
            NoSuchTopic: this guild has no such reference, or the page no such version.
        """
        version = (await self.topic(guild_id, reference)).at(number)
        if version.blanked:
            raise BadTopic("topics.bad.blanked")
        before = version.page
        detail = {"version": str(number)}
        return await self._edit(
            guild_id,
            reference,
            by,
            What.RESTORED,
            lambda _page: before,
            "",
            None,
            intake,
            detail,
        )

    async def blank(self, guild_id: int, reference: str, by: int, number: int) -> Topic:
        """Erase the words of an earlier version for good, as when they name a private person.
        That there was a version stays, and the audit has who erased it.

        Raises:
            BadTopic: it is what the page says now, or the words of the desk's own file.
            NoSuchTopic: this guild has no such reference, or the page no such version.
        """

        async def work(session: AsyncSession) -> Topic:
            row = await find(session, guild_id, reference, lock=True)
            if row is None:
                raise NoSuchTopic(reference)
            query = select(VersionRow).where(
                VersionRow.topic_id == row.id, VersionRow.number == number
            )
            version = await session.scalar(query)
            if version is None:
                raise NoSuchTopic(reference)
            if number == row.version:
                raise BadTopic("topics.bad.blank_current")
            if version.by_id is None and version.what in OF_THE_FILE:
                raise BadTopic("topics.bad.blank_file")
            if version.content:
                version.content, version.why = {}, ""
                person = await self._people.ensure(session, guild_id, by, self._clock())
                detail = {"version": str(number)}
                await self._audit.record(
                    session, guild_id, person.id, "topic.blanked", reference, detail
                )
            return await whole(session, self._people, row)

        return await self._store.write(work)
