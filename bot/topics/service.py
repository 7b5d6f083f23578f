"""Topic pages: what everybody reads, and what staff change. Every change makes a version."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.ids import Randomness, new_reference
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.history import write_down
from bot.store.notices import staff_notice
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.topics.model import (
    MOST_PAGES,
    PREFIX,
    BadTopic,
    ChangedMeanwhile,
    Fact,
    Known,
    Line,
    NoSuchTopic,
    Page,
    Topic,
    Unchanged,
    What,
)
from bot.topics.records import TopicRow, VersionRow, find, latest, packed, unpacked, whole
from bot.topics.shipped import Shipped
from bot.topics.typed import links_of, placed, why_of, words_of
from bot.vault import Vault

Edit = Callable[[Page], Page]

_TRIES = 8
_OURS = (What.ADDED, What.FILE)


class Topics:
    """The topic pages of every server.

    Those of config/topics are taken up when a server's are first looked at. A page that nobody
    there has changed follows its file; one that was changed stays as it is, the file's words are
    kept as a version that staff can restore, and staff hear of them.
    """

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        randomness: Randomness,
        shipped: Sequence[Shipped],
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._vault = vault
        self._audit = audit
        self._clock = clock
        self._randomness = randomness
        self.shipped = tuple(shipped)
        self._taken_up: set[int] = set()

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
            if version.by_id is None and version.what in _OURS:
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

    async def take_up(self, guild_id: int) -> None:
        """Take up the files' pages in a guild, and what the files say anew of those it has."""
        if guild_id in self._taken_up or not self.shipped:
            return

        async def work(session: AsyncSession) -> None:
            rows = await session.scalars(
                select(TopicRow)
                .where(TopicRow.guild_id == guild_id, TopicRow.shipped.is_not(None))
                .with_for_update()
            )
            known = {row.shipped: row for row in rows}
            for one in self.shipped:
                row = known.get(one.id)
                if row is None:
                    intake = self._vault.fingerprint("topic", "shipped", guild_id, one.id)
                    await self._new(session, guild_id, intake, one.page, None, one.id)
                else:
                    await self._follow(session, row, one)

        await self._store.write(work)
        self._taken_up.add(guild_id)

    async def _follow(self, session: AsyncSession, row: TopicRow, shipped: Shipped) -> None:
        rows = list(
            await session.scalars(
                select(VersionRow).where(VersionRow.topic_id == row.id).order_by(VersionRow.number)
            )
        )
        ours = [_without_sessions(one) for one in rows if one.by_id is None and one.what in _OURS]
        if ours and ours[-1] == shipped.page:
            return
        now, followed = unpacked(rows[-1].content), _without_sessions(rows[-1])
        new = replace(shipped.page, sessions=now.sessions)
        await self._write(session, row, What.FILE, None, new)
        if ours and followed == ours[-1]:
            return
        number = row.version
        await self._write(session, row, What.KEPT, None, now, detail={"version": str(number)})
        notice = staff_notice(
            row.guild_id,
            "topics.notice.file",
            once=f"topic:{row.reference}:{number}",
            reference=row.reference,
            title=now.title,
            version=str(number),
        )
        await self._outbox.post(session, notice)

    async def _edit(
        self,
        guild_id: int,
        reference: str,
        by: int,
        what: What,
        edit: Edit,
        why: str,
        seen: int | None,
        intake: str,
        detail: dict[str, str] | None = None,
    ) -> Topic:
        why = why_of(why)
        await self.take_up(guild_id)
        key = self._vault.fingerprint("topic", "edited", guild_id, intake)

        async def work(session: AsyncSession) -> Topic:
            row = await find(session, guild_id, reference, lock=True)
            if row is None:
                raise NoSuchTopic(reference)
            if await session.scalar(select(VersionRow.id).where(VersionRow.intake == key)):
                return await whole(session, self._people, row)
            if seen is not None and row.version != seen:
                raise ChangedMeanwhile(reference)
            before = await latest(session, row)
            after = edit(before)
            if after == before:
                raise Unchanged(reference)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await self._write(session, row, what, person.id, after, why, key, detail)
            return await whole(session, self._people, row)

        return await self._store.write(work)

    async def _new(
        self,
        session: AsyncSession,
        guild_id: int,
        intake: str,
        page: Page,
        person_id: int | None,
        shipped: str | None = None,
    ) -> TopicRow:
        row = TopicRow(
            guild_id=guild_id,
            reference=await self._free_reference(session, guild_id),
            intake=intake,
            shipped=shipped,
            changed_at=self._clock(),
            version=0,
        )
        try:
            async with session.begin_nested():
                session.add(row)
        except IntegrityError:
            # Another process added it at this instant: theirs is the one.
            theirs = await session.scalar(select(TopicRow).where(TopicRow.intake == intake))
            if theirs is None:
                raise
            return theirs
        await self._write(session, row, What.ADDED, person_id, page)
        return row

    async def _write(
        self,
        session: AsyncSession,
        row: TopicRow,
        what: What,
        person_id: int | None,
        page: Page,
        why: str = "",
        intake: str | None = None,
        detail: dict[str, str] | None = None,
    ) -> None:
        """Write the next version and the audit, together with the change itself."""
        version = VersionRow(
            topic_id=row.id,
            guild_id=row.guild_id,
            number=row.version + 1,
            intake=intake,
            at=self._clock(),
            what=str(what),
            by_id=person_id,
            detail=detail or {},
            why=why,
            content=packed(page),
        )
        await write_down(session, self._audit, "topic", row, version)

    async def _free_reference(self, session: AsyncSession, guild_id: int) -> str:
        for _ in range(_TRIES):
            reference = new_reference(PREFIX, self._randomness)
            if await find(session, guild_id, reference) is None:
                return reference
        raise RuntimeError("no free reference was found; the random source is not random")


def _without_sessions(row: VersionRow) -> Page:
    """Return what a file can say of a version: sessions are the server's own."""
    return replace(unpacked(row.content), sessions=())
