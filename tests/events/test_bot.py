"""A teacher and events, over HTTP with the unchanged bot: what they read, and in how many taps."""

from datetime import timedelta
from io import BytesIO

from icalendar import Calendar
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.events import seats, staff_services
from db.events.models import Event, EventMode, Registration
from db.people.models import Person
from tests.events.support import REGION, door, make_event, make_people, standing
from tests.events.test_seats import plan_of
from tests.support import callers
from tests.support.finger import Finger
from tests.support.town import Town, person_of


def code_of(session: Session, *, event_id: int) -> str:
    return session.get_one(Event, event_id).code


def shown(town: Town, event_id: int) -> str:
    return town.read(door, event_id=event_id, now=town.clock.now()).token


async def test_by_link_in_two_taps(town: Town) -> None:
    event_id = town.write(make_event, now=town.clock.now())
    vera = await town.teacher()
    finger = Finger(vera)
    await finger.start(f"ev_{town.read(code_of, event_id=event_id)}")
    card = await vera.last()
    assert "Обратная связь за две минуты" in card.text and "чт, 5 марта, 11:00–13:00 (МСК+2)" in card.text
    assert "осталось 2 места" in card.text and "кабинет 310" not in card.text
    await finger.tap("Записаться")
    assert finger.taps == 2
    ticket = await vera.last()
    assert "Вы записаны" in ticket.text and "кабинет 310" in ticket.text
    assert ticket.document is not None
    assert "https://t.me/share/url" in ticket.button("Поделиться")["url"]
    entry = Calendar.from_ical(await vera.download(ticket)).walk("VEVENT")[0]
    assert entry.decoded("dtstart").isoformat() == "2026-03-05T06:00:00+00:00"
    await vera.tap("Не смогу", message_id=ticket.id)
    await vera.settle()
    await vera.tap("Да, не смогу")
    await vera.settle()
    assert town.read(standing, event_id=event_id)["cancelled"]
    # The ticket is a receipt: it still stands as it was sent.
    assert any("Вы записаны" in one.text and one.document for one in await vera.messages())


async def test_where_seats_have_no_limit_nobody_waits_for_one(town: Town) -> None:
    event_id = town.write(make_event, now=town.clock.now(), capacity=None)
    vera = await town.teacher()
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    assert "Запись: места без ограничений" in (await vera.last()).text
    await vera.tap("Записаться")
    await vera.settle()
    assert "коллеге" not in (await vera.last()).text
    await vera.tap("Не смогу")
    await vera.settle()
    screen = await vera.last()
    assert "мест хватит" in screen.text and "очеред" not in screen.text
    await vera.tap("Да, не смогу")
    await vera.settle()
    assert "коллеге" not in (await vera.last()).text


async def test_from_the_menu_in_three_taps(town: Town) -> None:
    town.write(
        make_event, now=town.clock.now(), capacity=None, mode=EventMode.ONLINE, place=None, link="https://x.example/1"
    )
    vera = await town.teacher()
    await (await vera.send("/menu")).settle()
    finger = Finger(vera)
    await finger.tap("События")
    await finger.tap("Обратная связь")
    await finger.tap("Записаться")
    assert finger.taps == 3
    assert "https://x.example/1" in (await vera.last()).text


async def test_a_second_tap_changes_nothing(town: Town) -> None:
    event_id = town.write(make_event, now=town.clock.now())
    vera = await town.teacher()
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    card = await vera.last()
    data = card.button("Записаться")["callback_data"]
    for _ in range(3):
        await vera.forge(data, card.id)
    await vera.settle(answer_is_enough=True)
    assert sum(1 for one in await vera.messages() if one.document) == 1
    assert len(town.read(standing, event_id=event_id)["seated"]) == 1


