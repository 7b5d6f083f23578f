"""How concerns are kept: tables, and turning rows into what the service returns."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

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
from bot.concerns.tally import watch
from bot.store.base import DESK, PERSON, Row, RowId, Snowflake, UtcDateTime
from bot.store.people import Door as FoundBy
from bot.store.people import People, PersonRow

_IS_OPEN = sql("state NOT IN ('closed', 'merged')")
_HAS_CLOCK = sql("due_at IS NOT NULL")


class ConcernRow(Row):
    """One concern. What the person typed is in `content`, sealed under that person's key."""

    __tablename__ = "concern"
    __table_args__ = (
        UniqueConstraint("guild_id", "reference"),
        Index("ix_concern_reporter", "reporter_id", "raised_at"),
        Index("ix_concern_topic", "guild_id", "topic"),
        Index(
            "ix_concern_queue",
            "guild_id",
            "priority",
            "raised_at",
            "id",
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index("ix_concern_state", "guild_id", "state", "priority", "raised_at", "id"),
        *(
            Index(name, "guild_id", *columns, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)
            for name, *columns in (
                ("ix_concern_kind", "kind", "priority", "raised_at", "id"),
                ("ix_concern_holder", "claimed_by_id", "priority", "raised_at", "id"),
                ("ix_concern_quiet", "changed_at", "id"),
            )
        ),
        Index(
            "ix_concern_due",
            "guild_id",
            "due_at",
            sqlite_where=_HAS_CLOCK,
            postgresql_where=_HAS_CLOCK,
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    close_reason: Mapped[str | None] = mapped_column(String(20))
    consent: Mapped[str] = mapped_column(String(20))
    consent_version: Mapped[int]
    reporter_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    claimed_by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSON)
    about: Mapped[str] = mapped_column(String(120))
    door: Mapped[str] = mapped_column(String(10), default="discord", server_default="discord")
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int]
    priority: Mapped[int] = mapped_column(SmallInteger, default=2, server_default="2")
    urgent: Mapped[str | None] = mapped_column(String(10))
    topic: Mapped[str | None] = mapped_column(String(80))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clock_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clock_left: Mapped[int | None]
    escalated: Mapped[int] = mapped_column(default=0, server_default="0")
    first_reply_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


watch(ConcernRow)

IS_OPEN = ConcernRow.state.not_in([literal_column("'closed'"), literal_column("'merged'")])
"""The condition that staff still have a concern to work on, worded as its partial index is."""

IN_ORDER = (ConcernRow.priority, ConcernRow.raised_at, ConcernRow.id)
"""The order of the queue; its partial index has it after the guild (smaller comes first)."""


class EventRow(Row):
    """Something that happened to a concern; written with the change itself."""

    __tablename__ = "concern_event"
    __table_args__ = (Index("ix_concern_event_concern", "concern_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(30))
    by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)


class LetterRow(Row):
    """A message between staff and reporter, sealed under the reporter's key."""

    __tablename__ = "concern_letter"
    __table_args__ = (Index("ix_concern_letter_concern", "concern_id", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    guild_id: Mapped[int] = mapped_column(Snowflake)
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    direction: Mapped[str] = mapped_column(String(15))
    by_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("person.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivery: Mapped[str] = mapped_column(String(10))
    copy_of_id: Mapped[int | None] = mapped_column(RowId)
    """The letter of the concern this one is merged into, which this one repeats word for word."""
    signed: Mapped[str] = mapped_column(String(10), default="desk", server_default="desk")
    signature: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    shown: Mapped[int] = mapped_column(default=0, server_default="0")
    place: Mapped[bytes | None] = mapped_column(LargeBinary, info=DESK)


@dataclass(frozen=True)
class Content:
    """What a person typed into a concern, as it is sealed."""

    what: str
    link: str
    wish: str

    def packed(self) -> str:
        """Return it as one text to seal."""
        return json.dumps([self.what, self.link, self.wish])

    @classmethod
    def unpacked(cls, text: str) -> "Content":
        """Read what `packed` made."""
        return cls(*json.loads(text))


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


async def staff_saw(session: AsyncSession, concern_id: int) -> None:
    """Record that staff have seen what the reporter wrote to them."""
    await session.execute(
        update(LetterRow)
        .where(
            LetterRow.concern_id == concern_id,
            LetterRow.direction == Direction.FROM_REPORTER,
            LetterRow.delivery == Delivery.PENDING,
        )
        .values(delivery=Delivery.SEEN)
    )


async def find(
    session: AsyncSession, guild_id: int, reference: str, *, lock: bool = False
) -> ConcernRow | None:
    """Return the row of a reference in this guild and no other."""
    query = select(ConcernRow).where(
        ConcernRow.guild_id == guild_id, ConcernRow.reference == reference
    )
    return await session.scalar(query.with_for_update() if lock else query)
