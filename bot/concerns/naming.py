"""Giving several concerns a topic at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import effects
from bot.concerns.conflicts import may_see
from bot.concerns.drafts import legible
from bot.concerns.handling import Handling
from bot.concerns.model import TOPIC_LIMIT
from bot.concerns.records import IS_OPEN, ConcernRow
from bot.concerns.troubles import BadDraft


@dataclass(frozen=True)
class Named:
    """What became of naming: how many have the topic now that had none, and who kept theirs."""

    topic: str
    named: int
    kept: int


class Naming(Handling):
    """Triage, with topics for many concerns in one press."""

    async def name_all(
        self, guild_id: int, references: Sequence[str], by: int, topic: str
    ) -> Named:
        """Give those of these open concerns a topic that have none; others keep theirs.

        What this staff member keeps out of is left alone. All of it happens, or none.

        Raises:
            BadDraft: the topic is empty or too long.
        """
        title = " ".join(topic.split())
        if not legible(title) or len(title) > TOPIC_LIMIT:
            raise BadDraft("casework.bad.topic")

        async def work(session: AsyncSession) -> Named:
            person = await self._people.ensure(session, guild_id, by, self._clock())
            known = await self._known_topic(session, guild_id, title)
            await self._parts.lock(session, guild_id, references)
            rows = list(
                await session.scalars(
                    select(ConcernRow)
                    .where(
                        ConcernRow.guild_id == guild_id,
                        ConcernRow.reference.in_(references),
                        IS_OPEN,
                        may_see(self._people, guild_id, by),
                    )
                    .order_by(ConcernRow.id)
                )
            )
            fresh = [row for row in rows if not row.topic]
            for row in fresh:
                row.topic = known
                row.changed_at = self._clock()
                await self._record(session, row, "described", person.id)
                await self._outbox.post(session, effects.card(row))
            kept = sum(row.topic not in (None, known) for row in rows)
            return Named(known, len(fresh), kept)

        return await self._store.write(work)