async def test_waiting_offer_and_acceptance_in_one_tap(town: Town) -> None:
    event_id = town.write(make_event, now=town.clock.now(), capacity=1)
    first = town.write(make_people, count=1, now=town.clock.now())[0]
    town.write(seats.register, callers.person(first, town.clock.now()), event_id=event_id)
    vera = await town.teacher()
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    await vera.tap("Встать в очередь")
    await vera.settle()
    assert "Вы в очереди, место 1" in (await vera.last()).text
    town.write(seats.cancel, callers.person(first, town.clock.now()), event_id=event_id)
    town.bot.delivery.wake()
    offer = await vera.wait_for("Освободилось место")
    assert "до 17:00, пн, 2 марта (МСК+2)" in offer.text
    finger = Finger(vera)
    await finger.tap("Занять место")
    assert finger.taps == 1 and "Вы записаны" in (await vera.last()).text
    assert any(one.text == offer.text and not one.edited for one in await vera.messages())
    await finger.tap("Занять место")
    assert sum(1 for one in await vera.messages() if one.document) == 1


async def test_a_late_yes_is_told_kindly(town: Town) -> None:
    event_id = town.write(make_event, now=town.clock.now(), capacity=1)
    people = town.write(make_people, count=2, now=town.clock.now())
    town.write(seats.register, callers.person(people[0], town.clock.now()), event_id=event_id)
    vera = await town.teacher()
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    await vera.tap("Встать в очередь")
    await vera.settle()
    town.write(seats.register, callers.person(people[1], town.clock.now()), event_id=event_id)
    town.write(seats.cancel, callers.person(people[0], town.clock.now()), event_id=event_id)
    town.bot.delivery.wake()
    await vera.wait_for("Освободилось место")
    town.move(hours=7)
    await town.sweep()
    await vera.wait_for("перешло к следующему")
    await vera.tap("Занять место")
    await vera.settle()
    assert any("Время ответа вышло" in toast["text"] for toast in await vera.toasts())
    assert town.read(standing, event_id=event_id)["offered"] == [people[1]]


async def test_reminder_and_cannot_in_two_taps(town: Town) -> None:
    event_id = town.write(make_event, now=town.clock.now())
    vera = await town.teacher()
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    await vera.tap("Записаться")
    await vera.settle()
    town.move(days=2)
    await town.sweep()
    reminder = await vera.wait_for("Напоминаю")
    assert "кабинет 310" in reminder.text
    finger = Finger(vera)
    await finger.person.tap("Не смогу", message_id=reminder.id)
    await vera.settle()
    await finger.tap("Да, не смогу")
    assert finger.taps == 1  # and the one above
    assert "отменена" in (await vera.last()).text
    assert town.read(standing, event_id=event_id)["seated"] == []


async def test_the_whole_day_check_in_feedback_certificate(town: Town) -> None:
    event_id = town.write(make_event, now=town.clock.now(), days=1)
    vera = await town.teacher(name="Тестова Вера Ивановна")
    await (await vera.start(f"ci_{shown(town, event_id)}")).settle()
    await vera.wait_for("за час до начала")
    town.move(hours=23.5)
    token = shown(town, event_id)
    await (await vera.start(f"ci_{token}")).settle()
    await vera.wait_for("Записали и сразу отметили")
    await (await vera.start(f"ci_{token}")).settle()
    assert "уже отмечены" in (await vera.last()).text
    town.move(hours=4)
    await town.sweep()
    ask = await vera.wait_for("Как вам?")
    await vera.tap("5", message_id=ask.id)
    await vera.settle()
    thanks = await vera.last()
    assert "Оценка 5" in thanks.text
    await (await vera.send("Сразу пишу: полезно")).settle()
    assert "передали организаторам" in (await vera.last()).text, "the phrase was asked for: it needs no button"
    await vera.tap("Изменить отзыв")
    await vera.settle()
    await (await vera.send_odd("sticker")).settle()
    assert "одной строки словами" in (await vera.last()).text and "Без слов" in (await vera.last()).buttons
    await (await vera.send("/5 звёзд, пробую <завтра> же!")).settle()
    assert "передали организаторам" in (await vera.last()).text
    await vera.tap("Получить сертификат")
    paper = await vera.wait_for("Ваш сертификат")
    text = PdfReader(BytesIO(await vera.download(paper))).pages[0].extract_text()
    assert "Тестовой Вере Ивановне" in text and "Обратная связь за две минуты" in text
    number = town.read(_certificate, event_id=event_id)
    assert number in text and number in paper.text
    await vera.settle()
    await vera.tap("Получить сертификат")
    await vera.settle()
    assert town.read(_certificate, event_id=event_id) == number
    await (await vera.send("/my")).settle()
    await vera.tap("Прошедшие")
    await vera.settle()
    assert "сертификат внутри" in (await vera.last()).text


