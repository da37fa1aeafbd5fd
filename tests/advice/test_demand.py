"""The map of demand: counted by hand, telling nothing that the heat table keeps, leading to what nobody offers."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from db.advice.models import AdviceCategory
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics.models import ComponentScore
from db.diary.models import DiaryLine
from db.dictionaries.models import Audience, Centre, Municipality, Organisation, Term, TermKind
from db.engine import writing
from db.errors import NotFoundError
from db.events.models import Event, EventComponent, EventMode, EventPosition, EventStatus
from db.expertise.models import Difficulty
from db.overviews import demand
from db.overviews.demand import Demand, DemandRow, Supply
from db.people.models import Person
from db.reports.sweeps import publish_facts
from db.scope import Scope, StaffRole
from tests.events.support import make_event
from tests.programmes.support import make_run
from tests.reports.test_deficits import municipality, plant, publish
from tests.reports.test_publishing import HISTORIES, STEPS, History, too_small
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.region import sheet

REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
HERE, THERE = "chelyabinsky-go", "varnensky-mr"
SIX_AND_FOUR = (("digital", 6), ("subject", 4))
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def mapped(database: Database, scope: Scope = REGION, **asked: object) -> Demand:
    return database.read(demand.demand, callers.staff(scope), **asked)


def row_of(found: Demand, name: str) -> DemandRow:
    return next(row for row in (*found.rows, *found.categories) if row.name == name)


def category(session: Session, code: str) -> int:
    return session.scalars(select(AdviceCategory.id).where(AdviceCategory.code == code)).one()


@ONE_ENGINE
def test_needs_stand_beside_what_their_people_may_come_to(database: Database, clock: FrozenClock) -> None:
    now = callers.staff(REGION).now
    for place in (HERE, THERE):
        database.write(plant, place=place, values=[80] * 6, now=clock.now())
    publish(database, clock)
    digital = {"components": ["digital"], "now": now, "open_to_all": False}
    assert row_of(mapped(database), "Челябинский ГО").urgent("digital"), "nobody offers anything yet"
    database.write(make_event, municipality=HERE, capacity=10, seated=4, **digital)
    database.write(make_event, municipality=THERE, capacity=None, **digital)
    database.write(make_event, capacity=20, **digital)
    for nothing in (
        {"capacity": 5, "seated": 5},
        {"status": EventStatus.DRAFT},
        {"status": EventStatus.CANCELLED},
        {"days": -1},
        {"meant_for": Audience.MANAGER},
    ):
        database.write(make_event, municipality=HERE, **digital | nothing)
    found = mapped(database)
    here, there = row_of(found, "Челябинский ГО"), row_of(found, "Варненский МР")
    assert here.supply["digital"] == Supply(2, 26, 0)
    assert there.supply["digital"] == Supply(2, 20, 1)
    assert found.total.supply["digital"] == Supply(3, 26, 1)
    assert not here.urgent("digital") and here.missing("subject") and not here.urgent("subject"), "nobody needs it"
    assert "цифровой" not in found.unmet and "предметный" in found.unmet
    assert here.row.cells["digital"].deficit == 80


def test_modules_of_a_group_are_offered_with_its_seats_counted_once(database: Database, clock: FrozenClock) -> None:
    """On both engines: what PostgreSQL sums up are no numbers of Python's by themselves."""
    database.write(plant, place=HERE, values=[80] * 6, now=clock.now())
    publish(database, clock)
    run = database.write(make_run, now=clock.now(), capacity=8)
    found = mapped(database)
    assert found.total.supply["methodical"] == Supply(1, 8, 0, 2), "one group, two modules"
    assert found.total.missing("digital")
    database.write(lambda session: session.execute(update(EventComponent).values(component="digital")))
    found = mapped(database)
    assert found.total.supply["methodical"] == Supply(1, 8, 0, 2), "its modules go on saying so"
    assert found.total.supply["digital"] == Supply(1, 8, 0, 0)
    database.write(lambda session: session.execute(update(Event).where(Event.id == run).values(seated=8)))
    assert mapped(database).total.missing("methodical"), "it is full"


