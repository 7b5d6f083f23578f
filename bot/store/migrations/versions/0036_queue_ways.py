"""How the queue of a session works: moderated or open, with names or without.

Revision ID: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    key = sa.ForeignKey("session.id", name="fk_session_queue_session_id_session")
    op.create_table(
        "session_queue",
        sa.Column("session_id", _row_id, key, nullable=False, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("moderated", sa.Boolean, nullable=False),
        sa.Column("named", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_session_queue"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("session_queue")
