"""The demo as files to copy: made once for each test process, because making it takes seconds."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from db.database import Database
from tests.support.databases import copy_sqlite, made_sqlite
from tests.support.town import MONDAY

NAME = "opora.db"


@cache
def _made() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    from db.demo.fill import fill
    from db.packs import load_pack

    kept = tempfile.TemporaryDirectory(prefix="opora-demo-")  # lives as long as the cache
    folder = Path(kept.name)
    file = made_sqlite(folder / NAME)
    database, pack = Database.connect(f"sqlite:///{file}"), load_pack("chelyabinsk")
    assert fill(database, pack=pack, data_dir=folder, now=MONDAY)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return kept, folder


def demo_copy(folder: Path) -> str:
    """A sandbox's data as on a Monday in March 2026: database and documents in the folder; returns DATABASE_URL."""
    _, made = _made()
    shutil.copytree(made / "documents", folder / "documents")
    return copy_sqlite(made / NAME, folder / NAME)
