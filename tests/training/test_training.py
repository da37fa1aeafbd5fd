"""Courses elsewhere: told by a teacher in the chat, confirmed in the panel, counted once by the report."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.sandbox.client import SandboxPerson
from db.clock import FrozenClock
from db.database import Database
from db.errors import ConflictError, DomainError
from db.overviews.today import today
from db.people.models import Person
from db.scope import Scope, StaffRole
from db.training import services, staff_services
from db.training.models import TrainingRecord, TrainingStatus
from db.training.rules import day_typed, years_then
from db.training.staff_services import TrainingDraft
from tests.applications.support import PDF
from tests.events.support import REGION, heard
from tests.support import callers
from tests.support.demo import demo_copy
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.region import sheet
from tests.support.town import MONDAY, Town, add_teacher


async def say(person: SandboxPerson, text: str) -> str:
    await (await person.send(text)).settle()
    return (await person.last()).text


async def tap(person: SandboxPerson, text: str) -> str:
    await person.tap(text)
    await person.settle()
    return (await person.last()).text


def only(session: Session) -> TrainingRecord:
    return session.scalars(select(TrainingRecord)).one()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12.05.2025", date(2025, 5, 12)),
        ("1.9.24", date(2024, 9, 1)),
        ("2025-05-12", date(2025, 5, 12)),
        ("30.02.2025", None),
        ("в мае", None),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, day: date | None) -> None:
    assert day_typed(text) == day


def test_who_was_young_then_stays_young_in_the_figures() -> None:
    today = date(2026, 3, 2)
    assert years_then(4, issued_on=date(2024, 3, 1), today=today) == 2
    assert years_then(1, issued_on=date(2023, 3, 1), today=today) == 0
    assert years_then(None, issued_on=today, today=today) is None


async def test_a_course_is_told_in_a_few_steps_with_its_document_returned_mended_and_confirmed(town: Town) -> None:
    person = await town.teacher(2001, "Юная Вера Ивановна")
    town.write(heard, now=town.clock.now())
    await say(person, "/sites")
    await tap(person, "Моё обучение")
    await tap(person, "Добавить курс")
    assert "Кто учил?" in await say(person, "Формирующее оценивание")
    assert "Сколько часов?" in await say(person, "ИРО")
    assert "число от 1 до 2000" in await say(person, "много")
    assert "Когда выдан" in await tap(person, "72")
    assert "Дату не узнаю" in await say(person, "весной")
    assert "по теме инновационного проекта" in await say(person, "12.05.2025")
    assert "Всё верно?" in await tap(person, "Да")
    await tap(person, "Файл")
    await (await person.send_file("удостоверение.pdf", PDF)).settle()
    assert "Файл: удостоверение.pdf" in (await person.last()).text
    assert "Отправлено" in await tap(person, "Отправить методисту")
    row = town.read(only)
    assert (row.status, row.hours, row.of_project, row.experience) == (TrainingStatus.SENT, 72, True, 10)
    staff = callers.staff(REGION, town.clock.now())
    first_page = town.read(today, staff)  # it told nothing of records that wait, and called the day calm
    assert first_page.training == 1 and not first_page.calm
    town.write(staff_services.return_record, staff, record_id=row.id, remark="Не видно номера документа")
    await person.wait_for("Не видно номера документа")
    await say(person, "/sites")
    await tap(person, "Моё обучение")
    assert "Что поправить: Не видно номера" in await tap(person, "Формирующее оценивание")
    await tap(person, "Номер документа")
    await say(person, "удостоверение 77")
    await tap(person, "Отправить методисту")
    town.write(staff_services.confirm, staff, record_id=row.id)
    await person.wait_for("Методист подтвердил ваше обучение")
    assert "Подтверждено 72 часа" in await say(person, "/sites") or "72" in await tap(person, "Моё обучение")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_with_the_methodist_changes_only_when_it_comes_back(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    person_id, other = (
        database.write(add_teacher, external_id=number, name=f"Юная Вера {number}", now=now) for number in (1, 2)
    )
    own = callers.person(person_id, now)
    record = database.write(services.begin, own)
    assert database.write(services.begin, own).id == record.id, "one draft, however often it is tapped"
    with pytest.raises(DomainError, match="training_missing"):
        database.write(services.send, own, record_id=record.id)
    for field in ("title", "organisation"):
        database.write(services.put_text, own, record_id=record.id, field=field, text="Курс")
    database.write(services.put_hours, own, record_id=record.id, hours=36)
    with pytest.raises(DomainError, match="training_day"):
        database.write(services.put_day, own, record_id=record.id, day=now.date() + timedelta(days=2))
    database.write(services.put_day, own, record_id=record.id, day=now.date())
    database.write(services.put_project, own, record_id=record.id, of_project=False)
    with pytest.raises(DomainError):
        database.write(services.send, callers.person(other, now), record_id=record.id)
    database.write(services.send, callers.person(person_id, now + timedelta(minutes=2)), record_id=record.id)
    with pytest.raises(ConflictError, match="training_sent"):
        database.write(services.put_hours, own, record_id=record.id, hours=72)
    with pytest.raises(ConflictError, match="training_theirs"):
        database.write(staff_services.strike, callers.staff(REGION, now), record_id=record.id)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_figure_of_the_report_opens_its_rows_and_counts_a_person_once(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    now = clock.now()
    database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=now)
    visitor = Visitor(make_panel(database, clock, tmp_path))
    assert visitor.sign_in("one").status_code == 302
    people = [database.write(add_teacher, external_id=n, name=f"Юная Вера {n}", now=now) for n in range(1, 4)]
    for person_id, years, days in ((people[0], 1, 30), (people[0], 1, 60), (people[1], 9, 30), (people[2], 1, 1500)):
        draft = TrainingDraft(
            title="Курс",
            organisation="Институт",
            hours=36,
            document="",
            issued_on=now.date() - timedelta(days=days),
            of_project=years == 9,
            experience=years,
        )
        database.write(staff_services.write_down, callers.staff(REGION, now), person_id=person_id, draft=draft)
    page = visitor.text("/reports/training")
    assert "обучено за три года: 1" in page
    total = sheet(visitor, "/reports/training.xlsx")[-1]
    assert (total[2], total[4], total[5]) == (2, 1, 1)
    rows = visitor.text("/training/?young=1&status=confirmed&since=2023-03-02")
    assert "Юная Вера 1" in rows and "Юная Вера 2" not in rows and "Юная Вера 3" not in rows
    assert "1 человек" in rows


def test_timashevsks_young_are_eighty_with_their_names_behind(tmp_path: Path) -> None:
    """ACCEPTANCE, timashevsk 14."""
    database = Database.connect(demo_copy(tmp_path, "timashevsk"))
    try:
        database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=MONDAY)
        panel = make_panel(database, FrozenClock(MONDAY), tmp_path, region_pack="timashevsk")
        visitor = Visitor(panel)
        assert visitor.sign_in("one").status_code == 302
        page = visitor.text("/reports/training")
        assert "обучено за три года: 80" in page
        assert "около 80 молодых педагогов с опытом работы до 3-х лет" in page
        rows = sheet(visitor, "/training.xlsx?young=1&status=confirmed&since=2023-03-02")[1:]
        assert len(rows) == len({row[0] for row in rows}) == 80
        assert {row[-1] for row in rows} == {"учебные данные"}
        named = Person.full_name.in_([row[0] for row in rows])
        assert database.read(lambda s: s.scalar(select(func.count()).select_from(Person).where(named))) == 80
    finally:
        database.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_confirms_or_writes_down_a_course_of_their_own(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    person_id = database.write(add_teacher, external_id=1, name="Мудрая Нина Павловна", now=now)
    own = database.write(add_staff, login="own", role=StaffRole.REGIONAL_METHODIST, now=now, person_id=person_id)
    other = database.write(add_staff, login="other", role=StaffRole.REGIONAL_METHODIST, now=now)
    draft = TrainingDraft(
        title="Курс", organisation="ИРО", hours=36, document="", issued_on=now.date(), of_project=False
    )
    mine, theirs = (callers.staff(Scope(number, StaffRole.REGIONAL_METHODIST, None), now) for number in (own, other))
    with pytest.raises(DomainError, match="training_own"):
        database.write(staff_services.write_down, mine, person_id=person_id, draft=draft)
    record = database.write(staff_services.write_down, theirs, person_id=person_id, draft=draft)
    database.write(lambda session: setattr(session.get_one(TrainingRecord, record), "status", TrainingStatus.SENT))
    with pytest.raises(DomainError, match="training_own"):
        database.write(staff_services.confirm, mine, record_id=record)
    database.write(staff_services.confirm, theirs, record_id=record)
    assert database.read(only).status is TrainingStatus.CONFIRMED
