"""Keeps guilds' setups, and answers from memory: every command asks who may do what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import Clock
from bot.guilds.model import Capability, GuildSetup
from bot.store.base import Row, Snowflake, UtcDateTime
from bot.store.engine import Store


class GuildSetupRow(Row):
    """One guild's setup."""

    __tablename__ = "guild_setup"

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    staff_channel_id: Mapped[int | None] = mapped_column(Snowflake)
    roles: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Guilds:
    """The guilds' setups."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[int, GuildSetup] = {}

    async def get(self, guild_id: int) -> GuildSetup:
        """Return a guild's setup; an empty one if `/setup` was never run there.

        Raises:
            StoreUnavailable: it is not in memory and the database cannot be reached.
        """
        if guild_id not in self._known:
            row = await self._store.read(lambda session: session.get(GuildSetupRow, guild_id))
            self._known[guild_id] = GuildSetup(guild_id) if row is None else _setup(row)
        return self._known[guild_id]

    async def save(
        self,
        guild_id: int,
        *,
        staff_channel_id: int | None = None,
        roles: Mapping[Capability, frozenset[int]] | None = None,
    ) -> GuildSetup:
        """Change what is given of a guild's setup; return the whole of it."""

        async def work(session: AsyncSession) -> GuildSetup:
            row = await session.get(GuildSetupRow, guild_id)
            if row is None:
                row = GuildSetupRow(guild_id=guild_id, roles={}, staff_channel_id=None)
                session.add(row)
            if staff_channel_id is not None:
                row.staff_channel_id = staff_channel_id
            if roles is not None:
                changed = {str(name): sorted(ids) for name, ids in roles.items()}
                row.roles = {**row.roles, **changed}
            row.changed_at = self._clock()
            return _setup(row)

        setup = await self._store.write(work)
        self._known[guild_id] = setup
        return setup

    def forget(self, guild_id: int) -> None:
        """Have no setup of a guild in memory."""
        self._known.pop(guild_id, None)

    async def all(self) -> list[GuildSetup]:
        """Return every guild that was set up."""

        async def work(session: AsyncSession) -> list[GuildSetup]:
            return [_setup(row) for row in await session.scalars(select(GuildSetupRow))]

        return await self._store.read(work)


def _setup(row: GuildSetupRow) -> GuildSetup:
    known = {str(capability): capability for capability in Capability}
    return GuildSetup(
        row.guild_id,
        row.staff_channel_id,
        {known[name]: frozenset(ids) for name, ids in row.roles.items() if name in known},
    )
