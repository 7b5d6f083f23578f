"""The audit: append-only, chained, and guarded by triggers.

A later migration that rebuilds `audit` on SQLite (a batch) drops these triggers and must make
them again.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_time = sa.DateTime(timezone=True)

_SQLITE = (
    """
    CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
    """,
    # Retention first moves `kept_after` (under a keyed proof), and may then let go of what is
    # before it.
    """
    CREATE TRIGGER audit_undeleted BEFORE DELETE ON audit
    WHEN OLD.number > COALESCE(
        (SELECT kept_after FROM audit_chain WHERE guild_id = OLD.guild_id), 0)
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
    """,
    """
    CREATE TRIGGER audit_chain_undeleted BEFORE DELETE ON audit_chain
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
    """,
)
_POSTGRES = (
    """
    CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit' THEN
            IF OLD.number <= COALESCE(
                (SELECT kept_after FROM audit_chain WHERE guild_id = OLD.guild_id), 0)
            THEN
                RETURN OLD;
            END IF;
        END IF;
        RAISE EXCEPTION 'the audit is append-only';
    END $$
    """,
    """
    CREATE TRIGGER audit_unchanged BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()
    """,
    """
    CREATE TRIGGER audit_untruncated BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
    """,
    """
    CREATE TRIGGER audit_chain_undeleted BEFORE DELETE ON audit_chain
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()
    """,
)


def upgrade() -> None:
    """Make the audit and its guards."""
    op.create_table(
        "audit",
        sa.Column("id", _row_id, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", _time, nullable=False),
        sa.Column("actor_id", _row_id, sa.ForeignKey("person.id", name="fk_audit_actor_id_person")),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("hash", sa.String(43), nullable=False),
        sa.UniqueConstraint("guild_id", "number", name="uq_audit_guild_id"),
    )
    op.create_table(
        "audit_chain",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(43), nullable=False),
        sa.Column("kept_after", sa.Integer, nullable=False),
        sa.Column("kept_hash", sa.String(43), nullable=False),
        sa.Column("kept_proof", sa.String(43), nullable=False),
    )
    guards = _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRES
    for statement in guards:
        op.execute(statement)


def downgrade() -> None:
    """Drop the audit with its guards."""
    op.drop_table("audit")
    op.drop_table("audit_chain")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse()")
