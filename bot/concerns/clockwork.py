"""What follows from the service clock: who is overdue, the daily digest, and figures for staff."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns import effects
from bot.concerns.casefile import ExclusionRow
from bot.concerns.figures import Figures, count, figures_of
from bot.concerns.hours import Hours, hours_of, keep_hours
from bot.concerns.listing import Summary
from bot.concerns.locking import lock_all
from bot.concerns.model import Delivery, Direction, State
from bot.concerns.reader import Reader
from bot.concerns.records import IS_OPEN, ConcernRow, LetterRow
from bot.concerns.timing import RUNS_IN, URGENT, due, late, on_wrote
from bot.store.alone import alone
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.outbox import Effect, Outbox
from bot.store.people import People

OVERDUE = "concern.overdue"
DIGEST = "concern.digest"

STEPS = 2
"""How often staff are told that a reply is overdue: when it is due, and a whole target later."""

_AT_ONCE = 20
_SHOWN = 10
_RECKONED = 200


class Clockwork:
    """Keeps working hours, tells staff what is overdue, and counts."""

    def __init__(
        self, store: Store, outbox: Outbox, people: People, audit: Audit, clock: Clock
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._audit = audit
        self._clock = clock
        self._reader = Reader(people)

    async def hours(self, guild_id: int) -> Hours:
        """Return a guild's working hours."""
        return await self._store.read(lambda session: hours_of(session, guild_id))

    async def reply_days(self, guild_id: int, since: datetime) -> int:
        """Return within how many days somebody who wrote then may expect a reply; two at least."""
        hours = await self.hours(guild_id)
        return max(2, -((since - hours.after(since, hours.target * 60)) // timedelta(days=1)))

    async def set_hours(self, guild_id: int, by: int, hours: Hours) -> Hours:
        """Keep a guild's working hours; clocks that run are reckoned anew, and cards follow.

        Raises:
            BadHours: nobody can work these hours.
        """
        hours = hours.checked()
        now = self._clock()

        async def keep(session: AsyncSession) -> int:
            before = await hours_of(session, guild_id)
            person = await self._people.ensure(session, guild_id, by, now)
            await keep_hours(session, guild_id, hours, now)
            await self._audit.record(session, guild_id, person.id, "hours.set", str(guild_id))
            return before.target

        target = await self._store.write(keep)
        after = 0
        while True:
            ids = await self._store.write(self._reckon(guild_id, hours, target, after))
            if not ids:
                return hours
            after = ids[-1]

    def _reckon(
        self, guild_id: int, hours: Hours, target: int, after: int
    ) -> Callable[[AsyncSession], Awaitable[list[int]]]:
        """Return the work that reckons some clocks anew, of the rows that follow `after`.

        Who had the whole of the old `target` left has the whole of the new one.
        """

        async def work(session: AsyncSession) -> list[int]:
            query = select(ConcernRow.id).where(
                ConcernRow.guild_id == guild_id,
                ConcernRow.due_at.is_not(None),
                ConcernRow.id > after,
            )
            ids = list(await session.scalars(query.order_by(ConcernRow.id).limit(_RECKONED)))
            for row in await lock_all(session, ids):
                if row.due_at is None:
                    # Somebody replied since.
                    continue
                if row.clock_left == target * 60:
                    row.clock_left = hours.target * 60
                end = due(row, hours)
                if end != row.due_at:
                    row.due_at = end
                    row.version += 1
                    await session.flush()
                    await self._outbox.post(session, effects.card(row))
            return ids

        return work

    async def wind_up(self, guild_id: int) -> int:
        """Begin the clock of what is open and never had one; return how many there were.

        They are from a release without clocks. Theirs runs from when the person last wrote, if
        nobody has replied since.
        """
        found, after = 0, 0
        while rows := await self._store.write(partial(self._wind, guild_id, after)):
            found, after = found + len(rows), rows[-1]
        return found

    async def _wind(self, guild_id: int, after: int, session: AsyncSession) -> list[int]:
        never = (
            IS_OPEN,
            ConcernRow.state != State.WAITING,
            ConcernRow.due_at.is_(None),
            ConcernRow.clock_left.is_(None),
            ConcernRow.first_reply_at.is_(None),
        )
        query = select(ConcernRow.id).where(
            ConcernRow.guild_id == guild_id, ConcernRow.id > after, *never
        )
        ids = list(await session.scalars(query.order_by(ConcernRow.id).limit(_RECKONED)))
        rows = await lock_all(session, ids)
        still = set(
            await session.scalars(select(ConcernRow.id).where(ConcernRow.id.in_(ids), *never))
        )
        for row in rows:
            if row.id not in still:
                continue
            wrote, first, last = await _letters(session, row)
            row.first_reply_at = first
            if wrote > last if last else row.state in RUNS_IN:
                await on_wrote(session, row, wrote)
                row.version += 1
                await session.flush()
                await self._outbox.post(session, effects.card(row))
        return ids

    async def escalate(self, guild_id: int) -> int:
        """Tell a guild's staff of replies that are overdue, each once a step; return how many.

        What is told and that it was told are kept in one transaction, so a desk that was down
        makes up for it, and of several processes one tells.
        """
        now = self._clock()
        told = 0
        # The longest overdue first: what has reached both steps at once is told of once.
        for step in reversed(range(STEPS)):
            while True:
                some = await self._store.write(partial(self._step, guild_id, step, now))
                told += some
                if some < _AT_ONCE:
                    break
        return told

    async def _step(self, guild_id: int, step: int, now: datetime, session: AsyncSession) -> int:
        hours = await hours_of(session, guild_id)
        # Working time is never longer than the calendar's, so this leaves out nobody.
        since = now - timedelta(minutes=hours.target) * step
        urgent = and_(ConcernRow.urgent.is_not(None), ConcernRow.due_at <= now - URGENT * step)
        rows = await session.scalars(
            select(ConcernRow)
            .where(
                ConcernRow.guild_id == guild_id,
                or_(ConcernRow.due_at <= since, urgent),
                ConcernRow.escalated <= step,
            )
            # What is urgent is late sooner: it must not stand behind others that are not late yet.
            .order_by(ConcernRow.urgent.is_(None), ConcernRow.due_at, ConcernRow.id)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        reached = [row for row in rows if late(row, hours, step) <= now]
        if not reached:
            return 0
        for row in reached:
            row.escalated = step + 1
        first = reached[0]
        begun = int(first.clock_from.timestamp()) if first.clock_from else 0
        await self._outbox.post(
            session,
            Effect(
                kind=OVERDUE,
                guild_id=guild_id,
                lane=f"notice:{guild_id}",
                key=f"overdue:{guild_id}:{first.id}:{begun}:{step}",
                payload={"references": [row.reference for row in reached], "step": step},
            ),
        )
        return len(reached)

    async def digest(self, guild_id: int) -> bool:
        """Post a guild's digest for today, once its working day has begun; say whether it was due.

        It is named for the day, so that the outbox takes it once. A day on which the desk did not
        run at all is not made up for: the next digest has all that is open anyway.
        """
        now = self._clock()

        async def work(session: AsyncSession) -> bool:
            hours = await hours_of(session, guild_id)
            today = hours.local(now).date()
            if not hours.digest or not hours.works_on(today) or now < hours.opening(today):
                return False
            name = f"triage-digest:{guild_id}:{today.isoformat()}"
            if await self._outbox.knows(session, name) or not await alone(session, name):
                return False
            payload = await self._digest(session, guild_id, _previous(hours, now), now)
            if payload is None:
                return False
            await self._outbox.post(
                session, Effect(DIGEST, guild_id, f"notice:{guild_id}", name, payload)
            )
            return True

        return await self._store.write(work)

    async def _digest(
        self, session: AsyncSession, guild_id: int, since: datetime, now: datetime
    ) -> dict[str, object] | None:
        mine = ConcernRow.guild_id == guild_id
        overdue = (mine, ConcernRow.due_at <= now)
        numbers = {
            "open": await count(session, mine, IS_OPEN),
            "new": await count(session, mine, ConcernRow.raised_at >= since),
            "unclaimed": await count(session, mine, IS_OPEN, ConcernRow.claimed_by_id.is_(None)),
            "overdue": await count(session, *overdue),
            "waiting": await count(session, mine, ConcernRow.state == State.WAITING),
            "unread": await _unread(session, guild_id),
        }
        if not numbers["open"] and not numbers["new"]:
            return None
        worst = await session.scalars(
            select(ConcernRow.reference)
            .where(*overdue)
            .order_by(ConcernRow.due_at, ConcernRow.id)
            .limit(_SHOWN)
        )
        return {**numbers, "references": list(worst)}

    async def late(self, guild_id: int, references: Sequence[str]) -> tuple[Summary, ...]:
        """Return those of these concerns whose reply is overdue still, the longest first."""
        now = self._clock()

        async def work(session: AsyncSession) -> tuple[Summary, ...]:
            rows = await session.scalars(
                select(ConcernRow)
                .where(
                    ConcernRow.guild_id == guild_id,
                    ConcernRow.reference.in_(references),
                    ConcernRow.due_at <= now,
                )
                .order_by(ConcernRow.due_at, ConcernRow.id)
            )
            late = list(rows)
            found = await session.scalars(
                select(ExclusionRow.concern_id).where(
                    ExclusionRow.concern_id.in_([row.id for row in late])
                )
            )
            covered = set(found)
            summaries = await self._reader.summaries(session, late)
            return tuple(
                replace(one, covered=row.id in covered)
                for one, row in zip(summaries, late, strict=True)
            )

        return await self._store.read(work)

    async def figures(self, guild_id: int) -> Figures:
        """Return how a guild's ledger stands: for its staff, who see each case anyway."""
        now = self._clock()
        return await self._store.read(
            lambda session: figures_of(session, self._people, guild_id, now)
        )


async def _letters(
    session: AsyncSession, row: ConcernRow
) -> tuple[datetime, datetime | None, datetime | None]:
    """Return when the person last wrote, and when staff first and last did."""
    found = await session.execute(
        select(LetterRow.direction, func.min(LetterRow.at), func.max(LetterRow.at))
        .where(LetterRow.concern_id == row.id)
        .group_by(LetterRow.direction)
    )
    ends = {direction: (first, last) for direction, first, last in found}
    none = (None, None)
    wrote = ends.get(Direction.FROM_REPORTER, none)[1] or row.raised_at
    return wrote, *ends.get(Direction.TO_REPORTER, none)


def _previous(hours: Hours, now: datetime) -> datetime:
    """Return when the working day before today's began."""
    today = hours.local(now).date()
    for number in range(1, 15):
        day = today - timedelta(days=number)
        if hours.works_on(day):
            return hours.opening(day)
    return now - timedelta(days=14)


async def _unread(session: AsyncSession, guild_id: int) -> int:
    query = select(func.count(LetterRow.concern_id.distinct())).where(
        LetterRow.guild_id == guild_id,
        LetterRow.direction == Direction.FROM_REPORTER,
        LetterRow.delivery == Delivery.PENDING,
    )
    return await session.scalar(query) or 0
