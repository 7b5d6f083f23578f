"""What reporters are told, in which language, and by when staff should have replied.

Revision ID: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and columns. The clock of a concern begins with what happens to it next."""
    op.add_column("person", sa.Column("locale", sa.String(8)))
    for column in (
        sa.Column("due_at", _time),
        sa.Column("clock_from", _time),
        sa.Column("clock_left", sa.Integer),
        sa.Column("escalated", sa.Integer, nullable=False, server_default="0"),
        sa.Column("first_reply_at", _time),
    ):
        op.add_column("concern", column)
    op.create_index(
        "ix_concern_due",
        "concern",
        ["guild_id", "due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "concern_news",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column(
            "concern_id",
            _row_id,
            sa.ForeignKey("concern.id", name="fk_concern_news_concern_id_concern"),
            nullable=False,
        ),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column(
            "person_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_concern_news_person_id_person"),
            nullable=False,
        ),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("once", sa.String(60), nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("delivery", sa.String(10), nullable=False),
        sa.UniqueConstraint("concern_id", "person_id", "once", name="uq_concern_news_concern_id"),
    )
    op.create_index(
        "ix_concern_news_unseen",
        "concern_news",
        ["person_id"],
        sqlite_where=sa.text("delivery = 'mailbox'"),
        postgresql_where=sa.text("delivery = 'mailbox'"),
    )
    op.create_table(
        "concern_muted",
        sa.Column(
            "person_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_concern_muted_person_id_person"),
            nullable=False,
        ),
        sa.Column("what", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "what", name="pk_concern_muted"),
    )
    op.create_table(
        "service_hours",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("zone", sa.String(40), nullable=False),
        sa.Column("days", sa.String(7), nullable=False),
        sa.Column("opens", sa.Integer, nullable=False),
        sa.Column("closes", sa.Integer, nullable=False),
        sa.Column("target", sa.Integer, nullable=False),
        sa.Column("holidays", sa.JSON, nullable=False),
        sa.Column("digest", sa.Boolean, nullable=False),
        sa.Column("changed_at", _time, nullable=False),
    )
    op.create_table(
        "forum_tag",
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("forum_id", sa.BigInteger, nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("tag_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "forum_id", "subject", name="pk_forum_tag"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("forum_tag")
    op.drop_table("service_hours")
    op.drop_table("concern_muted")
    op.drop_table("concern_news")
    op.drop_index("ix_concern_due", "concern")
    for column in ("due_at", "clock_from", "clock_left", "escalated", "first_reply_at"):
        op.drop_column("concern", column)
    op.drop_column("person", "locale")
