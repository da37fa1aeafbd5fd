"""The first meeting over HTTP: consent before anything, a profile within the budget of taps, nothing typed is lost."""

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.sandbox.client import Message, SandboxPerson
from db.dictionaries.models import Organisation
from db.inbox.models import Dialog
from db.packs import load_pack
from db.people import pack
from db.people.models import Consent, Person
from tests.support import callers
from tests.support.town import Town

CONSENT = load_pack("chelyabinsk").about.consent_words


def stored(session: Session) -> tuple[int, int, int]:
    """Rows about people: persons, consents, dialogs."""
    return tuple(  # type: ignore[return-value]
        session.scalar(select(func.count()).select_from(table)) for table in (Person, Consent, Dialog)
    )


async def walk(person: SandboxPerson, *deeds: str) -> Message:
    """Deeds in turn: «>text» is typed, anything else is a tap; answers the last screen."""
    for deed in deeds:
        if deed.startswith(">"):
            await person.send(deed[1:])
        else:
            await person.tap(deed)
        await person.settle()
    return await person.last()


TO_PROFILE = (">/start", "Познакомиться", "Читать дальше", "Даю согласие")


async def test_from_start_to_a_saved_profile_within_twelve_taps_and_two_messages(town: Town) -> None:
    anna = await town.person(1001)
    deeds = (
        *TO_PROFILE,
        ">ковалёва анна игоревна",
        "Ч",
        "Челябинский ГО",
        ">школа 67",
        "Учитель",
        "Математика",
        "6–10 лет",
        "Первая",
        "сохранить",
    )
    taps = [deed for deed in deeds if not deed.startswith(">") or deed == ">/start"]  # Start is a button
    assert len(taps) <= 12
    assert len(deeds) - len(taps) <= 2
    screen = await walk(anna, *deeds)
    assert "профиль сохранён" in screen.text
    assert "Анна Игоревна" in screen.text
    person = town.read(lambda session: session.scalars(select(Person)).one())
    assert (person.full_name, person.experience_years) == ("Ковалёва Анна Игоревна", 8)
    assert person.profile_saved_at is not None
    live = [message for message in await anna.messages() if message.outgoing]
    assert len(live) == 3, "one live screen, edited in place; a new one only below what was typed"


async def test_the_first_screen_is_short_and_has_one_button(town: Town) -> None:
    anna = await town.person(1001)
    screen = await walk(anna, ">/start")
    assert len(screen.text) <= 500
    assert screen.buttons == ["Познакомиться"]


async def test_nothing_is_stored_before_the_consent(town: Town) -> None:
    anna = await town.person(1001)
    deeds = (">/start ev_abc123", ">привет", ">/menu", ">/mydata", ">/cancel", ">/settings", ">/help", ">/panel")
    await walk(anna, *deeds, ">/start ev_abc123", "Познакомиться", "Читать дальше", "Назад", "Не сейчас")
    assert town.read(stored) == (0, 0, 0)
    screen = await walk(anna, "Прочитать согласие", "Читать дальше")
    assert all("ev_abc123" in data for data in screen.callbacks)
    assert town.read(stored) == (0, 0, 0)
    await walk(anna, "Даю согласие")
    people, consents, _ = town.read(stored)
    assert (people, consents) == (1, len(CONSENT.purposes))


async def test_the_consent_is_shown_word_for_word(town: Town) -> None:
    anna = await town.person(1001)
    first = await walk(anna, ">/start", "Познакомиться")
    second = await walk(anna, "Читать дальше")
    lines = [*CONSENT.text.split("\n"), *(purpose.title for purpose in CONSENT.purposes)]
    for line in lines:
        assert line in first.text + second.text or line == "{purposes}"
    assert max(len(first.text), len(second.text)) <= 700
    assert "Даю согласие" not in first.buttons, "one agrees after reading"


async def test_a_refusal_is_fine(town: Town) -> None:
    anna = await town.person(1001)
    screen = await walk(anna, ">/start", "Познакомиться", "Не сейчас")
    assert "решать вам" in screen.text
    assert "example.org" not in screen.text, "nobody invented is named"
    assert screen.buttons == ["Прочитать согласие"]


async def test_a_double_tap_on_the_consent_is_one_consent(town: Town) -> None:
    anna = await town.person(1001)
    screen = await walk(anna, *TO_PROFILE[:-1])
    agree = screen.button("Даю согласие")["callback_data"]
    await anna.forge(agree, screen.id)
    await anna.forge(agree, screen.id)
    await anna.settle(answer_is_enough=True)
    assert town.read(stored)[:2] == (1, len(CONSENT.purposes))
    assert "Шаг 1 из 7" in (await anna.last()).text


