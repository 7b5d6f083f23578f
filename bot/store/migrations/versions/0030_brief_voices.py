"""Voices that a brief counts.

Revision ID: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "brief_voice",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column(
            "brief_id",
            _row_id,
            sa.ForeignKey("brief.id", name="fk_brief_voice_brief_id_brief"),
            nullable=False,
        ),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column(
            "concern_id",
            _row_id,
            sa.ForeignKey("concern.id", name="fk_brief_voice_concern_id_concern"),
            nullable=False,
        ),
        sa.Column("voice_id", _row_id),
        sa.Column(
            "person_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_brief_voice_person_id_person"),
        ),
        sa.Column("gone", sa.String(12)),
        sa.Column("gone_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("brief_id", "voice_id", name="uq_brief_voice_brief_id"),
    )
    op.create_index("ix_brief_voice_person", "brief_voice", ["person_id"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("brief_voice")
