"""The round-ups of every server: gathered at the close, written by hosts, kept for good."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.discussions.model import HELD, NoSuchSession, State
from bot.discussions.queue.model import Question, Stage
from bot.discussions.queue.records import QuestionRow
from bot.discussions.queue.service import Queue
from bot.discussions.records import SessionRow, find, whole
from bot.discussions.roundup.model import (
    ANSWER_LIMIT,
    ANSWERS,
    LINKS_LIMIT,
    MOST_LINKS,
    MOST_PINS,
    OPENING_LIMIT,
    QUOTE_LIMIT,
    Allowed,
    Answer,
    Gathered,
    NoRoundup,
    NotOver,
    Pin,
    Point,
    Roundup,
    RoundupChanged,
)
from bot.discussions.roundup.records import RoundupAnswerRow, RoundupPointRow, RoundupRow
from bot.discussions.service import Sessions
from bot.discussions.times import a_text
from bot.ids import Randomness
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.keeper import Keeper
from bot.store.outbox import Effect, Outbox
from bot.store.people import People
from bot.vault import Vault

SHOW = "roundup.show"
"""The effect that posts a round-up in its session's post, or brings it up to date."""
QUOTE = "roundup.quote"
"""The effect that asks the author of a pinned message what may be quoted."""

_IN = (Stage.ANSWERED, Stage.FOLLOW_UP, Stage.SKIPPED, Stage.APPROVED, Stage.ON_STAGE)

Change = Callable[[AsyncSession, RoundupRow, int], Awaitable[None]]


