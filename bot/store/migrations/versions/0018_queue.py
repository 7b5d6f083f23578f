"""The queue's indexes, the tally of concerns, and the views that staff keep.

Revision ID: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_OPEN = sa.text("state NOT IN ('closed', 'merged')")
_WHILE_OPEN = {
    "ix_concern_kind": ["guild_id", "kind", "priority", "raised_at", "id"],
    "ix_concern_holder": ["guild_id", "claimed_by_id", "priority", "raised_at", "id"],
    "ix_concern_quiet": ["guild_id", "changed_at", "id"],
}


def upgrade() -> None:
    """Make them; the tally begins with what there is."""
    op.create_index(
        "ix_concern_state", "concern", ["guild_id", "state", "priority", "raised_at", "id"]
    )
    for name, columns in _WHILE_OPEN.items():
        op.create_index(name, "concern", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "concern_tally",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
    )
    op.create_index(
        "ix_concern_tally_guild", "concern_tally", ["guild_id", "state", "kind", "amount"]
    )
    op.execute(
        "INSERT INTO concern_tally (guild_id, state, kind, amount) "
        "SELECT guild_id, state, kind, count(*) FROM concern GROUP BY guild_id, state, kind"
    )
    op.create_table(
        "triage_view",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column(
            "owner_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_triage_view_owner_id_person"),
            nullable=False,
        ),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("named", sa.Boolean, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("owner_id", "intake", name="uq_triage_view_owner_id"),
    )
    op.create_index("ix_triage_view_owner", "triage_view", ["owner_id", "used_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("triage_view")
    op.drop_table("concern_tally")
    for name in ("ix_concern_state", *_WHILE_OPEN):
        op.drop_index(name, "concern")
