"""Indexes of the outbox that hold what is not finished only.

Revision ID: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_LIVE = sa.text("finished_at IS NULL")
_DEAD = sa.text("state = 'dead'")


def upgrade() -> None:
    """Make them; what a courier held while the old release ran is claimed anew."""
    op.drop_index("ix_outbox_due", "outbox")
    for name, columns, where in (
        ("ix_outbox_live", ["not_before", "id"], _LIVE),
        ("ix_outbox_ahead", ["lane", "id"], _LIVE),
        ("ix_outbox_dead", ["guild_id", "id"], _DEAD),
    ):
        op.create_index(name, "outbox", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_outbox_finished", "outbox", ["finished_at"])


def downgrade() -> None:
    """Put the old one back."""
    for name in ("ix_outbox_live", "ix_outbox_ahead", "ix_outbox_dead", "ix_outbox_finished"):
        op.drop_index(name, "outbox")
    op.create_index("ix_outbox_due", "outbox", ["state", "not_before", "id"])
