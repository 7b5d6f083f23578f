"""How guarded pictures are kept: whose they are and what was said of them, never the picture."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.moderation.photos.model import PhotoSetup
from bot.store.base import PERSON, Row, RowId, Snowflake, UtcDateTime


class PhotoRow(Row):
    """One message with pictures."""

    __tablename__ = "photo"
    __table_args__ = (
        UniqueConstraint("guild_id", "message_id"),
        Index("ix_photo_state", "state", "ends_at"),
        Index("ix_photo_author", "author_id"),
        Index("ix_photo_post", "guild_id", "post_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    channel_id: Mapped[int] = mapped_column(Snowflake)
    message_id: Mapped[int] = mapped_column(Snowflake)
    author_id: Mapped[int] = mapped_column(RowId, ForeignKey("person.id"))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, info=PERSON)
    rule: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12))
    said: Mapped[str | None] = mapped_column(String(10))
    said_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    post_id: Mapped[int | None] = mapped_column(Snowflake)
    located: Mapped[bool]


class PhotoSetupRow(Row):
    """A server's choice."""

    __tablename__ = "photo_setup"

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    channels: Mapped[list[str]] = mapped_column(JSON)
    hours: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def setup_of(row: PhotoSetupRow) -> PhotoSetup:
    """Return a row's choice."""
    return PhotoSetup(tuple(int(one) for one in row.channels), row.hours)
