"""Once a day: the desk looks for threads that wait for staff."""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.discussions import waiting
from bot.discussions.setup import DiscussionSetups
from bot.store.daily import Turn
from bot.store.engine import Store
from bot.store.outbox import Effect, Outbox

JOB = "threads_waiting"


class ThreadsWaiting:
    """Has a look at every server that chose where its sessions are held."""

    def __init__(
        self, store: Store, outbox: Outbox, setups: DiscussionSetups, clock: Clock
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._setups = setups
        self._clock = clock

    async def day(self, turn: Turn) -> None:
        """Ask for a look (`bot.store.daily.Job`); what is found is told when it is done."""
        for guild_id, setup in (await self._setups.all()).items():
            if setup.waits_days:
                window = waiting.Window.of(self._clock(), turn.before, setup.waits_days)
                effect = waiting.look(guild_id, turn.day, window)
                await self._store.write(partial(self._post, effect))

    async def _post(self, effect: Effect, session: AsyncSession) -> None:
        await self._outbox.post(session, effect)
