"""Moderation cases, what happened to them, what members reported and appealed.

Revision ID: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)


def _link(table: str, column: str, to: str, *, nullable: bool = True) -> sa.Column[int]:
    key = sa.ForeignKey(f"{to}.id", name=f"fk_{table}_{column}_{to}")
    return sa.Column(column, _row_id, key, nullable=nullable)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "mod_case",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("subject_print", sa.String(43)),
        sa.Column("subject", sa.LargeBinary),
        _link("mod_case", "subject_id", "person"),
        sa.Column("matter", sa.String(43)),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("role_id", sa.BigInteger),
        sa.Column("seconds", sa.Integer),
        _link("mod_case", "by_id", "person"),
        sa.Column("text_key", sa.LargeBinary),
        sa.Column("reason", sa.LargeBinary),
        sa.Column("link", sa.String(150), nullable=False),
        sa.Column("evidence_print", sa.String(43)),
        sa.Column("evidence", sa.LargeBinary),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("code_print", sa.String(43)),
        sa.Column("opened_at", _time, nullable=False),
        sa.Column("done_at", _time),
        sa.Column("until", _time),
        sa.Column("ended_at", _time),
        sa.Column("fades_at", _time),
        sa.Column("told", sa.String(4), nullable=False),
        sa.Column("trouble", sa.String(200), nullable=False),
        sa.Column("changed_at", _time, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("guild_id", "reference", name="uq_mod_case_guild_id"),
        sa.UniqueConstraint("intake", name="uq_mod_case_intake"),
        sa.UniqueConstraint("code_print", name="uq_mod_case_code_print"),
    )
    op.create_index("ix_mod_case_subject", "mod_case", ["guild_id", "subject_print", "id"])
    op.create_index("ix_mod_case_matter", "mod_case", ["guild_id", "matter"])
    op.create_index("ix_mod_case_until", "mod_case", ["state", "until"])
    op.create_table(
        "mod_event",
        sa.Column("id", _row_id, primary_key=True),
        _link("mod_event", "case_id", "mod_case", nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        _link("mod_event", "by_id", "person"),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("note", sa.LargeBinary),
    )
    op.create_index("ix_mod_event_case", "mod_event", ["case_id", "id"])
    op.create_table(
        "mod_report",
        sa.Column("id", _row_id, primary_key=True),
        _link("mod_report", "case_id", "mod_case", nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        _link("mod_report", "reporter_id", "person", nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("words", sa.LargeBinary),
        sa.Column("heard_at", _time),
        sa.UniqueConstraint("case_id", "reporter_id", name="uq_mod_report_case_id"),
        sa.UniqueConstraint("intake", name="uq_mod_report_intake"),
    )
    op.create_index("ix_mod_report_reporter", "mod_report", ["reporter_id", "at"])
    op.create_table(
        "mod_appeal",
        sa.Column("id", _row_id, primary_key=True),
        _link("mod_appeal", "case_id", "mod_case", nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("due", _time, nullable=False),
        sa.Column("told_due_at", _time),
        sa.Column("door", sa.String(10), nullable=False),
        sa.Column("words", sa.LargeBinary),
        sa.Column("outcome", sa.String(10)),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("decided_at", _time),
        _link("mod_appeal", "decided_by_id", "person"),
        sa.UniqueConstraint("case_id", name="uq_mod_appeal_case_id"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("mod_appeal")
    op.drop_table("mod_report")
    op.drop_table("mod_event")
    op.drop_table("mod_case")
