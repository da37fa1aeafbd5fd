"""Step 3 of the story: an application with evidence, returned with a remark, mended, approved; and what undo undoes."""

import asyncio
import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.stage import Stage
from tests.support.windows import Chat, chat_of, panel_of, pdf, settle_in

NAME = "Соколова Мария Ивановна"
TAPS = 22
STATUS = (
    "select a.status from application a join messenger_account m on m.person_id = a.person_id "
    "where m.external_id = 3003"
)
COURSES = "Функциональная грамотность на уроках, 72 часа, ЧИППКРО, прошлой весной."
SHORT_WAIT = 30_000  # ten seconds for the undo, then the delivery; in milliseconds


@pytest.mark.timeout(600, func_only=True)
async def test_an_application_from_the_invitation_to_the_approval(stage: Stage, browser: Browser) -> None:
    await settle_in(stage, 3003, NAME)
    async with chat_of(browser, stage, 3003) as chat, panel_of(browser, stage, "region") as panel:
        await fill_in(stage, chat)
        assert chat.taps <= TAPS, f"{chat.taps} taps"
        assert stage.value(STATUS) == "submitted"

        await return_with_a_remark(stage, panel)
        told = await chat.receives("Нужно кое-что поправить")
        assert "удостоверение о повышении квалификации" in told, "the reason in kind words"
        assert "Не видно номера документа" in told, "the remark"
        await mend(chat)
        assert stage.value(STATUS) == "submitted"

        await approve_and_undo(stage, panel)
        await approve(panel)
        congratulation = await chat.receives("Вы в методическом активе")
        assert "Функциональная грамотность" in congratulation or "Заявка №" in congratulation
        assert stage.value(STATUS) == "approved"
        said = [text for text in await chat.texts() if "Вы в методическом активе" in text]
        assert len(said) == 1, "what was undone has told nobody"
        assert stage.rows(
            "select 1 from role_grant r join messenger_account m on m.person_id = r.person_id "
            "where m.external_id = 3003 and r.role = 'active_member' and r.revoked_at is null"
        )


async def fill_in(stage: Stage, chat: Chat) -> None:
    """Direction, category, six criteria with documents; what is refused and warned of on the way."""
    invitation = await chat.say("/apply")
    assert "Приказ № ДЕМО-01" in invitation
    assert "до 20 МБ" in invitation, "the limit is said beforehand"
    await chat.press("Подать заявку")
    await chat.say("грамотность")
    await chat.press("3. Функциональная грамотность")
    assert "Критерий 1 из 6" in await chat.press("Учителя-предметники")
    await chat.say("Веду городской семинар по функциональной грамотности для учителей: пять встреч за год.")
    assert "Критерий 2 из 6" in await chat.press("Дальше")
    assert "Критерий 3 из 6" in await chat.press("Высшая") or "Критерий 3 из 6" in await chat.press("Дальше")
    await chat.say("Был опыт")
    assert "Критерий 4 из 6" in await chat.press("Дальше")
    await evidence(stage, chat)
    assert "Критерий 5 из 6" in await chat.press("Дальше")
    await chat.say("Прошла самодиагностику в этом боте.")
    assert "Критерий 6 из 6" in await chat.press("Дальше")
    check = await chat.press("Да")
    assert "Проверьте" in check
    assert "Функциональная грамотность" in check

    warned = await chat.press("Отправить заявку")
    assert "Самодиагностика бота не подойдёт" in warned, "a low or missing result"
    assert "Опыт с коллегами" in warned, "no experience"
    await chat.press("3. Опыт")
    await chat.say("Руководитель городского методобъединения учителей, шесть лет.")
    await chat.press("Дальше")
    await chat.press("Дальше")
    await chat.say("Региональная оценка предметных и методических компетенций, весна, высокий уровень.")
    await chat.attach(("spravka.pdf", pdf(["Result of the regional assessment: high"])))
    await chat.press("Дальше")
    sent = await chat.press("Проверить") if "Критерий 6" not in await chat.settled() else await chat.press("К проверке")
    if "Отправлена" not in sent:
        await chat.press("Отправить заявку")
    await told_of_sending(chat, 1)


