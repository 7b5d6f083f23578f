"""What people say about entries, and what they follow.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "feedback",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("entry_id", sa.String(40), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("content", sa.LargeBinary),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.UniqueConstraint("intake", name="uq_feedback_intake"),
    )
    op.create_index("ix_feedback_entry", "feedback", ["guild_id", "entry_id", "id"])
    op.create_table(
        "follow",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("subject", sa.String(60), nullable=False),
        sa.Column(
            "person_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_follow_person_id_person"),
            nullable=False,
        ),
        sa.Column("at", _time, nullable=False),
        sa.UniqueConstraint("guild_id", "subject", "person_id", name="uq_follow_guild_id"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("follow")
    op.drop_table("feedback")
