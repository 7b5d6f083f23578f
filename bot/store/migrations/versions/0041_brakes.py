"""Brakes on heated threads, and when servers want one.

Revision ID: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_when = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "brake",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("lasting", sa.BigInteger),
        sa.Column("cause", sa.String(10), nullable=False),
        sa.Column("slow_seconds", sa.Integer, nullable=False),
        sa.Column("began_at", _when, nullable=False),
        sa.Column("ends_at", _when, nullable=False),
        sa.Column("over_at", _when),
        sa.Column("over", sa.String(10)),
        sa.Column("before", sa.Integer),
        sa.Column("line_id", sa.BigInteger),
        sa.Column("restored", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("lasting", name="uq_brake_lasting"),
        sa.UniqueConstraint("guild_id", "number", name="uq_brake_guild_id"),
    )
    op.create_table(
        "brake_setup",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("by_itself", sa.Boolean, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("slow_seconds", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("changed_at", _when, nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("brake_setup")
    op.drop_table("brake")
