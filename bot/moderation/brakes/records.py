"""How brakes are kept. They name nobody: who pressed stands in the audit."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.moderation.brakes.model import Brake, BrakeSetup, Cause
from bot.store.base import Row, RowId, Snowflake, UtcDateTime


class BrakeRow(Row):
    """One brake. `lasting` is the channel while it lasts, so that a channel has but one."""

    __tablename__ = "brake"
    __table_args__ = (UniqueConstraint("guild_id", "number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    number: Mapped[int]
    channel_id: Mapped[int] = mapped_column(Snowflake)
    lasting: Mapped[int | None] = mapped_column(Snowflake, unique=True)
    cause: Mapped[str] = mapped_column(String(10))
    slow_seconds: Mapped[int]
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    over: Mapped[str | None] = mapped_column(String(10))
    before: Mapped[int | None]
    line_id: Mapped[int | None] = mapped_column(Snowflake)
    restored: Mapped[bool]
    version: Mapped[int]


class BrakeSetupRow(Row):
    """A server's choice."""

    __tablename__ = "brake_setup"

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    by_itself: Mapped[bool]
    people: Mapped[int]
    slow_seconds: Mapped[int]
    minutes: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def brake_of(row: BrakeRow) -> Brake:
    """Return a row's brake."""
    return Brake(
        guild_id=row.guild_id,
        number=row.number,
        channel_id=row.channel_id,
        cause=Cause(row.cause),
        slow_seconds=row.slow_seconds,
        began_at=row.began_at,
        ends_at=row.ends_at,
        over_at=row.over_at,
        over=None if row.over is None else Cause(row.over),
        before=row.before,
        line=row.line_id,
        restored=row.restored,
        version=row.version,
    )


def setup_of(row: BrakeSetupRow) -> BrakeSetup:
    """Return a row's choice."""
    return BrakeSetup(row.by_itself, row.people, row.slow_seconds, row.minutes)
