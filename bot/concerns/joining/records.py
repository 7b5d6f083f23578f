"""How offers and voices are kept."""

import json
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.concerns.model import Consent, Draft, Kind
from bot.store.base import DESK, PERSON, Row, RowId, Snowflake, UtcDateTime


class VoiceRow(Row):
    """One person's voice on a concern that somebody else raised, with their own words."""

    __tablename__ = "concern_voice"
    __table_args__ = (
        UniqueConstraint("guild_id", "reference"),
        UniqueConstraint("concern_id", "person_id"),
        Index("ix_concern_voice_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    reference: Mapped[str] = mapped_column(String(12))
    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSON)
    consent: Mapped[str] = mapped_column(String(20))
    consent_version: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OfferRow(Row):
    """What somebody typed, while it is open whether it joins a concern or is one of its own."""

    __tablename__ = "concern_offer"
    __table_args__ = (
        Index("ix_concern_offer_due", "due_at"),
        Index("ix_concern_offer_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    concern_id: Mapped[int] = mapped_column(RowId, ForeignKey("concern.id"))
    person_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    intake: Mapped[str] = mapped_column(String(43), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSON)
    receipt: Mapped[bytes | None] = mapped_column(LargeBinary, info=DESK)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


def packed(draft: Draft) -> str:
    """Return what somebody typed and chose as one text to seal."""
    return json.dumps(asdict(draft))


def unpacked(text: str) -> Draft:
    """Read what `packed` made."""
    data = json.loads(text)
    return Draft(**{**data, "kind": Kind(data["kind"]), "consent": Consent(data["consent"])})


async def count_voices(session: AsyncSession, concern_id: int) -> int:
    """Return how many voices a concern has; those that were withdrawn do not count."""
    query = select(func.count()).where(
        VoiceRow.concern_id == concern_id, VoiceRow.withdrawn_at.is_(None)
    )
    return await session.scalar(query) or 0
