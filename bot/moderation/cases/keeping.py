"""What all work on cases stands on: new rows, moves, the history, and what is posted."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.moderation.cases import effects
from bot.moderation.cases.model import (
    APPEALABLE,
    EVIDENCE_LIMIT,
    FADES,
    LONGEST,
    LONGEST_TIMEOUT,
    ON_MEMBERS,
    REASON_LIMIT,
    SLOWEST,
    TIMED,
    Act,
    BadCase,
    Case,
    NoSuchCase,
    Order,
    Source,
    State,
    Told,
)
from bot.moderation.cases.records import (
    CaseEventRow,
    CaseRow,
    about,
    appeal_code,
    code_print,
    find,
    first,
    reports_of,
    seal,
    subject_print,
    whole,
)
from bot.store.history import write_down
from bot.store.keeper import Keeper, free_reference

PREFIX = "K"

Change = Callable[[AsyncSession, CaseRow, int], Awaitable[None]]


class Keeping(Keeper):
    """Keeps cases, each server's apart from the others."""

    async def case(self, guild_id: int, reference: str) -> Case:
        """Return a case as it stands.

        Raises:
            NoSuchCase: this guild has no such reference.
        """

        async def work(session: AsyncSession) -> Case:
            row = await find(session, guild_id, reference)
            if row is None:
                raise NoSuchCase(reference)
            return await self._whole(session, row)

        return await self._store.read(work)

    async def _whole(self, session: AsyncSession, row: CaseRow) -> Case:
        return await whole(session, self._people, self._vault, row)

    async def _changed(self, guild_id: int, reference: str, by: int, change: Change) -> Case:
        """Run a moderator's change on a locked case."""

        async def work(session: AsyncSession) -> Case:
            row = await self._locked(session, guild_id, reference)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await change(session, row, person.id)
            return await self._whole(session, row)

        return await self._store.write(work)

    async def _locked(self, session: AsyncSession, guild_id: int, reference: str) -> CaseRow:
        row = await find(session, guild_id, reference, lock=True)
        if row is None:
            raise NoSuchCase(reference)
        return row

    async def _new(
        self,
        session: AsyncSession,
        guild_id: int,
        intake: str,
        source: Source,
        order: Order,
        by_id: int | None,
        matter: str | None = None,
    ) -> tuple[CaseRow, bool]:
        """Make a case, and say whether it is new: the same intake finds the one it made."""
        known = await first(session, CaseRow.intake == intake, lock=True)
        if known is not None:
            return known, False
        now = self._clock()
        row = CaseRow(
            guild_id=guild_id,
            reference=await free_reference(session, guild_id, PREFIX, self._randomness, find),
            intake=intake,
            act=order.act,
            state=State.OPEN,
            source=source,
            rule=order.rule,
            matter=matter,
            channel_id=order.channel_id,
            role_id=order.role_id,
            seconds=order.seconds,
            by_id=by_id,
            text_key=self._vault.new_text_key(),
            link=order.link,
            detail=dict(order.detail),
            opened_at=now,
            told=Told.NO,
            trouble="",
            changed_at=now,
            version=0,
        )
        if order.subject is not None:
            row.subject_print = subject_print(self._vault, guild_id, order.subject)
            row.subject = self._vault.seal(str(order.subject).encode())
            # So that they can ask what is kept of them.
            row.subject_id = (await self._people.ensure(session, guild_id, order.subject, now)).id
        row.reason = seal(self._vault, row, order.reason)
        if order.evidence:
            text = order.evidence[:EVIDENCE_LIMIT]
            row.evidence_print = self._vault.fingerprint("moderation evidence", order.evidence)
            row.evidence = seal(self._vault, row, text)
        self._measure(row, order)
        try:
            async with session.begin_nested():
                session.add(row)
        except IntegrityError:
            # Another process made it at this instant: theirs is the one.
            theirs = await first(session, CaseRow.intake == intake, lock=True)
            if theirs is None:
                raise
            return theirs, False
        return row, True

    def _measure(self, row: CaseRow, order: Order) -> None:
        """Set until when an act holds, for how long it counts, and whether it can be appealed."""
        now = self._clock()
        minutes = order.minutes if order.act in TIMED else None
        row.until = None if minutes is None else now + timedelta(minutes=minutes)
        fades = FADES.get(order.act)
        row.fades_at = None if fades is None else now + fades
        if order.act in APPEALABLE and row.subject is not None:
            code = appeal_code(self._vault, row.guild_id, row.reference)
            row.code_print = code_print(self._vault, code)

    async def _move(
        self, session: AsyncSession, row: CaseRow, to: State, by_id: int | None, note: str = ""
    ) -> None:
        detail = {"from": row.state, "to": str(to)}
        row.state = to
        await self._record(session, row, "moved", by_id, detail, note)

    async def _record(
        self,
        session: AsyncSession,
        row: CaseRow,
        what: str,
        by_id: int | None,
        detail: dict[str, str] | None = None,
        note: str = "",
    ) -> None:
        """Write into the case's history and the audit, and have its card brought up to date."""
        event = CaseEventRow(
            case_id=row.id,
            guild_id=row.guild_id,
            at=self._clock(),
            what=what,
            by_id=by_id,
            detail=detail or {},
            note=seal(self._vault, row, note),
        )
        await write_down(session, self._audit, "moderation", row, event)
        await self._outbox.post(session, effects.card(row.guild_id, row.reference, row.version))

    async def _tell(self, session: AsyncSession, row: CaseRow, what: str) -> None:
        if row.subject is not None:
            effect = effects.tell(row.guild_id, row.reference, about(row), row.version, what)
            await self._outbox.post(session, effect)

    async def _do(self, session: AsyncSession, row: CaseRow) -> None:
        effect = effects.act(row.guild_id, row.reference, about(row), row.version)
        await self._outbox.post(session, effect)

    async def _undo(self, session: AsyncSession, row: CaseRow) -> None:
        effect = effects.undo(row.guild_id, row.reference, about(row), row.version)
        await self._outbox.post(session, effect)

    async def _let_reporters_hear(self, session: AsyncSession, row: CaseRow) -> None:
        for one in await reports_of(session, row.id):
            if one.heard_at is None:
                effect = effects.heard(row.guild_id, row.reference, one.id)
                await self._outbox.post(session, effect)


