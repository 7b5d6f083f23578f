"""Joining a concern instead of repeating it: voices, and offers that wait for a choice.

Revision ID: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)


def _points_at(table: str, column: str, target: str) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}_{target}")
    return sa.Column(column, _row_id, key, nullable=False)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "concern_voice",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        _points_at("concern_voice", "concern_id", "concern"),
        _points_at("concern_voice", "person_id", "person"),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("consent", sa.String(20), nullable=False),
        sa.Column("consent_version", sa.Integer, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("withdrawn_at", _time),
        sa.UniqueConstraint("guild_id", "reference", name="uq_concern_voice_guild_id"),
        sa.UniqueConstraint("concern_id", "person_id", name="uq_concern_voice_concern_id"),
        sa.UniqueConstraint("intake", name="uq_concern_voice_intake"),
    )
    op.create_index("ix_concern_voice_person", "concern_voice", ["person_id"])
    op.create_table(
        "concern_offer",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        _points_at("concern_offer", "concern_id", "concern"),
        _points_at("concern_offer", "person_id", "person"),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("receipt", sa.LargeBinary),
        sa.Column("at", _time, nullable=False),
        sa.Column("due_at", _time, nullable=False),
        sa.UniqueConstraint("intake", name="uq_concern_offer_intake"),
    )
    op.create_index("ix_concern_offer_due", "concern_offer", ["due_at"])
    op.create_index("ix_concern_offer_person", "concern_offer", ["person_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("concern_offer")
    op.drop_table("concern_voice")
