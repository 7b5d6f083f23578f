"""A letter is signed; a voice is what joins a concern, and nothing else.

Revision ID: 0024
"""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Call the column what it is."""
    op.alter_column("concern_letter", "voice", new_column_name="signed")


def downgrade() -> None:
    """Call it what it was."""
    op.alter_column("concern_letter", "signed", new_column_name="voice")
