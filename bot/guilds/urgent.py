"""What a server does about urgent concerns: whom it mentions, and what it tells the person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import Clock
from bot.store.base import Row, Snowflake, UtcDateTime
from bot.store.engine import Store

HELP_LIMIT = 1000
"""Characters of what an urgent concern's reporter is told."""


@dataclass(frozen=True)
class Urgent:
    """A server's choice. `help` maps a language to what is told in it; empty is the desk's own."""

    role_id: int | None = None
    help: Mapping[str, str] = field(default_factory=dict)

    def told(self, language: str) -> str:
        """Return what this server tells people in a language; "" for the desk's own words."""
        return self.help.get(language, "")


class UrgentRow(Row):
    """One server's choice."""

    __tablename__ = "guild_urgent"

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    role_id: Mapped[int | None] = mapped_column(Snowflake)
    help: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UrgentLane:
    """The servers' choices; answers from memory."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[int, Urgent] = {}

    async def of(self, guild_id: int) -> Urgent:
        """Return a server's choice; an empty one if it made none.

        Raises:
            StoreUnavailable: it is not in memory and the database cannot be reached.
        """
        if guild_id not in self._known:
            row = await self._store.read(lambda session: session.get(UrgentRow, guild_id))
            self._known[guild_id] = Urgent() if row is None else _urgent(row)
        return self._known[guild_id]

    async def mention(self, guild_id: int, role_id: int | None) -> Urgent:
        """Choose the role that is mentioned, or none."""
        return await self._save(guild_id, lambda row: setattr(row, "role_id", role_id))

    async def tell(self, guild_id: int, texts: Mapping[str, str]) -> Urgent:
        """Choose what an urgent concern's reporter is told, by language; "" is the desk's own."""
        kept = {language: text.strip()[:HELP_LIMIT] for language, text in texts.items()}
        return await self._save(
            guild_id,
            lambda row: setattr(row, "help", {name: text for name, text in kept.items() if text}),
        )

    def forget(self, guild_id: int) -> None:
        """Have nothing of a server in memory."""
        self._known.pop(guild_id, None)

    async def _save(self, guild_id: int, change: Any) -> Urgent:
        async def work(session: AsyncSession) -> Urgent:
            row = await session.get(UrgentRow, guild_id)
            if row is None:
                row = UrgentRow(guild_id=guild_id, role_id=None, help={})
                session.add(row)
            change(row)
            row.changed_at = self._clock()
            return _urgent(row)

        chosen = await self._store.write(work)
        self._known[guild_id] = chosen
        return chosen


def _urgent(row: UrgentRow) -> Urgent:
    return Urgent(row.role_id, dict(row.help))
