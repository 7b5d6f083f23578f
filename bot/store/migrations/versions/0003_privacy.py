"""The erase list, and what is done once a day.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "erasure",
        sa.Column("print", sa.String(43), primary_key=True),
        sa.Column("at", _time, nullable=False),
    )
    op.create_table(
        "daily_job",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("started_at", _time, nullable=False),
        sa.Column("finished_at", _time),
        sa.Column("before_at", _time),
    )


def downgrade() -> None:
    """Drop them. The erase list's file stays."""
    op.drop_table("daily_job")
    op.drop_table("erasure")
