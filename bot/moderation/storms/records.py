"""How storms are kept. They name nobody: who pressed stands in the audit."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.moderation.storms.model import Cause, Storm, StormSetup
from bot.store.base import Row, RowId, Snowflake, UtcDateTime


class StormRow(Row):
    """One storm. `lasting` is the server while it lasts, so that there is but one at a time."""

    __tablename__ = "storm"
    __table_args__ = (UniqueConstraint("guild_id", "number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    number: Mapped[int]
    lasting: Mapped[int | None] = mapped_column(Snowflake, unique=True)
    cause: Mapped[str] = mapped_column(String(10))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    over: Mapped[str | None] = mapped_column(String(10))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    board_channel_id: Mapped[int | None] = mapped_column(Snowflake)
    board_message_id: Mapped[int | None] = mapped_column(Snowflake)
    restored: Mapped[bool]
    version: Mapped[int]


class StormSetupRow(Row):
    """A server's choice."""

    __tablename__ = "storm_setup"

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    by_itself: Mapped[bool]
    joins: Mapped[int]
    messages: Mapped[int]
    slow_seconds: Mapped[int]
    minutes: Mapped[int]
    channels: Mapped[list[str]] = mapped_column(JSON)
    board_id: Mapped[int | None] = mapped_column(Snowflake)
    topic: Mapped[str] = mapped_column(String(12))
    known: Mapped[str] = mapped_column(String(1000))
    hold_first: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def storm_of(row: StormRow) -> Storm:
    """Return a row's storm."""
    before = None
    if row.before:
        slow = {int(one): int(seconds) for one, seconds in row.before["slow"].items()}
        before = (int(row.before["verification"]), slow)
    board = None
    if row.board_channel_id is not None and row.board_message_id is not None:
        board = (row.board_channel_id, row.board_message_id)
    return Storm(
        guild_id=row.guild_id,
        number=row.number,
        cause=Cause(row.cause),
        began_at=row.began_at,
        ends_at=row.ends_at,
        over_at=row.over_at,
        over=None if row.over is None else Cause(row.over),
        before=before,
        board=board,
        restored=row.restored,
        version=row.version,
    )


def setup_of(row: StormSetupRow) -> StormSetup:
    """Return a row's choice."""
    return StormSetup(
        by_itself=row.by_itself,
        joins=row.joins,
        messages=row.messages,
        slow_seconds=row.slow_seconds,
        minutes=row.minutes,
        channels=tuple(int(one) for one in row.channels),
        board_id=row.board_id,
        topic=row.topic,
        known=row.known,
        hold_first=row.hold_first,
    )
