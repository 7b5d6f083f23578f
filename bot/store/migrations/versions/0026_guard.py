"""Verdicts of checks, and copies of messages that were taken down.

Revision ID: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "moderation_verdict",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("check_id", sa.String(40), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("dry", sa.Boolean, nullable=False),
        sa.Column("again", sa.Boolean, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("author", sa.String(43), nullable=False),
        sa.Column("evidence", sa.String(43), nullable=False),
        sa.UniqueConstraint(
            "guild_id", "message_id", "check_id", name="uq_moderation_verdict_once"
        ),
    )
    op.create_index("ix_moderation_verdict_at", "moderation_verdict", ["guild_id", "at"])
    op.create_index(
        "ix_moderation_verdict_author",
        "moderation_verdict",
        ["guild_id", "author", "check_id", "at"],
    )
    op.create_table(
        "moderation_taken",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column(
            "author_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_moderation_taken_author_id_person"),
            nullable=False,
        ),
        sa.Column("content", sa.LargeBinary),
        sa.Column("evidence", sa.String(43), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("check_id", sa.String(40), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column(
            "decided_by_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_moderation_taken_decided_by_id_person"),
        ),
        sa.UniqueConstraint("guild_id", "message_id", name="uq_moderation_taken_guild_id"),
    )
    op.create_index("ix_moderation_taken_at", "moderation_taken", ["at"])
    op.create_index("ix_moderation_taken_author", "moderation_taken", ["author_id", "id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("moderation_taken")
    op.drop_table("moderation_verdict")
