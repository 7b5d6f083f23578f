"""How cases are kept. Whom one is about is sealed, and found by a keyed fingerprint of its own.

That fingerprint is not the one that `person` is found by, so that a ban outlives the erasure of
what else the desk keeps of somebody, and leads nowhere else. All texts of a case are sealed under
the case's own key, which goes when nobody needs the case any more.
"""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.ids import code_from
from bot.moderation.cases.model import (
    COUNTS,
    Act,
    Appeal,
    Case,
    Event,
    Line,
    Report,
    Source,
    State,
    Told,
)
from bot.store.base import DESK, PERSON, Row, RowId, Snowflake, UtcDateTime
from bot.store.people import People
from bot.vault import Shredded, Vault


class CaseRow(Row):
    """One case in one guild."""

    __tablename__ = "mod_case"
    __table_args__ = (
        UniqueConstraint("guild_id", "reference"),
        Index("ix_mod_case_subject", "guild_id", "subject_print", "id"),
        Index("ix_mod_case_matter", "guild_id", "matter"),
        Index("ix_mod_case_until", "state", "until"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    act: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(10))
    rule: Mapped[str] = mapped_column(String(40))
    subject_print: Mapped[str | None] = mapped_column(String(43))
    subject: Mapped[bytes | None] = mapped_column(LargeBinary, info=DESK)
    subject_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    matter: Mapped[str | None] = mapped_column(String(43))
    channel_id: Mapped[int | None] = mapped_column(Snowflake)
    role_id: Mapped[int | None] = mapped_column(Snowflake)
    seconds: Mapped[int | None]
    by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    text_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=DESK)
    reason: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    link: Mapped[str] = mapped_column(String(150))
    evidence_print: Mapped[str | None] = mapped_column(String(43))
    evidence: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    code_print: Mapped[str | None] = mapped_column(String(43), unique=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fades_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told: Mapped[str] = mapped_column(String(4))
    trouble: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int]


