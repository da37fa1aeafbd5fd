"""Step 6 of the story: what is decided or comes due while the bot is down is told when it is back; mentors too."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from bot.sandbox.client import SandboxClient
from tests.support.stage import Stage
from tests.support.windows import chat_of, panel_of, settle_in

NAME = "Терпеливая Зоя Ильинична"
OWN = "from application a join messenger_account m on m.person_id = a.person_id where m.external_id = 3007"
STATUS = f"select a.status {OWN}"


@pytest.mark.timeout(600, func_only=True)
async def test_a_decision_taken_while_the_bot_is_down_is_told_later(stage: Stage, browser: Browser) -> None:
    await settle_in(stage, 3007, NAME)
    await apply(stage, 3007)
    stage.stop("bot")
    meeting_comes(stage, timedelta(minutes=100))
    async with panel_of(browser, stage, "region") as panel:
        await reject(stage, panel)
    async with (
        chat_of(browser, stage, 3007) as teacher,
        chat_of(browser, stage, 1003) as mentor,
        chat_of(browser, stage, 1005) as mentee,
    ):
        assert not [text for text in await teacher.texts() if "не получилось" in text]
        stage.start("bot")
        told = await teacher.receives("в этот раз не получилось")
        assert "опыта сопровождения коллег" in told, "the reason in kind words"
        assert "На следующем отборе" in told, "and what goes on"
        assert "Егоров Павел" in await mentor.receives("Скоро встреча")
        assert "Зимина Ольга" in await mentee.receives("Скоро встреча")
        assert stage.value("select group_concat(kind || ': ' || error) from notice where status = 'dead'") is None


async def test_a_mentor_is_told_once_of_a_pair_that_has_been_silent(stage: Stage, browser: Browser) -> None:
    async with chat_of(browser, stage, 1003) as mentor:
        silent = await mentor.receives("последний раз вы были на связи")
        assert "Рогова Дарья Олеговна" in silent
        stage.stop("bot")
        stage.start("bot")
        await mentor.say("/mentees")
        said = [text for text in await mentor.texts() if "последний раз вы были на связи" in text]
        assert len(said) == 1
        assert "Рогова" in " ".join(await mentor.buttons())


def meeting_comes(stage: Stage, until: timedelta) -> None:
    """Time passes: the meeting of 1003 and 1005, agreed on three days ago, begins so soon; nobody was reminded yet."""
    at, agreed = datetime.now(UTC) + until, datetime.now(UTC) - timedelta(days=3)
    stage.change(
        "update meeting set planned_at = ?, set_at = ?, said = 0 where status = 'planned'",
        f"{at:%Y-%m-%d %H:%M:%S.%f}",
        f"{agreed:%Y-%m-%d %H:%M:%S.%f}",
    )


async def reject(stage: Stage, panel: Page) -> None:
    """Two keys refuse with a reason; the panel needs no bot for it."""
    number = stage.value(f"select a.id {OWN}")
    await panel.goto(f"{stage.panel_url}/applications/{number}")
    await expect(panel.locator("h1")).to_contain_text(NAME)
    await expect(panel.locator("html.scripted")).to_be_attached()  # before, a key is heard by nobody
    await panel.keyboard.press("f")
    dialog = panel.locator("#decline")
    await expect(dialog).to_be_visible()
    for box in await dialog.locator("fieldset[data-for=reject] input:checked").all():
        await box.uncheck()
    await panel.keyboard.press("2")
    await expect(dialog.locator("[data-bubble]")).to_contain_text("опыта сопровождения коллег")
    await panel.keyboard.press("Enter")
    await expect(panel.get_by_role("button", name="Отменить")).to_be_visible()
    assert stage.value(STATUS) == "rejected"


async def apply(stage: Stage, person_id: int) -> None:
    """An application sent as it is, by the quick way: the way itself is step 3."""
    async with SandboxClient(stage.sandbox_url) as client:
        person = await client.person(person_id)

        async def tap(text: str) -> None:
            await person.tap(text)
            await person.settle()

        await (await person.send("/apply")).settle()
        for text in ("Подать заявку", "1. ", "Учителя-предметники", "6. ", "Да"):
            if text == "6. ":
                await tap("Все критерии")
            await tap(text)
        for number in (1, 3, 4, 5):
            await tap("Все критерии")
            await tap(f"{number}. ")
            await (await person.send("Веду школьное методобъединение, провела два семинара.")).settle()
        await tap("Все критерии")
        await tap("Проверить")
        await tap("Отправить")
        await tap("Отправить как есть")
    assert stage.value(STATUS) == "submitted"
