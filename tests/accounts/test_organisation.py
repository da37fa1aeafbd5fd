"""An account of one organisation: its own people everywhere, and nobody of the school next door anywhere."""

import io
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.accounts import staff_queries, staff_services
from db.accounts.models import Staff
from db.applications.models import Application, ApplicationStatus, Campaign
from db.caller import StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics import blocks
from db.dictionaries.models import Municipality, Organisation
from db.errors import DomainError, NotFoundError
from db.events import seats
from db.events.models import Registration
from db.people.models import Person
from db.reports import deficits
from db.scope import Scope, StaffRole
from tests.diagnostics.walking import complete
from tests.events.support import make_event
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import MUNICIPALITY, add_teacher

REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
OWN, OTHER = "Родонитова", "Кварцитова"


class Schools:
    """Two schools of one city, with people, applications and guests of one event."""

    def __init__(self, database: Database, clock: FrozenClock, folder: Path) -> None:
        self.database, self.clock = database, clock
        self.own, self.other = database.write(self._schools)
        self.event = database.write(make_event, now=clock.now(), title="Общий семинар")
        self.people = [self._person(8000, OWN, self.own), self._person(8001, OTHER, self.other)]
        self.applications = [database.write(self._application, person) for person in self.people]
        for person in self.people:
            database.write(seats.register, callers.person(person, clock.now()), event_id=self.event)
        database.write(
            add_staff, login="school", role=StaffRole.ORGANISATION, now=clock.now(), organisation_id=self.own
        )
        self.visitor = Visitor(make_panel(database, clock, folder))
        assert self.visitor.sign_in("school").status_code == 302

    def _schools(self, session: Session) -> tuple[int, int]:
        place = session.scalars(select(Municipality.id).where(Municipality.code == MUNICIPALITY)).one()
        rows = [Organisation(municipality_id=place, name=f"Школа {name}") for name in ("наша", "соседняя")]
        session.add_all(rows)
        session.flush()
        return rows[0].id, rows[1].id

    def _person(self, number: int, name: str, school: int) -> int:
        now = self.clock.now()
        person = self.database.write(add_teacher, external_id=number, name=f"{name} Вера Ивановна", now=now)
        self.database.write(
            lambda session: session.execute(update(Person).where(Person.id == person).values(organisation_id=school))
        )
        return person

    def _application(self, session: Session, person: int) -> int:
        row = Application(
            campaign_id=session.scalars(select(Campaign.id).order_by(Campaign.id)).first() or 0,
            person_id=person,
            status=ApplicationStatus.SUBMITTED,
            municipality_id=session.get_one(Person, person).municipality_id,
            created_at=self.clock.now(),
            submitted_at=self.clock.now(),
        )
        session.add(row)
        session.flush()
        return row.id

    def caller(self) -> StaffCaller:
        """The account of the own school."""
        row = self.database.read(lambda session: session.scalars(select(Staff).where(Staff.login == "school")).one())
        return callers.staff(self.database.read(lambda session: staff_queries.scope_of(session.get_one(Staff, row.id))))


@pytest.fixture
def schools(database: Database, clock: FrozenClock, tmp_path: Path) -> Schools:
    return Schools(database, clock, tmp_path)


