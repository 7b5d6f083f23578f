"""Brakes of every server: set by one press or by a pile-on, lifted by one press or by time."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.moderation.brakes import effects
from bot.moderation.brakes.heat import Heat
from bot.moderation.brakes.model import (
    LONGEST,
    SLOWEST,
    Brake,
    BrakeIsOn,
    BrakeSetup,
    Cause,
    NoBrake,
)
from bot.moderation.brakes.records import BrakeRow, BrakeSetupRow, brake_of, setup_of
from bot.moderation.spells import Spells
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.notices import staff_notice
from bot.store.outbox import Outbox
from bot.store.people import People

EVERY = 15.0
"""Seconds between two looks at whether a brake is over."""


class Brakes(Spells[Brake]):
    """Threads and channels that are slowed down."""

    area, kept, none = "brake", BrakeRow, NoBrake

    def __init__(
        self, store: Store, outbox: Outbox, people: People, audit: Audit, clock: Clock
    ) -> None:
        super().__init__(store, outbox, people, audit, clock)
        self.heat = Heat()
        self.awake: dict[int, BrakeSetup] = {}
        """The servers where a pile-on sets a brake: in memory, for whoever may not wait."""

    async def setup(self, guild_id: int) -> BrakeSetup:
        """Return a server's choice."""
        row = await self._store.read(lambda session: session.get(BrakeSetupRow, guild_id))
        return BrakeSetup() if row is None else setup_of(row)

    async def choose(self, guild_id: int, chosen: BrakeSetup, by: int) -> BrakeSetup:
        """Keep a server's choice; numbers out of bounds become the nearest within them."""
        chosen = BrakeSetup(
            by_itself=chosen.by_itself,
            people=min(max(chosen.people, 3), 50),
            slow_seconds=min(max(chosen.slow_seconds, 5), SLOWEST),
            minutes=min(max(chosen.minutes, 5), LONGEST),
        )

        async def work(session: AsyncSession) -> None:
            values = {**chosen.__dict__, "changed_at": self._clock()}
            await session.merge(BrakeSetupRow(guild_id=guild_id, **values))
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await self._audit.record(session, guild_id, person.id, "brake.setup", "setup")

        await self._store.write(work)
        await self._refresh()
        return chosen

    def forget(self, guild_id: int) -> None:
        """Have nothing of a server in memory."""
        self.awake.pop(guild_id, None)

    async def now(self, guild_id: int, channel_id: int) -> Brake | None:
        """Return the brake that lasts on a thread or channel, if there is one."""
        return await self._now(guild_id, channel_id)

    async def brake(self, guild_id: int, number: int) -> Brake:
        """Return one brake.

        Raises:
            NoBrake: there is none of that number here.
        """
        return await self._one(guild_id, number)

    async def begin(self, guild_id: int, channel_id: int, by: int) -> Brake:
        """Slow a thread down, as somebody pressed.

        Raises:
            BrakeIsOn: it is slowed down already.
        """
        setup = await self.setup(guild_id)

        async def work(session: AsyncSession) -> Brake:
            return await self._begin(session, guild_id, channel_id, setup, Cause.PRESSED, by)

        try:
            return await self._store.write(work)
        except IntegrityError as error:  # another process was faster
            raise BrakeIsOn from error

    async def pile_on(self, guild_id: int, channel_id: int) -> Brake | None:
        """Slow a thread down because of a pile-on, or let its brake last longer; None if the
        server does not want that.
        """
        setup = await self.setup(guild_id)
        if not setup.by_itself:
            return None

        async def work(session: AsyncSession) -> Brake:
            row = await self._lasting(session, guild_id, channel_id)
            if row is None:
                return await self._begin(session, guild_id, channel_id, setup, Cause.PILE_ON, None)
            row.ends_at = max(row.ends_at, self._clock() + timedelta(minutes=setup.minutes))
            row.version += 1
            await session.flush()
            await self._outbox.post(session, effects.line(row))
            return brake_of(row)

        try:
            return await self._store.write(work)
        except IntegrityError:  # another process was faster
            return await self.now(guild_id, channel_id)

    async def lift(self, guild_id: int, channel_id: int, by: int) -> Brake:
        """Let a thread be as fast as before, as somebody pressed.

        Raises:
            NoBrake: it is not slowed down.
        """
        return await self._lift(guild_id, channel_id, by)

    async def keep_before(self, guild_id: int, number: int, slow_seconds: int) -> Brake:
        """Note how slow the thread was, before that is changed; what is noted stays."""

        def change(row: BrakeRow) -> None:
            if row.before is None:
                row.before = slow_seconds

        return await self._change(guild_id, number, change)

    async def restored(self, session: AsyncSession, guild_id: int, number: int) -> None:
        """Note, in the transaction of the effect, that the slow mode is as it was."""
        (await self._row(session, guild_id, number, lock=True)).restored = True

    async def said(
        self, session: AsyncSession, guild_id: int, number: int, message_id: int
    ) -> None:
        """Note, in the transaction of the effect, which message says why it is slow."""
        (await self._row(session, guild_id, number, lock=True)).line_id = message_id

    def _view(self, row: BrakeRow) -> Brake:
        return brake_of(row)

    async def _refresh(self) -> None:
        async def work(session: AsyncSession) -> dict[int, BrakeSetup]:
            rows = await session.scalars(select(BrakeSetupRow).where(BrakeSetupRow.by_itself))
            return {row.guild_id: setup_of(row) for row in rows}

        self.awake = await self._store.read(work)

    async def _begin(
        self,
        session: AsyncSession,
        guild_id: int,
        channel_id: int,
        setup: BrakeSetup,
        cause: Cause,
        by: int | None,
    ) -> Brake:
        if await self._lasting(session, guild_id, channel_id) is not None:
            raise BrakeIsOn
        now = self._clock()
        row = BrakeRow(
            guild_id=guild_id,
            channel_id=channel_id,
            lasting=channel_id,
            cause=cause,
            slow_seconds=setup.slow_seconds,
            began_at=now,
            ends_at=now + timedelta(minutes=setup.minutes),
            restored=False,
            version=1,
        )
        told = await self._add(session, row, by)
        await self._outbox.post(session, effects.slow(row), effects.line(row))
        if cause is Cause.PILE_ON:
            notice = staff_notice(
                guild_id,
                "brake.notice.pile_on",
                once=f"brake:{row.number}:on",
                channel=str(channel_id),
                minutes=str(setup.minutes),
            )
            await self._outbox.post(session, notice)
        await told()
        return brake_of(row)

    async def _over(self, session: AsyncSession, row: BrakeRow) -> None:
        await self._outbox.post(session, effects.slow(row), effects.line(row))
