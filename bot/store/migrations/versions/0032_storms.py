"""Storms, and how servers want to be kept in one.

Revision ID: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_when = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "storm",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("lasting", sa.BigInteger),
        sa.Column("cause", sa.String(10), nullable=False),
        sa.Column("began_at", _when, nullable=False),
        sa.Column("ends_at", _when, nullable=False),
        sa.Column("over_at", _when),
        sa.Column("over", sa.String(10)),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("board_channel_id", sa.BigInteger),
        sa.Column("board_message_id", sa.BigInteger),
        sa.Column("restored", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("lasting", name="uq_storm_lasting"),
        sa.UniqueConstraint("guild_id", "number", name="uq_storm_guild_id"),
    )
    op.create_table(
        "storm_setup",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("by_itself", sa.Boolean, nullable=False),
        sa.Column("joins", sa.Integer, nullable=False),
        sa.Column("messages", sa.Integer, nullable=False),
        sa.Column("slow_seconds", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("channels", sa.JSON, nullable=False),
        sa.Column("board_id", sa.BigInteger),
        sa.Column("topic", sa.String(12), nullable=False),
        sa.Column("known", sa.String(1000), nullable=False),
        sa.Column("changed_at", _when, nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("storm_setup")
    op.drop_table("storm")
