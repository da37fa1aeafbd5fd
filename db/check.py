"""`python -m db check`: what must be true of a sound database, asked of the database itself."""

from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from db import leftovers
from db.migrate import is_current
from db.nouns import CHECK, parts
from db.storage import Storage

SHOWN = 5


def problems(engine: Engine, data_dir: Path) -> list[str]:
    """Every broken promise in one line; empty for a sound database. Changes nothing."""
    if not is_current(engine):
        return ["the schema is not this version's: run `python -m db upgrade`"]
    found: list[str] = []
    storage = Storage(data_dir)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.execute(text("PRAGMA integrity_check"))
            found += [f"integrity: {row[0]}" for row in rows if row[0] != "ok"]
            rows = connection.execute(text("PRAGMA foreign_key_check"))
            found += [f"{row[0]} {row[1]}: points at nothing in {row[2]}" for row in rows]
        found += [
            f"{path}: left by a killed backup or restore, with everybody's data; the bot removes it within an hour"
            for path in leftovers.left(engine.url, data_dir)
        ]
        for part in parts(CHECK).values():
            for rule, query in part.RULES.items():
                found += _some([f"{row[0]}: {rule}" for row in connection.execute(text(query))])
            for look in part.LOOKS:
                found += _some(look(Session(connection), storage=storage))
    return found


def _some(lines: list[str]) -> list[str]:
    """The first of many of a kind: one fault must not bury the others."""
    rest = len(lines) - SHOWN
    return lines if rest <= 0 else [*lines[:SHOWN], f"… and {rest} more like the last one"]