class Roundups(Keeper):
    """Keeps round-ups, each server's apart from the others."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        randomness: Randomness,
        *,
        sessions: Sessions,
        queue: Queue,
    ) -> None:
        super().__init__(store, outbox, people, vault, audit, clock, randomness)
        self._sessions = sessions
        self._queue = queue

    async def draft(self, guild_id: int, reference: str, by: int, gathered: Gathered) -> Roundup:
        """Begin a session's round-up, or add to it what was pinned or linked since.

        Raises:
            NoSuchSession: this guild has no such reference.
            NotOver: the session has not been closed.
        """

        async def work(store: AsyncSession) -> Roundup:
            held = await self._over(store, guild_id, reference)
            person = await self._people.ensure(store, guild_id, by, self._clock())
            row = await store.get(RoundupRow, held.id, with_for_update=True)
            now = self._clock()
            if row is None:
                row = RoundupRow(
                    session_id=held.id,
                    guild_id=guild_id,
                    opening="",
                    links="\n".join(gathered.links[:MOST_LINKS])[:LINKS_LIMIT],
                    attendance=gathered.attendance,
                    drafted_at=now,
                    changed_at=now,
                    stale=False,
                    version=0,
                )
                store.add(row)
                await store.flush()
                await self._audit.record(store, guild_id, person.id, "roundup.begun", reference)
            elif row.published_at is None:
                row.attendance = max(row.attendance, gathered.attendance)
            await self._pinned(store, row, gathered.pins)
            return await self._whole(store, held, row)

        return await self._store.write(work)

    async def roundup(self, guild_id: int, reference: str, *, host: bool = False) -> Roundup:
        """Return a session's round-up; one that is not published is for hosts.

        Raises:
            NoRoundup: there is none, or none for this person.
            NoSuchSession: this guild has no such reference.
        """

        async def work(store: AsyncSession) -> Roundup:
            held = await find(store, guild_id, reference)
            if held is None:
                raise NoSuchSession(reference)
            row = await store.get(RoundupRow, held.id)
            if row is None or (row.published_at is None and not host):
                raise NoRoundup(reference)
            return await self._whole(store, held, row)

        return await self._store.read(work)

    async def published(self, guild_id: int, limit: int) -> list[Roundup]:
        """Return the round-ups that were published, the latest first."""

        async def work(store: AsyncSession) -> list[Roundup]:
            rows = await store.execute(
                select(SessionRow, RoundupRow)
                .join(RoundupRow, RoundupRow.session_id == SessionRow.id)
                .where(SessionRow.guild_id == guild_id, RoundupRow.published_at.is_not(None))
                .order_by(RoundupRow.published_at.desc(), RoundupRow.session_id.desc())
                .limit(limit)
            )
            return [await self._whole(store, held, row) for held, row in rows.all()]

        return await self._store.read(work)

    async def set_words(
        self, guild_id: int, reference: str, by: int, opening: str, links: str, *, seen: int
    ) -> Roundup:
        """Set what a host says above everything, and the links.

        Raises:
            BadPlan: it is too long.
            RoundupChanged: somebody else changed it meanwhile.
        """
        opening = a_text(opening, OPENING_LIMIT, "roundup.bad")
        links = a_text(links, LINKS_LIMIT, "roundup.bad")

        async def change(store: AsyncSession, row: RoundupRow, person_id: int) -> None:
            row.opening, row.links = opening, links

        return await self._edited(guild_id, reference, by, change, seen=seen, what="words")

    async def set_answer(
        self,
        guild_id: int,
        reference: str,
        by: int,
        question: str,
        words: str,
        *,
        left_out: bool,
        seen: int,
    ) -> Roundup:
        """Say what was answered to a question, or keep the question out.

        Raises:
            BadPlan: it is too long.
            NoRoundup: that question is not of this session.
            RoundupChanged: somebody else changed it meanwhile.
        """
        words = a_text(words, ANSWER_LIMIT, "roundup.bad")

        async def change(store: AsyncSession, row: RoundupRow, person_id: int) -> None:
            asked = await store.scalar(
                select(QuestionRow.id).where(
                    QuestionRow.session_id == row.session_id, QuestionRow.reference == question
                )
            )
            if asked is None:
                raise NoRoundup(question)
            await store.merge(
                RoundupAnswerRow(
                    question_id=asked, guild_id=guild_id, words=words, left_out=left_out
                )
            )

        return await self._edited(guild_id, reference, by, change, seen=seen, what="answer")

    async def leave_out(
        self, guild_id: int, reference: str, by: int, point: int, *, left_out: bool, seen: int
    ) -> Roundup:
        """Keep a pinned message out, or let it in again.

        Raises:
            NoRoundup: that is none of this session's.
            RoundupChanged: somebody else changed it meanwhile.
        """

        async def change(store: AsyncSession, row: RoundupRow, person_id: int) -> None:
            found = await store.get(RoundupPointRow, point)
            if found is None or found.session_id != row.session_id:
                raise NoRoundup(reference)
            found.left_out = left_out

        return await self._edited(guild_id, reference, by, change, seen=seen, what="point")

    async def ask_authors(self, guild_id: int, reference: str, by: int) -> int:
        """Ask the authors of pinned messages what may be quoted, each once; return how many.

        Raises:
            NoRoundup: there is none yet.
        """

        async def work(store: AsyncSession) -> int:
            held, row, person_id = await self._locked(store, guild_id, reference, by)
            points = await store.scalars(
                select(RoundupPointRow).where(
                    RoundupPointRow.session_id == row.session_id,
                    RoundupPointRow.allowed == Allowed.UNASKED,
                    RoundupPointRow.left_out.is_(False),
                    RoundupPointRow.author_id.is_not(None),
                    RoundupPointRow.content.is_not(None),
                )
            )
            asked = points.all()
            for point in asked:
                point.allowed = Allowed.ASKED
                await self._outbox.post(
                    store,
                    Effect(
                        kind=QUOTE,
                        guild_id=guild_id,
                        lane=f"person:{point.author_id}",
                        key=f"{QUOTE}:{point.id}",
                        payload={"reference": reference, "point": point.id},
                    ),
                )
            if asked:
                row.version += 1
                await self._audit.record(
                    store, guild_id, person_id, "roundup.asked", held.reference
                )
            return len(asked)

        return await self._store.write(work)

    async def to_ask(self, point: int) -> tuple[int, str, Allowed] | None:
        """Return whom to ask about a pinned message, its words, and what they answered so far."""

        async def work(store: AsyncSession) -> tuple[int, str, Allowed] | None:
            row = await store.get(RoundupPointRow, point)
            if row is None or row.author_id is None:
                return None
            who = await self._people.user_id(store, row.author_id)
            text, _name = await self._quoted(store, row)
            return None if who is None or not text else (who, text, Allowed(row.allowed))

        return await self._store.read(work)

    async def answered(self, point: int, user_id: int, allowed: Allowed, name: str) -> bool:
        """Take what the author of a pinned message allows; say whether it was theirs to answer.

        What was published before follows: its post is brought up to date.
        """
        if allowed not in ANSWERS:
            return False

        async def work(store: AsyncSession) -> bool:
            row = await store.get(RoundupPointRow, point, with_for_update=True)
            if row is None or row.author_id is None:
                return False
            mine = await self._people.find(store, row.guild_id, user_id)
            text, _name = await self._quoted(store, row)
            if mine is None or mine.id != row.author_id or not text or mine.text_key is None:
                return False
            row.allowed = allowed
            kept = {"text": text, "name": name if allowed is Allowed.NAMED else ""}
            row.content = self._people.seal(json.dumps(kept), mine.text_key)
            whole_row = await store.get(RoundupRow, row.session_id, with_for_update=True)
            if whole_row is not None:
                whole_row.version += 1
                whole_row.stale = whole_row.published_at is not None
            return True

        done = await self._store.write(work)
        if done:
            await self.refresh()
        return done

    async def publish(self, guild_id: int, reference: str, by: int, *, seen: int) -> Roundup:
        """Publish a round-up, or bring what was published up to date; the session is summed up.

        Raises:
            NoRoundup: there is none yet.
            RoundupChanged: somebody else changed it meanwhile.
        """

        async def work(store: AsyncSession) -> Roundup:
            held, row, person_id = await self._locked(store, guild_id, reference, by, seen=seen)
            if row.published_at is None:
                row.published_at = self._clock()
            if held.state == State.CLOSED:
                await self._sessions.sum_up(store, held, person_id)
            row.version += 1
            await self._audit.record(store, guild_id, person_id, "roundup.published", reference)
            await self._outbox.post(store, _show(held, row))
            return await self._whole(store, held, row)

        return await self._store.write(work)

    async def placed(
        self, store: AsyncSession, guild_id: int, reference: str, message_id: int
    ) -> None:
        """Note where a round-up was posted, in the transaction of the effect that put it there."""
        held = await find(store, guild_id, reference)
        row = None if held is None else await store.get(RoundupRow, held.id, with_for_update=True)
        if row is not None:
            row.message_id = message_id

    async def refresh(self) -> None:
        """Bring those round-ups up to date of which something went."""

        async def work(store: AsyncSession) -> None:
            found = await store.execute(
                select(SessionRow, RoundupRow)
                .join(RoundupRow, RoundupRow.session_id == SessionRow.id)
                .where(RoundupRow.stale)
                .with_for_update()
            )
            for held, row in found.all():
                row.stale, row.version = False, row.version + 1
                if row.published_at is not None:
                    await self._outbox.post(store, _show(held, row))

        stale = select(RoundupRow.session_id).where(RoundupRow.stale).limit(1)
        if await self._store.read(lambda store: store.scalar(stale)) is not None:
            await self._store.write(work)

    async def waiting(self, guild_id: int, before: datetime) -> list[str]:
        """Return the sessions that were closed before then and are not summed up."""
        query = (
            select(SessionRow.reference)
            .where(
                SessionRow.guild_id == guild_id,
                SessionRow.state == State.CLOSED,
                SessionRow.opened_at.is_not(None),
                SessionRow.closed_at <= before,
            )
            .order_by(SessionRow.closed_at)
        )

        async def work(store: AsyncSession) -> list[str]:
            return list(await store.scalars(query))

        return await self._store.read(work)

    async def _over(self, store: AsyncSession, guild_id: int, reference: str) -> SessionRow:
        held = await find(store, guild_id, reference)
        if held is None:
            raise NoSuchSession(reference)
        if held.state not in HELD:
            raise NotOver(reference)
        return held

    async def _locked(
        self,
        store: AsyncSession,
        guild_id: int,
        reference: str,
        by: int,
        *,
        seen: int | None = None,
    ) -> tuple[SessionRow, RoundupRow, int]:
        held = await find(store, guild_id, reference, lock=True)
        if held is None:
            raise NoSuchSession(reference)
        row = await store.get(RoundupRow, held.id, with_for_update=True)
        if row is None:
            raise NoRoundup(reference)
        if seen is not None and row.version != seen:
            raise RoundupChanged(reference)
        person = await self._people.ensure(store, guild_id, by, self._clock())
        return held, row, person.id

    async def _edited(
        self, guild_id: int, reference: str, by: int, change: Change, *, seen: int, what: str
    ) -> Roundup:
        async def work(store: AsyncSession) -> Roundup:
            held, row, person_id = await self._locked(store, guild_id, reference, by, seen=seen)
            await change(store, row, person_id)
            row.version += 1
            row.changed_at = self._clock()
            await self._audit.record(
                store, guild_id, person_id, "roundup.edited", reference, {"what": what}
            )
            return await self._whole(store, held, row)

        return await self._store.write(work)

    async def _pinned(self, store: AsyncSession, row: RoundupRow, pins: Sequence[Pin]) -> None:
        known = set(
            await store.scalars(
                select(RoundupPointRow.message_id).where(
                    RoundupPointRow.session_id == row.session_id
                )
            )
        )
        new = [one for one in pins if one.message_id not in known]
        for pin in new[: max(MOST_PINS - len(known), 0)]:
            author = await self._people.ensure(store, row.guild_id, pin.author_id, self._clock())
            key = await self._people.ensure_text_key(store, author)
            # Without the right to read messages there are no words: then it is linked only.
            kept = {"text": pin.text.strip()[:QUOTE_LIMIT], "name": ""}
            store.add(
                RoundupPointRow(
                    guild_id=row.guild_id,
                    session_id=row.session_id,
                    message_id=pin.message_id,
                    author_id=author.id,
                    content=self._people.seal(json.dumps(kept), key) if kept["text"] else None,
                    allowed=Allowed.UNASKED,
                    left_out=False,
                )
            )
            row.version += 1

    async def _quoted(self, store: AsyncSession, row: RoundupPointRow) -> tuple[str, str]:
        if row.content is None or row.author_id is None:
            return "", ""
        key = await self._people.text_key_of(store, row.author_id)
        packed = self._people.open(row.content, key)
        if packed is None:
            return "", ""
        kept = json.loads(packed)
        return kept["text"], kept["name"]

    async def _point(self, store: AsyncSession, row: RoundupPointRow) -> Point:
        text, name = await self._quoted(store, row)
        allowed = Allowed(row.allowed)
        return Point(
            row.id,
            row.message_id,
            allowed,
            text if allowed.quotes else "",
            name if allowed is Allowed.NAMED else "",
            row.left_out,
        )

    async def _whole(self, store: AsyncSession, held: SessionRow, row: RoundupRow) -> Roundup:
        await store.flush()
        questions: list[Question] = await self._queue.all_of(store, held.id)
        asked = [one for one in questions if one.stage in _IN and one.content]
        said = {
            one.question_id: one
            for one in await store.scalars(
                select(RoundupAnswerRow).where(
                    RoundupAnswerRow.question_id.in_([one.id for one in asked])
                )
            )
        }
        answers = []
        for one in sorted(asked, key=lambda one: (_IN.index(one.stage), -one.votes, one.id)):
            kept = said.get(one.id)
            answer = Answer(one)
            if kept is not None:
                answer = replace(answer, words=kept.words, left_out=kept.left_out)
            answers.append(answer)
        points = await store.scalars(
            select(RoundupPointRow)
            .where(RoundupPointRow.session_id == held.id)
            .order_by(RoundupPointRow.message_id)
        )
        return Roundup(
            session=await whole(store, self._people, held),
            opening=row.opening,
            links=row.links,
            attendance=row.attendance,
            answers=answers,
            points=[await self._point(store, one) for one in points.all()],
            message_id=row.message_id,
            drafted_at=row.drafted_at,
            changed_at=row.changed_at,
            published_at=row.published_at,
            version=row.version,
        )


def _show(held: SessionRow, row: RoundupRow) -> Effect:
    return Effect(
        kind=SHOW,
        guild_id=held.guild_id,
        lane=f"session:{held.guild_id}:{held.reference}",
        key=f"{SHOW}:{held.guild_id}:{held.reference}:{row.version}",
        payload={"reference": held.reference},
    )
