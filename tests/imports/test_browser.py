"""The way of a list through the panel, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from db.clock import FrozenClock
from db.database import Database
from db.scope import StaffRole
from tests.imports.test_imports import ANNA, HEAD, OLGA
from tests.support.panel import PASSWORD, add_staff, make_panel, served

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def url(sqlite_url: str, clock: FrozenClock, tmp_path: Path, sync_page: "Page") -> Iterator[str]:
    door = Database.connect(sqlite_url)
    door.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    with served(make_panel(door, clock, tmp_path)) as address:
        yield address
        sync_page.goto("about:blank")
    door.close()


def test_a_list_is_sent_looked_at_brought_in_and_taken_back(sync_page: "Page", url: str, tmp_path: Path) -> None:
    page, file = sync_page, tmp_path / "люди.csv"
    file.write_text("\n".join((HEAD, ANNA, OLGA)), encoding="cp1251")
    page.goto(f"{url}/login?next=/imports/")
    page.fill("#f-login", "region")
    page.fill("#f-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/imports/")
    page.set_input_files("#f-file", str(file))
    page.click("button:has-text('Прочитать')")
    page.wait_for_selector("text=Добавится 3, изменится 0, уже есть 0.")
    for verb, said in (("Загрузить", "Добавлено 3, изменено 0."), ("Вернуть как было", "возвращён")):
        page.click(f"main button:has-text('{verb}')")
        page.click(f"dialog button:has-text('{verb}')")
        page.wait_for_selector(f"main >> text={said}")
