"""What sessions keep of people: who hosts, comes, follows, and who did what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.records import (
    ComingRow,
    FollowerRow,
    SessionEventRow,
    SessionHostRow,
    SessionRow,
)
from bot.store.people import Person
from bot.store.personal import Rule, Share


class SessionsOfPeople:
    """The sessions' part in export and erasure (`bot.store.personal.Holder`)."""

    columns = frozenset(
        {
            "session_host.person_id",
            "session_coming.person_id",
            "session_follower.person_id",
            "session_event.by_id",
        }
    )

    async def export(self, session: AsyncSession, person: Person) -> Mapping[str, Any]:
        """Return which sessions a person hosts, comes to, and what they did with any."""
        hosted = await session.scalars(
            select(SessionRow.reference)
            .join(SessionHostRow, SessionHostRow.session_id == SessionRow.id)
            .where(SessionHostRow.person_id == person.id)
            .order_by(SessionRow.id)
        )
        coming = await session.execute(
            select(SessionRow.reference, ComingRow.at)
            .join(ComingRow, ComingRow.session_id == SessionRow.id)
            .where(ComingRow.person_id == person.id)
            .order_by(SessionRow.id)
        )
        follows = await session.scalar(
            select(FollowerRow.at).where(FollowerRow.person_id == person.id)
        )
        done = await session.execute(
            select(
                SessionRow.reference, SessionEventRow.what, SessionEventRow.at, SessionEventRow.note
            )
            .join(SessionEventRow, SessionEventRow.session_id == SessionRow.id)
            .where(SessionEventRow.by_id == person.id)
            .order_by(SessionEventRow.id)
        )
        return {
            "sessions_you_host": list(hosted),
            "sessions_you_come_to": [
                {"session": reference, "at": at.isoformat()} for reference, at in coming
            ],
            "following_sessions_since": None if follows is None else follows.isoformat(),
            "session_steps": [
                {"session": reference, "what": what, "at": at.isoformat(), "note": note}
                for reference, what, at, note in done
            ],
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away, and leave."""
        goes = 0
        for table in (ComingRow, SessionHostRow, FollowerRow):
            query = select(func.count()).where(table.person_id == person.id)
            goes += await session.scalar(query) or 0
        stays = await session.scalar(select(func.count()).where(SessionEventRow.by_id == person.id))
        return Share(
            goes={"sessions": goes} if goes else {}, stays={"sessions": stays} if stays else {}
        )

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Let go of a person as host, as one who comes, and as one who follows."""
        for table in (ComingRow, SessionHostRow, FollowerRow):
            await session.execute(delete(table).where(table.person_id == person.id))

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom sessions need to know."""
        return [
            select(ComingRow.person_id),
            select(FollowerRow.person_id),
            select(SessionHostRow.person_id)
            .join(SessionRow, SessionRow.id == SessionHostRow.session_id)
            .where(SessionRow.starts_at >= cutoff),
            select(SessionEventRow.by_id).where(
                SessionEventRow.by_id.is_not(None), SessionEventRow.at >= cutoff
            ),
        ]


def old_coming(days: int) -> Rule:
    """Return the rule that forgets who came to a session, so many days after it began."""

    def old(cutoff: datetime) -> Select[Any]:
        return select(SessionRow.id).where(SessionRow.starts_at < cutoff)

    async def count(session: AsyncSession, cutoff: datetime) -> int:
        query = select(func.count()).where(ComingRow.session_id.in_(old(cutoff)))
        return await session.scalar(query) or 0

    async def forget(session: AsyncSession, cutoff: datetime) -> int:
        gone = await session.scalars(
            delete(ComingRow)
            .where(ComingRow.session_id.in_(old(cutoff)))
            .returning(ComingRow.person_id)
        )
        return len(list(gone))

    return Rule("coming", days, count, forget)
