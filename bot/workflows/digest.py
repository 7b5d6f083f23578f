"""Once a week, what waits for editors: stale entries, gaps, what people said, drafts."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.guilds import Guilds
from bot.knowledge.feedback import Feedback, total
from bot.knowledge.gaps import Gaps
from bot.knowledge.model import Entry
from bot.knowledge.revisions import Revisions
from bot.knowledge.service import Knowledge
from bot.store.daily import Turn
from bot.store.engine import Store
from bot.store.notices import staff_notice
from bot.store.outbox import Outbox

JOB = "digest"


class Digest:
    """The weekly digest to each server's staff channel."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        guilds: Guilds,
        knowledge: Knowledge,
        gaps: Gaps,
        revisions: Revisions,
        feedback: Feedback,
        clock: Clock,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._guilds = guilds
        self._knowledge = knowledge
        self._gaps = gaps
        self._revisions = revisions
        self._feedback = feedback
        self._clock = clock

    def stale(self, guild_id: int | None) -> list[Entry]:
        """Return the published entries whose review is due, the longest due first."""
        today = self._clock().date()
        entries = self._knowledge.of(guild_id).library.published.values()
        return sorted(
            (one for one in entries if one.review.due <= today), key=lambda one: one.review.due
        )

    async def day(self, turn: Turn) -> None:
        """Send this week's digest if it was not sent yet: on Monday, or the first day after.

        It is named for the week, so that the outbox takes it once, whoever posts it and whenever.
        """
        year, week, _ = turn.day.isocalendar()
        for setup in await self._guilds.all():
            if setup.staff_channel_id is not None:
                await self._send(setup.guild_id, f"digest:{year}-{week:02}")

    async def _send(self, guild_id: int, once: str) -> None:
        stale = len(self.stale(guild_id))
        gaps = await self._gaps.open_ones(guild_id, limit=1000)
        said = total(await self._feedback.queue(guild_id, limit=1000))
        pending = len(await self._revisions.pending(guild_id))
        if not (stale or gaps or said or pending):
            return
        notice = staff_notice(
            guild_id,
            "knowledge.digest",
            once=once,
            stale=str(stale),
            gaps=str(len(gaps)),
            waiting=str(sum(one.waiting for one in gaps)),
            said=str(said),
            pending=str(pending),
        )

        async def work(session: AsyncSession) -> None:
            await self._outbox.post(session, notice)

        await self._store.write(work)
