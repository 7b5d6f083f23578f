"""Once a day: staff hear if no session is planned for the weeks ahead."""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.service import Sessions
from bot.discussions.setup import DiscussionSetups
from bot.store.daily import Turn
from bot.store.engine import Store
from bot.store.notices import staff_notice
from bot.store.outbox import Effect, Outbox

JOB = "sessions_quiet"


class SessionsQuiet:
    """Looks at every server that chose where its sessions are held."""

    def __init__(
        self, store: Store, outbox: Outbox, sessions: Sessions, setups: DiscussionSetups
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._sessions = sessions
        self._setups = setups

    async def day(self, turn: Turn) -> None:
        """Tell staff at most once a week (`bot.store.daily.Job`)."""
        year, week, _ = turn.day.isocalendar()
        for guild_id, setup in (await self._setups.all()).items():
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
