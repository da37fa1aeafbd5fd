"""A new noun is its folders and one line: a throw-away noun appears everywhere, and no other file is changed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.databases import copy_sqlite, migrated_sqlite

ROOT = Path(__file__).resolve().parents[2]
NOUN = Path(__file__).parent / "new_noun"
PACKAGES = ("admin", "bot", "db", "locales", "tests")
PLACES = {
    *("menu", "commands", "taps", "links", "notices", "page", "panel menu", "matrix"),
    *("pack", "sweep", "my data", "export", "erasure", "check", "demo"),
}


def copied(folder: Path) -> Path:
    """The project, file by file as links, what is compiled of it included, with the noun's files in their places."""
    ignored = shutil.ignore_patterns("new_noun")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, copy_function=os.symlink, ignore=ignored)
        shutil.copytree(NOUN / package, folder / package, dirs_exist_ok=True)
    return folder


def announce(folder: Path) -> None:
    """The one line."""
    file = folder / "db" / "nouns.py"
    text = file.read_text(encoding="utf-8")
    file.unlink()
    file.write_text(text.replace('    "sites",\n', '    "sites",\n    "workshops",\n', 1), encoding="utf-8")


def found(folder: Path) -> set[str]:
    """Where the noun is found, by a process of its own that knows the copy only; of the schema it makes what is new."""
    (folder / "data").mkdir()
    copy_sqlite(migrated_sqlite(folder), folder / "data" / "opora.db")
    done = subprocess.run(
        [sys.executable, str(NOUN / "probe.py"), str(folder / "data")],
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {place for place, is_there in json.loads(done.stdout.splitlines()[-1]).items() if is_there}


def test_with_its_folders_and_one_line_it_is_everywhere(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    announce(folder)
    assert found(folder) == PLACES


LEFT_OUT = {
    "db/workshops/check.py": {"check"},
    "db/workshops/demo.py": {"demo"},
    "db/workshops/pack.py": {"pack"},
    "db/workshops/personal.py": {"my data", "export", "erasure"},
    "db/workshops/sweeps.py": {"sweep"},
    "bot/workshops/menu.py": {"menu", "commands"},
    "bot/workshops/notices.py": {"notices"},
    "admin/workshops/views.py": {"page", "panel menu"},
    "tests/workshops/matrix.py": {"matrix"},
}


def test_control_parts_that_are_left_out_are_missed(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    announce(folder)
    for file in LEFT_OUT:
        (folder / file).unlink()
    assert found(folder) == PLACES - set().union(*LEFT_OUT.values())


def test_control_without_the_line_it_is_nowhere(tmp_path: Path) -> None:
    assert found(copied(tmp_path)) == set()
