"""Work that one process of several does: the others find it taken and leave it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def alone(session: AsyncSession, name: str) -> bool:
    """Say whether this transaction has the work called `name` to itself until it ends.

    On PostgreSQL it holds an advisory lock
    (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS). A SQLite
    database has one writer, who is always alone.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    query = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
    return bool(await session.scalar(query, {"name": name}))
