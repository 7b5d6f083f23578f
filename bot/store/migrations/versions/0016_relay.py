"""Letters that are signed, changed and taken back, and files that come with them.

Revision ID: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)

_COLUMNS = (
    "voice",
    "signature",
    "edited_at",
    "taken_back_at",
    "revision",
    "shown",
    "place",
)


def upgrade() -> None:
    """Add columns and tables; earlier letters are the desk's."""
    for column in (
        sa.Column("voice", sa.String(10), nullable=False, server_default="desk"),
        sa.Column("signature", sa.LargeBinary),
        sa.Column("edited_at", _time),
        sa.Column("taken_back_at", _time),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("shown", sa.Integer, nullable=False, server_default="0"),
        sa.Column("place", sa.LargeBinary),
    ):
        op.add_column("concern_letter", column)
    op.create_table(
        "concern_letter_past",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        _to("concern_letter_past", "concern_id", "concern", nullable=False),
        _to("concern_letter_past", "letter_id", "concern_letter", nullable=False),
        _to("concern_letter_past", "by_id", "person", nullable=True),
        sa.Column("at", _time, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_concern_letter_past_concern", "concern_letter_past", ["concern_id", "id"])
    op.create_table(
        "concern_attachment",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        _to("concern_attachment", "concern_id", "concern", nullable=False),
        _to("concern_attachment", "letter_id", "concern_letter", nullable=True),
        sa.Column("origin", sa.String(43), nullable=False),
        sa.Column("form", sa.String(10), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("origin", name="uq_concern_attachment_origin"),
    )
    op.create_index("ix_concern_attachment_concern", "concern_attachment", ["concern_id", "id"])


def downgrade() -> None:
    """Drop them, and with them the files."""
    op.drop_table("concern_attachment")
    op.drop_table("concern_letter_past")
    for column in reversed(_COLUMNS):
        op.drop_column("concern_letter", column)


def _to(table: str, column: str, other: str, *, nullable: bool) -> sa.Column[int]:
    name = f"fk_{table}_{column}_{other}"
    return sa.Column(column, _row_id, sa.ForeignKey(f"{other}.id", name=name), nullable=nullable)
