"""Coverage: the documents' numbers as they stand, and who has walked a self-diagnosis told in fives."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.diagnostics.models import Attempt, AttemptStatus, ComponentScore, InstrumentVersion
from db.dictionaries.models import Municipality, StaffNumber
from db.people.models import Person
from db.reports.sweeps import publish_facts
from db.scope import StaffRole
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import add_teacher

HOME = "chelyabinsky-go"


def passed(session: Session, clock: FrozenClock, people: int) -> None:
    """So many teachers of one municipality finish, one of them twice; and one elsewhere."""
    home = session.scalars(select(Municipality.id).where(Municipality.code == HOME)).one()
    version = session.scalars(select(InstrumentVersion)).first()
    assert version is not None
    for number in range(people + 1):
        place = HOME if number < people else "ashinsky-mr"
        person = add_teacher(
            session, external_id=900 + number, name="Тестова Вера", municipality=place, now=clock.now()
        )
        for again in range(2 if number == 0 else 1):
            done = clock.now() - timedelta(days=again)
            attempt = Attempt(
                person_id=person,
                instrument_id=version.instrument_id,
                version_id=version.id,
                status=AttemptStatus.COMPLETED,
                started_at=done,
                completed_at=done,
            )
            session.add(attempt)
            session.flush()
            row = session.get_one(Person, person)
            score = ComponentScore(
                attempt_id=attempt.id,
                component="digital",
                form="",
                person_id=person,
                municipality_id=row.municipality_id,
                position_id=row.position_id,
                latest=again == 0,
                point_deficits=[],
                completed_at=done,
            )
            session.add(score)
    for place, (name, count, positions) in enumerate(
        [
            ("учителя", 619, ["teacher", "primary-teacher"]),
            ("ДО", 5, []),
            ("воспитатели", 252, ["educator"]),
            ("педагоги школы", 8, ["teacher"]),
        ],
        1,
    ):
        session.add(
            StaffNumber(
                code=name,
                municipality_id=home,
                name=name,
                count=count,
                position=place,
                positions=positions,
                source="р. 1",
            )
        )


def test_the_documents_numbers_stand_beside_fives_of_those_who_passed(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    database.write(passed, clock, 8)
    database.write(publish_facts, callers.clock(clock.now() + timedelta(days=8)))
    for login, role, places in (
        ("region", StaffRole.REGIONAL_METHODIST, ()),
        ("town", StaffRole.MUNICIPAL_METHODIST, (HOME,)),
        ("other", StaffRole.MUNICIPAL_METHODIST, ("ashinsky-mr",)),
    ):
        database.write(add_staff, login=login, role=role, municipalities=places, now=clock.now())
    for login in ("region", "town"):
        person = Visitor(make_panel(database, clock, tmp_path))
        person.sign_in(login)
        text = person.text("/reports/coverage")
        assert "5 из 619" in text and "меньше пяти из 252" in text and "не считаем" in text
        assert "8 из 619" not in text, "eight is five and three"
        assert "почти все из 8" in text, "«5 из 5» would tell of each that they passed"
        sheet = load_workbook(BytesIO(person.get("/reports/coverage.xlsx").data)).worksheets[0]
        rows = [row[:3] for row in sheet.iter_rows(values_only=True)]
        assert ("учителя", 619, "5 из 619") in rows
        assert any(row[1] == 884 for row in rows), "the sum is the document's"
    stranger = Visitor(make_panel(database, clock, tmp_path))
    stranger.sign_in("other")
    assert "619" not in stranger.text("/reports/coverage")
