"""Writing a new concern's row: the same for whoever raises it, by whichever door."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns import timing
from bot.concerns.drafts import free_reference
from bot.concerns.finding.index import TokenIndex
from bot.concerns.model import (
    CONSENT_VERSION,
    URGENT_KINDS,
    Door,
    Draft,
    Kind,
    Priority,
    State,
    Urgent,
)
from bot.concerns.records import ConcernRow, Content
from bot.ids import Randomness
from bot.store.people import People, Person


class Inserting:
    """Writes concerns in the caller's transaction, sealed and findable."""

    def __init__(self, people: People, index: TokenIndex, randomness: Randomness) -> None:
        self._people = people
        self._index = index
        self._randomness = randomness

    async def insert(
        self,
        session: AsyncSession,
        guild_id: int,
        person: Person,
        draft: Draft,
        *,
        intake: str,
        door: Door,
        at: datetime,
    ) -> ConcernRow:
        """Write what `person` raised at `at` (UTC). A repeated delivery has the same `intake`."""
        text_key = await self._people.ensure_text_key(session, person)
        content = Content(draft.what, draft.link, draft.wish).packed()
        priority, urgent = lane_of(draft.kind)
        row = ConcernRow(
            guild_id=guild_id,
            reference=await free_reference(session, guild_id, self._randomness),
            intake=intake,
            kind=draft.kind,
            state=State.RECEIVED,
            consent=draft.consent,
            consent_version=CONSENT_VERSION,
            reporter_id=person.id,
            content=self._people.seal(content, text_key),
            about=draft.about,
            door=door,
            raised_at=at,
            changed_at=at,
            version=1,
            priority=priority,
            urgent=urgent,
        )
        await timing.on_wrote(session, row, at)
        session.add(row)
        await session.flush()
        await self._index.put(session, row, draft.what, draft.link, draft.wish)
        return row


def lane_of(kind: Kind) -> tuple[Priority, Urgent | None]:
    """Return with what priority a concern of this kind begins, and why it is urgent, if it is."""
    why = URGENT_KINDS.get(kind)
    return (Priority.NORMAL, None) if why is None else (Priority.URGENT, why)
