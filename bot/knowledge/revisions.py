"""Revisions: drafts of entries, reviewed, published, rolled back. Each server has its own.

The YAML files are the base that all servers share; what a server publishes is laid over it there
and nowhere else (docs/decisions/0014).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.ids import Randomness, new_reference
from bot.knowledge.drafting import entry_of
from bot.knowledge.export import as_json
from bot.knowledge.model import Entry
from bot.knowledge.records import RevisionRow
from bot.knowledge.revisionmodel import FourEyes, NoSuchRevision, Revision, RevisionState
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.people import People

PREFIX = "R"
REASON_LIMIT = 300

_PENDING = (RevisionState.DRAFT, RevisionState.REVIEW)


class Revisions:
    """The edits of every server, each apart from the others."""

    def __init__(
        self, store: Store, people: People, audit: Audit, clock: Clock, randomness: Randomness
    ) -> None:
        self._store = store
        self._people = people
        self._audit = audit
        self._clock = clock
        self._randomness = randomness

    async def write(
        self,
        session: AsyncSession,
        guild_id: int,
        by: int,
        section: str,
        data: Mapping[str, Any],
        *,
        base: str,
        gap: str | None = None,
        reason: str = "",
        state: RevisionState = RevisionState.DRAFT,
        replacing: str | None = None,
    ) -> Revision:
        """Keep a draft, in the caller's transaction. `replacing` is the draft it is a new wording
        of, whose author it then has.

        Raises:
            NoSuchRevision: what it would replace is no draft (any more).
        """
        person = await self._people.ensure(session, guild_id, by, self._clock())
        if replacing is not None:
            row = await find(session, guild_id, replacing, _PENDING)
            # Whoever changes a draft has written it: they may not be its second pair of eyes.
            row.author_id = person.id
        else:
            row = RevisionRow(
                guild_id=guild_id,
                reference=await self._new_reference(session, guild_id),
                entry_id=str(data["id"]),
                section=section,
                base=base,
                gap=gap,
                reason="",
                author_id=person.id,
            )
            session.add(row)
        row.data = as_json(data)
        row.state = state
        row.reason = reason[:REASON_LIMIT] or row.reason
        row.changed_at = self._clock()
        await session.flush()
        what = "knowledge.drafted" if state is RevisionState.DRAFT else "knowledge.proposed"
        await self._note(session, row, person.id, what)
        return await self._seen(session, row)

    async def propose(
        self, session: AsyncSession, guild_id: int, reference: str, by: int, reason: str
    ) -> Revision:
        """Put a draft up for review, with the reason for it.

        Raises:
            NoSuchRevision: it is no draft (any more).
        """
        row = await find(session, guild_id, reference, (RevisionState.DRAFT,))
        person = await self._people.ensure(session, guild_id, by, self._clock())
        row.state, row.reason = RevisionState.REVIEW, reason.strip()[:REASON_LIMIT]
        row.changed_at = self._clock()
        await self._note(session, row, person.id, "knowledge.proposed")
        return await self._seen(session, row)

    async def discard(
        self, session: AsyncSession, guild_id: int, reference: str, by: int
    ) -> Revision:
        """Drop a draft, or what is up for review.

        Raises:
            NoSuchRevision: it is neither (any more).
        """
        row = await find(session, guild_id, reference, _PENDING)
        person = await self._people.ensure(session, guild_id, by, self._clock())
        row.state, row.changed_at = RevisionState.DISCARDED, self._clock()
        await self._note(session, row, person.id, "knowledge.discarded")
        return await self._seen(session, row)

    async def publish(
        self, session: AsyncSession, guild_id: int, reference: str, by: int, *, four_eyes: bool
    ) -> Revision:
        """Publish what is up for review, in the caller's transaction.

        Raises:
            FourEyes: this person wrote it, and the section wants another's eyes.
            NoSuchRevision: it is not up for review (any more).
        """
        row = await find(session, guild_id, reference, (RevisionState.REVIEW,))
        person = await self._people.ensure(session, guild_id, by, self._clock())
        if four_eyes and row.author_id == person.id:
            raise FourEyes
        for before in await session.scalars(
            select(RevisionRow).where(
                RevisionRow.guild_id == guild_id,
                RevisionRow.entry_id == row.entry_id,
                RevisionRow.state == RevisionState.PUBLISHED,
            )
        ):
            before.state = RevisionState.SUPERSEDED
        row.state, row.publisher_id = RevisionState.PUBLISHED, person.id
        row.changed_at = row.published_at = self._clock()
        await session.flush()
        await self._note(session, row, person.id, "knowledge.published")
        return await self._seen(session, row)

    async def roll_back(self, guild_id: int, entry_id: str, by: int) -> Revision | None:
        """Take back an entry's last revision: the one before it stands again, or the files'.

        Return what stands now; None for the files' own wording.

        Raises:
            NoSuchRevision: no revision of this entry is published here.
        """

        async def work(session: AsyncSession) -> Revision | None:
            rows = list(
                await session.scalars(
                    select(RevisionRow)
                    .where(
                        RevisionRow.guild_id == guild_id,
                        RevisionRow.entry_id == entry_id,
                        RevisionRow.state.in_((RevisionState.PUBLISHED, RevisionState.SUPERSEDED)),
                    )
                    .order_by(RevisionRow.published_at.desc(), RevisionRow.id.desc())
                    .with_for_update()
                )
            )
            if not rows or rows[0].state != RevisionState.PUBLISHED:
                raise NoSuchRevision(entry_id)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            rows[0].state, rows[0].changed_at = RevisionState.BACK, self._clock()
            if len(rows) > 1:
                rows[1].state = RevisionState.PUBLISHED
            await session.flush()
            await self._note(session, rows[0], person.id, "knowledge.rolled_back")
            return await self._seen(session, rows[1]) if len(rows) > 1 else None

        return await self._store.write(work)

    async def stand_by(self, guild_id: int, reference: str, by: int, base: str) -> None:
        """Keep a published revision although the files changed under it. `base` is what they say.

        Raises:
            NoSuchRevision: it is not published (any more).
        """

        async def work(session: AsyncSession) -> None:
            row = await find(session, guild_id, reference, (RevisionState.PUBLISHED,))
            person = await self._people.ensure(session, guild_id, by, self._clock())
            row.base = base
            await self._note(session, row, person.id, "knowledge.stood_by")

        await self._store.write(work)

    async def get(self, guild_id: int, reference: str) -> Revision:
        """Return a revision.

        Raises:
            NoSuchRevision: this server has no such reference.
        """

        async def work(session: AsyncSession) -> Revision:
            return await self._seen(session, await find(session, guild_id, reference))

        return await self._store.read(work)

    async def pending(self, guild_id: int) -> list[Revision]:
        """Return drafts and what is up for review; what waits longest first."""
        return await self._listed(guild_id, _PENDING, limit=25)

    async def standing(self, guild_id: int) -> list[Revision]:
        """Return the revisions that are published and not superseded."""
        return await self._listed(guild_id, (RevisionState.PUBLISHED,), limit=10_000)

    async def changes(self, guild_id: int, *, limit: int = 15) -> list[Revision]:
        """Return what was published, the latest first: the public change log."""
        query = (
            select(RevisionRow)
            .where(RevisionRow.guild_id == guild_id, RevisionRow.published_at.is_not(None))
            .order_by(RevisionRow.published_at.desc(), RevisionRow.id.desc())
            .limit(limit)
        )

        async def work(session: AsyncSession) -> list[Revision]:
            return [await self._seen(session, row) for row in await session.scalars(query)]

        return await self._store.read(work)

    async def guild_ids(self) -> list[int]:
        """Return the servers that have published a revision."""
        query = (
            select(RevisionRow.guild_id)
            .where(RevisionRow.state == RevisionState.PUBLISHED)
            .distinct()
        )

        async def work(session: AsyncSession) -> list[int]:
            return list(await session.scalars(query))

        return await self._store.read(work)

    async def overlay(self, guild_id: int) -> dict[str, Entry]:
        """Return the entries that a server lays over the base, by id."""
        laid = {}
        for one in await self.standing(guild_id):
            entry = entry_of(one.section, one.data)
            if entry is not None:
                laid[entry.id] = entry
        return laid

    async def _listed(
        self, guild_id: int, states: Sequence[RevisionState], *, limit: int
    ) -> list[Revision]:
        query = (
            select(RevisionRow)
            .where(RevisionRow.guild_id == guild_id, RevisionRow.state.in_(states))
            .order_by(RevisionRow.id)
            .limit(limit)
        )

        async def work(session: AsyncSession) -> list[Revision]:
            return [await self._seen(session, row) for row in await session.scalars(query)]

        return await self._store.read(work)

    async def _seen(self, session: AsyncSession, row: RevisionRow) -> Revision:
        people = {row.author_id} | ({row.publisher_id} if row.publisher_id else set())
        names = await self._people.user_ids(session, people)
        return Revision(
            guild_id=row.guild_id,
            reference=row.reference,
            entry_id=row.entry_id,
            section=row.section,
            state=RevisionState(row.state),
            data=dict(row.data),
            base=row.base,
            reason=row.reason,
            gap=row.gap,
            author=names.get(row.author_id),
            publisher=names.get(row.publisher_id) if row.publisher_id else None,
            changed_at=row.changed_at,
            published_at=row.published_at,
        )

    async def _new_reference(self, session: AsyncSession, guild_id: int) -> str:
        while True:
            reference = new_reference(PREFIX, self._randomness)
            taken = select(RevisionRow.id).where(
                RevisionRow.guild_id == guild_id, RevisionRow.reference == reference
            )
            if await session.scalar(taken) is None:
                return reference

    async def _note(
        self, session: AsyncSession, row: RevisionRow, person_id: int, what: str
    ) -> None:
        detail = {"entry": row.entry_id}
        await self._audit.record(session, row.guild_id, person_id, what, row.reference, detail)


async def find(
    session: AsyncSession,
    guild_id: int,
    reference: str,
    states: Sequence[RevisionState] = tuple(RevisionState),
) -> RevisionRow:
    """Return the locked row of a revision that is in one of these states.

    Raises:
        NoSuchRevision: there is none.
    """
    row = await session.scalar(
        select(RevisionRow)
        .where(RevisionRow.guild_id == guild_id, RevisionRow.reference == reference)
        .with_for_update()
    )
    if row is None or row.state not in states:
        raise NoSuchRevision(reference)
    return row