async def evidence(stage: Stage, chat: Chat) -> None:
    """An album is summed up on one screen; a program under a document's name is refused, the rest stays."""
    await chat.say(COURSES)
    before = len(await chat.texts())
    await chat.attach(
        ("udostoverenie-1.pdf", pdf(["Certificate, page 1"])),
        ("udostoverenie-2.pdf", pdf(["Certificate, page 2"])),
    )
    await chat.receives("2 файла")
    assert len(await chat.texts()) == before + 1, "one message for an album"
    refused = await chat.attach(("diplom.pdf", b"MZ\x90\x00" + b"\x00" * 400))
    assert "«diplom.pdf» не подошёл" in refused
    assert "2 файла" in refused, "what was sent before is still there"
    kept = [file for file in (stage.data_dir / "documents").rglob("*") if file.is_file()] or [
        file for file in stage.data_dir.rglob("*") if file.is_file()
    ]
    assert not [file for file in kept if "diplom" in file.name or "udostoverenie" in file.name], "generated names"
    assert not [file for file in kept if file.read_bytes()[:2] == b"MZ"]


async def open_in_the_queue(panel: Page) -> None:
    await panel.get_by_role("link", name="Заявки").first.click()
    await panel.locator("input[name=q]").fill("Соколова Мария")
    await panel.locator("input[name=q]").press("Enter")
    await panel.locator("a.row-link", has_text=NAME).click()
    await expect(panel.locator("h1")).to_contain_text(NAME)


async def return_with_a_remark(stage: Stage, panel: Page) -> None:
    """Criteria stand beside their evidence; F opens the refusal, with a preview of what the teacher will read."""
    await open_in_the_queue(panel)
    await expect(panel.locator("#criterion-4 .answer")).to_have_text(COURSES)
    await expect(panel.locator("#criterion-4 .documents li")).to_have_count(2)
    await expect(panel.locator("html.scripted")).to_be_attached()
    await panel.keyboard.press("f")
    dialog = panel.locator("#decline")
    await expect(dialog).to_be_visible()
    await panel.keyboard.press("t")
    await panel.keyboard.press("2")
    await expect(dialog.locator("[data-bubble]")).to_contain_text("удостоверение о повышении квалификации")
    await dialog.locator("details.remarks[data-for=return] summary").click()
    await dialog.locator("textarea[name=remark-4]").fill("Не видно номера документа.")
    await expect(dialog.locator("[data-bubble]")).to_contain_text("Не видно номера документа")
    await dialog.locator("[data-send]").click()
    await expect(panel.locator(".toast, .toasts").first).to_be_visible()
    assert stage.value(STATUS) == "returned"


async def mend(chat: Chat) -> None:
    """Only the remarked part is open."""
    await chat.press("Открыть заявку")
    if "Поправить заявку" in await chat.buttons():
        await chat.press("Поправить заявку")
    opened = [text for text in await chat.buttons() if re.match(r"\d\. ", text)]
    assert [text[0] for text in opened] == ["4"], f"open parts: {opened}"
    assert "Не видно номера документа" in await chat.press("4. ")
    await chat.attach(("udostoverenie-nomer.pdf", pdf(["Certificate with number 12-345"])))
    await chat.press("К проверке")
    await chat.press("Отправить снова")
    await told_of_sending(chat, 2)


async def told_of_sending(chat: Chat, times: int) -> None:
    """Waits until so many receipts of a sending have come."""
    for _ in range(200):
        found = [text for text in await chat.texts() if re.search(r"Заявка № \d+ отправлена", text)]
        if len(found) >= times:
            break
        await asyncio.sleep(0.1)
    assert len(found) == times


async def approve_and_undo(stage: Stage, panel: Page) -> None:
    """One key approves; within ten seconds one click takes it back, and nobody has been told."""
    await open_in_the_queue(panel)
    await expect(panel.locator("#criterion-4 .documents li")).to_have_count(3)
    await approve(panel)
    undo = panel.get_by_role("button", name="Отменить")
    assert stage.value(STATUS) == "approved"
    await undo.click()
    await expect(panel.locator("h1")).to_contain_text(NAME)
    assert stage.value(STATUS) == "submitted"


async def approve(panel: Page) -> None:
    # The page's script has run, and the page was looked at: before the script, a key is heard by nobody.
    await expect(panel.locator("html.scripted [data-key=d]")).to_be_enabled()
    await panel.keyboard.press("d")
    await expect(panel.get_by_role("button", name="Отменить")).to_be_visible()
