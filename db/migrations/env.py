"""Alembic's entry: runs over the connection that `db.migrate` opened and locked."""

from alembic import context

from db.schema import metadata


def run() -> None:
    """Runs the chosen revisions in the given connection's transaction."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="db.base.",
    )
    context.run_migrations()


run()
