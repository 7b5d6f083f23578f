"""E-mail: which messages were taken, and those that wait for staff.

Revision ID: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "mail_taken",
        sa.Column("intake", sa.String(43), nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("intake", name="pk_mail_taken"),
    )
    op.create_index("ix_mail_taken_at", "mail_taken", ["at"])
    op.create_table(
        "mail_held",
        sa.Column("id", _Id, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("person_id", _Id, nullable=False),
        sa.Column("concern_id", _Id, nullable=True),
        sa.Column("why", sa.String(12), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mail_held"),
        sa.UniqueConstraint("guild_id", "reference", name="uq_mail_held_guild_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_mail_held_person_id_person"),
        sa.ForeignKeyConstraint(
            ["concern_id"], ["concern.id"], name="fk_mail_held_concern_id_concern"
        ),
    )
    op.create_index("ix_mail_held_person", "mail_held", ["person_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_mail_held_person", "mail_held")
    op.drop_table("mail_held")
    op.drop_index("ix_mail_taken_at", "mail_taken")
    op.drop_table("mail_taken")
