"""What guests reply, to be put on a topic page as they wrote it.

Revision ID: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    key = sa.ForeignKey("session_guest.id", name="fk_guest_reply_guest_id_session_guest")
    op.create_table(
        "guest_reply",
        sa.Column("guest_id", _row_id, key, nullable=False, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary),
        sa.Column("placed", sa.String(12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("guest_id", name="pk_guest_reply"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("guest_reply")
