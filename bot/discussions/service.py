"""The sessions of every server: what the desk does with them by itself, and where they are."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import effects
from bot.discussions.model import (
    HELD,
    LATE,
    REMINDERS,
    UPCOMING,
    Mover,
    Session,
    State,
    Step,
)
from bot.discussions.records import ComingRow, SessionRow, find, plan_of
from bot.discussions.series import SeriesPlanning
from bot.discussions.times import next_step, reminder_now
from bot.store.engine import StoreUnavailable
from bot.store.notices import staff_notice

LONGEST_NAP = 60.0
"""Seconds after which the clock is looked at again, whatever is due."""

_SHORTEST_NAP = 0.2
_STOP_SECONDS = 5.0
_AT_ONCE = 50

log = structlog.stdlib.get_logger(__name__)


class Sessions(SeriesPlanning):
    """Sessions, and what becomes of them as time goes on.

    What is due stands in the rows, and what was done stands there in the same transaction as its
    effects. So a desk that was down does the rest when it is back, nothing twice, and says of
    what is late that it is; of several processes one does it.
    """

    async def look(self) -> datetime | None:
        """Do what is due; return when something is due next."""
        await self.plan_ahead()
        while True:
            due = await self._store.read(self._due)
            for session_id in due:
                await self._store.write(partial(self._do, session_id=session_id))
            if len(due) < _AT_ONCE:
                break
        return await self._store.read(
            lambda session: session.scalar(select(func.min(SessionRow.due_at)))
        )

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Do what is due, when it is due, for as long as this is held open."""
        stopping, called = asyncio.Event(), asyncio.Event()
        self.on_scheduled = called.set
        watching = asyncio.create_task(self._watch(stopping, called), name="sessions")
        try:
            yield
        finally:
            stopping.set()
            called.set()
            await asyncio.wait([watching], timeout=_STOP_SECONDS)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self, stopping: asyncio.Event, called: asyncio.Event) -> None:
        while not stopping.is_set():
            nap = LONGEST_NAP
            called.clear()
            try:
                due = await self.look()
                if due is not None:
                    left = (due - self._clock()).total_seconds()
                    nap = min(max(left, _SHORTEST_NAP), LONGEST_NAP)
            except StoreUnavailable:
                log.warning("sessions.store_unavailable")
            except Exception as error:
                # A fault of our own: what is due stays due, and the next release does it.
                log.error("sessions.look_failed", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(nap):
                    await called.wait()

    async def _due(self, session: AsyncSession) -> Sequence[int]:
        return list(
            await session.scalars(
                select(SessionRow.id)
                .where(SessionRow.due_at.is_not(None), SessionRow.due_at <= self._clock())
                .order_by(SessionRow.due_at, SessionRow.id)
                .limit(_AT_ONCE)
            )
        )

    async def _do(self, session: AsyncSession, session_id: int) -> None:
        row = await session.scalar(
            select(SessionRow)
            .where(SessionRow.id == session_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        now = self._clock()
        # Another process may have been here between the two looks.
        if row is None or row.due_at is None or row.due_at > now or row.step is None:
            return
        step, late, plan = Step(row.step), now - row.due_at, plan_of(row)
        if row.state == State.ANNOUNCED and now >= plan.ends:
            await self._miss(session, row)
        elif row.state == State.ANNOUNCED and now >= plan.starts:
            minutes = _minutes(now - plan.starts)
            await self._move(session, row, State.OPEN, Mover.DESK, detail={"late": str(minutes)})
            await self._moved(session, row, late=minutes)
        elif row.state == State.ANNOUNCED and step in REMINDERS:
            await self._remind(session, row, reminder_now(step, plan, now), late)
        elif row.state == State.OPEN:
            minutes = _minutes(late)
            await self._move(session, row, State.CLOSED, Mover.DESK, detail={"late": str(minutes)})
            await self._moved(session, row, late=minutes)
        elif row.state == State.SUMMED_UP:
            await self._move(session, row, State.ARCHIVED, Mover.DESK)
            await self._bring(session, row)
            await self._outbox.post(session, effects.gate(row))
        else:
            self._schedule(row)

    async def _remind(
        self, session: AsyncSession, row: SessionRow, step: Step, late: timedelta
    ) -> None:
        detail = {"step": str(step), "late": str(_minutes(late))}
        found = next_step(State.ANNOUNCED, plan_of(row), self._clock())
        row.step, row.due_at = (None, None) if found is None else (str(found[0]), found[1])
        await self._record(session, row, "reminded", None, detail)
        await self._outbox.post(session, effects.tell(row, str(step)))
        await self._tell_hosts(session, row, str(step))
        if step is Step.HOUR:
            coming = await session.scalars(
                select(ComingRow.person_id).where(ComingRow.session_id == row.id, ComingRow.asked)
            )
            for person_id in list(coming):
                await self._outbox.post(session, effects.message(row, person_id, str(step)))
        await self._bring(session, row)

    async def _miss(self, session: AsyncSession, row: SessionRow) -> None:
        """Close a session that the desk slept through, and say so to everybody."""
        row.sequence += 1
        await self._move(session, row, State.CLOSED, Mover.DESK, detail={"missed": "1"})
        await self._outbox.post(session, effects.tell(row, "missed"))
        notice = staff_notice(
            row.guild_id,
            "session.notice.missed",
            once=f"session:{row.reference}:missed",
            reference=row.reference,
            topic=row.topic,
        )
        await self._outbox.post(session, notice)
        await self._bring(session, row)

    async def placed(
        self,
        session: AsyncSession,
        guild_id: int,
        reference: str,
        *,
        channel_id: int | None = None,
        message_id: int | None = None,
        event_id: int | None = None,
    ) -> None:
        """Note where a session is on Discord, in the transaction of the effect that put it there.

        The event tells people the post's address, and the post the event's: what is new in one
        is brought to the other.
        """
        row = await find(session, guild_id, reference, lock=True)
        if row is None:
            return
        new_post = channel_id is not None and channel_id != row.channel_id
        new_event = event_id is not None and event_id != row.event_id
        row.channel_id = channel_id or row.channel_id
        row.message_id = message_id or row.message_id
        row.event_id = event_id or row.event_id
        if new_post:
            row.before = {}
            row.version += 1
            await self._outbox.post(session, effects.event(row), effects.gate(row))
        elif new_event:
            row.version += 1
            await self._outbox.post(session, effects.show(row))

    async def gate_before(self, guild_id: int, reference: str) -> dict[str, int]:
        """Return how a session's post was set before it opened; empty if that is not noted."""

        async def work(session: AsyncSession) -> dict[str, int]:
            row = await find(session, guild_id, reference)
            return {} if row is None else {name: int(value) for name, value in row.before.items()}

        return await self._store.read(work)

    async def keep_before(self, guild_id: int, reference: str, before: dict[str, int]) -> None:
        """Note how a session's post is set, before anything is changed about it."""

        async def work(session: AsyncSession) -> None:
            row = await find(session, guild_id, reference, lock=True)
            if row is not None and not row.before:
                row.before = dict(before)

        await self._store.write(work)

    async def bring_all(self, guild_id: int, occasion: str) -> int:
        """Bring every session that is not over to Discord anew, as after its place was chosen."""

        async def work(session: AsyncSession) -> int:
            rows = await session.scalars(
                select(SessionRow).where(
                    SessionRow.guild_id == guild_id,
                    SessionRow.state.in_([State.ANNOUNCED, State.OPEN]),
                )
            )
            found = list(rows)
            for row in found:
                again = f":{occasion}"
                await self._outbox.post(session, effects.show(row, again=again))
            return len(found)

        return await self._store.write(work)

    async def quiet(self, guild_id: int, weeks: int) -> bool:
        """Say whether no session is planned, announced or open within so many weeks."""
        until = self._clock() + timedelta(weeks=weeks)
        query = select(func.count()).where(
            SessionRow.guild_id == guild_id,
            SessionRow.state.in_([*UPCOMING, State.OPEN]),
            SessionRow.starts_at <= until,
        )
        return not await self._store.read(lambda session: session.scalar(query))

    async def held(self, guild_id: int, since: datetime) -> list[Session]:
        """Return the sessions that took place since then, the latest first."""

        async def work(session: AsyncSession) -> Sequence[str]:
            rows = await session.scalars(
                select(SessionRow.reference)
                .where(
                    SessionRow.guild_id == guild_id,
                    SessionRow.state.in_(HELD),
                    SessionRow.opened_at >= since,
                )
                .order_by(SessionRow.opened_at.desc())
            )
            return list(rows)

        return [await self.session(guild_id, one) for one in await self._store.read(work)]

    async def at_post(self, guild_id: int, channel_id: int) -> Session | None:
        """Return the session whose post that is; None if it is nobody's."""
        query = select(SessionRow.reference).where(
            SessionRow.guild_id == guild_id, SessionRow.channel_id == channel_id
        )
        found = await self._store.read(lambda session: session.scalar(query.limit(1)))
        return None if found is None else await self.session(guild_id, found)

    async def is_taken(self, guild_id: int, channel_id: int) -> bool:
        """Say whether a post is some session's."""
        query = select(SessionRow.id).where(
            SessionRow.guild_id == guild_id, SessionRow.channel_id == channel_id
        )
        found = await self._store.read(lambda session: session.scalar(query.limit(1)))
        return found is not None


def _minutes(late: timedelta) -> int:
    """Return by how many minutes something is late; 0 if that is not worth a word."""
    return int(late.total_seconds() // 60) if late >= LATE else 0