def test_pages_files_and_look_ups_hold_the_own_people_only(schools: Schools) -> None:
    panel = schools.visitor
    for address in ("/people/", "/people/?q=Вера", "/applications/?status=submitted", f"/events/{schools.event}"):
        text = panel.text(address)
        assert OWN in text and OTHER not in text, address
    for address in ("/", f"/search?q={OTHER}", "/notices/", "/mentoring/", "/diagnostics/", "/settings/organisations/"):
        answer = panel.get(address)
        said = answer.get_data(as_text=True).replace(f'value="{OTHER}"', "").replace(f"q={OTHER}", "")
        assert answer.status_code in (200, 404) and OTHER not in said and "соседняя" not in said, address
    for address in ("/people.xlsx", "/applications.xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(panel.get(address).data))
        cells = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
        assert OWN in cells and OTHER not in cells, address


def test_a_foreign_object_is_not_there_and_nothing_is_changed(schools: Schools) -> None:
    panel, (own, other) = schools.visitor, schools.people
    assert panel.get(f"/people/{own}").status_code == panel.get(f"/applications/{schools.applications[0]}").status_code
    assert panel.get(f"/people/{own}").status_code == 200
    for address in (f"/people/{other}", f"/applications/{schools.applications[1]}"):
        assert panel.get(address).status_code == 404
    for address in (
        f"/people/{own}/roles",
        f"/applications/{schools.applications[0]}/decide",
        f"/events/{schools.event}/people",
        f"/settings/organisations/{schools.own}",
    ):
        assert panel.post(address, {"role": "mentor", "person": own, "verdict": "return"}).status_code in (403, 405)
    for address in ("/broadcasts/", "/imports/", "/audit/", "/settings/staff/"):
        assert panel.get(address).status_code == 403


def test_its_row_of_the_reports_is_the_region_s_own(schools: Schools) -> None:
    database, now = schools.database, schools.clock.now()
    for number in range(6):
        complete(database, schools._person(8100 + number, "Наша", schools.own), now=now)
        complete(database, schools._person(8200 + number, "Соседняя", schools.other), now=now)
    database.write(blocks.publish, callers.clock(now + timedelta(days=9)))
    mine = database.read(deficits.heat, schools.caller())
    assert [(row.name, row.people) for row in mine.rows] == [("Школа наша", 6)]
    assert mine.together is None and not mine.hidden and mine.total.people == 6
    place = next(iter(schools.caller().scope.municipality_ids or ()))
    whole = database.read(deficits.heat, callers.staff(REGION), municipality_id=place)
    assert [row.cells for row in mine.rows] == [row.cells for row in whole.rows if row.name == "Школа наша"]
    with pytest.raises(NotFoundError):
        database.read(deficits.cell_detail, schools.caller(), component="digital", organisation_id=schools.other)
    with pytest.raises(NotFoundError):
        database.read(deficits.cell_detail, schools.caller(), component="digital", municipality_id=place)
    found = database.read(deficits.cell_detail, schools.caller(), component="digital", organisation_id=schools.own)
    assert found.cell is not None and found.cell.people == 6
    assert "Соседняя" not in schools.visitor.text("/reports/deficits")


def test_what_a_teacher_says_of_an_event_is_not_the_director_s_to_read(schools: Schools) -> None:
    """One teacher of a school was there: whose words they are would be plain, though no name stands beside them."""
    now = schools.clock.now()
    said = {"attended_at": now, "rating": 2, "comment": "Скучно и долго", "feedback_at": now}
    own = Registration.person_id == schools.people[0]
    schools.database.write(lambda session: session.execute(update(Registration).where(own).values(**said)))
    page = schools.visitor.text(f"/events/{schools.event}")
    assert OWN in page and "Скучно" not in page and "Отзывы" not in page


def test_an_account_of_an_organisation_needs_one(schools: Schools) -> None:
    database, admin = schools.database, callers.staff(Scope(1, StaffRole.ADMINISTRATOR, None))

    def make(login: str, organisation: str) -> int:
        return database.write(
            staff_services.create_staff,
            admin,
            login=login,
            name="Завуч",
            role=StaffRole.ORGANISATION,
            organisation=organisation,
        )

    with pytest.raises(DomainError, match="staff_organisation"):
        make("nobody", "Такой школы нет")
    made = make("deputy", "Школа наша")
    row = database.read(staff_queries.staff_row, staff_id=made)
    assert (row.organisation, row.role) == ("Школа наша", StaffRole.ORGANISATION)
    database.write(
        staff_services.update_staff,
        admin,
        staff_id=made,
        name="Завуч",
        role=StaffRole.READER,
        active=True,
        municipality_ids=[],
    )
    assert database.read(staff_queries.staff_row, staff_id=made).organisation is None
