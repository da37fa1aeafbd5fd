"""What is over, or counts by its parts, offers nothing that could only be refused: in the bot and in the panel."""

from datetime import timedelta
from pathlib import Path

from db.clock import FrozenClock
from db.database import Database
from db.events import seats, staff_services
from db.presence import staff_services as presence
from db.scope import StaffRole
from tests.events.support import REGION, make_event, make_people
from tests.events.test_bot import code_of
from tests.events.test_turns import came
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import Town, person_of


async def test_buttons_of_an_older_card_ask_nothing_that_could_only_be_refused(town: Town) -> None:
    """«Не смогу» asked whether one is sure, the digits and a question were typed, and only then came the «no»."""
    event_id = town.write(make_event, now=town.clock.now(), days=1)
    vera = await town.teacher()
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    await vera.tap("Записаться")
    await vera.settle()
    ticket = next(one for one in await vera.messages() if one.document is not None)
    card = next(one for one in await vera.messages() if "❓ Спросить ведущего" in one.buttons)

    async def shown() -> str:
        return str(next(one for one in await vera.messages() if one.id == card.id))

    async def refused(what: str, message_id: int) -> None:
        said = len(await vera.toasts())
        await vera.tap(what, message_id=message_id)
        await vera.settle()
        told = await vera.toasts()
        assert len(told) > said and "устарела" in told[-1]["text"], what

    town.move(hours=25)
    await refused("Спросить", card.id)
    assert "Спросить" not in await shown() and "Я на месте" in await shown()
    town.move(hours=2)
    await vera.tap("Я на месте", message_id=card.id)
    await vera.settle()
    assert "К событию" in await shown(), "for two hours after the end the digits still count"
    await vera.tap("К событию", message_id=card.id)
    await vera.settle()
    town.move(hours=3)
    await refused("Я на месте", card.id)
    assert "Событие уже прошло" in await shown()
    await refused("Не смогу", ticket.id)
    assert not {"Я на месте", "Не смогу", "Записаться"} & set((await vera.last()).buttons)
    assert "Да, не смогу" not in "".join(str(one) for one in await vera.messages())


async def test_a_card_that_was_out_of_date_still_leads_back_to_what_was_found(town: Town) -> None:
    """An old «Записаться» brings the card anew, and its way back led to a calendar without the filters."""
    town.write(make_event, now=town.clock.now(), days=40, title="Семинар апреля")
    vera = await town.teacher()
    for step in ("/events", "Фильтры", "Где: ", "Показать события", "Семинар апреля"):
        await (vera.send(step) if step[0] == "/" else vera.tap(step))
        await vera.settle()
    card = await vera.last()
    await (await vera.send("/menu")).settle()
    await vera.forge(card.button("Записаться")["callback_data"], card.id)
    await vera.settle()
    fresh = next(one for one in await vera.messages() if one.id == card.id)
    assert fresh.edited and fresh.callbacks == card.callbacks


async def test_what_was_called_off_has_nothing_to_give_up(town: Town) -> None:
    event_id = town.write(make_event, now=town.clock.now(), days=2)
    vera = await town.teacher()
    me = town.read(person_of, external_id=2001)
    town.write(seats.register, callers.person(me, town.clock.now()), event_id=event_id)
    town.bot.delivery.wake()
    ticket = await vera.wait_for("Вы записаны")
    off = {"event_id": event_id, "reason": "Болезнь ведущей"}
    town.write(staff_services.call_off, callers.staff(REGION, town.clock.now()), **off)
    await vera.tap("Не смогу", message_id=ticket.id)
    await vera.settle()
    assert "Да, не смогу" not in " ".join((await vera.last()).buttons)


def test_the_panel_offers_no_code_helper_or_mark_that_would_be_refused(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    """The page of the hall went on turning codes that let nobody in, weeks after the event."""
    database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    event_id = database.write(make_event, now=clock.now(), days=1)
    panel = Visitor(make_panel(database, clock, tmp_path))
    panel.sign_in("one")
    card, hall, door = (f"/events/{event_id}{rest}" for rest in ("", "/check-in", "/check-in/now"))
    assert hall in panel.text(card) and "по коду нельзя" in panel.text(hall) and 'data-shows=""' in panel.text(door)
    clock.moment += timedelta(hours=23, minutes=30)
    token = database.write(
        presence.give_link, callers.staff(REGION, clock.now()), event_id=event_id, label="Стол у входа"
    )
    panel.sign_in("one")
    assert 'data-shows=""' not in panel.text(door) and "по коду нельзя" not in panel.text(hall)
    assert 'data-shows=""' not in panel.text(f"/door/{token}/screen")
    clock.moment += timedelta(hours=5)
    panel.sign_in("one")
    assert f'href="{hall}"' not in panel.text(card) and 'data-shows=""' in panel.text(door)
    assert 'data-shows=""' in panel.text(f"/door/{token}/screen")
    text = panel.text(f"/presence/{event_id}")
    assert "Сделать ссылку" not in text and "новые ссылки уже не нужны" in text


def test_nobody_is_marked_at_the_door_of_what_counts_by_its_parts(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    panel = Visitor(make_panel(database, clock, tmp_path))
    panel.sign_in("one")
    for by_parts in (False, True):
        event_id = database.write(make_event, now=clock.now(), days=-1, by_parts=by_parts)
        people = database.write(make_people, count=2, now=clock.now(), first=6000 + 10 * by_parts)
        there, absent = database.write(came, event_id, people, clock.now())
        marked = callers.staff(REGION, clock.now())
        if not by_parts:
            database.write(staff_services.mark, marked, registration_id=absent, present=False)
        text = panel.text(f"/events/{event_id}?q=Педагог")
        assert (f"/people/{there}/mark" in text) is not by_parts
        assert ("Кто ещё был" in text) is not by_parts


def test_the_queue_of_what_was_called_off_is_only_read(database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    event_id = database.write(make_event, now=clock.now(), days=0.01, capacity=1)
    people = database.write(make_people, count=2, now=clock.now())
    for person in people:
        database.write(seats.register, callers.person(person, clock.now()), event_id=event_id)
    panel = Visitor(make_panel(database, clock, tmp_path))
    panel.sign_in("one")
    assert panel.text(f"/events/{event_id}").count("/mark") == 2
    off = {"event_id": event_id, "reason": "Болезнь ведущей"}
    database.write(staff_services.call_off, callers.staff(REGION, clock.now()), **off)
    text = panel.text(f"/events/{event_id}")
    assert "/mark" not in text and "/remove" not in text and "Педагог 1" in text
