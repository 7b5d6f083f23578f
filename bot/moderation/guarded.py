"""What the guard keeps of people, and for how long."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.moderation.keeping import TakenRow, VerdictRow
from bot.store.people import People, Person, PersonRow
from bot.store.personal import Rule, Share

_AT_ONCE = 500


class GuardOfPeople:
    """The guard's part in export and erasure (`bot.store.personal.Holder`)."""

    columns = frozenset({"moderation_taken.author_id", "moderation_taken.decided_by_id"})

    def __init__(self, people: People) -> None:
        self._people = people

    async def export(self, session: AsyncSession, person: Person) -> Mapping[str, Any]:
        """Return what was taken down of a person's, and which checks their messages set off."""
        rows = await session.scalars(
            select(TakenRow).where(TakenRow.author_id == person.id).order_by(TakenRow.id)
        )
        taken = []
        for row in rows:
            text = None
            if row.content is not None:
                text = self._people.open(row.content, person.text_key)
            taken.append(
                {
                    "at": row.at.isoformat(),
                    "rule": row.rule,
                    "channel": str(row.channel_id),
                    "action": row.action,
                    "state": row.state,
                    "text": text,
                }
            )
        verdicts = await session.execute(
            select(VerdictRow.at, VerdictRow.rule, VerdictRow.check_id, VerdictRow.dry)
            .where(VerdictRow.author == _print(person))
            .order_by(VerdictRow.id)
        )
        return {
            "messages_taken_down": taken,
            "checks_set_off": [
                {"at": at.isoformat(), "rule": rule, "check": check, "dry_run": dry}
                for at, rule, check, dry in verdicts
            ],
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away."""
        query = select(func.count()).where(TakenRow.author_id == person.id)
        count = await session.scalar(query)
        return Share(goes={"taken": count} if count else {})

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Delete the copies, and cut verdicts off from whom they are of."""
        await session.execute(delete(TakenRow).where(TakenRow.author_id == person.id))
        await session.execute(
            update(VerdictRow).where(VerdictRow.author == _print(person)).values(author="")
        )

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom the guard needs to know: whoever can still have something back."""
        return [
            select(TakenRow.author_id),
            select(TakenRow.decided_by_id).where(
                TakenRow.decided_by_id.is_not(None), TakenRow.at >= cutoff
            ),
        ]


def guard_rules(*, copies_days: int, verdicts_days: int) -> list[Rule]:
    """Return what is not kept for ever."""
    return [
        Rule("moderation_copies", copies_days, _count_copies, _forget_copies),
        Rule("verdicts", verdicts_days, _count_verdicts, _forget_verdicts),
    ]


def _print(person: Person) -> Any:
    return select(PersonRow.fingerprint).where(PersonRow.id == person.id).scalar_subquery()


async def _count_copies(session: AsyncSession, cutoff: datetime) -> int:
    return await session.scalar(select(func.count()).where(TakenRow.at < cutoff)) or 0


async def _forget_copies(session: AsyncSession, cutoff: datetime) -> int:
    return await _forget(session, TakenRow, cutoff)


async def _count_verdicts(session: AsyncSession, cutoff: datetime) -> int:
    return await session.scalar(select(func.count()).where(VerdictRow.at < cutoff)) or 0


async def _forget_verdicts(session: AsyncSession, cutoff: datetime) -> int:
    return await _forget(session, VerdictRow, cutoff)


async def _forget(
    session: AsyncSession, table: type[TakenRow] | type[VerdictRow], cutoff: datetime
) -> int:
    found = list(await session.scalars(select(table.id).where(table.at < cutoff).limit(_AT_ONCE)))
    if found:
        await session.execute(delete(table).where(table.id.in_(found)))
    return len(found)
