"""What briefs keep of people: exported to them, and erased for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.briefs.bench import Bench
from bot.concerns.briefs.model import How
from bot.concerns.briefs.records import (
    BriefEventRow,
    BriefRow,
    ItemRow,
    NamingRow,
    SignatureRow,
)
from bot.concerns.briefs.voices import BriefVoiceRow
from bot.concerns.records import ConcernRow
from bot.store.people import People, Person
from bot.store.personal import Share


class BriefsOfPeople:
    """The briefs' part in export and erasure (`bot.store.personal.Holder`).

    The quotes themselves are the reporters' own, sealed under their keys.
    """

    columns = frozenset(
        {
            "brief.author_id",
            "brief_item.passed_by_id",
            "brief_signature.by_id",
            "brief_event.by_id",
            "brief_voice.person_id",
        }
    )

    def __init__(self, briefs: Bench, people: People) -> None:
        self._briefs = briefs
        self._people = people

    async def export(self, session: AsyncSession, person: Person) -> dict[str, Any]:
        """Return in which briefs a person's concerns are, and how they asked to be named."""
        found = await session.execute(
            select(BriefRow.reference, BriefRow.sent_at, ConcernRow.reference, ItemRow.how)
            .join(ItemRow, ItemRow.brief_id == BriefRow.id)
            .join(ConcernRow, ConcernRow.id == ItemRow.concern_id)
            .where(ConcernRow.reporter_id == person.id, BriefRow.sent_at.is_not(None))
            .order_by(ItemRow.id)
        )
        joined = await session.execute(
            select(BriefRow.reference, BriefRow.sent_at)
            .join(BriefVoiceRow, BriefVoiceRow.brief_id == BriefRow.id)
            .where(BriefVoiceRow.person_id == person.id, BriefRow.sent_at.is_not(None))
            .order_by(BriefVoiceRow.id)
        )
        namings = await session.execute(
            select(ConcernRow.reference, NamingRow.name)
            .join(NamingRow, NamingRow.concern_id == ConcernRow.id)
            .where(ConcernRow.reporter_id == person.id, NamingRow.name.is_not(None))
            .order_by(ConcernRow.id)
        )
        return {
            "briefs": [
                {
                    "brief": brief,
                    "sent_at": None if sent is None else sent.isoformat(),
                    "concern": concern,
                    "how": how,
                }
                for brief, sent, concern, how in found
            ],
            "counted_as_voice": [
                {"brief": brief, "sent_at": None if sent is None else sent.isoformat()}
                for brief, sent in joined
            ],
            "named": [
                {"concern": concern, "name": self._people.open(name, person.text_key)}
                for concern, name in namings
                if name
            ],
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away, and what it would leave."""
        quotes = await session.scalar(
            select(func.count())
            .select_from(ItemRow)
            .join(ConcernRow, ConcernRow.id == ItemRow.concern_id)
            .where(ConcernRow.reporter_id == person.id, ItemRow.how == How.QUOTE)
        )
        sent = await session.scalar(
            select(func.count())
            .select_from(ItemRow)
            .join(ConcernRow, ConcernRow.id == ItemRow.concern_id)
            .join(BriefRow, BriefRow.id == ItemRow.brief_id)
            .where(ConcernRow.reporter_id == person.id, BriefRow.sent_at.is_not(None))
        )
        return Share(goes={"quotes": quotes or 0}, stays={"sent_briefs": sent or 0})

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Take a person's words out of every brief; those that were sent keep that they were in."""
        concerns = list(
            await session.scalars(
                select(ConcernRow.id)
                .where(ConcernRow.reporter_id == person.id)
                .order_by(ConcernRow.id)
            )
        )
        await session.execute(delete(NamingRow).where(NamingRow.concern_id.in_(concerns)))
        for concern_id in concerns:
            await self._briefs.erased(session, concern_id)
        await self._briefs.voices_erased(session, person.id)

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom briefs need to know: authors, signatories, and who worked lately."""
        return [
            select(BriefRow.author_id),
            select(SignatureRow.by_id),
            select(BriefEventRow.by_id).where(
                BriefEventRow.by_id.is_not(None), BriefEventRow.at >= cutoff
            ),
            select(ItemRow.passed_by_id).where(
                ItemRow.passed_by_id.is_not(None), ItemRow.passed_at >= cutoff
            ),
        ]
