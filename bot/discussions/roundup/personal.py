"""What round-ups keep of people: messages of theirs that were pinned, and what they allow."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.queue.records import QuestionRow
from bot.discussions.roundup.model import Allowed
from bot.discussions.roundup.records import RoundupPointRow, RoundupRow
from bot.store.people import People, Person
from bot.store.personal import Share


class RoundupsOfPeople:
    """The round-ups' part in export and erasure (`bot.store.personal.Holder`)."""

    columns = frozenset({"roundup_point.author_id"})

    def __init__(self, people: People) -> None:
        self._people = people

    async def export(self, session: AsyncSession, person: Person) -> Mapping[str, Any]:
        """Return which messages of a person were pinned, and what they allow."""
        rows = await session.scalars(
            select(RoundupPointRow)
            .where(RoundupPointRow.author_id == person.id)
            .order_by(RoundupPointRow.id)
        )
        return {
            "pinned_messages": [
                {
                    "message": str(one.message_id),
                    "kept": self._people.open(one.content or b"", person.text_key),
                    "allowed": one.allowed,
                }
                for one in rows
            ]
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away."""
        query = select(func.count()).where(RoundupPointRow.author_id == person.id)
        goes = await session.scalar(query) or 0
        return Share(goes={"pinned_messages": goes} if goes else {})

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Delete a person's pinned words, and let published round-ups follow.

        A round-up shows the words of questions, too, which the queue deletes.
        """
        pinned = select(RoundupPointRow.session_id).where(RoundupPointRow.author_id == person.id)
        asked = select(QuestionRow.session_id).where(QuestionRow.author_id == person.id)
        await session.execute(
            update(RoundupRow)
            .where(or_(RoundupRow.session_id.in_(pinned), RoundupRow.session_id.in_(asked)))
            .values(stale=True)
        )
        await session.execute(
            update(RoundupPointRow)
            .where(RoundupPointRow.author_id == person.id)
            .values(author_id=None, content=None, allowed=Allowed.NOTHING)
        )

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom the round-ups need to know."""
        return [select(RoundupPointRow.author_id).where(RoundupPointRow.author_id.is_not(None))]
