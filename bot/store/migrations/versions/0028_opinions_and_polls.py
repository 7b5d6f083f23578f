"""Opinion maps and polls: what is asked, said and voted.

Revision ID: 0028
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)
_live = sa.text("state <> 'closed'")


def _points(table: str, column: str, to: str, *, nullable: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{to}.id", name=f"fk_{table}_{column}_{to}")
    return sa.Column(column, _row_id, key, nullable=nullable)


def _guild() -> sa.Column[int]:
    return sa.Column("guild_id", sa.BigInteger, nullable=False)


def _asked(table: str, question: int, *columns: sa.Column[Any]) -> None:
    op.create_table(
        table,
        sa.Column("id", _row_id, primary_key=True),
        _guild(),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("intake", sa.String(43), nullable=False),
        _points(table, "session_id", "session", nullable=True),
        sa.Column("question", sa.String(question), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("opened_at", _time, nullable=False),
        sa.Column("closes_at", _time, nullable=False),
        sa.Column("closed_at", _time),
        *columns,
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("guild_id", "reference", name=f"uq_{table}_guild_id"),
        sa.UniqueConstraint("intake", name=f"uq_{table}_intake"),
    )
    op.create_index(
        f"ix_{table}_live", table, ["closes_at"], sqlite_where=_live, postgresql_where=_live
    )
    op.create_index(f"ix_{table}_session", table, ["session_id"])


def upgrade() -> None:
    """Make the tables."""
    _asked(
        "opinion_map",
        200,
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("drawn_at", _time),
        sa.Column("figures", sa.JSON),
        sa.Column("late", sa.Boolean, nullable=False),
    )
    op.create_table(
        "opinion_statement",
        sa.Column("id", _row_id, primary_key=True),
        _guild(),
        _points("opinion_statement", "map_id", "opinion_map"),
        sa.Column("number", sa.Integer, nullable=False),
        _points("opinion_statement", "author_id", "person"),
        sa.Column("content", sa.LargeBinary),
        sa.Column("print", sa.String(43), nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.UniqueConstraint("map_id", "number", name="uq_opinion_statement_map_id"),
        sa.UniqueConstraint("map_id", "print", name="uq_opinion_statement_print"),
    )
    op.create_index("ix_opinion_statement_next", "opinion_statement", ["map_id", "stage", "seen"])
    op.create_table(
        "opinion_voter",
        _points("opinion_voter", "map_id", "opinion_map"),
        _points("opinion_voter", "person_id", "person"),
        _guild(),
        sa.Column("votes", sa.LargeBinary, nullable=False),
        sa.Column("round", sa.Integer),
        sa.Column("serving", sa.Integer),
        sa.PrimaryKeyConstraint("map_id", "person_id", name="pk_opinion_voter"),
    )
    _asked(
        "poll",
        300,
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("hidden", sa.Boolean, nullable=False),
        sa.Column("native", sa.Boolean, nullable=False),
        sa.Column("result", sa.JSON),
    )
    op.create_table(
        "poll_ballot",
        _points("poll_ballot", "poll_id", "poll"),
        _points("poll_ballot", "person_id", "person"),
        _guild(),
        sa.Column("ballot", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("poll_id", "person_id", name="pk_poll_ballot"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("poll_ballot", "poll", "opinion_voter", "opinion_statement", "opinion_map"):
        op.drop_table(table)
