"""The report of needs: counts by hand, small groups untold, own words only in whole groups."""

import io
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import erasure
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics import blocks, queries
from db.diagnostics.models import ComponentScore, Instrument, ScoreTally
from db.diagnostics.offering import own_offers
from db.dictionaries.models import Municipality, Organisation
from db.errors import DomainError, NotFoundError
from db.overviews import coverage, needs
from db.people.models import Person
from db.reports import deficits
from db.reports.rules import Portion
from db.scope import Scope, StaffRole
from db.surveys import services
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import add_teacher
from tests.surveys.walking import add_survey, replied, survey

REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
READER = Scope(1, StaffRole.READER, None)
DAYS = timedelta(days=40)


def school(session: Session, code: str) -> tuple[int, int]:
    place = session.scalars(select(Municipality.id).where(Municipality.code == code)).one()
    known = select(Organisation.id).where(Organisation.municipality_id == place, Organisation.confirmed)
    return place, session.scalars(known).first() or 0


def replies(session: Session, clock: FrozenClock, code: str, chosen: list[str], *, first: int, words: str = "") -> None:
    """People of one school, each with one option of the first question and some words."""
    for number, option in enumerate(chosen, first):
        person = add_teacher(
            session, external_id=number, name=f"Учебная Анна {number}", now=clock.now(), municipality=code
        )
        said: dict[str, list[str] | str] = {"forms": [option], "training": ["distant"]}
        if words:
            said["lacking"] = f"{words} {number}"
        replied(session, person, clock.now(), said)


def publish(database: Database, clock: FrozenClock) -> None:
    database.write(blocks.publish, callers.clock(clock.now() + DAYS))


def ask(database: Database, scope: Scope = REGION, **asked: object) -> needs.Needs:
    found = database.read(needs.needs, callers.staff(scope), **asked)
    assert found is not None
    return found


@pytest.fixture
def asked(database: Database, clock: FrozenClock) -> Database:
    """Twelve of one city, four of another."""
    database.write(add_survey, now=clock.now())
    many = ["masters"] * 8 + ["lessons"] * 4
    database.write(replies, clock, "chelyabinsky-go", many, first=8000, words="Времени")
    database.write(replies, clock, "magnitogorsky-go", ["doors"] * 4, first=8100, words="Тишины")
    publish(database, clock)
    return database


def test_options_are_counted_by_unit_and_small_groups_are_not_told(asked: Database) -> None:
    found = ask(asked)
    assert [(row.name, row.people) for row in found.rows] == [("Челябинский ГО", 12)]
    counts = found.rows[0].counts
    assert counts["masters"] == 10 and counts["lessons"] == 5, "in fives, as everywhere"
    assert counts["doors"] is Portion.HARDLY_ANY
    assert found.together is None and "Магнитогорский ГО" in found.hidden
    assert found.total is not None and found.total.people == 12, "the four are in no sum"
    one = ask(asked, question="training").rows[0]
    assert one.counts["distant"] is Portion.ALMOST_ALL, "all of them is a word"
    opened = ask(asked, municipality_id=found.rows[0].unit.id if found.rows[0].unit else 0)
    assert [row.people for row in opened.rows] == [12]
    with pytest.raises(NotFoundError):
        ask(asked, question="nothing")
    with pytest.raises(NotFoundError):
        ask(asked, survey="teacher")


def test_own_words_come_without_names_and_only_where_results_may_be_read(asked: Database) -> None:
    found = ask(asked, question="lacking")
    assert len(found.words) == 12 and found.words == tuple(sorted(found.words))
    assert not any("Тишины" in text for text in found.words), "four of another city are not told"
    assert ask(asked, READER, question="lacking").words == ()
    place = asked.read(school, "magnitogorsky-go")[0]
    there = Scope(2, StaffRole.MUNICIPAL_METHODIST, frozenset({place}))
    assert ask(asked, there, question="lacking").words == ()


def test_an_erased_person_s_words_are_not_what_is_missing_since_yesterday(asked: Database, clock: FrozenClock) -> None:
    gone = asked.read(lambda session: session.scalars(select(Person.id).where(Person.full_name.like("%8003"))).one())
    asked.write(erasure.erase, callers.clock(clock.now() + DAYS), person_id=gone, requested_by="operator")
    assert ask(asked, question="lacking").words == (), "the whole group waits until it is made anew"
    assert ask(asked).rows[0].people == 12


