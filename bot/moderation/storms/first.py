"""First messages of newcomers: in a storm they wait until a moderator has read one of them.

They are taken down as any held message is (`bot.moderation.taken`), but in a storm there are so
many that a card for each would bury the staff channel, and a direct message to each author would
look to Discord as if the desk spammed. So they wait in a line that moderators go through one person
at a time, and only the first authors are written to; the others find theirs by `/my-messages`.
"""

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.moderation.keeping import TakenRow
from bot.moderation.model import Check
from bot.moderation.storms.model import NoStorm
from bot.moderation.storms.records import StormRow, StormSetupRow
from bot.moderation.taken import (
    TELL,
    Decided,
    NoSuchMessage,
    State,
    Taken,
    TakenDown,
    effect_of,
    find,
)
from bot.store.audit import Audit
from bot.store.engine import Store
from bot.store.notices import staff_notice
from bot.store.outbox import Effect, Outbox
from bot.store.people import People

TOLD = 100
"""So many authors are written to when theirs is held."""
_STEPS = frozenset({1, 10, 100, 1_000})
"""When staff are told how many people wait."""

_WAITING = (TakenRow.check_id == Check.FIRST, TakenRow.state == State.HELD)


@dataclass(frozen=True)
class Waiting:
    """The first message of somebody who waits.

    Attributes:
        place: where it stands in the line; the next one is after it.
        more: how many more messages of the same person wait.
        people: how many people wait in all.
    """

    taken: Taken
    place: int
    more: int
    people: int


class FirstMessages(TakenDown):
    """The line of those who wait, as moderators go through it."""

    def __init__(
        self, store: Store, outbox: Outbox, people: People, audit: Audit, clock: Clock
    ) -> None:
        super().__init__(store, outbox, people, clock)
        self._audit = audit

    async def count(self, guild_id: int) -> int:
        """Return how many people wait."""
        return await self._store.read(lambda session: _people(session, guild_id))

    async def next_(self, guild_id: int, after: int = 0) -> Waiting | None:
        """Return whoever waits after a place in the line; from the front again at its end."""

        async def work(session: AsyncSession) -> Waiting | None:
            here = (TakenRow.guild_id == guild_id, *_WAITING)
            firsts = select(func.min(TakenRow.id).label("place")).where(*here)
            line = firsts.group_by(TakenRow.author_id).subquery()
            place = await session.scalar(
                select(func.min(line.c.place)).where(line.c.place > after)
            ) or await session.scalar(select(func.min(line.c.place)))
            row = None if place is None else await session.get(TakenRow, place)
            if row is None:
                return None
            of_them = select(func.count()).where(*here, TakenRow.author_id == row.author_id)
            return Waiting(
                taken=await self._whole(session, row),
                place=row.id,
                more=(await session.scalar(of_them) or 1) - 1,
                people=await _people(session, guild_id),
            )

        return await self._store.read(work)

    async def read_one(self, guild_id: int, message_id: int, by: int, *, through: bool) -> Taken:
        """Decide about all that waits of a message's author, who is told once.

        Whoever is let through once is not held again.

        Raises:
            NoSuchMessage: there is none of that number.
            NoStorm: it waits no more, because the storm is over.
            Decided: somebody else decided it otherwise.
        """
        wanted = State.ALLOWED if through else State.REFUSED

        async def work(session: AsyncSession) -> Taken:
            row = await find(session, guild_id, message_id, lock=True)
            if row.check_id != Check.FIRST:
                raise NoSuchMessage(message_id)
            if row.state == State.FREE:
                raise NoStorm
            if row.state != State.HELD:
                if row.state != wanted:
                    raise Decided(message_id)
                return await self._whole(session, row)
            person = await self._people.ensure(session, guild_id, by, self._clock())
            await session.execute(
                update(TakenRow)
                .where(TakenRow.guild_id == guild_id, *_WAITING)
                .where(TakenRow.author_id == row.author_id)
                .values(state=wanted, decided_by_id=person.id)
            )
            await session.refresh(row)
            await self._outbox.post(session, effect_of(TELL, row, "decided"))
            what = f"storm.first.{'through' if through else 'down'}"
            await self._audit.record(session, guild_id, person.id, what, "first message")
            return await self._whole(session, row)

        return await self._store.write(work)


async def holding(session: AsyncSession, guild_id: int) -> int | None:
    """Return the number of the storm in which first messages wait; None if none do."""
    return await session.scalar(
        select(StormRow.number)
        .join(StormSetupRow, StormSetupRow.guild_id == StormRow.guild_id)
        .where(StormRow.lasting == guild_id, StormSetupRow.hold_first)
    )


async def was_let_through(
    session: AsyncSession, people: People, guild_id: int, author_id: int
) -> bool:
    """Say whether a moderator has read a first message of somebody, and found it fine."""
    person = await people.find(session, guild_id, author_id)
    if person is None:
        return False
    query = select(TakenRow.id).where(
        TakenRow.author_id == person.id,
        TakenRow.check_id == Check.FIRST,
        TakenRow.state == State.ALLOWED,
    )
    return await session.scalar(query.limit(1)) is not None


async def follow(session: AsyncSession, row: TakenRow) -> list[Effect]:
    """Return what follows when somebody begins to wait: perhaps their and staff's being told."""
    storm = await holding(session, row.guild_id)
    waiting = await _people(session, row.guild_id)
    effects = [effect_of(TELL, row, "")] if waiting <= TOLD else []
    if waiting in _STEPS:
        effects.append(
            staff_notice(
                row.guild_id,
                "storm.notice.first" if waiting == 1 else "storm.notice.firsts",
                once=f"storm:{storm}:first:{waiting}",
                people=str(waiting),
            )
        )
    return effects


async def free(session: AsyncSession, outbox: Outbox, guild_id: int) -> None:
    """Let everybody post theirs when a storm is over; whoever may know that it waited is told."""
    here = (TakenRow.guild_id == guild_id, *_WAITING)
    firsts = select(func.min(TakenRow.id)).where(*here).group_by(TakenRow.author_id)
    told = list(await session.scalars(firsts.order_by(func.min(TakenRow.id)).limit(TOLD)))
    await session.execute(update(TakenRow).where(*here).values(state=State.FREE))
    rows = await session.scalars(
        select(TakenRow).where(TakenRow.id.in_(told)).execution_options(populate_existing=True)
    )
    await outbox.post(session, *(effect_of(TELL, row, "free") for row in rows))


async def _people(session: AsyncSession, guild_id: int) -> int:
    query = select(func.count(func.distinct(TakenRow.author_id)))
    return await session.scalar(query.where(TakenRow.guild_id == guild_id, *_WAITING)) or 0
