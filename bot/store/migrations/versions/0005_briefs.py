"""Briefs: what is passed on to third parties, signed, frozen and sent.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)


def _points_at(table: str, column: str, target: str, *, null: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}_{target}")
    return sa.Column(column, _row_id, key, nullable=null)


def upgrade() -> None:
    """Make the tables of briefs."""
    op.create_table(
        "brief",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        _points_at("brief", "author_id", "person"),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("frozen", sa.LargeBinary),
        sa.Column("frozen_hash", sa.String(64)),
        sa.Column("created_at", _time, nullable=False),
        sa.Column("changed_at", _time, nullable=False),
        sa.Column("sent_at", _time),
        sa.Column("due_at", _time),
        sa.Column("replied_at", _time),
        sa.Column("published_at", _time),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("guild_id", "reference", name="uq_brief_guild_id"),
        sa.UniqueConstraint("intake", name="uq_brief_intake"),
    )
    op.create_index("ix_brief_state", "brief", ["guild_id", "state"])
    op.create_table(
        "brief_item",
        sa.Column("id", _row_id, primary_key=True),
        _points_at("brief_item", "brief_id", "brief"),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        _points_at("brief_item", "concern_id", "concern"),
        sa.Column("how", sa.String(8), nullable=False),
        sa.Column("consent", sa.String(20), nullable=False),
        sa.Column("source", sa.String(43), nullable=False),
        sa.Column("quote", sa.LargeBinary),
        _points_at("brief_item", "passed_by_id", "person", null=True),
        sa.Column("passed_at", _time),
        sa.Column("number", sa.Integer),
        sa.Column("gone", sa.String(12)),
        sa.Column("gone_at", _time),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("brief_id", "concern_id", name="uq_brief_item_brief_id"),
    )
    op.create_index("ix_brief_item_concern", "brief_item", ["concern_id"])
    op.create_table(
        "brief_signature",
        sa.Column("id", _row_id, primary_key=True),
        _points_at("brief_signature", "brief_id", "brief"),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        _points_at("brief_signature", "by_id", "person"),
        sa.Column("at", _time, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("brief_id", "by_id", name="uq_brief_signature_brief_id"),
    )
    op.create_table(
        "brief_event",
        sa.Column("id", _row_id, primary_key=True),
        _points_at("brief_event", "brief_id", "brief"),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("what", sa.String(30), nullable=False),
        _points_at("brief_event", "by_id", "person", null=True),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("note", sa.LargeBinary),
    )
    op.create_index("ix_brief_event_brief", "brief_event", ["brief_id", "id"])
    op.create_table(
        "concern_naming",
        sa.Column(
            "concern_id",
            _row_id,
            sa.ForeignKey("concern.id", name="fk_concern_naming_concern_id_concern"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.LargeBinary),
        sa.Column("asked_at", _time),
        sa.Column("named_at", _time),
    )


def downgrade() -> None:
    """Drop the tables of briefs."""
    for table in ("concern_naming", "brief_event", "brief_signature", "brief_item", "brief"):
        op.drop_table(table)