@ONE_ENGINE
def test_categories_are_sums_of_positions_and_small_ones_are_not_told(database: Database, clock: FrozenClock) -> None:
    database.write(plant, place=HERE, values=[80] * 6, now=clock.now(), job="teacher")
    database.write(plant, place=HERE, values=[40] * 6, now=clock.now(), job="educator")
    database.write(plant, place=HERE, values=[20] * 6, now=clock.now(), job="senior-educator")
    database.write(plant, place=THERE, values=[10] * 4, now=clock.now(), job="psychologist")
    publish(database, clock)
    found = mapped(database)
    told = {row.name: (row.row.people, row.row.cells["digital"].deficit) for row in found.categories if row.row.cells}
    assert told == {"Учителя-предметники": (6, 80), "Воспитатели": (12, 30)}
    assert "Руководители и заместители" not in {row.name for row in found.categories}, "they have their own instrument"
    narrowed = mapped(database, category_id=database.read(category, "preschool"))
    assert [(row.name, row.row.people) for row in narrowed.rows] == [("Челябинский ГО", 12)]
    managers = mapped(database, category_id=database.read(category, "manager"))
    assert (managers.instrument, managers.audience, managers.rows) == ("manager", Audience.MANAGER, [])
    with pytest.raises(NotFoundError):
        mapped(database, category_id=99_999)


class Mapped(History):
    """The small region of the heat table's property, whose pages of demand are opened too."""

    def live(self, step: str) -> None:
        """The maps change when blocks do."""
        self.step = step
        super().live(step)

    def _open_pages(self) -> None:
        super()._open_pages()
        if self.step != "days":
            return
        held = {row.id: row.code for row in self.session.scalars(select(Term).where(Term.id.in_(self.jobs)))}
        wanted = [[self.jobs[0]], self.jobs[1:]]
        for number, jobs in enumerate(wanted):
            code = f"tested-{number}"
            if self.session.scalar(select(AdviceCategory.id).where(AdviceCategory.code == code)) is None:
                positions = [held[job] for job in jobs]
                self.session.add(AdviceCategory(code=code, name=code, positions=positions, position=number))
                self.session.flush()
        known = {row.code: row.id for row in self.session.scalars(select(AdviceCategory))}
        chosen = self.dice.randrange(len(wanted))
        caller = callers.staff(REGION)
        self.reach = {None, *self.places}
        for unit in ({}, {"municipality_id": self.dice.choice(self.places)}):
            for narrowed, jobs in (({}, None), ({"category_id": known[f"tested-{chosen}"]}, wanted[chosen])):
                self._see_map(demand.demand(self.session, caller, **unit, **narrowed), jobs)
            page = demand.demand(self.session, caller, **unit)
            for row in page.categories:
                if row.name.startswith("tested-"):
                    self._see_category(page, row, wanted[int(row.name[-1])])

    def _see_map(self, page: Demand, jobs: list[int] | None) -> None:
        for row in page.rows:
            for component, cell in row.row.cells.items():
                parts = [{"position_id": job} for job in jobs] if jobs else [{}]
                within = page.heat.branch.unit
                group = frozenset().union(*(self._behind(component, row.unit, within, part) for part in parts))
                self._see(component, group, cell)

    def _see_category(self, page: Demand, row: DemandRow, jobs: list[int]) -> None:
        unit = page.heat.branch.unit
        places = [unit.id] if unit else [None, *self.places]
        for component, cell in row.row.cells.items():
            blocks = [
                block
                for block in self.live_blocks
                if block.component == component and block.form == self.forms[component]
                if block.position_id in jobs and block.municipality_id in places
            ]
            self._see(component, frozenset(int(mark) for block in blocks for mark in block.points), cell)


@pytest.fixture
def region(database: Database) -> Iterator[Connection]:
    with writing(database.engine).connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@ONE_ENGINE
@settings(HISTORIES, max_examples=6)
@given(steps=STEPS, seed=st.integers(0, 10**6))
def test_no_history_of_maps_tells_of_fewer_than_five(
    region: Connection, clock: FrozenClock, steps: list[str], seed: int
) -> None:
    with region.begin_nested() as point, Session(region, join_transaction_mode="create_savepoint") as session:
        history = Mapped(session, clock.now(), random.Random(seed))
        for step in [*steps, "days"]:
            history.live(step)
        session.close()
        point.rollback()
    assert not too_small(history.shown, history.read)


