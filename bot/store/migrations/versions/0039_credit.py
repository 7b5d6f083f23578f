"""Under what name somebody wants to be credited, if their question becomes an FAQ entry.

Revision ID: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("session_question") as table:
        table.add_column(sa.Column("credit", sa.LargeBinary))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("session_question") as table:
        table.drop_column("credit")
