"""Step 8 of the story: a person sees, takes along and erases what is stored; afterwards it is nowhere."""

import json
import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.support.stage import Stage
from tests.support.windows import Chat, chat_of, panel_of, pdf, settle_in

WORD = "Кваркозябрин"
PERSON = "select full_name, erased_at from person where id = ?"


@pytest.mark.timeout(600, func_only=True)
async def test_a_person_sees_takes_along_and_erases_everything(stage: Stage, browser: Browser) -> None:
    await settle_in(stage, 3008, f"{WORD} Фёдор Ильич")
    person_id = stage.value("select person_id from messenger_account where external_id = 3008")
    async with chat_of(browser, stage, 3008) as chat:
        await leave_traces(chat)
        async with panel_of(browser, stage, "region") as panel:
            await panel.goto(f"{stage.panel_url}/people/{person_id}")
            assert WORD in await panel.locator("h1").inner_text()
        assert places(stage), "the word is there before"

        seen = await chat.say("/mydata")
        assert WORD in seen
        # «Сегодня» names newcomers and may have told of this one besides the card.
        assert re.search(r"обращались к вашим данным [1-9]\d* раз", seen), "reading is told too"
        await chat.press("Скачать всё файлом")
        await chat.receives("То же архивом")
        with zipfile.ZipFile(BytesIO(await chat.download(".zip"))) as packed:
            everything = json.loads(packed.read("data.json"))
            page = packed.read("data.html").decode()
        assert everything["profile"]["full_name"].startswith(WORD)
        assert WORD in page

        await chat.say("/mydata")
        await chat.press("Отозвать согласие")
        withdrawn = await chat.press("Да, отозвать")
        assert "Согласие отозвано" in withdrawn
        assert stage.value("select count(*) from consent where person_id = ? and withdrawn_at is null", person_id) == 0
        await chat.press("Удалить прямо сейчас")
        assert "ваши данные удалены" in await chat.press("Да, удалить навсегда")

        [(name, erased)] = stage.rows(PERSON, person_id)
        assert name is None
        assert stage.rows("select 1 from messenger_account where person_id = ?", person_id) == []
        assert erased is not None
        assert "Познакомиться" in " ".join(await start_anew(chat))
    assert places(stage) == [], "the word is still somewhere"
    assert WORD not in stage.logs()


async def leave_traces(chat: Chat) -> None:
    """The word in a draft, in a document's name and in the answers' text."""
    await chat.say("/apply")
    await chat.press("Подать заявку")
    await chat.press("1. ")
    await chat.press("Учителя-предметники")
    await chat.say(f"Я, {WORD}, веду семинар для учителей города.")
    await chat.attach((f"{WORD}.pdf", pdf(["Kvarkozyabrin was here"])))
    await chat.say("/menu")


async def start_anew(chat: Chat) -> list[str]:
    """Whoever comes back is a stranger."""
    await chat.say("/start")
    return await chat.buttons()


def places(stage: Stage) -> list[str]:
    """Where the word or the document is found: in the database's files, beside them, in the logs."""
    words = [WORD.encode(), json.dumps(WORD).strip('"').encode(), WORD.casefold().encode()]
    return [str(file.name) for file in sorted(_files(stage.home)) if any(word in file.read_bytes() for word in words)]


def _files(folder: Path) -> list[Path]:
    # The stand-in's chats are Telegram's: what is in somebody's own chat is that person's to delete there.
    return [file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("sandbox.")]
