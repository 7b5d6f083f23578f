"""What the photo guard keeps of people, and for how long."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.moderation.photos import effects
from bot.moderation.photos.records import PhotoRow
from bot.store.outbox import Outbox
from bot.store.people import People, Person
from bot.store.personal import Rule, Share

_AT_ONCE = 500


class PhotosOfPeople:
    """The photo guard's part in export and erasure (`bot.store.personal.Holder`)."""

    columns = frozenset({"photo.author_id"})

    def __init__(self, outbox: Outbox, people: People) -> None:
        self._outbox = outbox
        self._people = people

    async def export(self, session: AsyncSession, person: Person) -> Mapping[str, Any]:
        """Return where a person's pictures stand, and what they said of who is in them."""
        rows = await session.scalars(
            select(PhotoRow).where(PhotoRow.author_id == person.id).order_by(PhotoRow.id)
        )
        return {
            "photos": [
                {
                    "at": row.at.isoformat(),
                    "channel": str(row.channel_id),
                    "state": row.state,
                    "said": row.said,
                    "told_a_place": row.located,
                    "text": self._people.open(row.content or b"", person.text_key),
                }
                for row in rows
            ]
        }

    async def share(self, session: AsyncSession, person: Person) -> Share:
        """Return what erasing this person would take away."""
        query = select(func.count()).where(PhotoRow.author_id == person.id)
        count = await session.scalar(query)
        return Share(goes={"photos": count} if count else {})

    async def erase(self, session: AsyncSession, person: Person) -> None:
        """Take down the pictures that the desk shows for a person, and forget them."""
        mine = PhotoRow.author_id == person.id
        rows = await session.scalars(select(PhotoRow).where(mine, PhotoRow.post_id.is_not(None)))
        await self._outbox.post(session, *map(effects.gone, rows))
        await session.execute(delete(PhotoRow).where(mine))

    def in_use(self, cutoff: datetime) -> list[Select[Any]]:
        """Return whom the photo guard needs to know: whoever may take theirs down."""
        return [select(PhotoRow.author_id)]


def old_photos(days: int) -> Rule:
    """Return the rule that forgets whose pictures they are."""
    return Rule("photos", days, _count, _forget)


async def _count(session: AsyncSession, cutoff: datetime) -> int:
    return await session.scalar(select(func.count()).where(PhotoRow.at < cutoff)) or 0


async def _forget(session: AsyncSession, cutoff: datetime) -> int:
    query = select(PhotoRow.id).where(PhotoRow.at < cutoff).limit(_AT_ONCE)
    found = list(await session.scalars(query))
    if found:
        await session.execute(delete(PhotoRow).where(PhotoRow.id.in_(found)))
    return len(found)
