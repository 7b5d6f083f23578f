"""What the e-mail door keeps of people: exported to them, erased for them, not kept for ever."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.mail.records import HeldRow, TakenRow
from bot.store.people import People, Person
from bot.store.personal import Rule, Share

_AT_ONCE = 200


class MailOfPeople:
    """The e-mail door's part in export and erasure (`bot.store.personal.Holder`)."""

    columns = frozenset({"mail_held.person_id"})

    def __init__(self, people: People) -> None:
        self._people = people

    async def export(self, session: AsyncSession, person: Person) -> dict[str, Any]:
        """Return a person's messages that wait for staff, or waited."""
        held = [
            {
                "reference": row.reference,
                "why": row.why,
                "at": row.at.isoformat(),
                "message": self._people.open(row.content, person.text_key) or "",
            }
            for row in await _held_of(session, person)
        ]
        return {"held_mail": held} if held else {}

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away."""
        held = len(await _held_of(session, person))
        return Share(goes={"held_mail": held} if held else {})

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Delete a person's messages."""
        await session.execute(delete(HeldRow).where(HeldRow.person_id == person.id))

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whose messages are here."""
        return [select(HeldRow.person_id)]


def mail_rules(*, days: int) -> list[Rule]:
    """Return what is not kept for ever: messages staff are done with, and what was taken."""
    return [Rule("mail", days, _count_old, _forget_old)]


async def _held_of(session: AsyncSession, person: Person) -> Sequence[HeldRow]:
    query = select(HeldRow).where(HeldRow.person_id == person.id).order_by(HeldRow.id)
    return list(await session.scalars(query))


async def _count_old(session: AsyncSession, cutoff: datetime) -> int:
    held = select(func.count()).select_from(HeldRow).where(HeldRow.done_at < cutoff)
    taken = select(func.count()).select_from(TakenRow).where(TakenRow.at < cutoff)
    return (await session.scalar(held) or 0) + (await session.scalar(taken) or 0)


async def _forget_old(session: AsyncSession, cutoff: datetime) -> int:
    held = select(HeldRow.id).where(HeldRow.done_at < cutoff).limit(_AT_ONCE)
    taken = select(TakenRow.intake).where(TakenRow.at < cutoff).limit(_AT_ONCE)
    gone: list[Any] = list(
        await session.scalars(delete(HeldRow).where(HeldRow.id.in_(held)).returning(HeldRow.id))
    )
    gone += await session.scalars(
        delete(TakenRow).where(TakenRow.intake.in_(taken)).returning(TakenRow.intake)
    )
    return len(gone)
