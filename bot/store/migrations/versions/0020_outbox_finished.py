"""The outbox's index of what is finished holds nothing else, so that nobody takes it to claim.

Revision ID: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_NAME = "ix_outbox_finished"
_FINISHED = sa.text("finished_at IS NOT NULL")


def upgrade() -> None:
    """Make it anew."""
    op.drop_index(_NAME, "outbox")
    op.create_index(
        _NAME, "outbox", ["finished_at"], sqlite_where=_FINISHED, postgresql_where=_FINISHED
    )


def downgrade() -> None:
    """Put the whole one back."""
    op.drop_index(_NAME, "outbox")
    op.create_index(_NAME, "outbox", ["finished_at"])
