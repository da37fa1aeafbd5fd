"""Step 1 of the story: a newcomer presses Start, reads who sees what, consents and makes a profile."""

from playwright.async_api import Browser

from bot.sandbox.client import SandboxClient
from tests.support.stage import Stage
from tests.support.windows import chat_of

TAPS, WORDS = 12, 2  # the budget from Start to the saved profile
PERSON = "select p.* from person p join messenger_account m on m.person_id = p.id where m.external_id = ?"
SAVED = PERSON.replace("p.*", "p.profile_saved_at")


async def test_a_newcomer_consents_and_makes_a_profile(stage: Stage, browser: Browser) -> None:
    async with chat_of(browser, stage, 1001) as chat:
        welcome = await chat.start()
        assert "Здравствуйте" in welcome
        assert "видите только вы" in welcome, "who sees what comes before anything else"
        assert len(welcome) <= 500
        assert await chat.buttons() == ["Познакомиться"]

        consent = await chat.press("Познакомиться")
        assert "Согласие" in consent
        while "Читать дальше" in await chat.buttons():
            consent = await chat.press("Читать дальше")
        assert stage.rows(PERSON, 1001) == [], "nothing personal is stored before consent"
        for name in ("Анна", "Ковалёва", "anna_kovaleva"):
            assert name not in received_from(stage, 1001), "the messenger's names are not even in the stored updates"

        assert "Шаг 1 из 7" in await chat.press("Даю согласие")
        consents = stage.rows(
            "select t.version, t.text_hash, c.given_at, c.withdrawn_at from consent c "
            "join consent_text t on t.id = c.consent_text_id join messenger_account m on m.person_id = c.person_id "
            "where m.external_id = 1001"
        )
        assert consents
        assert all(version and text_hash and given and not gone for version, text_hash, given, gone in consents)

        assert "Записали: Ковалёва Анна Петровна" in await chat.say("ковалёва анна петровна")
        assert "Похоже" in await chat.say("чилябинск"), "a slip of the finger is understood"
        assert "Шаг 3 из 7" in await chat.press("Челябинский ГО")
        assert "Шаг 4 из 7" in await chat.press("Лицей № 11")
        assert "Шаг 5 из 7" in await chat.press("Учитель", exact=True)
        await chat.press("М", exact=True)
        assert "Шаг 6 из 7" in await chat.press("Математика")
        assert "Шаг 7 из 7" in await chat.press("11–20 лет")
        check = await chat.press("Высшая")
        for value in ("Ковалёва Анна Петровна", "Челябинский ГО", "МАОУ «Лицей № 11»", "Математика", "Высшая"):
            assert value in check
        assert stage.value(SAVED, 1001) is None
        menu = await chat.press("Всё верно, сохранить")

        assert "Анна Петровна, чем помочь?" in menu
        assert stage.value(SAVED, 1001) is not None
        assert chat.taps <= TAPS, f"{chat.taps} taps"
        assert chat.typed <= WORDS, f"{chat.typed} messages"


async def test_every_municipality_is_found_by_its_letter(stage: Stage) -> None:
    every = {name for (name,) in stage.rows("select name from municipality")}
    assert len(every) == 43
    async with SandboxClient(stage.sandbox_url) as client:
        person = await client.person(3001, first_name="Пётр")
        await (await person.start()).settle()
        await person.tap("Познакомиться")
        await person.settle()
        while "Читать дальше" in (await person.last()).buttons:
            await person.tap("Читать дальше")
            await person.settle()
        await person.tap("Даю согласие")
        await person.settle()
        await (await person.send("Петров Пётр Петрович")).settle()
        found: set[str] = set()
        letters = [text for text in (await person.last()).buttons if len(text) == 1]
        for letter in letters:
            await person.tap(letter)
            await person.settle()
            while True:
                screen = await person.last()
                found |= {name for name in every if name in screen.text or name in screen.buttons}
                if screen.buttons.count("›") == 0 or screen.buttons[screen.buttons.index("›") - 1][0] == "2":
                    break
                await person.tap("›")
                await person.settle()
            await person.tap("Назад")
            await person.settle()
        assert found == every


async def test_who_says_not_now_leaves_nothing_behind(stage: Stage, browser: Browser) -> None:
    async with SandboxClient(stage.sandbox_url) as client:
        await client.person(3002, first_name="Нина", last_name="Осторожная")
    async with chat_of(browser, stage, 3002) as chat:
        await chat.start()
        await chat.press("Познакомиться")
        declined = await chat.press("Не сейчас")
        assert "не сохранил" in declined
        assert "Живой человек" in declined, "a human is there all the same"
        assert stage.rows(PERSON, 3002) == []
        assert "Осторожная" not in received_from(stage, 3002)


def received_from(stage: Stage, chat: int) -> str:
    """The stored updates of a chat as text."""
    return "\n".join(str(row) for row in stage.rows("select * from incoming_update where chat_key = ?", chat))
