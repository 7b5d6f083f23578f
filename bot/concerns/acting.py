"""What every act of staff on a concern goes through: locked, audited, and shown on its card."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns import effects, timing
from bot.concerns.conflicts import refuse_excluded
from bot.concerns.joining.news import tell_voices
from bot.concerns.model import (
    MOVES,
    Case,
    CloseReason,
    State,
    Told,
)
from bot.concerns.news import tell
from bot.concerns.parts import ConcernChanged, Parts, unheard
from bot.concerns.queue import Queue
from bot.concerns.reading import CaseReader
from bot.concerns.records import IS_OPEN, ConcernRow, EventRow, find
from bot.concerns.troubles import (
    ChangedMeanwhile,
    IsMerged,
    NoSuchConcern,
    NotAllowedMove,
)
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault

T = TypeVar("T")
_TOLD = {
    State.READ: Told.READ,
    State.WORKING: Told.READ,
    State.CLOSED: Told.CLOSED,
    State.REOPENED: Told.REOPENED,
}
"""What reporters are told when staff move a concern there."""

Change = Callable[[AsyncSession, ConcernRow, int], Awaitable[T]]


class Acting(Queue):
    """Runs changes of staff's on concerns, one transaction each."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        audit: Audit,
        clock: Clock,
    ) -> None:
        super().__init__(store, CaseReader(people), people, clock)
        self._parts = Parts(outbox, people, clock)
        self.on_changed: ConcernChanged = unheard
        self._outbox = outbox
        self._audit = audit
        self._vault = vault
        self._clock = clock

    async def case(self, guild_id: int, reference: str, *, by: int | None = None) -> Case:
        """Return a case as it stands, to the desk itself or to staff member `by`.

        Raises:
            Excluded: they keep out of it.
            NoSuchConcern: this guild has no such reference.
        """

        async def work(session: AsyncSession) -> Case:
            row = await find(session, guild_id, reference)
            if row is None:
                raise NoSuchConcern(reference)
            if by is not None:
                ids = await self._people.ids_of(session, [guild_id], by)
                await refuse_excluded(session, row, ids)
            return await self._reader.case(session, row)

        return await self._store.read(work)

    async def reporter(self, guild_id: int, reference: str) -> int:
        """Return who raised a concern: read only to deliver to that person.

        Raises:
            NoSuchConcern: there is no such concern, or its reporter has erased themselves.
        """

        async def work(session: AsyncSession) -> int:
            row = await find(session, guild_id, reference)
            who = None if row is None else await self._people.user_id(session, row.reporter_id)
            if who is None:
                raise NoSuchConcern(reference)
            return who

        return await self._store.read(work)

    async def refresh_cards(
        self, guild_id: int, references: list[str] | None = None, *, again: str
    ) -> int:
        """Ask for the cards of these (or all open) concerns to be brought up to date.

        `again` names the occasion, such as a start of the desk; the same occasion asks once.
        A card that waits to be delivered is not asked for again, or each start would double what
        an earlier one left behind.
        """

        async def work(session: AsyncSession) -> int:
            query = select(ConcernRow).where(ConcernRow.guild_id == guild_id)
            query = query.where(
                IS_OPEN if references is None else ConcernRow.reference.in_(references)
            )
            rows = list(await session.scalars(query.order_by(ConcernRow.id)))
            wanted = [effects.card(row, again=f":{again}") for row in rows]
            coming = await self._outbox.hasten(session, [one.lane for one in wanted])
            await self._outbox.post(session, *(one for one in wanted if one.lane not in coming))
            return len(rows)

        return await self._store.write(work)

    async def _changed(
        self,
        guild_id: int,
        reference: str,
        by: int,
        change: Change[None],
        *,
        seen: int | None = None,
        part: bool = False,
        other: str = "",
    ) -> Case:
        """Run a change on a locked case; if it changed anything, the card follows.

        `seen` is how many events it had when the staff member looked at it; `part` says that the
        change is for concerns that are part of another one, too; `other` is a second case that it
        changes, locked with the first one.

        Raises:
            Excluded: this staff member keeps out of it.
            IsMerged: it is part of another concern.
            ChangedMeanwhile: something happened to it since.
            NoSuchConcern: this guild has no such reference.
        """

        async def work(session: AsyncSession) -> Case:
            if other:
                await self._parts.lock(session, guild_id, [reference, other])
            row = await self._parts.find(session, guild_id, reference)
            if row is None:
                raise NoSuchConcern(reference)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await refuse_excluded(session, row, [person.id])
            if row.state == State.MERGED and not part:
                raise IsMerged((await self._parts.whole(session, row)).reference)
            if seen is not None and seen != await self._happened(session, row):
                raise await self._meanwhile(session, row)
            before, stood = row.version, row.state
            await change(session, row, person.id)
            if row.version != before:
                row.version = before + 1
                row.changed_at = self._clock()
                await session.flush()
                await self._outbox.post(session, effects.card(row))
                await tell_voices(session, self._outbox, row, stood)
            return await self._reader.case(session, row)

        return await self._store.write(work)

    async def _move(
        self,
        session: AsyncSession,
        row: ConcernRow,
        to: State,
        person_id: int,
        reason: CloseReason | None = None,
        *,
        silent: bool = False,
    ) -> None:
        """Move a case; its reporter is told, unless a letter tells them more (`silent`)."""
        now = State(row.state)
        if to not in MOVES[now]:
            raise NotAllowedMove(now, to)
        row.state = to
        row.close_reason = reason
        detail = {"from": str(now), "to": str(to)} | ({} if reason is None else {"reason": reason})
        await self._record(session, row, "moved", person_id, detail)
        await timing.on_moved(session, row, self._clock())
        told = _TOLD.get(to)
        if told is Told.READ and now is not State.RECEIVED:
            told = None
        if told is not None and not silent:
            once = "" if told is Told.READ else f"{told}:{row.version}"
            why = {} if reason is None else {"reason": str(reason)}
            await tell(session, self._outbox, row, told, at=self._clock(), once=once, detail=why)

    async def _record(
        self,
        session: AsyncSession,
        row: ConcernRow,
        what: str,
        person_id: int,
        detail: dict[str, str] | None = None,
    ) -> None:
        row.version += 1
        session.add(
            EventRow(
                concern_id=row.id,
                guild_id=row.guild_id,
                at=self._clock(),
                what=what,
                by_id=person_id,
                detail=detail or {},
            )
        )
        await session.flush()
        await self._audit.record(
            session, row.guild_id, person_id, f"concern.{what}", row.reference, detail
        )

    async def _happened(self, session: AsyncSession, row: ConcernRow) -> int:
        query = select(func.count()).where(EventRow.concern_id == row.id)
        return await session.scalar(query) or 0

    async def _meanwhile(self, session: AsyncSession, row: ConcernRow) -> ChangedMeanwhile:
        last = await session.scalar(
            select(EventRow.by_id)
            .where(EventRow.concern_id == row.id)
            .order_by(EventRow.id.desc())
            .limit(1)
        )
        who = None if last is None else await self._people.user_id(session, last)
        return ChangedMeanwhile(State(row.state), who)
