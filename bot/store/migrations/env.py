"""Alembic's environment: runs migrations on the connection that bot/store/migrate.py opened."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    # SQLite cannot alter most things in place: tables are rebuilt in a batch.
    render_as_batch=True,
    # Everything or nothing: a crash midway leaves the database as it was.
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
