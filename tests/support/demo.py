"""The demo as files to copy: made once for each run of the tests, because making it takes a while."""

import fcntl
import shutil
from pathlib import Path

from db.database import Database
from tests.support.databases import copy_sqlite, made_sqlite
from tests.support.town import MONDAY

NAME = "opora.db"


def demo_copy(folder: Path) -> str:
    """A sandbox's data as on a Monday in March 2026: database and documents in the folder; returns DATABASE_URL."""
    made = _made(folder)
    shutil.copytree(made / "documents", folder / "documents")
    return copy_sqlite(made / NAME, folder / NAME)


def _made(folder: Path) -> Path:
    """Returns what the first test process that asks has made; all of a run have their folders under one."""
    run = next((one for one in folder.parents if one.parent.name.startswith("pytest-of")), folder.parent)
    place = run / "demo-to-copy"
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "done").exists():
            _make(place)
            (place / "done").touch()
    return place


def _make(place: Path) -> None:
    from db.demo.fill import fill
    from db.packs import load_pack

    file = made_sqlite(place / NAME)
    database, pack = Database.connect(f"sqlite:///{file}"), load_pack("chelyabinsk")
    assert fill(database, pack=pack, data_dir=place, now=MONDAY)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
