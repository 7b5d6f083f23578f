"""Guests of sessions: invited, introduced, with a role for as long as they are guests.

Revision ID: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _points(name: str, to: str) -> sa.Column[int]:
    key = sa.ForeignKey(f"{to}.id", name=f"fk_session_guest_{name}_{to}")
    return sa.Column(name, _row_id, key, nullable=False)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "session_guest",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        _points("session_id", "session"),
        _points("person_id", "person"),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("content", sa.LargeBinary),
        sa.Column("shown", sa.Boolean, nullable=False),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("has_role", sa.Boolean, nullable=False),
        sa.Column("missed", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("session_id", "person_id", name="uq_session_guest_session_id"),
    )
    op.create_table(
        "guest_role",
        sa.Column("guild_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("role_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_guest_role"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("guest_role")
    op.drop_table("session_guest")
