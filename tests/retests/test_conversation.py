"""A re-test of one component in the chat: after a step, from a result's component and from the route."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.diagnostics import screens_file
from bot.sandbox.client import SandboxPerson
from db.diagnostics import queries as diagnostics
from db.retests import queries
from db.retests.models import Retest, RetestAnswer
from locales import translator
from tests.diagnostics.test_screens import mixed
from tests.diagnostics.walking import ZONE, complete
from tests.events.support import heard
from tests.retests.support import threes, walked
from tests.routes.test_conversation import say, tap
from tests.support import callers
from tests.support.town import Town, person_of


@pytest.fixture
async def person(town: Town) -> SandboxPerson:
    """A teacher with a finished self-diagnosis of three weeks ago."""
    found = await town.teacher(2001, "Мудрая Нина Павловна")
    complete(town.database, town.read(person_of, external_id=2001), mixed, town.clock.now())
    town.write(heard, now=town.clock.now())
    return found


async def test_after_a_step_the_component_is_looked_at_again_in_nine_taps(town: Town, person: SandboxPerson) -> None:
    """And the budget of a short one: six questions, the step's card, «Начать», «Показать результат»."""
    await say(person, "/diagnostics")
    await tap(person, "Взять этот шаг")
    await tap(person, "Решу позже")
    await say(person, "/route")
    step = (await person.last()).buttons[0]
    await tap(person, step)
    await tap(person, "Получилось")
    await tap(person, "Оценить себя ещё раз")
    assert "имеет смысл с 16.03.2026" in (await person.last()).text, "too soon: the day when it makes sense"
    assert "Начать" not in (await person.last()).buttons
    town.move(days=21)
    told = await tap(person, "К результату раздела")
    told = await tap(person, "Оценить себя ещё раз")
    assert "После шага" in told and "Ответы видите только вы" in told
    taps = 1
    told = await tap(person, "Начать")
    assert "Вопрос 1 из 6" in told
    while "Вопрос" in told:
        then = "Вопрос 6" in told
        assert ("Теперь вспомните 2 марта 2026" in told) is then
        told = await tap(person, "Б" if then else "Г")
        taps += 1
    told = await tap(person, "Показать")
    taps += 2  # this one and the one at the step's card
    assert taps <= 9
    assert "заметно выше" in told and "По сегодняшней мерке: 1 → 3" in told
    assert "было 0 → стало 3" in told and "Это видите только вы" in told
    assert len(told) <= 700
    assert "Ещё раз" in await tap(person, "К результату раздела"), "the component of the result tells of it"


async def test_the_same_taps_twice_make_one_and_a_wrong_answer_is_put_right(town: Town, person: SandboxPerson) -> None:
    town.move(days=21)
    assert "можно сейчас" in await say_route(person)
    await tap(person, (await person.last()).buttons[0])
    await person.tap("Начать")
    await tap(person, "Начать")
    assert town.read(lambda session: session.scalar(select(func.count(Retest.id)))) == 1
    await tap(person, "А")
    assert (
        "✓" in str((await tap(person, "Назад"), (await person.last()).buttons))
        or "А" in (await person.last()).buttons[0]
    )
    told = await say(person, "4")
    assert "Вопрос 2 из 6" in told
    value = town.read(lambda session: session.scalars(select(RetestAnswer.value)).one())
    assert value == 4, "typed instead of tapped, and changed"
    assert "Вопрос 2 из 6" in await say(person, "как-нибудь"), "what is none of the answers is asked for again"
    told = await tap(person, "Выйти")
    assert "Продолжить" in (await person.last()).buttons
    assert "Вопрос 2 из 6" in await tap(person, "Продолжить")


async def test_what_was_begun_by_mistake_is_thrown_away_after_one_question(town: Town, person: SandboxPerson) -> None:
    town.move(days=21)
    await say_route(person)
    await tap(person, (await person.last()).buttons[0])
    assert not [one for one in (await person.last()).buttons if "выбросить" in one], "nothing to throw away yet"
    await tap(person, "Начать")
    await tap(person, "А")
    await tap(person, "Выйти")
    assert "Пропадёт 1 ответ" in await tap(person, "выбросить")
    asked = await person.last()
    assert "Продолжить" in (await tap(person, "Оставить"), *(await person.last()).buttons)
    await tap(person, "выбросить")
    told = await tap(person, "Да, выбросить")
    assert "Считайте, что и не начинали" in told and "Начать" in (await person.last()).buttons
    counts = [select(func.count()).select_from(table) for table in (Retest, RetestAnswer)]
    assert [town.read(lambda session, one=one: session.scalar(one)) for one in counts] == [0, 0]
    await person.forge(asked.callbacks[0], (await person.last()).id)
    await person.settle()
    assert "устарела" in (await person.toasts())[-1]["text"], "the second «Да» finds nothing"
    await tap(person, (await person.last()).buttons[0])
    assert "Вопрос 1 из 6" in await tap(person, "Начать"), "the same day, from the beginning"


async def say_route(person: SandboxPerson) -> str:
    await say(person, "/route")
    return await tap(person, "Проверить один раздел")


async def test_who_has_no_result_is_led_to_the_self_diagnosis(town: Town) -> None:
    person = await town.teacher(2001, "Мудрая Нина Павловна")
    await say(person, "/route")
    assert not [one for one in (await person.last()).buttons if "один раздел" in one]


async def test_the_file_and_the_link_of_the_journal_tell_of_it_too(town: Town, person: SandboxPerson) -> None:
    who = town.read(person_of, external_id=2001)
    now = town.clock.now() + timedelta(days=21)
    town.move(days=22)
    caller = callers.person(who, now)
    found = town.read(diagnostics.home, caller).result
    assert found is not None
    done = walked(town.database, who, found.attempt_id, now, threes)
    again = town.read(queries.of_result, caller, attempt_id=found.attempt_id)
    words = screens_file.words(translator("ru"), found, "Опора", ZONE, again)
    assert [line.title for line in words.lines if "Ещё раз" in line.said] == [done.component.title]
    assert done.component.title in await say(person, f"/start retest_{done.retest_id}")
    other = await town.teacher(2002, "Другая Анна")
    assert done.component.title not in await say(other, f"/start retest_{done.retest_id}")
