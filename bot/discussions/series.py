"""Series: sessions that are held again and again, planned and announced some weeks ahead."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.coming import Coming
from bot.discussions.model import (
    UPCOMING,
    Mover,
    NoSuchSeries,
    NotAllowedMove,
    Session,
    State,
    TooManyUpcoming,
)
from bot.discussions.records import SeriesRow, SessionRow, host_ids, plan_of
from bot.discussions.times import Every, local_of, occurrences, rule_of, zones_of
from bot.ids import new_reference
from bot.store.notices import staff_notice

PREFIX = "SE"
AHEAD = timedelta(days=35)
"""Sessions of a series are announced so long before; the next one always is."""

_AT_ONCE = 20


class SeriesPlanning(Coming):
    """What hosts do with series, and planning ahead."""

    async def repeat(
        self, guild_id: int, reference: str, by: int, every: Every, zones: str = ""
    ) -> Session:
        """Make a session the first of a series; the next ones are announced some weeks ahead.

        `zones` are further time zones, separated by commas: the series goes through them in turn.

        Raises:
            BadPlan: one of `zones` is none.
            NotAllowedMove: it has begun, is over, or is of a series already.
            NoSuchSession: this guild has no such reference.
        """

        async def change(session: AsyncSession, row: SessionRow, person_id: int) -> None:
            now = State(row.state)
            if now not in UPCOMING or row.series_id is not None:
                raise NotAllowedMove(now, now)
            plan = plan_of(row)
            series = SeriesRow(
                guild_id=guild_id,
                reference=new_reference(PREFIX, self._randomness),
                rule=rule_of(every, local_of(plan.starts, plan.zone).date()),
                first=plan.starts,
                zones=zones_of(plan.zone, zones),
                made=1,
                changed_at=self._clock(),
                version=1,
            )
            session.add(series)
            await session.flush()
            row.series_id, row.occurrence = series.id, 0
            detail = {"series": series.reference, "rule": series.rule}
            await self._record(session, row, "repeated", person_id, detail)

        return await self._changed(guild_id, reference, by, change)

    async def end(self, guild_id: int, reference: str, by: int) -> None:
        """Announce no more sessions of a series; those that are announced stay.

        Raises:
            NoSuchSeries: this guild has no such series, or it ended before.
        """

        async def work(session: AsyncSession) -> None:
            series = await session.scalar(
                select(SeriesRow)
                .where(
                    SeriesRow.guild_id == guild_id,
                    SeriesRow.reference == reference,
                    SeriesRow.ended_at.is_(None),
                )
                .with_for_update()
            )
            if series is None:
                raise NoSuchSeries(reference)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            series.ended_at = series.changed_at = self._clock()
            series.version += 1
            what = "session.series_ended"
            await self._audit.record(session, guild_id, person.id, what, reference, {})

        await self._store.write(work)

    async def running_series(self, guild_id: int) -> list[tuple[str, str, str]]:
        """Return the series that go on: reference, rule, and the topic of their latest session."""

        async def work(session: AsyncSession) -> list[tuple[str, str, str]]:
            found = await session.scalars(
                select(SeriesRow)
                .where(SeriesRow.guild_id == guild_id, SeriesRow.ended_at.is_(None))
                .order_by(SeriesRow.id)
            )
            rows = [(one, await self._latest(session, one)) for one in list(found)]
            return [(one.reference, one.rule, row.topic) for one, row in rows if row is not None]

        return await self._store.read(work)

    async def next_times(self, guild_id: int, reference: str, count: int) -> list[datetime]:
        """Return when the next sessions of a series are, whether announced yet or not.

        Raises:
            NoSuchSeries: this guild has no such series.
        """

        async def work(session: AsyncSession) -> SeriesRow | None:
            return await session.scalar(
                select(SeriesRow).where(
                    SeriesRow.guild_id == guild_id, SeriesRow.reference == reference
                )
            )

        series = await self._store.read(work)
        if series is None:
            raise NoSuchSeries(reference)
        times: list[datetime] = []
        for _number, starts, _zone in occurrences(series.rule, series.first, series.zones):
            if len(times) == count:
                break
            if starts > self._clock():
                times.append(starts)
        return times

    async def plan_ahead(self) -> int:
        """Announce what is due of every series; return how many sessions that were.

        Each session has its number in the series, so of several processes one announces it. What
        fell into a time in which the desk was away is skipped, and staff are told.
        """

        async def where(session: AsyncSession) -> Sequence[int]:
            return list(
                await session.scalars(
                    select(SeriesRow.id).where(SeriesRow.ended_at.is_(None)).order_by(SeriesRow.id)
                )
            )

        made = 0
        for series_id in await self._store.read(where):
            made += await self._plan_series(series_id)
        return made

    async def _plan_series(self, series_id: int) -> int:
        async def work(session: AsyncSession) -> int:
            series = await session.scalar(
                select(SeriesRow)
                .where(SeriesRow.id == series_id, SeriesRow.ended_at.is_(None))
                .with_for_update()
                .execution_options(populate_existing=True)
            )
            if series is None:
                return 0
            latest = await self._latest(session, series)
            if latest is None or latest.state == State.PLANNED:
                # The first one is still being planned: there is nothing to go by yet.
                return 0
            return await self._announce_ahead(session, series, latest)

        return await self._store.write(work)

    async def _announce_ahead(
        self, session: AsyncSession, series: SeriesRow, latest: SessionRow
    ) -> int:
        now, made, missed = self._clock(), 0, 0
        upcoming = latest.state == State.ANNOUNCED and latest.starts_at > now
        hosts = await host_ids(session, latest.id)
        found = occurrences(series.rule, series.first, series.zones, start=series.made)
        for number, starts, zone in found:
            if made >= _AT_ONCE or (starts > now + AHEAD and (upcoming or made)):
                break
            series.made = number + 1
            if starts <= now:
                missed += 1
                continue
            try:
                await self._room(session, series.guild_id)
            except TooManyUpcoming:
                series.made = number
                break
            plan = replace(plan_of(latest), starts=starts, zone=zone, guests="")
            intake = self._vault.fingerprint(
                "session", "series", series.guild_id, series.id, number
            )
            row = await self._new(
                session, series.guild_id, intake, plan, hosts, None, series=(series.id, number)
            )
            await self._announce(session, row, Mover.DESK, None)
            made += 1
        if missed:
            series.changed_at = now
            notice = staff_notice(
                series.guild_id,
                "session.notice.skipped",
                once=f"series:{series.reference}:{series.made}",
                series=series.reference,
                topic=latest.topic,
                count=str(missed),
            )
            await self._outbox.post(session, notice)
        return made

    async def _latest(self, session: AsyncSession, series: SeriesRow) -> SessionRow | None:
        """Return the session to go by: the latest that is not called off, else the latest."""
        rows = list(
            await session.scalars(
                select(SessionRow)
                .where(SessionRow.series_id == series.id)
                .order_by(SessionRow.occurrence.desc())
                .limit(50)
            )
        )
        return next((one for one in rows if one.state != State.CANCELLED), next(iter(rows), None))
