"""Methodists and events in the panel: what they may do, see and never see."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from admin.app import create_app
from admin.settings import AdminSettings
from db.accounts import staff_services
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries import services as dictionaries
from db.dictionaries.models import Municipality, Term, TermKind
from db.events import seats, services
from db.events.models import (
    Cause,
    Certificate,
    Event,
    EventMode,
    EventPosition,
    EventStatus,
    Registration,
    RegistrationStatus,
)
from db.scope import StaffRole
from tests.events.support import door, kinds, make_event, make_people, standing
from tests.support import callers
from tests.support.clocks import Hand
from tests.support.panel import served

PASSWORD = "Проверка панели 2026"
PLACE = "Гимназия № 23, кабинет 310"


class Desk:
    """A methodist at the panel: gets pages, fills forms, follows."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code)
        return unescape(answer.get_data(as_text=True))

    def post(self, path: str, status: int = 200, **fields: Any) -> str:
        answer = self.client.post(path, data={"csrf_token": self.token(), **fields}, follow_redirects=True)
        assert answer.status_code == status, (path, answer.status_code)
        return unescape(answer.get_data(as_text=True))

    def token(self) -> str:
        page = self.client.get("/").get_data(as_text=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found is not None
        return found[1]


@pytest.fixture
def panel(sqlite_url: str, tmp_path: Path, clock: FrozenClock) -> "Iterator[Panel]":
    door = Database.connect(sqlite_url)
    door.write(dictionaries.keep_bot_link, platform="telegram", pattern="https://t.me/opora_test_bot?start={payload}")
    settings = AdminSettings(_env_file=None, database_url=sqlite_url, data_dir=tmp_path)
    yield Panel(door, clock, settings)
    door.close()


class Panel:
    """The application and the ways into it."""

    def __init__(self, database: Database, clock: FrozenClock, settings: AdminSettings) -> None:
        self.database = database
        self.clock = clock
        self.app = create_app(settings, database, clock)

    def desk(self, role: StaffRole = StaffRole.REGIONAL_METHODIST, town: str | None = None) -> Desk:
        login = f"{role.value.replace('_', '')}{town or ''}".replace("-", "")
        self.database.write(
            staff_services.create_staff,
            callers.clock(self.clock.now()),
            login=login,
            name="Методист",
            role=role,
            password=PASSWORD,
            municipality_codes=[town] if town else [],
        )
        client = self.app.test_client()
        page = client.get("/login").get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        answer = client.post("/login", data={"csrf_token": token[1], "login": login, "password": PASSWORD})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return Desk(client)

    def event(self, **fields: Any) -> int:
        return self.database.write(make_event, now=self.clock.now(), **fields)

    def people(self, count: int, **fields: Any) -> list[int]:
        return self.database.write(make_people, count=count, now=self.clock.now(), **fields)

    def register(self, event_id: int, *people: int) -> None:
        for one in people:
            self.database.write(seats.register, callers.person(one, self.clock.now()), event_id=event_id)


def registration_of(session: Session, *, event_id: int, person_id: int) -> int:
    return session.scalars(
        select(Registration.id).where(Registration.event_id == event_id, Registration.person_id == person_id)
    ).one()


def fields_of(panel: Panel, **changes: Any) -> dict[str, Any]:
    formats = select(Term.id).where(Term.kind == TermKind.EVENT_FORMAT)
    format_id = panel.database.read(lambda session: session.scalars(formats).first())
    return {
        "title": "Пары и группы <b>работают</b>",
        "about": "Покажем три простых способа.",
        "format_id": str(format_id),
        "municipality_id": "",
        "mode": "offline",
        "place": "Лицей № 24",
        "date": "2026-03-10",
        "starts": "14:00",
        "ends": "16:00",
        "capacity": "25",
        "guests": "all",
        "components": ["methodical"],
        **changes,
    }


def test_from_a_draft_to_publication(panel: Panel) -> None:
    desk = panel.desk()
    page = desk.post("/events/new", **fields_of(panel, place=""))
    assert "нужно место" in page and "Пары и группы <b>работают</b>" in page  # what was typed stays
    page = desk.post("/events/new", **fields_of(panel))
    assert "Черновик сохранён" in page
    event = panel.database.read(lambda session: session.scalars(select(Event)).one())
    assert event.starts_at.isoformat() == "2026-03-10T09:00:00+00:00"  # 14:00 in Chelyabinsk
    raw = desk.client.get(f"/events/{event.id}").get_data(as_text=True)
    assert "&lt;b&gt;работают&lt;/b&gt;" in raw and "<b>работают</b>" not in raw
    for _ in range(2):
        desk.post(f"/events/{event.id}/publish")
    event = panel.database.read(lambda session: session.scalars(select(Event)).one())
    assert event.status is EventStatus.PUBLISHED
    assert "запись открыта" in desk.get("/events/?month=2026-03&status=published")
    assert "Ничего не нашлось" in desk.get("/events/?month=2026-05")


def test_whom_an_event_is_offered_to_is_kept_shown_and_refused_where_it_is_no_position(panel: Panel) -> None:
    positions = select(Term).where(Term.kind == TermKind.POSITION, Term.code.in_(("educator", "senior-educator")))
    terms = panel.database.read(lambda session: session.scalars(positions.order_by(Term.id)).all())
    numbers = [str(one.id) for one in terms]
    desk = panel.desk()
    assert "Черновик сохранён" in desk.post("/events/new", **fields_of(panel, positions=numbers, young="1"))
    event_id = panel.database.read(lambda session: session.scalars(select(Event.id)).one())
    card = desk.get(f"/events/{event_id}")
    assert f"{terms[0].name}, {terms[1].name}, стаж меньше трёх лет" in card
    panel.database.write(lambda session: setattr(session.get_one(Term, terms[0].id), "active", False))
    form = desk.get(f"/events/{event_id}/edit")
    assert all(f'name="positions" value="{one}" checked' in form for one in numbers), "one out of use stays chosen"
    fields = fields_of(panel, positions=numbers[:1], revision="0")
    assert "Сохранено" in desk.post(f"/events/{event_id}/edit", **fields)
    kept = panel.database.read(lambda session: session.scalars(select(EventPosition.position_id)).all())
    assert [str(one) for one in kept] == numbers[:1] and "стаж меньше" not in desk.get(f"/events/{event_id}")
    kind = fields["format_id"]
    for wrong, status in ((["oops"], 200), ([kind], 404)):
        desk.post(f"/events/{event_id}/edit", status, **{**fields, "positions": wrong, "revision": "1"})
    assert panel.database.read(lambda session: session.scalars(select(EventPosition.position_id)).all()) == kept


def test_change_tells_people_and_calls_the_queue(panel: Panel) -> None:
    event_id, people = panel.event(capacity=1), panel.people(2)
    panel.register(event_id, *people)
    desk = panel.desk()
    form = desk.get(f"/events/{event_id}/edit")
    assert 'name="revision" value="0"' in form and 'value="2026-03-05"' in form and 'value="11:00"' in form
    changes = {"date": "2026-03-06", "starts": "11:00", "ends": "13:00", "capacity": "2", "revision": "0"}
    assert "Сохранено" in desk.post(f"/events/{event_id}/edit", **fields_of(panel, **changes))
    assert [one[0] for one in panel.database.read(kinds)] == ["events.changed", "events.changed", "events.offer"]
    stale = desk.post(f"/events/{event_id}/edit", **fields_of(panel, **changes))
    assert "кое-что изменилось" in stale


def test_an_event_that_failed_and_is_moved_is_told_of(panel: Panel) -> None:
    """Its end had passed, so nobody heard of the new day."""
    event_id, people = panel.event(capacity=5), panel.people(1)
    panel.register(event_id, *people)
    panel.clock.moment += timedelta(days=4)
    changes = {"date": "2026-03-16", "starts": "11:00", "ends": "13:00", "revision": "0"}
    assert "Сохранено" in panel.desk().post(f"/events/{event_id}/edit", **fields_of(panel, **changes))
    assert [one[0] for one in panel.database.read(kinds)] == ["events.changed"]


def test_a_copy_of_a_foreign_event_keeps_its_link_to_itself(panel: Panel) -> None:
    links = {"mode": EventMode.ONLINE, "link": "https://meet.example/secret", "place": None}
    foreign = panel.event(municipality="miassky-go", **links)
    own = panel.event(municipality="chelyabinsky-go", **links)
    desk = panel.desk(StaffRole.MUNICIPAL_METHODIST, "chelyabinsky-go")
    assert "secret" not in desk.get(f"/events/new?copy={foreign}")
    assert "secret" in desk.get(f"/events/new?copy={own}")


@pytest.mark.parametrize("changes", [{"date": "9999-12-31"}, {"format_id": "99999"}, {"format_id": "9" * 30}])
def test_what_no_form_of_ours_sends_is_refused_kindly(panel: Panel, changes: dict[str, str]) -> None:
    desk = panel.desk()
    answer = desk.client.post("/events/new", data=fields_of(panel, csrf_token=desk.token(), **changes))
    assert answer.status_code in (200, 404)
    assert panel.database.read(lambda session: session.scalars(select(Event)).all()) == []
    assert desk.client.get("/events/?month=9999-12").status_code == 200


def test_call_off_needs_a_reason_and_tells_once(panel: Panel) -> None:
    event_id, people = panel.event(capacity=1), panel.people(3)
    panel.register(event_id, *people)
    desk = panel.desk()
    assert "Напишите причину" in desk.post(f"/events/{event_id}/cancel", reason="  ")
    for _ in range(2):
        desk.post(f"/events/{event_id}/cancel", reason="Карантин")
    assert len(panel.database.read(kinds, kind="events.cancelled")) == 3


def test_people_by_hand(panel: Panel) -> None:
    event_id, people = panel.event(capacity=1), panel.people(3)
    panel.database.write(_with_profile, now=panel.clock.now())
    panel.register(event_id, people[0])
    desk = panel.desk()
    assert "Педагог 1" in desk.get(f"/events/{event_id}?q=педагог")
    assert "Свободных мест нет" in desk.post(f"/events/{event_id}/people", person=people[1])
    number = panel.database.read(registration_of, event_id=event_id, person_id=people[0])
    assert "Напишите причину" in desk.post(f"/events/{event_id}/people/{number}/remove")
    desk.post(f"/events/{event_id}/people/{number}/remove", reason="По просьбе школы")
    assert panel.database.read(standing, event_id=event_id)["offered"] == [people[1]]
    kinds_now = [one[0] for one in panel.database.read(kinds)]
    assert kinds_now.count("events.removed") == 1 and kinds_now.count("events.offer") == 1


def _with_profile(session: Session, *, now: Any) -> None:
    from db.people.models import Person

    for person in session.scalars(select(Person)):
        person.profile_saved_at = now


def test_marks_by_hand(panel: Panel) -> None:
    event_id, people = panel.event(capacity=1), panel.people(2)
    panel.register(event_id, *people)
    desk = panel.desk()
    first, second = (panel.database.read(registration_of, event_id=event_id, person_id=one) for one in people)
    path = f"/events/{event_id}/people/{first}/mark"
    assert "за час до начала" in desk.post(path, present="1")
    panel.clock.moment += timedelta(days=3)
    desk = panel.desk(StaffRole.ADMINISTRATOR)  # the first one's session has ended meanwhile
    for _ in range(2):
        assert "отмечено" in desk.post(path, present="1")
    assert "Свободных мест нет" in desk.post(f"/events/{event_id}/people/{second}/mark", present="1")
    assert 'data-here="1"' in desk.get(f"/events/{event_id}/check-in/now")
    assert "снята" in desk.post(path, present="0")
    desk.post(path, present="1")
    panel.clock.moment += timedelta(hours=3)
    panel.database.write(services.certificate, callers.person(people[0], panel.clock.now()), event_id=event_id)
    assert "выдан сертификат" in desk.post(path, present="0")


@pytest.mark.parametrize("own", ["miassky-go", None])
def test_foreign_events_are_read_only_and_without_people(panel: Panel, own: str | None) -> None:
    """A municipal methodist and an event of a neighbour or of the region: no names, no changes, by any address."""
    event_id = panel.event(municipality=own, title="Соседское событие")
    draft = panel.event(municipality=own, title="Тайный черновик", status=EventStatus.DRAFT)
    people = panel.people(1)
    panel.register(event_id, *people)
    number = panel.database.read(registration_of, event_id=event_id, person_id=people[0])
    desk = panel.desk(StaffRole.MUNICIPAL_METHODIST, "chelyabinsky-go")
    page = desk.get("/events/")
    assert "Соседское событие" in page and "Тайный черновик" not in page
    page = desk.get(f"/events/{event_id}")
    assert "Педагог 0" not in page and "Отменить событие" not in page
    for path in ("edit", "check-in", "check-in/now", "sheet", "list.xlsx"):
        desk.get(f"/events/{event_id}/{path}", 404)
    desk.get(f"/events/{draft}", 404)
    before = panel.database.read(standing, event_id=event_id)
    desk.post(f"/events/{event_id}/edit", 404, **fields_of(panel, revision="0"))
    for path, fields in (
        ("cancel", {"reason": "Чужое"}),
        ("publish", {}),
        ("delete", {}),
        ("people", {"person": people[0]}),
        (f"people/{number}/remove", {"reason": "Чужое"}),
        (f"people/{number}/mark", {"present": "1"}),
    ):
        page = desk.post(f"/events/{event_id}/{path}", **fields)
        assert "недоступно" in page, path
    assert panel.database.read(standing, event_id=event_id) == before
    town = panel.database.read(
        lambda session: session.scalars(select(Municipality.id).where(Municipality.code == "miassky-go")).one()
    )
    for place in ("", str(town)):  # nor may an own event be planned for others
        assert "недоступно" in desk.post("/events/new", **fields_of(panel, municipality_id=place))
    events = panel.database.read(lambda session: len(session.scalars(select(Event)).all()))
    assert events == 2


def test_a_reader_changes_nothing(panel: Panel) -> None:
    event_id = panel.event()
    desk = panel.desk(StaffRole.READER)
    assert "Новое событие" not in desk.get("/events/")
    desk.get("/events/new", 403)
    desk.post(f"/events/{event_id}/cancel", 403, reason="x")
    desk.post(f"/events/{event_id}/people", 403, person=1)


def test_reading_names_is_in_the_journal(panel: Panel) -> None:
    event_id = panel.event()
    desk = panel.desk()
    desk.get(f"/events/{event_id}")
    desk.get(f"/events/{event_id}/sheet")
    actions = panel.database.read(lambda session: session.scalars(select(AuditEntry.action)).all())
    assert {"events.read", "events.print"} <= set(actions)


def test_the_table_keeps_formulas_as_texts(panel: Panel) -> None:
    event_id = panel.event(title='=HYPERLINK("http://evil.example")')
    person = panel.database.write(_person_called, name="=1+1", now=panel.clock.now())
    panel.register(event_id, person)
    answer = panel.desk().client.get(f"/events/{event_id}/list.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {"=1+1", '=HYPERLINK("http://evil.example")'} <= {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith("=")), "the title above the list too"


def _person_called(session: Session, *, name: str, now: Any) -> int:
    from db.people.models import Person

    person = Person(full_name=name, created_at=now)
    session.add(person)
    session.flush()
    return person.id


def test_what_is_over_is_found_by_its_state(panel: Panel) -> None:
    """The list said «прошло» of events that its filter showed as «запись открыта»."""
    ahead, past = panel.event(days=5), panel.event(days=1)
    panel.clock.moment += timedelta(days=2)
    desk = panel.desk()
    shown = {
        state: [one for one in (ahead, past) if f'/events/{one}"' in desk.get(f"/events/?status={state}")]
        for state in ("published", "over", "draft")
    }
    assert shown == {"published": [ahead], "over": [past], "draft": []}


def test_a_certificate_is_checked_by_anybody(panel: Panel) -> None:
    event_id, people = panel.event(days=1), panel.people(1)
    panel.clock.moment += timedelta(days=1)
    token = panel.database.read(door, event_id=event_id, now=panel.clock.now()).token
    panel.database.write(services.check_in, callers.person(people[0], panel.clock.now()), token=token)
    panel.clock.moment += timedelta(hours=3)
    found = panel.database.write(services.certificate, callers.person(people[0], panel.clock.now()), event_id=event_id)
    again = panel.database.write(services.certificate, callers.person(people[0], panel.clock.now()), event_id=event_id)
    assert found.number == again.number
    stranger = panel.app.test_client()
    for path in (f"/verify/{found.number}", f"/verify/?number={found.number.lower().replace('-', '')}"):
        page = stranger.get(path).get_data(as_text=True)
        assert "Сертификат подлинный" in page and "Педагог 0" in page and "Обратная связь" in page
    answer = stranger.get("/verify/2026-AAAA-BBBB<script>")
    assert answer.status_code == 404 and "<script>" not in answer.get_data(as_text=True).partition("<main")[2]
    answers = [stranger.get("/verify/2026-AAAA-BBBB").status_code for _ in range(40)]
    assert answers[0] == 404 and answers[-1] == 429
    assert panel.database.read(lambda session: len(session.scalars(select(Certificate)).all())) == 1


@pytest.fixture
def address(panel: Panel) -> Iterator[str]:
    with served(panel.app) as url:
        yield url


def test_the_check_in_page_counts_by_itself(panel: Panel, address: str, sync_page: Any) -> None:
    """In a real browser: the code leads to the bot, and the number grows when somebody is marked."""
    event_id, people = panel.event(days=0.02), panel.people(2)
    panel.register(event_id, *people)
    panel.desk(StaffRole.ADMINISTRATOR)
    url, page, hand = address, sync_page, Hand(sync_page, panel.clock)
    page.goto(f"{url}/login")
    page.fill("[name=login]", "administrator")
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.goto(f"{url}/events/{event_id}")
    page.click("text=Отметка прихода")
    number = page.locator("[data-count]")
    assert number.inner_text() == "0"
    assert page.locator(".events-code svg").bounding_box()["width"] > 300
    token = panel.database.read(door, event_id=event_id, now=panel.clock.now()).token
    panel.database.write(services.check_in, callers.person(people[0], panel.clock.now()), token=token)
    hand.wait(3)
    number.filter(has_text="1").wait_for()


def test_an_event_with_a_thousand_guests_opens_at_once_and_finds_one_of_them(panel: Panel) -> None:
    event_id = panel.event(capacity=None)
    people = panel.database.write(make_people, count=1023, now=panel.clock.now())
    panel.database.write(
        lambda session: session.execute(
            insert(Registration),
            [
                {
                    "event_id": event_id,
                    "person_id": person,
                    "status": RegistrationStatus.SEATED,
                    "sequence": place,
                    "cause": Cause.SELF,
                    "registered_at": panel.clock.now(),
                    "seated_at": panel.clock.now(),
                }
                for place, person in enumerate(people, 1)
            ],
        )
    )
    panel.database.write(
        lambda session: session.execute(update(Event).where(Event.id == event_id).values(seated=len(people)))
    )
    desk = panel.desk()
    desk.get(f"/events/{event_id}")
    asked: list[str] = []
    event.listen(panel.database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    page = desk.get(f"/events/{event_id}")
    assert len(asked) < 60 and len(page) < 300_000, "two forms for each guest took 4.8 seconds on a quiet machine"
    assert page.count("/remove") == 50 and "1 из 21" in page
    page = desk.get(f"/events/{event_id}?guest=1017 педагог")
    assert page.count("/remove") == 1 and "Педагог 1017" in page
