"""Groups in the chat: one asks to join, the head takes them, calls a meeting in two taps and marks who came."""

from sqlalchemy import select

from bot.sandbox.client import SandboxPerson
from db.groups import staff_services
from db.groups.models import GroupAttendance, GroupMeeting, GroupMeetingStatus
from tests.events.support import heard
from tests.groups.conftest import REGION, add_kind, make_group, membership_of
from tests.support import callers
from tests.support.town import Town, person_of


async def tap(person: SandboxPerson, text: str) -> str:
    await person.tap(text)
    await person.settle()
    return (await person.last()).text


async def say(person: SandboxPerson, text: str) -> str:
    await (await person.send(text)).settle()
    return (await person.last()).text


async def council(town: Town) -> SandboxPerson:
    """The head of a council, who has heard of it."""
    head = await town.teacher(2001, "Мудрая Нина Павловна")
    staff = callers.staff(REGION, town.clock.now())
    group_id = town.write(make_group, now=town.clock.now(), kind_id=town.write(add_kind), name="Совет молодых")
    person_id = town.read(person_of, external_id=2001)
    town.write(staff_services.name_head, staff, group_id=group_id, person_id=person_id)
    town.write(heard, now=town.clock.now())
    return head


async def test_from_a_wish_to_join_to_a_meeting_that_was_held(town: Town) -> None:
    head = await council(town)
    newcomer = await town.teacher(2003, "Юная Ольга Олеговна")
    await say(newcomer, "/menu")
    await tap(newcomer, "Ещё…")
    await tap(newcomer, "Объединения рядом")
    await tap(newcomer, "Какие есть рядом")
    assert "Руководит: Мудрая Нина Павловна" in await tap(newcomer, "Совет молодых")
    assert "Передам руководителю" in await tap(newcomer, "Попроситься")

    await town.sweep()
    await head.wait_for("просится новый участник")
    assert "Юная Ольга Олеговна" in await tap(head, "Посмотреть")
    assert "Участник принят" in await tap(head, "Принять")
    await newcomer.wait_for("Вас приняли")

    await say(head, "/menu")
    await tap(head, "Моё объединение")
    await tap(head, "Совет молодых")
    assert "В какой день" in await tap(head, "Собрать заседание")
    assert "Во сколько" in await tap(head, "ср, 4 марта")
    assert "Заседание назначено: ср, 4 марта, 15:00" in await tap(head, "15:00")
    assert "Повестка записана" in await say(head, "Итоги четверти")
    town.move(minutes=5)
    await town.sweep()
    await newcomer.wait_for("Повестка: Итоги четверти")
    assert "Вы придёте. Спасибо" in await tap(newcomer, "Приду")

    town.move(days=2, hours=5)
    await say(head, "/menu")
    await tap(head, "Моё объединение")
    await tap(head, "Совет молодых")
    await tap(head, "Заседание 4 мар")
    assert "Отмечено 0 из 2" in await tap(head, "Кто пришёл")
    assert "Отмечено 1 из 2" in await tap(head, "Юная Ольга Олеговна")
    assert "Отмечено 0 из 2" in await tap(head, "✓ Юная Ольга Олеговна")
    assert "Отмечено 1 из 2" in await tap(head, "Юная Ольга Олеговна")
    assert "Пришло: 1." in await tap(head, "Готово")
    meeting = town.read(lambda session: session.scalars(select(GroupMeeting)).one())
    came = town.read(lambda session: session.scalars(select(GroupAttendance.came)).all())
    assert meeting.status is GroupMeetingStatus.HELD and came == [True]


async def test_who_leaves_is_asked_first_and_a_head_is_told_what_it_means(town: Town) -> None:
    head = await council(town)
    await say(head, "/menu")
    await tap(head, "Моё объединение")
    await tap(head, "Совет молодых")
    assert "останется без руководителя" in await tap(head, "Выйти из объединения")
    assert "Вы руководите" in await tap(head, "Остаться")
    await tap(head, "Выйти из объединения")
    assert "пока не состоите" in await tap(head, "Да, выйти")
    person_id = town.read(person_of, external_id=2001)
    assert town.read(membership_of, person_id) == ["left"]


async def test_levels_of_a_few_are_not_told(town: Town) -> None:
    head = await council(town)
    await say(head, "/menu")
    await tap(head, "Моё объединение")
    await tap(head, "Совет молодых")
    assert "меньше пяти" in await tap(head, "Уровни вместе")


async def test_where_there_are_no_groups_the_menu_says_nothing_of_them(town: Town) -> None:
    person = await town.teacher(2001, "Мудрая Нина Павловна")
    await say(person, "/menu")
    assert not [one for one in (await person.last()).buttons if "бъединени" in one]


async def test_where_no_group_is_near_nobody_is_told_to_ask_for_one(town: Town) -> None:
    """«Можно попроситься в то, что рядом» stood over a screen with nothing but the way back."""
    vera = await town.teacher()
    assert "рядом с вами объединений пока нет" in await say(vera, "/start group_1")
