"""Promises: what was promised, what shows it, and what happened to it.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)


def _person(table: str, column: str, *, nullable: bool) -> sa.Column[int]:
    key = sa.ForeignKey("person.id", name=f"fk_{table}_{column}_person")
    return sa.Column(column, _row_id, key, nullable=nullable)


def _promise(table: str) -> sa.Column[int]:
    key = sa.ForeignKey("promise.id", name=f"fk_{table}_promise_id_promise")
    return sa.Column("promise_id", _row_id, key, nullable=False)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "promise",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("shipped", sa.String(40)),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("office", sa.String(60), nullable=False),
        _person("promise", "owner_id", nullable=True),
        sa.Column("drawn", sa.JSON, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due", sa.Date),
        sa.Column("told_due", sa.Date),
        sa.Column("changed_at", _time, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("guild_id", "reference", name="uq_promise_guild_id"),
        sa.UniqueConstraint("intake", name="uq_promise_intake"),
    )
    op.create_index("ix_promise_due", "promise", ["state", "due"])
    op.create_table(
        "promise_evidence",
        sa.Column("id", _row_id, primary_key=True),
        _promise("promise_evidence"),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        _person("promise_evidence", "by_id", nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("struck_at", _time),
        sa.UniqueConstraint("intake", name="uq_promise_evidence_intake"),
    )
    op.create_index("ix_promise_evidence_promise", "promise_evidence", ["promise_id", "id"])
    op.create_table(
        "promise_event",
        sa.Column("id", _row_id, primary_key=True),
        _promise("promise_event"),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        _person("promise_event", "by_id", nullable=True),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
    )
    op.create_index("ix_promise_event_promise", "promise_event", ["promise_id", "id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("promise_event")
    op.drop_table("promise_evidence")
    op.drop_table("promise")
