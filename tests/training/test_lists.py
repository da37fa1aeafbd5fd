"""Courses come in by a list: whose each is, what is refused by row, counted at once, taken back within a week."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import erasure
from db.accounts.models import Staff
from db.accounts.staff_queries import scope_of
from db.caller import StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality, Organisation
from db.imports import queries, services, whole
from db.imports.models import ImportKind, UploadChange
from db.people.models import Consent, ConsentText, Person
from db.scope import StaffRole
from db.spreadsheet import Grid
from db.training.models import TrainingRecord, TrainingStatus
from db.training.staff_queries import report
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel

HOME, FAR = "chelyabinsky-go", "varnensky-mr"
HEAD = ["ФИО", "Дата рождения", "Место работы", "Курс", "Кто учил", "Часы", "Дата выдачи", "Номер", "Тема проекта"]
COURSE = ("Формирующее оценивание", "ЧИППКРО", "72", "12.05.2025", "У-17", "да")


def teacher(session: Session, *, name: str, now: Any, place: str = HOME, **values: Any) -> int:
    """Somebody of the register; `school` is where they work, by its name."""
    town = session.scalars(select(Municipality.id).where(Municipality.code == place)).one()
    school = values.pop("school", None)
    if school:
        found = session.scalars(select(Organisation).where(Organisation.name == school)).first()
        row = found or Organisation(municipality_id=town, name=school, confirmed=True)
        session.add(row)
        session.flush()
        values["organisation_id"] = row.id
    person = Person(full_name=name, municipality_id=town, profile_saved_at=now, created_at=now, **values)
    session.add(person)
    session.flush()
    return person.id


@pytest.fixture
def admin(database: Database, clock: FrozenClock) -> StaffCaller:
    return account(database, clock, "region", StaffRole.REGIONAL_METHODIST)


def account(database: Database, clock: FrozenClock, login: str, role: StaffRole, *places: str) -> StaffCaller:
    number = database.write(add_staff, login=login, role=role, municipalities=places, now=clock.now())
    return callers.staff(database.read(lambda s: scope_of(s.get_one(Staff, number))), clock.now())


def kept(database: Database, caller: Any, *rows: tuple[str, ...]) -> int:
    made = Grid(HEAD, [(line, list(row)) for line, row in enumerate(rows, 2)])
    return database.write(services.keep, caller, kind=ImportKind.TRAINING, title="курсы.xlsx", grid=made)


def records(database: Database) -> list[TrainingRecord]:
    return list(database.read(lambda s: s.scalars(select(TrainingRecord).order_by(TrainingRecord.id)).all()))


def test_each_course_is_of_whoever_the_row_tells_apart_counts_and_goes_back(
    database: Database, clock: FrozenClock, admin: StaffCaller
) -> None:
    now = clock.now()
    add = {"now": now, "name": "Ким Ольга Петровна"}
    older = database.write(teacher, **add, birth_date=date(1970, 1, 2), school="Школа № 1", experience_years=30)
    younger = database.write(teacher, **add, birth_date=date(1998, 3, 4), school="Школа № 1", experience_years=2)
    plain = database.write(teacher, now=now, name="Ель Анна", school="Школа № 2")
    rows = (
        ("Ким Ольга Петровна", "1998-03-04", "Школа № 9", *COURSE),
        ("Ким Ольга Петровна", "02.01.1970", "", *COURSE),
        ("ель анна", "", "школа №2", *COURSE[:4], "", ""),
        ("Ель Анна", "05.06.1990", "Школа № 2", *COURSE[:4], "", ""),
    )
    number = kept(database, admin, *rows)
    plan = database.read(queries.preview, admin, upload_id=number).plan
    assert plan is not None and not plan.errors and (plan.added, plan.same) == (3, 1), "the last says the third again"
    assert whole.apply(database, admin, upload_id=number) == (3, 0)
    held = {one.person_id: one for one in records(database)}
    assert set(held) == {older, younger, plain}
    one = held[younger]
    assert (one.title, one.organisation, one.hours, one.document) == (*COURSE[:2], 72, "У-17")
    assert (one.status, one.issued_on, one.of_project) == (TrainingStatus.CONFIRMED, date(2025, 5, 12), True)
    assert one.experience == 2 and not held[plain].of_project and held[plain].experience is None
    found = database.read(report, admin).total
    assert (found.trained, found.young, found.of_project) == (3, 1, 2)
    again = kept(database, admin, *rows)
    plan = database.read(queries.preview, admin, upload_id=again).plan
    assert plan is not None and (plan.added, plan.same) == (0, 4)
    database.write(lambda s: s.execute(update(TrainingRecord).filter_by(id=held[plain].id).values(remark="Где номер?")))
    assert whole.undo(database, admin, upload_id=number) == (2, 1), "what somebody touched since stays"
    assert [row.person_id for row in records(database)] == [plain]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (("Ель Анна", "", "", *COURSE), "row_who"),
        (("Ель Анна", "", "Школа № 3", *COURSE), "row_nobody"),
        (("Ель Анна", "01.02.1990", "Школа № 2", *COURSE), "row_nobody"),
        (("Ким Ольга", "", "Школа № 1", *COURSE), "row_several"),
        (("Чужая Вера", "", "Школа № 7", *COURSE), "row_nobody"),
        (("Ушла Мария", "", "Школа № 1", *COURSE), "person_withdrawn"),
        (("Сама Себе", "", "Школа № 1", *COURSE), "training_own"),
        (("Ель Анна", "", "Школа № 2", "Курс", "ЧИППКРО", "0", "12.05.2025", "", ""), "training_hours"),
        (("Ель Анна", "", "Школа № 2", "Курс", "ЧИППКРО", "72", "12.05.2030", "", ""), "training_day"),
        (("Ель Анна", "", "Школа № 2", "Курс", "ЧИППКРО", "72", "вчера", "", ""), "row_day"),
        (("Ель Анна", "", "Школа № 2", "", "ЧИППКРО", "72", "12.05.2025", "", ""), "row_empty"),
        (("Ель Анна", "", "Школа № 2", *COURSE[:5], "может быть"), "row_yes"),
    ],
)
def test_a_row_that_can_not_be_taken_is_told_by_its_reason(
    database: Database, clock: FrozenClock, row: tuple[str, ...], wrong: str
) -> None:
    now = clock.now()
    database.write(teacher, name="Ель Анна", now=now, school="Школа № 2", birth_date=date(1990, 6, 5))
    for _ in range(2):
        database.write(teacher, name="Ким Ольга", now=now, school="Школа № 1")
    database.write(teacher, name="Чужая Вера", now=now, place=FAR, school="Школа № 7")
    own = database.write(teacher, name="Сама Себе", now=now, school="Школа № 1")
    gone = database.write(teacher, name="Ушла Мария", now=now, school="Школа № 1")
    text = database.read(lambda s: s.scalars(select(ConsentText.id)).first())
    taken_back = Consent(person_id=gone, consent_text_id=text, given_at=now, withdrawn_at=now)
    database.write(lambda s: s.add(taken_back))
    town = account(database, clock, "town", StaffRole.MUNICIPAL_METHODIST, HOME)
    database.write(lambda s: s.execute(update(Staff).filter_by(id=town.scope.staff_id).values(person_id=own)))
    upload = kept(database, town, row)
    plan = database.read(queries.preview, town, upload_id=upload).plan
    assert plan is not None and [one.code for one in plan.errors] == [wrong] and not plan.changes


def test_the_erased_leave_nothing_in_what_could_be_taken_back(
    database: Database, clock: FrozenClock, admin: StaffCaller
) -> None:
    now = clock.now()
    people = [database.write(teacher, name=name, now=now, school="Школа № 2") for name in ("Ель Анна", "Дуб Инна")]
    rows = [(name, "", "Школа № 2", *COURSE) for name in ("Ель Анна", "Дуб Инна")]
    whole.apply(database, admin, upload_id=kept(database, admin, *rows))
    database.write(erasure.erase, callers.clock(now), person_id=people[0], requested_by="self")
    left = database.read(lambda s: s.scalars(select(UploadChange.after)).all())
    assert [one["person_id"] for one in left] == [people[1]]


def test_the_panel_finds_the_columns_of_a_workbook_shows_and_brings_in(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    database.write(teacher, name="Ель Анна", now=clock.now(), school="Школа № 2")
    database.write(add_staff, login="town", role=StaffRole.MUNICIPAL_METHODIST, municipalities=[HOME], now=clock.now())
    book, file = Workbook(), io.BytesIO()
    sheet: Any = book.active
    sheet.append(HEAD)
    sheet.append(["Ель Анна", None, "Школа № 2", COURSE[0], COURSE[1], 72, date(2025, 5, 12), "У-17", "да"])
    book.save(file)
    file.seek(0)
    panel = Visitor(make_panel(database, clock, tmp_path))
    panel.sign_in("town")
    page = panel.post("/imports/", {"kind": "training", "file": (file, "курсы.xlsx")}).headers["Location"]
    text = panel.text(page)
    assert "Добавится 1, изменится 0, уже есть 0." in text and "Ель Анна: Формирующее оценивание" in text
    panel.post(f"{page}/apply")
    assert [one.hours for one in records(database)] == [72]
    assert "Формирующее оценивание" in panel.text("/training/")
