"""Concerns that are written down in direct messages, question by question.

Revision ID: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "concern_interview",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column(
            "person_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_concern_interview_person_id_person"),
            nullable=False,
        ),
        sa.Column("token", sa.String(12), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("person_id", name="uq_concern_interview_person_id"),
        sa.UniqueConstraint("token", name="uq_concern_interview_token"),
    )


def downgrade() -> None:
    """Drop it, and with it what nobody has sent yet."""
    op.drop_table("concern_interview")
