"""Reports in a real browser: whole on a screen, on a phone and on paper."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from db.clock import FrozenClock
from db.database import Database
from db.scope import StaffRole
from tests.support.panel import PASSWORD, add_staff, make_panel, served

PAGES = {
    "/reports/": 1,
    "/reports/selection": 6,
    "/reports/deficits": 2,
    "/reports/deficits/41/digital": 2,
    "/reports/events?by=format": 3,
}


@pytest.fixture
def address(demo: Database, clock: FrozenClock, tmp_path: Path) -> Iterator[str]:
    demo.write(add_staff, login="methodist", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    with served(make_panel(demo, clock, tmp_path)) as url:
        yield url


@pytest.mark.slow
def test_reports_fit_screen_phone_and_paper(sync_page: Page, address: str) -> None:
    """The number beside a page is how many sheets of A4 it may take: a table that falls apart takes a hundred."""
    sync_page.goto(f"{address}/login")
    sync_page.fill("input[name=login]", "methodist")
    sync_page.fill("input[name=password]", PASSWORD)
    sync_page.click("button[type=submit]")
    for path, sheets in PAGES.items():
        for width in (1280, 390):
            sync_page.set_viewport_size({"width": width, "height": 900})
            sync_page.goto(f"{address}{path}")
            sync_page.wait_for_load_state("networkidle")
            assert not sync_page.evaluate("document.documentElement.scrollWidth > innerWidth"), (path, width)
        printed = PdfReader(io.BytesIO(sync_page.pdf(format="A4")))
        assert len(printed.pages) <= sheets, path


@pytest.mark.slow
def test_a_cell_opens_what_is_behind_it_and_a_column_sorts(sync_page: Page, address: str) -> None:
    sync_page.goto(f"{address}/login")
    sync_page.fill("input[name=login]", "methodist")
    sync_page.fill("input[name=password]", PASSWORD)
    sync_page.click("button[type=submit]")
    sync_page.goto(f"{address}/reports/deficits")
    sync_page.click("text=цифровой")
    values = [
        -1 if value.startswith("<") else int(value.split()[0])  # too few to be told
        for value in sync_page.locator("tbody tr:not(.apart) td:last-child").all_inner_texts()
    ]
    assert values == sorted(values, reverse=True) and len(values) > 20
    sync_page.click("tbody tr:first-child td:last-child a")
    assert "цифровой компонент" in sync_page.inner_text("h1")
    assert sync_page.locator(".share-lines dt").count() > 5
