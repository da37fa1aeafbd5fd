"""The diary in the chat: a month that fills itself, a line in two taps and words, the month as a file."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.diary.callbacks import OpenDiaryTap
from bot.sandbox.client import SandboxPerson
from db.diary.models import DiaryLine
from db.events.hosts import add_host, drop_host, hosts
from db.events.models import HostRole
from db.mentoring import meetings
from db.mentoring.models import Pair
from db.packs import load_pack
from db.people.models import Role
from db.people.roles import grant
from tests.events.support import REGION, make_event
from tests.growth.test_papers import words
from tests.support import callers
from tests.support.town import Town, person_of, quarantined

LISTS = load_pack("chelyabinsk").section("dictionaries")
KINDS = {one["name"] for name in ("activities9", "activities5") for one in LISTS[name]}
ACTIVITY = "реализация моделей «горизонтального обучения»"


async def say(person: SandboxPerson, text: str) -> str:
    await (await person.send(text)).settle()
    return (await person.last()).text


async def tap(person: SandboxPerson, text: str) -> str:
    await person.tap(text)
    await person.settle()
    return (await person.last()).text


async def member(town: Town) -> tuple[SandboxPerson, int]:
    """Somebody of the active, and their number."""
    person = await town.teacher(2001, "Умелая Нина Петровна")
    nina = town.read(person_of, external_id=2001)
    who = callers.clock(town.clock.now())
    town.write(grant, who, person_id=nina, role=Role.ACTIVE_MEMBER, order_number="1")
    return person, nina


def texts(session: Session) -> list[str]:
    return list(session.scalars(select(DiaryLine.text).order_by(DiaryLine.id)))


async def test_a_line_is_two_taps_and_words_then_other_words_another_day_and_gone(town: Town) -> None:
    person, _ = await member(town)
    assert "Записей за этот месяц нет" in await say(person, "/diary")
    shown = await tap(person, "Добавить запись")
    assert f"• {ACTIVITY}" in shown and "• координация деятельности профессиональных сообществ" in shown
    assert ACTIVITY in await tap(person, "Горизонтальное обучение") and "Прочтут вы" in (await person.last()).text
    assert "от 3 до 300" in await say(person, "ой")
    assert "Записано" in await say(person, 'Провела "ярмарку идей" в школе 5')
    assert "Провела «ярмарку идей» в школе 5" in (await person.last()).text
    await tap(person, "Изменить слова")
    assert "Провела ярмарку" in await say(person, "Провела ярмарку")
    await tap(person, "Другой день")
    assert "1 марта" in await tap(person, "Вчера")
    shown = await tap(person, "К месяцу")
    assert "Записей: 1, сами появились: 0" in shown and "Горизонтальное обучение: 1" in shown
    await tap(person, "Добавить запись")
    assert (await person.last()).buttons[0] == "Горизонтальное обучение", "what one writes of most comes first"
    await say(person, "/diary")
    await tap(person, "1 мар")
    await tap(person, "Удалить запись")
    assert "Запись удалена" in await tap(person, "Да, удалить")
    assert town.read(texts) == []


async def test_who_keeps_no_diary_is_told_so_and_the_menu_has_none(town: Town) -> None:
    person = await town.teacher(2002)
    assert "Дневник ведут" in await say(person, "/diary")
    await say(person, "/menu")
    assert "Дневник" not in (await person.last()).buttons
    nina, _ = await member(town)
    await say(nina, "/menu")
    assert "Дневник" in (await nina.last()).buttons


async def test_a_hosted_event_stands_there_once_it_is_over_and_goes_with_the_host(town: Town) -> None:
    _, nina = await member(town)
    now = town.clock.now()
    staff = callers.staff(REGION, now)

    def hosted(session: Session) -> int:
        event = make_event(session, now=now, title="Семинар о дробях")
        add_host(session, staff, event_id=event, person_id=nina, role=HostRole.SPEAKER, name="")
        return event

    event = town.write(hosted)
    await town.sweep()
    assert town.read(texts) == []
    town.move(days=30)
    for _ in range(2):
        await town.sweep()
    assert town.read(texts) == ["Семинар о дробях"]
    host = town.read(hosts, staff, event_id=event)[0]
    town.write(drop_host, staff, event_id=event, host_id=host.id)
    await town.sweep()
    assert town.read(texts) == []


async def test_a_meeting_of_a_mentor_comes_and_goes_without_a_word_of_it(town: Town) -> None:
    _, nina = await member(town)
    await town.teacher(2003, "Юная Вера Ивановна")
    other, now = town.read(person_of, external_id=2003), town.clock.now()
    who = callers.person(nina, now)

    def pair(session: Session) -> int:
        row = Pair(mentor_id=nina, mentee_id=other, started_at=now - timedelta(days=9), last_contact_at=now)
        session.add(row)
        session.flush()
        return row.id

    number = town.write(pair)
    meeting = town.write(meetings.log_unplanned, who, pair_id=number, day=now.date())
    town.write(meetings.write_outcome, who, meeting_id=meeting, text="О личном")
    assert town.read(texts) == [""]
    town.write(meetings.undo, who, meeting_id=meeting)
    assert town.read(texts) == []
    planned = town.write(meetings.plan_meeting, who, pair_id=number, at=now + timedelta(hours=1))
    town.write(meetings.log_meeting, who, meeting_id=planned, held=True)
    assert town.read(texts) == [""]
    town.move(hours=5)
    town.write(meetings.log_meeting, callers.person(nina, town.clock.now()), meeting_id=planned, held=False)
    assert town.read(texts) == []


async def test_the_month_comes_as_a_file_the_same_twice(town: Town) -> None:
    person, _ = await member(town)
    await say(person, "/diary")
    await tap(person, "Добавить запись")
    await tap(person, "Консультации")
    await say(person, "Консультация о разборе задач")
    files, seen = [], set[int]()
    for _ in range(2):
        await say(person, "/diary")
        await person.tap("Месяц файлом")
        sent = await person.wait_for(lambda message: message.kind == "document" and message.id not in seen)
        await person.settle()
        seen.add(sent.id)
        files.append(await person.download(sent))
        town.move(minutes=3)
    assert files[0] == files[1]
    shown = words(files[0])
    assert "Дневник методиста: март 2026" in shown and "Консультация о разборе задач" in shown
    assert shown.count("Записей") == 2 and shown[-1] == "0" and "Всего записей: 1" in shown
    assert len([one for one in shown if one in KINDS]) == 14 + 1, "every kind, and the one of the line"


async def test_the_first_and_the_last_months_of_the_calendar_ended_in_an_error(town: Town) -> None:
    """A forged button named 1 January of the year 1, and there is no month before it."""
    person, _ = await member(town)
    await say(person, "/diary")
    for month in (1, 40, 3_652_059, 3_652_060, -5, 2**40):
        await person.forge(OpenDiaryTap(month=month).pack(), (await person.last()).id)
        await person.settle()
        assert (await person.last()).buttons, "what is fresh stands where one has tapped"
        assert town.read(quarantined) == []