def checked(order: Order) -> Order:
    """Return an order as it can be kept.

    Raises:
        BadCase: a reason or rule is missing, whom it is on is, or a time or number is no good one.
    """
    reason = order.reason.strip()
    if not reason:
        raise BadCase("mod.bad.reason")
    if len(reason) > REASON_LIMIT:
        raise BadCase("mod.bad.reason_long")
    if not order.rule.strip() or len(order.rule) > 40:
        raise BadCase("mod.bad.rule")
    if order.act in ON_MEMBERS and order.subject is None:
        raise BadCase("mod.bad.subject")
    if order.act is Act.ROLE and order.role_id is None:
        raise BadCase("mod.bad.role")
    longest = LONGEST_TIMEOUT if order.act is Act.TIMEOUT else LONGEST
    if order.minutes is not None and not 1 <= order.minutes <= longest:
        raise BadCase("mod.bad.minutes")
    if order.act is Act.TIMEOUT and order.minutes is None:
        raise BadCase("mod.bad.minutes")
    if order.act is Act.SLOW and not 1 <= (order.seconds or 0) <= SLOWEST:
        raise BadCase("mod.bad.seconds")
    return Order(**{**order.__dict__, "reason": reason, "rule": order.rule.strip()})


def fades(row: CaseRow, now: datetime) -> bool:
    """Say whether a case's time to count is over."""
    return row.fades_at is not None and row.fades_at <= now
