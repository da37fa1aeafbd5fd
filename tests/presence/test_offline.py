"""Two phones at a door without a line, in a real browser: nobody is lost, nobody is there twice."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from db.clock import FrozenClock
from db.database import Database
from db.events import seats
from db.events.models import Registration
from db.presence import staff_services
from db.presence.models import PaperGuest
from db.scope import StaffRole
from tests.events.support import REGION, check_seats, make_event, make_people
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel, served

LISTED, TWICE, GUESTS = 40, 10, 10
"""Sixty taps: forty people of the list, ten of them at both tables, and ten names, one of them told to both."""


@pytest.fixture
def door(sqlite_url: str) -> Iterator[Database]:
    database = Database.connect(sqlite_url)
    yield database
    database.close()


@pytest.fixture
def address(door: Database, clock: FrozenClock, tmp_path: Path) -> Iterator[str]:
    app = make_panel(door, clock, tmp_path)
    with served(app) as url:
        yield url


def links(door: Database, clock: FrozenClock, count: int) -> tuple[int, list[str]]:
    now = clock.now()
    door.write(add_staff, login="chief", role=StaffRole.ADMINISTRATOR, now=now)
    event_id = door.write(make_event, now=now, capacity=None, starts_at=now)
    for one in door.write(make_people, count=LISTED, now=now):
        door.write(seats.register, callers.person(one, now - timedelta(hours=2)), event_id=event_id)
    caller = callers.staff(REGION, now)
    return event_id, [
        door.write(staff_services.give_link, caller, event_id=event_id, label=f"Стол {place}") for place in range(count)
    ]


def tap(page: Any, number: int) -> None:
    page.locator("[data-list] li").nth(number).locator("button").click()


def test_two_phones_half_an_hour_without_a_line(
    door: Database, clock: FrozenClock, address: str, sync_browser: Any
) -> None:
    event_id, tokens = links(door, clock, 2)
    phones = [sync_browser.new_context(locale="ru-RU", viewport={"width": 390, "height": 800}) for _ in tokens]
    try:
        pages = [phone.new_page() for phone in phones]
        for page, token in zip(pages, tokens, strict=True):
            page.goto(f"{address}/door/{token}")
            page.locator("body[data-kept]").wait_for(state="attached")
        for phone in phones:
            phone.set_offline(True)
        half = (LISTED + TWICE) // 2
        for place, page in enumerate(pages):
            for number in range(half):
                tap(page, number if place == 0 else LISTED - half + number)
            for number in range(GUESTS // 2):
                page.fill("#name", "Общий Гость Двух Столов" if number == 0 else f"Гость {place}{number} Петровна")
                page.click("[data-walk]")
            page.locator("[data-offline]").wait_for()
            page.reload()
            page.locator("[data-waiting]").first.wait_for()
            assert page.locator("[data-waiting]").count() == half + GUESTS // 2, (
                "written down, not in the page's memory"
            )
        clock.moment += timedelta(minutes=30)
        assert count(door, PaperGuest.id) == 0
        for phone in phones:
            phone.set_offline(False)
        for page in pages:
            page.wait_for_function("() => !localStorage.length")
            page.locator("[data-offline]").wait_for(state="hidden")
    finally:
        for phone in phones:
            phone.close()
    came = select(func.count()).where(Registration.event_id == event_id, Registration.attended_at.is_not(None))
    assert door.read(lambda session: session.scalar(came)) == LISTED
    assert count(door, PaperGuest.id) == GUESTS - 1
    door.read(check_seats, event_id=event_id, now=clock.now())


def count(door: Database, column: Any) -> int:
    return door.read(lambda session: session.scalar(select(func.count(column)))) or 0


def test_a_withdrawn_link_leaves_no_name_on_the_phone(
    door: Database, clock: FrozenClock, address: str, sync_page: Any
) -> None:
    event_id, (token,) = links(door, clock, 1)
    sync_page.goto(f"{address}/door/{token}")
    sync_page.locator("body[data-kept]").wait_for(state="attached")
    caller = callers.staff(REGION, clock.now())
    door.write(staff_services.withdraw_link, caller, event_id=event_id, helper_id=1)
    tap(sync_page, 0)
    sync_page.locator("[data-why]").wait_for()
    assert "больше не действует" in sync_page.locator("[data-why]").inner_text()
    assert sync_page.locator("[data-list] li").count() == 0
    assert sync_page.evaluate("caches.keys()") == []


def test_what_makes_no_sense_is_refused_in_words_and_writes_nothing(
    door: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    _, (token,) = links(door, clock, 1)
    visitor = Visitor(make_panel(door, clock, tmp_path))
    good = {"key": "0123456789", "registration": None, "name": "Кто-то", "at": "2026-03-02T06:00:00Z"}
    wrong: list[Any] = [None, [], {"marks": None}, {"marks": [1]}, {"marks": [good] * 301}]
    wrong += [{"marks": [{**good, field: value}]} for field, value in bad()]
    client = visitor.client
    csrf = client.get("/session").get_json()["csrf"]
    for sent in wrong:
        answer = client.post(f"/door/{token}/marks", json=sent, headers={"X-CSRFToken": csrf})
        assert answer.status_code == 400 and answer.get_json()["why"], sent
    assert client.post(f"/door/{token}/marks", json={"marks": [good]}).status_code == 400, "a form of another site"
    assert count(door, PaperGuest.id) == 0
    answer = client.post(f"/door/{token}/marks", json={"marks": [good]}, headers={"X-CSRFToken": csrf})
    assert answer.get_json()["taken"] == ["0123456789"] and count(door, PaperGuest.id) == 1
    for path in ("", "/marks", "/screen"):
        method = client.post if path == "/marks" else client.get
        more = {"json": {"marks": []}, "headers": {"X-CSRFToken": csrf}} if path == "/marks" else {}
        assert method(f"/door/unknown{path}", **more).status_code == (410 if path == "/marks" else 404)


def bad() -> list[tuple[str, Any]]:
    keys: list[Any] = ["short", "я" * 10, "x" * 65, 7, None]
    numbers: list[Any] = [0, -1, 2**31, True, "1", 1.5]
    moments: list[Any] = ["yesterday", "2026-03-02T06:00:00", "1900-01-01T00:00:00Z", 0, None]
    return [
        *(("key", one) for one in keys),
        *(("registration", one) for one in numbers),
        *(("at", one) for one in moments),
        *(("name", one) for one in (None, 5, "\x00")),
    ]
