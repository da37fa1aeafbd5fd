"""Mentoring in the chat: a mentor and a mentee talk with the bot over HTTP."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.sandbox.client import SandboxPerson
from db.mentoring import personal, staff_services
from db.mentoring.models import Meeting, MeetingStatus, Pair
from db.notices.models import Notice
from db.people.models import Person, Role
from tests.events.support import make_event
from tests.mentoring.conftest import REGION
from tests.support import callers
from tests.support.town import Town, person_of


class School:
    """A mentor and a mentee of one town."""

    def __init__(self, town: Town, mentor: SandboxPerson, mentee: SandboxPerson) -> None:
        self.town, self.mentor, self.mentee = town, mentor, mentee
        ids = {one.id: town.read(person_of, external_id=one.id) for one in (mentor, mentee)}
        self.pair = town.write(
            staff_services.create_pair,
            callers.staff(REGION, town.clock.now()),
            mentor_id=ids[mentor.id],
            mentee_id=ids[mentee.id],
            goals="Спокойно проводить собрания",
        )

    def meetings(self) -> list[Meeting]:
        return list(self.town.read(lambda s: s.scalars(select(Meeting).order_by(Meeting.id)).all()))

    def row(self) -> Pair:
        return self.town.read(lambda s: s.get_one(Pair, self.pair))

    async def delivered(self) -> None:
        """Waits until every notice that is due has gone out."""
        await self.town.delivered()

    async def sweep(self) -> None:
        await self.town.sweep()
        await self.delivered()


async def tap(person: SandboxPerson, text: str) -> str:
    await person.tap(text)
    await person.settle()
    return (await person.last()).text


async def say(person: SandboxPerson, text: str) -> str:
    await (await person.send(text)).settle()
    return (await person.last()).text


@pytest.fixture
async def school(town: Town) -> AsyncIterator[School]:
    mentor = await town.teacher(2001, "Мудрая Нина Павловна", roles=[Role.MENTOR])
    mentee = await town.teacher(2002, "Юная Ольга <b>Олеговна")
    place = School(town, mentor, mentee)
    await place.delivered()
    yield place


async def test_both_hear_of_their_pair_and_open_it(school: School) -> None:
    assert "Юная Ольга <b>Олеговна" in (await school.mentor.last()).text
    assert "Мудрая Нина Павловна" in (await school.mentee.last()).text
    assert "Спокойно проводить собрания" in await tap(school.mentor, "Открыть")
    notice, card = (await school.mentor.messages())[-2:]
    assert "новый подопечный" in notice.text
    assert "Назначить встречу" in card.buttons


async def test_a_meeting_is_planned_by_four_taps(school: School) -> None:
    assert "1 подопечный" in await say(school.mentor, "/mentees")
    await tap(school.mentor, "Юная Ольга")
    await tap(school.mentor, "Назначить встречу")
    await tap(school.mentor, "вт, 3 марта")
    assert "вт, 3 марта, 15:00" in await tap(school.mentor, "15:00")
    await school.delivered()
    assert "вт, 3 марта, 15:00" in (await school.mentee.last()).text
    assert [row.planned_at.isoformat() for row in school.meetings()] == ["2026-03-03T10:00:00+00:00"]


async def test_a_typed_date_is_understood_and_an_unclear_one_is_quoted(school: School) -> None:
    await say(school.mentor, "/mentees")
    await tap(school.mentor, "Юная Ольга")
    await tap(school.mentor, "Назначить встречу")
    assert "«как получится»" in await say(school.mentor, "как получится")
    assert "уже прошло" in await say(school.mentor, "сегодня 9:00")
    await (await school.mentor.send_odd("sticker")).settle()
    screen = await school.mentor.last()
    assert "текст" in screen.text
    assert "Назад" in screen.buttons and len(screen.buttons) > 6, "the days are at hand again"
    assert "чт, 12 марта, 14:30" in await say(school.mentor, "12.03 в 14:30")
    assert len(school.meetings()) == 1


async def test_a_reminder_is_logged_by_one_tap_and_one_message(school: School) -> None:
    await plan(school, "завтра 15:00")
    school.town.move(days=1, hours=6)
    await school.sweep()
    reminder = await school.mentor.last()
    assert reminder.text.startswith("Как прошла встреча")
    await tap(school.mentor, "Встретились")
    assert "Заметку сохранили" in await say(school.mentor, "Договорились о двух целях")
    assert "Договорились о двух целях" in (await school.mentor.last()).text
    (meeting,) = school.meetings()
    assert (meeting.status, meeting.outcome) == (MeetingStatus.HELD, "Договорились о двух целях")
    assert school.row().last_contact_at == meeting.planned_at
    kept = next(message for message in await school.mentor.messages() if message.id == reminder.id)
    assert kept.text == reminder.text
    assert not kept.edited


async def test_what_did_not_happen_is_planned_anew(school: School) -> None:
    await plan(school, "завтра 15:00")
    school.town.move(days=1, hours=6)
    await school.sweep()
    assert "другое время" in await tap(school.mentor, "Не получилось")
    assert "Назначить встречу" in (await school.mentor.last()).buttons
    assert school.meetings()[0].status is MeetingStatus.CANCELLED


async def test_the_mentee_cannot_come_and_the_mentor_hears_it(school: School) -> None:
    await plan(school, "завтра 15:00")
    await school.delivered()
    await tap(school.mentee, "Не смогу")
    await tap(school.mentee, "Да, отменить")
    await school.delivered()
    assert "отменена" in (await school.mentor.last()).text
    assert "Назначить встречу" in (await school.mentor.last()).buttons


async def test_the_mentee_asks_for_a_meeting(school: School) -> None:
    assert "Ваш наставник — Мудрая Нина Павловна" in await say(school.mentee, "/mentees")
    assert "Наставник узнает" in await tap(school.mentee, "Попросить о встрече")
    assert "Попросить о встрече" not in (await school.mentee.last()).buttons
    await school.delivered()
    assert "просит о встрече" in (await school.mentor.last()).text


async def test_a_wish_said_in_the_evening_is_seen_as_said(school: School) -> None:
    """The mentor hears of it in the morning: till then the button stood there as if nothing had been asked."""
    school.town.move(hours=11)  # 22:00
    await say(school.mentee, "/mentees")
    assert "Наставник узнает" in await tap(school.mentee, "Попросить о встрече")
    assert "Попросить о встрече" not in (await school.mentee.last()).buttons


async def test_a_line_under_another_card_is_not_sent_to_the_mentor(school: School) -> None:
    """A ticket's button opened another card while the wish waited for its line: «thanks» became the meeting's topic."""
    school.town.write(make_event, now=school.town.clock.now())
    await say(school.mentee, "/events")
    await tap(school.mentee, "Обратная связь")
    await tap(school.mentee, "Записаться")
    await say(school.mentee, "/mentees")
    await tap(school.mentee, "Попросить о встрече")
    assert "вы записаны" in await tap(school.mentee, "Мои записи")
    assert "Пожалуйста" in await say(school.mentee, "спасибо")
    kinds = school.town.read(lambda session: session.scalars(select(Notice.kind)).all())
    assert "mentoring.asked" in kinds and "mentoring.about" not in kinds


async def test_a_line_of_another_day_is_not_sent_to_the_mentor(school: School) -> None:
    """One need not say what a meeting is to be about: what was typed days later became its topic unseen."""
    await say(school.mentee, "/mentees")
    await tap(school.mentee, "Попросить о встрече")
    school.town.move(days=1, hours=1)
    assert "Передам" not in await say(school.mentee, "где посмотреть мои записи")
    kinds = school.town.read(lambda session: session.scalars(select(Notice.kind)).all())
    assert "mentoring.about" not in kinds


async def test_a_line_after_asking_for_a_meeting_reaches_the_mentor(school: School) -> None:
    """It was met as words that nobody waits for: «Вы написали…» with a menu, and the mentor never saw it."""
    await say(school.mentee, "/mentees")
    assert "О чём хочется поговорить" in await tap(school.mentee, "Попросить о встрече")
    await school.mentee.send_odd("voice")
    await school.mentee.settle()
    asked = await school.mentee.last()
    assert "словами" in asked.text and "О чём хочется поговорить" in asked.text and "Не писать" in asked.buttons
    told = await say(school.mentee, "Класс <не слышит> меня на собрании")
    assert "Передам наставнику: «Класс <не слышит> меня на собрании»" in told
    await school.delivered()
    heard = await school.mentor.last()
    assert "к просьбе о встрече: «Класс <не слышит> меня на собрании»" in heard.text
    assert "Назначить встречу" in heard.buttons
    school.town.write(
        personal.forget,
        callers.person(school.town.read(person_of, external_id=2002), school.town.clock.now()),
        person_id=school.town.read(person_of, external_id=2002),
    )
    params = school.town.read(lambda s: s.scalars(select(Notice.params)).all())
    assert not any("text" in one or "name" in one for one in params)


async def test_a_voice_for_a_note_is_told_how_to_answer_and_the_note_is_still_awaited(school: School) -> None:
    """It was «нужен обычный текст» with a menu, below the question."""
    await say(school.mentor, "/mentees")
    await tap(school.mentor, "Юная")
    await tap(school.mentor, "Уже встретились")
    await tap(school.mentor, "Сегодня")
    await school.mentor.send_odd("voice")
    await school.mentor.settle()
    asked = await school.mentor.last()
    assert "одной строки словами" in asked.text and "Напишите одним сообщением" in asked.text
    assert "Отметили по ошибке" in asked.buttons, "a voice took the way back away"
    await say(school.mentor, "Говорили о собрании")
    assert school.meetings()[0].outcome == "Говорили о собрании"


async def test_both_are_reminded_and_a_meeting_is_moved_from_the_reminder(school: School) -> None:
    await plan(school, "5 марта 15:00")
    school.town.move(days=2, hours=5)
    await school.sweep()
    for person in (school.mentor, school.mentee):
        assert "Напоминаем о встрече: чт, 5 марта, 15:00" in (await person.last()).text
    await tap(school.mentor, "Перенести")
    assert "пт, 6 марта, 10:00" in await say(school.mentor, "пт 10")
    await school.delivered()
    assert "теперь пт, 6 марта, 10:00" in (await school.mentee.last()).text


async def test_a_long_silence_is_told_once_and_can_be_turned_off(school: School) -> None:
    school.town.move(days=30)
    for _ in range(2):
        await school.sweep()
    told = await school.mentor.last()
    assert told.text.count("последний раз") == 1
    assert "Писать реже" in told.buttons
    await tap(school.mentor, "Писать реже")
    assert "Теперь пишу только о том" in await tap(school.mentor, "Выключить")
    mentor = school.town.read(person_of, external_id=2001)
    assert not school.town.read(lambda session: session.get_one(Person, mentor)).reminders
    assert "снова включены: не больше 3 в неделю" in await tap(school.mentor, "Включить снова")


async def test_somebody_elses_buttons_open_nothing(school: School) -> None:
    await plan(school, "завтра 15:00")
    stranger = await school.town.teacher(2003, "Чужая Анна")
    await say(stranger, "/mentees")
    assert "пока нет" in (await stranger.last()).text
    message = await stranger.last()
    for data in (
        "me_p:1:1",
        "me_m:1:1",
        "me_x:1:1:1",
        "me_g:1:1:1",
        "me_n:1:0:1",
        "me_t:1:0:739681:600",
        "me_l:1",
        "me_o:1",
    ):
        await stranger.forge(data, message.id)
        await stranger.settle()
    texts = [item.text for item in await stranger.messages()]
    assert not any("Юная" in text or "Мудрая" in text for text in texts)
    assert school.meetings()[0].status is MeetingStatus.PLANNED
    assert len(school.meetings()) == 1


async def plan(school: School, text: str) -> None:
    await say(school.mentor, "/mentees")
    await tap(school.mentor, "Юная Ольга")
    await tap(school.mentor, "Назначить встречу")
    await say(school.mentor, text)


async def test_a_meeting_without_a_plan_is_asked_for_its_day_and_can_be_taken_back(school: School) -> None:
    """«Уже встретились» wrote today at once, though people say it the day after, and a wrong tap stayed for good."""
    began = school.row().last_contact_at
    school.town.move(days=8)
    await say(school.mentor, "/mentees")
    await tap(school.mentor, "Юная Ольга")
    assert "В какой день" in await tap(school.mentor, "Уже встретились")
    assert not school.meetings()
    await tap(school.mentor, "Раньше")
    assert {"вт, 3 марта", "пн, 2 марта"} <= set((await school.mentor.last()).buttons)
    assert "Отметили встречу: вт, 3 марта" in await tap(school.mentor, "вт, 3 марта")
    assert "Убрали отметку" in await tap(school.mentor, "Отметили по ошибке")
    assert not school.meetings() and school.row().last_contact_at == began

    await tap(school.mentor, "Уже встретились")
    await tap(school.mentor, "Вчера")
    assert "Разобрали урок" in await say(school.mentor, "Разобрали урок")
    assert [row.planned_at.isoformat() for row in school.meetings()] == ["2026-03-09T07:00:00+00:00"]
