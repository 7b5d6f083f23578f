"""Figures of a guild's ledger, for its staff: workload, age, and how soon people hear back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import TypeVar

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.concerns.hours import hours_of
from bot.concerns.model import Direction, Kind, State
from bot.concerns.records import IS_OPEN, ConcernRow, LetterRow
from bot.store.people import People

T = TypeVar("T")

_AGES = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
FIGURES_DAYS = 90
"""How far back the figures of replies look."""
_MOST_REPLIES = 5000


@dataclass(frozen=True)
class Workload:
    """What one staff member has: open cases that are theirs, and replies of the last days."""

    user_id: int
    claimed: int
    replies: int


@dataclass(frozen=True)
class Figures:
    """How a guild's ledger stands."""

    open: int
    unclaimed: int
    overdue: int
    states: tuple[tuple[State, int], ...]
    kinds: tuple[tuple[Kind, int], ...]
    ages: tuple[int, ...]
    """How many open ones are up to a day old, up to a week, up to 30 days, and older."""
    staff: tuple[Workload, ...]
    replied: int
    """Concerns with a first reply in the last `FIGURES_DAYS` days."""
    first_reply: timedelta | None
    """The median time to it, by the calendar."""
    worked: timedelta | None
    """The same in working time."""
    in_time: int
    """How many of them came within the target."""


async def figures_of(
    session: AsyncSession, people: People, guild_id: int, now: datetime
) -> Figures:
    """Return how a guild's ledger stands."""
    hours = await hours_of(session, guild_id)
    mine = ConcernRow.guild_id == guild_id
    states = await _by(session, ConcernRow.state, mine, IS_OPEN)
    kinds = await _by(session, ConcernRow.kind, mine, IS_OPEN)
    ages = await _ages(session, guild_id, now)
    replies = await _replies(session, guild_id, now - timedelta(days=FIGURES_DAYS))
    waits = [(replied - raised).total_seconds() for raised, replied in replies]
    worked = [hours.between(raised, replied) for raised, replied in replies]
    return Figures(
        open=sum(states.values()),
        unclaimed=await count(session, mine, IS_OPEN, ConcernRow.claimed_by_id.is_(None)),
        overdue=await count(session, mine, ConcernRow.due_at <= now),
        states=tuple((state, states[state]) for state in State if states.get(state)),
        kinds=tuple((kind, kinds[kind]) for kind in Kind if kinds.get(kind)),
        ages=ages,
        staff=await _staff(session, people, guild_id, now),
        replied=len(replies),
        first_reply=timedelta(seconds=median(waits)) if waits else None,
        worked=timedelta(seconds=median(worked)) if worked else None,
        in_time=sum(seconds <= hours.target * 60 for seconds in worked),
    )


async def _staff(
    session: AsyncSession, people: People, guild_id: int, now: datetime
) -> tuple[Workload, ...]:
    claimed = await _by(
        session,
        ConcernRow.claimed_by_id,
        ConcernRow.guild_id == guild_id,
        IS_OPEN,
        ConcernRow.claimed_by_id.is_not(None),
    )
    replied = await _by(
        session,
        LetterRow.by_id,
        LetterRow.guild_id == guild_id,
        LetterRow.direction == Direction.TO_REPORTER,
        LetterRow.by_id.is_not(None),
        LetterRow.at >= now - timedelta(days=FIGURES_DAYS),
    )
    ids = {one for one in (*claimed, *replied) if one is not None}
    names = await people.user_ids(session, ids)
    found = [
        Workload(user_id, claimed.get(one, 0), replied.get(one, 0))
        for one, user_id in names.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.claimed, -one.replies, one.user_id)))


async def count(session: AsyncSession, *conditions: ColumnElement[bool]) -> int:
    """Return how many concerns meet all conditions."""
    query = select(func.count()).select_from(ConcernRow).where(*conditions)
    return await session.scalar(query) or 0


async def _by(
    session: AsyncSession,
    what: ColumnElement[T] | InstrumentedAttribute[T],
    *conditions: ColumnElement[bool],
) -> dict[T, int]:
    rows = await session.execute(select(what, func.count()).where(*conditions).group_by(what))
    return {row[0]: row[1] for row in rows}


async def _ages(session: AsyncSession, guild_id: int, now: datetime) -> tuple[int, ...]:
    band = case(
        *((ConcernRow.raised_at > now - age, number) for number, age in enumerate(_AGES)),
        else_=len(_AGES),
    )
    found = await _by(session, band, ConcernRow.guild_id == guild_id, IS_OPEN)
    return tuple(found.get(number, 0) for number in range(len(_AGES) + 1))


async def _replies(
    session: AsyncSession, guild_id: int, since: datetime
) -> Sequence[tuple[datetime, datetime]]:
    rows = await session.execute(
        select(ConcernRow.raised_at, ConcernRow.first_reply_at)
        .where(ConcernRow.guild_id == guild_id, ConcernRow.first_reply_at >= since)
        .order_by(ConcernRow.id.desc())
        .limit(_MOST_REPLIES)
    )
    return [(raised, replied) for raised, replied in rows if replied is not None]
