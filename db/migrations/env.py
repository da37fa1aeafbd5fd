"""Alembic's entry: runs over the connection that `db.migrate` opened and locked."""

from typing import Any

from alembic import context
from alembic.operations import Operations

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
    migration = context.get_context()
    with Operations.context(migration) as operations:
        whole = operations.batch_alter_table

        def one_table(*args: Any, **options: Any) -> Any:
            """Reads the table that is built anew, and not all those that it points at: a half of a first start."""
            return whole(*args, **options | {"reflect_kwargs": {"resolve_fks": False}})

        operations.batch_alter_table = one_table  # type: ignore[method-assign]
        migration.run_migrations()


run()
