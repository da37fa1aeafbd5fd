"""A region pack is written by hand: what is wrong with it is told by its file, and nothing of it is kept."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.clock import Clock
from db.database import Database
from db.dictionaries.models import Municipality
from db.errors import SettingsError
from db.packs import FOLDER, Pack
from db.packs.loading import load
from db.people.models import ConsentText

BROKEN = [
    ("dictionaries", "municipalities:", "towns:", "dictionaries.yaml, organisations.yaml: 'municipalities' is missing"),
    ("dictionaries", "municipalities:", "municipalities: [", "dictionaries.yaml: while parsing"),
    ("pack", "consent:", "agreement:", "pack.yaml: 'consent' is missing"),
    ("pack", "{purposes}", "", "pack.yaml: the consent's text needs {purposes}"),
    ("sites", "municipality:", "town:", "sites.yaml: 'municipality' is missing"),
    ("campaigns", "criteria:", "questions:", "campaigns.yaml: 'criteria' is missing"),
]


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return Pack(Path(shutil.copytree(FOLDER / "chelyabinsk", tmp_path / "ours")))


def change(pack: Pack, name: str, old: str, new: str) -> None:
    path = pack.folder / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def counts(session: Session) -> tuple[int, int]:
    towns, texts = (session.scalar(select(func.count()).select_from(model)) for model in (Municipality, ConsentText))
    return towns or 0, texts or 0


@pytest.mark.parametrize(("name", "old", "new", "told"), BROKEN)
def test_a_wrong_pack_is_refused_by_its_file_and_leaves_nothing(
    pack: Pack, database: Database, name: str, old: str, new: str, told: str
) -> None:
    before = database.read(counts)
    change(pack, name, old, new)
    with pytest.raises(SettingsError) as refused:
        database.write(load, pack=pack, now=Clock().now())
    assert str(refused.value).startswith(f"pack ours, {told}")
    assert database.read(counts) == before


def test_a_wrong_questionnaire_says_where(pack: Pack, database: Database) -> None:
    name = next(path.stem for path in pack.folder.glob("instruments/*.yaml"))
    change(pack, f"instruments/{name}", "title:", "heading:")
    with pytest.raises(SettingsError, match=r"pack ours, instruments/: .*title"):
        database.write(load, pack=pack, now=Clock().now())
