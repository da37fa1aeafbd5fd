"""The demo as files to copy: made once for each run of the tests, because making it takes a while."""

import shutil
from functools import partial
from pathlib import Path

from db.database import Database
from tests.support.databases import copy_sqlite, migrated_sqlite, once, settle_sqlite
from tests.support.town import MONDAY

NAME = "opora.db"
CHELYABINSK = "chelyabinsk"


def demo_copy(folder: Path, pack: str = CHELYABINSK) -> str:
    """A sandbox's data as on a Monday in March 2026: database and documents in the folder; returns DATABASE_URL."""
    made = once(folder, f"demo-{pack}", partial(_make, name=pack))
    if (made / "documents").exists():
        shutil.copytree(made / "documents", folder / "documents")
    return copy_sqlite(made / NAME, folder / NAME)


def _make(place: Path, *, name: str) -> None:
    from db.demo.fill import fill
    from db.packs import load_pack
    from db.packs.loading import load

    url, pack = copy_sqlite(migrated_sqlite(place), place / NAME), load_pack(name)
    database = Database.connect(url)
    database.write(load, pack=pack, now=MONDAY)
    assert fill(database, pack=pack, data_dir=place, now=MONDAY)
    database.close()
    settle_sqlite(place / NAME)
