"""Practices in the chat: proposed in a few questions, looked at by experts, found by a typing error, tried."""

import json
from collections.abc import Callable

import pytest

from db.database import Database
from db.practices import staff_services
from db.practices.models import Practice, PracticeStatus, PracticeVerdict
from db.practices.rules import PracticePart
from db.routes.models import RouteItem
from tests.applications.support import PDF
from tests.events.support import heard
from tests.groups.test_conversation import say, tap
from tests.practices.conftest import TOLD, Circle
from tests.routes.support import every
from tests.support.town import Town


@pytest.fixture
async def circle(town: Town, make_circle: Callable[[Database], Circle]) -> Circle:
    """The circle in the town, whose people have heard of the bot."""
    made = make_circle(town.database)
    for number in range(len(made.people)):
        await say(await town.person(3001 + number), "/menu")
    town.write(heard, now=town.clock.now())
    return made


async def test_from_a_proposal_by_way_of_two_experts_to_a_step_of_somebody_elses_route(
    town: Town, circle: Circle
) -> None:
    author, first, second, other = [await town.person(3001 + number) for number in range(4)]
    await say(author, "/menu")
    await tap(author, "Практики")
    assert "Как называется" in await tap(author, "Предложить свою")
    assert "хотя бы 10 знаков" in await say(author, "Лестница")
    asked = ("Для кого", "на одном занятии", "Что получается", "Для каких компонентов")
    for text, question in zip(TOLD.values(), asked, strict=True):
        assert question in await say(author, text)
    await tap(author, (await author.last()).buttons[0])
    told = await tap(author, "Готово")
    assert "Всё на месте" in told and TOLD[PracticePart.TITLE] in told
    await tap(author, "Авторы")
    assert "Записано" in await say(author, "Петрова Мария Олеговна")
    await tap(author, "Файлы: 0")
    assert "жду файл" in await say(author, "файла пока нет")
    await author.send_file("smelaya.pdf", PDF)
    await author.settle()
    assert "Файл на месте" in (await author.last()).text
    await tap(author, "К проверке")
    assert "Отправлено" in await tap(author, "Отправить методисту")

    [number] = town.read(every, Practice.id)
    for person_id in circle.people[1:3]:
        town.write(staff_services.appoint, circle.staff, practice_id=number, person_id=person_id)
    await town.sweep()
    for expert, verdict in ((first, "Публиковать"), (second, "Доработать")):
        await expert.wait_for("Вас просят посмотреть как эксперта")
        told = await tap(expert, "Посмотреть")
        assert TOLD[PracticePart.TITLE] in told and "Смелая" not in told
        await tap(expert, "Файлы: 1")
        await town.sweep()
        await expert.wait_for("Файл к практике")
        assert "smelaya" not in json.dumps([one.raw for one in await expert.messages() if one.outgoing])
        await tap(expert, "›")
        assert "Замечание" not in (await expert.last()).text, "nothing of the other's word is seen"
        await tap(expert, verdict)
        assert "записано" in await say(expert, f"Замечание: {verdict.lower()}, и вот почему")
    decide = {"practice_id": number, "verdict": PracticeVerdict.PUBLISH, "said": "Поздравляю"}
    town.write(staff_services.decide, circle.staff, **decide)
    town.move(seconds=11)
    await town.sweep()
    heard_of = await author.wait_for("опубликована")
    text = heard_of.text
    assert "публиковать, и вот почему" in text and "доработать, и вот почему" in text and "Поздравляю" in text

    await say(other, "/practices")
    await tap(other, "Найти")
    assert "Лестница вопросов" in await say(other, "леснтица вапросов на урке истроии")
    told = await tap(other, "Лестница")
    assert "Смелая Анна Павловна, Петрова Мария Олеговна" in told
    assert TOLD[PracticePart.LESSON] in await tap(other, "Как попробовать")
    assert "следующий шаг" in await tap(other, "Попробую")
    await tap(other, (await other.last()).buttons[0])
    await tap(other, (await other.last()).buttons[1])
    assert town.read(every, RouteItem.setting) != [None], "three taps: try, when, with whom"
    await say(other, "/practices")
    await tap(other, "Пробую и применяю: 1")
    await tap(other, "Лестница")
    await tap(other, "Получилось применить")
    assert "Спасибо" in await say(other, "В шестом классе спорили весь урок")
    told = (await other.last()).text
    assert "применил 1 педагог" in told and "спорили весь урок" in told


async def test_once_a_year_one_is_asked_in_waking_hours_and_no_lets_it_sink(town: Town, circle: Circle) -> None:
    number = circle.published()
    author = await town.person(3001)
    town.move(days=336, hours=-4)
    await town.sweep()
    assert len(circle.said("still")) == 1
    assert all("ещё так делаете" not in one.text for one in await author.messages()), "not at night"
    town.move(hours=4)
    await town.sweep()
    told = (await author.wait_for("ещё так делаете")).text
    assert TOLD[PracticePart.TITLE] in told
    assert "в конец списка" in await tap(author, "Уже нет")
    assert circle.row(number).status is PracticeStatus.SUNK
    await say(author, "/practices")
    await tap(author, "Мои: 1")
    await tap(author, "Лестница")
    assert "подтверждена на год" in await tap(author, "Да, делаю так")
    assert circle.row(number).status is PracticeStatus.PUBLISHED


async def test_a_forged_button_opens_no_remarks_on_a_published_practice_of_another(town: Town, circle: Circle) -> None:
    """Everybody may find it, yet what its experts said is the author's."""
    number = circle.published()
    other = await town.person(3004)
    message = await other.last()
    for data in (f"pr_d:{number}", f"pr_u:{number}:0", f"pr_w:{number}:0", f"pr_p:{number}:title"):
        await town.client.bulk([{"person": 3004, "message_id": message.id, "data": data, "forged": True}])
        await other.settle()
        told = await other.last()
        assert "Замечание" not in told.text and "Отозвать" not in told.buttons
