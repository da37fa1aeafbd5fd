"""The heat table: what it counts, what it hides, and when results get into it and out."""

import io
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import erasure
from db.accounts.models import Staff
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics import blocks, queries, services, staff_queries
from db.diagnostics.models import Attempt, AttemptStatus, ComponentScore, InstrumentVersion
from db.dictionaries.models import Municipality, Setting, Term, TermKind
from db.errors import NotFoundError
from db.people.models import Person
from db.reports import deficits
from db.reports.deficits import Heat
from db.reports.rules import Portion
from db.scope import Scope, StaffRole
from tests.diagnostics.walking import form_of
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel

REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
ZONE = ZoneInfo("Asia/Yekaterinburg")
OTHERS = ("methodical", "assessment", "psychology", "communication")


def municipality(session: Session, code: str) -> int:
    return session.scalars(select(Municipality.id).where(Municipality.code == code)).one()


def position(session: Session, code: str) -> int:
    return session.scalars(select(Term.id).where(Term.kind == TermKind.POSITION, Term.code == code)).one()


def plant(
    session: Session, *, place: str, values: Sequence[float], now: datetime, job: str = "teacher", need: int = 0
) -> None:
    """People with such deficits in the digital component."""
    version = queries.published_version(session)
    assert version is not None
    rows = []
    for value in values:
        person = Person(municipality_id=municipality(session, place), full_name="Учебная Анна", created_at=now)
        session.add(person)
        session.flush()
        attempt = Attempt(
            person_id=person.id,
            instrument_id=session.get_one(InstrumentVersion, version).instrument_id,
            version_id=version,
            status=AttemptStatus.COMPLETED,
            municipality_id=person.municipality_id,
            started_at=now,
            completed_at=now,
        )
        session.add(attempt)
        session.flush()
        rows.append(
            ComponentScore(
                attempt_id=attempt.id,
                component="digital",
                form=form_of("digital"),
                person_id=person.id,
                municipality_id=person.municipality_id,
                position_id=position(session, job),
                level=100 - value,
                deficit=value,
                need=need,
                priority=0.7 * value + 10 * need,
                point_deficits=["digital_7"] if value > 60 else [],
                completed_at=now,
            )
        )
    session.add_all(rows)


def publish(database: Database, clock: FrozenClock, days: float = 8) -> None:
    database.write(blocks.publish, callers.clock(clock.now() + timedelta(days=days)))


def heat(database: Database, scope: Scope = REGION, position_id: int | None = None) -> Heat:
    return database.read(deficits.heat, callers.staff(scope), position_id=position_id)


def people(found: Heat) -> dict[str, int]:
    """How many there are by municipality."""
    return {row.name: row.cells["digital"].people for row in found.rows}


