"""How a concern came in, and whether its reporter is known by an account or by a code.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns; whoever is there already came by a Discord account."""
    op.add_column(
        "person", sa.Column("door", sa.String(10), nullable=False, server_default="account")
    )
    op.add_column(
        "concern", sa.Column("door", sa.String(10), nullable=False, server_default="discord")
    )


def downgrade() -> None:
    """Drop them. Anonymous people are then people who erased themselves."""
    op.drop_column("concern", "door")
    op.drop_column("person", "door")
