"""What a courier holds has an index of its own: a dead one's is tried before all else.

Revision ID: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_NAME = "ix_outbox_held"
_HELD = sa.text("state = 'claimed'")


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        _NAME, "outbox", ["not_before", "id"], sqlite_where=_HELD, postgresql_where=_HELD
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index(_NAME, "outbox")