@ONE_ENGINE
def test_a_long_history_of_maps_shows_categories(region: Connection, clock: FrozenClock) -> None:
    """Silence would be safe too."""
    history = Mapped(Session(region, join_transaction_mode="create_savepoint"), clock.now(), random.Random(1))
    history.jobs = history.jobs[:2]  # enough of either in one place
    for step in ["come"] * 12 + ["days"] * 3:
        history.live(step)
    page = demand.demand(history.session, callers.staff(REGION))
    assert [row.name for row in page.categories if row.name.startswith("tested-") and row.row.cells]
    assert len(history.shown) > 10 and not too_small(history.shown, history.read)


@pytest.fixture
def visitor(database: Database, clock: FrozenClock, tmp_path: Path) -> Visitor:
    database.write(plant, place=HERE, values=[80] * 6, now=clock.now())
    publish(database, clock)
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    found = Visitor(make_panel(database, clock, tmp_path))
    assert found.sign_in("region").status_code == 302
    return found


def at_school(session: Session, *, now: datetime) -> None:
    """Six of a school with low results, whose results become its own block."""
    place = municipality(session, THERE)
    school = Organisation(municipality_id=place, name="Школа 404", low_results=True)
    session.add(school)
    session.flush()
    plant(session, place=THERE, values=[60] * 6, now=now)
    theirs = update(ComponentScore).where(ComponentScore.municipality_id == place)
    session.execute(theirs.values(organisation_id=school.id))


@ONE_ENGINE
def test_a_cell_that_nobody_answers_opens_the_form_of_an_event_filled_in(visitor: Visitor, database: Database) -> None:
    place = database.read(municipality, HERE)
    page = visitor.text("/reports/demand")
    assert "Никто не предлагает:" in page and "никто не предлагает" in page
    address = f"/events/new?component=digital&amp;municipality_id={place}"
    assert address in page
    form = visitor.text(address.replace("&amp;", "&"))
    assert 'name="components" value="digital" checked' in form
    assert f'<option value="{place}" selected>' in form
    assert f"?municipality={place}" in page, "a row opens one level down"
    assert "/events/new?component=digital" in visitor.text(f"/reports/demand?municipality={place}")


@ONE_ENGINE
def test_a_reader_is_offered_no_form(visitor: Visitor, database: Database, clock: FrozenClock) -> None:
    database.write(add_staff, login="reader", role=StaffRole.READER, now=clock.now())
    reader = Visitor(visitor.app)
    reader.sign_in("reader")
    page = reader.text("/reports/demand")
    assert "никто не предлагает" in page and "/events/new" not in page


def seen(
    session: Session, *, now: datetime, place: str = HERE, found: tuple[tuple[str, int], ...] = SIX_AND_FOUR
) -> None:
    """A visit to a lesson in the city, where six teachers struggled with one thing and four with another; told of."""
    town = session.scalars(select(Municipality.id).where(Municipality.code == place)).one()
    person = session.scalars(select(Person.id).where(Person.municipality_id == town)).first()
    kind = session.scalars(select(Term.id).where(Term.kind == TermKind.WORK_LINE)).first()
    line = DiaryLine(person_id=person, activity_id=kind, day=now.date(), text="Урок", written_at=now)
    session.add(line)
    session.flush()
    for component, people in found:
        noted = {"people": people, "municipality_id": town, "noted_at": now}
        session.add(Difficulty(line_id=line.id, component=component, **noted))
    session.flush()
    publish_facts(session, callers.clock(now + timedelta(days=8)))


@ONE_ENGINE
def test_the_workbook_has_a_row_for_each_component_of_each_unit_and_category(
    visitor: Visitor, database: Database, clock: FrozenClock
) -> None:
    database.write(seen, now=clock.now())
    heading, *rows = sheet(visitor, "/reports/demand.xlsx")
    assert heading[1:] == [
        *("Компонент", "Результатов", "Средний дефицит", "Запрос, 0–100"),
        *("Событий впереди", "Свободных мест", "Без ограничения мест", "Модулей программ", "Чего не хватает"),
        "Замечено на событиях и занятиях",
    ]
    digital = [row for row in rows if row[1] == "цифровой"]
    assert ["Челябинский ГО", "цифровой", 6, 80, 5, 0, 0, 0, 0, "никто не предлагает", 6] in digital
    other = next(row for row in rows if row[0] == "Челябинский ГО" and row[1] == "предметный")
    assert other[2] == other[3] == "< 5" and other[-1] is None, "four seen at lessons are too few as well"
    assert "цифровой: 6" in visitor.text("/reports/demand")
    names = {row[0] for row in sheet(visitor, "/reports/demand.xlsx", 1)[1:]}
    assert "Воспитатели" in names