async def test_changed_words_ask_again_and_keep_everything(town: Town) -> None:
    vera = await town.teacher()
    changed = CONSENT.model_copy(update={"text": "Новый текст.\n\n{purposes}\n\nЕщё абзац."})
    town.write(pack.publish, callers.clock(town.clock.now()), consent=changed)
    screen = await walk(vera, ">/menu")
    assert "Текст изменился" in screen.text
    assert "Новый текст." in screen.text
    screen = await walk(vera, "Даю согласие")
    assert "Самодиагностика" in screen.buttons
    assert "Тестова" in town.read(lambda session: session.scalars(select(Person.full_name)).one())


async def test_words_that_change_while_being_read_are_shown_anew(town: Town) -> None:
    anna = await town.person(1001)
    await walk(anna, *TO_PROFILE[:-1])
    changed = CONSENT.model_copy(update={"text": "Новый текст.\n\n{purposes}"})
    town.write(pack.publish, callers.clock(town.clock.now()), consent=changed)
    screen = await walk(anna, "Даю согласие")
    assert "Новый текст." in screen.text
    assert town.read(stored)[0] == 0
    assert "Шаг 1 из 7" in (await walk(anna, "Даю согласие")).text


# --- leaving and coming back ---


@pytest.mark.parametrize("way_out", ["Выйти", ">/menu", ">/cancel", ">/start", "kill"])
async def test_one_goes_on_where_one_left(town: Town, way_out: str) -> None:
    anna = await town.person(1001)
    await walk(anna, *TO_PROFILE, ">ковалёва анна")
    if way_out == "kill":
        await town.kill_bot()
        screen = await walk(anna, ">/start")
    else:
        screen = await walk(anna, way_out)
    assert "шаге 2 из 7" in screen.text
    screen = await walk(anna, "Продолжить")
    assert "Шаг 2 из 7" in screen.text
    assert "Шаг 3 из 7" in (await walk(anna, ">миасский го")).text


async def test_a_restart_between_question_and_answer_loses_nothing(town: Town) -> None:
    anna = await town.person(1001)
    await walk(anna, *TO_PROFILE)
    await town.kill_bot()
    assert "Шаг 2 из 7" in (await walk(anna, ">ковалёва анна")).text
    screen = await walk(anna, ">миасский го", ">Частная школа «Росток»")
    assert "«Частная школа „Росток“»" in screen.text
    await town.kill_bot()
    assert "Записали: Частная школа «Росток»" in (await walk(anna, "Оставить как написано")).text


async def test_back_changes_an_earlier_answer(town: Town) -> None:
    anna = await town.person(1001)
    screen = await walk(anna, *TO_PROFILE, ">ковалёва анна", ">миасский го", "Назад")
    assert "Шаг 2 из 7" in screen.text
    screen = await walk(anna, "Ч", "Назад", "Ч", "Чесменский МР")
    assert "Записали: Чесменский МР" in screen.text


async def test_every_field_is_corrected_from_the_check_page(town: Town) -> None:
    vera = await town.teacher()
    screen = await walk(vera, ">/mydata", "Исправить профиль")
    for button, answer, kept in (
        ("Имя", ">новикова вера павловна", "Новикова Вера Павловна"),
        ("Должность", ">воспитатель", None),
        ("Должность", "Воспитатель", "Воспитатель"),
        ("Предмет", "Дошкольное образование", "Дошкольное образование"),
        ("Стаж", ">12 лет", "12 лет"),
        ("Категория", "Высшая", "Высшая"),
        ("Место работы", ">школа 67", "МБОУ «СОШ № 67»"),
    ):
        screen = await walk(vera, button, answer)
        if kept is None:
            screen = await walk(vera, "Назад")
        else:
            assert kept in screen.text
            assert "сохраняются сразу" in screen.text
    screen = await walk(vera, "Муниципалитет", ">миасский го")
    assert "Место работы" in screen.text, "the organisation belongs to the municipality"
    assert "«МБОУ „СОШ № 67“» осталась в прежнем муниципалитете" in screen.text, "it went in silence"
    assert "Не указано место работы" in (await walk(vera, ">/menu")).text


# --- what people send instead ---


@pytest.mark.parametrize("kind", ["sticker", "voice", "forward", "contact", "location", "dice", "poll", "video_note"])
async def test_anything_but_text_is_answered_and_the_question_stands(town: Town, kind: str) -> None:
    anna = await town.person(1001)
    await walk(anna, *TO_PROFILE)
    await anna.send_odd(kind)
    await anna.settle()
    screen = await anna.last()
    if kind != "forward":  # a forwarded text is a text
        assert "нужен обычный текст" in screen.text
    assert "Шаг" in screen.text
    assert "Шаг 2 из 7" in (await walk(anna, ">ковалёва анна")).text


