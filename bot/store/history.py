"""Writing what happened to a thing into its history and the audit, together with the change."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.audit import Audit


class Kept(Protocol):
    """A row that people change, and that has a history."""

    guild_id: int
    reference: str
    version: int
    changed_at: datetime


class Happened(Protocol):
    """A row of that history."""

    at: datetime
    what: str
    by_id: int | None
    detail: dict[str, Any]


async def write_down(
    session: AsyncSession, audit: Audit, area: str, row: Kept, event: Happened
) -> None:
    """Add `event` to the history of `row`, which is at its next version from now on, and append
    it to the audit as `area.what`, without any note it has."""
    row.version += 1
    row.changed_at = event.at
    session.add(event)
    await session.flush()
    what = f"{area}.{event.what}"
    await audit.record(session, row.guild_id, event.by_id, what, row.reference, event.detail)
