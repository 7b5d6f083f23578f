"""What the ledger keeps of people: exported to them, erased for them, and not kept for ever."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns import effects, timing
from bot.concerns.casefile import ExclusionRow, LabelRow, NoteRow
from bot.concerns.finding.index import forget
from bot.concerns.interview import InterviewRow, sheet_of
from bot.concerns.joining.news import tell_voices
from bot.concerns.joining.records import VoiceRow
from bot.concerns.keeping import AttachmentRow, PastLetterRow, drop_kept
from bot.concerns.model import CloseReason, Consent, Direction, Letter, OwnConcern, State
from bot.concerns.newsrows import MutedRow, NewsRow
from bot.concerns.parts import Parts
from bot.concerns.reader import Reader
from bot.concerns.records import ConcernRow, EventRow, LetterRow
from bot.store.outbox import Outbox
from bot.store.people import People, Person
from bot.store.personal import Rule, Share

NOTHING_LEFT = b""
"""What stands in the place of a sealed text that is gone."""

_AT_ONCE = 100
_MOST_FILES = 5_000_000
"""Bytes of files that one export brings along: in base64 they still fit what Discord takes."""


class ConcernsOfPeople:
    """The ledger's part in export and erasure (`bot.store.personal.Holder`)."""

    columns = frozenset(
        {
            "concern.reporter_id",
            "concern.claimed_by_id",
            "concern_event.by_id",
            "concern_letter.by_id",
            "concern_note.by_id",
            "concern_exclusion.person_id",
            "concern_news.person_id",
            "concern_muted.person_id",
            "concern_letter_past.by_id",
            "concern_interview.person_id",
        }
    )

    def __init__(self, outbox: Outbox, people: People, clock: Clock) -> None:
        self._outbox = outbox
        self._people = people
        self._reader = Reader(people)
        self._parts = Parts(outbox, people, clock)
        self._clock = clock

    async def export(self, session: AsyncSession, person: Person) -> dict[str, Any]:
        """Return a person's concerns with their letters, and what they did as staff.

        Staff's notes are not a reporter's own data and are left out.
        """
        rows = await _raised_by(session, person.id)
        versions = {row.reference: row.consent_version for row in rows}
        about = {row.reference: row.about for row in rows}
        files = await self._files(session, rows, person)
        concerns = [
            {
                **_own(one, versions[one.reference], about[one.reference]),
                "files": files[one.reference],
            }
            for one in await self._reader.own(session, rows)
        ]
        acts = await session.execute(
            select(ConcernRow.reference, EventRow.what, EventRow.at)
            .join(ConcernRow, ConcernRow.id == EventRow.concern_id)
            .where(EventRow.by_id == person.id)
            .order_by(EventRow.id)
        )
        handled = [
            {"reference": reference, "what": what, "at": at.isoformat()}
            for reference, what, at in acts
        ]
        muted = await session.scalars(select(MutedRow.what).where(MutedRow.person_id == person.id))
        return {
            "concerns": concerns,
            "handled_as_staff": handled,
            "not_sent_yet": await self._unsent(session, person),
            "language": await self._people.locale_of(session, person.id),
            "news_not_wanted": sorted(muted),
        }

    async def _files(
        self, session: AsyncSession, rows: Sequence[ConcernRow], person: Person
    ) -> dict[str, list[dict[str, Any]]]:
        """Return a person's files by reference, with what is in the newest `_MOST_FILES` bytes."""
        references = {row.id: row.reference for row in rows}
        kept = await session.execute(
            select(
                AttachmentRow.id,
                AttachmentRow.concern_id,
                AttachmentRow.form,
                AttachmentRow.size,
                AttachmentRow.at,
            )
            .where(AttachmentRow.concern_id.in_(references))
            .order_by(AttachmentRow.id.desc())
        )
        found: dict[str, list[dict[str, Any]]] = {one: [] for one in references.values()}
        left = _MOST_FILES
        for id_, concern_id, form, size, at in kept:
            left -= size
            inside = await self._file(session, id_, person) if left >= 0 else None
            about = {"sort": form, "bytes": size, "at": at.isoformat(), "base64": inside}
            found[references[concern_id]].append(about)
        return found

    async def _file(self, session: AsyncSession, id_: int, person: Person) -> str | None:
        query = select(AttachmentRow.content).where(AttachmentRow.id == id_)
        data = self._people.open_bytes(await session.scalar(query) or b"", person.text_key)
        return None if data is None else b64encode(data).decode("ascii")

    async def _unsent(self, session: AsyncSession, person: Person) -> dict[str, str] | None:
        query = select(InterviewRow).where(InterviewRow.person_id == person.id)
        row = await session.scalar(query)
        sheet = None if row is None else await sheet_of(session, self._people, row)
        return (
            None if sheet is None else {"what": sheet.what, "link": sheet.link, "wish": sheet.wish}
        )

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away, and what it would leave."""
        raised = [row.id for row in await _raised_by(session, person.id)]
        letters = await _count(session, LetterRow.concern_id.in_(raised))
        files = await _count(session, AttachmentRow.concern_id.in_(raised))
        claims = await _count(session, ConcernRow.claimed_by_id == person.id)
        acts = await _count(session, EventRow.by_id == person.id)
        return Share(
            goes={
                "concerns": len(raised),
                "letters": letters,
                "attachments": files,
                "claims": claims,
            },
            stays={"concerns": len(raised), "acts": acts},
        )

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Take a person's words out of the ledger, close what was open, let go of their claims."""
        mine = await _raised_by(session, person.id)
        for guild_id in sorted({row.guild_id for row in mine}):
            theirs = [row.reference for row in mine if row.guild_id == guild_id]
            await self._parts.lock(session, guild_id, theirs)
        for row in mine:
            stood = row.state
            if row.state != State.CLOSED:
                row.state, row.close_reason = State.CLOSED, CloseReason.WITHDRAWN
            timing.stop(row)
            row.consent = Consent.NOTHING
            await self._parts.left(session, row)
            await self._shred(session, row, "erased")
            await tell_voices(session, self._outbox, row, stood)
        for told in (NewsRow, MutedRow):
            await session.execute(delete(told).where(told.person_id == person.id))
        await session.execute(delete(InterviewRow).where(InterviewRow.person_id == person.id))
        # Letters they signed as staff name them no longer.
        await session.execute(
            update(LetterRow).where(LetterRow.by_id == person.id).values(signature=None)
        )
        # What was on its way to them has nothing left to say.
        await self._outbox.withdraw(session, effects.lane_of(person.id))
        claimed = await session.scalars(
            select(ConcernRow)
            .where(ConcernRow.claimed_by_id == person.id)
            .order_by(ConcernRow.id)
            .with_for_update()
        )
        for row in claimed:
            row.claimed_by_id = None
            await self._noted(session, row, "released")
        await session.execute(delete(ExclusionRow).where(ExclusionRow.person_id == person.id))

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom the ledger needs to know: reporters with words here, staff with cases."""
        return [
            select(ConcernRow.reporter_id).where(ConcernRow.content != NOTHING_LEFT),
            select(ConcernRow.claimed_by_id).where(ConcernRow.claimed_by_id.is_not(None)),
            select(EventRow.by_id).where(EventRow.by_id.is_not(None), EventRow.at >= cutoff),
            select(LetterRow.by_id).where(LetterRow.by_id.is_not(None), LetterRow.at >= cutoff),
            select(NoteRow.by_id).where(NoteRow.by_id.is_not(None), NoteRow.at >= cutoff),
            select(ExclusionRow.person_id),
            select(InterviewRow.person_id),
            select(PastLetterRow.by_id).where(
                PastLetterRow.by_id.is_not(None), PastLetterRow.at >= cutoff
            ),
        ]

    def rules(self, *, closed_days: int) -> list[Rule]:
        """Return what is not kept for ever: the words of concerns that were closed long ago."""
        return [Rule("closed_concerns", closed_days, _count_closed, self._shred_closed)]

    async def _shred_closed(self, session: AsyncSession, cutoff: datetime) -> int:
        rows = list(
            await session.scalars(
                select(ConcernRow)
                .where(*_closed(cutoff))
                .order_by(ConcernRow.id)
                .limit(_AT_ONCE)
                .with_for_update(skip_locked=True)
            )
        )
        for row in rows:
            await session.execute(
                update(VoiceRow).where(VoiceRow.concern_id == row.id).values(content=NOTHING_LEFT)
            )
            await self._shred(session, row, "expired")
        return len(rows)

    async def _shred(self, session: AsyncSession, row: ConcernRow, what: str) -> None:
        """Overwrite a concern's words and those of its letters; what is left is that it was."""
        await overwrite(session, row)
        await self._noted(session, row, what)

    async def _noted(self, session: AsyncSession, row: ConcernRow, what: str) -> None:
        """Note in the case's history what happened by itself, and bring its card up to date."""
        now = self._clock()
        row.version += 1
        row.changed_at = now
        session.add(
            EventRow(
                concern_id=row.id,
                guild_id=row.guild_id,
                at=now,
                what=what,
                by_id=None,
                detail={},
            )
        )
        await session.flush()
        await self._outbox.post(session, effects.card(row))


