"""Storms of every server: begun by one press or by a surge, lifted by one press or by time."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.moderation.storms import effects, first
from bot.moderation.storms.model import (
    FRESH,
    LONGEST,
    MOST_CHANNELS,
    SLOWEST,
    Cause,
    NoStorm,
    Storm,
    StormIsOn,
    StormSetup,
)
from bot.moderation.storms.records import StormRow, StormSetupRow, setup_of, storm_of
from bot.moderation.storms.surge import Surge
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.notices import staff_notice
from bot.store.outbox import Outbox
from bot.store.people import People

EVERY = 15.0
"""Seconds between two looks at whether a storm is over."""
_AT_ONCE = 50


class Storms:
    """What a server does in a storm. Discord is set by effects, so a desk that was down, or could
    not do it at once, sets and restores it when it can.
    """

    def __init__(
        self, store: Store, outbox: Outbox, people: People, audit: Audit, clock: Clock
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._audit = audit
        self._clock = clock
        self._setups: dict[int, StormSetup] = {}
        self.joins, self.messages = Surge(), Surge()
        self.holding: dict[int, float] = {}
        """Where first messages wait, and who is a newcomer there: whoever joined since, in seconds
        since 1970. In memory, for whoever may not wait; what is held is decided in the database.
        """

    def known_setup(self, guild_id: int) -> StormSetup | None:
        """Return a server's choice if it is in memory: for who may not wait."""
        return self._setups.get(guild_id)

    async def setup(self, guild_id: int) -> StormSetup:
        """Return a server's choice."""
        if guild_id not in self._setups:
            row = await self._store.read(lambda session: session.get(StormSetupRow, guild_id))
            self._setups[guild_id] = StormSetup() if row is None else setup_of(row)
        return self._setups[guild_id]

    async def choose(self, guild_id: int, chosen: StormSetup, by: int) -> StormSetup:
        """Keep a server's choice; numbers out of bounds become the nearest within them."""
        chosen = StormSetup(
            by_itself=chosen.by_itself,
            joins=min(max(chosen.joins, 5), 1000),
            messages=min(max(chosen.messages, 20), 10_000),
            slow_seconds=min(max(chosen.slow_seconds, 0), SLOWEST),
            minutes=min(max(chosen.minutes, 5), LONGEST),
            channels=chosen.channels[:MOST_CHANNELS],
            board_id=chosen.board_id,
            topic=chosen.topic[:12],
            known=chosen.known[:1000],
            hold_first=chosen.hold_first,
        )

        async def work(session: AsyncSession) -> None:
            values = {
                "by_itself": chosen.by_itself,
                "joins": chosen.joins,
                "messages": chosen.messages,
                "slow_seconds": chosen.slow_seconds,
                "minutes": chosen.minutes,
                "channels": [str(one) for one in chosen.channels],
                "board_id": chosen.board_id,
                "topic": chosen.topic,
                "known": chosen.known,
                "hold_first": chosen.hold_first,
                "changed_at": self._clock(),
            }
            row = await session.get(StormSetupRow, guild_id)
            if row is None:
                session.add(StormSetupRow(guild_id=guild_id, **values))
            else:
                for name, value in values.items():
                    setattr(row, name, value)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await self._audit.record(session, guild_id, person.id, "storm.setup", "setup")

        await self._store.write(work)
        self._setups[guild_id] = chosen
        await self._refresh()
        return chosen

    def forget(self, guild_id: int) -> None:
        """Have nothing of a server in memory."""
        self._setups.pop(guild_id, None)

    async def now(self, guild_id: int) -> Storm | None:
        """Return the storm that lasts, if there is one."""
        query = select(StormRow).where(StormRow.lasting == guild_id)

        async def work(session: AsyncSession) -> Storm | None:
            row = await session.scalar(query)
            return None if row is None else storm_of(row)

        return await self._store.read(work)

    async def storm(self, guild_id: int, number: int) -> Storm:
        """Return one storm.

        Raises:
            NoStorm: there is none of that number here.
        """

        async def work(session: AsyncSession) -> Storm:
            return storm_of(await _row(session, guild_id, number))

        return await self._store.read(work)

    async def latest(self, guild_id: int, most: int = 10) -> list[Storm]:
        """Return the storms there were, the latest first."""
        query = select(StormRow).where(StormRow.guild_id == guild_id)

        async def work(session: AsyncSession) -> list[Storm]:
            rows = await session.scalars(query.order_by(StormRow.number.desc()).limit(most))
            return list(map(storm_of, rows))

        return await self._store.read(work)

    async def begin(self, guild_id: int, by: int) -> Storm:
        """Begin a storm, as somebody pressed.

        Raises:
            StormIsOn: there is one.
        """
        setup = await self.setup(guild_id)
        try:
            storm = await self._store.write(
                partial(self._begin, guild_id=guild_id, setup=setup, cause=Cause.PRESSED, by=by)
            )
        except IntegrityError as error:  # another process was faster
            raise StormIsOn from error
        await self._refresh()
        return storm

    async def surge(self, guild_id: int, cause: Cause) -> Storm | None:
        """Begin a storm because of a surge, or let the one that lasts last longer; None if the
        server does not want that.
        """
        setup = await self.setup(guild_id)
        if not setup.by_itself:
            return None

        async def work(session: AsyncSession) -> Storm:
            row = await _lasting(session, guild_id)
            if row is None:
                return await self._begin(session, guild_id, setup, cause, None)
            row.ends_at = max(row.ends_at, self._clock() + timedelta(minutes=setup.minutes))
            return storm_of(row)

        try:
            storm = await self._store.write(work)
        except IntegrityError:  # another process was faster
            return await self.now(guild_id)
        await self._refresh()
        return storm

    async def lift(self, guild_id: int, by: int) -> Storm:
        """End the storm, as somebody pressed.

        Raises:
            NoStorm: there is none.
        """

        async def work(session: AsyncSession) -> Storm:
            row = await _lasting(session, guild_id)
            if row is None:
                raise NoStorm
            await self._end(session, row, Cause.PRESSED)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await self._audit.record(session, guild_id, person.id, "storm.lifted", _name(row))
            return storm_of(row)

        storm = await self._store.write(work)
        await self._refresh()
        return storm

    async def look(self) -> None:
        """End the storms whose time is over, also those that were over while the desk was down."""
        due = select(StormRow.id).where(
            StormRow.lasting.is_not(None), StormRow.ends_at <= self._clock()
        )

        async def over(session: AsyncSession) -> list[int]:
            return list(await session.scalars(due.limit(_AT_ONCE)))

        async def end(session: AsyncSession, row_id: int) -> None:
            row = await session.scalar(
                select(StormRow)
                .where(StormRow.id == row_id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
            if row is None or row.lasting is None or row.ends_at > self._clock():
                return
            await self._end(session, row, Cause.TIME)
            await self._audit.record(session, row.guild_id, None, "storm.lifted", _name(row))

        for row_id in await self._store.read(over):
            await self._store.write(partial(end, row_id=row_id))
        await self._refresh()  # another process may have begun one, or ended it

    async def _refresh(self) -> None:
        query = select(StormRow.guild_id, StormRow.began_at).join(
            StormSetupRow, StormSetupRow.guild_id == StormRow.guild_id
        )
        query = query.where(StormRow.lasting.is_not(None), StormSetupRow.hold_first)

        async def work(session: AsyncSession) -> dict[int, float]:
            found = await session.execute(query)
            return {guild_id: (began - FRESH).timestamp() for guild_id, began in found}

        self.holding = await self._store.read(work)

    async def keep_before(
        self, guild_id: int, number: int, verification: int, slow: dict[int, int]
    ) -> Storm:
        """Note how Discord is set, before anything is changed; what is noted stays."""

        def change(row: StormRow) -> None:
            if not row.before:
                kept = {str(channel): seconds for channel, seconds in slow.items()}
                row.before = {"verification": verification, "slow": kept}

        return await self._change(guild_id, number, change)

    async def restored(self, session: AsyncSession, guild_id: int, number: int) -> None:
        """Note, in the transaction of the effect, that all is set again as it was."""
        row = await _row(session, guild_id, number, lock=True)
        row.restored = True

    async def pinned(
        self, session: AsyncSession, guild_id: int, number: int, where: tuple[int, int]
    ) -> None:
        """Note, in the transaction of the effect, where what is known is pinned."""
        row = await _row(session, guild_id, number, lock=True)
        row.board_channel_id, row.board_message_id = where

    async def _change(
        self, guild_id: int, number: int, change: Callable[[StormRow], None]
    ) -> Storm:
        async def work(session: AsyncSession) -> Storm:
            row = await _row(session, guild_id, number, lock=True)
            change(row)
            return storm_of(row)

        return await self._store.write(work)

    async def _begin(
        self,
        session: AsyncSession,
        guild_id: int,
        setup: StormSetup,
        cause: Cause,
        by: int | None,
    ) -> Storm:
        if await _lasting(session, guild_id) is not None:
            raise StormIsOn
        now = self._clock()
        last = await session.scalar(
            select(func.max(StormRow.number)).where(StormRow.guild_id == guild_id)
        )
        row = StormRow(
            guild_id=guild_id,
            number=(last or 0) + 1,
            lasting=guild_id,
            cause=cause,
            began_at=now,
            ends_at=now + timedelta(minutes=setup.minutes),
            over_at=None,
            over=None,
            before={},
            board_channel_id=None,
            board_message_id=None,
            restored=False,
            version=1,
        )
        session.add(row)
        await session.flush()
        notice = staff_notice(
            guild_id,
            f"storm.notice.{cause}",
            once=f"storm:{row.number}:on",
            minutes=str(setup.minutes),
        )
        await self._outbox.post(session, effects.shield(row), effects.board(row), notice)
        person_id = None
        if by is not None:
            person_id = (await self._people.ensure(session, guild_id, by, now)).id
        detail = {"cause": str(cause)}
        await self._audit.record(session, guild_id, person_id, "storm.began", _name(row), detail)
        return storm_of(row)

    async def _end(self, session: AsyncSession, row: StormRow, over: Cause) -> None:
        row.lasting, row.over_at, row.over = None, self._clock(), over
        row.version += 1
        await session.flush()
        await first.free(session, self._outbox, row.guild_id)
        notice = staff_notice(row.guild_id, "storm.notice.over", once=f"storm:{row.number}:over")
        await self._outbox.post(session, effects.shield(row), effects.board(row), notice)


def _name(row: StormRow) -> str:
    return f"storm {row.number}"


async def _lasting(session: AsyncSession, guild_id: int) -> StormRow | None:
    return await session.scalar(
        select(StormRow)
        .where(StormRow.lasting == guild_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def _row(
    session: AsyncSession, guild_id: int, number: int, *, lock: bool = False
) -> StormRow:
    query = select(StormRow).where(StormRow.guild_id == guild_id, StormRow.number == number)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = await session.scalar(query)
    if row is None:
        raise NoStorm
    return row
