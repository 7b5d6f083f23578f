"""Which servers removed the desk, and when.

Revision ID: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "departure",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("left_at", _time, nullable=False),
        sa.Column("purged_at", _time),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("departure")