def _certificate(session: Session, *, event_id: int) -> str:
    from db.events.models import Certificate

    return session.scalars(select(Certificate.number).join(Registration).where(Registration.event_id == event_id)).one()


async def test_a_methodist_moves_the_event_and_calls_it_off(town: Town) -> None:
    event_id = town.write(make_event, now=town.clock.now())
    vera = await town.teacher()
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    await vera.tap("Записаться")
    await vera.settle()
    plan = town.read(plan_of, event_id=event_id)
    event = town.read(lambda session: session.get_one(Event, event_id))
    town.write(
        staff_services.change,
        callers.staff(REGION, town.clock.now()),
        event_id=event_id,
        plan=plan(place="Лицей № 1 <актовый зал>", starts_at=event.starts_at + timedelta(hours=1)),
        revision=0,
    )
    town.bot.delivery.wake()
    news = await vera.wait_for("Событие изменилось")
    assert "12:00–13:00" in news.text and "Лицей № 1 <актовый зал>" in news.text
    for _ in range(2):
        town.write(
            staff_services.call_off,
            callers.staff(REGION, town.clock.now()),
            event_id=event_id,
            reason="Заболел ведущий",
        )
    town.bot.delivery.wake()
    news = await vera.wait_for("Событие отменено")
    assert "Заболел ведущий" in news.text
    town.move(days=2)
    await town.sweep()
    assert not any("Напоминаю" in one.text for one in await vera.messages())


async def test_an_old_cards_calendar_file_tells_what_is_true_now(town: Town) -> None:
    """After a move the file had no SEQUENCE, after «Не смогу» and a cancellation it was still confirmed."""
    event_id = town.write(make_event, now=town.clock.now())
    vera = await town.teacher()
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    await vera.tap("Записаться")
    await vera.settle()
    me = town.read(person_of, external_id=2001)
    card = next(one for one in await vera.messages() if "Файл в мой календарь" in one.buttons)

    async def entry() -> tuple[int, str]:
        await vera.tap("Файл в мой календарь", message_id=card.id)
        await vera.settle()
        found = Calendar.from_ical(await vera.download(await vera.last())).walk("VEVENT")[0]
        return int(found["sequence"]), str(found["status"])

    assert await entry() == (0, "CONFIRMED")
    event = town.read(lambda session: session.get_one(Event, event_id))
    plan = town.read(plan_of, event_id=event_id)(starts_at=event.starts_at + timedelta(hours=1))
    town.write(staff_services.change, callers.staff(REGION, town.clock.now()), event_id=event_id, plan=plan, revision=0)
    assert await entry() == (1, "CONFIRMED")
    town.write(seats.cancel, callers.person(me, town.clock.now()), event_id=event_id)
    assert await entry() == (1, "CANCELLED")
    town.write(seats.register, callers.person(me, town.clock.now()), event_id=event_id)
    assert await entry() == (1, "CONFIRMED")
    town.write(staff_services.call_off, callers.staff(REGION, town.clock.now()), event_id=event_id, reason="Болезнь")
    assert await entry() == (2, "CANCELLED")