class CaseEventRow(Row):
    """Something that happened to a case. Its note is sealed under the case's key."""

    __tablename__ = "mod_event"
    __table_args__ = (Index("ix_mod_event_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    case_id: Mapped[int] = mapped_column(RowId, ForeignKey("mod_case.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)


class ReportRow(Row):
    """One member's report. Their words are sealed under their own key."""

    __tablename__ = "mod_report"
    __table_args__ = (
        UniqueConstraint("case_id", "reporter_id"),
        Index("ix_mod_report_reporter", "reporter_id", "at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    case_id: Mapped[int] = mapped_column(RowId, ForeignKey("mod_case.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reporter_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    words: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AppealRow(Row):
    """One appeal; a case has one at most. Its texts are sealed under the case's key."""

    __tablename__ = "mod_appeal"
    __table_args__ = (UniqueConstraint("case_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    case_id: Mapped[int] = mapped_column(RowId, ForeignKey("mod_case.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    due: Mapped[datetime] = mapped_column(UtcDateTime)
    told_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    door: Mapped[str] = mapped_column(String(10))
    words: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    outcome: Mapped[str | None] = mapped_column(String(10))
    answer: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))


async def find(
    session: AsyncSession, guild_id: int, reference: str, *, lock: bool = False
) -> CaseRow | None:
    """Return the row of a reference in this guild and no other."""
    query = select(CaseRow).where(CaseRow.guild_id == guild_id, CaseRow.reference == reference)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def first(
    session: AsyncSession, *conditions: ColumnElement[bool], lock: bool = False
) -> CaseRow | None:
    """Return the newest row that meets all conditions."""
    query = select(CaseRow).where(*conditions).order_by(CaseRow.id.desc()).limit(1)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def appeal_of(session: AsyncSession, case_id: int) -> AppealRow | None:
    """Return the appeal against a case, if there is one."""
    return await session.scalar(select(AppealRow).where(AppealRow.case_id == case_id))


async def reports_of(session: AsyncSession, case_id: int) -> Sequence[ReportRow]:
    """Return what members reported, the first first."""
    query = select(ReportRow).where(ReportRow.case_id == case_id).order_by(ReportRow.id)
    return list(await session.scalars(query))


def subject_print(vault: Vault, guild_id: int, user_id: int) -> str:
    """Return the keyed fingerprint that a member's cases are found by in one guild."""
    return vault.fingerprint("moderated", guild_id, user_id)


def seal(vault: Vault, row: CaseRow, text: str) -> bytes | None:
    """Seal a text under a case's key; None if there is none, or the case was wiped."""
    if not text or row.text_key is None:
        return None
    return vault.seal_text(text, row.text_key)


def opened(vault: Vault, row: CaseRow, sealed: bytes | None) -> str | None:
    """Open a text of a case; None if there is none (any more)."""
    if sealed is None:
        return None
    try:
        return vault.open_text(sealed, row.text_key)
    except Shredded:
        return None


def subject_of(vault: Vault, row: CaseRow) -> int | None:
    """Open whom a case is about."""
    return None if row.subject is None else int(vault.unseal(row.subject))


def about(row: CaseRow) -> str:
    """Return what a case's effects wait in line for: its member, or its channel."""
    return row.subject_print or str(row.channel_id or row.reference)


def line_of(vault: Vault, row: CaseRow, now: datetime) -> Line:
    """Return a case as a line in a list."""
    act, state = Act(row.act), State(row.state)
    fades = row.fades_at
    counts = act in COUNTS and state is not State.LIFTED and fades is not None and fades > now
    return Line(
        row.reference,
        act,
        state,
        row.rule,
        subject_of(vault, row),
        row.channel_id,
        row.opened_at,
        row.until,
        counts,
    )


def appeal_seen(vault: Vault, row: CaseRow, one: AppealRow, by: int | None = None) -> Appeal:
    """Return an appeal; who decided only if `by` is given."""
    return Appeal(
        one.at,
        one.due,
        opened(vault, row, one.words),
        None if one.outcome is None else State(one.outcome),
        opened(vault, row, one.answer),
        one.decided_at,
        by,
    )


async def whole(session: AsyncSession, people: People, vault: Vault, row: CaseRow) -> Case:
    """Return a case with its reports, its appeal and its history."""
    await session.flush()
    events = list(
        await session.scalars(
            select(CaseEventRow).where(CaseEventRow.case_id == row.id).order_by(CaseEventRow.id)
        )
    )
    reports = await reports_of(session, row.id)
    appealed = await appeal_of(session, row.id)
    who = {row.by_id, *(one.by_id for one in events)}
    if appealed is not None:
        who.add(appealed.decided_by_id)
    names = await people.user_ids(session, {one for one in who if one is not None})

    def user(person_id: int | None) -> int | None:
        return None if person_id is None else names.get(person_id)

    seen = []
    for one in reports:
        key = await people.text_key(session, one.reporter_id)
        seen.append(Report(one.at, None if one.words is None else people.open(one.words, key)))
    appeal = None
    if appealed is not None:
        appeal = appeal_seen(vault, row, appealed, user(appealed.decided_by_id))
    return Case(
        guild_id=row.guild_id,
        reference=row.reference,
        act=Act(row.act),
        state=State(row.state),
        source=Source(row.source),
        rule=row.rule,
        subject=subject_of(vault, row),
        channel_id=row.channel_id,
        role_id=row.role_id,
        seconds=row.seconds,
        by=user(row.by_id),
        reason=opened(vault, row, row.reason),
        link=row.link,
        evidence=opened(vault, row, row.evidence),
        detail=dict(row.detail),
        opened_at=row.opened_at,
        done_at=row.done_at,
        until=row.until,
        told=Told(row.told),
        trouble=row.trouble,
        reports=tuple(seen),
        appeal=appeal,
        events=tuple(
            Event(one.at, one.what, user(one.by_id), dict(one.detail), opened(vault, row, one.note))
            for one in events
        ),
        version=row.version,
        code="" if row.code_print is None else appeal_code(vault, row.guild_id, row.reference),
    )


def appeal_code(vault: Vault, guild_id: int, reference: str) -> str:
    """Return the code that a case is appealed with: made anew each time, never kept."""
    digest = vault.fingerprint("appeal code", guild_id, reference)
    return code_from(base64.urlsafe_b64decode(f"{digest}="))


def code_print(vault: Vault, code: str) -> str:
    """Return the keyed hash that an appeal's code is known by."""
    return vault.fingerprint("appeal", code)
