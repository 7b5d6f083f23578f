"""What promises keep of people: who sees to one, and who did what with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.promises.records import EvidenceRow, PromiseEventRow, PromiseRow
from bot.store.people import Person
from bot.store.personal import Share


class PromisesOfPeople:
    """The promises' part in export and erasure (`bot.store.personal.Holder`).

    Promises, their evidence and their history are the server's own public record: they stay, and
    name nobody.
    """

    columns = frozenset({"promise.owner_id", "promise_evidence.by_id", "promise_event.by_id"})

    async def export(self, session: AsyncSession, person: Person) -> Mapping[str, Any]:
        """Return which promises a person sees to, and what they did with any."""
        owned = await session.scalars(
            select(PromiseRow.reference)
            .where(PromiseRow.owner_id == person.id)
            .order_by(PromiseRow.id)
        )
        shown = await session.execute(
            select(PromiseRow.reference, EvidenceRow.text, EvidenceRow.link, EvidenceRow.at)
            .join(EvidenceRow, EvidenceRow.promise_id == PromiseRow.id)
            .where(EvidenceRow.by_id == person.id)
            .order_by(EvidenceRow.id)
        )
        done = await session.execute(
            select(
                PromiseRow.reference, PromiseEventRow.what, PromiseEventRow.at, PromiseEventRow.note
            )
            .join(PromiseEventRow, PromiseEventRow.promise_id == PromiseRow.id)
            .where(PromiseEventRow.by_id == person.id)
            .order_by(PromiseEventRow.id)
        )
        return {
            "promises_you_see_to": list(owned),
            "promise_evidence_you_added": [
                {"promise": reference, "text": text, "link": link, "at": at.isoformat()}
                for reference, text, link, at in shown
            ],
            "promise_steps": [
                {"promise": reference, "what": what, "at": at.isoformat(), "note": note}
                for reference, what, at, note in done
            ],
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would leave."""
        query = select(func.count()).where(PromiseEventRow.by_id == person.id)
        steps = await session.scalar(query)
        return Share(stays={"promises": steps} if steps else {})

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Let go of a person as the one who sees to a promise."""
        await session.execute(
            update(PromiseRow).where(PromiseRow.owner_id == person.id).values(owner_id=None)
        )

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom promises need to know: who sees to one, and who worked on one lately."""
        return [
            select(PromiseRow.owner_id).where(PromiseRow.owner_id.is_not(None)),
            select(PromiseEventRow.by_id).where(
                PromiseEventRow.by_id.is_not(None), PromiseEventRow.at >= cutoff
            ),
        ]
