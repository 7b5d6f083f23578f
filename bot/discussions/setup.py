"""How a server holds its sessions: where, how slow, and when staff hear that none is planned."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.discussions.records import DiscussionSetupRow
from bot.store.engine import Store

SLOWEST = 21_600
"""Seconds; Discord's own limit of slow mode."""
MOST_WEEKS = 26
MOST_DAYS = 30


@dataclass(frozen=True)
class DiscussionSetup:
    """A server's choice.

    Attributes:
        channel_id: the channel or forum whose posts sessions are; None while none is chosen.
        slow_seconds: the slow mode of a session while it is open.
        quiet_weeks: staff are told if no session is planned for so many weeks; 0 never.
        waits_days: staff are told of a thread in which nobody of theirs has answered for so many
            days; 0 never.
    """

    channel_id: int | None = None
    slow_seconds: int = 10
    quiet_weeks: int = 4
    waits_days: int = 2


class DiscussionSetups:
    """The servers' choices; answers from memory."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[int, DiscussionSetup] = {}

    async def of(self, guild_id: int) -> DiscussionSetup:
        """Return a server's choice.

        Raises:
            StoreUnavailable: it is not in memory and the database cannot be reached.
        """
        if guild_id not in self._known:
            row = await self._store.read(lambda session: session.get(DiscussionSetupRow, guild_id))
            self._known[guild_id] = DiscussionSetup() if row is None else _setup(row)
        return self._known[guild_id]

    async def choose(self, guild_id: int, channel_id: int) -> DiscussionSetup:
        """Choose where sessions are held from now on."""
        return await self._save(guild_id, lambda row: setattr(row, "channel_id", channel_id))

    async def set_pace(
        self, guild_id: int, *, slow_seconds: int, quiet_weeks: int, waits_days: int
    ) -> DiscussionSetup:
        """Choose the slow mode, and when staff hear that nothing is planned, or that a thread
        waits for them; within bounds."""

        def change(row: DiscussionSetupRow) -> None:
            row.slow_seconds = min(max(slow_seconds, 0), SLOWEST)
            row.quiet_weeks = min(max(quiet_weeks, 0), MOST_WEEKS)
            row.waits_days = min(max(waits_days, 0), MOST_DAYS)

        return await self._save(guild_id, change)

    async def all(self) -> dict[int, DiscussionSetup]:
        """Return the choice of every server that chose where sessions are held, a day ago or more:
        whoever has only just chosen need not hear that nothing is planned.
        """
        settled = self._clock() - timedelta(days=1)

        async def work(session: AsyncSession) -> dict[int, DiscussionSetup]:
            rows = await session.scalars(
                select(DiscussionSetupRow).where(
                    DiscussionSetupRow.channel_id.is_not(None),
                    DiscussionSetupRow.changed_at <= settled,
                )
            )
            return {row.guild_id: _setup(row) for row in rows}

        return await self._store.read(work)

    def forget(self, guild_id: int) -> None:
        """Have nothing of a server in memory."""
        self._known.pop(guild_id, None)

    async def _save(
        self, guild_id: int, change: Callable[[DiscussionSetupRow], None]
    ) -> DiscussionSetup:
        async def work(session: AsyncSession) -> DiscussionSetup:
            row = await session.get(DiscussionSetupRow, guild_id)
            if row is None:
                usual = DiscussionSetup()
                row = DiscussionSetupRow(
                    guild_id=guild_id,
                    channel_id=None,
                    slow_seconds=usual.slow_seconds,
                    quiet_weeks=usual.quiet_weeks,
                    waits_days=usual.waits_days,
                )
                session.add(row)
            change(row)
            row.changed_at = self._clock()
            return _setup(row)

        chosen = await self._store.write(work)
        self._known[guild_id] = chosen
        return chosen


def _setup(row: DiscussionSetupRow) -> DiscussionSetup:
    return DiscussionSetup(row.channel_id, row.slow_seconds, row.quiet_weeks, row.waits_days)
