"""The outbox: effects on Discord that must happen, written in the transaction that decides them.

A domain posts an `Effect`; the courier (bot/platform/courier.py) claims it, performs it, and
records what became of it. An effect carries references only, never people or their words: what
to show is read when it is delivered, so erasing and editing take hold at once.

Order is kept within a lane (one reporter's letters, one concern's card); lanes do not wait for
each other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Index,
    LargeBinary,
    String,
    TextClause,
    delete,
    func,
    select,
    update,
)
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from bot.clock import Clock, to_the_hour
from bot.store.base import DESK, Row, RowId, Snowflake, UtcDateTime
from bot.store.engine import Store, after_commit

LEASE = timedelta(seconds=30)
"""How long a claimed effect is a courier's own without word of it; then another may try it.

Well within the minutes for which Discord honors a nonce: what a killed courier had done, but not
recorded, is then not seen twice.
"""

MAX_ATTEMPTS = 12
"""After so many tries, about 45 minutes, an effect is a dead letter."""

PATIENCE = timedelta(hours=24)
"""How long an effect is tried, however often, while it is Discord that is in trouble."""

NONCE_HOLDS = timedelta(minutes=1)
"""How long Discord surely honors a nonce: it says "the past few minutes"."""

_CLOCKS_APART = timedelta(minutes=5)
_LONGEST_PAUSE = 900.0
_FORGOTTEN_AT_ONCE = 500
_LANES_AT_ONCE = 500
_AWAY = "Discord is away: "


class Outcome(StrEnum):
    """Where an effect stands."""

    PENDING = "pending"
    CLAIMED = "claimed"
    DONE = "done"
    DEAD = "dead"


def _index(name: str, *columns: str, where: TextClause) -> Index:
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


# SQLite takes a partial index only for a query that has the very condition in it, unbound.
_IS_LIVE = sql("finished_at IS NULL")
_IS_DEAD = sql("state = 'dead'")
_IS_HELD = sql("state = 'claimed'")
_IS_FINISHED = sql("finished_at IS NOT NULL")


class OutboxRow(Row):
    """One effect. While a courier holds it, `not_before` is when its lease ends."""

    __tablename__ = "outbox"
    __table_args__ = (
        # What is not finished is little, whatever the table holds of what is.
        _index("ix_outbox_live", "not_before", "id", where=_IS_LIVE),
        _index("ix_outbox_ahead", "lane", "id", where=_IS_LIVE),
        _index("ix_outbox_held", "not_before", "id", where=_IS_HELD),
        _index("ix_outbox_dead", "guild_id", "id", where=_IS_DEAD),
        _index("ix_outbox_finished", "finished_at", where=_IS_FINISHED),
        Index("ix_outbox_lane", "lane", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    kind: Mapped[str] = mapped_column(String(40))
    lane: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=DESK)
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str | None] = mapped_column(String(200))


@dataclass(frozen=True)
class Effect:
    """What must happen. `key` names it once and for all: posting it twice is posting it once."""

    kind: str
    guild_id: int
    lane: str
    key: str
    payload: dict[str, Any]
    sealed: bytes | None = None
    """A short-lived secret the delivery needs (an interaction's token), sealed by the vault."""
    coarse: bool = False
    """Keep the hour only in which it was posted: the minute could give an anonymous person away."""


@dataclass(frozen=True)
class Parcel:
    """An effect in a courier's hands."""

    id: int
    guild_id: int
    kind: str
    lane: str
    key: str
    payload: dict[str, Any]
    sealed: bytes | None
    attempts: int
    created_at: datetime
    trouble: str | None = None


@dataclass(frozen=True)
class Taken:
    """What a courier took in hand, and in how long there is something to take again."""

    parcels: list[Parcel]
    due: timedelta | None


@dataclass(frozen=True)
class Depth:
    """How full the outbox is. `oldest` is when the oldest undelivered effect was due."""

    pending: int
    dead: int
    oldest: datetime | None


class Outbox:
    """Posting, claiming, and recording."""

    def __init__(self, store: Store, clock: Clock, *, lease: timedelta = LEASE) -> None:
        self._store = store
        self._clock = clock
        self.lease = lease
        self.on_posted: Callable[[], None] = _nobody
        """Called after a commit that posted effects; the courier sets it, to wake up."""

    async def post(self, session: AsyncSession, *effects: Effect) -> None:
        """Post effects in the caller's own transaction; a known key is not posted again."""
        now = self._clock()
        for effect in effects:
            known = await session.scalar(select(OutboxRow.id).where(OutboxRow.key == effect.key))
            if known is not None:
                continue
            at = to_the_hour(now) if effect.coarse else now
            session.add(
                OutboxRow(
                    guild_id=effect.guild_id,
                    kind=effect.kind,
                    lane=effect.lane,
                    key=effect.key,
                    payload=effect.payload,
                    sealed=effect.sealed,
                    state=Outcome.PENDING,
                    attempts=0,
                    created_at=at,
                    not_before=at,
                )
            )
        await session.flush()
        after_commit(session, self.on_posted)

    async def knows(self, session: AsyncSession, key: str) -> bool:
        """Say whether an effect of this key was posted, in the time that finished ones are kept."""
        found = await session.scalar(select(OutboxRow.id).where(OutboxRow.key == key))
        return found is not None

    async def hasten(self, session: AsyncSession, lanes: Sequence[str]) -> set[str]:
        """Try now what waits in these lanes; return those in which something does.

        For what shows how things stand when it is delivered: it need not be asked for twice.
        """
        now, found = self._clock(), set[str]()
        waits = (OutboxRow.state == Outcome.PENDING, OutboxRow.finished_at.is_(None))
        for first in range(0, len(lanes), _LANES_AT_ONCE):
            here = (*waits, OutboxRow.lane.in_(lanes[first : first + _LANES_AT_ONCE]))
            late = update(OutboxRow).where(*here, OutboxRow.not_before > now)
            await session.execute(late.values(not_before=now))
            found.update(await session.scalars(select(OutboxRow.lane).where(*here)))
        return found

    async def claim(self, limit: int = 20) -> list[Parcel]:
        """Claim what is due: at most one effect of each lane, the lane's oldest."""
        return (await self.take(limit)).parcels

    async def take(self, limit: int) -> Taken:
        """Claim what is due, as `claim` does, and say when there is something to claim next.

        What waits for another of its lane does not count for that, and what a courier holds
        counts from the end of its lease. What a courier held when it died comes before all else,
        however much waits: it may have happened, and Discord honors its nonce for minutes only.
        """
        now = self._clock()
        heads = select(OutboxRow).where(OutboxRow.finished_at.is_(None), ~_held_up())
        heads = heads.order_by(OutboxRow.not_before, OutboxRow.id)
        due = heads.where(OutboxRow.not_before <= now).with_for_update(skip_locked=True)

        async def work(session: AsyncSession) -> Taken:
            rows: list[OutboxRow] = []
            for query in (due.where(_IS_HELD), due):
                some = list(await session.scalars(query.limit(limit - len(rows))))
                for row in some:
                    row.state = Outcome.CLAIMED
                    row.claimed_until = row.not_before = now + self.lease
                    row.attempts += 1
                await session.flush()
                rows += some
                if len(rows) >= limit:
                    break
            later = await session.scalar(heads.with_only_columns(OutboxRow.not_before).limit(1))
            return Taken([_parcel(row) for row in rows], None if later is None else later - now)

        return await self._store.write(work, ahead=True)

    async def keep(self, parcel: Parcel) -> None:
        """Hold on to what takes longer than a lease, unless it was lost already."""
        until = self._clock() + self.lease
        statement = update(OutboxRow).where(*_still_held(parcel))
        statement = statement.values(claimed_until=until, not_before=until)
        await self._store.write(lambda session: session.execute(statement), ahead=True)

    def doubtful_since(self, parcel: Parcel) -> datetime | None:
        """Return since when an earlier try may have had its effect, if that may be longer ago than
        Discord honors a nonce: then whoever repeats it has to look first.
        """
        if parcel.attempts <= 1 or self._clock() - parcel.created_at < NONCE_HOLDS:
            return None
        return parcel.created_at - _CLOCKS_APART

    async def release_claims(self) -> int:
        """Give back what a courier of this database held when it stopped. Single process only."""
        statement = (
            update(OutboxRow)
            .where(OutboxRow.finished_at.is_(None), OutboxRow.state == Outcome.CLAIMED)
            .values(state=Outcome.PENDING, claimed_until=None, not_before=OutboxRow.created_at)
            .returning(OutboxRow.id)
        )

        async def work(session: AsyncSession) -> int:
            return len(list(await session.scalars(statement)))

        return await self._store.write(work)

    async def withdraw(self, session: AsyncSession, lane: str) -> int:
        """Drop a lane's effects that have not happened; return how many they were."""
        dropped = await session.scalars(
            delete(OutboxRow)
            .where(OutboxRow.lane == lane, OutboxRow.state != Outcome.DONE)
            .returning(OutboxRow.id)
        )
        return len(list(dropped))

    async def count_finished(self, session: AsyncSession, cutoff: datetime) -> int:
        """Return how many effects were done or given up before `cutoff`."""
        return await session.scalar(select(func.count()).where(*_finished(cutoff))) or 0

    async def forget_finished(self, session: AsyncSession, cutoff: datetime) -> int:
        """Delete some effects that were done or given up before `cutoff`; return how many."""
        some = select(OutboxRow.id).where(*_finished(cutoff)).limit(_FORGOTTEN_AT_ONCE)
        gone = await session.scalars(
            delete(OutboxRow).where(OutboxRow.id.in_(some)).returning(OutboxRow.id)
        )
        return len(list(gone))

    async def finish(self, session: AsyncSession, parcel: Parcel) -> None:
        """Record, in the handler's own transaction, that an effect happened."""
        await session.execute(
            update(OutboxRow)
            .where(*_is(parcel))
            .values(
                state=Outcome.DONE,
                not_before=OutboxRow.created_at,
                claimed_until=None,
                finished_at=to_the_hour(self._clock()),
                sealed=None,
                trouble=None,
            )
        )

    async def done(self, parcel: Parcel) -> None:
        """Record that an effect happened."""
        await self._store.write(lambda session: self.finish(session, parcel))

    async def retry(
        self,
        parcel: Parcel,
        trouble: str,
        *,
        after: timedelta | None = None,
        away: bool = False,
        telling: Sequence[Effect] = (),
    ) -> bool:
        """Try again later; after too many attempts, lay it with the dead letters.

        Return whether it will be tried again. `telling` is posted if it will not. `away` says
        that Discord is in trouble rather than the effect: then it is given a day.
        """
        now = self._clock()
        patience = PATIENCE if away else timedelta(0)
        if parcel.attempts >= MAX_ATTEMPTS and now - parcel.created_at >= patience:
            await self.give_up(parcel, trouble, telling=telling)
            return False
        pause = timedelta(seconds=min(2.0 ** min(parcel.attempts, 20), _LONGEST_PAUSE))
        trouble = f"{_AWAY}{trouble}" if away else trouble
        statement = (
            update(OutboxRow)
            .where(*_still_held(parcel))
            .values(
                state=Outcome.PENDING,
                claimed_until=None,
                not_before=now + (after or pause),
                trouble=trouble[:200],
            )
        )
        await self._store.write(lambda session: session.execute(statement), ahead=True)
        return True

    async def hurry(self) -> int:
        """Try now what waits because Discord was away; return how many effects that are."""
        now = self._clock()
        statement = (
            update(OutboxRow)
            .where(
                OutboxRow.finished_at.is_(None),
                OutboxRow.state == Outcome.PENDING,
                OutboxRow.not_before > now,
                OutboxRow.trouble.startswith(_AWAY),
            )
            .values(not_before=now)
            .returning(OutboxRow.id)
        )

        async def work(session: AsyncSession) -> int:
            return len(list(await session.scalars(statement)))

        return await self._store.write(work)

    async def give_up(
        self, parcel: Parcel, trouble: str, *, telling: Sequence[Effect] = ()
    ) -> None:
        """Lay an effect with the dead letters, where staff and `commonplace doctor` see it.

        `telling` is posted in the same transaction: nothing dies without the word of it.
        """
        statement = (
            update(OutboxRow)
            .where(*_still_held(parcel))
            .values(
                state=Outcome.DEAD,
                claimed_until=None,
                finished_at=to_the_hour(self._clock()),
                sealed=None,
                trouble=trouble[:200],
            )
            .returning(OutboxRow.id)
        )

        async def work(session: AsyncSession) -> None:
            if list(await session.scalars(statement)) and telling:
                await self.post(session, *telling)

        await self._store.write(work)

    async def dead_letters(self, guild_id: int | None = None, limit: int = 50) -> list[Parcel]:
        """Return what could not be delivered, newest first."""
        query = select(OutboxRow).where(OutboxRow.state == Outcome.DEAD)
        if guild_id is not None:
            query = query.where(OutboxRow.guild_id == guild_id)

        async def work(session: AsyncSession) -> list[Parcel]:
            rows = await session.scalars(query.order_by(OutboxRow.id.desc()).limit(limit))
            return [_parcel(row) for row in rows]

        return await self._store.read(work)

    async def revive(self, guild_id: int) -> int:
        """Give a guild's dead letters another chance, as after its staff channel was put right."""
        statement = (
            update(OutboxRow)
            .where(OutboxRow.guild_id == guild_id, OutboxRow.state == Outcome.DEAD)
            .values(
                state=Outcome.PENDING,
                # Not none: one of those that failed may have had its effect.
                attempts=1,
                not_before=self._clock(),
                finished_at=None,
            )
            .returning(OutboxRow.id)
        )

        async def work(session: AsyncSession) -> int:
            revived = len(list(await session.scalars(statement)))
            if revived:
                after_commit(session, self.on_posted)
            return revived

        return await self._store.write(work)

    async def depth(self) -> Depth:
        """Return how full the outbox is."""
        waiting = OutboxRow.finished_at.is_(None)

        async def work(session: AsyncSession) -> Depth:
            pending = await session.scalar(select(func.count()).where(waiting))
            dead = await session.scalar(select(func.count()).select_from(OutboxRow).where(_IS_DEAD))
            oldest = await session.scalar(
                select(OutboxRow.not_before).where(waiting).order_by(OutboxRow.not_before).limit(1)
            )
            return Depth(pending or 0, dead or 0, oldest)

        return await self._store.read(work)


def _held_up() -> ColumnElement[bool]:
    """Say whether an effect has to wait for an earlier one of its lane."""
    earlier = aliased(OutboxRow)
    return (
        select(earlier.id)
        .where(
            earlier.lane == OutboxRow.lane,
            earlier.id < OutboxRow.id,
            earlier.finished_at.is_(None),
        )
        .exists()
    )


def _is(parcel: Parcel) -> tuple[ColumnElement[bool], ...]:
    """Say whether a row is this parcel's: SQLite gives the number of one withdrawn to the next."""
    return OutboxRow.id == parcel.id, OutboxRow.key == parcel.key


def _still_held(parcel: Parcel) -> tuple[ColumnElement[bool], ...]:
    """Say whether nobody claimed it since: whose lease ran out must not undo what another did."""
    return (
        *_is(parcel),
        OutboxRow.attempts == parcel.attempts,
        OutboxRow.finished_at.is_(None),
    )


def _finished(cutoff: datetime) -> tuple[ColumnElement[bool], ...]:
    return (OutboxRow.finished_at < cutoff,)


def _parcel(row: OutboxRow) -> Parcel:
    return Parcel(
        row.id,
        row.guild_id,
        row.kind,
        row.lane,
        row.key,
        dict(row.payload),
        row.sealed,
        row.attempts,
        row.created_at,
        row.trouble,
    )


def _nobody() -> None:
    """Nobody is listening yet."""
