"""Filling an empty database with the pack's demo, once."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from db.database import Database
from db.dictionaries.models import Setting
from db.packs import Pack

DEMO_LOGIN = "region"
DEMO_PASSWORD = "opora-demo-2026"  # noqa: S105  printed by `make run`, for the sandbox on one's own machine
MARK = "demo"


def fill(database: Database, *, pack: Pack, data_dir: Path, now: datetime, password: str = DEMO_PASSWORD) -> bool:
    """Makes the demo in one transaction, `password` opening all its accounts. Returns whether anything was made.

    Files of evidence are written before the commit: a stop halfway leaves files that no row knows, never the reverse.
    """
    if database.read(done, pack=pack):
        return False
    return database.write(_make, pack=pack, data_dir=data_dir, now=now, password=password)


def done(session: Session, *, pack: Pack) -> bool:
    """Whether there is nothing to make: it was made before, or the pack has no recipe."""
    return session.get(Setting, MARK) is not None or not pack.section("demo")


def _make(session: Session, *, pack: Pack, data_dir: Path, now: datetime, password: str) -> bool:
    # Imported here: the second start has nothing to make and should not wait for what draws documents.
    from db.demo.world import World
    from db.nouns import DEMO, parts

    if session.get(Setting, MARK) is not None:
        return False
    session.add(Setting(key=MARK, value={"pack": pack.name}))
    session.flush()
    world = World(session, pack, now, data_dir, password)
    for part in parts(DEMO).values():
        part.make(world)
    return True
