"""Step 2 of the story: the whole self-diagnosis by taps, with a pause and a crash in the middle."""

from playwright.async_api import Browser, expect

from tests.support.stage import Stage
from tests.support.windows import Chat, chat_of

NOT_MINE = "Не про мою работу"
# Five answers and a wish for support in each of the six sections, and the level they come to by hand: 100 · mean / 4.
SECTIONS = [
    (["Д", "Д", "Д", "Д", "Д"], "Сейчас не нужна", "100"),
    (["В", "В", "В", "В", "В"], "Пригодилась бы", "50"),
    (["А", "Б", "Б", "А", "Б"], "Очень нужна", "15"),
    (["Г", "Г", NOT_MINE, NOT_MINE, "Г"], "Нужна", "недостаточно данных"),
    (["Г", "Г", "Г", NOT_MINE, "Г"], "Сейчас не нужна", "75"),
    (["Б", "Б", "Б", "Б", "В"], "Нужна", "30"),
]
TAPS = 40
ANSWERED = "select count(*) from answer a join attempt t on t.id = a.attempt_id where t.status = 'in_progress'"


async def test_a_whole_self_diagnosis_with_a_pause_and_a_crash(stage: Stage, browser: Browser) -> None:
    async with chat_of(browser, stage, 1002) as chat:
        await chat.say("/diagnostics")
        screen = await chat.press("Пройти ещё раз")
        for section, (answers, need, _) in enumerate(SECTIONS, 1):
            for question, answer in enumerate([*answers, need], 1):
                assert f"Раздел {section} из 6 · вопрос {question} из 6" in screen
                assert stage.value(ANSWERED) == (section - 1) * 6 + question - 1, "every answer is kept at once"
                if (section, question) == (3, 1):
                    screen = await pause_and_go_on(chat, screen)
                if (section, question) == (4, 3):
                    screen = await crash_while_tapping(stage, chat, answer)
                    continue
                screen = await chat.press(answer, exact=True)
        assert "Все 36 ответов на месте" in screen
        await chat.press("Показать результат")
        assert chat.taps <= TAPS, f"{chat.taps} taps"
        await has_result(chat)


async def pause_and_go_on(chat: Chat, question: str) -> str:
    """«Сделать паузу» is offered between sections; one comes back to the very question."""
    assert "готов, ответы сохранены" in question
    paused = await chat.press("Сделать паузу")
    assert "12 из 36" in paused
    return await chat.press("Продолжить")


async def crash_while_tapping(stage: Stage, chat: Chat, answer: str) -> str:
    """The bot dies by kill -9 at the very moment of a tap; nothing is lost, and one goes on at the next question."""
    # Telegram forgets a tap after a while; here only the machine decides how long a start takes.
    await chat.person.client.options(query_lifetime=300)
    await chat.tap(answer, exact=True)
    stage.kill("bot")
    stage.start("bot")
    await chat.settled()
    await chat.say("/diagnostics")
    resumed = await chat.receives("Продолжаем с того места")
    assert stage.value(ANSWERED) == 3 * 6 + 3
    return resumed


async def has_result(chat: Chat) -> None:
    picture = chat.page.locator(".message.has-photo, .message:has(.photo)").last
    await expect(picture).to_be_visible()
    image = picture.locator("img")
    await expect(image).to_have_js_property("complete", True)
    assert await image.evaluate("node => node.naturalWidth") >= 600, "the radar is a real picture"
    caption = await picture.locator(".text").inner_text()
    for _, _, level in SECTIONS:
        assert level in caption, f"{level!r} is not in the six lines\n{caption}"
    assert "(+" in caption, "the previous result is beside it"
    result = await chat.receives("Ваш результат")
    assert "Сильная сторона: Предмет и содержание, 100" in result
    assert "Оценка и обратная связь, 15" in result
    await chat.press("К результату")  # under the picture
    buttons = await chat.buttons()
    assert any(text.startswith("Площадка") for text in buttons), "what next: a site"
    assert any(text[:1].isdigit() for text in buttons), "what next: an event"


async def test_a_second_try_too_soon_is_put_off_kindly(stage: Stage, browser: Browser) -> None:
    async with chat_of(browser, stage, 1005) as chat:
        await chat.say("/diagnostics")
        assert "Пройти ещё раз" not in await chat.buttons(), "1005 did it 40 days ago"
        assert "Ваш результат" in await chat.settled()
