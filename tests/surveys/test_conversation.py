"""A survey in the chat, over HTTP with the stand-in and the unchanged bot."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.sandbox.client import Message, SandboxPerson
from db.clock import FrozenClock
from db.diagnostics.models import Attempt, ComponentScore
from db.notices.models import Notice
from db.surveys.models import SurveyReply
from tests.support.town import Town
from tests.surveys.walking import add_survey


@pytest.fixture
async def asked(town: Town) -> AsyncIterator[Town]:
    town.write(add_survey, now=town.clock.now())
    yield town


class Replying:
    """Somebody who replies."""

    def __init__(self, person: SandboxPerson) -> None:
        self.person = person

    async def say(self, text: str) -> Message:
        await (await self.person.send(text)).settle()
        return await self.person.last()

    async def tap(self, text: str) -> Message:
        await self.person.tap(text)
        await self.person.settle()
        return await self.person.last()

    async def begin(self) -> Message:
        await self.say("/diagnostics")
        await self.tap("Опрос:")
        return await self.tap("Начать")


async def test_a_survey_is_walked_in_one_message_and_sent(asked: Town) -> None:
    one = Replying(await asked.teacher())
    home = await one.say("/diagnostics")
    assert "Опрос: Чего не хватает" in home.buttons and "не экзамен" in home.text
    intro = await one.tap("Опрос:")
    assert "Это не диагностика" in intro.text and "опрос на 2 мин" in intro.text
    screen = await one.tap("Начать")
    assert "Вопрос 1 из 6" in screen.text and "А · теоретические семинары" in screen.text and len(screen.text) <= 700
    screen = await one.tap("Б")
    screen = await one.tap("Е")
    assert "Б ✓" in screen.buttons and "Е ✓" in screen.buttons and "Вопрос 1 из 6" in screen.text
    screen = await one.tap("Б ✓")
    assert "Б" in screen.buttons
    screen = await one.tap("Дальше")
    assert "Вопрос 2 из 6" in screen.text
    screen = await one.tap("В")  # of one the next question follows
    assert "Вопрос 3 из 6" in screen.text
    screen = await one.tap("Не хочу отвечать")
    assert "Вопрос 4 из 6" in screen.text
    screen = await one.say("1, 3")
    assert "Вопрос 5 из 6" in screen.text
    screen = await one.say("в каникулы")
    assert "Вопрос 6 из 6" in screen.text and "одним сообщением" in screen.text
    screen = await one.say("Времени и готовых карточек.")
    assert "Отправить ответы" in screen.text
    screen = await one.tap("Отправить")
    assert screen.text.startswith("Спасибо!")
    assert asked.read(told) == {
        "forms": (["masters"], None),
        "training": (["distant"], None),
        "consulting": ([], None),
        "groups": (["young", "teams"], None),
        "time": (["holidays"], None),
        "lacking": ([], "Времени и готовых карточек."),
    }
    scores = asked.read(lambda session: session.scalars(select(ComponentScore)).all())
    assert {one.component: one.deficit for one in scores if one.deficit is None} == {"consulting": None}
    assert all(one.level is None and one.organisation_id for one in scores)
    assert (await one.say("/menu")).buttons[0] == "Самодиагностика"
    assert "Опрос" not in " ".join((await one.say("/diagnostics")).buttons), "it is asked once in a while"


def told(session: Session) -> dict[str, tuple[list[str], str | None]]:
    return {row.question: (row.chosen, row.words) for row in session.scalars(select(SurveyReply))}


async def test_a_survey_goes_on_where_it_was_left_and_is_no_diagnosis(asked: Town) -> None:
    one = Replying(await asked.teacher())
    await one.begin()
    await one.tap("А")
    await one.tap("Дальше")
    left = await one.tap("Выйти")
    assert "Ответы сохранены: 1 из 6" in left.text
    menu = await one.say("/menu")
    assert "Продолжить самодиагностику" not in menu.buttons
    await asked.kill_bot()
    await one.say("/diagnostics")
    screen = await one.tap("Опрос:")
    assert "Продолжаем с того же места" in screen.text and "Вопрос 2 из 6" in screen.text
    asked.move(days=3)
    await asked.sweep()
    await one.person.wait_for("Вы начали опрос")
    kinds = asked.read(lambda session: session.scalars(select(Notice.kind)).all())
    assert kinds == ["surveys.unfinished"], "one word, and none of a self-diagnosis"
    screen = await one.tap("Продолжить")
    assert "Вопрос 2 из 6" in (await one.person.last()).text
    asked.move(days=400)
    await asked.sweep()
    assert asked.read(lambda session: session.scalar(select(func.count()).select_from(Notice))) == 1


async def test_what_can_not_be_a_reply_is_asked_for_again(asked: Town) -> None:
    one = Replying(await asked.teacher())
    screen = await one.begin()
    for letter in "АБВ":
        screen = await one.tap(letter)
    await one.person.tap("Г")
    await one.person.settle()
    assert "не больше 3" in (await one.person.toasts())[-1]["text"]
    assert "Г ✓" not in (await one.person.last()).buttons
    await one.tap("Дальше")
    screen = await one.say("совсем иначе")
    assert "Не разобрал ответ «совсем иначе»" in screen.text and "Вопрос 2 из 6" in screen.text
    screen = await one.say("7")
    assert "Не разобрал" in screen.text
    screen = await one.tap("Назад")
    assert "Вопрос 1 из 6" in screen.text and "В ✓" in screen.buttons
    assert asked.read(lambda session: session.scalar(select(func.count()).select_from(Attempt))) == 1


async def test_after_the_last_day_of_quiet_one_may_reply_again(asked: Town, clock: FrozenClock) -> None:
    one = Replying(await asked.teacher())
    screen = await one.begin()
    while "Отправить" not in screen.buttons:
        screen = await one.tap("Не хочу отвечать")
    await one.tap("Отправить")
    asked.write(lambda session: session.execute(delete(Notice)))
    asked.move(days=200)
    await one.say("/diagnostics")
    screen = await one.tap("Опрос:")
    assert "Ответить заново" in screen.buttons
    assert "Вопрос 1 из 6" in (await one.tap("Ответить заново")).text