async def test_calendar_filters_and_months(town: Town) -> None:
    now = town.clock.now()
    for number in range(7):
        town.write(make_event, now=now, days=1 + number, title=f"Встреча {number + 1}")
    town.write(make_event, now=now, days=40, title="Апрельская")
    town.write(make_event, now=now, days=2, title="Далёкая", municipality="miassky-go")
    town.write(make_event, now=now, days=2, title="Чужая", municipality="miassky-go", open_to_all=False)
    vera = await town.teacher()
    await (await vera.send("/events")).settle()
    screen = await vera.last()
    assert "ближайшие 30 дней" in screen.text and "1 из 2" in screen.buttons and "Далёкая" not in screen.text
    await vera.tap("апрель ›")
    await vera.settle()
    assert "Апрельская" in (await vera.last()).text
    await vera.tap("‹ март")
    await vera.settle()
    await vera.tap("Фильтры")
    await vera.settle()
    await vera.tap("Где:")
    await vera.settle()
    await vera.tap("Показать события")
    await vera.settle()
    await vera.tap("›")
    await vera.settle()
    pages = [one.text for one in await vera.messages()]
    assert "Чужая" not in "".join(pages)
    await vera.tap("Фильтры")
    await vera.settle()
    await vera.tap("Как:")
    await vera.settle()
    await vera.tap("онлайн")
    await vera.settle()
    await vera.tap("Показать события")
    await vera.settle()
    assert "ничего не нашлось" in (await vera.last()).text
    await vera.tap("Сбросить")
    await vera.settle()
    assert "Встреча 1" in (await vera.last()).text


async def test_an_unknown_link_leads_to_the_calendar(town: Town) -> None:
    vera = await town.teacher()
    await (await vera.start("ev_nothing")).settle()
    screen = await vera.last()
    assert "Такого события уже нет" in screen.text and screen.button("Фильтры")
    await (await vera.start("ci_nothing")).settle()
    screen = await vera.last()
    assert "код отметки не действует" in screen.text and screen.button("Самодиагностика")


async def test_words_after_a_rating_amid_another_dialog_go_to_neither(town: Town) -> None:
    """The next words, an answer to something else, would have gone to the organisers; the question is not seen."""
    event_id = town.write(make_event, now=town.clock.now(), days=1)
    vera = await town.teacher()
    town.move(hours=23.5)
    await (await vera.start(f"ci_{shown(town, event_id)}")).settle()
    town.move(hours=4)
    await town.sweep()
    ask = await vera.wait_for("Как вам?")
    for deed in ("/mydata", "Исправить профиль", "Имя"):
        await (vera.send(deed) if deed.startswith("/") else vera.tap(deed))
        await vera.settle()
    await vera.tap("5", message_id=ask.id)
    await vera.settle()
    await (await vera.send("Новикова Вера Ивановна")).settle()
    assert "Вы написали: «Новикова Вера Ивановна»" in (await vera.last()).text
    kept = select(Person.full_name, Registration.comment).join(Registration, Registration.person_id == Person.id)
    assert town.read(lambda session: session.execute(kept).one()) == ("Тестова Вера Ивановна", None)


async def test_a_cancellation_stays_when_one_goes_on_to_the_calendar(town: Town) -> None:
    event_id = town.write(make_event, now=town.clock.now())
    vera = await town.teacher()
    person = town.read(lambda session: session.scalars(select(Person.id)).one())
    town.write(seats.register, callers.person(person, town.clock.now()), event_id=event_id)
    town.write(
        staff_services.call_off, callers.staff(REGION, town.clock.now()), event_id=event_id, reason="Болезнь ведущей"
    )
    await town.sweep()
    told = await vera.wait_for("Болезнь ведущей")
    await vera.tap("Все события", message_id=told.id)
    await vera.settle()
    assert (await vera.last()).id > told.id
    assert any("Болезнь ведущей" in one.text for one in await vera.messages())


async def test_a_past_event_without_a_mark_is_told_so(town: Town) -> None:
    event_id = town.write(make_event, now=town.clock.now(), days=1)
    vera = await town.teacher()
    person = town.read(lambda session: session.scalars(select(Person.id)).one())
    town.write(seats.register, callers.person(person, town.clock.now()), event_id=event_id)
    town.move(days=3)
    await (await vera.send("/my")).settle()
    await vera.tap("Прошедшие")
    await vera.settle()
    assert "отметки о вашем участии нет" in (await vera.last()).text
