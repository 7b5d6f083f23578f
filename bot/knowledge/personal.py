"""What the knowledge base keeps of people: exported to them, erased for them, not kept for ever."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.knowledge.records import (
    FeedbackRow,
    FollowRow,
    GapRow,
    QuestionRow,
    RevisionRow,
    WaiterRow,
)
from bot.store.people import Person
from bot.store.personal import Rule, Share
from bot.vault import KeyTrouble, Vault

_AT_ONCE = 200


class KnowledgeOfPeople:
    """The knowledge base's part in export and erasure (`bot.store.personal.Holder`)."""

    columns = frozenset(
        {
            "gap_waiter.person_id",
            "entry_revision.author_id",
            "entry_revision.publisher_id",
            "follow.person_id",
        }
    )

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def export(self, session: AsyncSession, person: Person) -> Mapping[str, Any]:
        """Return the questions whose answer a person wants to be told."""
        rows = await session.execute(
            select(QuestionRow.content, WaiterRow.at, GapRow.reference)
            .join(WaiterRow, WaiterRow.question_id == QuestionRow.id)
            .join(GapRow, GapRow.id == WaiterRow.gap_id)
            .where(WaiterRow.person_id == person.id)
            .order_by(WaiterRow.id)
        )
        written = await session.execute(
            select(RevisionRow.reference, RevisionRow.entry_id, RevisionRow.state)
            .where(_theirs(person))
            .order_by(RevisionRow.id)
        )
        return {
            "follows": list(
                await session.scalars(
                    select(FollowRow.subject)
                    .where(FollowRow.person_id == person.id)
                    .order_by(FollowRow.id)
                )
            ),
            "entries_written_or_published": [
                {"reference": reference, "entry": entry, "state": state}
                for reference, entry, state in written
            ],
            "questions_to_be_told_of": [
                {"reference": reference, "question": self._open(content), "at": at.isoformat()}
                for content, at, reference in rows
            ],
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away."""
        waits = await session.scalar(select(func.count()).where(WaiterRow.person_id == person.id))
        query = select(func.count()).select_from(RevisionRow).where(_theirs(person))
        written = await session.scalar(query)
        follows = await session.scalar(select(func.count()).where(FollowRow.person_id == person.id))
        return Share(
            goes={
                **({"questions": waits} if waits else {}),
                **({"follows": follows} if follows else {}),
            },
            stays={"revisions": written} if written else {},
        )

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Take away a person's questions. How often it was asked, and what they edited, stays."""
        questions = list(
            await session.scalars(
                select(WaiterRow.question_id).where(WaiterRow.person_id == person.id)
            )
        )
        await _forget(session, questions)
        await session.execute(delete(FollowRow).where(FollowRow.person_id == person.id))

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom the knowledge base needs to know: who waits, and who edits."""
        pending = RevisionRow.state.in_(("draft", "review"))
        recent = RevisionRow.changed_at >= cutoff
        return [
            select(WaiterRow.person_id),
            select(FollowRow.person_id),
            select(RevisionRow.author_id).where(pending | recent),
            select(RevisionRow.publisher_id).where(RevisionRow.publisher_id.is_not(None), recent),
        ]

    def rules(self, *, questions_days: int, feedback_days: int) -> list[Rule]:
        """Return what is not kept for ever: unanswered questions, and feedback."""
        return [
            Rule("questions", questions_days, _count_old, _forget_old),
            Rule("feedback", feedback_days, _count_said, _forget_said),
        ]

    def _open(self, sealed: bytes) -> str:
        try:
            return self._vault.unseal(sealed).decode("utf-8", "replace")
        except KeyTrouble:
            return ""


def _theirs(person: Person) -> ColumnElement[bool]:
    return (RevisionRow.author_id == person.id) | (RevisionRow.publisher_id == person.id)


async def _forget(session: AsyncSession, questions: list[int]) -> None:
    await session.execute(delete(WaiterRow).where(WaiterRow.question_id.in_(questions)))
    await session.execute(delete(QuestionRow).where(QuestionRow.id.in_(questions)))


async def _count_old(session: AsyncSession, cutoff: datetime) -> int:
    return await session.scalar(select(func.count()).where(QuestionRow.at < cutoff)) or 0


async def _forget_old(session: AsyncSession, cutoff: datetime) -> int:
    some = list(
        await session.scalars(select(QuestionRow.id).where(QuestionRow.at < cutoff).limit(_AT_ONCE))
    )
    await _forget(session, some)
    return len(some)


async def _count_said(session: AsyncSession, cutoff: datetime) -> int:
    return await session.scalar(select(func.count()).where(FeedbackRow.at < cutoff)) or 0


async def _forget_said(session: AsyncSession, cutoff: datetime) -> int:
    some = select(FeedbackRow.id).where(FeedbackRow.at < cutoff).limit(_AT_ONCE)
    gone = await session.scalars(
        delete(FeedbackRow).where(FeedbackRow.id.in_(some)).returning(FeedbackRow.id)
    )
    return len(list(gone))
