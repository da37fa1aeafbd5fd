"""Migrations go up and down and end where the models are, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from db.engine import make_engine
from db.migrate import configuration, downgrade, upgrade
from db.schema import metadata


def test_stairway_every_step_goes_up_down_and_up_again(empty_database_url: str) -> None:
    script = ScriptDirectory.from_config(configuration(empty_database_url))
    for step in reversed(list(script.walk_revisions())):
        upgrade(empty_database_url, step.revision)
        downgrade(empty_database_url, step.down_revision or "base")
        upgrade(empty_database_url, step.revision)


def test_the_models_match_the_migrations(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert not differences


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
