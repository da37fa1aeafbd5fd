"""The panel's pages for everybody: nothing serious for axe on a desk and on a phone, nothing wider than the screen."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from db.clock import FrozenClock
from db.database import Database
from tests.applications.panel import served
from tests.support.panel import PASSWORD, add_staff, make_panel
from tests.trust.planted import plant

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LOGIN = "/login"
ONLY_GRAVE = {"resultTypes": ["violations"]}


@pytest.fixture
def url(sqlite_url: str, clock: FrozenClock, tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """The panel with something on every page, and the addresses."""
    from db.scope import StaffRole

    door = Database.connect(sqlite_url)
    door.write(add_staff, login="admin", role=StaffRole.ADMINISTRATOR, now=clock.now(), name="Администратова Анна")
    has = door.write(
        plant, first=8001, municipality="chelyabinsky-go", now=clock.now(), word="Необыкновеннодлиннофамильцева"
    )
    for name in has.stored:
        path = tmp_path / "documents" / name[:2] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%PDF-1.4")
    pages = [
        "/",
        "/search?find=педагог",
        "/applications/",
        f"/applications/{has.sent}",
        f"/applications/{has.applications[2]}",
        "/people/",
        f"/people/{has.person}",
        "/people/invite",
        "/events/",
        f"/events/{has.events[0]}",
        "/events/new",
        "/mentoring/",
        f"/mentoring/{has.pair}",
        "/broadcasts/",
        "/broadcasts/new",
        "/diagnostics/",
        "/reports/",
        "/reports/selection",
        "/reports/deficits",
        "/reports/events",
        "/notices/",
        "/audit/",
        "/settings/",
        "/settings/rules",
        "/settings/staff/",
        "/settings/staff/new",
        "/settings/organisations/",
        "/settings/terms/",
        "/settings/sites/",
        "/password",
    ]
    with served(make_panel(door, clock, tmp_path)) as address:
        yield address, pages
    door.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_has_a_serious_fault_or_is_wider_than_the_screen(
    sync_browser: "Browser", url: tuple[str, list[str]], width: int
) -> None:
    address, pages = url
    context = sync_browser.new_context(locale="ru-RU", viewport={"width": width, "height": 844})
    page, axe, found = context.new_page(), Axe(), []
    page.goto(address + LOGIN)
    page.fill("#f-login", "admin")
    page.fill("#f-password", PASSWORD)
    for path in (LOGIN, *pages):
        if path == LOGIN:
            pass
        elif path == pages[0]:
            page.keyboard.press("Enter")
            page.wait_for_url(f"{address}/")
        else:
            page.goto(address + path)
        page.wait_for_selector("[data-act]:disabled", state="detached")
        results = axe.run(page, options=ONLY_GRAVE).response["violations"]
        found += [
            f"{path}: {one['id']}: {node['html'][:160]}"
            for one in results
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"][:2]
        ]
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{path}: {wide} pixels wide")
    page.goto("about:blank")
    context.close()
    assert not found, "\n".join(found)
