"""Run by Alembic: migrates over the connection that `analyzer.store.migrating` hands in."""

from alembic import context

from analyzer.store.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
