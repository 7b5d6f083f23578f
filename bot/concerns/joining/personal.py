"""What joining keeps of people: exported to them, erased for them, and not kept for ever."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns import effects
from bot.concerns.finding.filters import ViewRow
from bot.concerns.joining.offers import noted
from bot.concerns.joining.records import OfferRow, VoiceRow, unpacked
from bot.concerns.locking import lock_all
from bot.store.outbox import Outbox
from bot.store.people import People, Person
from bot.store.personal import Share


class JoiningOfPeople:
    """Voices, offers and staff's views in export and erasure (`bot.store.personal.Holder`)."""

    columns = frozenset(
        {"concern_voice.person_id", "concern_offer.person_id", "triage_view.owner_id"}
    )

    def __init__(self, outbox: Outbox, people: People, clock: Clock) -> None:
        self._outbox = outbox
        self._people = people
        self._clock = clock

    async def export(self, session: AsyncSession, person: Person) -> dict[str, Any]:
        """Return a person's voices, and what they typed that waits for their choice."""
        voices = await session.scalars(
            select(VoiceRow).where(VoiceRow.person_id == person.id).order_by(VoiceRow.id)
        )
        offers = await session.scalars(
            select(OfferRow).where(OfferRow.person_id == person.id).order_by(OfferRow.id)
        )
        return {
            "voices": [
                {
                    "reference": row.reference,
                    "at": row.at.isoformat(),
                    "consent": row.consent,
                    "consent_version": row.consent_version,
                    "withdrawn_at": _iso(row.withdrawn_at),
                    **self._said(row.content, person),
                }
                for row in voices
            ],
            "waiting_for_your_choice": [
                {
                    "at": row.at.isoformat(),
                    "logged_at_the_latest": row.due_at.isoformat(),
                    **self._said(row.content, person),
                }
                for row in offers
            ],
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away."""
        voices = select(func.count()).where(VoiceRow.person_id == person.id)
        offers = select(func.count()).where(OfferRow.person_id == person.id)
        return Share(
            goes={
                "voices": await session.scalar(voices) or 0,
                "offers": await session.scalar(offers) or 0,
            }
        )

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Delete a person's voices and offers; the concerns they joined count one less."""
        await session.execute(delete(OfferRow).where(OfferRow.person_id == person.id))
        await session.execute(delete(ViewRow).where(ViewRow.owner_id == person.id))
        joined = select(VoiceRow.concern_id).where(VoiceRow.person_id == person.id)
        rows = await lock_all(session, list(await session.scalars(joined)))
        await session.execute(delete(VoiceRow).where(VoiceRow.person_id == person.id))
        for row in rows:
            noted(session, row, "voice_withdrew", self._clock)
            await session.flush()
            await self._outbox.post(session, effects.card(row))

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom joining needs to know: whoever has words here."""
        return [
            select(VoiceRow.person_id).where(VoiceRow.content != b""),
            select(OfferRow.person_id),
        ]

    def _said(self, content: bytes, person: Person) -> dict[str, str]:
        opened = self._people.open(content, person.text_key) if content else None
        if opened is None:
            return {"what": "", "link": "", "wish": ""}
        draft = unpacked(opened)
        return {"what": draft.what, "link": draft.link, "wish": draft.wish}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
