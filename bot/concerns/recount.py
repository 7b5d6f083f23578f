"""The tally, counted anew once a day: what it says must be what the ledger holds."""

from collections.abc import Sequence

import structlog
from sqlalchemy import func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.records import ConcernRow
from bot.concerns.tally import TallyRow
from bot.store.daily import Turn
from bot.store.engine import Store
from bot.store.notices import staff_notice
from bot.store.outbox import Outbox

JOB = "tally"

log = structlog.stdlib.get_logger(__name__)


class Recount:
    """Counts the ledger, compares the tally, reports what differs, and puts it right."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    async def day(self, turn: Turn) -> None:
        """Recount, once a day (`bot.store.daily.Job`)."""
        await self.recount(turn.day.isoformat())

    async def recount(self, occasion: str) -> dict[int, int]:
        """Return by how many concerns the tally was off, for each guild where it was.

        Counting reads only, so nobody waits for it. What differs is looked at once more in the
        transaction that mends it; the guild's staff are told, and the log has it.
        """
        off: dict[int, int] = {}
        for guild_id in sorted({found[0] for found in await self._store.read(_differences)}):

            async def mend(session: AsyncSession, guild_id: int = guild_id) -> int:
                wrong = await _differences(session, guild_id)
                session.add_all(
                    TallyRow(guild_id=guild_id, state=state, kind=kind, amount=missing)
                    for _, state, kind, missing in wrong
                )
                count = sum(abs(missing) for *_, missing in wrong)
                if count:
                    notice = staff_notice(
                        guild_id, "figures.notice.off", once=f"tally:{occasion}", count=str(count)
                    )
                    await self._outbox.post(session, notice)
                return count

            count = await self._store.write(mend)
            if count:
                off[guild_id] = count
                log.error("tally.differed", guild=guild_id, count=count)
        return off


async def _differences(
    session: AsyncSession, guild_id: int | None = None
) -> Sequence[tuple[int, str, str, int]]:
    """Return guild, state, kind and how many the tally lacks, wherever that is not none.

    One statement, so that both sides are of one moment.
    """
    counted = select(
        ConcernRow.guild_id, ConcernRow.state, ConcernRow.kind, func.count().label("amount")
    ).group_by(ConcernRow.guild_id, ConcernRow.state, ConcernRow.kind)
    tallied = select(
        TallyRow.guild_id,
        TallyRow.state,
        TallyRow.kind,
        (-func.sum(TallyRow.amount)).label("amount"),
    ).group_by(TallyRow.guild_id, TallyRow.state, TallyRow.kind)
    if guild_id is not None:
        counted = counted.where(ConcernRow.guild_id == guild_id)
        tallied = tallied.where(TallyRow.guild_id == guild_id)
    both = union_all(counted, tallied).subquery()
    missing = func.sum(both.c.amount)
    found = await session.execute(
        select(both.c.guild_id, both.c.state, both.c.kind, missing)
        .group_by(both.c.guild_id, both.c.state, both.c.kind)
        .having(missing != 0)
    )
    return [(guild, state, kind, int(amount)) for guild, state, kind, amount in found]
