"""Typed text is not lost: a session that ended, a way back, a page left half filled; and nobody else reads it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from db.broadcasts.models import Broadcast
from db.clock import FrozenClock
from db.database import Database
from db.scope import StaffRole
from tests.support.panel import PASSWORD, add_staff, make_panel, served

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEXT = "Коллеги, завтра встречаемся в 15:00"


@pytest.fixture
def door(sqlite_url: str) -> Iterator[Database]:
    door = Database.connect(sqlite_url)
    yield door
    door.close()


@pytest.fixture
def url(door: Database, clock: FrozenClock, tmp_path: Path, sync_page: "Page") -> Iterator[str]:
    for login in ("region", "other"):
        door.write(add_staff, login=login, role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    with served(make_panel(door, clock, tmp_path)) as address:
        yield address
        sync_page.goto("about:blank")


def enter(page: "Page", url: str, login: str = "region") -> None:
    page.goto(f"{url}/login")
    page.fill("#f-login", login)
    page.fill("#f-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/")


def saved(door: Database) -> list[str]:
    return list(door.read(lambda session: session.scalars(select(Broadcast.text)).all()))


def test_a_session_that_ended_is_signed_in_over_the_page_and_the_text_is_saved(
    sync_page: "Page", door: Database, url: str
) -> None:
    page = sync_page
    enter(page, url)
    page.goto(f"{url}/broadcasts/new")
    page.fill("textarea[name=text]", TEXT)
    page.context.clear_cookies()
    page.click("button:has-text('Сохранить и посмотреть')")
    page.wait_for_selector("dialog.again:modal")
    assert saved(door) == []
    page.fill("#again-password", "not it")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.again .error:visible")
    page.fill("#again-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".bubble")
    assert saved(door) == [TEXT]
    page.goto(f"{url}/broadcasts/new")
    assert page.input_value("textarea[name=text]") == "", "what was saved is no draft any more"


def test_a_half_filled_form_is_there_again_after_leaving_and_gone_after_signing_out(
    sync_page: "Page", url: str
) -> None:
    page = sync_page
    enter(page, url)
    page.goto(f"{url}/broadcasts/new")
    page.fill("textarea[name=text]", TEXT)
    page.go_back()
    page.goto(f"{url}/broadcasts/new")
    assert page.input_value("textarea[name=text]") == TEXT
    page.wait_for_selector(".draft-note:has-text('ещё не сохранён')")
    page.context.clear_cookies()
    enter(page, url, "other")
    page.goto(f"{url}/broadcasts/new")
    assert page.input_value("textarea[name=text]") == "", "a colleague at the same browser reads nothing"
    page.context.clear_cookies()
    enter(page, url)
    page.goto(f"{url}/broadcasts/new")
    page.wait_for_selector(".draft-note")
    page.click(".who summary")
    page.click("text=Выйти")
    page.wait_for_selector("#f-login")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:1:'))") == []


def test_a_text_that_was_refused_is_kept(sync_page: "Page", url: str) -> None:
    page = sync_page
    enter(page, url)
    page.goto(f"{url}/events/new")
    page.fill("input[name=title]", "Семинар о наставничестве")
    page.evaluate("document.querySelector('main form[method=post]').noValidate = true")
    page.click("main form[method=post] button[type=submit]:has-text('Сохранить')")
    page.wait_for_selector(".toast.bad, .error")
    page.goto(f"{url}/events/new")
    assert page.input_value("input[name=title]") == "Семинар о наставничестве"
