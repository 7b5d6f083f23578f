"""Casework: priority and the urgent lane, topic, labels, notes, merges, exclusions, macros.

Revision ID: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)
_OPEN = sa.text("state NOT IN ('closed', 'merged')")
_NOT_CLOSED = sa.text("state != 'closed'")


def _points(table: str, column: str, at: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{at}.id", name=f"fk_{table}_{column}_{at}")


def upgrade() -> None:
    """Make columns and tables; open concerns about a child are urgent from now on."""
    op.add_column(
        "concern", sa.Column("priority", sa.SmallInteger, nullable=False, server_default="2")
    )
    op.add_column("concern", sa.Column("urgent", sa.String(10)))
    op.add_column("concern", sa.Column("topic", sa.String(80)))
    op.add_column("concern_letter", sa.Column("copy_of_id", _row_id))
    op.execute("UPDATE concern SET priority = 0, urgent = 'child' WHERE kind = 'child'")
    op.drop_index("ix_concern_open", "concern")
    op.create_index(
        "ix_concern_queue",
        "concern",
        ["guild_id", "priority", "raised_at", "id"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_concern_topic", "concern", ["guild_id", "topic"])
    op.create_table(
        "concern_label",
        sa.Column(
            "concern_id", _row_id, _points("concern_label", "concern_id", "concern"), nullable=False
        ),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("label", sa.String(30), nullable=False),
        sa.PrimaryKeyConstraint("concern_id", "label", name="pk_concern_label"),
    )
    op.create_index("ix_concern_label_label", "concern_label", ["guild_id", "label", "concern_id"])
    op.create_table(
        "concern_note",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column(
            "concern_id", _row_id, _points("concern_note", "concern_id", "concern"), nullable=False
        ),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("by_id", _row_id, _points("concern_note", "by_id", "person")),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.UniqueConstraint("intake", name="uq_concern_note_intake"),
    )
    op.create_index("ix_concern_note_concern", "concern_note", ["concern_id", "id"])
    op.create_table(
        "concern_merge",
        sa.Column(
            "concern_id",
            _row_id,
            _points("concern_merge", "concern_id", "concern"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column(
            "into_id", _row_id, _points("concern_merge", "into_id", "concern"), nullable=False
        ),
        sa.Column("was_state", sa.String(12), nullable=False),
        sa.Column("was_reason", sa.String(20)),
        sa.Column("into_priority", sa.Integer, nullable=False),
        sa.Column("into_urgent", sa.String(10)),
        sa.Column("at", _time, nullable=False),
    )
    op.create_index("ix_concern_merge_into", "concern_merge", ["into_id"])
    op.create_table(
        "concern_exclusion",
        sa.Column(
            "concern_id",
            _row_id,
            _points("concern_exclusion", "concern_id", "concern"),
            nullable=False,
        ),
        sa.Column(
            "person_id",
            _row_id,
            _points("concern_exclusion", "person_id", "person"),
            nullable=False,
        ),
        sa.Column(
            "via_id", _row_id, _points("concern_exclusion", "via_id", "concern"), nullable=False
        ),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.PrimaryKeyConstraint("concern_id", "person_id", "via_id", name="pk_concern_exclusion"),
    )
    op.create_index("ix_concern_exclusion_person", "concern_exclusion", ["person_id"])
    op.create_table(
        "macro",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("changed_at", _time, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("guild_id", "name", name="uq_macro_guild_id"),
    )
    op.create_table(
        "guild_urgent",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("role_id", sa.BigInteger),
        sa.Column("help", sa.JSON, nullable=False),
        sa.Column("changed_at", _time, nullable=False),
    )


def downgrade() -> None:
    """Drop them. What was merged is open again."""
    op.execute("UPDATE concern SET state = 'reopened' WHERE state = 'merged'")
    for table in (
        "guild_urgent",
        "macro",
        "concern_exclusion",
        "concern_merge",
        "concern_note",
        "concern_label",
    ):
        op.drop_table(table)
    op.drop_index("ix_concern_topic", "concern")
    op.drop_index("ix_concern_queue", "concern")
    op.create_index(
        "ix_concern_open",
        "concern",
        ["guild_id", "raised_at", "id"],
        sqlite_where=_NOT_CLOSED,
        postgresql_where=_NOT_CLOSED,
    )
    op.drop_column("concern_letter", "copy_of_id")
    op.drop_column("concern", "topic")
    op.drop_column("concern", "urgent")
    op.drop_column("concern", "priority")
