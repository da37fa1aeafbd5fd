"""One search by words, on both engines: a name is found however it is typed."""

import ast
import unicodedata
from pathlib import Path

import pytest
from sqlalchemy import select

from db.clock import FrozenClock
from db.database import Database
from db.people.models import Person
from db.search import matches, natural
from tests.support.town import add_teacher

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("Королёва-Мюллер Алёна Петровна", "Королев Пётр Ильич", "100% Проверка_связи")


@pytest.fixture
def people(database: Database, clock: FrozenClock) -> Database:
    for number, name in enumerate(NAMES):
        person_id = database.write(add_teacher, external_id=number + 1, name="Кто-то", now=clock.now())
        database.write(lambda session, key=person_id, value=name: setattr(session.get(Person, key), "full_name", value))
    return database


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("королева алена", (0,)),
        ("АЛЁНА КОРОЛЁВА", (0,)),
        (unicodedata.normalize("NFD", "алёна"), (0,)),
        ("  петровна   мюллер ", (0,)),
        ("короле", (0, 1)),
        ("петр", (0, 1)),
        ("ильич королёв", (1,)),
        ("королев сидоров", ()),
        ("100%", (2,)),
        ("%", (2,)),
        ("а_с", (2,)),
        ("к_р", ()),
        ("\\", ()),
        ("", (0, 1, 2)),
    ],
)
def test_a_name_is_found_in_any_order_case_and_spelling(people: Database, text: str, found: tuple[int, ...]) -> None:
    query = select(Person.full_name).where(matches(text, Person.full_name)).order_by(Person.id)
    assert people.read(lambda session: session.scalars(query).all()) == [NAMES[place] for place in found]


def test_no_list_has_a_search_of_its_own() -> None:
    own = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "db").rglob("*.py")
        if path.name != "search.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (
            node.func.attr in ("ilike", "icontains")
            or (node.func.attr == "contains" and any(word.arg == "autoescape" for word in node.keywords))
        )
    ]
    assert not own


def test_schools_stand_in_the_order_of_their_numbers() -> None:
    """№ 13 stood before № 9."""
    ordered = ["Ежевика", "Ёлочка", "Лицей № 31", "МАОУ «СОШ № 1»", "МАОУ «СОШ № 9»", "МАОУ «СОШ № 13»"]
    assert sorted(ordered, key=natural) == ordered
    assert natural("№ " + "9" * 50), "digits without end are no number"
