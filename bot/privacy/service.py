"""Exporting and erasing what the desk keeps of one person."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.ids import Randomness, new_reference
from bot.privacy.erasures import EraseFile, listed, note
from bot.privacy.model import Erased, Export, NothingKept, Preview
from bot.store.audit import Audit, AuditRow
from bot.store.engine import Store
from bot.store.people import Known, People, Who
from bot.store.personal import Holder
from bot.store.scrub import empty_log

PREFIX = "E"

log = structlog.stdlib.get_logger(__name__)


class Privacy:
    """What a person can have done with what the desk keeps of them.

    `guild_id` None means every server in which the desk knows them.
    """

    def __init__(
        self,
        store: Store,
        people: People,
        audit: Audit,
        clock: Clock,
        randomness: Randomness,
        holders: Sequence[Holder],
        erase_file: EraseFile,
    ) -> None:
        self._store = store
        self._people = people
        self._audit = audit
        self._clock = clock
        self._randomness = randomness
        self.holders = tuple(holders)
        self.erase_file = erase_file

    async def export(self, user_id: Who, guild_id: int | None = None, *, at: str = "") -> Export:
        """Return everything the desk keeps of a person; the audit says that it was exported.

        `at` names where, if it was not the person themselves: "terminal".

        Raises:
            NothingKept: the desk does not know them there.
        """
        now = self._clock()

        async def work(session: AsyncSession) -> Export:
            servers = []
            for known in await self._known(session, user_id, guild_id):
                kept: dict[str, Any] = {
                    "server": str(known.guild_id),
                    "you": str(user_id),
                    "known_since": known.since.isoformat(),
                }
                for holder in self.holders:
                    kept |= await holder.export(session, known.person)
                kept["audit"] = await _audited(session, known.person.id)
                servers.append(kept)
                await self._record(session, known, "privacy.exported", at)
            return Export(now, tuple(servers))

        return await self._store.write(work)

    async def preview(self, user_id: Who, guild_id: int | None = None) -> Preview:
        """Return what erasing a person would take away, and what it would leave."""

        async def work(session: AsyncSession) -> Preview:
            everywhere = await self._people.known(session, user_id, guild_id)
            goes, stays = await self._shares(session, everywhere)
            return Preview(len(everywhere), goes, stays)

        return await self._store.read(work)

    async def erase(self, user_id: Who, guild_id: int | None = None, *, at: str = "") -> Erased:
        """Erase a person. When this returns it is committed, and on the erase list.

        Their words are overwritten, the key to them and their identity destroyed; what was on
        its way to them is dropped, and the cards that showed their words are brought up to date.

        Raises:
            NothingKept: the desk does not know them there.
        """
        now = self._clock()
        reference = new_reference(PREFIX, self._randomness)

        async def work(session: AsyncSession) -> tuple[Erased, list[str]]:
            everywhere = await self._known(session, user_id, guild_id)
            goes, stays = await self._shares(session, everywhere)
            prints = [await self._erase(session, known) for known in everywhere]
            await note(session, prints, now)
            for known in everywhere:
                await self._record(session, known, "privacy.erased", at, receipt=reference)
            return Erased(reference, now, goes, stays), prints

        receipt, prints = await self._store.write(work)
        await self.settle(prints, now)
        log.info("privacy.erased", reference=reference)
        return receipt

    async def catch_up(self, also: Iterable[str] = ()) -> int:
        """Bring the erase list's two copies together and erase again whoever is on it.

        `also` are prints from elsewhere, such as the database that a backup takes the place of.
        Returns how many rows of people had to be erased again.
        """
        now = self._clock()
        try:
            in_file = await asyncio.to_thread(self.erase_file.read)
        except OSError as error:
            log.error("privacy.erase_list_unread", error=type(error).__name__)
            in_file = {}
        beside = {
            **{one: datetime.combine(day, time(), UTC) for one, day in in_file.items()},
            **dict.fromkeys(also, now),
        }

        async def work(session: AsyncSession) -> tuple[list[str], int]:
            in_database = await listed(session)
            for one, at in beside.items():
                if one not in in_database:
                    await note(session, [one], at)
            everything = in_database.keys() | beside.keys()
            again = 0
            if everything:
                for known in await self._people.every(session):
                    if self._people.print_of(known) in everything:
                        await self._erase(session, known)
                        await self._record(session, known, "privacy.erased", "catching up")
                        again += 1
            return sorted(everything - in_file.keys()), again

        if not beside and not await self._store.read(listed):
            return 0
        unwritten, again = await self._store.write(work)
        if unwritten or again:
            await self.settle(unwritten, now)
            log.warning("privacy.caught_up", count=again)
        return again

    async def note(self, session: AsyncSession, prints: Iterable[str], at: datetime) -> None:
        """Put rows of people on the erase list, in the caller's transaction (`EraseList`)."""
        await note(session, prints, at)

    async def settle(self, prints: Sequence[str], at: datetime) -> None:
        """Put what was erased on the file's list, and older versions out of SQLite's log."""
        if prints:
            await asyncio.to_thread(self.erase_file.append, prints, at.date())
        await empty_log(self._store)

    async def _known(
        self, session: AsyncSession, user_id: Who, guild_id: int | None
    ) -> list[Known]:
        found = await self._people.known(session, user_id, guild_id)
        if not found:
            raise NothingKept
        return found

    async def _shares(
        self, session: AsyncSession, everywhere: Sequence[Known]
    ) -> tuple[dict[str, int], dict[str, int]]:
        goes, stays = Counter[str](), Counter[str]()
        for known in everywhere:
            goes["identity"] += 1
            stays["record"] += 1
            for holder in self.holders:
                share = await holder.share(session, known.person)
                goes.update(share.goes)
                stays.update(share.stays)
            query = select(func.count()).where(AuditRow.actor_id == known.person.id)
            stays["audit"] += await session.scalar(query) or 0
        return dict(+goes), dict(+stays)

    async def _erase(self, session: AsyncSession, known: Known) -> str:
        for holder in self.holders:
            await holder.erase(session, known.person)
        return await self._people.erase(session, known)

    async def _record(
        self, session: AsyncSession, known: Known, what: str, at: str, **detail: str
    ) -> None:
        if at:
            detail["at"] = at
        actor = None if at else known.person.id
        subject = f"person:{known.person.id}"
        await self._audit.record(session, known.guild_id, actor, what, subject, detail)


async def _audited(session: AsyncSession, person_id: int) -> list[dict[str, Any]]:
    rows = await session.scalars(
        select(AuditRow).where(AuditRow.actor_id == person_id).order_by(AuditRow.id)
    )
    return [{"what": row.what, "subject": row.subject, "at": row.at.isoformat()} for row in rows]
