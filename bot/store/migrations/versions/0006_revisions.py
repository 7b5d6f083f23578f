"""Revisions: edits of entries made on Discord, one server each.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "entry_revision",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("entry_id", sa.String(40), nullable=False),
        sa.Column("section", sa.String(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("base", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("gap", sa.String(12)),
        sa.Column(
            "author_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_entry_revision_author_id_person"),
            nullable=False,
        ),
        sa.Column(
            "publisher_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_entry_revision_publisher_id_person"),
        ),
        sa.Column("changed_at", _time, nullable=False),
        sa.Column("published_at", _time),
        sa.UniqueConstraint("guild_id", "reference", name="uq_entry_revision_guild_id"),
    )
    op.create_index("ix_entry_revision_entry", "entry_revision", ["guild_id", "entry_id", "id"])
    op.create_index("ix_entry_revision_state", "entry_revision", ["guild_id", "state", "id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("entry_revision")
