"""Whether what newcomers write waits in a storm until a moderator has read it.

Revision ID: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("storm_setup") as table:
        table.add_column(
            sa.Column("hold_first", sa.Boolean, nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("storm_setup") as table:
        table.drop_column("hold_first")
