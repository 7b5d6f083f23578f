"""Round-ups of sessions: the host's words, answers, and pinned messages.

Revision ID: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_when = sa.DateTime(timezone=True)


def _points(table: str, name: str, to: str, *, nullable: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{to}.id", name=f"fk_{table}_{name}_{to}")
    return sa.Column(name, _row_id, key, nullable=nullable, autoincrement=False)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "roundup",
        _points("roundup", "session_id", "session"),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("opening", sa.Text, nullable=False),
        sa.Column("links", sa.Text, nullable=False),
        sa.Column("attendance", sa.Integer, nullable=False),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("drafted_at", _when, nullable=False),
        sa.Column("changed_at", _when, nullable=False),
        sa.Column("published_at", _when),
        sa.Column("stale", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_roundup"),
    )
    op.create_table(
        "roundup_answer",
        _points("roundup_answer", "question_id", "session_question"),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("left_out", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("question_id", name="pk_roundup_answer"),
    )
    op.create_table(
        "roundup_point",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        _points("roundup_point", "session_id", "session"),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        _points("roundup_point", "author_id", "person", nullable=True),
        sa.Column("content", sa.LargeBinary),
        sa.Column("allowed", sa.String(8), nullable=False),
        sa.Column("left_out", sa.Boolean, nullable=False),
        sa.UniqueConstraint("session_id", "message_id", name="uq_roundup_point_session_id"),
    )
    op.create_index("ix_roundup_point_session_id", "roundup_point", ["session_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("roundup_point")
    op.drop_table("roundup_answer")
    op.drop_table("roundup")
