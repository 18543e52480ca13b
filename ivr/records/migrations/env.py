"""Runs the migrations on the connection that `ivr.records.database.upgrade` hands over."""

from alembic import context

from ivr.records.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
)
with context.begin_transaction():
    context.run_migrations()
