"""What all work on sessions stands on: finding, changing, moving, and keeping the history."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.discussions import effects
from bot.discussions.model import (
    PUBLIC,
    UPCOMING,
    ChangedMeanwhile,
    Line,
    Mover,
    NoSuchSession,
    NotAllowedMove,
    Plan,
    Session,
    State,
    may_move,
)
from bot.discussions.records import (
    SessionEventRow,
    SessionHostRow,
    SessionRow,
    find,
    host_ids,
    line_of,
    plan_of,
    whole,
)
from bot.discussions.times import next_step
from bot.ids import Randomness
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.history import write_down
from bot.store.keeper import Keeper, free_reference
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault

Change = Callable[[AsyncSession, SessionRow, int], Awaitable[None]]

PREFIX = "S"
_FEED = timedelta(days=365)


class SessionKeeping(Keeper):
    """Keeps sessions, each server's apart from the others."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        super().__init__(store, outbox, people, vault, audit, clock, randomness)
        self.on_scheduled: Callable[[], None] = _nobody
        """Called when something is due at another time; whoever watches the clock sets it."""

    async def session(self, guild_id: int, reference: str) -> Session:
        """Return a session as it stands. Only hosts may be shown one that is not announced.

        Raises:
            NoSuchSession: this guild has no such reference.
        """

        async def work(session: AsyncSession) -> Session:
            row = await find(session, guild_id, reference)
            if row is None:
                raise NoSuchSession(reference)
            return await whole(session, self._people, row)

        return await self._store.read(work)

    async def upcoming(self, guild_id: int, *, planned: bool = False) -> list[Line]:
        """Return what is open now and what comes, the nearest first; `planned` ones for hosts."""
        states = {State.ANNOUNCED, State.OPEN} | ({State.PLANNED} if planned else set())
        return await self._lines(guild_id, SessionRow.state.in_(states))

    async def past(self, guild_id: int, limit: int = 200) -> list[Line]:
        """Return what was held, and what was called off after it was announced, latest first."""
        over = PUBLIC - UPCOMING - {State.OPEN}
        where = or_(
            SessionRow.state.in_(over),
            (SessionRow.state == State.CANCELLED) & SessionRow.announced_at.is_not(None),
        )
        return await self._lines(guild_id, where, latest_first=True, limit=limit)

    async def every(self, guild_id: int) -> list[Line]:
        """Return every session of a guild, the latest first, for hosts to choose from."""
        return await self._lines(guild_id, SessionRow.id > 0, latest_first=True)

    async def feed(self, guild_id: int) -> list[Session]:
        """Return what a public calendar shows: a year back, and all that comes, in order.

        What was announced and then called off is in it, so that calendars take it out again.
        """
        since = self._clock() - _FEED

        async def work(session: AsyncSession) -> list[Session]:
            rows = await session.scalars(
                select(SessionRow)
                .where(
                    SessionRow.guild_id == guild_id,
                    SessionRow.announced_at.is_not(None),
                    SessionRow.starts_at >= since,
                )
                .order_by(SessionRow.starts_at, SessionRow.id)
            )
            return [await whole(session, self._people, row) for row in list(rows)]

        return await self._store.read(work)

    async def _lines(
        self,
        guild_id: int,
        where: ColumnElement[bool],
        *,
        latest_first: bool = False,
        limit: int = 200,
    ) -> list[Line]:
        order = SessionRow.starts_at.desc() if latest_first else SessionRow.starts_at

        async def work(session: AsyncSession) -> list[Line]:
            rows = await session.scalars(
                select(SessionRow)
                .where(SessionRow.guild_id == guild_id, where)
                .order_by(order, SessionRow.id)
                .limit(limit)
            )
            return [line_of(row) for row in rows]

        return await self._store.read(work)

    async def _changed(
        self, guild_id: int, reference: str, by: int, change: Change, *, seen: int | None = None
    ) -> Session:
        """Run a host's change on a locked session; `seen` is the version they looked at."""

        async def work(session: AsyncSession) -> Session:
            row = await find(session, guild_id, reference, lock=True)
            if row is None:
                raise NoSuchSession(reference)
            if seen is not None and row.version != seen:
                raise ChangedMeanwhile(reference)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await change(session, row, person.id)
            return await whole(session, self._people, row)

        done = await self._store.write(work)
        self.on_scheduled()
        return done

    async def _move(
        self,
        session: AsyncSession,
        row: SessionRow,
        to: State,
        mover: Mover,
        person_id: int | None = None,
        *,
        note: str = "",
        detail: dict[str, str] | None = None,
    ) -> None:
        """Move a session, say what follows by itself, and write it down.

        Raises:
            NotAllowedMove: the machine has no such move for this mover.
        """
        now, at = State(row.state), self._clock()
        if not may_move(now, to, mover):
            raise NotAllowedMove(now, to)
        row.state = to
        if to is State.ANNOUNCED:
            row.announced_at = at
        elif to is State.OPEN:
            row.opened_at = at
        elif to is State.CLOSED:
            row.closed_at = at
        elif to is State.CANCELLED:
            row.sequence += 1
        self._schedule(row)
        said = {"from": str(now), "to": str(to), **(detail or {})}
        await self._record(session, row, "moved", person_id, said, note)

    def _schedule(self, row: SessionRow) -> None:
        """Say what the desk does with a session next."""
        found = next_step(State(row.state), plan_of(row), self._clock(), closed_at=row.closed_at)
        row.step, row.due_at = (None, None) if found is None else (str(found[0]), found[1])

    async def _record(
        self,
        session: AsyncSession,
        row: SessionRow,
        what: str,
        person_id: int | None,
        detail: dict[str, str] | None = None,
        note: str = "",
    ) -> None:
        """Write into the session's history and the audit, together with the change itself."""
        event = SessionEventRow(
            session_id=row.id,
            guild_id=row.guild_id,
            at=self._clock(),
            what=what,
            by_id=person_id,
            detail=detail or {},
            note=note,
        )
        await write_down(session, self._audit, "session", row, event)

    async def _new(
        self,
        session: AsyncSession,
        guild_id: int,
        intake: str,
        plan: Plan,
        hosts: Sequence[int],
        by: int | None,
        *,
        series: tuple[int, int] | None = None,
    ) -> SessionRow:
        """Add a planned session; `hosts` and `by` are rows in person."""
        row = SessionRow(
            guild_id=guild_id,
            reference=await free_reference(session, guild_id, PREFIX, self._randomness, find),
            intake=intake,
            series_id=None if series is None else series[0],
            occurrence=None if series is None else series[1],
            kind=plan.kind,
            state=State.PLANNED,
            before={},
            sequence=0,
            changed_at=self._clock(),
            version=0,
        )
        write_plan(row, plan)
        session.add(row)
        await session.flush()
        for place, person_id in enumerate(dict.fromkeys(hosts)):
            session.add(
                SessionHostRow(
                    session_id=row.id, person_id=person_id, guild_id=guild_id, place=place
                )
            )
        await self._record(session, row, "planned", by, {"starts": plan.starts.isoformat()})
        return row

    async def _tell_hosts(self, session: AsyncSession, row: SessionRow, what: str) -> None:
        for person_id in await host_ids(session, row.id):
            await self._outbox.post(session, effects.message(row, person_id, f"host.{what}"))


def write_plan(row: SessionRow, plan: Plan) -> None:
    """Take what is planned over into a row."""
    row.kind, row.topic = plan.kind, plan.topic
    row.starts_at, row.zone, row.minutes = plan.starts, plan.zone, plan.minutes
    row.guests, row.prompts, row.rules = plan.guests, plan.prompts, plan.rules


def _nobody() -> None:
    """Nobody watches the clock."""
