"""What all work on promises stands on: taking up the file's, running late, and the history."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.ids import Randomness
from bot.promises.model import RUNNING, Ledger, NoSuchPromise, Promise, State, Words, standing
from bot.promises.records import PromiseEventRow, PromiseRow, find, kept_others, whole
from bot.promises.shipped import Shipped
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.history import write_down
from bot.store.keeper import Keeper, free_reference
from bot.store.notices import staff_notice
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.vault import Vault

Change = Callable[[AsyncSession, PromiseRow, int], Awaitable[None]]

PREFIX = "P"
_IN_DIGEST = 120
"""Characters of a promise's text in the digest: enough to know it by."""


class Keeping(Keeper):
    """Keeps promises, each server's apart from the others."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        randomness: Randomness,
        shipped: Sequence[Shipped],
    ) -> None:
        super().__init__(store, outbox, people, vault, audit, clock, randomness)
        self.shipped = tuple(shipped)
        self._taken_up: set[int] = set()

    def forget(self, guild_id: int) -> None:
        """Have nothing of a server in memory: it may come back with nothing of the file's."""
        self._taken_up.discard(guild_id)

    async def take_up(self, guild_id: int) -> None:
        """Take up the file's promises in a guild, and the file's wording of those known there."""
        if guild_id in self._taken_up or not self.shipped:
            return

        async def work(session: AsyncSession) -> None:
            rows = await session.scalars(
                select(PromiseRow)
                .where(PromiseRow.guild_id == guild_id, PromiseRow.shipped.is_not(None))
                .with_for_update()
            )
            known = {row.shipped: row for row in rows}
            for one in self.shipped:
                row = known.get(one.id)
                if row is None:
                    due = self._today() + timedelta(days=one.first_due_days)
                    intake = self._vault.fingerprint("promise", "shipped", guild_id, one.id)
                    drawn = one.evidence
                    await self._new(session, guild_id, intake, one.words, drawn, due, None, one.id)
                else:
                    await self._reword(session, row, one)

        await self._store.write(work)
        self._taken_up.add(guild_id)

    async def run_late(self) -> int:
        """Move what is late, and tell each guild's staff: once for each day that passed.

        What was moved and what was told stand in the same rows and commit together, so neither a
        restart nor a second process nor weeks of downtime tells it twice, or not at all.
        """
        today = self._today()
        late = (
            PromiseRow.due < today,
            PromiseRow.state.in_([*RUNNING, State.LATE]),
            or_(PromiseRow.told_due.is_(None), PromiseRow.told_due != PromiseRow.due),
        )

        async def where(session: AsyncSession) -> list[int]:
            return list(await session.scalars(select(PromiseRow.guild_id).where(*late).distinct()))

        async def work(session: AsyncSession, guild_id: int) -> int:
            rows = list(
                await session.scalars(
                    select(PromiseRow)
                    .where(PromiseRow.guild_id == guild_id, *late)
                    .order_by(PromiseRow.due, PromiseRow.id)
                    .with_for_update()
                    .execution_options(populate_existing=True)
                )
            )
            # Another process may have been here between the two looks.
            rows = [row for row in rows if row.told_due != row.due]
            for row in rows:
                await self._run_late(session, row)
                row.told_due = row.due
            if rows:
                first = rows[0]
                notice = staff_notice(
                    guild_id,
                    "promise.notice.late",
                    once=f"promises:{first.reference}:{first.due}",
                    promises="\n".join(map(_digest_line, rows)),
                )
                await self._outbox.post(session, notice)
            return len(rows)

        told = 0
        for guild_id in await self._store.read(where):
            told += await self._store.write(partial(work, guild_id=guild_id))
        return told

    async def _changed(self, guild_id: int, reference: str, by: int, change: Change) -> Promise:
        """Run a change on a locked promise, which is late first if its day has passed."""
        await self.take_up(guild_id)

        async def work(session: AsyncSession) -> Promise:
            row = await find(session, guild_id, reference, lock=True)
            if row is None:
                raise NoSuchPromise(reference)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            before = row.version
            if await self._run_late(session, row):
                # The desk shows it as late before it writes that down: nothing new to anybody.
                row.version = before
            await change(session, row, person.id)
            return await whole(session, self._people, row, self._today())

        return await self._store.write(work)

    async def _run_late(self, session: AsyncSession, row: PromiseRow) -> bool:
        now = State(row.state)
        if standing(now, row.due, self._today()) is now:
            return False
        await self._move(session, row, State.LATE, None)
        return True

    async def _new(
        self,
        session: AsyncSession,
        guild_id: int,
        intake: str,
        words: Words,
        drawn: Sequence[Ledger],
        due: date,
        person_id: int | None,
        shipped: str | None = None,
    ) -> PromiseRow:
        row = PromiseRow(
            guild_id=guild_id,
            reference=await free_reference(session, guild_id, PREFIX, self._randomness, find),
            intake=intake,
            shipped=shipped,
            text=words.text,
            source=words.source,
            made_on=words.made_on,
            office=words.owner,
            others=kept_others(words),
            drawn=[str(one) for one in drawn],
            state=State.OPEN,
            due=due,
            changed_at=self._clock(),
            version=0,
        )
        try:
            async with session.begin_nested():
                session.add(row)
        except IntegrityError:
            # Another process added it at this instant: theirs is the one.
            theirs = await session.scalar(select(PromiseRow).where(PromiseRow.intake == intake))
            if theirs is None:
                raise
            return theirs
        await self._record(session, row, "added", person_id, {"due": due.isoformat()})
        return row

    async def _reword(self, session: AsyncSession, row: PromiseRow, one: Shipped) -> None:
        """Follow the file in what it says; the history keeps how it was worded before."""
        row.drawn = [str(kind) for kind in one.evidence]
        row.others = kept_others(one.words)
        if row.office != one.owner:
            # Staff named another office, whose name the file does not know.
            row.others = {code: {**said, "owner": ""} for code, said in row.others.items()}
        await self._say(session, row, one.words, None)

    async def _say(
        self, session: AsyncSession, row: PromiseRow, words: Words, person_id: int | None
    ) -> None:
        if (row.text, row.source, row.made_on) != (words.text, words.source, words.made_on):
            before = row.text
            row.text, row.source, row.made_on = words.text, words.source, words.made_on
            await self._record(session, row, "reworded", person_id, note=before)

    async def _move(
        self,
        session: AsyncSession,
        row: PromiseRow,
        to: State,
        person_id: int | None,
        note: str = "",
    ) -> None:
        detail = {"from": row.state, "to": str(to)}
        row.state = to
        await self._record(session, row, "moved", person_id, detail, note)

    async def _record(
        self,
        session: AsyncSession,
        row: PromiseRow,
        what: str,
        person_id: int | None,
        detail: dict[str, str] | None = None,
        note: str = "",
    ) -> None:
        """Write into the promise's history and the audit, together with the change itself."""
        event = PromiseEventRow(
            promise_id=row.id,
            guild_id=row.guild_id,
            at=self._clock(),
            what=what,
            by_id=person_id,
            detail=detail or {},
            note=note,
        )
        await write_down(session, self._audit, "promise", row, event)

    def _today(self) -> date:
        return self._clock().date()


def _digest_line(row: PromiseRow) -> str:
    text = row.text if len(row.text) <= _IN_DIGEST else f"{row.text[: _IN_DIGEST - 1]}…"
    return f"• {row.reference} ({row.office}), {row.due}: {text}"
