"""Follow-ups: questions that somebody promised to answer later, by a day, to whoever asked."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.model import BadPlan
from bot.discussions.queue.joining import Joining
from bot.discussions.queue.model import AlreadyMoved, NoSuchQuestion, Question, Stage
from bot.discussions.queue.records import QuestionRow, find
from bot.discussions.roundup.model import ANSWER_LIMIT
from bot.discussions.roundup.records import RoundupAnswerRow, RoundupRow
from bot.discussions.times import a_text
from bot.store.daily import Turn
from bot.store.notices import staff_notice
from bot.store.outbox import Effect

TELL = "question.tell"
"""The effect that writes to somebody about a follow-up: its new owner, a late one, who asked."""
JOB = "follow_ups"

FURTHEST = timedelta(days=366)
FOR_GUESTS = (Stage.APPROVED, Stage.ON_STAGE)
"""What guests see of a queue, to answer or to skip."""
GRACE = timedelta(days=2)
"""How much later than its owner staff hear that a follow-up is late."""
_OWNER, _STAFF = 1, 2


class FollowUps(Joining):
    """What hosts do with questions that are to be followed up, and what the desk reminds of."""

    async def set_due(
        self, guild_id: int, reference: str, by: int, due: datetime, *, version: int
    ) -> Question:
        """Say by when a question is followed up; it is reminded of anew.

        Raises:
            BadPlan: the day is past, or more than a year ahead.
            AlreadyMoved: it is no follow-up, or changed meanwhile.
        """
        now = self._clock()
        if not now < due <= now + FURTHEST:
            raise BadPlan("question.bad.due")

        async def work(store: AsyncSession) -> Question:
            row, person_id = await self._followed(store, guild_id, reference, by, version)
            row.due_at, row.late_told = due, 0
            await self._moved_on(store, row, person_id, "question.due")
            return await self._one(store, row.id)

        return await self._store.write(work)

    async def give(self, guild_id: int, reference: str, by: int, to: int) -> Question:
        """Give a follow-up to somebody, who is told.

        Raises:
            AlreadyMoved: it is no follow-up.
        """

        async def work(store: AsyncSession) -> Question:
            row, person_id = await self._followed(store, guild_id, reference, by, None)
            owner = await self._people.ensure(store, guild_id, to, self._clock())
            row.holder_id, row.late_told = owner.id, 0
            await self._moved_on(store, row, person_id, "question.given")
            if to != by:
                await self._tell(store, row, owner.id, "given")
            return await self._one(store, row.id)

        return await self._store.write(work)

    async def answer(
        self,
        guild_id: int,
        reference: str,
        by: int,
        words: str,
        *,
        version: int,
        among: Collection[Stage] = (Stage.FOLLOW_UP,),
    ) -> Question:
        """Answer a question in writing: whoever asked it is told, and its round-up says so.

        Raises:
            BadPlan: nothing is said, or too much.
            AlreadyMoved: it is none of the stages of `among`, or changed meanwhile.
        """
        words = a_text(words, ANSWER_LIMIT, "roundup.bad")
        if not words:
            raise BadPlan("question.bad.answer")

        async def work(store: AsyncSession) -> Question:
            row, person_id = await self._followed(
                store, guild_id, reference, by, version, among=among
            )
            row.stage, row.due_at, row.holder_id, row.late_told = Stage.ANSWERED, None, None, 0
            await store.merge(
                RoundupAnswerRow(question_id=row.id, guild_id=guild_id, words=words, left_out=False)
            )
            await store.execute(
                update(RoundupRow)
                .where(RoundupRow.session_id == row.session_id)
                .values(stale=True, version=RoundupRow.version + 1)
            )
            await self._moved_on(store, row, person_id, "question.followed_up")
            askers = await store.scalars(
                select(QuestionRow.author_id).where(
                    (QuestionRow.id == row.id) | (QuestionRow.into_id == row.id),
                    QuestionRow.content.is_not(None),
                )
            )
            for asker in sorted(set(askers.all())):
                await self._tell(store, row, asker, "answered")
            return await self._one(store, row.id)

        return await self._store.write(work)

    async def skip(self, guild_id: int, reference: str, by: int, *, version: int) -> Question:
        """Skip a question, as a guest may.

        Raises:
            AlreadyMoved: it does not wait for a guest, or changed meanwhile.
        """

        async def work(store: AsyncSession) -> Question:
            row, person_id = await self._followed(
                store, guild_id, reference, by, version, among=FOR_GUESTS
            )
            row.stage = Stage.SKIPPED
            await self._moved_on(store, row, person_id, "question.skipped")
            return await self._one(store, row.id)

        return await self._store.write(work)

    async def suggest_concern(self, guild_id: int, reference: str, by: int) -> None:
        """Ask whoever asked a question whether staff should have it as a concern; once.

        Raises:
            NoSuchQuestion: this guild has no such reference, or its words are gone.
        """

        async def work(store: AsyncSession) -> None:
            row = await find(store, guild_id, reference)
            if row is None or row.content is None:
                raise NoSuchQuestion(reference)
            person = await self._people.ensure(store, guild_id, by, self._clock())
            await self._audit.record(store, guild_id, person.id, "question.suggested", reference)
            await self._tell(store, row, row.author_id, "worry", once="worry")

        await self._store.write(work)

    async def asked_by(self, guild_id: int, reference: str, user_id: int) -> str | None:
        """Return a question's words, to whoever asked it and nobody else."""

        async def work(store: AsyncSession) -> str | None:
            row = await find(store, guild_id, reference)
            person = await self._people.find(store, guild_id, user_id)
            if row is None or row.content is None or person is None:
                return None
            if row.author_id != person.id:
                return None
            return self._people.open(row.content, person.text_key)

        return await self._store.read(work)

    async def said(self, guild_id: int, reference: str) -> tuple[str, str] | None:
        """Return a question and what was answered to it; None if its words are gone."""

        async def work(store: AsyncSession) -> tuple[str, str] | None:
            row = await find(store, guild_id, reference)
            one = None if row is None else await self._one(store, row.id)
            if one is None or one.content is None:
                return None
            answer = await store.get(RoundupAnswerRow, one.id)
            return one.content, "" if answer is None else answer.words

        return await self._store.read(work)

    async def reader(self, person_id: int) -> tuple[int, str] | None:
        """Return somebody's account and language, to write to them."""

        async def work(store: AsyncSession) -> tuple[int, str] | None:
            who = await self._people.user_id(store, person_id)
            locale = await self._people.locale_of(store, person_id)
            return None if who is None else (who, locale or "")

        return await self._store.read(work)

    async def day(self, turn: Turn) -> None:
        """Remind owners of what is late, and two days later staff, each once
        (`bot.store.daily.Job`).
        """
        now = self._clock()

        async def work(store: AsyncSession) -> None:
            rows = await store.scalars(
                select(QuestionRow)
                .where(
                    QuestionRow.stage == Stage.FOLLOW_UP,
                    QuestionRow.due_at <= now,
                    QuestionRow.late_told < _STAFF,
                )
                .with_for_update()
            )
            for row in rows.all():
                # Nobody may be there to remind: then staff hear at once.
                if row.late_told < _OWNER and row.holder_id is not None:
                    row.late_told = _OWNER
                    await self._tell(store, row, row.holder_id, "late")
                elif row.holder_id is None or (row.due_at or now) + GRACE <= now:
                    row.late_told = _STAFF
                    notice = staff_notice(
                        row.guild_id,
                        "question.notice.late",
                        once=f"follow_up:{row.reference}:{row.version}",
                        reference=row.reference,
                    )
                    await self._outbox.post(store, notice)

        await self._store.write(work)

    async def _followed(
        self,
        store: AsyncSession,
        guild_id: int,
        reference: str,
        by: int,
        version: int | None,
        *,
        among: Collection[Stage] = (Stage.FOLLOW_UP,),
    ) -> tuple[QuestionRow, int]:
        row = await find(store, guild_id, reference, lock=True)
        if row is None:
            raise NoSuchQuestion(reference)
        if Stage(row.stage) not in among or version not in (None, row.version):
            raise AlreadyMoved(reference)
        person = await self._people.ensure(store, guild_id, by, self._clock())
        return row, person.id

    async def _moved_on(
        self, store: AsyncSession, row: QuestionRow, person_id: int, what: str
    ) -> None:
        row.version += 1
        await self._audit.record(store, row.guild_id, person_id, what, row.reference)

    async def _tell(
        self, store: AsyncSession, row: QuestionRow, person_id: int, what: str, *, once: str = ""
    ) -> None:
        await self._outbox.post(
            store,
            Effect(
                kind=TELL,
                guild_id=row.guild_id,
                lane=f"person:{person_id}",
                key=f"{TELL}:{row.id}:{once or row.version}:{what}:{person_id}",
                payload={"reference": row.reference, "person": person_id, "what": what},
            ),
        )
