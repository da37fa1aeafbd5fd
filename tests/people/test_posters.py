"""A school's poster: who comes by its code is not asked where they work."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality, Organisation
from db.dictionaries.services import keep_bot_link
from db.people.models import Person
from db.scope import StaffRole
from tests.people.test_first_meeting import walk
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import Town

HOME, FOREIGN = "chelyabinsky-go", "varnensky-mr"


def school(session: Session, municipality: str = HOME, confirmed: bool = True) -> tuple[int, str]:
    place = session.scalars(select(Municipality.id).where(Municipality.code == municipality)).one()
    row = Organisation(municipality_id=place, name="Школа при маяке", confirmed=confirmed)
    session.add(row)
    session.flush()
    return row.id, row.name


async def test_a_newcomer_by_a_poster_is_asked_neither_for_the_town_nor_for_the_school(town: Town) -> None:
    number, name = town.write(school)
    anna = await town.person(1001)
    screen = await walk(anna, f">/start org_{number}", "Познакомиться", "Читать дальше", "Даю согласие")
    assert name in screen.text and "Шаг 1 из 7" in screen.text
    screen = await walk(anna, ">Ковалёва Анна Игоревна")
    assert "Шаг 4 из 7" in screen.text, "the position comes next"
    screen = await walk(anna, "Учитель", "Математика", "6–10 лет", "Первая")
    assert name in screen.text, "it is checked with all else"
    screen = await walk(anna, "сохранить")
    assert "профиль сохранён" in screen.text
    assert town.read(lambda session: session.scalars(select(Person.organisation_id)).one()) == number


async def test_a_poster_takes_nobody_out_of_the_own_school(town: Town) -> None:
    number, name = town.write(school)
    vera = await town.teacher()
    before = town.read(lambda session: session.scalars(select(Person.organisation_id)).one())
    screen = await walk(vera, f">/start org_{number}")
    assert name in screen.text and "другое место работы" in screen.text
    assert town.read(lambda session: session.scalars(select(Person.organisation_id)).one()) == before


@pytest.mark.parametrize("code", ["0", "999999", "abc", "9" * 30])
async def test_a_code_of_no_school_leads_on_all_the_same(town: Town, code: str) -> None:
    anna = await town.person(1001)
    screen = await walk(anna, f">/start org_{code}", "Познакомиться", "Читать дальше", "Даю согласие")
    assert screen.buttons, "nobody is left at a dead end"
    assert town.read(lambda session: session.scalars(select(Person.organisation_id)).one()) is None


async def test_what_a_teacher_typed_has_no_poster_before_it_is_confirmed(town: Town) -> None:
    number, _ = town.write(school, confirmed=False)
    anna = await town.person(1001)
    await walk(anna, f">/start org_{number}", "Познакомиться", "Читать дальше", "Даю согласие")
    assert town.read(lambda session: session.scalars(select(Person.organisation_id)).one()) is None


def test_posters_of_the_own_municipality_have_a_code_each(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    now = clock.now()
    own, _ = database.write(school)
    database.write(school, municipality=FOREIGN)
    database.write(add_staff, login="town", role=StaffRole.MUNICIPAL_METHODIST, municipalities=(HOME,), now=now)
    methodist = Visitor(make_panel(database, clock, tmp_path))
    methodist.sign_in("town")
    assert "Код появится" in methodist.text(f"/settings/organisations/{own}/poster"), "there is no address yet"
    database.write(keep_bot_link, platform="telegram", pattern="https://t.me/opora_bot?start={payload}")
    page = methodist.text("/settings/organisations/posters?q=маяке")
    assert f"https://t.me/opora_bot?start=org_{own}" in page
    assert page.count("<h2>Школа при маяке") == 1, "the foreign one is nobody's here"
