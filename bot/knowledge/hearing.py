"""Hearing what people ask that no entry answers: kept as words alone, and grouped by likeness.

Whose question it was is kept only of those who want to be told when there is an answer.
"""

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.ids import Randomness, new_reference
from bot.knowledge.gapmodel import GapState, TooLate, Why
from bot.knowledge.likeness import Likeness
from bot.knowledge.records import GapRow, QuestionRow, WaiterRow
from bot.knowledge.search.meaning import minilm
from bot.knowledge.terms import MOST_CHARACTERS
from bot.store import StoreUnavailable
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.keeper import Keeper
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import KeyTrouble, Vault

PREFIX = "G"
_COMPARED = 2_000
_PENDING = 200

log = structlog.stdlib.get_logger(__name__)


class Hearing(Keeper):
    """The gaps of every server, from the side of those who ask."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        super().__init__(store, outbox, people, vault, audit, clock, randomness)
        self._likeness = Likeness(minilm())
        self._turn = asyncio.Lock()
        self._pending: set[asyncio.Task[None]] = set()

    def hear(self, guild_id: int, question: str, why: Why, *, once: str, near: str = "") -> None:
        """Keep a question soon, behind the answer that was just given; never raises.

        Losing one is no harm, so what comes while two hundred wait is not kept.
        """
        if len(self._pending) >= _PENDING:
            return
        task = asyncio.create_task(
            self._heard(guild_id, question, why, once=once, near=near), name="gap"
        )
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def rest(self) -> None:
        """Wait until everything that was heard is kept."""
        while self._pending:
            await asyncio.wait(set(self._pending))

    async def record(
        self, guild_id: int, question: str, why: Why, *, once: str, near: str = ""
    ) -> str:
        """Keep a question that was not answered; return the reference of the gap it is in.

        `once` names the act of asking: repeated, it counts once.

        Raises:
            StoreUnavailable: the database is away.
        """
        async with self._turn:  # two that are alike, at the same instant, are one gap
            alike = await self._alike(guild_id, question)

            async def work(session: AsyncSession) -> GapRow:
                _row, gap = await self._kept(session, guild_id, question, why, once, near, alike)
                return gap

            return (await self._store.write(work)).reference

    async def wait(self, guild_id: int, user_id: int, question: str | None, *, once: str) -> str:
        """Tell this person when the question they asked has an answer; return the gap's reference.

        `question` is needed only if it was not kept when it was asked.

        Raises:
            TooLate: it is not kept, and what it was is not known any more.
            StoreUnavailable: the database is away.
        """
        await self.rest()
        async with self._turn:
            alike = await self._alike(guild_id, question) if question else []

            async def work(session: AsyncSession) -> str:
                key = self._key(guild_id, once)
                row = await session.scalar(select(QuestionRow).where(QuestionRow.intake == key))
                if row is None:
                    if not question:
                        raise TooLate
                    row, gap = await self._kept(
                        session, guild_id, question, Why.UNKNOWN, once, "", alike
                    )
                else:
                    gap = await session.get_one(GapRow, row.gap_id)
                now = self._clock()
                person = await self._people.ensure(session, guild_id, user_id, now)
                waits = select(WaiterRow.id).where(
                    WaiterRow.gap_id == gap.id, WaiterRow.person_id == person.id
                )
                if await session.scalar(waits) is None:
                    session.add(
                        WaiterRow(
                            guild_id=guild_id,
                            gap_id=gap.id,
                            question_id=row.id,
                            person_id=person.id,
                            at=now,
                        )
                    )
                return gap.reference

            return await self._store.write(work)

    async def _heard(self, guild_id: int, question: str, why: Why, *, once: str, near: str) -> None:
        try:
            await self.record(guild_id, question, why, once=once, near=near)
        except StoreUnavailable:
            log.warning("gap.unheard")
        except Exception as error:
            log.error("gap.failed", error=type(error).__name__)

    def _key(self, guild_id: int, once: str) -> str:
        return self._vault.fingerprint("question", guild_id, once)

    async def _alike(self, guild_id: int, question: str) -> list[int]:
        """Return the kept questions that are like this one, the likest first."""
        last = self._likeness.last(guild_id)
        query = (
            select(QuestionRow.id, QuestionRow.content)
            .where(QuestionRow.guild_id == guild_id, QuestionRow.id > last)
            .order_by(QuestionRow.id.desc())
            .limit(_COMPARED)
        )
        rows = await self._store.read(lambda session: _pairs(session, query))

        def compare() -> list[int]:
            opened = [(row_id, self._open(content)) for row_id, content in reversed(rows)]
            self._likeness.take_in(guild_id, opened)
            return self._likeness.nearest(guild_id, question)

        return await asyncio.to_thread(compare)

    async def _kept(
        self,
        session: AsyncSession,
        guild_id: int,
        question: str,
        why: Why,
        once: str,
        near: str,
        alike: Sequence[int],
    ) -> tuple[QuestionRow, GapRow]:
        key, now = self._key(guild_id, once), self._clock()
        row = await session.scalar(select(QuestionRow).where(QuestionRow.intake == key))
        if row is not None:
            return row, await session.get_one(GapRow, row.gap_id)
        gap = await self._gap_of(session, alike) or await self._new(session, guild_id)
        gap.asked += 1
        gap.last_at = now
        row = QuestionRow(
            guild_id=guild_id,
            gap_id=gap.id,
            intake=key,
            content=self._vault.seal(question[:MOST_CHARACTERS].encode("utf-8", "replace")),
            why=why,
            near=near,
            at=now,
        )
        session.add(row)
        await session.flush()
        return row, gap

    async def _gap_of(self, session: AsyncSession, alike: Sequence[int]) -> GapRow | None:
        """Return the gap of the likest question that is in one still; answered ones are over."""
        for question_id in alike:
            row = await session.get(QuestionRow, question_id)
            gap = None if row is None else await session.get(GapRow, row.gap_id)
            if gap is not None and gap.state != GapState.ANSWERED:
                return gap
        return None

    async def _new(self, session: AsyncSession, guild_id: int) -> GapRow:
        now = self._clock()
        while True:
            reference = new_reference(PREFIX, self._randomness)
            taken = select(GapRow.id).where(
                GapRow.guild_id == guild_id, GapRow.reference == reference
            )
            if await session.scalar(taken) is None:
                break
        gap = GapRow(
            guild_id=guild_id,
            reference=reference,
            state=GapState.OPEN,
            entry_id=None,
            asked=0,
            first_at=now,
            last_at=now,
        )
        session.add(gap)
        await session.flush()
        return gap

    def _open(self, sealed: bytes) -> str:
        try:
            return self._vault.unseal(sealed).decode("utf-8", "replace")
        except KeyTrouble:
            return ""


async def _pairs(session: AsyncSession, query: Select[int, bytes]) -> list[tuple[int, bytes]]:
    rows = await session.execute(query)
    return [(row.id, row.content) for row in rows]
