"""What guests leave with the desk: that they were invited, and what they said of themselves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions.guests.model import Invitation
from bot.discussions.guests.records import GuestReplyRow, GuestRow
from bot.discussions.records import SessionRow
from bot.store.people import People, Person
from bot.store.personal import Share


class GuestsOfPeople:
    """The guests' part in export and erasure (`bot.store.personal.Holder`)."""

    columns = frozenset({"session_guest.person_id"})

    def __init__(self, people: People) -> None:
        self._people = people

    async def export(self, session: AsyncSession, person: Person) -> Mapping[str, Any]:
        """Return where a person was a guest, and what they said of themselves."""
        found = await session.execute(
            select(SessionRow.reference, GuestRow)
            .join(GuestRow, GuestRow.session_id == SessionRow.id)
            .where(GuestRow.person_id == person.id)
            .order_by(GuestRow.id)
        )
        return {
            "guest_replies": [
                self._people.open(one, person.text_key)
                for one in await session.scalars(
                    select(GuestReplyRow.content)
                    .join(GuestRow, GuestRow.id == GuestReplyRow.guest_id)
                    .where(GuestRow.person_id == person.id, GuestReplyRow.content.is_not(None))
                )
                if one is not None
            ],
            "guest_in_sessions": [
                {
                    "session": reference,
                    "state": row.state,
                    "introduction": self._people.open(row.content or b"", person.text_key),
                }
                for reference, row in found
            ],
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away."""
        query = select(func.count()).where(GuestRow.person_id == person.id)
        goes = await session.scalar(query) or 0
        return Share(goes={"guest": goes} if goes else {})

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Delete what a guest said; their role ends at the next look."""
        mine = select(GuestRow.id).where(GuestRow.person_id == person.id)
        await session.execute(
            update(GuestReplyRow).where(GuestReplyRow.guest_id.in_(mine)).values(content=None)
        )
        await session.execute(
            update(GuestRow)
            .where(GuestRow.person_id == person.id)
            .values(content=None, shown=False, state=Invitation.REMOVED)
        )

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom the guests' part needs to know."""
        return [select(GuestRow.person_id)]
