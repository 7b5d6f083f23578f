"""What all work on topic pages stands on: taking up the files, editing, and writing versions."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.ids import Randomness
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.history import write_down
from bot.store.keeper import Keeper, free_reference
from bot.store.notices import staff_notice
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.topics.model import (
    PREFIX,
    ChangedMeanwhile,
    NoSuchTopic,
    Page,
    Topic,
    Unchanged,
    What,
)
from bot.topics.records import TopicRow, VersionRow, find, latest, packed, unpacked, whole
from bot.topics.shipped import Shipped
from bot.topics.typed import why_of
from bot.vault import Vault

Edit = Callable[[Page], Page]

OF_THE_FILE = (What.ADDED, What.FILE)
"""What makes a version that has the file's own words, if no person made it."""


class Keeping(Keeper):
    """Keeps topic pages, each server's apart from the others."""

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
        super().__init__(store, outbox, people, vault, audit, clock, randomness)
        self.shipped = tuple(shipped)
        self._taken_up: set[int] = set()

    def forget(self, guild_id: int) -> None:
        """Have nothing of a server in memory: it may come back with nothing of the file's."""
        self._taken_up.discard(guild_id)

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
        ours = [
            _without_sessions(one) for one in rows if one.by_id is None and one.what in OF_THE_FILE
        ]
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
            reference=await free_reference(session, guild_id, PREFIX, self._randomness, find),
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


def _without_sessions(row: VersionRow) -> Page:
    """Return what a file can say of a version: sessions are the server's own."""
    return replace(unpacked(row.content), sessions=())
