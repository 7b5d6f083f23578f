"""Acting: what moderators decide, and what was done by hand."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.moderation.cases.carrying import Carrying
from bot.moderation.cases.keeping import checked
from bot.moderation.cases.ladder import Rung, next_rung
from bot.moderation.cases.model import (
    COUNTS,
    MOVES,
    NO_RULE,
    REASON_LIMIT,
    TOLD,
    Act,
    AlreadyInForce,
    BadCase,
    Case,
    Mover,
    NotAllowedMove,
    Order,
    SomebodyWasFirst,
    Source,
    State,
)
from bot.moderation.cases.records import (
    CaseEventRow,
    CaseRow,
    first,
    seal,
    subject_print,
)
from bot.moderation.model import Verdict

AT_ONCE = timedelta(seconds=30)
"""Two moderators who act on a member within this time may not know of each other."""


class Acting(Carrying):
    """What is decided, and done by hand."""

    async def act(
        self,
        guild_id: int,
        by: int,
        order: Order,
        *,
        intake: str,
        on: str | None = None,
    ) -> Case:
        """Decide an act: on the report `on`, or by itself. What it does on Discord follows.

        The same act (`interaction:123`) delivered again finds the case it made.

        Raises:
            BadCase: something is missing, or no good number.
            AlreadyInForce: the same is in force there already.
            SomebodyWasFirst: another moderator decided first, or acted on the member just now.
            NoSuchCase: there is no report of that reference.
        """
        order = checked(order)
        key = self._vault.fingerprint("case", guild_id, intake)

        async def work(session: AsyncSession) -> Case:
            known = await first(session, CaseRow.intake == key)
            if known is not None:
                return await self._whole(session, known)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            row = None if on is None else await self._locked(session, guild_id, on)
            if row is not None and (row.by_id, row.act) == (person.id, order.act):
                return await self._whole(session, row)  # the same press, again
            if row is not None and row.act != Act.REPORT:
                raise await self._first_was(session, row)
            await self._clear(session, guild_id, order, person.id)
            if row is None:
                row, _ = await self._new(session, guild_id, key, Source.DESK, order, person.id)
            else:
                self._take_up(row, order, person.id)
            await self._decided(session, row, person.id)
            return await self._whole(session, row)

        return await self._store.write(work)

    async def by_verdict(self, verdict: Verdict, text: str = "", link: str = "") -> Case:
        """Open the case of a verdict whose ladder reached a warning or a timeout.

        Raises:
            BadCase: the verdict's numbers are no good ones.
        """
        act = Act.TIMEOUT if verdict.minutes else Act.WARN
        order = checked(
            Order(
                act,
                verdict.rule,
                str(verdict.check),
                subject=verdict.author_id,
                minutes=verdict.minutes or None,
                link=link,
                evidence=text,
            )
        )
        key = self._vault.fingerprint("case", verdict.guild_id, f"message:{verdict.message_id}")

        async def work(session: AsyncSession) -> Case:
            row, new = await self._new(session, verdict.guild_id, key, Source.CHECK, order, None)
            if new:
                await self._decided(session, row, None)
            return await self._whole(session, row)

        return await self._store.write(work)

    async def by_hand(
        self,
        guild_id: int,
        by: int,
        act: Act,
        subject: int,
        *,
        entry: int,
        reason: str = "",
        until: datetime | None = None,
        role_id: int | None = None,
        at: datetime | None = None,
    ) -> Case | None:
        """Keep as a case what a moderator did by hand in Discord: entry `entry` of its audit log.

        `at` is when, if it is read later. None if the desk has a case of that already. Of a role
        the member is not written to: roles come and go by hand for many reasons.
        """
        key = self._vault.fingerprint("case", guild_id, f"audit:{entry}")
        order = Order(act, NO_RULE, reason.strip()[:REASON_LIMIT], subject, role_id=role_id)

        async def work(session: AsyncSession) -> Case | None:
            person = await self._people.ensure(session, guild_id, by, self._clock())
            there = await self._in_force(session, guild_id, order)
            if there is not None and act is Act.BAN:
                return None
            row, new = await self._new(session, guild_id, key, Source.HAND, order, person.id)
            if not new:
                return None
            row.until = until
            row.done_at = self._clock()
            if at is not None:
                row.opened_at = min(at, row.opened_at)
            await self._move(session, row, State.ACTIONED, person.id)
            if act in TOLD and act is not Act.ROLE:
                await self._tell(session, row, "decided")
            return await self._whole(session, row)

        return await self._store.write(work)

    async def ended_by_hand(
        self,
        guild_id: int,
        by: int,
        act: Act,
        subject: int,
        reason: str = "",
        *,
        role_id: int | None = None,
        at: datetime | None = None,
    ) -> Case | None:
        """Keep that a moderator ended by hand what a case did; None if there is no such case.

        `at` is when, if it is read later: what was decided after it stays.
        """
        print_ = subject_print(self._vault, guild_id, subject)
        more = [] if role_id is None else [CaseRow.role_id == role_id]
        if at is not None:
            more.append(CaseRow.opened_at <= at)

        async def work(session: AsyncSession) -> Case | None:
            row = await first(
                session,
                CaseRow.guild_id == guild_id,
                CaseRow.subject_print == print_,
                CaseRow.act == act,
                CaseRow.state.in_([State.ACTIONED, State.UPHELD, State.CHANGED]),
                *more,
                lock=True,
            )
            if row is None:
                return None
            person = await self._people.ensure(session, guild_id, by, self._clock())
            row.ended_at = self._clock()
            await self._move(session, row, State.LIFTED, person.id, reason[:REASON_LIMIT])
            return await self._whole(session, row)

        return await self._store.write(work)

    async def lift(self, guild_id: int, reference: str, by: int, reason: str) -> Case:
        """Take back what was decided, and end it on Discord.

        Raises:
            NotAllowedMove: it is over, or appealed: an appeal is decided by somebody else.
            SomebodyWasFirst: somebody else lifted it already.
            BadCase: there is no reason.
            NoSuchCase: this guild has no such reference.
        """
        reason = reason.strip()
        if not reason:
            raise BadCase("mod.bad.reason")

        async def change(session: AsyncSession, row: CaseRow, person_id: int) -> None:
            now = State(row.state)
            if now is State.LIFTED:
                raise SomebodyWasFirst(await self._mover(session, row), Act(row.act), row.reference)
            reported = row.act == Act.REPORT
            if MOVES[now].get(State.LIFTED) is not Mover.MODERATOR or reported:
                raise NotAllowedMove(now, State.LIFTED)
            await self._move(session, row, State.LIFTED, person_id, reason[:REASON_LIMIT])
            await self._end(session, row)
            if row.act in TOLD:
                await self._tell(session, row, "lifted")

        return await self._changed(guild_id, reference, by, change)

    async def again(self, guild_id: int, reference: str, by: int) -> Case:
        """Try again to do on Discord what it refused.

        Raises:
            NotAllowedMove: it is done, or over.
            NoSuchCase: this guild has no such reference.
        """

        async def change(session: AsyncSession, row: CaseRow, person_id: int) -> None:
            if row.state != State.OPEN or not row.trouble:
                raise NotAllowedMove(State(row.state), State.ACTIONED)
            row.trouble = ""
            await self._record(session, row, "tried_again", person_id)
            await self._do(session, row)

        return await self._changed(guild_id, reference, by, change)

    async def note(self, guild_id: int, reference: str, by: int, text: str) -> Case:
        """Write a note on a case, which only moderators read.

        Raises:
            BadCase: there is no text.
            NoSuchCase: this guild has no such reference.
        """
        text = text.strip()[:REASON_LIMIT]
        if not text:
            raise BadCase("mod.bad.reason")

        async def change(session: AsyncSession, row: CaseRow, person_id: int) -> None:
            await self._record(session, row, "noted", person_id, note=text)

        return await self._changed(guild_id, reference, by, change)

    async def next_step(self, guild_id: int, subject: int) -> Rung:
        """Return the step that the ladder suggests for a member."""
        print_ = subject_print(self._vault, guild_id, subject)
        now = self._clock()

        async def work(session: AsyncSession) -> list[Act]:
            found = await session.scalars(
                select(CaseRow.act).where(
                    CaseRow.guild_id == guild_id,
                    CaseRow.subject_print == print_,
                    CaseRow.act.in_([str(one) for one in COUNTS]),
                    CaseRow.state != State.LIFTED,
                    CaseRow.fades_at > now,
                )
            )
            return [Act(one) for one in found]

        return next_rung(await self._store.read(work))

    async def _decided(self, session: AsyncSession, row: CaseRow, person_id: int | None) -> None:
        """Write a decision down, and post what follows: the member is told, then it is done."""
        detail = {"act": row.act, "rule": row.rule}
        await self._record(session, row, "decided", person_id, detail)
        if row.act in TOLD:
            await self._tell(session, row, "decided")
        if row.act in (Act.NOTE, Act.NOTICE, Act.WARN):
            row.done_at = self._clock()
            await self._move(session, row, State.ACTIONED, None)
            await self._let_reporters_hear(session, row)
        elif row.act == Act.NONE:
            row.done_at = row.ended_at = self._clock()
            await self._move(session, row, State.EXPIRED, None)
            await self._let_reporters_hear(session, row)
        else:
            await self._do(session, row)

    def _take_up(self, row: CaseRow, order: Order, person_id: int) -> None:
        """Make a report the case of what was decided about it."""
        row.act, row.rule, row.by_id = order.act, order.rule, person_id
        row.role_id, row.seconds = order.role_id, order.seconds
        row.reason = seal(self._vault, row, order.reason)
        row.detail = {**row.detail, **order.detail}
        self._measure(row, order)

    async def _mover(self, session: AsyncSession, row: CaseRow) -> int | None:
        """Return who moved a case last."""
        query = select(CaseEventRow.by_id).where(
            CaseEventRow.case_id == row.id, CaseEventRow.what == "moved"
        )
        found = await session.scalar(query.order_by(CaseEventRow.id.desc()).limit(1))
        return None if found is None else await self._people.user_id(session, found)

    async def _first_was(self, session: AsyncSession, row: CaseRow) -> SomebodyWasFirst:
        by = None if row.by_id is None else await self._people.user_id(session, row.by_id)
        return SomebodyWasFirst(by, Act(row.act), row.reference)

    async def _clear(
        self, session: AsyncSession, guild_id: int, order: Order, person_id: int
    ) -> None:
        """Let an act pass unless the same is in force, or somebody else acted just now."""
        there = await self._in_force(session, guild_id, order)
        if there is not None:
            by = None if there.by_id is None else await self._people.user_id(session, there.by_id)
            raise AlreadyInForce(by, Act(there.act), there.reference)
        if order.subject is None or order.act in (Act.NOTE, Act.NONE):
            return
        print_ = subject_print(self._vault, guild_id, order.subject)
        lately = await first(
            session,
            CaseRow.guild_id == guild_id,
            CaseRow.subject_print == print_,
            CaseRow.act.not_in([Act.REPORT, Act.NOTE, Act.NONE]),
            CaseRow.by_id.is_not(None),
            CaseRow.by_id != person_id,
            CaseRow.opened_at > self._clock() - AT_ONCE,
        )
        if lately is not None:
            raise await self._first_was(session, lately)
