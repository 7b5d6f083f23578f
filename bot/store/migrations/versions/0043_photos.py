"""Guarded pictures, and where servers want them guarded.

Revision ID: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_when = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "photo",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column(
            "author_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_photo_author_id_person"),
            nullable=False,
        ),
        sa.Column("content", sa.LargeBinary),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("at", _when, nullable=False),
        sa.Column("ends_at", _when, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("said", sa.String(10)),
        sa.Column("said_at", _when),
        sa.Column("post_id", sa.BigInteger),
        sa.Column("located", sa.Boolean, nullable=False),
        sa.UniqueConstraint("guild_id", "message_id", name="uq_photo_guild_id"),
    )
    op.create_index("ix_photo_state", "photo", ["state", "ends_at"])
    op.create_index("ix_photo_author", "photo", ["author_id"])
    op.create_index("ix_photo_post", "photo", ["guild_id", "post_id"])
    op.create_table(
        "photo_setup",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("channels", sa.JSON, nullable=False),
        sa.Column("hours", sa.Integer, nullable=False),
        sa.Column("changed_at", _when, nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("photo_setup")
    op.drop_table("photo")
