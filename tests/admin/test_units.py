"""Centres and marks of organisations: what their pages show, and how far the account of a centre reaches."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts import staff_services
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Centre, Municipality, Organisation, Term, TermKind
from db.errors import DomainError
from db.scope import Scope, StaffRole
from tests.support import callers
from tests.support.panel import PASSWORD, Visitor
from tests.support.region import sheet
from tests.support.town import add_teacher

Enter = Callable[[str], Visitor]
PEOPLE = {
    "Варнина Вера Ивановна": "varnensky-mr",
    "Чесмина Анна Олеговна": "chesmensky-mr",
    "Чужова Ольга Петровна": "ashinsky-mr",
}
CHIEF = Scope(1, StaffRole.ADMINISTRATOR, None)


@pytest.fixture
def centre(database: Database, clock: FrozenClock) -> int:
    """Two municipalities are served by it; a teacher in each and one elsewhere."""

    def make(session: Session) -> int:
        served = session.scalars(select(Municipality).where(Municipality.code.in_(["varnensky-mr", "chesmensky-mr"])))
        row = Centre(code="south", name="Южный центр", training=True, municipalities=list(served))
        session.add(row)
        session.flush()
        return row.id

    made = database.write(make)
    for number, (name, place) in enumerate(PEOPLE.items(), 21):
        database.write(add_teacher, external_id=number, name=name, municipality=place, now=clock.now())
    return made


def account(database: Database, clock: FrozenClock, centre: int | None) -> int:
    return database.write(
        staff_services.create_staff,
        callers.staff(CHIEF, clock.now()),
        login="south",
        name="Методист центра",
        role=StaffRole.MUNICIPAL_METHODIST,
        password=PASSWORD,
        centre_id=centre,
    )


def test_the_account_of_a_centre_reaches_exactly_what_the_centre_serves(
    database: Database, clock: FrozenClock, centre: int, signed_in: Enter
) -> None:
    account(database, clock, centre)
    person = signed_in("south")
    text = person.text("/people/")
    assert "Варнина" in text and "Чесмина" in text and "Чужова" not in text
    cells = " ".join(str(value) for row in sheet(person, "/people.xlsx") for value in row if value)
    assert "Варнина" in cells and "Чужова" not in cells
    foreign = database.read(lambda session: session.scalars(select(Municipality.id)).first())
    assert foreign is not None
    listed = person.text("/settings/municipalities/")
    assert "Варненский МР" in listed and "Чесменский МР" in listed and "Ашинский МР" not in listed
    head, *rows = sheet(person, "/settings/municipalities.xlsx")
    assert head[0] == "Название" and [row[0] for row in rows] == ["Варненский МР", "Чесменский МР"]
    served = {row[0]: row for row in sheet(person, "/settings/centres.xlsx")[1:]}
    assert "Варненский МР, Чесменский МР" in served["Южный центр"], "the figures of a list are read from its file"


def test_what_a_centre_serves_now_counts_at_the_next_request(
    database: Database, clock: FrozenClock, centre: int, signed_in: Enter
) -> None:
    account(database, clock, centre)
    person, chief = signed_in("south"), signed_in("admin")
    ids = database.read(lambda session: {row.code: row.id for row in session.scalars(select(Municipality))})
    chief.save(
        f"/settings/centres/{centre}",
        {"name": "Южный центр", "note": "", "municipalities": [str(ids["ashinsky-mr"])]},
    )
    text = person.text("/people/")
    assert "Чужова" in text and "Варнина" not in text
    assert "распределение учебное" not in chief.text("/settings/centres/"), "what staff say is no example"


def test_the_journal_says_how_far_an_account_reached_and_since_when(
    database: Database, clock: FrozenClock, centre: int, signed_in: Enter
) -> None:
    """A centre's line said that it was saved, a new account's that it was made: not whom they reach from then on."""
    number = account(database, clock, centre)
    ids = database.read(lambda session: {row.code: row.id for row in session.scalars(select(Municipality))})
    given = [str(ids["ashinsky-mr"]), str(ids["varnensky-mr"])]
    signed_in("admin").save(f"/settings/centres/{centre}", {"name": "Южный центр", "municipalities": given})

    def told(session: Session, action: str, object_id: int) -> dict[str, Any]:
        found = select(AuditEntry.details).where(AuditEntry.action == action, AuditEntry.object_id == object_id)
        return session.scalars(found).one()

    made = database.read(told, "staff.create", number)
    assert (made["centre"], made["municipalities"], made["directions"]) == (centre, [], [])
    assert database.read(told, "centres.save", centre) == {"municipalities": sorted(map(int, given))}


def test_a_municipal_methodist_needs_a_municipality_or_a_centre(database: Database, clock: FrozenClock) -> None:
    for nothing in (None, 999):
        with pytest.raises(DomainError, match="staff_municipality"):
            account(database, clock, nothing)


def test_an_example_of_who_serves_whom_is_told_as_one(signed_in: Enter, centre: int) -> None:
    text = signed_in("region").text("/settings/centres/")
    assert "Южный центр" in text and "Варненский МР, Чесменский МР" in text
    assert "распределение учебное, в документе нет" in text


def test_organisations_are_counted_by_kind_and_narrowed_by_their_two_marks(
    database: Database, signed_in: Enter
) -> None:
    def mark(session: Session) -> None:
        kinds = [Term(kind=TermKind.ORGANISATION_KIND, code=code, name=code, position=1) for code in ("Лицей", "Сад")]
        session.add_all(kinds)
        session.flush()
        first, second, third, *_ = session.scalars(select(Organisation).order_by(Organisation.id))
        first.kind_id, second.kind_id, third.kind_id = kinds[0].id, kinds[0].id, kinds[1].id
        first.low_results = second.low_results = second.hard_conditions = True
        first.name, second.name, third.name = "Лицей Первый", "Лицей Второй", "Сад Третий"

    database.write(mark)
    person = signed_in("region")
    assert "3: Лицей 2, Сад 1" in person.text("/settings/organisations/")
    for query, there in (
        ("low_results=1", {"Первый", "Второй"}),
        ("hard_conditions=1", {"Второй"}),
        ("low_results=1&hard_conditions=1", {"Второй"}),
    ):
        text = person.text(f"/settings/organisations/?{query}")
        assert {name for name in ("Первый", "Второй", "Третий") if name in text} == there, query
