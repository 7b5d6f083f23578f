"""What the question queue keeps of people: what they asked, upvoted, and hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.queue.model import Stage
from bot.discussions.queue.records import QuestionRow, UpvoteRow
from bot.store.people import People, Person
from bot.store.personal import Share


class QueueOfPeople:
    """The queue's part in export and erasure (`bot.store.personal.Holder`)."""

    columns = frozenset(
        {
            "session_question.author_id",
            "session_question.holder_id",
            "session_upvote.person_id",
        }
    )

    def __init__(self, people: People) -> None:
        self._people = people

    async def export(self, session: AsyncSession, person: Person) -> Mapping[str, Any]:
        """Return what a person asked, which questions they upvoted, and which they look after."""
        asked = await session.scalars(
            select(QuestionRow).where(*_asked_by(person)).order_by(QuestionRow.id)
        )
        upvoted = await session.scalars(
            select(QuestionRow.reference)
            .join(UpvoteRow, UpvoteRow.question_id == QuestionRow.id)
            .where(UpvoteRow.person_id == person.id)
            .order_by(QuestionRow.id)
        )
        held = await session.scalars(
            select(QuestionRow.reference)
            .where(QuestionRow.holder_id == person.id)
            .order_by(QuestionRow.id)
        )
        return {
            "session_questions": [
                {
                    "question": one.reference,
                    "text": self._people.open(one.content or b"", person.text_key),
                    "stage": one.stage,
                    "credit": self._people.open(one.credit or b"", person.text_key),
                    "at": one.at.isoformat(),
                }
                for one in asked
            ],
            "session_questions_upvoted": list(upvoted),
            "session_questions_held": list(held),
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away."""
        goes = await session.scalar(select(func.count()).where(*_asked_by(person))) or 0
        votes = select(func.count()).where(UpvoteRow.person_id == person.id)
        goes += await session.scalar(votes) or 0
        return Share(goes={"asked_in_sessions": goes} if goes else {})

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Delete a person's words and upvotes, and free what they hold."""
        await session.execute(delete(UpvoteRow).where(UpvoteRow.person_id == person.id))
        await session.execute(
            update(QuestionRow)
            .where(*_asked_by(person))
            .values(
                content=None, credit=None, stage=Stage.DECLINED, version=QuestionRow.version + 1
            )
        )
        await session.execute(
            update(QuestionRow)
            .where(QuestionRow.holder_id == person.id)
            .values(holder_id=None, held_at=None)
        )

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom the queue needs to know."""
        return [
            select(QuestionRow.author_id),
            select(UpvoteRow.person_id),
            select(QuestionRow.holder_id).where(QuestionRow.holder_id.is_not(None)),
        ]


def _asked_by(person: Person) -> tuple[Any, ...]:
    return (QuestionRow.author_id == person.id, QuestionRow.content.is_not(None))
