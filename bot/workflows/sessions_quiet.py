"""Once a day: staff hear if no session is planned for the weeks ahead, or a round-up is owed."""

from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.discussions.roundup.service import Roundups
from bot.discussions.service import Sessions
from bot.discussions.setup import DiscussionSetups
from bot.store.daily import Turn
from bot.store.engine import Store
from bot.store.notices import staff_notice
from bot.store.outbox import Effect, Outbox

JOB = "sessions_quiet"

OWED_AFTER = timedelta(days=7)
"""How long after a session its round-up is missed; staff are told once a session."""


class SessionsQuiet:
    """Looks at every server that chose where its sessions are held."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        sessions: Sessions,
        roundups: Roundups,
        setups: DiscussionSetups,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._sessions = sessions
        self._roundups = roundups
        self._setups = setups
        self._clock = clock

    async def day(self, turn: Turn) -> None:
        """Tell staff at most once a week (`bot.store.daily.Job`)."""
        year, week, _ = turn.day.isocalendar()
        for guild_id, setup in (await self._setups.all()).items():
            owed = await self._roundups.waiting(guild_id, self._clock() - OWED_AFTER)
            for reference in owed:
                notice = staff_notice(
                    guild_id, "session.notice.owed", once=f"owed:{reference}", reference=reference
                )
                await self._store.write(partial(self._post, notice))
            weeks = setup.quiet_weeks
            if weeks and await self._sessions.quiet(guild_id, weeks):
                notice = staff_notice(
                    guild_id,
                    "session.notice.quiet",
                    once=f"quiet:{year}-{week}",
                    weeks=str(weeks),
                )
                await self._store.write(partial(self._post, notice))

    async def _post(self, notice: Effect, session: AsyncSession) -> None:
        await self._outbox.post(session, notice)
