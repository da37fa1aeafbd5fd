"""A group's plan in the chat: a head adds a line, says when, is reminded, marks it done and names the meeting."""

from sqlalchemy import select

from bot.sandbox.client import SandboxPerson
from db.groups.models import GroupMeeting
from db.workplans.models import WorkplanFulfilment, WorkplanLine
from tests.groups.test_conversation import council, say, tap
from tests.support.town import Town


async def opened(town: Town) -> SandboxPerson:
    """The head of a council, at its card."""
    head = await council(town)
    await say(head, "/menu")
    await tap(head, "Моё объединение")
    await tap(head, "Совет молодых")
    return head


async def test_a_line_is_added_in_three_taps_and_a_text_and_done_in_one(town: Town) -> None:
    head = await opened(town)
    assert "Начните с одной" in await tap(head, "План")
    assert "Новая строка плана на 2025/2026" in await tap(head, "Добавить строку")
    assert "Когда это?" in await say(head, "Взаимные посещения уроков")
    card = await tap(head, "Каждый месяц")
    assert "Срок записан" in card and "Сделать до 31 марта 2026" in card and "Выполнено 0 из 3" in card

    town.move(days=23)
    await town.sweep()
    await head.wait_for("Подходит срок строки плана")
    assert "Отмечено: сделано" in await tap(head, "Сделано")
    assert "Выполнено 1 из 3" in await say(head, "Пять уроков, все с разбором")
    mark = town.read(lambda session: session.scalars(select(WorkplanFulfilment)).one())
    assert (mark.slot, mark.word) == (0, "Пять уроков, все с разбором")
    assert "Отметка снята" in await tap(head, "Нет, ещё не сделано")
    assert town.read(lambda session: session.scalars(select(WorkplanFulfilment)).all()) == []


async def test_a_term_that_cannot_be_read_is_said_and_asked_for_again(town: Town) -> None:
    head = await opened(town)
    await tap(head, "План")
    await tap(head, "Добавить строку")
    await say(head, "Неделя математики")
    assert "прочитать не получилось" in await say(head, "как пойдёт")
    assert "Срок записан" in await say(head, "до 20.05.2026")
    line = town.read(lambda session: session.scalars(select(WorkplanLine)).one())
    assert (line.term, f"{line.ends:%d.%m.%Y}") == ("до 20.05.2026", "20.05.2026")


async def test_a_meeting_that_was_held_shows_that_it_is_done(town: Town) -> None:
    head = await opened(town)
    await tap(head, "Собрать заседание")
    await tap(head, "ср, 4 марта")
    await tap(head, "15:00")
    await say(head, "Итоги четверти")
    town.move(days=3)
    await tap(head, "К объединению")
    await tap(head, "Заседание 4 мар")
    await tap(head, "Кто пришёл")
    await tap(head, "Мудрая Нина Павловна")
    await tap(head, "Готово")
    await tap(head, "К объединению")
    await tap(head, "План")
    await tap(head, "Добавить строку")
    await say(head, "Заседание по итогам четверти")
    await tap(head, "март")
    assert "Чем это подтвердить" in await tap(head, "Сделано")
    assert "Записано" in await tap(head, "Заседание 4 мар")
    mark = town.read(lambda session: session.scalars(select(WorkplanFulfilment)).one())
    assert mark.meeting_id == town.read(lambda session: session.scalars(select(GroupMeeting.id)).one())
    await tap(head, "К плану")
    assert "Сделано 1 из 1" in (await head.last()).text


async def test_a_line_goes_when_its_head_says_so_twice_and_the_next_year_is_planned_beside(town: Town) -> None:
    head = await opened(town)
    await tap(head, "План")
    await tap(head, "План на 2026/2027")
    await tap(head, "Добавить строку")
    await say(head, "Лишнее дело")
    assert "Выполнено 0 из 9" in await tap(head, "Каждый месяц")
    assert "Убрать строку из плана?" in await tap(head, "Убрать")
    assert "План на 2026/2027" in await tap(head, "Да, убрать")
    assert town.read(lambda session: session.scalars(select(WorkplanLine)).all()) == []
