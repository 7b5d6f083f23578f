"""Appeals: by code, also for somebody who was banned; decided by a different moderator."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ids import read_code
from bot.moderation.cases.model import (
    APPEAL_LIMIT,
    DECIDE_DAYS,
    LONGEST,
    LONGEST_TIMEOUT,
    MOVES,
    OUTCOMES,
    REASON_LIMIT,
    Act,
    BadCase,
    CannotAppeal,
    Case,
    Line,
    NoSuchCase,
    NotAllowedMove,
    OwnCase,
    SameModerator,
    SomebodyWasFirst,
    State,
    appealed_until,
)
from bot.moderation.cases.records import (
    AppealRow,
    CaseRow,
    appeal_of,
    appeal_seen,
    code_print,
    first,
    line_of,
    opened,
    seal,
)
from bot.moderation.cases.reports import Reports
from bot.store.notices import staff_notice
from bot.throttle import Throttle


class TooManyTries(Exception):
    """Too many codes were tried from one source."""


@dataclass(frozen=True)
class Decision:
    """How an appeal is decided. `minutes`: for "changed", how long it lasts from now; 0 leaves a
    warning only."""

    outcome: State
    answer: str
    minutes: int = 0


class Appeals(Reports):
    """What members say against a case, and what is decided."""

    _tries: Throttle

    async def own(self, typed: str, *, source: str) -> OwnCase:
        """Return the case of a code, as the member it is about sees it.

        Raises:
            NoSuchCase: nobody has this code.
            TooManyTries: too many wrong ones came from this source.
        """
        code = self._code(typed, source)

        async def work(session: AsyncSession) -> OwnCase:
            row = await self._by_code(session, code, source)
            return await self._own(session, row)

        return await self._store.read(work)

    async def appeal(self, typed: str, words: str, *, door: str, source: str) -> OwnCase:
        """Take an appeal; the same again changes nothing.

        Raises:
            CannotAppeal: it is over too long, was lifted, or was appealed before.
            BadCase: there are no words, or too many.
            NoSuchCase, TooManyTries: as `own` does.
        """
        words = words.strip()
        if not words:
            raise BadCase("mod.bad.appeal")
        if len(words) > APPEAL_LIMIT:
            raise BadCase("mod.bad.appeal_long")
        code = self._code(typed, source)

        async def work(session: AsyncSession) -> OwnCase:
            row = await self._by_code(session, code, source, lock=True)
            there = await appeal_of(session, row.id)
            if there is not None:
                if opened(self._vault, row, there.words) == words:
                    return await self._own(session, row)
                raise CannotAppeal("appeal.once")
            if State.APPEALED not in MOVES[State(row.state)]:
                raise CannotAppeal("appeal.over")
            if not self._open_to_appeal(row):
                raise CannotAppeal("appeal.late")
            now = self._clock()
            made = AppealRow(
                case_id=row.id,
                guild_id=row.guild_id,
                at=now,
                due=now + timedelta(days=DECIDE_DAYS),
                door=door,
                words=seal(self._vault, row, words),
            )
            try:
                async with session.begin_nested():
                    session.add(made)
            except IntegrityError:
                raise CannotAppeal("appeal.once") from None
            await self._move(session, row, State.APPEALED, None)
            return await self._own(session, row)

        return await self._store.write(work)

    async def decide(self, guild_id: int, reference: str, by: int, decision: Decision) -> Case:
        """Decide an appeal.

        Raises:
            SameModerator: whoever acted does not decide what is said against it.
            SomebodyWasFirst: it is decided.
            NotAllowedMove: there is nothing to decide.
            BadCase: there is no answer, or no good time.
            NoSuchCase: this guild has no such reference.
        """
        answer = decision.answer.strip()[:REASON_LIMIT]
        if not answer:
            raise BadCase("mod.bad.answer")
        if decision.outcome not in OUTCOMES:
            raise BadCase("mod.bad.outcome")

        async def change(session: AsyncSession, row: CaseRow, person_id: int) -> None:
            one = await appeal_of(session, row.id)
            if one is None:
                raise NotAllowedMove(State(row.state), decision.outcome)
            if one.outcome is not None:
                by_id = one.decided_by_id
                who = None if by_id is None else await self._people.user_id(session, by_id)
                raise SomebodyWasFirst(who, Act(row.act), row.reference)
            if row.by_id == person_id:
                raise SameModerator
            one.outcome, one.decided_at = decision.outcome, self._clock()
            one.decided_by_id, one.answer = person_id, seal(self._vault, row, answer)
            await self._move(session, row, decision.outcome, person_id)
            if decision.outcome is State.LIFTED:
                await self._end(session, row)
            elif decision.outcome is State.CHANGED:
                await self._change(session, row, person_id, decision.minutes)
            await self._tell(session, row, "appeal")

        return await self._changed(guild_id, reference, by, change)

    async def waiting(self, guild_id: int) -> list[tuple[Line, datetime]]:
        """Return the cases whose appeal waits, with the day it is due; the first due first."""

        async def work(session: AsyncSession) -> list[tuple[Line, datetime]]:
            found = await session.execute(
                select(CaseRow, AppealRow.due)
                .join(AppealRow, AppealRow.case_id == CaseRow.id)
                .where(CaseRow.guild_id == guild_id, AppealRow.outcome.is_(None))
                .order_by(AppealRow.due, CaseRow.id)
                .limit(200)
            )
            now = self._clock()
            return [(line_of(self._vault, row, now), due) for row, due in found]

        return await self._store.read(work)

    async def tell_overdue(self) -> int:
        """Tell moderators, once each, which appeals are past the day they were due."""
        now = self._clock()

        async def work(session: AsyncSession) -> int:
            found = await session.execute(
                select(AppealRow, CaseRow.reference)
                .join(CaseRow, CaseRow.id == AppealRow.case_id)
                .where(
                    AppealRow.outcome.is_(None),
                    AppealRow.due < now,
                    AppealRow.told_due_at.is_(None),
                )
                .order_by(AppealRow.id)
                .with_for_update(of=AppealRow)
                .execution_options(populate_existing=True)
            )
            rows = found.all()
            for one, reference in rows:
                one.told_due_at = now
                notice = staff_notice(
                    one.guild_id,
                    "mod.notice.overdue",
                    once=f"appeal:{reference}",
                    reference=reference,
                )
                await self._outbox.post(session, notice)
            return len(rows)

        return await self._store.write(work)

    async def _change(
        self, session: AsyncSession, row: CaseRow, person_id: int, minutes: int
    ) -> None:
        """Make an act milder: shorter, or a warning only."""
        before = row.act
        if minutes == 0:
            await self._end(session, row)
            row.act, row.until = Act.WARN, None
            row.detail = {**row.detail, "was": before}
        else:
            longest = LONGEST_TIMEOUT if row.act == Act.TIMEOUT else LONGEST
            now = self._clock()
            until = now + timedelta(minutes=minutes)
            timed = row.act in (Act.TIMEOUT, Act.BAN, Act.ROLE) and row.ended_at is None
            shorter = row.until is None or until < row.until
            if not 1 <= minutes <= longest or not timed or not shorter:
                raise BadCase("mod.bad.shorter")
            row.until = until
            if row.act == Act.TIMEOUT:
                await self._do(session, row)
        await self._record(
            session, row, "shortened", person_id, {"act": before, "minutes": str(minutes)}
        )

    def _open_to_appeal(self, row: CaseRow) -> bool:
        in_force = row.state != State.EXPIRED and row.ended_at is None and row.done_at is not None
        lasting = in_force and row.act in (Act.BAN, Act.TIMEOUT, Act.ROLE)
        return lasting or self._clock() <= appealed_until(row.opened_at)

    async def _own(self, session: AsyncSession, row: CaseRow) -> OwnCase:
        there = await appeal_of(session, row.id)
        can = State.APPEALED in MOVES[State(row.state)] and self._open_to_appeal(row)
        return OwnCase(
            row.guild_id,
            row.reference,
            Act(row.act),
            State(row.state),
            row.rule,
            opened(self._vault, row, row.reason),
            row.opened_at,
            row.until,
            can_appeal=can and there is None,
            appeal=None if there is None else appeal_seen(self._vault, row, there),
        )

    def _code(self, typed: str, source: str) -> str:
        if self._tries.full(source):
            raise TooManyTries
        code = read_code(typed)
        if code is None:
            self._tries.count(source)
            raise NoSuchCase
        return code

    async def _by_code(
        self, session: AsyncSession, code: str, source: str, *, lock: bool = False
    ) -> CaseRow:
        wanted = code_print(self._vault, code)
        row = await first(session, CaseRow.code_print == wanted, lock=lock)
        if row is None:
            self._tries.count(source)
            raise NoSuchCase
        return row
