"""One search over people, applications, events and organisations, within one's reach."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from db.clock import FrozenClock
from db.database import Database
from db.scope import StaffRole
from tests.support.panel import PASSWORD, Visitor, add_staff, make_panel, served
from tests.trust.planted import plant

if TYPE_CHECKING:
    from playwright.sync_api import Page

Enter = Callable[[str], Visitor]


def test_one_search_finds_everything_of_a_word_and_nothing_out_of_reach(
    signed_in: Enter, database: Database, clock: FrozenClock
) -> None:
    for first, town, word in ((8001, "chelyabinsky-go", "Ёлочкина"), (9001, "varnensky-mr", "Ёлочкина-Чужова")):
        database.write(plant, first=first, municipality=town, now=clock.now(), word=word)
    text = signed_in("region").text("/search?find=елочкина")
    for kind in ("Педагоги", "Заявки", "События", "Организации"):
        assert f"<h2>{kind}</h2>" in text, kind
    assert "Чужова" in text
    own = signed_in("town").text("/search?find=елочкина")
    assert "Чужова" not in re.sub("(Семинар|Встреча) Ёлочкина-Чужова", "", own), "events are everybody's"
    number = signed_in("region").text("/search?find=1")
    assert "Заявка № 1 ·" in number and "<h2>Педагоги</h2>" not in number
    assert "Ничего не нашли" in signed_in("region").text("/search?find=нетникого")


@pytest.fixture
def url(sqlite_url: str, clock: FrozenClock, tmp_path: Path, sync_page: "Page") -> Iterator[str]:
    door = Database.connect(sqlite_url)
    door.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    with served(make_panel(door, clock, tmp_path)) as address:
        yield address
        sync_page.goto("about:blank")
    door.close()


def test_ctrl_k_leads_to_the_search_from_anywhere(sync_page: "Page", url: str) -> None:
    page = sync_page
    page.goto(f"{url}/login?next=/events/")
    page.fill("#f-login", "region")
    page.fill("#f-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/events/")
    page.wait_for_load_state("load")
    page.keyboard.press("Control+k")
    page.keyboard.type("никого")
    page.keyboard.press("Enter")
    page.wait_for_selector("h2:has-text('Ничего не нашли')")


def test_a_filter_is_kept_by_its_name(sync_page: "Page", url: str) -> None:
    page = sync_page
    page.goto(f"{url}/login?next=/people/")
    page.fill("#f-login", "region")
    page.fill("#f-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/people/")
    page.wait_for_load_state("load")
    with page.expect_navigation():
        page.select_option("select[name=role]", "mentor")  # applies as soon as it is chosen
    page.once("dialog", lambda dialog: dialog.accept("Мои наставники"))
    page.click("text=Запомнить фильтр")
    page.goto(f"{url}/people/")
    page.click("text=Мои наставники")
    page.wait_for_url("**/people/?role=mentor")
    page.click("[aria-label='Забыть фильтр Мои наставники']")
    page.goto(f"{url}/people/")
    assert page.locator("text=Мои наставники").count() == 0
