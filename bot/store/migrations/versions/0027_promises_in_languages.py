"""What promises say in other languages.

Revision ID: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add the column; those of the file are filled in when they are next taken up."""
    op.add_column(
        "promise", sa.Column("others", sa.JSON, nullable=False, server_default=sa.text("'{}'"))
    )
    with op.batch_alter_table("promise") as table:
        table.alter_column("others", server_default=None)


def downgrade() -> None:
    """Remove it."""
    op.drop_column("promise", "others")
