"""How far each server's audit log has been read, so that what was done meanwhile is caught up."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Row, Snowflake
from bot.store.engine import Store


class AuditMarkRow(Row):
    """The newest entry of a server's audit log that the desk has read."""

    __tablename__ = "audit_log_mark"

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(Snowflake)


class AuditMarks:
    """Remembers how far the audit logs have been read."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, guild_id: int) -> int | None:
        """Return the newest entry that was read; None if none ever was."""
        row = await self._store.read(lambda session: session.get(AuditMarkRow, guild_id))
        return None if row is None else row.entry_id

    async def note(self, guild_id: int, entry_id: int) -> None:
        """Note that an entry was read; an older one than the newest changes nothing."""

        async def work(session: AsyncSession) -> None:
            row = await session.get(AuditMarkRow, guild_id, with_for_update=True)
            if row is None:
                session.add(AuditMarkRow(guild_id=guild_id, entry_id=entry_id))
            elif row.entry_id < entry_id:
                row.entry_id = entry_id

        try:
            await self._store.write(work)
        except IntegrityError:  # somebody else noted the first one just now
            await self._store.write(work)
