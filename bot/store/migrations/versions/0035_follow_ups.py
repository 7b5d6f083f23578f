"""How often somebody was told that the follow-up of a question is late.

Revision ID: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("session_question") as table:
        table.add_column(sa.Column("late_told", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("session_question") as table:
        table.drop_column("late_told")
