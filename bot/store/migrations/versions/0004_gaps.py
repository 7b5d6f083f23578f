"""Gaps: questions that no entry answers, and who wants to be told when one does.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "gap",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("entry_id", sa.String(40)),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("first_at", _time, nullable=False),
        sa.Column("last_at", _time, nullable=False),
        sa.UniqueConstraint("guild_id", "reference", name="uq_gap_guild_id"),
    )
    op.create_index("ix_gap_state", "gap", ["guild_id", "state", "asked"])
    op.create_table(
        "gap_question",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column(
            "gap_id",
            _row_id,
            sa.ForeignKey("gap.id", name="fk_gap_question_gap_id_gap"),
            nullable=False,
        ),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("why", sa.String(10), nullable=False),
        sa.Column("near", sa.String(40), nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.UniqueConstraint("intake", name="uq_gap_question_intake"),
    )
    op.create_index("ix_gap_question_gap", "gap_question", ["gap_id", "id"])
    op.create_index("ix_gap_question_guild", "gap_question", ["guild_id", "id"])
    op.create_table(
        "gap_waiter",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column(
            "gap_id",
            _row_id,
            sa.ForeignKey("gap.id", name="fk_gap_waiter_gap_id_gap"),
            nullable=False,
        ),
        sa.Column(
            "question_id",
            _row_id,
            sa.ForeignKey("gap_question.id", name="fk_gap_waiter_question_id_gap_question"),
            nullable=False,
        ),
        sa.Column(
            "person_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_gap_waiter_person_id_person"),
            nullable=False,
        ),
        sa.Column("at", _time, nullable=False),
        sa.UniqueConstraint("gap_id", "person_id", name="uq_gap_waiter_gap_id"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("gap_waiter", "gap_question", "gap"):
        op.drop_table(table)
