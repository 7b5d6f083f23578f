"""What happens once a day, however often the desk is started and however long it was down.

Each job's day stands in the database: of several processes one does it, a day that was missed is
not made up for, and a job that died midway is begun again after its lease.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import Date, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import Clock
from bot.store.base import Row, UtcDateTime
from bot.store.engine import Store, StoreUnavailable
from bot.store.watching import looking

EVERY = 300.0
"""Seconds between looks at the clock."""

HOUR = timedelta(hours=3)
"""A day's jobs are due from 03:00 UTC on."""


LEASE = timedelta(hours=1)
"""How long a job that was begun and not finished is left to whoever began it."""

log = structlog.stdlib.get_logger(__name__)


class DailyRow(Row):
    """The last day on which one job was begun."""

    __tablename__ = "daily_job"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    before_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Turn:
    """One day's turn of a job. `before` is when its last finished turn began, if there was one."""

    day: date
    before: datetime | None


Job = Callable[[Turn], Awaitable[None]]
Look = Callable[[], Awaitable[None]]


class Daily:
    """The desk's daily jobs."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._looks: dict[str, Look] = {}

    def add(self, name: str, job: Job) -> None:
        """Do `job` once a day. It may be begun twice if a process dies in it, never finished twice
        on one day.
        """
        self._jobs[name] = job

    def often(self, name: str, look: Look) -> None:
        """Call `look` whenever the clock is looked at. It keeps for itself what it did already."""
        self._looks[name] = look

    async def look(self) -> list[str]:
        """Do what is due; return the names of the jobs that were done."""
        done = []
        for name, often in self._looks.items():
            try:
                await often()
            except StoreUnavailable:
                raise
            except Exception as error:
                log.error("daily.failed", kind=name, error=type(error).__name__)
        for name, job in self._jobs.items():
            turn = await self._begin(name)
            if turn is None:
                continue
            try:
                await job(turn)
            except StoreUnavailable:
                raise
            except Exception as error:
                # A fault in one job must not keep the others from their day.
                log.error("daily.failed", kind=name, error=type(error).__name__)
                continue
            await self._finish(name)
            done.append(name)
        return done

    @contextlib.asynccontextmanager
    async def watching(self, every: float = EVERY) -> AsyncIterator[None]:
        """Look at the clock now and then for as long as this is held open."""
        async with looking("daily", self.look, every):
            yield

    async def _begin(self, name: str) -> Turn | None:
        now = self._clock()
        day = (now - HOUR).date()

        async def work(session: AsyncSession) -> Turn | None:
            row = await session.scalar(
                select(DailyRow).where(DailyRow.name == name).with_for_update()
            )
            if row is None:
                row = DailyRow(name=name, day=day, started_at=now)
                try:
                    async with session.begin_nested():
                        session.add(row)
                except IntegrityError:
                    return None  # another process began its very first turn at this instant
                return Turn(day, None)
            if row.finished_at is None:
                if row.day >= day and now - row.started_at < LEASE:
                    return None
            elif row.day >= day:
                return None
            else:
                row.before_at = row.started_at
            row.day, row.started_at, row.finished_at = day, now, None
            return Turn(day, row.before_at)

        return await self._store.write(work)

    async def _finish(self, name: str) -> None:
        now = self._clock()

        async def work(session: AsyncSession) -> None:
            row = await session.get(DailyRow, name)
            if row is not None:
                row.finished_at = now

        await self._store.write(work)
