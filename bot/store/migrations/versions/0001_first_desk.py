"""The first desk: people, concerns, the outbox, placements, guild setups.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "desk_seal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "guild_setup",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("staff_channel_id", sa.BigInteger),
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("changed_at", _time, nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("fingerprint", sa.String(43), nullable=False),
        sa.Column("identity", sa.LargeBinary),
        sa.Column("text_key", sa.LargeBinary),
        sa.Column("since", _time, nullable=False),
        sa.UniqueConstraint("guild_id", "fingerprint", name="uq_person_guild_id"),
    )
    op.create_table(
        "concern",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("close_reason", sa.String(20)),
        sa.Column("consent", sa.String(20), nullable=False),
        sa.Column("consent_version", sa.Integer, nullable=False),
        sa.Column(
            "reporter_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_concern_reporter_id_person"),
            nullable=False,
        ),
        sa.Column(
            "claimed_by_id",
            _row_id,
            sa.ForeignKey("person.id", name="fk_concern_claimed_by_id_person"),
        ),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("about", sa.String(120), nullable=False),
        sa.Column("raised_at", _time, nullable=False),
        sa.Column("changed_at", _time, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("guild_id", "reference", name="uq_concern_guild_id"),
        sa.UniqueConstraint("intake", name="uq_concern_intake"),
    )
    op.create_index("ix_concern_reporter", "concern", ["reporter_id", "raised_at"])
    op.create_index(
        "ix_concern_open",
        "concern",
        ["guild_id", "raised_at", "id"],
        sqlite_where=sa.text("state != 'closed'"),
        postgresql_where=sa.text("state != 'closed'"),
    )
    op.create_table(
        "concern_event",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column(
            "concern_id",
            _row_id,
            sa.ForeignKey("concern.id", name="fk_concern_event_concern_id_concern"),
            nullable=False,
        ),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("what", sa.String(30), nullable=False),
        sa.Column(
            "by_id", _row_id, sa.ForeignKey("person.id", name="fk_concern_event_by_id_person")
        ),
        sa.Column("detail", sa.JSON, nullable=False),
    )
    op.create_index("ix_concern_event_concern", "concern_event", ["concern_id", "id"])
    op.create_table(
        "concern_letter",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column(
            "concern_id",
            _row_id,
            sa.ForeignKey("concern.id", name="fk_concern_letter_concern_id_concern"),
            nullable=False,
        ),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("direction", sa.String(15), nullable=False),
        sa.Column(
            "by_id", _row_id, sa.ForeignKey("person.id", name="fk_concern_letter_by_id_person")
        ),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("delivery", sa.String(10), nullable=False),
        sa.UniqueConstraint("intake", name="uq_concern_letter_intake"),
    )
    op.create_index("ix_concern_letter_concern", "concern_letter", ["concern_id", "id"])
    op.create_table(
        "placement",
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "subject", name="pk_placement"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("lane", sa.String(80), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", _time, nullable=False),
        sa.Column("not_before", _time, nullable=False),
        sa.Column("claimed_until", _time),
        sa.Column("finished_at", _time),
        sa.Column("trouble", sa.String(200)),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_due", "outbox", ["state", "not_before", "id"])
    op.create_index("ix_outbox_lane", "outbox", ["lane", "id"])


def downgrade() -> None:
    """Drop everything: before the first desk there was nothing."""
    for table in (
        "outbox",
        "placement",
        "concern_letter",
        "concern_event",
        "concern",
        "person",
        "guild_setup",
        "desk_seal",
    ):
        op.drop_table(table)
