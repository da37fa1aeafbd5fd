"""A methodist at the door's page: links, guests, parts; the printed sheet and the table with those on paper."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, update

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries import services as dictionaries
from db.events import seats
from db.events.models import Registration
from db.people.models import Person
from db.presence.models import PaperGuest
from db.scope import StaffRole
from tests.events.support import make_event, make_people
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel

LINK = "https://t.me/opora_test_bot?start={payload}"


@pytest.fixture
def desk(sqlite_url: str, clock: FrozenClock, tmp_path: Path) -> Iterator[tuple[Database, Visitor, int]]:
    door = Database.connect(sqlite_url)
    now = clock.now()
    door.write(dictionaries.keep_bot_link, platform="telegram", pattern=LINK)
    door.write(add_staff, login="chief", role=StaffRole.ADMINISTRATOR, now=now)
    event_id = door.write(make_event, now=now, capacity=None, starts_at=now, code="hall")
    for one in door.write(make_people, count=3, now=now)[:2]:
        door.write(seats.register, callers.person(one, now - timedelta(hours=2)), event_id=event_id)
    door.write(lambda session: session.execute(update(Person).values(profile_saved_at=now)))
    visitor = Visitor(make_panel(door, clock, tmp_path))
    assert visitor.sign_in("chief").status_code == 302
    yield door, visitor, event_id
    door.close()


def sent(visitor: Visitor, path: str, **fields: Any) -> str:
    answer = visitor.post(path, fields, follow_redirects=True)
    assert answer.status_code == 200, (path, answer.status_code)
    return unescape(answer.get_data(as_text=True))


def test_a_link_is_shown_once_works_for_a_stranger_and_ends(desk: tuple[Database, Visitor, int]) -> None:
    _, visitor, event_id = desk
    assert "Напишите, кто будет отмечать" in sent(visitor, f"/presence/{event_id}/helpers", label=" ")
    page = sent(visitor, f"/presence/{event_id}/helpers", label="Стол у входа")
    found = re.search(r'value="http[^"]+(/door/[\w-]+)"', page)
    assert found is not None
    assert "/door/" not in visitor.text(f"/presence/{event_id}")
    stranger = Visitor(visitor.app)
    listed = stranger.text(found[1])
    assert "Педагог 0" in listed and "Педагог 2" not in listed
    assert "Код для отметки" in stranger.text(f"{found[1]}/screen")
    assert stranger.get(f"{found[1]}/app.webmanifest").get_json()["start_url"] == found[1]
    worker = stranger.get("/door/worker.js")
    assert worker.mimetype == "text/javascript" and "default-src 'self'" in worker.headers["Content-Security-Policy"]
    sent(visitor, f"/presence/{event_id}/helpers/1/withdraw")
    answer = stranger.get(found[1])
    assert answer.status_code == 404 and "больше не действует" in answer.get_data(as_text=True)


def test_a_guest_is_written_down_found_and_becomes_a_person(desk: tuple[Database, Visitor, int]) -> None:
    door, visitor, event_id = desk
    assert "Записали" in sent(visitor, f"/presence/{event_id}/guests", name="Педагог 2")
    page = visitor.text(f"/presence/{event_id}?guest=1")
    person = re.search(r'name="person" value="(\d+)"', page)
    assert person is not None
    table = openpyxl.load_workbook(io.BytesIO(visitor.get(f"/events/{event_id}/list.xlsx").data)).active
    assert table is not None
    cells = [cell.value for row in table.iter_rows() for cell in row]
    assert "гость на бумаге" in cells and cells.count("Педагог 2") == 1
    assert "1 гость на бумаге" in visitor.text(f"/events/{event_id}")
    page = sent(visitor, f"/presence/{event_id}/guests/1/recognise", person=person[1])
    assert "Посещение перешло" in page
    came = select(Registration.person_id).where(Registration.attended_at.is_not(None))
    assert door.read(lambda session: session.scalars(came).all()) == [int(person[1])]
    sent(visitor, f"/presence/{event_id}/guests", name="Ким Ли")
    left = door.read(lambda session: session.scalars(select(PaperGuest.id)).one())
    assert "Убрали из гостей" in sent(visitor, f"/presence/{event_id}/guests/{left}/drop")


def test_a_part_is_added_sat_in_and_kept(desk: tuple[Database, Visitor, int]) -> None:
    _, visitor, event_id = desk
    times = {"date": "2026-03-02", "starts": "11:00", "ends": "12:00"}
    assert "быть внутри события" in sent(visitor, f"/presence/{event_id}/sessions", title="Лекция", date="вчера")
    assert "Часть добавлена" in sent(visitor, f"/presence/{event_id}/sessions", title="Лекция", **times)
    assert "Пока никто не отмечен" in visitor.text(f"/presence/{event_id}/sessions/1")
    sent(visitor, f"/events/{event_id}/people/1/mark", present="1")
    sent(visitor, f"/presence/{event_id}/sessions/1", registration="1")
    assert "был 1 человек" in visitor.text(f"/presence/{event_id}")
    assert visitor.get(f"/presence/{event_id}/sessions/2").status_code == 404


def test_the_sheet_has_twenty_rows_to_write_on_and_a_code(desk: tuple[Database, Visitor, int]) -> None:
    _, visitor, event_id = desk
    page = visitor.text(f"/events/{event_id}/sheet")
    assert page.count("events-blank") == 20 and "ev_hall" in page and page.count("<svg") > 1
    hall = visitor.text(f"/events/{event_id}/check-in")
    assert "start=ci_" not in hall and "data-copy" not in hall, "the code is a picture: there is nothing to copy"


def test_hosts_hours_and_a_name_by_hand(desk: tuple[Database, Visitor, int]) -> None:
    _, visitor, event_id = desk
    assert "Выберите человека" in sent(visitor, f"/events/{event_id}/hosts", role="speaker")
    page = sent(visitor, f"/events/{event_id}/hosts", role="expert", name="Петрова Анна, лицей № 1")
    assert "Петрова Анна, лицей № 1" in page and "эксперт" in page
    page = sent(visitor, f"/events/{event_id}/hosts", role="leader", person="1")
    sent(visitor, f"/events/{event_id}/people/1/mark", present="1")
    page = sent(visitor, f"/events/{event_id}/people/1/spell", dative="Педагогу Нулевому")
    assert 'value="Педагогу Нулевому"' in page
    assert "Убрали" in sent(visitor, f"/events/{event_id}/hosts/1/drop")
    assert visitor.post(f"/events/{event_id}/hosts/99/drop", {}).status_code == 404
