"""What members report: joined when several report the same, and never who it was."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.moderation.cases.acting import Acting
from bot.moderation.cases.model import (
    EVIDENCE_LIMIT,
    NO_RULE,
    REPORT_LIMIT,
    Act,
    Order,
    OwnReport,
    Source,
    State,
    TooManyReports,
)
from bot.moderation.cases.records import CaseRow, ReportRow, first
from bot.store.people import Person

PER_HOUR = 5
PER_DAY = 15
_IN_VAIN = 5
"""After so many reports of somebody's in a month, all in vain, one a day is taken."""
_MONTH = timedelta(days=30)
_SEALED = EVIDENCE_LIMIT


@dataclass(frozen=True)
class Reported:
    """What somebody reports: a person, or one message of theirs."""

    subject: int = field(repr=False)
    words: str = field(default="", repr=False)
    channel_id: int | None = None
    message_id: int | None = None
    link: str = ""
    text: str = field(default="", repr=False)
    """What the message said; "" if the desk may not read it."""


@dataclass(frozen=True)
class Received:
    """That a report was taken. `decided` says what came of it, if it was looked at before."""

    reference: str
    joined: bool
    decided: Act | None = None


@dataclass(frozen=True)
class Hearing:
    """A reporter who is told: to whom, in which language, and what class of outcome."""

    user_id: int = field(repr=False)
    locale: str | None
    act: Act


class Reports(Acting):
    """Reports of members."""

    async def report(self, guild_id: int, by: int, what: Reported, *, intake: str) -> Received:
        """Take a report. It joins the one that others made of the same and is still open; one that
        was decided within a month is said to be.

        Raises:
            TooManyReports: this member reported as much as one can for now.
            OwnReport: somebody reports themselves.
        """
        if by == what.subject:
            raise OwnReport
        thing = ("message", what.message_id) if what.message_id else ("user", what.subject)
        matter = self._vault.fingerprint("reported", guild_id, *thing)
        key = self._vault.fingerprint("report", guild_id, intake)

        async def work(session: AsyncSession) -> Received:
            person = await self._people.ensure(session, guild_id, by, self._clock())
            known = await session.scalar(select(ReportRow).where(ReportRow.intake == key))
            if known is not None:
                row = await session.get_one(CaseRow, known.case_id)
                return Received(row.reference, joined=True)
            row = await self._matter(session, guild_id, matter, what)
            mine = await session.scalar(
                select(ReportRow.id).where(
                    ReportRow.case_id == row.id, ReportRow.reporter_id == person.id
                )
            )
            decided = None if row.act == Act.REPORT else Act(row.act)
            if mine is not None:
                return Received(row.reference, joined=True, decided=decided)
            await self._not_too_many(session, person)
            joined = await self._add(session, row, person, key, what.words, decided)
            return Received(row.reference, joined, decided)

        return await self._store.write(work)

    async def hearing(self, report_id: int) -> Hearing | None:
        """Return whom to tell of a report's outcome; None once told, erased, or undecided."""

        async def work(session: AsyncSession) -> Hearing | None:
            one = await session.get(ReportRow, report_id)
            if one is None or one.heard_at is not None:
                return None
            row = await session.get_one(CaseRow, one.case_id)
            user_id = await self._people.user_id(session, one.reporter_id)
            if user_id is None or row.act == Act.REPORT:
                return None
            locale = await self._people.locale_of(session, one.reporter_id)
            return Hearing(user_id, locale, Act(row.act))

        return await self._store.read(work)

    async def heard(self, session: AsyncSession, report_id: int) -> None:
        """Record that a reporter was told, in the caller's transaction."""
        one = await session.get(ReportRow, report_id)
        if one is not None:
            one.heard_at = self._clock()

    async def _matter(
        self, session: AsyncSession, guild_id: int, matter: str, what: Reported
    ) -> CaseRow:
        """Return the case of what is reported: the open one, one of this month, or a new one."""
        same = (CaseRow.guild_id == guild_id, CaseRow.matter == matter)
        row = await first(session, *same, lock=True)
        if row is not None and self._still_same(row, what, self._clock()):
            return row
        before = await session.scalar(select(func.count()).where(*same)) or 0
        order = Order(
            Act.REPORT,
            NO_RULE,
            "",
            subject=what.subject,
            channel_id=what.channel_id,
            link=what.link,
            evidence=what.text[:_SEALED],
            detail={} if what.message_id is None else {"message": str(what.message_id)},
        )
        intake = self._vault.fingerprint("report of", guild_id, matter, before)
        made, _ = await self._new(session, guild_id, intake, Source.REPORT, order, None, matter)
        return made

    @staticmethod
    def _still_same(row: CaseRow, what: Reported, now: datetime) -> bool:
        if row.act == Act.REPORT and row.state == State.OPEN:
            return True
        # A person can do something new; a message stays what it was.
        return what.message_id is not None and row.opened_at > now - _MONTH

    async def _add(
        self,
        session: AsyncSession,
        row: CaseRow,
        person: Person,
        key: str,
        words: str,
        decided: Act | None,
    ) -> bool:
        text = words.strip()[:REPORT_LIMIT]
        sealed = None
        if text:
            text_key = await self._people.ensure_text_key(session, person)
            sealed = self._people.seal(text, text_key)
        now = self._clock()
        session.add(
            ReportRow(
                case_id=row.id,
                guild_id=row.guild_id,
                reporter_id=person.id,
                at=now,
                intake=key,
                words=sealed,
                heard_at=None if decided is None else now,
            )
        )
        await session.flush()
        others = await session.scalar(
            select(func.count()).where(
                ReportRow.case_id == row.id, ReportRow.reporter_id != person.id
            )
        )
        # Who reported is in no history: moderators read what, and how many.
        await self._record(session, row, "reported", None)
        return bool(others)

    async def _not_too_many(self, session: AsyncSession, person: Person) -> None:
        now = self._clock()

        async def since(age: timedelta) -> int:
            query = select(func.count()).where(
                ReportRow.reporter_id == person.id, ReportRow.at > now - age
            )
            return await session.scalar(query) or 0

        today = await since(timedelta(days=1))
        if await since(timedelta(hours=1)) >= PER_HOUR or today >= PER_DAY:
            raise TooManyReports
        outcomes = await session.scalars(
            select(CaseRow.act)
            .join(ReportRow, ReportRow.case_id == CaseRow.id)
            .where(
                ReportRow.reporter_id == person.id,
                ReportRow.at > now - _MONTH,
                CaseRow.act != Act.REPORT,
            )
            .order_by(ReportRow.id.desc())
            .limit(_IN_VAIN)
        )
        latest = list(outcomes)
        in_vain = len(latest) == _IN_VAIN and all(one == Act.NONE for one in latest)
        if in_vain and today:
            raise TooManyReports
