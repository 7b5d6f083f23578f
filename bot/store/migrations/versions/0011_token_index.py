"""The word index of the ledger, as keyed tokens.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables; what was raised before is brought in by the desk's daily work."""
    op.create_table(
        "concern_index",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("walked_to", _row_id, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.UniqueConstraint("guild_id", "number", name="uq_concern_index_guild_id"),
    )
    op.create_table(
        "concern_token",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("token", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column(
            "concern_id",
            _row_id,
            sa.ForeignKey("concern.id", name="fk_concern_token_concern_id_concern"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("weight", sa.SmallInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_concern_token_concern", "concern_token", ["concern_id", "token", "weight"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("concern_token")
    op.drop_table("concern_index")
