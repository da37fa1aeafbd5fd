"""A hybrid event in the chat: one chooses the hall or online, reads the address or the link, and may change over."""

from icalendar import Calendar

from db.events import seats
from db.events.models import EventMode
from tests.events.support import make_event, make_people
from tests.events.test_bot import code_of
from tests.support import callers
from tests.support.town import Town

LINK = "https://example.org/room"
PLACE = "кабинет 310"


async def test_who_is_in_the_hall_reads_the_place_and_who_is_online_the_link(town: Town) -> None:
    now = town.clock.now()
    event_id = town.write(
        make_event, now=now, capacity=1, online_capacity=1, split=True, mode=EventMode.HYBRID, link=LINK
    )
    first = town.write(make_people, count=1, now=now)[0]
    vera = await town.teacher()
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    card = await vera.last()
    assert (
        "в зале — осталось 1 место; онлайн — осталось 1 место" in card.text and "Выберите, как вам удобнее" in card.text
    )
    await vera.tap("Онлайн")
    await vera.settle()
    ticket = await vera.last()
    assert "Вы участвуете онлайн" in ticket.text and LINK in ticket.text and PLACE not in ticket.text
    entry = Calendar.from_ical(await vera.download(ticket)).walk("VEVENT")[0]
    assert str(entry["location"]) == LINK and "онлайн" in str(entry["description"])
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    await vera.tap("Приду в зал")
    await vera.settle()
    ticket = await vera.last()
    assert "Вы участвуете в зале" in ticket.text and PLACE in ticket.text and LINK not in ticket.text
    entry = Calendar.from_ical(await vera.download(ticket)).walk("VEVENT")[0]
    assert PLACE in str(entry["location"]) and LINK not in str(entry)
    town.write(seats.register, callers.person(first, now), event_id=event_id, online=True)
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    assert "Подключусь" not in (await vera.last()).text, "no seat is given up for a queue"
    await vera.tap("Не смогу")
    await vera.settle()
    await vera.tap("Да, не смогу")
    await vera.settle()
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    card = await vera.last()
    assert card.button("В зал") and card.button("Онлайн: в очередь")
