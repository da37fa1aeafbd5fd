"""A paper that never sees a foreign messenger: the bot's link, Chromium as wide as a phone, the application."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db.applications.models import Application, Document
from db.clock import FrozenClock
from db.storage import MEGABYTE
from tests.applications.support import EXE, PDF, PNG
from tests.support.panel import make_panel, served
from tests.support.town import Town

PANEL = "https://panel.example.org"


@pytest.fixture
async def town(sqlite_url: str, clock: FrozenClock, tmp_path: Path) -> AsyncIterator[Town]:
    place = await Town(sqlite_url, clock, data_dir=tmp_path / "data", admin_url=PANEL).open()
    yield place
    await place.close()


async def walk(person: Any, *steps: str) -> Any:
    for step in steps:
        await (person.send(step) if step.startswith("/") else person.tap(step))
        await person.settle()
    return await person.last()


async def at_the_courses(town: Town) -> Any:
    """Somebody at the criterion that wants a paper."""
    person = await town.teacher()
    await walk(person, "/apply", "Подать заявку", "1. ", "Учителя-предметники", "Дальше", "Дальше", "Дальше")
    return person


async def test_a_file_goes_from_the_bots_link_through_the_page_into_the_application(
    town: Town, browser: Any, tmp_path: Path
) -> None:
    person = await at_the_courses(town)
    shown = await walk(person, "С компьютера или телефона")
    assert "30 минут" in shown.text
    address = shown.button("Открыть страницу")["url"]
    assert address.startswith(f"{PANEL}/upload/")
    with served(make_panel(town.database, town.clock, tmp_path / "data")) as panel:
        context = await browser.new_context(locale="ru-RU", viewport={"width": 360, "height": 740})
        page = await context.new_page()
        await page.goto(address.replace(PANEL, panel))
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        files = [
            {"name": "удостоверение.pdf", "mimeType": "application/pdf", "buffer": PDF},
            {"name": "игра.pdf", "mimeType": "application/pdf", "buffer": EXE},
        ]
        await page.set_input_files("input[name=scan]", files)
        await page.click("[data-upload] button")
        await page.wait_for_selector("[data-taken]")
        assert "«удостоверение.pdf» уже в заявке" in await page.inner_text("main")
        assert "«игра.pdf» не подошёл" in await page.inner_text("[data-refused]")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        await page.get_by_text("Готово, закрыть ссылку").click()
        await page.wait_for_selector("[data-closed]")
        await page.goto(address.replace(PANEL, panel))
        await page.wait_for_selector("[data-over]")
        await context.close()
    rows = town.read(
        lambda session: session.execute(
            select(Document.file_name, Document.criterion, Application.status).join(Application)
        ).all()
    )
    assert [tuple(row)[:2] for row in rows] == [("удостоверение.pdf", 4)]
    town.move(seconds=20)
    await town.sweep()
    told = None
    for _ in range(1000):
        told = await person.last()
        if "По ссылке пришёл 1 файл" in told.text:
            break
        await asyncio.sleep(0.01)
    assert told is not None and "Курсы по направлению" in told.text
    assert "1 файл" in (await walk(person, "Посмотреть")).text


async def test_the_limit_is_of_a_file_and_not_of_all_together(town: Town, browser: Any, tmp_path: Path) -> None:
    """Ten files of «up to 20 MB» shared 40 MB: the third large one was cut off with all the others."""
    person = await at_the_courses(town)
    address = (await walk(person, "С компьютера или телефона")).button("Открыть страницу")["url"]
    papers = []
    for place, size in enumerate((15, 15, 15, 21)):
        paper = tmp_path / f"лист{place}.png"
        paper.write_bytes(PNG + bytes([place]) * (size * MEGABYTE))
        papers.append(paper)
    with served(make_panel(town.database, town.clock, tmp_path / "data")) as panel:
        page = await (await browser.new_context(locale="ru-RU", viewport={"width": 360, "height": 740})).new_page()
        await page.goto(address.replace(PANEL, panel))
        await page.set_input_files("input[name=scan]", papers)
        await page.click("[data-upload] button")
        await page.wait_for_function("() => document.querySelectorAll('[data-taken]').length === 3", timeout=60_000)
        assert "«лист3.png» больше 20 МБ" in await page.inner_text("[data-refused]")
        await page.set_input_files("input[name=scan]", papers[:1])  # the page goes on working
        await page.click("[data-upload] button")
        await page.wait_for_function("() => document.querySelectorAll('[data-taken]').length === 1", timeout=60_000)
        await page.context.close()
    rows = town.read(lambda session: session.scalars(select(Document.file_name).order_by(Document.id)).all())
    assert rows == ["лист0.png", "лист1.png", "лист2.png"]


async def test_without_an_address_of_the_panel_no_link_is_offered(sqlite_url: str, clock: FrozenClock) -> None:
    place = await Town(sqlite_url, clock).open()
    try:
        shown = await at_the_courses(place)
        assert not [text for text in (await shown.last()).buttons if "компьютера" in text]
    finally:
        await place.close()


async def test_who_comes_by_a_link_that_has_served_gets_a_new_one_by_a_tap(town: Town) -> None:
    """The bot showed the application alone, that of a record of training too."""
    person = await at_the_courses(town)
    await walk(person, "С компьютера")
    screen = await walk(person, "/start files_over")
    assert "отслужила" in screen.text and "Для чего была прошлая" in screen.text
    assert "Ссылка для файлов" in (await walk(person, "Новая ссылка")).text
    stranger = await town.teacher(2002, "Новая Анна Ивановна")
    screen = await walk(stranger, "/start files_over")
    assert "откройте критерий" in screen.text and not [text for text in screen.buttons if "Новая ссылка" in text]
    assert (await walk(stranger, "Мои записи об обучении")).text
    await walk(stranger, "/start files_over", "Моя заявка")
