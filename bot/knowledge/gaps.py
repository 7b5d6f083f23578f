"""Gaps: what people ask that no entry answers, grouped, counted, and answered one day.

A question is kept as words alone, sealed; whose it was is kept only of those who want to be told
when there is an answer. Words go when they are old (personal.py); that something was asked stays.
"""

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.gapmodel import Asked, Gap, GapState, NoSuchGap, Why
from bot.knowledge.hearing import Hearing
from bot.knowledge.records import GapRow, QuestionRow, WaiterRow
from bot.store.outbox import Effect

ANSWERED = "gap.answered"
"""The effect that tells one person that their question has an answer now."""

_SHOWN = 10


class Gaps(Hearing):
    """The gaps of every server, each apart from the others, from editors' side."""

    async def open_ones(self, guild_id: int, *, limit: int = 25) -> list[Gap]:
        """Return the gaps that nobody has answered, the most asked first."""
        query = (
            select(GapRow)
            .where(
                GapRow.guild_id == guild_id,
                GapRow.state.in_((GapState.OPEN, GapState.DRAFTED)),
            )
            .order_by(GapRow.asked.desc(), GapRow.id)
            .limit(limit)
        )

        async def work(session: AsyncSession) -> list[Gap]:
            return [await self._seen(session, row) for row in await session.scalars(query)]

        return await self._store.read(work)

    async def get(self, guild_id: int, reference: str) -> Gap:
        """Return a gap.

        Raises:
            NoSuchGap: this server has no such reference.
        """

        async def work(session: AsyncSession) -> Gap:
            return await self._seen(session, await _find(session, guild_id, reference))

        return await self._store.read(work)

    async def merge(self, guild_id: int, reference: str, into: str, by: int) -> Gap:
        """Make two gaps one: what is in the first, and who waits for it, goes into the second.

        Raises:
            NoSuchGap: one of the two is not there, or they are the same.
        """

        async def work(session: AsyncSession) -> Gap:
            if reference == into:
                raise NoSuchGap(into)
            gone = await _find(session, guild_id, reference, lock=True)
            kept = await _find(session, guild_id, into, lock=True)
            await session.execute(
                update(QuestionRow).where(QuestionRow.gap_id == gone.id).values(gap_id=kept.id)
            )
            waiting = set(
                await session.scalars(
                    select(WaiterRow.person_id).where(WaiterRow.gap_id == kept.id)
                )
            )
            for waiter in await session.scalars(
                select(WaiterRow).where(WaiterRow.gap_id == gone.id)
            ):
                if waiter.person_id in waiting:
                    await session.delete(waiter)
                else:
                    waiter.gap_id = kept.id
            kept.asked += gone.asked
            kept.first_at = min(kept.first_at, gone.first_at)
            kept.last_at = max(kept.last_at, gone.last_at)
            await session.flush()
            await session.delete(gone)
            await session.flush()
            await self._note(session, guild_id, by, "gap.merged", into, {"from": reference})
            return await self._seen(session, kept)

        return await self._store.write(work)

    async def take_out(self, guild_id: int, question_id: int, by: int) -> Gap:
        """Give a question that is in the wrong gap a gap of its own; return that.

        Raises:
            NoSuchGap: the question is not kept any more.
        """

        async def work(session: AsyncSession) -> Gap:
            row = await session.get(QuestionRow, question_id)
            if row is None or row.guild_id != guild_id:
                raise NoSuchGap("")
            old = await session.get_one(GapRow, row.gap_id)
            gap = await self._new(session, guild_id)
            gap.asked, gap.first_at, gap.last_at = 1, row.at, row.at
            old.asked = max(old.asked - 1, 0)
            row.gap_id = gap.id
            await session.execute(
                update(WaiterRow).where(WaiterRow.question_id == row.id).values(gap_id=gap.id)
            )
            await session.flush()
            left = await session.scalar(select(func.count()).where(QuestionRow.gap_id == old.id))
            if not left and not old.asked:
                await session.delete(old)
            detail = {"from": old.reference}
            await self._note(session, guild_id, by, "gap.parted", gap.reference, detail)
            return await self._seen(session, gap)

        return await self._store.write(work)

    async def set_aside(self, guild_id: int, reference: str, by: int) -> None:
        """Take a gap off the list: it is nothing that an entry should answer.

        Raises:
            NoSuchGap: this server has no such reference.
        """

        async def work(session: AsyncSession) -> None:
            gap = await _find(session, guild_id, reference, lock=True)
            gap.state = GapState.ASIDE
            await self._note(session, guild_id, by, "gap.set_aside", reference, {})

        await self._store.write(work)

    async def drafted(self, session: AsyncSession, guild_id: int, reference: str) -> None:
        """Record, in the caller's transaction, that somebody is writing the answer."""
        gap = await _find(session, guild_id, reference, lock=True)
        if gap.state in (GapState.OPEN, GapState.ASIDE):
            gap.state = GapState.DRAFTED

    async def answered(
        self, session: AsyncSession, guild_id: int, reference: str, entry_id: str
    ) -> int:
        """Record that an entry answers a gap, and tell whoever wanted to know, once each.

        In the caller's transaction. Return how many people will be told.
        """
        gap = await _find(session, guild_id, reference, lock=True)
        gap.state, gap.entry_id = GapState.ANSWERED, entry_id
        at = int(self._clock().timestamp())
        waiters = list(
            await session.scalars(
                select(WaiterRow).where(WaiterRow.gap_id == gap.id).order_by(WaiterRow.id)
            )
        )
        await self._outbox.post(
            session,
            *(
                Effect(
                    kind=ANSWERED,
                    guild_id=guild_id,
                    lane=f"person:{one.person_id}",
                    # Not by its number: SQLite gives that of a waiter who was told to the next.
                    key=f"gap:{guild_id}:{reference}:{one.person_id}:{at}",
                    payload={"person": one.person_id, "entry": entry_id},
                )
                for one in waiters
            ),
        )
        for one in waiters:
            await session.delete(one)
        return len(waiters)

    async def reader(self, person_id: int) -> int | None:
        """Return a person's Discord id, to tell them; None if they erased themselves."""
        return await self._store.read(lambda session: self._people.user_id(session, person_id))

    async def _seen(self, session: AsyncSession, row: GapRow) -> Gap:
        questions = await session.scalars(
            select(QuestionRow)
            .where(QuestionRow.gap_id == row.id)
            .order_by(QuestionRow.id.desc())
            .limit(_SHOWN)
        )
        waiting = await session.scalar(select(func.count()).where(WaiterRow.gap_id == row.id))
        return Gap(
            guild_id=row.guild_id,
            reference=row.reference,
            state=GapState(row.state),
            entry_id=row.entry_id,
            asked=row.asked,
            waiting=waiting or 0,
            first_at=row.first_at,
            last_at=row.last_at,
            questions=tuple(
                Asked(one.id, self._open(one.content), Why(one.why), one.near, one.at)
                for one in questions
            ),
        )

    async def _note(
        self,
        session: AsyncSession,
        guild_id: int,
        by: int,
        what: str,
        subject: str,
        detail: dict[str, str],
    ) -> None:
        person = await self._people.ensure(session, guild_id, by, self._clock())
        await self._audit.record(session, guild_id, person.id, what, subject, detail)


async def _find(
    session: AsyncSession, guild_id: int, reference: str, *, lock: bool = False
) -> GapRow:
    query = select(GapRow).where(GapRow.guild_id == guild_id, GapRow.reference == reference)
    row = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NoSuchGap(reference)
    return row