def test_a_survey_is_no_self_diagnosis(asked: Database, clock: FrozenClock) -> None:
    heat = asked.read(deficits.heat, callers.staff(REGION))
    assert not heat.rows and not heat.total.cells
    assert asked.read(deficits.instruments) == [
        ("teacher", "Самодиагностика педагога"),
        ("manager", "Самодиагностика руководителя"),
    ]
    covered = asked.read(coverage.coverage, callers.staff(REGION))
    assert not any(row.passed for row in covered.rows)
    person = asked.read(lambda session: session.scalars(select(ComponentScore.person_id)).first())
    instrument = asked.read(lambda s: s.scalars(select(Instrument.id).where(Instrument.key == "needs")).one())
    caller = callers.person(person, clock.now())
    assert {one.title for one in asked.read(own_offers, caller)} == {"Самодиагностика педагога"}
    with pytest.raises(DomainError):
        asked.read(queries.home, caller, instrument_id=instrument)
    attempt = asked.read(lambda s: s.scalars(select(ComponentScore.attempt_id)).first())
    with pytest.raises(NotFoundError):
        asked.read(queries.result, caller, attempt_id=attempt)


def test_another_version_s_options_are_in_no_sum(asked: Database, clock: FrozenClock) -> None:
    changed = survey()
    questions = [dict(one) for one in changed["questions"]]
    questions[0]["options"] = questions[0]["options"][:3]
    clock.moment += timedelta(days=1)
    asked.write(add_survey, now=clock.now(), version=2, questions=questions)
    forms = ask(asked)
    assert forms.total is None and forms.former == 12
    training = ask(asked, question="training")
    assert training.former == 0 and training.rows[0].people == 12, "what offers the same goes on"


def test_a_double_end_counts_once_and_a_foreign_survey_is_not_there(database: Database, clock: FrozenClock) -> None:
    database.write(add_survey, now=clock.now())
    mine = database.write(add_teacher, external_id=8200, name="Учебная Анна", now=clock.now())
    other = database.write(add_teacher, external_id=8201, name="Учебная Вера", now=clock.now())
    attempt = database.write(replied, mine, clock.now(), {"forms": ["masters"]})
    me, she = callers.person(mine, clock.now()), callers.person(other, clock.now())
    assert database.write(services.finish, me, attempt_id=attempt).startswith("Спасибо")
    for use_case, more in (
        (services.finish, {}),
        (services.reply, {"question": "forms"}),
        (services.pick, {"question": "forms", "number": 0, "on": True}),
    ):
        with pytest.raises(NotFoundError):
            database.write(use_case, she, attempt_id=attempt, **more)
    with pytest.raises(DomainError, match="diagnostics_closed"):
        database.write(services.reply, me, attempt_id=attempt, question="forms")
    with pytest.raises(DomainError, match="diagnostics_too_early"):
        database.write(services.start_or_resume, me)
    assert database.read(lambda s: len(s.scalars(select(ComponentScore)).all())) == 6
    assert not database.read(lambda s: s.scalars(select(ScoreTally)).all())


def test_the_page_and_the_workbook_tell_the_same(asked: Database, clock: FrozenClock, tmp_path: Path) -> None:
    asked.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    visitor = Visitor(make_panel(asked, clock, tmp_path))
    assert visitor.sign_in("region").status_code == 302
    page = visitor.text("/reports/needs")
    assert "Какие встречи были бы вам полезнее" in page and "мастер-классы" in page and "Челябинский ГО" in page
    assert "учебные данные" in page, "what no document gave is marked"
    assert "Запросы педагогов" in visitor.text("/reports/")
    words = visitor.text("/reports/needs?question=lacking")
    assert "Времени 8003" in words and "Тишины" not in words
    book = openpyxl.load_workbook(io.BytesIO(visitor.get("/reports/needs.xlsx").data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][:2] == ("Муниципалитет", "Ответили")
    assert rows[1][0] == "Челябинский ГО" and rows[1][rows[0].index("мастер-классы")] == 10
    assert visitor.get("/reports/needs?question=nothing").status_code == 404