async def test_a_voice_leaves_what_was_offered_for_a_typed_school(town: Town) -> None:
    """The school that is on no list, typed already, was gone with «Оставить как написано»."""
    vera = await town.teacher()
    await walk(vera, ">/mydata", "Исправить профиль", "Место работы", ">лесная школа-хутор")
    await vera.send_odd("voice")
    await vera.settle()
    screen = await vera.last()
    assert "нужен обычный текст" in screen.text and "лесная школа-хутор" in screen.text
    assert "лесная школа-хутор" in (await walk(vera, "Оставить как написано")).text


@pytest.mark.parametrize("text", ["Анна", "анна 89001234567", "<b>Анна</b> & Ко", "x" * 4000])
async def test_what_is_no_name_is_quoted_with_an_example(town: Town, text: str) -> None:
    anna = await town.person(1001)
    await walk(anna, *TO_PROFILE)
    screen = await walk(anna, ">" + text)
    assert text[:60] in screen.text
    assert "Шаг 1 из 7" in screen.text
    town.server.world.clock_offset += 5  # or it would be the tail of a text that the messenger cut
    assert "Шаг 2 из 7" in (await walk(anna, ">ковалёва анна")).text


async def test_a_photo_in_the_middle_is_answered(town: Town) -> None:
    anna = await town.person(1001)
    await walk(anna, *TO_PROFILE)
    await anna.send_file("me.pdf", b"%PDF-1.4")
    await anna.settle()
    assert "нужен обычный текст" in (await anna.last()).text


@pytest.mark.parametrize(
    "data",
    ["pep:municipality:99999", "pep:full_name:1", "pef:nonsense:0:0", "peo", "pes", "pem:nonsense", "zz", "pec:99:"],
)
async def test_forged_buttons_harm_nothing(town: Town, data: str) -> None:
    anna = await town.person(1001)
    screen = await walk(anna, *TO_PROFILE)
    await anna.forge(data, screen.id)
    await anna.settle(answer_is_enough=True)
    assert "Шаг 2 из 7" in (await walk(anna, ">/start", "Продолжить", ">ковалёва анна")).text


async def test_a_stranger_who_taps_an_old_button_meets_the_first_screen(town: Town) -> None:
    anna = await town.person(1001)
    screen = await walk(anna, ">/start")
    for data in ("menu", "dg", "pes", "pen", "pem:erase_yes"):
        await anna.forge(data, screen.id)
        await anna.settle(answer_is_enough=True)
    assert town.read(stored) == (0, 0, 0)


# --- languages ---


async def test_a_stranger_is_met_in_their_language_and_may_change_it(town: Town) -> None:
    john = await town.client.person(3001, language_code="en")
    screen = await walk(john, ">/start")
    assert "Hello!" in screen.text
    screen = await walk(john, "Let’s meet", "Read on", "I agree")
    assert "Step 1 of 7" in screen.text
    screen = await walk(john, ">/settings", "Русский")
    assert "Настройки" in screen.text
    assert "Осталось короткое знакомство" in (await walk(john, ">/menu")).text


async def test_all_answers_given_and_left_at_the_check_is_said_so(town: Town) -> None:
    anna = await town.person(1001)
    answers = (">ковалёва анна", "Ч", "Челябинский ГО", ">школа 67", "Учитель", "Математика", "6–10 лет", "Первая")
    await walk(anna, *TO_PROFILE, *answers)
    screen = await walk(anna, "Имя")
    assert "Шаг" not in screen.text, "one field that is corrected alone is no step of seven"
    await walk(anna, "Назад")
    screen = await walk(anna, ">/menu")
    assert "Осталось проверить" in screen.text
    assert "Проверьте, пожалуйста" in (await walk(anna, "Продолжить")).text
    assert "Всё, что вы начали, сохранено" in (await walk(anna, ">/cancel")).text


async def test_where_no_organisations_are_listed_no_list_is_spoken_of(town: Town) -> None:
    """«Выберите из списка…» stood over no list, and «Выбрать из списка» led back to the same question."""
    town.write(lambda session: session.execute(delete(Organisation)))
    anna = await town.person(1001)
    screen = await walk(anna, *TO_PROFILE, ">ковалёва анна", ">миасский го")
    assert "Напишите, как удобно" in screen.text and "списк" not in screen.text
    screen = await walk(anna, ">Школа «Росток»")
    assert "Так и оставим?" in screen.text and "списк" not in screen.text
    assert "списк" not in " ".join(screen.buttons)
    assert "Напишите, как удобно" in (await walk(anna, "Написать иначе")).text
