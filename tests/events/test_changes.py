"""A change of an event is followed to its end for everyone it concerns, and its notices bring the calendar file."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.dispatch.notices import rendered
from bot.sandbox.client import Message, SandboxPerson
from db.clock import FrozenClock
from db.database import Database
from db.events import seats, staff_services, sweeps
from db.events.models import Event, Registration
from db.events.staff_services import EventPlan
from db.notices.models import Notice, NoticeStatus
from locales import translator
from tests.events.support import REGION, RULES, ZONE, check_seats, heard, make_event, make_people, standing
from tests.support import callers
from tests.support.town import Town, person_of, until


def change(session: Session, caller: Any, *, event_id: int, **fields: Any) -> None:
    """Saves the event's form with some fields changed."""
    event = session.get_one(Event, event_id)
    names = [name for name in EventPlan.__dataclass_fields__ if name != "components"]
    plan = {name: getattr(event, name) for name in names}
    plan["components"] = tuple(one.component for one in event.components)
    staff_services.change(
        session, caller, event_id=event_id, plan=EventPlan(**{**plan, **fields}), revision=event.revision
    )


def said_of(session: Session, *, person_id: int) -> list[tuple[str, str]]:
    rows = session.scalars(select(Notice).where(Notice.person_id == person_id).order_by(Notice.id))
    return [(row.kind, row.status.value) for row in rows]


def text_of(session: Session, *, kind: str, language: str = "ru") -> str:
    """The last notice of a kind as it is said."""
    found = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id.desc())).first()
    assert found is not None
    t = translator(language)
    return str(rendered(t, kind=kind, params=found.params, expected=True, zone=ZONE).text)


def full(database: Database, now: datetime) -> tuple[int, list[int]]:
    """An event of one seat: its person left, one has the offer, three wait."""
    event_id = database.write(make_event, now=now, capacity=1)
    people = database.write(make_people, count=5, now=now)
    for one in people:
        database.write(seats.register, callers.person(one, now), event_id=event_id)
    database.write(seats.cancel, callers.person(people[0], now), event_id=event_id)
    return event_id, people[1:]


def test_who_waits_gets_a_seat_and_no_offer_when_any_number_may_come(database: Database, clock: FrozenClock) -> None:
    """Capacity made unlimited brought offers that ran out: whoever did not answer lost a seat that nobody lacked."""
    now = clock.now()
    event_id, people = full(database, now)
    database.write(heard, now=now)
    database.write(change, callers.staff(REGION, now), event_id=event_id, capacity=None)
    assert database.read(standing, event_id=event_id) == {
        "seated": people,
        "waiting": [],
        "offered": [],
        "cancelled": database.read(standing, event_id=event_id)["cancelled"],
    }
    database.read(check_seats, event_id=event_id, now=now)
    for person in people:
        assert database.read(said_of, person_id=person)[-1] == ("events.ticket", "pending")
    database.write(sweeps.sweep, callers.clock(now + timedelta(days=2), ZONE), rules=RULES)
    assert len(database.read(standing, event_id=event_id)["seated"]) == len(people)


