"""What reporters are told of their concerns besides replies: each thing once, and never dropped.

News is written in the transaction of what it is about. It is brought by direct message; where
that cannot be, it waits with the concern (`/concern status`, or the return code) and is shown
there once. People may choose not to hear of some of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.concerns import effects
from bot.concerns.model import Delivery, News, Told
from bot.concerns.newsrows import MutedRow, NewsRow, news_from
from bot.concerns.records import ConcernRow, find
from bot.store.engine import Store
from bot.store.outbox import Effect, Outbox
from bot.store.people import Door, People, PersonRow

MUTABLE: dict[Told, tuple[Told, ...]] = {
    Told.READ: (Told.READ,),
    Told.MERGED: (Told.MERGED, Told.SPLIT),
    Told.BRIEFED: (Told.BRIEFED,),
    Told.CLOSED: (Told.CLOSED, Told.REOPENED),
}
"""What people may choose not to hear of, and what goes with it. Replies always come."""


async def tell(
    session: AsyncSession,
    outbox: Outbox,
    row: ConcernRow,
    what: Told,
    *,
    at: datetime,
    once: str = "",
    detail: dict[str, str] | None = None,
    to: Collection[int] | None = None,
) -> None:
    """Tell a concern's reporter (or the people whose row ids are in `to`) what happened to it.

    `once` names the occasion, in at most 60 characters: the same one is told once to each. Without
    it there is one occasion of this sort in the life of the concern. `detail` holds references and
    states, never words of people; a merge names the other reference as `reference`.
    """
    once = once or str(what)
    for person_id in to if to is not None else (row.reporter_id,):
        known = await session.scalar(
            select(NewsRow.id).where(
                NewsRow.concern_id == row.id, NewsRow.person_id == person_id, NewsRow.once == once
            )
        )
        found = await session.execute(
            select(PersonRow.door, PersonRow.text_key).where(PersonRow.id == person_id)
        )
        person = found.one_or_none()
        if known is not None or person is None or person.text_key is None:
            continue
        written = NewsRow(
            concern_id=row.id,
            guild_id=row.guild_id,
            person_id=person_id,
            what=what,
            once=once,
            detail=detail or {},
            at=at,
            delivery=await _way(session, person_id, person.door, what),
        )
        session.add(written)
        await session.flush()
        if written.delivery == Delivery.PENDING:
            await outbox.post(session, _effect(row, written))


async def _way(session: AsyncSession, person_id: int, door: str, what: Told) -> Delivery:
    if door == Door.CODE:
        # Nobody knows whom to write to: it waits for the person to come back.
        return Delivery.MAILBOX
    muted = await session.scalar(
        select(MutedRow.what).where(MutedRow.person_id == person_id, MutedRow.what == what)
    )
    return Delivery.PENDING if muted is None else Delivery.MUTED


def _effect(row: ConcernRow, written: NewsRow) -> Effect:
    return Effect(
        kind=effects.NEWS,
        guild_id=row.guild_id,
        lane=effects.lane_of(written.person_id),
        # Not by its number: SQLite gives that of news that was let go of, or erased, to the next.
        key=f"news:{row.id}:{written.person_id}:{written.once}",
        payload={"reference": row.reference, "news": written.id},
    )


async def saw_news(
    session: AsyncSession, row: ConcernRow, person_id: int, news_ids: Sequence[int]
) -> bool:
    """Record that a person was shown this news; say whether that was new."""
    changed = await session.scalars(
        update(NewsRow)
        .where(
            NewsRow.concern_id == row.id,
            NewsRow.person_id == person_id,
            NewsRow.id.in_(news_ids),
            NewsRow.delivery.in_((Delivery.MAILBOX, Delivery.PENDING)),
        )
        .values(delivery=Delivery.SEEN)
        .returning(NewsRow.id)
    )
    return bool(list(changed))


@dataclass(frozen=True)
class Message:
    """News on its way: whom it is for, and the language they were last seen to use."""

    news: News
    reference: str
    recipient: int
    locale: str | None


class NewsDesk:
    """Delivers news, and keeps what people want to hear and in which language."""

    def __init__(self, store: Store, outbox: Outbox, people: People, clock: Clock) -> None:
        self._store = store
        self._outbox = outbox
        self._people = people
        self._clock = clock

    async def message(self, guild_id: int, news_id: int) -> Message | None:
        """Return news that is to be brought; None if it was seen already or nobody is left."""

        async def work(session: AsyncSession) -> Message | None:
            found = await session.execute(
                select(NewsRow, ConcernRow.reference)
                .join(ConcernRow, ConcernRow.id == NewsRow.concern_id)
                .where(NewsRow.id == news_id, NewsRow.guild_id == guild_id)
            )
            pair = found.one_or_none()
            if pair is None or pair[0].delivery != Delivery.PENDING:
                return None
            recipient = await self._people.user_id(session, pair[0].person_id)
            if recipient is None:
                return None
            locale = await self._people.locale_of(session, pair[0].person_id)
            return Message(news_from(pair[0]), pair[1], recipient, locale)

        return await self._store.read(work)

    async def delivered(
        self,
        session: AsyncSession,
        guild_id: int,
        reference: str,
        news_id: int,
        how: Delivery | None,
    ) -> None:
        """Record, in the courier's transaction, what became of news; the card shows it.

        None is for news that was overtaken by what happened since, and that nobody is told.
        """
        row = await find(session, guild_id, reference, lock=True)
        if row is None:
            return
        this = NewsRow.id == news_id, NewsRow.delivery == Delivery.PENDING
        await session.execute(
            delete(NewsRow).where(*this)
            if how is None
            else update(NewsRow).where(*this).values(delivery=how)
        )
        row.version += 1
        await self._outbox.post(session, effects.card(row))

    async def speaks(self, guild_ids: Sequence[int], user_id: int, locale: str) -> None:
        """Keep the language that a person's Discord just told, where the desk knows them."""

        async def stale(session: AsyncSession) -> list[int]:
            ids = await self._people.ids_of(session, guild_ids, user_id)
            return [one for one in ids if await self._people.locale_of(session, one) != locale]

        ids = await self._store.read(stale)
        if ids:
            await self._store.write(lambda session: self._people.speaks(session, ids, locale))

    async def reporter_speaks(self, guild_id: int, reference: str, locale: str) -> None:
        """Keep the language in which a concern was raised, unless it is an anonymous one."""

        async def work(session: AsyncSession) -> None:
            row = await find(session, guild_id, reference)
            if row is not None:
                await self._people.speaks(session, [row.reporter_id], locale)

        await self._store.write(work)

    async def locale_of(self, guild_id: int, user_id: int) -> str | None:
        """Return the language a person was last seen to use in a guild, if ever."""

        async def work(session: AsyncSession) -> str | None:
            person = await self._people.find(session, guild_id, user_id)
            return None if person is None else await self._people.locale_of(session, person.id)

        return await self._store.read(work)

    async def muted(self, guild_ids: Sequence[int], user_id: int) -> frozenset[Told]:
        """Return what a person does not want to hear, in any of these guilds."""

        async def work(session: AsyncSession) -> frozenset[Told]:
            ids = await self._people.ids_of(session, guild_ids, user_id)
            rows = await session.scalars(select(MutedRow.what).where(MutedRow.person_id.in_(ids)))
            return frozenset(Told(what) for what in rows)

        return await self._store.read(work)

    async def choose(
        self, guild_ids: Sequence[int], user_id: int, wanted: Collection[Told]
    ) -> frozenset[Told]:
        """Tell a person of `wanted` from now on, and of nothing else that may be left out.

        It holds in those of these guilds that know the person. Return what they will not hear.
        """
        unwanted = [told for head, group in MUTABLE.items() if head not in wanted for told in group]

        async def work(session: AsyncSession) -> None:
            for person_id in await self._people.ids_of(session, guild_ids, user_id):
                await session.execute(delete(MutedRow).where(MutedRow.person_id == person_id))
                session.add_all(MutedRow(person_id=person_id, what=one) for one in unwanted)
                await session.flush()

        await self._store.write(work)
        return frozenset(unwanted)