def test_what_another_version_asked_is_in_no_sum_and_the_page_says_so(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    """The reports added answers of version 1 to those of version 2 where the questions had changed."""

    def by_version_one(session: Session) -> None:
        plant(session, place="chelyabinsky-go", values=[90] * 7, now=clock.now())
        old = select(ComponentScore.attempt_id).where(ComponentScore.deficit == 90)
        session.execute(update(ComponentScore).where(ComponentScore.attempt_id.in_(old)).values(form="version one"))

    database.write(by_version_one)
    database.write(plant, place="chelyabinsky-go", values=[10] * 6, now=clock.now())
    publish(database, clock)
    found = heat(database)
    assert [(row.people, row.cells["digital"].deficit) for row in found.rows] == [(6, 10)]
    assert (found.version, found.former) == (2, {"digital": 7}) and found.total.people == 6
    place = {"municipality_id": database.read(municipality, "chelyabinsky-go")}
    behind = database.read(deficits.cell_detail, callers.staff(REGION), component="digital", **place)
    assert behind.former == 7 and behind.cell is not None and behind.cell.people == 6
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    visitor = Visitor(make_panel(database, clock, tmp_path))
    visitor.sign_in("region")
    said = "По версии 2. Результаты прежних версий, где спрашивали о другом, с ней не сравнимы и в числа не входят: "
    assert f"{said}цифровой — 7." in visitor.text("/reports/deficits")
    assert f"{said}цифровой — 7." in visitor.text(f"/reports/deficits/{place['municipality_id']}/digital")
    book = load_workbook(io.BytesIO(visitor.get("/reports/deficits.xlsx").data))
    facts = dict(list(book.worksheets[-1].iter_rows(values_only=True, max_col=2)))
    assert facts["Версия анкеты"] == f"{said}цифровой — 7."


def test_means_bands_and_shares(database: Database, clock: FrozenClock) -> None:
    values = [10, 20, 30, 40, 45, 55, 60, 65, 70, 75]
    database.write(plant, place="chelyabinsky-go", values=values, need=2, now=clock.now())
    publish(database, clock)
    row = heat(database).rows[0]
    cell = row.cells["digital"]
    assert (row.name, row.people) == ("Челябинский ГО", 10)
    assert (cell.deficit, cell.share, cell.need, cell.band) == (47, 50, 67, 1)
    behind = database.read(
        deficits.cell_detail, callers.staff(REGION), municipality_id=row.unit.id, component="digital"
    )
    # Two, three, five and nobody.
    assert [(one.name, one.about, one.count) for one in behind.bands] == [
        ("небольшой", "0–25", Portion.HARDLY_ANY),
        ("умеренный", "26–50", 5),
        ("заметный", "51–75", 5),
        ("выраженный", "76–100", Portion.HARDLY_ANY),
    ]
    assert [one.count for one in behind.needs] == [
        Portion.HARDLY_ANY,
        Portion.HARDLY_ANY,
        Portion.ALMOST_ALL,
        Portion.HARDLY_ANY,
    ]
    assert behind.items[0].count == 5, "three people found it hard"


def test_five_of_five_do_not_tell_everybody_s_answer(database: Database, clock: FrozenClock) -> None:
    database.write(plant, place="chelyabinsky-go", values=[100] * 5, need=3, now=clock.now())
    publish(database, clock)
    row = heat(database).rows[0]
    cell = row.cells["digital"]
    assert (cell.people, cell.deficit, cell.need, cell.share) == (5, 95, 95, Portion.ALMOST_ALL)
    behind = database.read(
        deficits.cell_detail, callers.staff(REGION), municipality_id=row.unit.id, component="digital"
    )
    told = {one.count for one in (*behind.bands, *behind.needs, *behind.items)}
    assert told == {Portion.ALMOST_ALL, Portion.HARDLY_ANY}


def test_small_groups_are_hidden_and_no_total_tells_of_them(database: Database, clock: FrozenClock) -> None:
    def some(session: Session) -> None:
        plant(session, place="chelyabinsky-go", values=[40] * 8, now=clock.now())
        plant(session, place="magnitogorsky-go", values=[20] * 6, now=clock.now())
        plant(session, place="plastovsky-mr", values=[100] * 4, now=clock.now())

    database.write(some)
    publish(database, clock, days=50)
    found = heat(database)
    assert people(found) == {"Магнитогорский ГО": 6, "Челябинский ГО": 8}
    assert "Пластовский МР" in found.hidden and "Уйский МР" in found.hidden, "few or none: nobody knows which"
    assert found.together is None
    assert (found.total.cells["digital"].people, found.total.cells["digital"].deficit) == (14, 31)
    hidden = database.read(lambda session: municipality(session, "plastovsky-mr"))
    behind = database.read(deficits.cell_detail, callers.staff(REGION), municipality_id=hidden, component="digital")
    assert (behind.cell, behind.bands, behind.needs, behind.items) == (None, (), (), ())


def test_small_groups_that_are_enough_together_are_one_row_after_a_month(
    database: Database, clock: FrozenClock
) -> None:
    def some(session: Session) -> None:
        plant(session, place="plastovsky-mr", values=[100] * 4, now=clock.now())
        plant(session, place="uysky-mr", values=[50] * 2, now=clock.now())

    database.write(some)
    publish(database, clock)
    assert heat(database).together is None, "others of the municipality may still come"
    publish(database, clock, days=31)
    found = heat(database)
    assert found.rows == () and found.together is not None
    assert (found.together.cells["digital"].people, found.together.cells["digital"].deficit) == (6, 83)
    own = database.read(
        lambda session: frozenset({municipality(session, code) for code in ("plastovsky-mr", "uysky-mr")})
    )
    limited = heat(database, Scope(2, StaffRole.MUNICIPAL_METHODIST, own))
    assert limited.together is None and limited.total.cells == {}


def test_a_filter_cannot_be_taken_from_the_whole(database: Database, clock: FrozenClock) -> None:
    """7 teachers and 3 educators: the teachers alone would give the educators away."""

    def some(session: Session) -> tuple[int, int]:
        plant(session, place="chelyabinsky-go", values=[40] * 7, now=clock.now())
        plant(session, place="chelyabinsky-go", values=[90] * 3, job="educator", now=clock.now())
        plant(session, place="magnitogorsky-go", values=[40] * 7, now=clock.now())
        plant(session, place="magnitogorsky-go", values=[90] * 5, job="educator", now=clock.now())
        return position(session, "teacher"), position(session, "educator")

    teacher, educator = database.write(some)
    publish(database, clock)
    assert {row.name for row in heat(database).rows} == {"Челябинский ГО", "Магнитогорский ГО"}
    for chosen, mean in ((teacher, 40), (educator, 90)):
        found = heat(database, position_id=chosen)
        assert [(row.name, row.cells["digital"].deficit) for row in found.rows] == [("Магнитогорский ГО", mean)]
        assert "Челябинский ГО" in found.hidden
        assert found.total.cells["digital"].people == found.rows[0].people


def test_foreign_municipalities_are_not_there(database: Database, clock: FrozenClock) -> None:
    database.write(plant, place="chelyabinsky-go", values=[40] * 8, now=clock.now())
    publish(database, clock)
    foreign, own = database.read(
        lambda session: (municipality(session, "chelyabinsky-go"), municipality(session, "uysky-mr"))
    )
    scope = Scope(2, StaffRole.MUNICIPAL_METHODIST, frozenset({own}))
    assert heat(database, scope).rows == ()
    with pytest.raises(NotFoundError):
        database.read(deficits.cell_detail, callers.staff(scope), municipality_id=foreign, component="digital")
    with pytest.raises(NotFoundError):
        database.read(deficits.cell_detail, callers.staff(REGION), municipality_id=foreign, component="nonsense")


# --- in steps ---


def newcomer(session: Session, now: datetime) -> int:
    person = Person(
        full_name="Белова Марина",
        municipality_id=municipality(session, "chelyabinsky-go"),
        position_id=position(session, "teacher"),
        created_at=now,
        profile_saved_at=now,
    )
    session.add(person)
    session.flush()
    return person.id


def walk(database: Database, person_id: int, mark: int, now: datetime) -> None:
    """A whole self-diagnosis with the same mark everywhere, by the use cases."""
    step = database.write(services.start_or_resume, callers.person(person_id, now))
    while step.item is not None:
        value = min(mark, 3) if step.item.need else mark
        step = database.write(
            services.answer,
            callers.person(person_id, now),
            attempt_id=step.attempt_id,
            item=step.item.code,
            value=value,
        )
    database.write(services.finish, callers.person(person_id, now), attempt_id=step.attempt_id)


def test_yesterday_s_page_less_today_s_is_nobody_or_five(database: Database, clock: FrozenClock) -> None:
    """One newcomer a day: the difference of two days' pages used to be that person's answers."""
    database.write(plant, place="chelyabinsky-go", values=[40] * 6, now=clock.now())
    publish(database, clock)
    seen = [6]
    for day in range(1, 8):
        database.write(plant, place="chelyabinsky-go", values=[100], now=clock.now() + timedelta(days=day))
        publish(database, clock, days=8 + day)
        seen.append(people(heat(database))["Челябинский ГО"])
    assert seen == [6, 6, 6, 6, 6, 11, 11, 11]


def test_a_result_waits_a_week_and_then_for_four_others(database: Database, clock: FrozenClock) -> None:
    database.write(plant, place="chelyabinsky-go", values=[40] * 6, now=clock.now())
    publish(database, clock, days=6.9)
    assert heat(database).rows == ()
    publish(database, clock, days=7)
    assert people(heat(database)) == {"Челябинский ГО": 6}


def test_five_results_less_four_opened_pages_are_not_the_fifth(database: Database, clock: FrozenClock) -> None:
    """What methodists may read counts for nothing towards the five."""
    database.write(plant, place="chelyabinsky-go", values=[10, 20, 30, 40, 100], now=clock.now())
    opened = open_results(database, clock, 4)
    publish(database, clock)
    assert heat(database).rows == () and opened == 4
    database.write(plant, place="chelyabinsky-go", values=[50] * 4, now=clock.now())
    publish(database, clock)
    assert people(heat(database)) == {"Челябинский ГО": 9}


def open_results(database: Database, clock: FrozenClock, count: int) -> int:
    """So many open theirs; answers how many results methodists may read then."""

    def open_them(session: Session) -> int:
        for attempt in session.scalars(select(Attempt).order_by(Attempt.id).limit(count)):
            services.set_sharing(
                session,
                callers.person(attempt.person_id, clock.now()),
                attempt_id=attempt.id,
                audience=services.ResultReader.METHODIST,
                opened=True,
            )
        return staff_queries.opened_count(session, callers.staff(REGION))

    return database.write(open_them)


def test_opened_after_it_was_counted_is_read_while_five_closed_ones_remain(
    database: Database, clock: FrozenClock
) -> None:
    """Whoever kept yesterday's page would take the opened ones off it."""
    database.write(plant, place="chelyabinsky-go", values=[10, 20, 30, 40, 50, 60, 100], now=clock.now())
    publish(database, clock)
    assert open_results(database, clock, 6) == 2
    database.write(plant, place="chelyabinsky-go", values=[40], now=clock.now() + timedelta(days=100))
    last = database.read(lambda session: session.scalars(select(Attempt).order_by(Attempt.id.desc())).first())
    assert last is not None
    again = database.write(
        services.set_sharing,
        callers.person(last.person_id, clock.now()),
        attempt_id=last.id,
        audience=services.ResultReader.METHODIST,
        opened=True,
    )
    assert again.readable, "a new result is opened as ever"


def test_who_has_an_account_is_not_one_of_the_five(database: Database, clock: FrozenClock) -> None:
    """A methodist who teaches knows at least the own result."""
    database.write(plant, place="chelyabinsky-go", values=[10, 20, 30, 40, 100], now=clock.now())

    def employ(session: Session) -> None:
        add_staff(session, login="methodist", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
        session.scalars(select(Staff)).one().person_id = session.scalars(select(Attempt.person_id)).first()

    database.write(employ)
    publish(database, clock)
    assert heat(database).rows == ()


def test_results_leave_by_fives_too(database: Database, clock: FrozenClock) -> None:
    """Erasures and new results take people out of a group: the page changes when five of it have gone."""
    database.write(plant, place="chelyabinsky-go", values=[10] * 7 + [90] * 7, now=clock.now())
    publish(database, clock)
    ids = database.read(lambda session: session.scalars(select(Person.id).order_by(Person.id)).all())
    seen = []
    for person in ids:
        database.write(erasure.erase, callers.clock(clock.now()), person_id=person, requested_by="operator")
        publish(database, clock)
        row = next(iter(heat(database).rows), None)
        seen.append((row.people, row.cells["digital"].deficit) if row else None)
    # Nine stay when five have gone; then four would stay, and nothing is said of four.
    assert seen == [(14, 50)] * 4 + [(9, 72)] * 5 + [None] * 5


def test_moving_the_cuts_shows_no_new_table_of_the_same_people(database: Database, clock: FrozenClock) -> None:
    """An administrator could move a cut point by point and watch people pass it."""
    database.write(plant, place="chelyabinsky-go", values=[30] * 6 + [70] * 6, now=clock.now())
    publish(database, clock)

    def cut(*cuts: int) -> None:
        def change(session: Session) -> None:
            setting = session.get_one(Setting, "rules")
            setting.value = {**setting.value, "deficit_cuts": list(cuts)}

        database.write(change)

    place = heat(database).rows[0].unit.id
    cut(10, 20, 90)
    assert heat(database).rows[0].cells["digital"].share is None
    behind = database.read(deficits.cell_detail, callers.staff(REGION), municipality_id=place, component="digital")
    assert behind.bands == () and behind.needs
    cut(25, 50, 75)
    assert heat(database).rows[0].cells["digital"].share == 42, "five of twelve"


def test_many_finish_at_once_and_all_are_counted(database: Database, clock: FrozenClock) -> None:
    people = [database.write(newcomer, clock.now()) for _ in range(8)]
    failures: list[Exception] = []

    def run(person: int) -> None:
        try:
            walk(database, person, person % 5, clock.now())
        except Exception as error:  # noqa: BLE001  told to the main thread
            failures.append(error)

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    publish(database, clock)
    assert heat(database).total.people == 8


def test_the_demo_shows_a_table(demo: Database) -> None:
    found = heat(demo)
    assert len(found.rows) > 20 and found.together is not None and found.total.people > 300
    assert "Локомотивный ГО" in found.hidden
