"""Holds that the panel's pages are for everybody.

Nothing serious for axe on a desk and on a phone, nothing wider than the screen, at double zoom, on paper and in the
system's high contrast colours.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from db.clock import FrozenClock
from db.database import Database
from tests.support.panel import PASSWORD, add_staff, make_panel, served
from tests.trust.planted import plant, without_commission

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

LOGIN = "/login"
ONLY_GRAVE = {"resultTypes": ["violations"]}
DESK: "ViewportSize" = {"width": 1280, "height": 844}
PHONE: "ViewportSize" = {"width": 390, "height": 844}
ZOOMED: "ViewportSize" = {"width": 640, "height": 400}
PARTS = 3
"""Test processes may share the pages."""


@pytest.fixture
def url(sqlite_url: str, clock: FrozenClock, tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """The panel with something on every page, and the addresses."""
    from db.scope import StaffRole

    door = Database.connect(sqlite_url)
    door.write(add_staff, login="admin", role=StaffRole.ADMINISTRATOR, now=clock.now(), name="Администратова Анна")
    has = door.write(
        plant, first=8001, municipality="chelyabinsky-go", now=clock.now(), word="Необыкновеннодлиннофамильцева"
    )
    door.write(without_commission)
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
        "/reports/monitoring/",
        "/reports/waves/",
        "/notices/",
        "/audit/",
        "/settings/",
        "/settings/rules",
        "/settings/staff/",
        "/settings/staff/new",
        "/settings/organisations/",
        "/settings/terms/",
        "/sites/",
        "/settings/campaigns/",
        "/settings/campaigns/2",
        "/settings/criteria/1",
        "/settings/reasons/1",
        f"/workplans/{has.group}/",
        "/password",
    ]
    with served(make_panel(door, clock, tmp_path)) as address:
        yield address, pages
    door.close()


STUCK = """[...document.querySelectorAll("body *")]
  .filter((one) => ["fixed", "sticky"].includes(getComputedStyle(one).position)
  && one.checkVisibility() && !one.closest("thead, .side, .toasts") && one.clientWidth > 320)
  .reduce((sum, one) => sum + one.clientHeight, 0)"""
ACTS = """[...document.querySelectorAll("button, .button, input, select, textarea, summary, iframe, dialog")]
  .filter((one) => one.checkVisibility() && !one.matches(".evidence")).map((one) => one.outerHTML.slice(0, 120))"""
TORN = """[...document.querySelectorAll("tr, thead")].filter((one) => one.checkVisibility() && (one.matches("tr")
  ? getComputedStyle(one).breakInside !== "avoid" : getComputedStyle(one).display !== "table-header-group"))
  .map((one) => one.outerHTML.slice(0, 120))"""


def enter(page: "Page", address: str) -> None:
    page.goto(address + LOGIN)
    page.fill("#f-login", "admin")
    page.fill("#f-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")


IN_SIGHT = """(one) => one.getBoundingClientRect().top >= 0
  && one.getBoundingClientRect().bottom <= window.innerHeight"""
UNSEEN = """[...document.querySelectorAll("label:has(input[type=checkbox])")]
  .filter((one) => one.checkVisibility() && one.clientWidth < 40).map((one) => one.outerHTML.slice(0, 120))"""
"""«Низкие результаты» was a filter that nobody saw: what hides the names of chips hid the boxes too."""

TOUCHING = """[...document.querySelectorAll("main > :is(.actions, .hint, .note, .card, .table-box, .empty)")]
  .filter((one) => one.checkVisibility()
  && one.nextElementSibling?.matches(".card, .note, .columns, .table-box, .empty")
  && one.nextElementSibling.getBoundingClientRect().top - one.getBoundingClientRect().bottom < 6)
  .map((one) => "touches what is below: " + one.outerHTML.slice(0, 120))"""
"""«Зафиксировать период» stood on the edge of the list below it."""


def faults(page: "Page", axe: Axe) -> list[str]:
    """What axe finds, and how wide the page is where it is wider than the screen."""
    results = axe.run(page, options=ONLY_GRAVE).response["violations"]
    grave = [one for one in results if one["impact"] in ("serious", "critical")]
    return (
        [f"{one['id']}: {node['html'][:160]}" for one in grave for node in one["nodes"][:2]]
        + wider(page)
        + page.evaluate(UNSEEN)
        + page.evaluate(TOUCHING)
    )


def wider(page: "Page") -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{wide} pixels wide"] if wide > (page.viewport_size or {})["width"] else []


def everywhere(page: "Page", axe: Axe, path: str) -> Iterator[str]:
    """What is wrong with a page on a desk, on a phone, at double zoom and on paper."""
    page.set_viewport_size(DESK)
    page.wait_for_selector("[data-act]:disabled", state="detached")
    yield from faults(page, axe)
    page.set_viewport_size(PHONE)
    yield from faults(page, axe)
    page.set_viewport_size(ZOOMED)
    yield from wider(page)
    if (stuck := page.evaluate(STUCK)) > 200:
        yield f"bars take {stuck} of 400 pixels"
    if "/new" not in path and not path.startswith(("/settings/", "/password", "/people/invite", LOGIN)):
        page.set_viewport_size(DESK)  # forms to fill in are not for paper
        page.emulate_media(media="print")
        yield from [*page.evaluate(ACTS), *page.evaluate(TORN)][:3]
        page.emulate_media(media="screen")


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_has_a_serious_fault_on_a_desk_a_phone_at_double_zoom_or_on_paper(
    sync_browser: "Browser", url: tuple[str, list[str]], part: int
) -> None:
    """A window of 1280 by 800 at 200 % has 640 by 400 pixels of its own (WCAG 1.4.4, 1.4.10).

    A page is opened once and looked at from everywhere: opening it is the dearest.
    """
    address, pages = url
    context = sync_browser.new_context(locale="ru-RU", viewport=DESK)
    page, axe = context.new_page(), Axe()
    page.goto(address + LOGIN)
    found = [f"{LOGIN}: {one}" for one in everywhere(page, axe, LOGIN)]
    enter(page, address)
    for path in pages[part::PARTS]:
        page.goto(address + path)
        found += [f"{path}: {one}" for one in everywhere(page, axe, path)]
    assert page.pdf()[:5] == b"%PDF-"
    page.goto("about:blank")
    context.close()
    assert not found, "\n".join(found)


def test_in_forced_colours_what_is_chosen_is_told_by_a_line(
    sync_browser: "Browser", url: tuple[str, list[str]]
) -> None:
    """The system takes every background away: a chosen score, an open tab, a button need a line of their own."""
    address, pages = url
    context = sync_browser.new_context(locale="ru-RU", viewport={"width": 1280, "height": 800}, forced_colors="active")
    page = context.new_page()
    enter(page, address)
    page.goto(address + pages[3])
    page.wait_for_selector(".score:disabled", state="detached")
    with page.expect_response("**/scores"):
        page.click("#criterion-1 .score span:has-text('2')")
    page.mouse.move(0, 0)
    line = (
        "(one) => ['outlineStyle', 'outlineWidth', 'borderStyle'].map((name) => getComputedStyle(one)[name]).join(' ')"
    )
    assert page.eval_on_selector("#criterion-1 .score input:checked + span", line).startswith("solid 3px")
    assert page.eval_on_selector(".side a.active", line).startswith("solid 2px")
    assert page.eval_on_selector(".badge", line).endswith("solid")
    assert page.eval_on_selector(".decision-bar .button.main", line).endswith("solid")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.goto(address + "/applications/")
    assert page.eval_on_selector(".tabs a.active", line).startswith("solid 2px")
    page.goto("about:blank")
    context.close()


def test_every_page_shows_where_it_is_in_the_menu_by_one_line(
    sync_browser: "Browser", url: tuple[str, list[str]]
) -> None:
    address, pages = url
    context = sync_browser.new_context(locale="ru-RU")
    page = context.new_page()
    enter(page, address)
    person = next(path for path in pages if path.removeprefix("/people/").isdigit())
    lines = {
        "/settings/campaigns/2": "Настройки",
        "/": "Сегодня",
        "/people/": "Педагоги",
        person.replace("people", "ties"): "Педагоги",
        next(path for path in pages if path.startswith("/workplans/")): "Объединения",
        "/imports/": "Настройки",
        "/reports/deficits": "Отчёты",
        "/reports/monitoring/": "Мониторинг",
    }
    for path, name in lines.items():
        page.goto(address + path)
        assert page.locator(".side a[aria-current]").all_inner_texts() == [name]
        assert page.locator(".side a[aria-current]").evaluate(IN_SIGHT), f"{name} is out of sight in the menu"
    page.goto("about:blank")
    context.close()
