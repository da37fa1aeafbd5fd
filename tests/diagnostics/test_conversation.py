"""The whole walk in the chat, over HTTP with the stand-in and the unchanged bot."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.diagnostics.callbacks import AnswerTap, FinishTap, ResultTap, ShareTap
from bot.sandbox.client import Message, SandboxPerson
from db.diagnostics import personal, services
from db.diagnostics.models import Answer, Attempt, AttemptStatus, ComponentScore
from db.diagnostics.services import ResultReader
from db.mentoring import staff_services
from db.people.models import Role
from db.scope import Scope, StaffRole
from db.sites.models import SiteComponent
from tests.diagnostics.walking import Mark, questionnaire, twos
from tests.events.support import make_event
from tests.support import callers
from tests.support.town import Town, person_of

CONTENT = questionnaire()
REGION = Scope(staff_id=1, role=StaffRole.REGIONAL_METHODIST, municipality_ids=None)


class Walker:
    """A person who counts taps and messages."""

    def __init__(self, person: SandboxPerson) -> None:
        self.person = person
        self.taps = 0
        self.typed = 0

    async def say(self, text: str) -> Message:
        self.typed += 1
        await (await self.person.send(text)).settle()
        return await self.person.last()

    async def tap(self, text: str = "", *, data: str = "") -> Message:
        self.taps += 1
        await self.person.tap(text, data=data)
        await self.person.settle()
        return await self.live()

    async def live(self) -> Message:
        """The newest text: a picture stays below what is edited."""
        return [message for message in await self.person.messages() if message.outgoing and message.kind == "text"][-1]

    async def begin(self) -> Message:
        await self.say("/diagnostics")
        return await self.tap("Начать")

    async def answer(self, count: int, value: str = "В") -> Message:
        screen = await self.person.last()
        for _ in range(count):
            letters = screen.buttons[0].startswith("А")
            screen = await self.tap(value) if letters else await self.tap("Пригодилась бы")
        return screen

    async def result(self) -> Message:
        """«Показать результат» in place of the questions; the picture takes a moment."""
        newest = (await self.person.last()).id
        screen = await self.tap("Показать результат")
        assert screen.text.startswith("Ваш результат")
        await self.person.wait_for(lambda message: message.kind == "photo" and message.id > newest)
        await self.person.settle()
        new = [message.kind for message in await self.person.messages() if message.id > newest]
        assert new == ["photo"]
        return screen


def answered(session: Session, *, external_id: int, now: datetime, upto: int = 36, mark: Mark = twos) -> int:
    """A shortcut: an attempt with answers, as if they were tapped before; returns the attempt."""
    person_id = person_of(session, external_id=external_id)
    step = services.start_or_resume(session, callers.person(person_id, now))
    for item in CONTENT.items[:upto]:
        services.answer(
            session, callers.person(person_id, now), attempt_id=step.attempt_id, item=item.code, value=mark(item)
        )
    return step.attempt_id


async def ready(town: Town, mark: Mark = twos, number: int = 2001) -> Walker:
    """A person who has answered everything and sees «Показать результат»."""
    walker = Walker(await town.teacher(number))
    town.write(answered, external_id=number, now=town.clock.now(), mark=mark)
    await walker.say("/diagnostics")
    return walker


def where(screen: Message) -> tuple[int, int]:
    found = re.search(r"Раздел (\d) из 6 · вопрос (\d) из 6", screen.text)
    assert found, screen
    return int(found[1]), int(found[2])


def attempts(session: Session) -> list[Attempt]:
    return list(session.scalars(select(Attempt).order_by(Attempt.id)))


def count(session: Session, *, of: type) -> int:
    return session.scalars(select(func.count()).select_from(of)).one()


async def test_the_whole_walk_in_one_message_and_forty_taps(town: Town) -> None:
    walker = Walker(await town.teacher())
    intro = await walker.say("/diagnostics")
    assert "не экзамен" in intro.text
    screen = await walker.tap("Начать")
    places = []
    for _ in range(36):
        places.append(where(screen))
        assert len(screen.text) <= 700
        screen = await walker.answer(1)
    assert places == [(section, number) for section in range(1, 7) for number in range(1, 7)]
    assert "Показать результат" in screen.buttons
    await walker.result()
    assert (walker.taps, walker.typed) == (38, 1)

    shown = [message for message in await walker.person.messages() if message.outgoing]
    assert [message.kind for message in shown] == ["text", "photo"], "one live screen, and a receipt"
    live, picture = shown
    assert picture.text.startswith(CONTENT.finish)
    assert "Предмет и содержание: 50, уверенно" in picture.text
    assert len(picture.text) <= 1024
    assert {"По разделам", "Кто видит", "Ещё…", "В меню"} <= set(live.buttons)
    assert town.read(count, of=ComponentScore) == 6


async def test_going_back_and_changing_an_answer(town: Town) -> None:
    walker = Walker(await town.teacher())
    await walker.begin()
    await walker.answer(2)
    screen = await walker.tap("Назад")
    assert where(screen) == (1, 2) and "В ✓" in screen.buttons
    screen = await walker.tap("Назад")
    assert where(screen) == (1, 1)
    screen = await walker.tap("Д")
    assert where(screen) == (1, 3), "goes on where it was"
    values = town.read(lambda session: dict(session.execute(select(Answer.item, Answer.value)).all()))
    assert values == {"subject_1": 4, "subject_2": 2}


async def test_no_wish_to_answer_is_an_answer_by_button_and_by_word(town: Town) -> None:
    walker = Walker(await town.teacher())
    await walker.begin()
    assert where(await walker.tap("Не хочу отвечать")) == (1, 2)
    assert where(await walker.say("не хочу отвечать")) == (1, 3)
    assert town.read(lambda session: list(session.scalars(select(Answer.value)))) == [5, 5]
    assert "Не хочу отвечать ✓" in (await walker.tap("Назад")).buttons
    screen = await walker.tap("Ответы")
    assert "1. Понятные примеры — Не хочу отвечать" in screen.text
    person_id = town.read(person_of, external_id=2001)
    kept = town.read(personal.export, person_id=person_id)["attempts"][0]["answers"]
    assert [one["words"] for one in kept] == ["Не хочу отвечать"] * 2


async def test_options_are_letters_not_marks(town: Town) -> None:
    """0–4 were read as school marks."""
    screen = await Walker(await town.teacher()).begin()
    assert screen.buttons[:5] == list("АБВГД")
    assert "А · Пока" in screen.text and not re.search(r"^\d · ", screen.text, re.MULTILINE)


async def test_back_from_the_first_question_and_on_again(town: Town) -> None:
    walker = Walker(await town.teacher())
    await walker.begin()
    screen = await walker.tap("Назад")
    assert "не экзамен" in screen.text
    assert where(await walker.tap("Продолжить")) == (1, 1)


async def test_leaving_and_coming_back(town: Town) -> None:
    walker = Walker(await town.teacher())
    await walker.begin()
    screen = await walker.answer(6)
    assert where(screen) == (2, 1) and "Сделать паузу" in screen.buttons
    screen = await walker.tap("Сделать паузу")
    assert "6 из 36" in screen.text
    screen = await walker.say("/diagnostics")
    assert where(screen) == (2, 1) and screen.text.startswith("Продолжаем")


async def test_killed_in_the_middle_it_goes_on_at_the_next_question(town: Town) -> None:
    walker = Walker(await town.teacher())
    await walker.begin()
    await walker.answer(4)
    await town.kill_bot()
    screen = await walker.answer(1)
    assert where(screen) == (1, 6)
    await town.kill_bot()
    assert where(await walker.say("/diagnostics")) == (1, 6)
    assert town.read(count, of=Answer) == 5


async def test_a_double_tap_is_one_answer(town: Town) -> None:
    walker = Walker(await town.teacher())
    screen = await walker.begin()
    button = screen.button("В")["callback_data"]
    for _ in range(3):
        await walker.person.tap(data=button, message_id=screen.id)
    await walker.person.settle(answer_is_enough=True)
    assert where(await walker.person.last()) == (1, 2)
    assert town.read(count, of=Answer) == 1


async def test_a_stale_button_of_a_closed_attempt(town: Town) -> None:
    walker = await ready(town)
    screen = await walker.result()
    old = AnswerTap(attempt=1, item="subject_1", value=0)
    await walker.person.forge(old.pack(), screen.id)
    await walker.person.settle()
    toast = (await walker.person.toasts())[-1]
    assert "завершена" in toast["text"]
    changed = next(message for message in await walker.person.messages() if message.id == screen.id)
    assert "Ваш результат" in changed.text
    values = town.read(lambda session: set(session.scalars(select(Answer.value).where(Answer.item == "subject_1"))))
    assert values == {2}


async def test_somebody_elses_buttons_do_nothing(town: Town) -> None:
    owner = await ready(town)
    await owner.result()
    stranger = Walker(await town.teacher(2002, "Чужая Анна Ивановна"))
    screen = await stranger.say("/diagnostics")
    for tap in (
        AnswerTap(attempt=1, item="subject_1", value=0),
        FinishTap(attempt=1),
        ResultTap(attempt=1),
        ShareTap(attempt=1, audience=ResultReader.METHODIST, opened=True),
    ):
        await stranger.person.forge(tap.pack(), screen.id)
        await stranger.person.settle(answer_is_enough=True)
    said = " ".join(message.text for message in await stranger.person.messages())
    assert "Ваш результат" not in said and "Предмет и содержание: 50" not in said
    kept = town.read(attempts)
    assert [(one.status, one.shared_with_methodist) for one in kept] == [(AttemptStatus.COMPLETED, False)]


async def test_closing_twice_draws_one_picture(town: Town) -> None:
    walker = await ready(town)
    screen = await walker.person.last()
    button = screen.button("Показать результат")["callback_data"]
    await walker.person.tap(data=button, message_id=screen.id)
    await walker.person.forge(button, screen.id)
    await walker.person.wait_for(lambda message: message.kind == "photo")
    await walker.person.settle()
    kinds = [message.kind for message in await walker.person.messages() if message.outgoing]
    assert kinds.count("photo") == 1


async def test_again_only_when_its_day_has_come(town: Town) -> None:
    walker = await ready(town)
    screen = await walker.result()
    town.move(days=89)
    await walker.person.forge("dg_b", screen.id)
    await walker.person.settle()
    toast = (await walker.person.toasts())[-1]
    assert "31 мая 2026" in toast["text"]
    town.move(days=1)
    screen = await walker.say("/diagnostics")
    assert where(await walker.tap("Пройти ещё раз")) == (1, 1)
    town.write(answered, external_id=2001, now=town.clock.now(), mark=lambda item: 1 if item.need else 3)
    await walker.say("/diagnostics")
    screen = await walker.result()
    picture = next(message for message in reversed(await walker.person.messages()) if message.kind == "photo")
    assert "Предмет и содержание: 75 (+25), опора для других" in picture.text
    await walker.tap("Ещё…")
    screen = await walker.tap("Мои результаты")
    assert [text for text in screen.buttons if "2026" in text] == [
        "31 мая 2026 · в среднем 75",
        "2 марта 2026 · в среднем 50",
    ]


async def test_the_result_from_all_sides(town: Town) -> None:
    walker = await ready(town, lambda item: 1 if item.need or item.component == "digital" else 2)
    await town.teacher(2002, roles=[Role.MENTOR])
    pair = {"mentor_id": town.read(person_of, external_id=2002), "mentee_id": town.read(person_of, external_id=2001)}
    town.write(staff_services.create_pair, callers.staff(REGION, town.clock.now()), **pair)
    await walker.person.wait_for("У вас появился наставник")
    await walker.say("/diagnostics")
    screen = await walker.result()
    assert "Над чем поработать: Цифровые помощники, 25" in screen.text
    assert any("Площадка" in text for text in screen.buttons)
    screen = await walker.tap("По разделам")
    for number in range(1, 7):
        assert f"{number} из 6" in screen.buttons
        screen = await walker.tap("›")
    await walker.tap("К результату")
    screen = await walker.tap("Площадка")
    assert "Как попасть" in screen.text
    await walker.tap("К результату")
    screen = await walker.tap("Кто видит")
    assert "только вы" in screen.text
    screen = await walker.tap("Открыть наставнику")
    assert "вы и ваш наставник" in screen.text
    screen = await walker.tap("Открыть методистам")
    assert "методисты" in screen.text
    screen = await walker.tap("Закрыть от наставника")
    attempt = town.read(attempts)[0]
    assert (attempt.shared_with_mentor, attempt.shared_with_methodist) == (False, True)
    await walker.tap("К результату")
    await walker.tap("Ещё…")
    await walker.tap("Картинка")
    await walker.person.wait_for(lambda message: message.kind == "photo" and message.id > screen.id)
    assert [message.kind for message in await walker.person.messages()].count("photo") == 2
    await walker.say("/diagnostics")
    await walker.tap("Ещё…")
    await walker.tap("Сохранить PDF")
    kept = await walker.person.wait_for(lambda message: message.kind == "document")
    assert "имени в нём нет" in kept.text


async def test_picture_screen_and_details_begin_with_the_same_item(town: Town) -> None:
    """Three starting points stood in one result, one of them against the person's own answer.

    Naming signs of a good result was advised to whoever had answered «помогаю коллегам» about just that.
    """
    given = {"assessment_1": 4, "assessment_4": 1, "digital_2": 1}
    walker = await ready(
        town, lambda item: 3 * (item.component == "assessment") if item.need else given.get(item.code, 3)
    )
    await walker.result()
    screen, picture = (message.text for message in (await walker.person.messages())[-2:])
    for _ in range(3):
        details = (await walker.tap("По разделам" if _ == 0 else "›")).text
    begin = "Над чем поработать: Оценка и обратная связь, 70: здесь вы просили поддержки."
    step = "Труднее всего пока «Самопроверка детей». Маленький шаг: Перед сдачей следующей работы дайте детям минуту"
    assert begin in picture and begin in screen
    assert step in picture and step in screen and step in details
    assert "два признака" not in picture + screen + details


async def test_no_wish_leads_nowhere(town: Town) -> None:
    """A wish for support where all goes well, or where nothing could be counted, has its help or a human."""
    walker = await ready(town, lambda item: (3 if item.component == "digital" else 0) if item.need else None)
    screen = await walker.result()
    assert "Над чем поработать: Цифровые помощники. Ответов здесь мало, но вы просили поддержки." in screen.text
    await walker.tap("По разделам")
    screen = await walker.tap("‹")
    assert "очень нужна" in screen.text
    assert any("Площадка" in text for text in screen.buttons)

    town.write(lambda session: session.execute(delete(SiteComponent)))
    await walker.tap("К результату")
    await walker.tap("По разделам")
    screen = await walker.tap("‹")
    assert "Подскажет методист" in screen.text and "Помощь" in screen.buttons


async def test_without_a_mentor_nobody_is_offered_to_open_to_one(town: Town) -> None:
    walker = await ready(town)
    await walker.result()
    screen = await walker.tap("Кто видит")
    assert "Открыть методистам" in screen.buttons and "Открыть наставнику" not in screen.buttons
    assert "наставник" not in screen.text


async def test_an_unfinished_walk_is_mentioned_once(town: Town) -> None:
    walker = Walker(await town.teacher())
    await walker.begin()
    await walker.answer(3)
    town.move(days=2, hours=1)
    await town.sweep()
    notice = await walker.person.wait_for("самодиагностика ждёт")
    assert {"Продолжить", "Писать реже"} <= set(notice.buttons)
    assert where(await walker.tap("Продолжить")) == (1, 4)
    await town.sweep()
    said = [message.text for message in await walker.person.messages() if "самодиагностика ждёт" in message.text]
    assert len(said) <= 1


async def test_another_process_finished_it_meanwhile(town: Town) -> None:
    """The panel or a second bot may be quicker; the tap gets what is true now."""
    walker = await ready(town)
    person_id = town.read(person_of, external_id=2001)
    attempt = town.read(attempts)[0]
    now = town.clock.now() + timedelta(seconds=1)
    town.write(services.finish, callers.person(person_id, now, zone=town.bot.context.zone), attempt_id=attempt.id)
    screen = await walker.tap("Показать результат")
    assert "Ваш результат" in screen.text


@pytest.mark.parametrize(
    ("said", "value"),
    [("3", 3), ("3.", 3), (" 0 ", 0), ("Три", 3), ("б", 1), ("Г.", 3), ("не про мою работу", None),
     (CONTENT.items[0].options[4], 4)],
)  # fmt: skip
async def test_an_answer_may_be_typed(town: Town, said: str, value: int | None) -> None:
    """A digit typed to a question of 0–4 drew «Не понял» and the menu."""
    walker = Walker(await town.teacher())
    await walker.begin()
    assert where(await walker.say(said)) == (1, 2)
    assert town.read(lambda session: session.execute(select(Answer.item, Answer.value)).all()) == [("subject_1", value)]
    await town.kill_bot()
    assert where(await walker.say("2")) == (1, 3)


async def test_a_typed_answer_is_for_the_question_on_the_screen(town: Town) -> None:
    walker = Walker(await town.teacher())
    await walker.begin()
    await walker.answer(3)
    await walker.tap("Назад")
    assert where(await walker.tap("Назад")) == (1, 2)
    assert where(await walker.say("4")) == (1, 4)
    await walker.say("1")
    values = town.read(lambda session: dict(session.execute(select(Answer.item, Answer.value)).all()))
    assert values == {"subject_1": 2, "subject_2": 4, "subject_3": 2, "subject_4": 1}


@pytest.mark.parametrize("said", ["7", "не знаю", "voice", "sticker"])
async def test_what_is_no_answer_is_told_how_to_answer_and_the_question_stays(town: Town, said: str) -> None:
    walker = Walker(await town.teacher())
    await walker.begin()
    if said in ("voice", "sticker"):
        await (await walker.person.send_odd(said)).settle()
    else:
        await walker.say(said)
    screen = await walker.person.last()
    assert where(screen) == (1, 1) and "букв" in screen.text
    assert town.read(count, of=Answer) == 0


async def test_a_digit_to_a_wish_is_not_told_to_be_a_number(town: Town) -> None:
    """Its buttons have words and no numbers, and «наберите номер» was said to whoever had typed one."""
    walker = Walker(await town.teacher())
    await walker.begin()
    await walker.answer(5)
    screen = await walker.say("2")
    assert where(screen) == (1, 6) and "напишите, что на ней" in screen.text and "номер" not in screen.text
    assert where(await walker.say("пригодилась бы")) == (2, 1)


async def test_any_answer_is_corrected_from_an_overview_by_components(town: Town) -> None:
    """From «Показать результат» the first question was thirty-six «Назад» away."""
    walker = await ready(town)
    await walker.tap("Проверить ответы")
    for _ in range(2):
        screen = await walker.tap("›")
    assert "3 из 6" in screen.buttons and len(screen.text) <= 700
    await walker.tap("‹")
    await walker.tap("‹")
    screen = await walker.tap("2")
    assert where(screen) == (1, 2) and "В ✓" in screen.buttons
    screen = await walker.tap("Д")
    assert "Показать результат" in screen.buttons
    screen = await walker.tap("Проверить ответы")
    assert "— Д" in screen.text
    assert where(await walker.tap("1")) == (1, 1)


async def test_an_event_of_a_result_leads_back_to_that_result_also_after_registering(town: Town) -> None:
    """Its card led to «Все события» only: the result had to be looked for in the menu."""
    title = "Разбор трудных случаев"
    components = [component.code for component in CONTENT.components]
    town.write(make_event, now=town.clock.now(), components=components, title=title)
    walker = await ready(town)
    result = await walker.result()
    card = await walker.tap(title[:12])
    assert "К результату" in card.buttons and "Все события" not in card.buttons
    await walker.tap("Записаться")
    assert any("К результату" in one.buttons for one in await walker.person.messages() if one.id == card.id)
    await walker.person.tap("К результату", message_id=card.id)
    await walker.person.settle()
    assert any(one.text == result.text for one in await walker.person.messages() if one.id == card.id)
