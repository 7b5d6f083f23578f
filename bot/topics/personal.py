"""What topic pages keep of people: who changed what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.people import Person
from bot.store.personal import Share
from bot.topics.records import TopicRow, VersionRow


class TopicsOfPeople:
    """The topic pages' part in export and erasure (`bot.store.personal.Holder`).

    Pages and their versions are the server's own public record: they stay, and name nobody.
    """

    columns = frozenset({"topic_version.by_id"})

    async def export(self, session: AsyncSession, person: Person) -> Mapping[str, Any]:
        """Return what a person changed on any page."""
        done = await session.execute(
            select(
                TopicRow.reference,
                VersionRow.number,
                VersionRow.what,
                VersionRow.at,
                VersionRow.why,
            )
            .join(VersionRow, VersionRow.topic_id == TopicRow.id)
            .where(VersionRow.by_id == person.id)
            .order_by(VersionRow.id)
        )
        return {
            "topic_page_changes": [
                {
                    "page": reference,
                    "version": number,
                    "what": what,
                    "at": at.isoformat(),
                    "why": why,
                }
                for reference, number, what, at, why in done
            ]
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would leave."""
        query = select(func.count()).where(VersionRow.by_id == person.id)
        changes = await session.scalar(query)
        return Share(stays={"topics": changes} if changes else {})

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Do nothing: a page says nothing of people, and a person's row is let go of elsewhere."""

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom topic pages need to know: who changed one lately."""
        return [
            select(VersionRow.by_id).where(VersionRow.by_id.is_not(None), VersionRow.at >= cutoff)
        ]