@ONE_ENGINE
def test_the_sum_of_a_centre_less_its_towns_tells_of_nobody(database: Database, clock: FrozenClock) -> None:
    """Six seen in one town and three in the other stood as nine at their centre, one level above the six."""
    for place in (HERE, THERE):
        database.write(plant, place=place, values=[80] * 6, now=clock.now())
    publish(database, clock)
    database.write(seen, now=clock.now())
    database.write(seen, now=clock.now(), place=THERE, found=(("digital", 3),))

    def joined(session: Session) -> int:
        centre = Centre(code="one", name="Центр")
        session.add(centre)
        session.flush()
        both = update(Municipality).where(Municipality.code.in_((HERE, THERE)))
        session.execute(both.values(centre_id=centre.id))
        return centre.id

    centre_id = database.write(joined)
    above, opened = mapped(database), mapped(database, centre_id=centre_id)
    assert row_of(above, "Центр").noted == above.total.noted == opened.total.noted == {"digital": 6}
    assert [row.noted for row in opened.rows if row.noted] == [{"digital": 6}]


@ONE_ENGINE
def test_marks_and_categories_narrow_the_map(visitor: Visitor, database: Database, clock: FrozenClock) -> None:
    database.write(at_school, now=clock.now())
    publish(database, clock)
    for asked, there in {
        "low_results=1": True,
        "hard_conditions=1": False,
        "low_results=1&hard_conditions=1": False,
    }.items():
        page = visitor.text(f"/reports/demand?{asked}")
        assert "Челябинский ГО</a>" not in page, "its results are not of a marked school"
        assert ("Варненский МР</a>" in page) is there, asked
    number = database.read(category, "preschool")
    assert "Челябинский ГО</a>" not in visitor.text(f"/reports/demand?category={number}")
    number = database.read(category, "subject")
    assert "Челябинский ГО</a>" in visitor.text(f"/reports/demand?category={number}")
    assert visitor.get("/reports/demand?category=99999").status_code == 404


@ONE_ENGINE
def test_a_day_in_a_kindergarten_is_no_offer_to_those_who_teach_a_subject(
    visitor: Visitor, database: Database, clock: FrozenClock
) -> None:
    database.write(plant, place=HERE, values=[80] * 6, now=clock.now())
    publish(database, clock)
    held = select(Term.id).where(Term.kind == TermKind.POSITION, Term.code.in_(("educator", "teacher")))
    educator, teacher = database.read(lambda session: session.scalars(held.order_by(Term.code)).all())
    garden = [EventPosition(position_id=educator)]
    database.write(make_event, components=["digital"], now=clock.now(), capacity=20, positions=garden)
    for code, met in (("preschool", True), ("subject", False)):
        number = database.read(category, code)
        found = database.read(demand.demand, callers.staff(REGION, clock.now()), category_id=number)
        assert (found.total.supply["digital"] == Supply(1, 20, 0)) is met
    page = visitor.text(f"/reports/demand?category={database.read(category, 'subject')}")
    assert f"positions={teacher}" in page
    form = visitor.text(f"/events/new?component=subject&positions={educator}&positions=oops")
    assert f'name="positions" value="{educator}" checked' in form


@ONE_ENGINE
def test_the_list_of_reports_counts_what_nobody_offers(
    visitor: Visitor, database: Database, clock: FrozenClock
) -> None:
    text = visitor.text("/reports/")
    assert "<b>6</b>из 6 компонентов никто не предлагает" in text
    soon = clock.now() + timedelta(days=3)
    online = {"mode": EventMode.ONLINE, "link": "https://example.org", "components": ["digital", "subject"]}
    database.write(make_event, now=clock.now(), starts_at=soon, **online)
    assert "<b>4</b>из 6" in visitor.text("/reports/")
