"""Which of Discord's AutoMod rules are the desk's.

Revision ID: 0044
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "automod_setup",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("wanted", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("trouble", sa.String(40), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "automod_rule",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("check_id", sa.String(40), nullable=False),
        sa.Column("rule_id", sa.BigInteger),
        sa.Column("digest", sa.String(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.UniqueConstraint("guild_id", "check_id", name="uq_automod_rule_guild_id"),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("automod_rule")
    op.drop_table("automod_setup")
