"""The question queues of every server: asking, upvoting, and what moderators decide."""

import contextlib
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.discussions import boards
from bot.discussions.model import State
from bot.discussions.queue.model import (
    ALIKE,
    COOL_DOWN,
    FOLLOW_UP,
    HELD_FOR,
    MOST_WAITING,
    MOVES,
    PREFIX,
    QUESTION_LIMIT,
    WAITING,
    AlreadyAsked,
    AlreadyMoved,
    HeldByAnother,
    NoSuchQuestion,
    Question,
    QueueIsClosed,
    Stage,
    TooManyWaiting,
    TooSoon,
    Ways,
    listed,
)
from bot.discussions.queue.records import QuestionRow, QueueRow, UpvoteRow, find, votes_of
from bot.discussions.records import SessionRow
from bot.discussions.records import find as find_session
from bot.discussions.times import a_line
from bot.ids import Randomness
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.keeper import Keeper, free_reference
from bot.store.outbox import Outbox
from bot.store.people import People, PersonRow
from bot.vault import Vault

BOARD = "question.show"
"""The effect that brings a session's board of questions up to date."""

_TAKING = (State.ANNOUNCED, State.OPEN)
_NAME = 100
_LAST_LOOK = timedelta(hours=1)
_SHOWN = (Stage.APPROVED, Stage.ON_STAGE)


