"""Bringing a database to the code's schema; one process at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from db.engine import make_engine, writing

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"
LOCK = 7_041_955  # any number, the same in every process


def configuration(url: str) -> "Config":
    """Alembic's configuration for this database, without an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Upgrades; others wait (PostgreSQL's advisory lock, SQLite's write lock)."""
    engine = make_engine(url)
    try:
        if revision == "head" and is_current(engine):
            return
    finally:
        engine.dispose()
    # Alembic takes longer to import than everything else that a second start does.
    from alembic import command

    _run(url, lambda config: command.upgrade(config, revision))


def make_tables(connection: Connection) -> None:
    """Migrates an empty database within a transaction that is the caller's to commit."""
    from alembic import command

    config = configuration(connection.engine.url.render_as_string())
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def downgrade(url: str, revision: str) -> None:
    """Downgrades: for the stairway test and for a way back."""
    from alembic import command

    _run(url, lambda config: command.downgrade(config, revision))


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest revision; files of revisions begin with their numbers."""
    with engine.connect() as connection:
        return is_current_here(connection)


def is_current_here(connection: Connection) -> bool:
    """The same within the caller's transaction."""
    newest = max(path.stem.partition("_")[0] for path in FOLDER.glob("versions/[0-9]*.py"))
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [newest]


def _run(url: str, action: Callable[["Config"], None]) -> None:
    config = configuration(url)
    engine = make_engine(url)
    try:
        with writing(engine).connect() as connection:
            if engine.dialect.name == "sqlite":
                # Rebuilding a table must not trip over rows that point at it; SQLite obeys this outside a transaction.
                _foreign_keys(connection, "OFF")
            with connection.begin():
                keep_others_waiting(connection)
                config.attributes["connection"] = connection
                action(config)
            if engine.dialect.name == "sqlite":
                _foreign_keys(connection, "ON")
    finally:
        engine.dispose()


def keep_others_waiting(connection: Connection) -> None:
    """No other process migrates until this transaction ends; SQLite's write lock does the same."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def _foreign_keys(connection: Connection, switch: str) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={switch}")
    cursor.close()
