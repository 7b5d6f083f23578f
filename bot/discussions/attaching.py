"""Holding polls and opinion maps in a session: they are shown there, and close with it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.discussions import effects
from bot.discussions.model import NoSuchSession, State
from bot.discussions.records import SessionRow, find
from bot.store.outbox import Outbox

ATTACHABLE = frozenset({State.PLANNED, State.ANNOUNCED, State.OPEN})
"""States of a session in which polls and maps can be held in it."""

_AT_ONCE = 50


async def attachable(store: AsyncSession, guild_id: int, reference: str) -> SessionRow | None:
    """Return the session that something is held in; None if none was named.

    Raises:
        NoSuchSession: there is none, or it is over.
    """
    if not reference:
        return None
    row = await find(store, guild_id, reference)
    if row is None or State(row.state) not in ATTACHABLE:
        raise NoSuchSession(reference)
    return row


async def show_session(
    store: AsyncSession, outbox: Outbox, row: SessionRow | None, what: str
) -> None:
    """Let a session's post say that something is held in it."""
    if row is not None and row.state in (State.ANNOUNCED, State.OPEN):
        await outbox.post(store, effects.show(row, again=f":{what}"))


def live_of(table: Any, live: tuple[str, ...], now: datetime) -> Select[Any]:
    """Return a query for the ids of rows in a state of `live` whose time is over, or whose
    session is, or that were being closed when the desk stopped.
    """
    first, *rest = live
    over = SessionRow.state.not_in(ATTACHABLE)
    return (
        select(table.id)
        .outerjoin(SessionRow, SessionRow.id == table.session_id)
        .where(
            or_(
                table.state.in_(rest),
                and_(table.state == first, or_(table.closes_at <= now, over)),
            )
        )
        .order_by(table.closes_at, table.id)
        .limit(_AT_ONCE)
    )
