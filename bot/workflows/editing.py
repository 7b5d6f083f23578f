"""Unanswered question -> gap -> draft -> review -> entry -> asker told: where they meet."""

import asyncio
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.knowledge.drafting import Typed, difference, drafted, faults, fingerprint, new_id
from bot.knowledge.export import entry_data
from bot.knowledge.following import Following
from bot.knowledge.gaps import Gaps
from bot.knowledge.library import Library
from bot.knowledge.model import Entry, Section
from bot.knowledge.revisionmodel import (
    NoSuchRevision,
    NotReady,
    Published,
    Revision,
    RevisionState,
)
from bot.knowledge.revisions import Revisions
from bot.knowledge.service import Knowledge
from bot.store.engine import Store

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Draft:
    """A draft with what still keeps it from review, and what it changes."""

    revision: Revision
    faults: tuple[str, ...]
    difference: str


class Editing:
    """What editors do to a server's knowledge base."""

    def __init__(
        self,
        store: Store,
        knowledge: Knowledge,
        revisions: Revisions,
        gaps: Gaps,
        following: Following,
        clock: Clock,
    ) -> None:
        self._store = store
        self._knowledge = knowledge
        self._revisions = revisions
        self._gaps = gaps
        self._following = following
        self._clock = clock

    async def catch_up(self) -> None:
        """Lay every server's revisions over the base, as at start.

        Raises:
            StoreUnavailable: the database is away.
        """
        for guild_id in await self._revisions.guild_ids():
            await self._lay_over(guild_id)

    async def draft(
        self,
        guild_id: int,
        by: int,
        typed: Typed,
        *,
        section: str = "",
        entry_id: str = "",
        gap: str | None = None,
        replacing: str | None = None,
    ) -> Draft:
        """Keep what an editor typed, whatever is wrong with it, and say what is.

        Raises:
            NoSuchRevision: neither section, entry nor draft of that name is there.
            NoSuchGap: there is no such gap.
        """
        library = self._knowledge.of(guild_id).library
        if replacing is not None:
            there = await self._revisions.get(guild_id, replacing)
            section, entry_id = there.section, there.entry_id
        before = _entry(library, entry_id)
        section = before.section if before is not None else section
        if _section(library, section) is None:
            raise NoSuchRevision(section)
        taken = {entry.id: entry for entry in library.entries}
        entry_id = entry_id or new_id(typed.question, taken)
        data = drafted(typed, entry_id=entry_id, before=before, today=self._clock().date())

        async def work(session: AsyncSession) -> Revision:
            if gap is not None:
                await self._gaps.drafted(session, guild_id, gap)
            return await self._revisions.write(
                session,
                guild_id,
                by,
                section,
                data,
                base=self._base(entry_id),
                gap=gap,
                replacing=replacing,
            )

        return await self._looked_at(await self._store.write(work))

    async def look(self, guild_id: int, reference: str) -> Draft:
        """Return a revision with its faults and what it changes.

        Raises:
            NoSuchRevision: there is none.
        """
        return await self._looked_at(await self._revisions.get(guild_id, reference))

    async def propose(self, guild_id: int, reference: str, by: int, reason: str) -> Revision:
        """Put a draft up for review; it must pass the schema and the linter first.

        Raises:
            NotReady: it has faults; says which.
            NoSuchRevision: it is no draft (any more).
        """
        looked = await self.look(guild_id, reference)
        if looked.faults:
            raise NotReady(looked.faults)
        return await self._store.write(
            lambda session: self._revisions.propose(session, guild_id, reference, by, reason)
        )

    async def retire(self, guild_id: int, entry_id: str, by: int, reason: str) -> Revision:
        """Put up for review that an entry is taken out of sight.

        Raises:
            NoSuchRevision: there is no such published entry.
        """
        entry = self._knowledge.of(guild_id).get(entry_id)
        if entry is None:
            raise NoSuchRevision(entry_id)
        data = {**entry_data(entry), "status": "retired"}

        async def work(session: AsyncSession) -> Revision:
            return await self._revisions.write(
                session,
                guild_id,
                by,
                entry.section,
                data,
                base=self._base(entry_id),
                reason=reason,
                state=RevisionState.REVIEW,
            )

        return await self._store.write(work)

    async def discard(self, guild_id: int, reference: str, by: int) -> Revision:
        """Drop a draft.

        Raises:
            NoSuchRevision: it is none (any more).
        """
        return await self._store.write(
            lambda session: self._revisions.discard(session, guild_id, reference, by)
        )

    async def publish(self, guild_id: int, reference: str, by: int) -> Published:
        """Publish what is up for review: members see it at once, who asked is told.

        Raises:
            FourEyes: they wrote it themselves, and its section is about law.
            NotReady: the base changed so that it no longer fits; says how.
            NoSuchRevision: it is not up for review (any more).
        """
        looked = await self.look(guild_id, reference)
        if looked.faults:
            raise NotReady(looked.faults)
        section = _section(self._knowledge.of(guild_id).library, looked.revision.section)
        four_eyes = section is None or section.legal

        async def work(session: AsyncSession) -> Published:
            revision = await self._revisions.publish(
                session, guild_id, reference, by, four_eyes=four_eyes
            )
            await self._following.changed(session, revision)
            told = 0
            if revision.gap is not None:
                told = await self._gaps.answered(session, guild_id, revision.gap, revision.entry_id)
            return Published(revision, told)

        done = await self._store.write(work)
        await self._lay_over(guild_id)
        return done

    async def roll_back(self, guild_id: int, entry_id: str, by: int) -> Revision | None:
        """Take back the last revision of an entry; return what stands now, None for the files'.

        Raises:
            NoSuchRevision: none is published.
        """
        now = await self._revisions.roll_back(guild_id, entry_id, by)
        await self._lay_over(guild_id)
        return now

    async def stand_by(self, guild_id: int, reference: str, by: int) -> None:
        """Keep a revision although the files changed under it.

        Raises:
            NoSuchRevision: it is not published (any more).
        """
        there = await self._revisions.get(guild_id, reference)
        await self._revisions.stand_by(guild_id, reference, by, self._base(there.entry_id))

    async def conflicts(self, guild_id: int) -> list[Revision]:
        """Return the revisions whose entry was changed in the files since they were written."""
        return [
            one
            for one in await self._revisions.standing(guild_id)
            if one.base != self._base(one.entry_id)
        ]

    def _base(self, entry_id: str) -> str:
        return fingerprint(_entry(self._knowledge.library, entry_id))

    async def _looked_at(self, revision: Revision) -> Draft:
        library = self._knowledge.of(revision.guild_id).library
        before = _entry(library, revision.entry_id)
        said = difference(None if before is None else entry_data(before), revision.data)
        if revision.retires or revision.state not in (RevisionState.DRAFT, RevisionState.REVIEW):
            return Draft(revision, (), said)
        found = await asyncio.to_thread(
            faults, library, revision.section, revision.data, today=self._clock().date()
        )
        return Draft(revision, tuple(found), said)

    async def _lay_over(self, guild_id: int) -> None:
        laid = await self._revisions.overlay(guild_id)
        await self._knowledge.lay_over(guild_id, laid)
        log.info("knowledge.overlaid", guild=guild_id, count=len(laid))


def _entry(library: Library, entry_id: str) -> Entry | None:
    return next((one for one in library.entries if one.id == entry_id), None)


def _section(library: Library, section_id: str) -> Section | None:
    return next((one for one in library.sections if one.id == section_id), None)
