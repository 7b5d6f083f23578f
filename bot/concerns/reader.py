"""Opening rows: concerns joined with their texts and with the people who acted."""

from collections.abc import Sequence

from sqlalchemy import (
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.casefile import heads_of
from bot.concerns.joining.records import count_voices
from bot.concerns.keeping import file_notes, past_letters
from bot.concerns.listing import Summary
from bot.concerns.model import (
    Case,
    CloseReason,
    Consent,
    Delivery,
    Direction,
    Door,
    Event,
    FileNote,
    Kind,
    Letter,
    OwnConcern,
    PastLetter,
    Priority,
    SignedAs,
    State,
    Urgent,
)
from bot.concerns.newsrows import news_of
from bot.concerns.records import ConcernRow, Content, EventRow, LetterRow
from bot.store.people import Door as FoundBy
from bot.store.people import People, PersonRow

_ERASED = Content("", "", "")


class Reader:
    """Opens rows: joins them with their texts and with the people who acted."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def text_key(self, session: AsyncSession, row: ConcernRow) -> bytes | None:
        """Return the sealed key of the reporter's texts; None once erased."""
        return await session.scalar(
            select(PersonRow.text_key).where(PersonRow.id == row.reporter_id)
        )

    async def anonymous(self, session: AsyncSession, row: ConcernRow) -> bool:
        """Say whether nobody knows who raised a concern."""
        found_by = await session.scalar(
            select(PersonRow.door).where(PersonRow.id == row.reporter_id)
        )
        return found_by == FoundBy.CODE

    async def case(self, session: AsyncSession, row: ConcernRow) -> Case:
        """Return the whole of a concern, for staff."""
        key = await self.text_key(session, row)
        packed = self._people.open(row.content, key)
        content = _ERASED if packed is None else Content.unpacked(packed)
        events = list(
            await session.scalars(
                select(EventRow).where(EventRow.concern_id == row.id).order_by(EventRow.id)
            )
        )
        letters = await self._letter_rows(session, [row.id])
        files = await file_notes(session, row.id)
        actors = {event.by_id for event in events} | {letter.by_id for letter in letters}
        names = await self._people.user_ids(
            session, {who for who in actors | {row.claimed_by_id} if who is not None}
        )
        return Case(
            guild_id=row.guild_id,
            reference=row.reference,
            kind=Kind(row.kind),
            state=State(row.state),
            close_reason=_reason(row),
            consent=Consent(row.consent),
            what=content.what,
            link=content.link,
            wish=content.wish,
            about=row.about,
            erased=packed is None,
            raised_at=row.raised_at,
            changed_at=row.changed_at,
            claimed_by=_named(names, row.claimed_by_id),
            version=row.version,
            letters=self._letters(letters, key, names, files),
            past=await self._past(session, row.id, key, names),
            files=files,
            events=tuple(
                Event(event.at, event.what, _named(names, event.by_id), dict(event.detail))
                for event in events
            ),
            door=Door(row.door),
            anonymous=await self.anonymous(session, row),
            news=(await news_of(session, [row.id])).get((row.id, row.reporter_id), ()),
            due_at=row.due_at,
            clock_left=None if row.due_at is not None else row.clock_left,
            voices=await count_voices(session, row.id),
        )

    async def own(
        self, session: AsyncSession, rows: Sequence[ConcernRow]
    ) -> tuple[OwnConcern, ...]:
        """Return concerns as their reporter sees them. Staff are "the desk" to the reporter."""
        letters = await self._letter_rows(session, [row.id for row in rows])
        news = await news_of(session, [row.id for row in rows])
        found = []
        for row in rows:
            key = await self.text_key(session, row)
            packed = self._people.open(row.content, key)
            content = _ERASED if packed is None else Content.unpacked(packed)
            theirs = [one for one in letters if one.concern_id == row.id and _reached(one)]
            files = await file_notes(session, row.id)
            found.append(
                OwnConcern(
                    guild_id=row.guild_id,
                    reference=row.reference,
                    kind=Kind(row.kind),
                    state=State(row.state),
                    close_reason=_reason(row),
                    consent=Consent(row.consent),
                    what=content.what,
                    link=content.link,
                    wish=content.wish,
                    raised_at=row.raised_at,
                    changed_at=row.changed_at,
                    news=news.get((row.id, row.reporter_id), ()),
                    letters=self._letters(theirs, key, {}, files),
                )
            )
        return tuple(found)

    async def summaries(
        self, session: AsyncSession, rows: Sequence[ConcernRow]
    ) -> tuple[Summary, ...]:
        """Return concerns as lines of a queue."""
        names = await self._people.user_ids(
            session, {row.claimed_by_id for row in rows if row.claimed_by_id is not None}
        )
        heads = await heads_of(session, [row.id for row in rows])
        found = await session.execute(
            select(LetterRow.concern_id, func.count())
            .where(
                LetterRow.concern_id.in_(heads),
                LetterRow.direction == Direction.FROM_REPORTER,
                LetterRow.delivery == Delivery.PENDING,
            )
            .group_by(LetterRow.concern_id)
        )
        unread: dict[int, int] = {}
        for concern_id, count in found:
            head = heads[concern_id]
            unread[head] = unread.get(head, 0) + count
        return tuple(
            Summary(
                row.reference,
                Kind(row.kind),
                State(row.state),
                row.raised_at,
                _named(names, row.claimed_by_id),
                unread.get(row.id, 0),
                row.due_at,
                priority=Priority(row.priority),
                urgent=None if row.urgent is None else Urgent(row.urgent),
                topic=row.topic or "",
            )
            for row in rows
        )

    async def _letter_rows(
        self, session: AsyncSession, concern_ids: Sequence[int]
    ) -> list[LetterRow]:
        return list(
            await session.scalars(
                select(LetterRow)
                .where(LetterRow.concern_id.in_(concern_ids))
                .order_by(LetterRow.id)
            )
        )

    async def _past(
        self, session: AsyncSession, concern_id: int, key: bytes | None, names: dict[int, int]
    ) -> tuple[PastLetter, ...]:
        return tuple(
            PastLetter(
                one.letter_id,
                self._people.open(one.content, key) or "",
                one.at,
                _named(names, one.by_id),
            )
            for one in await past_letters(session, concern_id)
        )

    def _letters(
        self,
        rows: Sequence[LetterRow],
        key: bytes | None,
        names: dict[int, int],
        files: Sequence[FileNote],
    ) -> tuple[Letter, ...]:
        return tuple(
            Letter(
                id=row.id,
                direction=Direction(row.direction),
                text=self._people.open(row.content, key) or "",
                at=row.at,
                by=_named(names, row.by_id),
                delivery=Delivery(row.delivery),
                signed=SignedAs(row.signed),
                signature=self._people.open(row.signature or b"", key) or "",
                edited=row.edited_at is not None,
                taken_back=row.taken_back_at is not None,
                revision=row.revision,
                shown=row.shown,
                files=tuple(one for one in files if one.letter_id == row.id),
            )
            for row in rows
        )


def _reached(letter: LetterRow) -> bool:
    """Say whether a letter is anything to its reporter: what was taken back unseen is not."""
    seen = letter.shown > 0 or letter.delivery in (Delivery.DELIVERED, Delivery.SEEN)
    return letter.taken_back_at is None or seen


def _reason(row: ConcernRow) -> CloseReason | None:
    return None if row.close_reason is None else CloseReason(row.close_reason)


def _named(names: dict[int, int], person_id: int | None) -> int | None:
    return None if person_id is None else names.get(person_id)