class Queue(Keeper):
    """Keeps the questions of sessions, each server's apart from the others."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        people: People,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        super().__init__(store, outbox, people, vault, audit, clock, randomness)
        self._brought: dict[int, tuple[object, ...]] = {}

    async def ask(
        self, guild_id: int, session: str, by: int, text: str, *, intake: str, credit: str = ""
    ) -> Question:
        """Ask a question; one like it that waits already gets an upvote in its place.

        `credit` is the name that an FAQ entry made of it may give; "" for none.

        Returns what was asked, or the question it was joined with. The same act delivered again
        finds what it made.

        Raises:
            BadPlan: it is empty or too long.
            QueueIsClosed: the session takes no questions.
            TooManyWaiting: this person has as many waiting as one can.
            TooSoon: they asked a moment ago.
        """
        text = a_line(text, QUESTION_LIMIT, "question.bad")
        key = self._vault.fingerprint("question", "asked", guild_id, intake)

        async def work(store: AsyncSession) -> Question:
            done = await store.scalar(select(QuestionRow).where(QuestionRow.intake == key))
            if done is not None:
                return await self._one(store, done.into_id or done.id)
            held = await self._session(store, guild_id, session)
            person = await self._people.ensure(store, guild_id, by, self._clock())
            mine = QuestionRow.author_id == person.id
            here = QuestionRow.session_id == held.id
            waits = select(func.count()).where(mine, here, QuestionRow.stage.in_(WAITING))
            if (await store.scalar(waits) or 0) >= MOST_WAITING:
                raise TooManyWaiting(session)
            last = select(func.max(QuestionRow.at)).where(mine, here)
            asked_at = await store.scalar(last)
            if asked_at is not None and self._clock() - asked_at < COOL_DOWN:
                raise TooSoon(session)
            before = select(func.count()).where(mine, QuestionRow.session_id != held.id)
            like = await self._like(store, held.id, text)
            ways = await self._ways(store, held.id)
            first = Stage.ASKED if ways.moderated else Stage.APPROVED
            text_key = await self._people.ensure_text_key(store, person)
            row = QuestionRow(
                guild_id=guild_id,
                reference=await free_reference(store, guild_id, PREFIX, self._randomness, find),
                intake=key,
                session_id=held.id,
                author_id=person.id,
                content=self._people.seal(text, text_key),
                credit=self._people.seal(credit[:_NAME], text_key) if credit else None,
                stage=Stage.MERGED if like is not None else first,
                into_id=like,
                newcomer=not await store.scalar(before),
                at=self._clock(),
                version=0,
            )
            store.add(row)
            await store.flush()
            await self._vote(store, like or row.id, person.id, guild_id)
            return await self._one(store, like or row.id)

        return await self._store.write(work)

    async def upvote(
        self, guild_id: int, session: str, by: int, chosen: Sequence[str]
    ) -> Sequence[str]:
        """Let somebody's upvotes among the questions that are listed be those, and no others.

        Upvotes for what the list has no room for stay.

        Raises:
            QueueIsClosed: the session takes no votes.
        """

        async def work(store: AsyncSession) -> Sequence[str]:
            held = await self._session(store, guild_id, session)
            person = await self._people.ensure(store, guild_id, by, self._clock())
            shown = listed(await self.all_of(store, held.id))
            ids = {one.reference: one.id for one in shown}
            away = [id_ for reference, id_ in ids.items() if reference not in chosen]
            await store.execute(
                delete(UpvoteRow).where(
                    UpvoteRow.person_id == person.id, UpvoteRow.question_id.in_(away)
                )
            )
            for reference in set(chosen) & ids.keys():
                await self._vote(store, ids[reference], person.id, guild_id)
            return await votes_of(store, person.id, held.id)

        return await self._store.write(work)

    async def upvoted(self, guild_id: int, session_id: int, by: int) -> Sequence[str]:
        """Return which questions of a session somebody upvoted."""

        async def work(store: AsyncSession) -> Sequence[str]:
            person = await self._people.find(store, guild_id, by)
            return [] if person is None else await votes_of(store, person.id, session_id)

        return await self._store.read(work)

    async def ways(self, session_id: int) -> Ways:
        """Return how a session's queue works."""
        return await self._store.read(lambda store: self._ways(store, session_id))

    async def set_ways(self, guild_id: int, session: str, by: int, ways: Ways) -> Ways:
        """Say how a session's queue works.

        Raises:
            QueueIsClosed: the session takes no questions.
            AlreadyAsked: names cannot be shown, for people asked without theirs.
        """

        async def work(store: AsyncSession) -> Ways:
            held = await self._session(store, guild_id, session)
            person = await self._people.ensure(store, guild_id, by, self._clock())
            before = await self._ways(store, held.id)
            asked = select(func.count()).where(QuestionRow.session_id == held.id)
            if ways.named and not before.named and await store.scalar(asked):
                raise AlreadyAsked(session)
            await store.merge(
                QueueRow(
                    session_id=held.id,
                    guild_id=guild_id,
                    moderated=ways.moderated,
                    named=ways.named,
                )
            )
            await self._audit.record(store, guild_id, person.id, "question.ways", session)
            return ways

        return await self._store.write(work)

    async def questions(self, session_id: int) -> list[Question]:
        """Return a session's questions (`Session.id`): newcomers first, then by upvotes."""
        return await self._store.read(lambda store: self.all_of(store, session_id))

    async def hold(self, guild_id: int, reference: str, by: int) -> Question:
        """Open a question to decide about it; nobody else can for two minutes.

        Raises:
            HeldByAnother: another moderator did.
            NoSuchQuestion: this guild has no such reference.
        """

        async def work(store: AsyncSession) -> Question:
            row, _person = await self._held(store, guild_id, reference, by)
            return await self._one(store, row.id)

        return await self._store.write(work)

    async def move(
        self, guild_id: int, reference: str, by: int, stage: Stage, *, version: int
    ) -> Question:
        """Put a question on another stage; whatever was on stage waits again.

        Raises:
            AlreadyMoved: somebody else decided about it meanwhile, or it cannot go there.
            HeldByAnother: another moderator is deciding about it.
            NoSuchQuestion: this guild has no such reference.
        """

        async def work(store: AsyncSession) -> Question:
            row, person_id = await self._held(store, guild_id, reference, by)
            if row.version != version or stage not in MOVES.get(Stage(row.stage), ()):
                raise AlreadyMoved(reference)
            if stage is Stage.ON_STAGE:
                there = await store.scalars(
                    select(QuestionRow).where(
                        QuestionRow.session_id == row.session_id,
                        QuestionRow.stage == Stage.ON_STAGE,
                    )
                )
                for one in there.all():
                    one.stage, one.version = Stage.APPROVED, one.version + 1
            row.stage, row.version = stage, row.version + 1
            # A follow-up stays with who took it on; everything else is free again.
            row.held_at = None
            row.holder_id = person_id if stage is Stage.FOLLOW_UP else None
            row.due_at = self._clock() + FOLLOW_UP if stage is Stage.FOLLOW_UP else None
            await self._audit.record(
                store, guild_id, person_id, "question.moved", reference, {"to": str(stage)}
            )
            return await self._one(store, row.id)

        return await self._store.write(work)

    async def look(self) -> None:
        """Bring those boards up to date that would show something else now."""

        async def read(store: AsyncSession) -> dict[SessionRow, tuple[object, ...]]:
            # A board says once more how the queue ended.
            over = SessionRow.closed_at > self._clock() - _LAST_LOOK
            query = select(SessionRow).where(
                SessionRow.state.in_(_TAKING) | over, SessionRow.channel_id.is_not(None)
            )
            seen = dict[SessionRow, tuple[object, ...]]()
            for row in (await store.scalars(query)).all():
                shown = [one for one in await self.all_of(store, row.id) if one.stage in _SHOWN]
                known = tuple((one.id, one.stage, one.votes, one.content) for one in shown)
                seen[row] = (row.state == State.CLOSED, *known) if known else ()
            return seen

        seen = await self._store.read(read)
        late = [row for row, shown in seen.items() if shown != self._brought.get(row.id, ())]
        if late:
            effects = [boards.once_more(BOARD, row, self._clock()) for row in late]
            await self._store.write(lambda store: self._outbox.post(store, *effects))
        self._brought = {row.id: shown for row, shown in seen.items()}

    async def _ways(self, store: AsyncSession, session_id: int) -> Ways:
        row = await store.get(QueueRow, session_id)
        return Ways() if row is None else Ways(row.moderated, row.named)

    async def _session(self, store: AsyncSession, guild_id: int, reference: str) -> SessionRow:
        row = await find_session(store, guild_id, reference)
        if row is None or row.state not in _TAKING:
            raise QueueIsClosed(reference)
        return row

    async def _held(
        self, store: AsyncSession, guild_id: int, reference: str, by: int
    ) -> tuple[QuestionRow, int]:
        row = await find(store, guild_id, reference, lock=True)
        if row is None:
            raise NoSuchQuestion(reference)
        now = self._clock()
        person = await self._people.ensure(store, guild_id, by, now)
        fresh = row.held_at is not None and now - row.held_at < HELD_FOR
        if fresh and row.holder_id != person.id:
            raise HeldByAnother(reference)
        if row.stage != Stage.FOLLOW_UP:
            row.holder_id, row.held_at = person.id, now
        return row, person.id

    async def _vote(
        self, store: AsyncSession, question_id: int, person_id: int, guild_id: int
    ) -> None:
        if await store.get(UpvoteRow, (question_id, person_id)) is not None:
            return
        # The same press may come twice at once; then the other one is keeping it.
        with contextlib.suppress(IntegrityError):
            async with store.begin_nested():
                store.add(
                    UpvoteRow(question_id=question_id, person_id=person_id, guild_id=guild_id)
                )

    async def _like(self, store: AsyncSession, session_id: int, text: str) -> int | None:
        mine = _words(text)
        for one in await self.all_of(store, session_id):
            theirs = _words(one.content or "")
            both = mine | theirs
            if one.stage in WAITING and both and len(mine & theirs) / len(both) >= ALIKE:
                return one.id
        return None

    async def _one(self, store: AsyncSession, question_id: int) -> Question:
        row = await store.get_one(QuestionRow, question_id)
        return next(
            one for one in await self.all_of(store, row.session_id) if one.id == question_id
        )

    async def all_of(self, store: AsyncSession, session_id: int) -> list[Question]:
        """Return a session's questions, within a transaction that is under way."""
        await store.flush()
        votes = select(func.count(UpvoteRow.person_id)).where(
            UpvoteRow.question_id == QuestionRow.id
        )
        found = await store.execute(
            select(QuestionRow, PersonRow.text_key, votes.scalar_subquery())
            .join(PersonRow, PersonRow.id == QuestionRow.author_id)
            .where(QuestionRow.session_id == session_id)
        )
        rows = found.all()
        named = (await self._ways(store, session_id)).named
        names = (
            await self._people.user_ids(store, {row.author_id for row, _key, _votes in rows})
            if named
            else {}
        )
        joined: dict[int, list[str]] = defaultdict(list)
        for row, key, _votes in rows:
            text = row.content and self._people.open(row.content, key)
            if row.stage == Stage.MERGED and row.into_id is not None and text:
                joined[row.into_id].append(text)
        questions = [
            Question(
                row.id,
                row.reference,
                row.session_id,
                Stage(row.stage),
                None if row.content is None else self._people.open(row.content, key),
                many,
                row.newcomer,
                row.due_at,
                row.version,
                tuple(joined[row.id]),
                names.get(row.author_id),
                (row.credit and self._people.open(row.credit, key)) or "",
            )
            for row, key, many in rows
        ]
        return sorted(questions, key=lambda one: (not one.newcomer, -one.votes, one.id))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))
