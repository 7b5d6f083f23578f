"""What cases keep of people: whom they are about, who acted, who reported.

Whoever is erased stays in what is in force against them, and for as long as it counts: a ban that
erasing ends would protect nobody. All else of them goes: the words of what is over, and what they
reported.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.moderation.cases.model import IN_FORCE, Act, State
from bot.moderation.cases.records import (
    AppealRow,
    CaseEventRow,
    CaseRow,
    ReportRow,
    appeal_of,
    appeal_seen,
    opened,
    subject_print,
)
from bot.store.people import People, Person, PersonRow
from bot.store.personal import Rule, Share
from bot.vault import Vault

_SOME = 200
_OVER = [State.EXPIRED, State.LIFTED]


class CasesOfPeople:
    """The cases' part in export and erasure (`bot.store.personal.Holder`)."""

    columns = frozenset(
        {
            "mod_case.by_id",
            "mod_case.subject_id",
            "mod_event.by_id",
            "mod_report.reporter_id",
            "mod_appeal.decided_by_id",
        }
    )

    def __init__(self, people: People, vault: Vault, clock: Clock) -> None:
        self._people = people
        self._vault = vault
        self._clock = clock

    async def export(self, session: AsyncSession, person: Person) -> Mapping[str, Any]:
        """Return the cases about a person, what they reported, and what they did as a moderator.

        Who reported them, who acted, and what moderators noted for each other is others', too.
        """
        theirs = [row for row in await self._about(session, person) if row.act != Act.REPORT]
        reported = await session.scalars(
            select(ReportRow).where(ReportRow.reporter_id == person.id).order_by(ReportRow.id)
        )
        acted = await session.execute(
            select(CaseRow.reference, CaseEventRow.what, CaseEventRow.at)
            .join(CaseEventRow, CaseEventRow.case_id == CaseRow.id)
            .where(CaseEventRow.by_id == person.id)
            .order_by(CaseEventRow.id)
        )
        return {
            "moderation_about_you": [await self._exported(session, row) for row in theirs],
            "moderation_reports_you_made": [
                {
                    "at": one.at.isoformat(),
                    "words": None
                    if one.words is None
                    else self._people.open(one.words, person.text_key),
                }
                for one in reported
            ],
            "moderation_steps": [
                {"case": reference, "what": what, "at": at.isoformat()}
                for reference, what, at in acted
            ],
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away, and what it would leave."""
        rows = await self._about(session, person)
        stays = sum(self._is_needed(row) for row in rows)
        made = await self._count(session, ReportRow.reporter_id == person.id)
        goes = {"cases": len(rows) - stays, "reports": made}
        return Share(
            goes={what: count for what, count in goes.items() if count},
            stays={"cases": stays} if stays else {},
        )

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Wipe what is over; what is in force or counts stays, and is wiped when it does no more.

        A report's words go with the person's key; that something was reported stays.
        """
        for row in await self._about(session, person):
            if not self._is_needed(row):
                await wipe(session, row)
        await session.execute(
            update(ReportRow).where(ReportRow.reporter_id == person.id).values(words=None)
        )

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom cases need to know: who did something lately, and who reported."""
        return [
            select(CaseRow.subject_id).where(
                CaseRow.subject_id.is_not(None), CaseRow.text_key.is_not(None)
            ),
            select(CaseRow.by_id).where(
                CaseRow.by_id.is_not(None),
                or_(CaseRow.changed_at >= cutoff, CaseRow.state.in_([str(s) for s in IN_FORCE])),
            ),
            select(CaseEventRow.by_id).where(
                CaseEventRow.by_id.is_not(None), CaseEventRow.at >= cutoff
            ),
            select(AppealRow.decided_by_id).where(
                AppealRow.decided_by_id.is_not(None), AppealRow.decided_at >= cutoff
            ),
            select(ReportRow.reporter_id).where(
                or_(ReportRow.at >= cutoff, ReportRow.heard_at.is_(None))
            ),
        ]

    def rules(self, *, cases_days: int, evidence_days: int) -> list[Rule]:
        """Return the rules by which cases lose what leads to people, and what was reported goes."""
        return [
            Rule("moderation_cases", cases_days, self._count_old, self._wipe_old),
            Rule("moderation_evidence", evidence_days, self._count_proven, self._drop_evidence),
        ]

    async def _about(self, session: AsyncSession, person: Person) -> list[CaseRow]:
        """Return the cases about a person, found by the fingerprint that cases have of them."""
        user_id = await self._people.user_id(session, person.id)
        row = await session.get(PersonRow, person.id)
        if user_id is None or row is None:
            return []
        guild_id = row.guild_id
        found = await session.scalars(
            select(CaseRow)
            .where(
                CaseRow.guild_id == guild_id,
                CaseRow.subject_print == subject_print(self._vault, guild_id, user_id),
            )
            .order_by(CaseRow.id)
        )
        return list(found)

    def _is_needed(self, row: CaseRow) -> bool:
        counts = row.fades_at is not None and row.fades_at > self._clock()
        return row.state in IN_FORCE or (counts and row.state != State.LIFTED)

    async def _exported(self, session: AsyncSession, row: CaseRow) -> dict[str, Any]:
        there = await appeal_of(session, row.id)
        appeal = None if there is None else appeal_seen(self._vault, row, there)
        return {
            "case": row.reference,
            "act": row.act,
            "rule": row.rule,
            "state": row.state,
            # A note is moderators' own, and so is what it says.
            "reason": None if row.act == Act.NOTE else opened(self._vault, row, row.reason),
            "at": row.opened_at.isoformat(),
            "until": None if row.until is None else row.until.isoformat(),
            "your_appeal": None if appeal is None else appeal.words,
            "answer": None if appeal is None else appeal.answer,
        }

    async def _count(self, session: AsyncSession, condition: ColumnElement[bool]) -> int:
        return await session.scalar(select(func.count()).where(condition)) or 0

    def _old(self, cutoff: datetime) -> list[ColumnElement[bool]]:
        return [
            CaseRow.text_key.is_not(None),
            CaseRow.state.in_([str(one) for one in _OVER]),
            CaseRow.changed_at < cutoff,
            or_(CaseRow.fades_at.is_(None), CaseRow.fades_at < self._clock()),
        ]

    async def _count_old(self, session: AsyncSession, cutoff: datetime) -> int:
        return await session.scalar(select(func.count()).where(*self._old(cutoff))) or 0

    async def _wipe_old(self, session: AsyncSession, cutoff: datetime) -> int:
        rows = list(await session.scalars(select(CaseRow).where(*self._old(cutoff)).limit(_SOME)))
        for row in rows:
            await wipe(session, row)
        return len(rows)

    @staticmethod
    def _proven(cutoff: datetime) -> list[ColumnElement[bool]]:
        reported = select(ReportRow.case_id).where(ReportRow.case_id == CaseRow.id)
        return [
            or_(CaseRow.evidence.is_not(None), reported.exists()),
            CaseRow.state.not_in([State.OPEN, State.APPEALED]),
            CaseRow.changed_at < cutoff,
        ]

    async def _count_proven(self, session: AsyncSession, cutoff: datetime) -> int:
        return await session.scalar(select(func.count()).where(*self._proven(cutoff))) or 0

    async def _drop_evidence(self, session: AsyncSession, cutoff: datetime) -> int:
        some = select(CaseRow.id).where(*self._proven(cutoff)).limit(_SOME)
        ids = list(await session.scalars(some))
        await session.execute(delete(ReportRow).where(ReportRow.case_id.in_(ids)))
        await session.execute(update(CaseRow).where(CaseRow.id.in_(ids)).values(evidence=None))
        return len(ids)


async def wipe(session: AsyncSession, row: CaseRow) -> None:
    """Take from a case whom it is about and all its texts; that it was, and of which rule, stays
    for the figures."""
    await session.execute(delete(ReportRow).where(ReportRow.case_id == row.id))
    await session.execute(
        update(CaseEventRow).where(CaseEventRow.case_id == row.id).values(note=None)
    )
    await session.execute(
        update(AppealRow).where(AppealRow.case_id == row.id).values(words=None, answer=None)
    )
    row.subject = row.subject_print = row.subject_id = row.text_key = None
    row.matter = row.code_print = None
    row.reason = row.evidence = row.evidence_print = None
    row.link, row.detail = "", {}
    await session.flush()
