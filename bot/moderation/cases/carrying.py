"""Carrying out: what the desk did on Discord about a case, and ending it in time."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.moderation.cases.keeping import Keeping
from bot.moderation.cases.model import IN_FORCE, UNDONE, Act, Order, State, Told
from bot.moderation.cases.records import CaseRow, first, subject_print

_ON_CHANNELS = (Act.LOCK, Act.SLOW)
_RUNNING = [State.ACTIONED, State.UPHELD, State.CHANGED]


class Carrying(Keeping):
    """What is done, refused and ended."""

    # What the desk did on Discord. Each of these runs in the transaction that ends the effect.

    async def told(self, session: AsyncSession, guild_id: int, reference: str, told: Told) -> None:
        """Record whether the member got the message about the decision."""
        row = await self._locked(session, guild_id, reference)
        row.told = told
        await self._record(session, row, "told" if told is Told.YES else "not_told", None)

    async def done(self, session: AsyncSession, guild_id: int, reference: str) -> None:
        """Record that what was decided happened on Discord."""
        row = await self._locked(session, guild_id, reference)
        if row.state == State.OPEN:
            row.done_at, row.trouble = self._clock(), ""
            await self._move(session, row, State.ACTIONED, None)
            await self._let_reporters_hear(session, row)

    async def failed(
        self, session: AsyncSession, guild_id: int, reference: str, trouble: str
    ) -> None:
        """Record that Discord refuses; moderators see why, and can try again. Nothing is half done:
        the case stays open until it happened."""
        row = await self._locked(session, guild_id, reference)
        row.trouble = trouble[:200]
        await self._record(session, row, "refused", None)

    async def undone(self, session: AsyncSession, guild_id: int, reference: str) -> None:
        """Record that it was ended on Discord."""
        row = await self._locked(session, guild_id, reference)
        row.trouble = ""
        await self._record(session, row, "undone", None)

    async def wanted(self, guild_id: int, reference: str) -> bool:
        """Say whether what a case did on Discord is still wanted there, by it or by another one."""

        async def work(session: AsyncSession) -> bool:
            row = await self._locked(session, guild_id, reference)
            if row.state in IN_FORCE and row.ended_at is None:
                return True
            order = Order(Act(row.act), row.rule, "", channel_id=row.channel_id)
            there = await self._in_force(session, guild_id, order, print_=row.subject_print)
            return there is not None and there.role_id == row.role_id

        return await self._store.read(work)

    async def end_due(self) -> int:
        """End what has run its time, and let fade what counts no more; return how many cases.

        What is ended stands in the same rows and commits together with its effect, so neither a
        restart nor a second process nor weeks of downtime ends anything twice, or not at all.
        """
        now = self._clock()
        ended = (
            CaseRow.until <= now,
            CaseRow.ended_at.is_(None),
            CaseRow.state.in_([*_RUNNING, State.APPEALED, State.EXPIRED]),
        )
        fading = (
            CaseRow.fades_at <= now,
            CaseRow.act.not_in([str(one) for one in UNDONE]),
            CaseRow.state.in_(_RUNNING),
        )
        over = (CaseRow.ended_at.is_not(None), CaseRow.state.in_(_RUNNING))

        async def work(session: AsyncSession) -> int:
            rows = await self._some(session, *ended)
            for row in rows:
                await self._end(session, row)
            faded = await self._some(session, *fading) + await self._some(session, *over)
            for row in faded:
                await self._move(session, row, State.EXPIRED, None)
            return len(rows) + len(faded)

        total = 0
        while count := await self._store.write(work):
            total += count
        return total

    async def _some(self, session: AsyncSession, *conditions: ColumnElement[bool]) -> list[CaseRow]:
        await session.flush()
        query = select(CaseRow).where(*conditions).order_by(CaseRow.id).limit(100)
        locked = query.with_for_update(skip_locked=True)
        return list(await session.scalars(locked.execution_options(populate_existing=True)))

    async def _end(self, session: AsyncSession, row: CaseRow) -> None:
        """End on Discord what a case did there, once."""
        if row.ended_at is None:
            row.ended_at = self._clock()
            await self._record(session, row, "ended", None)
            if row.act in UNDONE and row.done_at is not None:
                await self._undo(session, row)

    async def _in_force(
        self, session: AsyncSession, guild_id: int, order: Order, *, print_: str | None = None
    ) -> CaseRow | None:
        """Return the case by which the same act is in force on the same member or channel."""
        if order.act not in UNDONE:
            return None
        if order.act in _ON_CHANNELS:
            where = CaseRow.channel_id == order.channel_id
        elif order.subject is not None or print_ is not None:
            found = print_ or subject_print(self._vault, guild_id, order.subject or 0)
            where = CaseRow.subject_print == found
        else:
            return None
        conditions = [
            CaseRow.guild_id == guild_id,
            where,
            CaseRow.act == order.act,
            CaseRow.ended_at.is_(None),
            CaseRow.state.in_([str(one) for one in IN_FORCE]),
            (CaseRow.until.is_(None)) | (CaseRow.until > self._clock()),
        ]
        if order.act is Act.ROLE and order.role_id is not None:
            conditions.append(CaseRow.role_id == order.role_id)
        return await first(session, *conditions)
