"""Working hours: when a guild's staff are there, and by when they mean to have replied.

Pure functions over a guild's own time zone, weekdays, hours and holidays; instants are UTC. An
hour that a change to summer time skips is not worked, one that it repeats is worked once more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import JSON, Boolean, String
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.concerns.troubles import ConcernTrouble
from bot.store.base import Row, Snowflake, UtcDateTime

DAY_MINUTES = 24 * 60
MOST_TARGET_HOURS = 500
MOST_HOLIDAYS = 100
_MOST_DAYS = 5000
"""Days that are looked through at most for working time; no target within bounds needs more."""


class ServiceHoursRow(Row):
    """One guild's working hours."""

    __tablename__ = "service_hours"

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    zone: Mapped[str] = mapped_column(String(40))
    days: Mapped[str] = mapped_column(String(7))
    opens: Mapped[int]
    closes: Mapped[int]
    target: Mapped[int]
    holidays: Mapped[list[str]] = mapped_column(JSON)
    digest: Mapped[bool] = mapped_column(Boolean)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass
class BadHours(ConcernTrouble):
    """These are no working hours. `problem` is a catalog key such as `hours.bad.zone`."""

    problem: str


@dataclass(frozen=True)
class Hours:
    """When staff work. Times of day are minutes since midnight, weekdays count from Monday = 0."""

    zone: str = "UTC"
    days: frozenset[int] = frozenset(range(5))
    opens: int = 9 * 60
    closes: int = 17 * 60
    target: int = 24 * 60
    """Minutes of working time within which staff mean to have replied."""
    holidays: frozenset[date] = frozenset()
    digest: bool = True
    """Whether staff get a digest at the beginning of each working day."""

    def checked(self) -> "Hours":
        """Return these hours if they can be worked.

        Raises:
            BadHours: the zone is not known, the day has no hours, or a number is out of bounds.
        """
        if self.zone not in available_timezones():
            raise BadHours("hours.bad.zone")
        if not self.days or not self.days <= frozenset(range(7)):
            raise BadHours("hours.bad.days")
        if not 0 <= self.opens < self.closes <= DAY_MINUTES:
            raise BadHours("hours.bad.times")
        if not 60 <= self.target <= MOST_TARGET_HOURS * 60:
            raise BadHours("hours.bad.target")
        if len(self.holidays) > MOST_HOLIDAYS:
            raise BadHours("hours.bad.holidays")
        return self

    def works_on(self, day: date) -> bool:
        """Say whether staff work on a day of their own calendar."""
        return day.weekday() in self.days and day not in self.holidays

    def local(self, moment: datetime) -> datetime:
        """Return an instant as staff's clocks show it."""
        return moment.astimezone(ZoneInfo(self.zone))

    def opening(self, day: date) -> datetime:
        """Return the instant at which a day's work begins."""
        return self._at(day, self.opens)

    def after(self, start: datetime, seconds: int) -> datetime:
        """Return the instant at which `seconds` of working time have passed since `start`."""
        left = timedelta(seconds=max(seconds, 0))
        end = start
        for opened, closed in self._shifts(start):
            begun = max(opened, start)
            if closed - begun >= left:
                return begun + left
            left -= closed - begun
            end = closed
        return end

    def between(self, start: datetime, end: datetime) -> int:
        """Return the seconds of working time from `start` to `end`."""
        worked = timedelta()
        for opened, closed in self._shifts(start):
            if opened >= end:
                break
            worked += max(min(closed, end) - max(opened, start), timedelta())
        return int(worked.total_seconds())

    def _shifts(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working days that have not ended by `start`, as instants."""
        first = self.local(start).date()
        for number in range(_MOST_DAYS):
            day = first + timedelta(days=number)
            if self.works_on(day):
                opened, closed = self._at(day, self.opens), self._at(day, self.closes)
                if closed > start and closed > opened:
                    yield opened, closed

    def _at(self, day: date, minutes: int) -> datetime:
        days, rest = divmod(minutes, DAY_MINUTES)
        of_day = time(rest // 60, rest % 60)
        there = datetime.combine(day + timedelta(days=days), of_day, ZoneInfo(self.zone))
        return there.astimezone(UTC)

    def with_holiday(self, day: date, *, free: bool) -> "Hours":
        """Return these hours with a day off added, or taken away."""
        return replace(self, holidays=self.holidays | {day} if free else self.holidays - {day})


async def hours_of(session: AsyncSession, guild_id: int) -> Hours:
    """Return a guild's working hours; the usual ones if it never set any."""
    row = await session.get(ServiceHoursRow, guild_id)
    if row is None:
        return Hours()
    return Hours(
        zone=row.zone,
        days=frozenset(int(day) for day in row.days),
        opens=row.opens,
        closes=row.closes,
        target=row.target,
        holidays=frozenset(date.fromisoformat(day) for day in row.holidays),
        digest=row.digest,
    )


async def keep_hours(session: AsyncSession, guild_id: int, hours: Hours, now: datetime) -> None:
    """Keep a guild's working hours."""
    await session.merge(
        ServiceHoursRow(
            guild_id=guild_id,
            zone=hours.zone,
            days="".join(str(day) for day in sorted(hours.days)),
            opens=hours.opens,
            closes=hours.closes,
            target=hours.target,
            holidays=sorted(day.isoformat() for day in hours.holidays),
            digest=hours.digest,
            changed_at=now,
        )
    )
