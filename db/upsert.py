"""INSERT … ON CONFLICT, which both databases know and SQLAlchemy spells per database."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert(session: Session, table: Any) -> sqlite.Insert | postgresql.Insert:
    """An INSERT with `.on_conflict_do_nothing` and `.on_conflict_do_update` for the session's database."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
