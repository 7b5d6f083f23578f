"""The question queue of sessions: what is asked, and who upvoted it.

Revision ID: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_when = sa.DateTime(timezone=True)


def _points(table: str, name: str, to: str, *, nullable: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{to}.id", name=f"fk_{table}_{name}_{to}")
    return sa.Column(name, _row_id, key, nullable=nullable)


def upgrade() -> None:
    """Make the tables."""
    name = "session_question"
    op.create_table(
        name,
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("intake", sa.String(43), nullable=False),
        _points(name, "session_id", "session"),
        _points(name, "author_id", "person"),
        sa.Column("content", sa.LargeBinary),
        sa.Column("stage", sa.String(10), nullable=False),
        _points(name, "into_id", name, nullable=True),
        sa.Column("newcomer", sa.Boolean, nullable=False),
        _points(name, "holder_id", "person", nullable=True),
        sa.Column("held_at", _when),
        sa.Column("due_at", _when),
        sa.Column("at", _when, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("guild_id", "reference", name="uq_session_question_guild_id"),
        sa.UniqueConstraint("intake", name="uq_session_question_intake"),
    )
    op.create_index("ix_session_question_session", name, ["session_id", "stage"])
    op.create_table(
        "session_upvote",
        _points("session_upvote", "question_id", name),
        _points("session_upvote", "person_id", "person"),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("question_id", "person_id", name="pk_session_upvote"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("session_upvote")
    op.drop_table("session_question")
