"""Routes in the panel: who of the accompanied has one; what stands in a route is nobody else's."""

from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Organisation
from db.events import seats
from db.mentoring import staff_services
from db.people.models import Person, Role
from db.routes import services, sharing
from db.routes.models import RouteReader, StepOutcome
from db.scope import StaffRole
from tests.diagnostics.test_screens import mixed
from tests.diagnostics.walking import NOW, complete
from tests.events.support import REGION, make_event
from tests.routes.test_conversation import taken
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import add_teacher


def accompanied(database: Database, count: int) -> list[int]:
    """Mentees of an active member, in pairs."""
    roles = [Role.MENTOR, Role.ACTIVE_MEMBER]
    mentor = database.write(add_teacher, external_id=9000, name="Мудрая Нина Павловна", now=NOW, roles=roles)
    found = []
    for number in range(count):
        mentee = database.write(add_teacher, external_id=9001 + number, name=f"Юная Вера {number}", now=NOW)
        database.write(
            staff_services.create_pair, callers.staff(REGION, NOW), mentor_id=mentor, mentee_id=mentee, goals=None
        )
        found.append(mentee)
    return found


def test_the_coverage_of_the_accompanied_opens_its_people_and_the_file_says_the_same(
    database: Database, tmp_path: Path
) -> None:
    """ACCEPTANCE, chelyabinsk 11."""
    database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=NOW)
    panel = Visitor(make_panel(database, FrozenClock(NOW), tmp_path))
    assert panel.sign_in("one").status_code == 302
    people = accompanied(database, 3)
    outside = database.write(add_teacher, external_id=9100, name="Сторонняя Анна", now=NOW)
    for who in (*people[:2], outside):
        complete(database, who, mixed)
    item = taken(database, people[0])
    database.write(services.say, callers.person(people[0], NOW), item_id=item.id, word="Тайная строка")
    taken(database, outside)
    page = panel.text("/routes/?show=accompanied")
    assert "ИОМ у сопровождаемых методистами актива: 1 из 3" in page
    assert [f"Юная Вера {number}" in page for number in range(3)] == [True] * 3
    assert "Сторонняя" not in page
    assert "Тайная" not in page
    assert item.text not in page
    without = panel.text("/routes/?show=without")
    assert [f"Юная Вера {number}" in without for number in range(3)] == [False, True, True]
    everybody = panel.text("/routes/")
    assert "Сторонняя Анна" in everybody
    assert "Юная Вера 1" not in everybody
    book = load_workbook(BytesIO(panel.get("/routes.xlsx?show=accompanied", follow_redirects=True).data))
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[3]) for row in rows] == [
        ("Юная Вера 0", "Идёт"),
        ("Юная Вера 1", "Нет"),
        ("Юная Вера 2", "Нет"),
    ]


def test_how_far_a_route_is_stands_beside_a_name_only_where_it_was_opened(database: Database, tmp_path: Path) -> None:
    """The list told of everybody by name how many steps were taken and done: states only, unless opened."""
    database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=NOW)
    panel = Visitor(make_panel(database, FrozenClock(NOW), tmp_path))
    assert panel.sign_in("one").status_code == 302
    closed, opened = accompanied(database, 2)
    for person_id in (closed, opened):
        complete(database, person_id, mixed)
        own, item = callers.person(person_id, NOW), taken(database, person_id)
        database.write(services.report, own, item_id=item.id, outcome=StepOutcome.WORKED)
        taken(database, person_id)
    share = callers.person(opened, NOW)
    database.write(sharing.share, share, reader=RouteReader.METHODIST, of=0)

    def told(show: str) -> dict[str, tuple[str | None, ...]]:
        page = panel.text(f"/routes/?show={show}")
        book = load_workbook(BytesIO(panel.get(f"/routes/list.xlsx?show={show}").data))
        rows = {row[0]: (row[5], row[6]) for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)}
        for name, numbers in rows.items():
            line = page[page.index(name) :].partition("</tr>")[0]
            shown = [cell.partition("<")[0] for cell in line.split('class="num"')[1:]]
            assert [cell.rpartition(">")[2] for cell in shown] == ["—" if n is None else str(n) for n in numbers]
        return rows

    for show in ("all", "accompanied"):
        assert told(show) == {"Юная Вера 0": (None, None), "Юная Вера 1": (1, 1)}
    assert told("opened") == {"Юная Вера 1": (1, 1)}
    (line,) = [one for one in database.read(sharing.sharing, share).shares if one.revoked_at is None]
    database.write(sharing.revoke, share, share_id=line.share_id)
    assert told("all") == {"Юная Вера 0": (None, None), "Юная Вера 1": (None, None)}


def test_events_and_routes_are_narrowed_to_people_of_marked_schools(database: Database, tmp_path: Path) -> None:
    """ACCEPTANCE, terek 13: the same filter on events and routes; an observer learns of no group under five by it."""
    for login, role in (("one", StaffRole.REGIONAL_METHODIST), ("two", StaffRole.READER)):
        database.write(add_staff, login=login, role=role, now=NOW)
    person, other = (
        database.write(add_teacher, external_id=number, name=f"Юная Вера {number}", now=NOW) for number in (9001, 9002)
    )
    database.write(_in_a_marked_school, person)
    for who, title in ((person, "Для отмеченной школы"), (other, "Для прочих")):
        complete(database, who, mixed)
        taken(database, who)
        event_id = database.write(make_event, now=NOW, title=title)
        database.write(seats.register, callers.person(who, NOW), event_id=event_id)
    pages = {}
    for login in ("one", "two"):
        panel = Visitor(make_panel(database, FrozenClock(NOW), tmp_path))
        assert panel.sign_in(login).status_code == 302
        pages[login] = panel
    events = pages["one"].text("/events/?low_results=1")
    assert ("Для отмеченной школы" in events, "Для прочих" in events) == (True, False)
    routes = pages["one"].text("/routes/?low_results=1")
    assert ("Юная Вера 9001" in routes, "Юная Вера 9002" in routes) == (True, False)
    assert "Для отмеченной школы" not in pages["two"].text("/events/?low_results=1")
    assert "Для отмеченной школы" in pages["two"].text("/events/")


def _in_a_marked_school(session: Session, person_id: int) -> None:
    person = session.get_one(Person, person_id)
    school = Organisation(
        municipality_id=person.municipality_id or 0, name="Школа с отметкой", confirmed=True, low_results=True
    )
    session.add(school)
    session.flush()
    person.organisation_id = school.id
