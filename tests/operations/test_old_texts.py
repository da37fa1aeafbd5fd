"""Texts of before every text had one form: an upgrade brings them into it, and makes nobody two people or one."""

import unicodedata
from pathlib import Path

import pytest
from sqlalchemy import text

from db.check import problems
from db.engine import make_engine
from db.migrate import upgrade
from tests.support import revisions
from tests.support.revisions import Rows

PLAIN = "Королёва Анна Йовна"
APART = unicodedata.normalize("NFD", PLAIN)


def old() -> Rows:
    """The rows of the version before, with what people's machines had typed into them."""
    rows = revisions.load("0019")
    school, person = rows["organisation"][0], rows["person"][0]
    place = school["municipality_id"]
    names = ["Лицей\u00a0\u201c№ 1\u201d", "Школа \u00abЮность\u00bb", 'Школа "Юность"', "Сад «Центр «Юность»»"]
    rows["organisation"] += [{**school, "id": 900 + number, "name": name} for number, name in enumerate(names)]
    there = {**person, "municipality_id": place, "organisation_id": 900, "erased_at": None}
    rows["person"] += [
        {**there, "id": 900, "full_name": APART},
        {**there, "id": 901, "full_name": "Ким\u200b Ольга"},
        {**there, "id": 902, "full_name": "Ким Ольга"},
    ]
    rows["registration"][0]["comment"] = "Спасибо\u200b, й\u0306\r\nещё"
    return rows


@pytest.fixture
def upgraded(empty_database_url: str) -> str:
    upgrade(empty_database_url, "0019")
    engine = make_engine(empty_database_url)
    revisions.put(engine, old())
    engine.dispose()
    upgrade(empty_database_url)
    return empty_database_url


def asked(url: str, query: str) -> list[object]:
    engine = make_engine(url)
    with engine.connect() as connection:
        found = list(connection.scalars(text(query)))
    engine.dispose()
    return found


def test_old_names_and_words_get_their_one_form_but_who_would_be_called_as_another(
    upgraded: str, tmp_path: Path
) -> None:
    """A name in decomposed letters was found by neither spelling, and its owner could become two."""
    assert asked(upgraded, "SELECT full_name FROM person WHERE id = 900") == [PLAIN]
    assert asked(upgraded, "SELECT name FROM organisation WHERE id = 900") == ["Лицей «№ 1»"]
    assert asked(upgraded, "SELECT name FROM organisation WHERE id = 903") == ["Сад «Центр „Юность“»"]
    assert "Спасибо, й\u0306\nещё" in asked(upgraded, "SELECT comment FROM registration")
    # Who would be called as another is left, and told of.
    assert asked(upgraded, "SELECT name FROM organisation WHERE id IN (901, 902) ORDER BY id") == [
        "Школа «Юность»",
        'Школа "Юность"',
    ]
    assert asked(upgraded, "SELECT full_name FROM person WHERE id IN (901, 902) ORDER BY id") == [
        "Ким\u200b Ольга",
        "Ким Ольга",
    ]
    engine = make_engine(upgraded)
    told = [one for one in problems(engine, tmp_path) if "in other signs" in one]
    engine.dispose()
    assert [one.split(":")[0] for one in told] == ["organisation 902", "person 901"]
