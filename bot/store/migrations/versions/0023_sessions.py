"""Sessions and their series: what is planned, who hosts, who comes, what happened.

Revision ID: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)
_due = sa.text("due_at IS NOT NULL")


def _points(table: str, column: str, to: str, *, nullable: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{to}.id", name=f"fk_{table}_{column}_{to}")
    return sa.Column(column, _row_id, key, nullable=nullable)


def _guild() -> sa.Column[int]:
    return sa.Column("guild_id", sa.BigInteger, nullable=False)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "session_series",
        sa.Column("id", _row_id, primary_key=True),
        _guild(),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("first", _time, nullable=False),
        sa.Column("zones", sa.JSON, nullable=False),
        sa.Column("made", sa.Integer, nullable=False),
        sa.Column("ended_at", _time),
        sa.Column("changed_at", _time, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("guild_id", "reference", name="uq_session_series_guild_id"),
    )
    op.create_table(
        "session",
        sa.Column("id", _row_id, primary_key=True),
        _guild(),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("intake", sa.String(43), nullable=False),
        _points("session", "series_id", "session_series", nullable=True),
        sa.Column("occurrence", sa.Integer),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("starts_at", _time, nullable=False),
        sa.Column("zone", sa.String(40), nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("guests", sa.String(300), nullable=False),
        sa.Column("prompts", sa.String(1500), nullable=False),
        sa.Column("rules", sa.String(1000), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("announced_at", _time),
        sa.Column("opened_at", _time),
        sa.Column("closed_at", _time),
        sa.Column("step", sa.String(10)),
        sa.Column("due_at", _time),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("event_id", sa.BigInteger),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("changed_at", _time, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("guild_id", "reference", name="uq_session_guild_id"),
        sa.UniqueConstraint("intake", name="uq_session_intake"),
        sa.UniqueConstraint("series_id", "occurrence", name="uq_session_series_id"),
    )
    op.create_index(
        "ix_session_due", "session", ["due_at"], sqlite_where=_due, postgresql_where=_due
    )
    op.create_index("ix_session_starts", "session", ["guild_id", "starts_at"])
    op.create_table(
        "session_host",
        _points("session_host", "session_id", "session"),
        _points("session_host", "person_id", "person"),
        _guild(),
        sa.Column("place", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "person_id", name="pk_session_host"),
    )
    op.create_table(
        "session_coming",
        _points("session_coming", "session_id", "session"),
        _points("session_coming", "person_id", "person"),
        _guild(),
        sa.Column("asked", sa.Boolean, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "person_id", name="pk_session_coming"),
    )
    op.create_table(
        "session_follower",
        _guild(),
        _points("session_follower", "person_id", "person"),
        sa.Column("at", _time, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "person_id", name="pk_session_follower"),
    )
    op.create_table(
        "session_event",
        sa.Column("id", _row_id, primary_key=True),
        _points("session_event", "session_id", "session"),
        _guild(),
        sa.Column("at", _time, nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        _points("session_event", "by_id", "person", nullable=True),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
    )
    op.create_index("ix_session_event_session", "session_event", ["session_id", "id"])
    op.create_table(
        "discussion_setup",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("slow_seconds", sa.Integer, nullable=False),
        sa.Column("quiet_weeks", sa.Integer, nullable=False),
        sa.Column("changed_at", _time, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for table in (
        "discussion_setup",
        "session_event",
        "session_follower",
        "session_coming",
        "session_host",
        "session",
        "session_series",
    ):
        op.drop_table(table)
