"""How it is kept which of Discord's AutoMod rules are the desk's. They name nobody."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.moderation.native.model import Kept, State
from bot.store.base import Row, RowId, Snowflake, UtcDateTime


class NativeSetupRow(Row):
    """Whether a server wants AutoMod kept in step."""

    __tablename__ = "automod_setup"

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    wanted: Mapped[bool]
    version: Mapped[int]
    trouble: Mapped[str] = mapped_column(String(40))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NativeRuleRow(Row):
    """One of the desk's rules in a server."""

    __tablename__ = "automod_rule"
    __table_args__ = (UniqueConstraint("guild_id", "check_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    check_id: Mapped[str] = mapped_column(String(40))
    rule_id: Mapped[int | None] = mapped_column(Snowflake)
    digest: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))


def kept_of(row: NativeRuleRow) -> Kept:
    """Return a row's rule."""
    return Kept(row.check_id, row.rule_id, row.digest, State(row.state))