def test_an_offer_nobody_heard_is_taken_back_for_the_seat_itself(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    event_id, people = full(database, now)
    database.write(change, callers.staff(REGION, now), event_id=event_id, capacity=None)
    assert database.read(said_of, person_id=people[0]) == [("events.offer", "cancelled"), ("events.ticket", "pending")]


def test_an_offer_of_before_is_a_seat_after_the_next_minute(database: Database, clock: FrozenClock) -> None:
    """An event that was made unlimited by an older version has offers that would run out."""
    now = clock.now()
    event_id, people = full(database, now)
    database.write(heard, now=now)

    def older(session: Session) -> None:
        session.get_one(Event, event_id).capacity = None

    database.write(older)
    database.write(sweeps.sweep, callers.clock(now + timedelta(days=1), ZONE), rules=RULES)
    assert database.read(standing, event_id=event_id)["seated"] == people


def test_a_moved_end_is_told_with_the_new_end(database: Database, clock: FrozenClock) -> None:
    """An event that ends earlier was told as «details»: a teacher's bus would have gone."""
    now = clock.now()
    event_id = database.write(make_event, now=now)
    (person,) = database.write(make_people, count=1, now=now)
    database.write(seats.register, callers.person(person, now), event_id=event_id)
    ends_at = database.read(lambda session: session.get_one(Event, event_id).ends_at) + timedelta(minutes=45)
    database.write(change, callers.staff(REGION, now), event_id=event_id, ends_at=ends_at)
    assert f"–{ends_at.astimezone(ZONE):%H:%M}" in database.read(text_of, kind="events.changed")


def test_an_offer_ends_with_the_earlier_start_and_says_so(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    event_id, people = full(database, now)
    starts_at = now + timedelta(hours=1)
    database.write(
        change,
        callers.staff(REGION, now),
        event_id=event_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
    )
    offered = database.read(lambda session: session.query(Registration).filter_by(person_id=people[0]).one())
    notice = database.read(lambda session: session.query(Notice).filter_by(kind="events.offer").one())
    assert offered.offered_until == starts_at == notice.expires_at
    assert datetime.fromisoformat(notice.params["until"]) == starts_at


def test_who_waits_is_told_that_the_place_in_line_stays(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    event_id, _ = full(database, now)
    starts_at = now + timedelta(days=5)
    database.write(
        change,
        callers.staff(REGION, now),
        event_id=event_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
    )
    assert "очеред" in database.read(text_of, kind="events.changed")


# --- the calendar file ---


def entry(content: bytes) -> dict[str, str]:
    """The file's event, read by the library that others use."""
    (found,) = Calendar.from_ical(content).walk("VEVENT")
    return {name: str(found[name]) for name in ("UID", "SEQUENCE", "STATUS")} | {
        "starts": found.decoded("DTSTART").astimezone(UTC).isoformat()
    }


def unfolded(content: bytes) -> dict[str, str]:
    """The same read line by line, as RFC 5545 says: what a calendar of few manners does."""
    lines = content.decode().replace("\r\n ", "").split("\r\n")
    event = lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    return {name.split(";")[0]: value for name, value in (line.split(":", 1) for line in event)}


async def guest(town: Town, event_id: int) -> tuple[SandboxPerson, int]:
    vera = await town.teacher()
    me = town.read(person_of, external_id=2001)
    town.write(seats.register, callers.person(me, town.clock.now()), event_id=event_id)
    town.bot.delivery.wake()
    await vera.wait_for("Вы записаны")
    return vera, me


async def files(person: SandboxPerson) -> list[Message]:
    return [one for one in await person.messages() if one.document is not None]


async def test_a_move_and_a_cancellation_bring_the_new_calendar_file(town: Town) -> None:
    """They were told without a file: the calendar of a phone went on ringing for what had moved or was called off."""
    event_id = town.write(make_event, now=town.clock.now())
    vera, _ = await guest(town, event_id)
    first = entry(await vera.download(await vera.last()))
    assert (first["SEQUENCE"], first["STATUS"]) == ("0", "CONFIRMED")
    starts_at = town.clock.now() + timedelta(days=4)
    moved = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
    staff = callers.staff(REGION, town.clock.now())
    town.write(change, staff, event_id=event_id, **moved)
    town.bot.delivery.wake()
    content = await vera.download(await vera.wait_for("Событие изменилось"))
    assert entry(content) == {
        "UID": first["UID"],
        "SEQUENCE": "1",
        "STATUS": "CONFIRMED",
        "starts": starts_at.isoformat(),
    }
    assert unfolded(content)["DTSTART"] == f"{starts_at:%Y%m%dT%H%M%SZ}" and unfolded(content)["SEQUENCE"] == "1"
    town.write(staff_services.call_off, staff, event_id=event_id, reason="Болезнь")
    town.bot.delivery.wake()
    content = await vera.download(await vera.wait_for("Событие отменено"))
    assert entry(content) | {"starts": ""} == {
        "UID": first["UID"],
        "SEQUENCE": "2",
        "STATUS": "CANCELLED",
        "starts": "",
    }
    assert unfolded(content)["STATUS"] == "CANCELLED" and unfolded(content)["UID"] == first["UID"]


async def test_the_longest_words_of_the_panel_come_with_their_file(town: Town) -> None:
    """Longer than a caption, they were refused and buried: nobody heard that the event was called off."""
    event_id = town.write(make_event, now=town.clock.now(), title="\U0001f393" * 200, place="<&>" * 100)
    vera, _ = await guest(town, event_id)
    town.write(staff_services.call_off, callers.staff(REGION, town.clock.now()), event_id=event_id, reason="Ж" * 500)
    town.bot.delivery.wake()
    news = await vera.wait_for("Событие отменено")
    assert news.document is not None and news.text.endswith("В календаре есть другие встречи.")


async def test_who_is_put_on_the_list_or_taken_off_gets_the_file_too(town: Town) -> None:
    event_id = town.write(make_event, now=town.clock.now())
    vera = await town.teacher()
    me = town.read(person_of, external_id=2001)
    staff = callers.staff(REGION, town.clock.now())
    town.write(staff_services.add_person, staff, event_id=event_id, person_id=me)
    town.bot.delivery.wake()
    assert entry(await vera.download(await vera.wait_for("записал")))["STATUS"] == "CONFIRMED"
    seat = town.read(lambda session: session.query(Registration).filter_by(person_id=me).one().id)
    town.write(staff_services.remove_person, staff, registration_id=seat, reason="Дубль")
    town.bot.delivery.wake()
    assert entry(await vera.download(await vera.wait_for("отменил")))["STATUS"] == "CANCELLED"


async def test_who_only_waits_gets_no_calendar_file(town: Town) -> None:
    event_id = town.write(make_event, now=town.clock.now(), capacity=1)
    (other,) = town.write(make_people, count=1, now=town.clock.now())
    vera = await town.teacher()
    me = town.read(person_of, external_id=2001)
    for one in (other, me):
        town.write(seats.register, callers.person(one, town.clock.now()), event_id=event_id)
    town.write(staff_services.call_off, callers.staff(REGION, town.clock.now()), event_id=event_id, reason="Болезнь")
    town.bot.delivery.wake()
    await vera.wait_for("Событие отменено")
    assert await files(vera) == []


@pytest.mark.parametrize(
    ("trouble", "fields"),
    [("error", {"status": 502}), ("retry_after", {"seconds": 1}), ("drop_request", {})],
    ids=["502", "429", "drop"],
)
async def test_a_cancellation_with_its_file_comes_once_whatever_befalls_it(
    town: Town, trouble: str, fields: dict[str, object]
) -> None:
    event_id = town.write(make_event, now=town.clock.now())
    vera, _ = await guest(town, event_id)
    await town.client.fault(trouble, methods=["sendDocument", "sendMessage"], chat_id=vera.id, times=1, **fields)
    town.write(staff_services.call_off, callers.staff(REGION, town.clock.now()), event_id=event_id, reason="Болезнь")
    town.bot.delivery.wake()
    await until(lambda: bool(town.bot.delivery._backoff.failing or town.bot.delivery._refused))
    town.move(hours=1)
    town.bot.delivery.wake()
    await vera.wait_for("Событие отменено")
    await vera.settle()
    assert sum("Событие отменено" in one.text for one in await vera.messages()) == 1
    assert town.read(lambda session: session.query(Notice).filter_by(status=NoticeStatus.PENDING).count()) == 0
