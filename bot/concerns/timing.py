"""The service clock of a concern: by when staff should have replied.

It runs from the moment a person writes, in working hours, until staff reply. It pauses while staff
wait for the person without having replied, and goes on (or begins anew, where staff had replied)
when the person writes by whatever door. A row with `due_at` has a clock that runs; one with
`clock_left` alone has a clock that pauses.

In the urgent lane a reply is due after `URGENT` at the latest, by night and on holidays, too: a
child or somebody in danger does not wait for Monday.

Call these in the transaction that changes the row, after its state is set.
"""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.concerns.hours import Hours, hours_of
from bot.concerns.model import State
from bot.concerns.records import ConcernRow

RUNS_IN = frozenset({State.RECEIVED, State.READ, State.WORKING, State.REOPENED})
"""The states in which somebody waits for staff."""

URGENT = timedelta(hours=4)
"""Within how long, by any clock on the wall, what is in the urgent lane is answered."""
URGENT_HOURS = URGENT // timedelta(hours=1)


async def on_wrote(session: AsyncSession, row: ConcernRow, now: datetime) -> None:
    """The reporter wrote: raised it, or added to it. A clock that runs already runs on."""
    if row.due_at is None and row.state != State.MERGED:
        _run(row, await hours_of(session, row.guild_id), now)


async def on_replied(session: AsyncSession, row: ConcernRow, now: datetime) -> None:
    """Staff wrote to the reporter: what was due is done."""
    if row.first_reply_at is None:
        row.first_reply_at = now
    stop(row)


async def on_taken_back(session: AsyncSession, row: ConcernRow, now: datetime) -> None:
    """Staff took back all they had replied since the reporter wrote: who waits, waits again."""
    if row.due_at is None and row.state in RUNS_IN:
        _run(row, await hours_of(session, row.guild_id), now)


async def on_moved(session: AsyncSession, row: ConcernRow, now: datetime) -> None:
    """The concern is in another state than before."""
    if row.state == State.WAITING:
        if row.due_at is not None and row.clock_from is not None:
            hours = await hours_of(session, row.guild_id)
            _count_off(row, hours, now)
            row.clock_from = row.due_at = None
    elif row.state == State.REOPENED:
        stop(row)
        _run(row, await hours_of(session, row.guild_id), now)
    elif row.state in RUNS_IN:
        if row.due_at is None and row.clock_left is not None:
            _run(row, await hours_of(session, row.guild_id), now)
    else:
        stop(row)


async def on_prioritized(session: AsyncSession, row: ConcernRow, now: datetime) -> None:
    """The concern went into the urgent lane, or left it: a clock that runs has another end."""
    if row.due_at is not None:
        hours = await hours_of(session, row.guild_id)
        _count_off(row, hours, now)
        row.escalated = 0
        _run(row, hours, now)


def due(row: ConcernRow, hours: Hours) -> datetime:
    """Return when the reply to a row whose clock runs is due, in these working hours."""
    assert row.clock_from is not None  # noqa: S101 - every clock that runs has it; for the types
    usual = hours.after(row.clock_from, row.clock_left or 0)
    return usual if row.urgent is None else min(usual, row.clock_from + URGENT)


def late(row: ConcernRow, hours: Hours, step: int) -> datetime:
    """Return when a row's clock reaches a step: due at 0, a whole target later at 1."""
    assert row.due_at is not None  # noqa: S101 - the query asks for it; for the types
    if step == 0:
        return row.due_at
    usual = hours.after(row.due_at, hours.target * 60 * step)
    return usual if row.urgent is None else min(usual, row.due_at + URGENT * step)


async def on_came_out(session: AsyncSession, row: ConcernRow, now: datetime) -> None:
    """The concern stands on its own again, after it was part of another one."""
    if row.state in RUNS_IN:
        await on_wrote(session, row, now)


def stop(row: ConcernRow) -> None:
    """Nothing is due any more."""
    row.due_at = row.clock_from = row.clock_left = None
    row.escalated = 0


def _run(row: ConcernRow, hours: Hours, now: datetime) -> None:
    if row.clock_left is None:
        row.clock_left, row.escalated = hours.target * 60, 0
    row.clock_from = now
    row.due_at = due(row, hours)


def _count_off(row: ConcernRow, hours: Hours, now: datetime) -> None:
    if row.clock_from is not None:
        worked = hours.between(row.clock_from, now)
        row.clock_left = max((row.clock_left or 0) - worked, 0)
