"""A concern as staff see it, with what staff added and what is merged into it."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.casefile import ExclusionRow, MergeRow, NoteRow, labels_of, parts_of
from bot.concerns.keeping import file_notes
from bot.concerns.model import Case, Direction, Letter, Note, Priority, State, Urgent
from bot.concerns.reader import Reader
from bot.concerns.records import ConcernRow, LetterRow

WHOM = "whom"
"""In an event's detail: the row in person of the staff member it was done to."""


class CaseReader(Reader):
    """Opens cases whole."""

    async def case(self, session: AsyncSession, row: ConcernRow) -> Case:
        """Return the whole of a concern, for staff, with what its parts' reporters wrote."""
        case = await super().case(session, row)
        key = await self.text_key(session, row)
        notes = list(
            await session.scalars(
                select(NoteRow).where(NoteRow.concern_id == row.id).order_by(NoteRow.id)
            )
        )
        excluded = set(
            await session.scalars(
                select(ExclusionRow.person_id).where(ExclusionRow.concern_id == row.id)
            )
        )
        whom = [_whom(event.detail) for event in case.events]
        people = {note.by_id for note in notes} | set(whom) | excluded
        names = await self._people.user_ids(session, {one for one in people if one is not None})
        into = await session.scalar(
            select(ConcernRow.reference)
            .join(MergeRow, MergeRow.into_id == ConcernRow.id)
            .where(MergeRow.concern_id == row.id)
        )
        parts = await self._parts(session, row)
        letters = [*case.letters, *await self._from_parts(session, parts)]
        files = {one for letter in letters for one in letter.files}
        return replace(
            case,
            priority=Priority(row.priority),
            urgent=None if row.urgent is None else Urgent(row.urgent),
            topic=row.topic or "",
            labels=await labels_of(session, row.id),
            notes=tuple(
                Note(self._people.open(note.content, key) or "", note.at, _named(names, note.by_id))
                for note in notes
            ),
            events=tuple(
                event if person is None else replace(event, whom=names.get(person))
                for event, person in zip(case.events, whom, strict=True)
            ),
            letters=tuple(sorted(letters, key=lambda one: one.id)),
            files=tuple(sorted({*case.files, *files}, key=lambda one: one.id)),
            merged_into=into or "",
            parts=tuple(one.reference for one in parts),
            excluded=tuple(sorted(names[one] for one in excluded if one in names)),
        )

    async def _parts(self, session: AsyncSession, row: ConcernRow) -> list[ConcernRow]:
        ids = await parts_of(session, [row.id])
        if not ids:
            return []
        query = select(ConcernRow).where(
            ConcernRow.id.in_(ids), ConcernRow.state.in_((State.MERGED, State.CLOSED))
        )
        return list(await session.scalars(query.order_by(ConcernRow.id)))

    async def _from_parts(self, session: AsyncSession, parts: list[ConcernRow]) -> list[Letter]:
        found: list[Letter] = []
        for part in parts:
            rows = await self._letter_rows(session, [part.id])
            theirs = [one for one in rows if one.direction == Direction.FROM_REPORTER]
            key = await self.text_key(session, part)
            files = await file_notes(session, part.id)
            found += [
                replace(letter, of=part.reference)
                for letter in self._letters(theirs, key, {}, files)
            ]
        return found


async def letters_of(session: AsyncSession, letter_id: int) -> list[LetterRow]:
    """Return the letters that repeat this one for the reporters of merged concerns."""
    query = select(LetterRow).where(LetterRow.copy_of_id == letter_id).order_by(LetterRow.id)
    return list(await session.scalars(query))


def _whom(detail: dict[str, Any]) -> int | None:
    found = detail.get(WHOM, "")
    return int(found) if str(found).isdecimal() else None


def _named(names: dict[int, int], person_id: int | None) -> int | None:
    return None if person_id is None else names.get(person_id)
