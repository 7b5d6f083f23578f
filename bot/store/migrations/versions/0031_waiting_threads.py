"""After how many days staff hear of threads that wait for them.

Revision ID: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the column; servers that chose already are told after two days, as new ones."""
    op.add_column(
        "discussion_setup", sa.Column("waits_days", sa.Integer, nullable=False, server_default="2")
    )
    with op.batch_alter_table("discussion_setup") as table:
        table.alter_column("waits_days", server_default=None)


def downgrade() -> None:
    """Remove it."""
    op.drop_column("discussion_setup", "waits_days")
