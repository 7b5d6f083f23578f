"""Where on Discord a thing of the desk is shown: which message is the card of which concern.

The database is the truth and Discord a view, so a placement is only a hint: the message may have
been deleted by hand, and is then posted again.
"""

from dataclasses import dataclass

from sqlalchemy import PrimaryKeyConstraint, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Row, Snowflake


class PlacementRow(Row):
    """One message that shows one thing."""

    __tablename__ = "placement"
    __table_args__ = (PrimaryKeyConstraint("guild_id", "subject"),)

    guild_id: Mapped[int] = mapped_column(Snowflake)
    subject: Mapped[str] = mapped_column(String(80))
    channel_id: Mapped[int] = mapped_column(Snowflake)
    message_id: Mapped[int] = mapped_column(Snowflake)


class ForumTagRow(Row):
    """One tag of a forum, and what it stands for (such as `state:working`)."""

    __tablename__ = "forum_tag"
    __table_args__ = (PrimaryKeyConstraint("guild_id", "forum_id", "subject"),)

    guild_id: Mapped[int] = mapped_column(Snowflake)
    forum_id: Mapped[int] = mapped_column(Snowflake)
    subject: Mapped[str] = mapped_column(String(40))
    tag_id: Mapped[int] = mapped_column(Snowflake)


@dataclass(frozen=True)
class Placement:
    """A message that shows a thing."""

    channel_id: int
    message_id: int


async def placement_of(session: AsyncSession, guild_id: int, subject: str) -> Placement | None:
    """Return where `subject` (such as `card:C-7K4Q-2M`) is shown, if it is."""
    row = await session.get(PlacementRow, (guild_id, subject))
    return None if row is None else Placement(row.channel_id, row.message_id)


async def placements(session: AsyncSession, guild_id: int, prefix: str) -> dict[str, Placement]:
    """Return where each subject that begins with `prefix` (such as `card:`) is shown."""
    rows = await session.scalars(
        select(PlacementRow).where(
            PlacementRow.guild_id == guild_id,
            PlacementRow.subject.startswith(prefix, autoescape=True),
        )
    )
    return {row.subject: Placement(row.channel_id, row.message_id) for row in rows}


async def place(session: AsyncSession, guild_id: int, subject: str, where: Placement) -> None:
    """Remember where `subject` is shown now."""
    row = await session.get(PlacementRow, (guild_id, subject))
    if row is None:
        row = PlacementRow(guild_id=guild_id, subject=subject)
        session.add(row)
    row.channel_id, row.message_id = where.channel_id, where.message_id


async def displaced(session: AsyncSession, guild_id: int, message_ids: set[int]) -> list[str]:
    """Forget placements whose messages are gone; return the subjects they showed."""
    found = await session.scalars(
        select(PlacementRow.subject).where(
            PlacementRow.guild_id == guild_id, PlacementRow.message_id.in_(message_ids)
        )
    )
    subjects = list(found)
    if subjects:
        await session.execute(
            delete(PlacementRow).where(
                PlacementRow.guild_id == guild_id, PlacementRow.message_id.in_(message_ids)
            )
        )
    return subjects


async def forum_tags(session: AsyncSession, guild_id: int, forum_id: int) -> dict[str, int]:
    """Return the tag of each subject in a forum."""
    rows = await session.scalars(
        select(ForumTagRow).where(
            ForumTagRow.guild_id == guild_id, ForumTagRow.forum_id == forum_id
        )
    )
    return {row.subject: row.tag_id for row in rows}


async def keep_forum_tags(
    session: AsyncSession, guild_id: int, forum_id: int, tags: dict[str, int]
) -> None:
    """Remember which tag stands for which subject in a forum."""
    for subject, tag_id in tags.items():
        await session.merge(
            ForumTagRow(guild_id=guild_id, forum_id=forum_id, subject=subject, tag_id=tag_id)
        )
