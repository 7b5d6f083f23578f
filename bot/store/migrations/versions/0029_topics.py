"""Topic pages and their versions.

Revision ID: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "topic",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("shipped", sa.String(40)),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("guild_id", "reference", name="uq_topic_guild_id"),
        sa.UniqueConstraint("intake", name="uq_topic_intake"),
    )
    op.create_table(
        "topic_version",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column(
            "topic_id",
            _row_id,
            sa.ForeignKey("topic.id", name="fk_topic_version_topic_id_topic"),
            nullable=False,
        ),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("intake", sa.String(43)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column(
            "by_id", _row_id, sa.ForeignKey("person.id", name="fk_topic_version_by_id_person")
        ),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.UniqueConstraint("topic_id", "number", name="uq_topic_version_topic_id"),
        sa.UniqueConstraint("intake", name="uq_topic_version_intake"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("topic_version")
    op.drop_table("topic")