async def overwrite(session: AsyncSession, row: ConcernRow) -> None:
    """Overwrite all words about a concern: the reporter's, staff's letters, notes and labels."""
    row.content, row.about, row.topic = NOTHING_LEFT, "", None
    for words in (LetterRow, NoteRow):
        await session.execute(
            update(words).where(words.concern_id == row.id).values(content=NOTHING_LEFT)
        )
    await session.execute(
        update(LetterRow).where(LetterRow.concern_id == row.id).values(signature=None, place=None)
    )
    await session.execute(delete(LabelRow).where(LabelRow.concern_id == row.id))
    await drop_kept(session, row.id)
    await forget(session, row.id)


async def _raised_by(session: AsyncSession, person_id: int) -> Sequence[ConcernRow]:
    query = select(ConcernRow).where(ConcernRow.reporter_id == person_id).order_by(ConcernRow.id)
    return list(await session.scalars(query))


async def _count(session: AsyncSession, condition: Any) -> int:
    return await session.scalar(select(func.count()).where(condition)) or 0


def _closed(cutoff: datetime) -> tuple[Any, ...]:
    return (
        ConcernRow.state == State.CLOSED,
        ConcernRow.changed_at < cutoff,
        ConcernRow.content != NOTHING_LEFT,
    )


async def _count_closed(session: AsyncSession, cutoff: datetime) -> int:
    query = select(func.count()).select_from(ConcernRow).where(*_closed(cutoff))
    return await session.scalar(query) or 0


def _own(one: OwnConcern, consent_version: int, about: str) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "kind": one.kind,
        "state": one.state,
        "close_reason": one.close_reason,
        "consent": one.consent,
        "consent_version": consent_version,
        "what": one.what,
        "link": one.link,
        "wish": one.wish,
        "about": about,
        "raised_at": one.raised_at.isoformat(),
        "changed_at": one.changed_at.isoformat(),
        "letters": [
            {
                "from": _writer(letter),
                "at": letter.at.isoformat(),
                "text": letter.text,
                "delivery": letter.delivery,
                "edited": letter.edited,
                "taken_back": letter.taken_back,
                "files": [{"sort": one.form, "bytes": one.size} for one in letter.files],
            }
            for letter in one.letters
        ],
        "told": [
            {"what": news.what, "at": news.at.isoformat(), "delivery": news.delivery}
            for news in one.news
        ],
    }


def _writer(letter: Letter) -> str:
    if letter.direction is Direction.FROM_REPORTER:
        return "you"
    return letter.signature or "the desk"
