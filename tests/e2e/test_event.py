"""Step 4 of the story: an event from the methodist's form to the certificate that anybody can verify."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from icalendar import Calendar
from playwright.async_api import Browser, Page, expect
from pypdf import PdfReader

from tests.support.stage import Stage
from tests.support.windows import Chat, chat_of, panel_of, settle_in, window

TITLE = "Мастерская одного места"
FIRST, SECOND = "Первакова Ирина Олеговна", "Второва Инна Львовна"


@pytest.mark.timeout(600, func_only=True)
async def test_an_event_from_the_calendar_to_the_certificate(stage: Stage, browser: Browser) -> None:
    await settle_in(stage, 3004, FIRST)
    await settle_in(stage, 3005, SECOND)
    async with (
        panel_of(browser, stage, "region") as panel,
        chat_of(browser, stage, 3004) as first,
        chat_of(browser, stage, 3005) as second,
    ):
        code = await publish(stage, panel)

        await first.say("/menu")
        await register_from_the_menu(first)
        queued = await second.open_link(f"ev_{code}")
        assert TITLE in queued
        assert "Мест сейчас нет" in queued
        assert "место 1" in await second.press("Встать в очередь"), "one's place on the waiting list"

        await first.press("Не смогу")
        assert "Спасибо, что предупредили" in await first.press("Да, не смогу")
        offer = await second.receives("Освободилось место!")
        assert re.search(r"Держим его за вами до \d\d?:\d\d", offer)
        await second.press("Занять место")
        await second.receives("Вы записаны")
        assert stage.value("select seated from event where code = ?", code) == 1

        starts_in(stage, code, timedelta(minutes=10))
        await check_in(panel, second, code)
        starts_in(stage, code, timedelta(hours=-3))
        number = await feedback_and_certificate(stage, second, code)
    await anybody_verifies(browser, stage, number)


async def publish(stage: Stage, panel: Page) -> str:
    """The methodist's form, a draft first; returns the event's code."""
    await panel.goto(f"{stage.panel_url}/events/new")
    await panel.locator("[name=title]").fill(TITLE)
    await panel.locator("[name=about]").fill("Попробуем приём на своих уроках и разберём, что вышло.")
    await panel.locator("[name=date]").fill(f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}")
    await panel.locator("[name=starts]").fill("15:00")
    await panel.locator("[name=ends]").fill("16:30")
    await panel.locator("[name=place]").fill("Челябинск, гимназия № 23")
    await panel.locator("[name=capacity]").fill("1")
    await panel.get_by_role("button", name="Сохранить").click()
    await expect(panel.locator("h1")).to_contain_text(TITLE)
    [(code, status)] = stage.rows("select code, status from event where title = ?", TITLE)
    assert status == "draft"
    await panel.get_by_role("button", name="Опубликовать").click()
    await panel.locator("dialog[open] button.main").click()
    await expect(panel.get_by_text("событие уже в календаре бота")).to_be_visible()
    assert stage.value("select status from event where code = ?", code) == "published"
    return str(code)


async def register_from_the_menu(chat: Chat) -> None:
    """Three taps; the ticket is a message of its own with a calendar file."""
    taps = chat.taps
    assert "События" in await chat.press("События")
    card = await chat.press(TITLE[:12])
    assert TITLE in card
    assert "осталось 1 место" in card
    await chat.press("Записаться")
    assert chat.taps - taps == 3
    await chat.receives("Вы записаны")
    event = Calendar.from_ical(await chat.download(".ics")).walk("VEVENT")[0]
    assert event["SUMMARY"] == TITLE
    assert event["DTSTART"].dt.tzinfo is not None
    assert event["DTSTART"].dt.utcoffset() == timedelta(0), "times travel in UTC"


async def check_in(panel: Page, chat: Chat, code: str) -> None:
    """The page for the hall shows a code and digits; the digits, typed in the chat, mark the attendance."""
    await panel.get_by_role("link", name="Отметка").first.click()
    await expect(panel.locator(".events-code svg")).to_be_visible()
    await expect(panel.locator(".events-number b")).to_have_text("0")
    digits = await panel.locator("[data-digits]").inner_text()
    await chat.open_link(f"ev_{code}")
    await chat.press("Я на месте")
    assert "Отметили вас" in await chat.say(digits)
    await expect(panel.locator(".events-number b")).to_have_text("1")


async def feedback_and_certificate(stage: Stage, chat: Chat, code: str) -> str:
    """One tap is a feedback; the certificate is a PDF with a number and the name."""
    await chat.say("/my")
    await chat.press("Прошедшие")
    await chat.press(TITLE[:12])
    await chat.press("Оценить событие")
    assert "Оценка 5 записана" in await chat.press("5", exact=True)
    rating = "select r.rating from registration r join event e on e.id = r.event_id where e.code = ? and r.rating > 0"
    assert stage.value(rating, code) == 5
    await chat.open_link(f"ev_{code}")
    await chat.press("Получить сертификат")
    caption = await chat.receives("Ваш сертификат")
    found = re.search(r"\d{4}-\w{4}-\w{4}", caption)
    assert found
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(await chat.download(".pdf"))).pages)
    assert "Второвой Инне Львовне" in text
    assert found[0] in text
    return found[0]


async def anybody_verifies(browser: Browser, stage: Stage, number: str) -> None:
    """Without an account, by the number as one types it."""
    async with window(browser) as page:
        await page.goto(f"{stage.panel_url}/verify")
        await page.locator("[name=number]").fill(number.replace("-", " ").lower())
        await page.get_by_role("button", name="Проверить").click()
        await expect(page.locator("main, body").first).to_contain_text(SECOND)
        await expect(page.locator("main, body").first).to_contain_text(TITLE)
        await page.goto(f"{stage.panel_url}/verify/2026-AAAA-BBBB")
        await expect(page.locator("[role=alert]")).to_be_visible()


def starts_in(stage: Stage, code: str, delta: timedelta) -> None:
    """Time passes: the event begins so much later than now, and lasts an hour and a half."""
    starts = datetime.now(UTC) + delta
    stage.change(
        "update event set starts_at = ?, ends_at = ? where code = ?",
        f"{starts:%Y-%m-%d %H:%M:%S.%f}",
        f"{starts + timedelta(minutes=90):%Y-%m-%d %H:%M:%S.%f}",
        code,
    )
