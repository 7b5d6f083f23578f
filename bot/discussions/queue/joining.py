"""Joining questions by hand, and taking them apart again."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.queue.model import WAITING, AlreadyMoved, NoSuchQuestion, Question, Stage
from bot.discussions.queue.records import QuestionRow, UpvoteRow, find
from bot.discussions.queue.service import Queue


class Joining(Queue):
    """What hosts do where two questions are one, or were taken for one."""

    async def join(
        self, guild_id: int, reference: str, by: int, into: str, *, version: int
    ) -> Question:
        """Join a waiting question with another of its session; its upvotes go along.

        Raises:
            AlreadyMoved: one of them does not wait any more, or changed meanwhile.
            HeldByAnother, NoSuchQuestion: as for `move`.
        """

        async def work(store: AsyncSession) -> Question:
            row, person_id = await self._held(store, guild_id, reference, by)
            target = await find(store, guild_id, into, lock=True)
            if target is None:
                raise NoSuchQuestion(into)
            apart = target.id == row.id or target.session_id != row.session_id
            waits = row.stage in WAITING and target.stage in WAITING
            if apart or not waits or row.version != version:
                raise AlreadyMoved(reference)
            row.stage, row.into_id, row.version = Stage.MERGED, target.id, row.version + 1
            row.holder_id = row.held_at = None
            await store.execute(
                update(QuestionRow).where(QuestionRow.into_id == row.id).values(into_id=target.id)
            )
            voters = await store.scalars(
                select(UpvoteRow.person_id).where(UpvoteRow.question_id == row.id)
            )
            for voter in voters.all():
                await self._vote(store, target.id, voter, guild_id)
            target.version += 1
            await self._audit.record(
                store, guild_id, person_id, "question.joined", reference, {"to": into}
            )
            return await self._one(store, target.id)

        return await self._store.write(work)

    async def take_apart(self, guild_id: int, reference: str, by: int) -> Question:
        """Let what was joined with a question wait on its own again, with its asker's upvote.

        Raises:
            HeldByAnother, NoSuchQuestion: as for `move`.
        """

        async def work(store: AsyncSession) -> Question:
            row, person_id = await self._held(store, guild_id, reference, by)
            parts = await store.scalars(
                select(QuestionRow).where(
                    QuestionRow.into_id == row.id, QuestionRow.stage == Stage.MERGED
                )
            )
            for part in parts.all():
                part.stage, part.into_id, part.version = Stage.ASKED, None, part.version + 1
                await self._vote(store, part.id, part.author_id, guild_id)
            row.version += 1
            await self._audit.record(store, guild_id, person_id, "question.taken_apart", reference)
            return await self._one(store, row.id)

        return await self._store.write(work)
