"""Storms of every server: begun by one press or by a surge, lifted by one press or by time."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.moderation.spells import Spells
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


class Storms(Spells[Storm]):
    """What servers do in storms."""

    area, kept, none = "storm", StormRow, NoStorm

    def __init__(
        self, store: Store, outbox: Outbox, people: People, audit: Audit, clock: Clock
    ) -> None:
        super().__init__(store, outbox, people, audit, clock)
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
            await session.merge(StormSetupRow(guild_id=guild_id, **values))
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
        return await self._now(guild_id, guild_id)

    async def storm(self, guild_id: int, number: int) -> Storm:
        """Return one storm.

        Raises:
            NoStorm: there is none of that number here.
        """
        return await self._one(guild_id, number)

    async def begin(self, guild_id: int, by: int) -> Storm:
        """Begin a storm, as somebody pressed.

        Raises:
            StormIsOn: there is one.
        """
        setup = await self.setup(guild_id)

        async def work(session: AsyncSession) -> Storm:
            return await self._begin(session, guild_id, setup, Cause.PRESSED, by)

        try:
            storm = await self._store.write(work)
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
            row = await self._lasting(session, guild_id, guild_id)
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

        return await self._lift(guild_id, guild_id, by)

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
        row = await self._row(session, guild_id, number, lock=True)
        row.restored = True

    async def pinned(
        self, session: AsyncSession, guild_id: int, number: int, where: tuple[int, int]
    ) -> None:
        """Note, in the transaction of the effect, where what is known is pinned."""
        row = await self._row(session, guild_id, number, lock=True)
        row.board_channel_id, row.board_message_id = where

    def _view(self, row: StormRow) -> Storm:
        return storm_of(row)

    async def _begin(
        self,
        session: AsyncSession,
        guild_id: int,
        setup: StormSetup,
        cause: Cause,
        by: int | None,
    ) -> Storm:
        if await self._lasting(session, guild_id, guild_id) is not None:
            raise StormIsOn
        now = self._clock()
        row = StormRow(
            guild_id=guild_id,
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
        told = await self._add(session, row, by)
        notice = staff_notice(
            guild_id,
            f"storm.notice.{cause}",
            once=f"storm:{row.number}:on",
            minutes=str(setup.minutes),
        )
        await self._outbox.post(session, effects.shield(row), effects.board(row), notice)
        await told()
        return storm_of(row)

    async def _over(self, session: AsyncSession, row: StormRow) -> None:
        await first.free(session, self._outbox, row.guild_id)
        notice = staff_notice(row.guild_id, "storm.notice.over", once=f"storm:{row.number}:over")
        await self._outbox.post(session, effects.shield(row), effects.board(row), notice)
