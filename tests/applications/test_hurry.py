"""A hurried hand at the desk: a held key and a double click decide once, and every decision can be taken back."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from db.applications.models import Application, ApplicationStatus, Decision
from db.clock import FrozenClock
from db.database import Database
from tests.applications.panel import PASSWORD, give_password, panel
from tests.applications.support import World
from tests.support.clocks import Hand
from tests.support.panel import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("Белова Марина", "Громов Сергей", "Зимина Ольга", "Иванов Пётр", "Котова Анна", "Лапин Олег", "Мохов Илья")


@pytest.fixture
def world(sqlite_url: str, clock: FrozenClock) -> Iterator[World]:
    database = Database.connect(sqlite_url)
    yield World(database, clock.moment)
    database.close()


@pytest.fixture
def applications(world: World) -> list[int]:
    return [world.submitted(world.teacher(2001 + place, f"{name} Ивановна")).id for place, name in enumerate(NAMES)]


@pytest.fixture
def url(world: World, clock: FrozenClock, tmp_path: Path) -> Iterator[str]:
    with served(panel(world.database, clock, tmp_path / "data")) as address:
        yield address


def decided(world: World) -> int:
    return world.database.read(lambda session: session.scalar(select(func.count()).select_from(Decision))) or 0


def enter(page: "Page", world: World, url: str) -> list[str]:
    """Signs in; the list of all that the browser decides from now on."""
    page.goto(f"{url}/login?next=/applications/")
    page.fill("#f-login", give_password(world.database, world.staff()))
    page.fill("#f-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".tabs")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/decide") else None)
    return sent


def approve(hand: Hand) -> str:
    """Presses D as soon as the page takes it; the number of the application."""
    number = hand.page.inner_text(".badges .badge:nth-child(2)").rpartition(" ")[2]
    hand.press("d")
    hand.page.wait_for_selector(f".toast:has-text('№ {number} одобрена')")
    return number


def test_a_key_held_for_three_seconds_approves_one_person(
    sync_page: "Page", world: World, url: str, clock: FrozenClock, applications: list[int]
) -> None:
    page, hand = sync_page, Hand(sync_page, clock)
    sent = enter(page, world, url)
    page.goto(f"{url}/applications/{applications[0]}")
    hand.look()
    for _ in range(10):  # Chromium's own autorepeat: the key goes down again and again, and never up
        page.keyboard.down("d")
    page.wait_for_selector("h1:has-text('Громов')")
    page.wait_for_load_state("load")
    for _ in range(60):
        hand.wait(0.05)
        page.keyboard.down("d")
    assert page.locator("[data-key=d]").is_enabled(), "a fresh press would act"
    page.keyboard.up("d")
    page.goto(f"{url}/applications/")
    assert decided(world) == len(sent) == 1
    page.goto("about:blank")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_two_clicks_up_to_a_second_apart_approve_one_person(
    sync_browser: "Browser", world: World, url: str, clock: FrozenClock, applications: list[int], scripts: bool
) -> None:
    context = sync_browser.new_context(java_script_enabled=scripts, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    hand = Hand(page, clock)
    sent = enter(page, world, url)
    for times, gap in enumerate((0.3, 0.7, 1), 1):
        page.goto(f"{url}/applications/{applications[times * 2 - 2]}")
        hand.look()
        box = page.locator("[data-key=d]").bounding_box()
        assert box is not None
        x, y = box["x"] + 20, box["y"] + 10
        page.mouse.click(x, y)
        page.wait_for_selector(f"h1:has-text('{NAMES[times * 2 - 1]}')")
        page.wait_for_load_state("load")
        hand.wait(gap)
        if scripts:
            page.mouse.click(x, y)
        else:
            with page.expect_navigation():  # nothing holds the button still, and the server says no
                page.mouse.click(x, y)
        page.goto(f"{url}/applications/")
        assert decided(world) == times, f"{gap} s"
    assert len(sent) == (3 if scripts else 6)
    page.goto("about:blank")
    context.close()


def test_every_decision_of_the_last_ten_seconds_is_undone_from_any_page(
    sync_page: "Page", world: World, url: str, clock: FrozenClock, applications: list[int]
) -> None:
    page, hand = sync_page, Hand(sync_page, clock)
    enter(page, world, url)
    page.goto(f"{url}/applications/{applications[0]}")
    first = approve(hand)
    page.wait_for_selector("h1:has-text('Громов')")
    second = approve(hand)
    page.wait_for_selector("h1:has-text('Зимина')")
    hand.press("j")
    page.wait_for_selector("h1:has-text('Иванов')")
    hand.wait(10 - 1.2 * 2 - 0.1)  # what is left of the first one's ten seconds
    page.goto(f"{url}/people/")
    page.locator(f".toast:has-text('№ {first} одобрена') button:has-text('Отменить')").click()
    page.wait_for_selector("h1:has-text('Белова')")
    assert page.locator(".toast:has-text('одобрена')").count() == 1
    page.wait_for_load_state("load")
    page.keyboard.press("z")  # the newest of what is left
    page.wait_for_selector("h1:has-text('Громов')")
    assert page.locator(f".toast:has-text('№ {second} одобрена')").count() == 0
    left = world.database.read(lambda session: session.scalars(select(Application.status)).all())
    assert set(left) == {ApplicationStatus.SUBMITTED}
    approve(hand)
    hand.wait(9)
    assert page.locator(".toast:has-text('одобрена')").count() == 1
    hand.wait(2)
    # Its time is over on the page that stands; between the server's word and the page's clock lies a request's way.
    page.locator(".toast:has-text('одобрена')").wait_for(state="detached")
    page.goto("about:blank")
