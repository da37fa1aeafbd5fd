"""Too few people, an event that was never planned here, a series: what a methodist does in the panel."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select, update

from bot.events.callbacks import MaterialTap
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries import services as dictionaries
from db.dictionaries.models import Term, TermKind
from db.events import hosts, queries, seats, services, staff_services, sweeps
from db.events.models import Event, EventStatus, HostRole, Registration
from db.events.rules import Every, repeats
from db.notices.models import Notice
from db.overviews import files
from db.people.models import Person
from db.scope import StaffRole
from db.storage import Storage, StoredFile
from tests.applications.support import PDF
from tests.events.support import REGION, RULES, kinds, make_event, make_people
from tests.events.test_bot import code_of
from tests.events.test_seats import plan_of
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import Town

ZONE = ZoneInfo("Asia/Yekaterinburg")


@pytest.fixture
def desk(sqlite_url: str, clock: FrozenClock, tmp_path: Path) -> Iterator[tuple[Database, Visitor, FrozenClock]]:
    door = Database.connect(sqlite_url)
    door.write(dictionaries.keep_bot_link, platform="telegram", pattern="https://t.me/opora_test_bot?start={payload}")
    door.write(add_staff, login="chief", role=StaffRole.ADMINISTRATOR, now=clock.now())
    visitor = Visitor(make_panel(door, clock, tmp_path))
    assert visitor.sign_in("chief").status_code == 302
    yield door, visitor, clock
    door.close()


def sent(visitor: Visitor, path: str, **fields: Any) -> str:
    answer = visitor.post(path, fields, follow_redirects=True)
    assert answer.status_code == 200, (path, answer.status_code)
    return unescape(answer.get_data(as_text=True))


def typed(door: Database, **more: str) -> dict[str, str]:
    kind = select(Term.id).where(Term.kind == TermKind.EVENT_FORMAT).order_by(Term.id).limit(1)
    return {
        "title": "Мастерская вопросов",
        "about": "Спрашиваем иначе.",
        "format_id": str(door.read(lambda session: session.scalars(kind).one())),
        "mode": "hybrid",
        "place": "Кабинет 12",
        "link": "https://example.org/room",
        "guests": "all",
        **more,
    }


def test_few_people_are_asked_about_once_three_days_before(desk: tuple[Database, Visitor, FrozenClock]) -> None:
    door, visitor, clock = desk
    now = clock.now()
    event_id = door.write(make_event, now=now, days=5, minimum=3, title="Малый семинар")
    guest, leader, speaker = door.write(make_people, count=3, now=now)
    for person, role in ((leader, HostRole.LEADER), (speaker, HostRole.SPEAKER)):
        staff = callers.staff(REGION, now)
        door.write(hosts.add_host, staff, event_id=event_id, role=role, person_id=person, name="")
    door.write(seats.register, callers.person(guest, now), event_id=event_id)
    door.write(sweeps.sweep, callers.clock(now + timedelta(days=1, hours=23)), rules=RULES)
    assert not door.read(kinds, kind="events.minimum") and "Мало участников" not in visitor.text("/")
    for hours in (0, 1, 30):
        door.write(sweeps.sweep, callers.clock(now + timedelta(days=2, hours=hours)), rules=RULES)
    assert door.read(kinds, kind="events.minimum") == [("events.minimum", leader, "pending")]
    clock.moment = now + timedelta(days=2, hours=1)
    visitor.sign_in("chief")
    assert "записались 1 из 3" in visitor.text("/")
    page = visitor.text(f"/events/{event_id}")
    assert "Записались 1 из 3." in page and "#call-off" in page
    assert "больше об этом не спросим" in sent(visitor, f"/events/{event_id}/keep")
    assert "Записались 1 из 3" not in visitor.text(f"/events/{event_id}") and "из 3" not in visitor.text("/")
    plan = door.read(plan_of, event_id=event_id)
    later = now + timedelta(days=9)
    door.write(
        staff_services.change,
        callers.staff(REGION, clock.now()),
        event_id=event_id,
        plan=plan(starts_at=later, ends_at=later + timedelta(hours=2), minimum=3),
        revision=0,
    )
    door.write(sweeps.sweep, callers.clock(later - timedelta(days=2)), rules=RULES)
    asked = select(Notice.id).where(Notice.kind == "events.minimum")
    assert len(door.read(lambda session: session.scalars(asked).all())) == 2, "of another day it is asked anew"


def test_an_event_of_the_past_is_entered_with_who_came_and_nobody_hears_of_it(
    desk: tuple[Database, Visitor, FrozenClock],
) -> None:
    door, visitor, clock = desk
    now = clock.now()
    people = door.write(make_people, count=3, now=now)
    door.write(lambda session: session.execute(update(Person).values(profile_saved_at=now)))
    day = (now - timedelta(days=2)).astimezone(ZONE)
    page = sent(visitor, "/events/new", **typed(door, date=f"{day:%Y-%m-%d}", starts="10:00", ends="12:00"))
    assert "внесите как прошедшее" in page and "опубликуйте" not in page
    event_id = door.read(lambda session: session.scalars(select(Event.id)).one())
    assert "Внести как прошедшее" in visitor.text(f"/events/{event_id}")
    page = sent(visitor, f"/events/{event_id}/publish")
    assert "внесено после того, как прошло" in page and "Кто ещё был" in page
    assert "хотя бы одного" in sent(visitor, f"/presence/{event_id}/came")
    found = visitor.text(f"/events/{event_id}?q=Педагог")
    assert found.count('name="person" value=') >= 3
    page = sent(visitor, f"/presence/{event_id}/came", person=[str(one) for one in people[:2]])
    assert "Отметили 2 человек" in page
    assert "участие отмечено" in page and "на месте с" not in page, "nobody knows the minute"
    sent(visitor, f"/presence/{event_id}/came", person=str(people[0]))
    came = select(Registration.person_id).where(Registration.attended_at.is_not(None)).order_by(Registration.id)
    assert door.read(lambda session: session.scalars(came).all()) == people[:2]
    door.write(sweeps.sweep, callers.clock(now), rules=RULES)
    assert not door.read(kinds), "nobody is told, and nobody is asked how it was"
    own = callers.person(people[0], now)
    assert door.write(services.certificate, own, event_id=event_id, request="1").number
    lines = select(AuditEntry.action).where(AuditEntry.action == "presence.came")
    assert len(door.read(lambda session: session.scalars(lines).all())) == 2


def test_a_series_is_events_of_their_own_at_the_same_local_hour(desk: tuple[Database, Visitor, FrozenClock]) -> None:
    door, visitor, _ = desk
    first = typed(door, date="2026-03-31", starts="10:00", ends="12:00", split="1", capacity="10", online_capacity="50")
    limits = {"minimum": "4", "quota_unit": "organisation", "quota": "2"}
    page = sent(visitor, "/events/new", **first, **limits, every="month", times="1")
    assert "от 2 до 30" in page and "Мастерская вопросов" in page, "what was typed is still there"
    sent(visitor, "/events/new", **first, **limits, every="month", times="3")
    rows = door.read(lambda session: session.scalars(select(Event).order_by(Event.starts_at)).all())
    assert [f"{one.starts_at.astimezone(ZONE):%d.%m %H:%M}" for one in rows] == [
        "31.03 10:00",
        "30.04 10:00",
        "31.05 10:00",
    ]
    assert {one.status for one in rows} == {EventStatus.DRAFT} and len({one.code for one in rows}) == 3
    assert {(one.split, one.capacity, one.online_capacity, one.minimum, one.quota) for one in rows} == {
        (True, 10, 50, 4, 2)
    }
    assert "Заполните оба поля" in sent(visitor, "/events/new", **first, quota="2")
    page = sent(visitor, f"/events/{rows[0].id}/publish")
    assert "В зале" in page and "0 из 50" in page and "не больше 2 от одной организации" in page


def test_a_week_later_is_the_same_hour_where_clocks_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    begins = datetime(2026, 3, 25, 9, 0, tzinfo=zone)
    series = repeats(begins, begins + timedelta(hours=1), every=Every.WEEK, times=3, zone=zone)
    assert [one.astimezone(zone).hour for one, _ in series] == [9, 9, 9]
    assert series[0][0].tzinfo is UTC and series[1][0] - series[0][0] == timedelta(days=7, hours=-1)


def test_those_who_came_are_told_once_of_what_is_left(desk: tuple[Database, Visitor, FrozenClock]) -> None:
    door, visitor, clock = desk
    now = clock.now()
    event_id = door.write(make_event, now=now, starts_at=now - timedelta(hours=1), capacity=None)
    came, missed = door.write(make_people, count=2, now=now)
    for person in (came, missed):
        door.write(seats.register, callers.person(person, now - timedelta(hours=2)), event_id=event_id)
    here = update(Registration).where(Registration.person_id == came).values(attended_at=now, rating=5)
    door.write(lambda session: session.execute(here))
    assert "Напишите, что это" in sent(visitor, f"/events/{event_id}/materials", link="https://example.org/slides")
    for wrong in ("javascript:alert(1)", "https://localhost/slides"):
        assert "Материал добавлен" not in sent(visitor, f"/events/{event_id}/materials", title="Слайды", link=wrong)
    assert "Материал добавлен" in sent(
        visitor, f"/events/{event_id}/materials", title="Слайды", link="https://example.org/slides"
    )
    door.write(sweeps.sweep, callers.clock(now), rules=RULES)
    assert not door.read(kinds, kind="events.materials"), "not before it is over"
    for hours in (2, 3, 40):
        door.write(sweeps.sweep, callers.clock(now + timedelta(hours=hours)), rules=RULES)
    assert [person for _, person, _ in door.read(kinds, kind="events.materials")] == [came]
    cards = [
        door.read(queries.card, callers.person(one, now + timedelta(hours=2)), event_id=event_id)
        for one in (came, missed)
    ]
    assert [[one.title for one in card.materials] for card in cards] == [["Слайды"], []]
    assert "Материал убран" in sent(visitor, f"/events/{event_id}/materials/1/drop")
    assert visitor.post(f"/events/{event_id}/materials/1/drop", {}).status_code == 404


def test_a_material_is_a_file_that_is_looked_into_and_goes_with_its_row(
    desk: tuple[Database, Visitor, FrozenClock], tmp_path: Path
) -> None:
    door, visitor, clock = desk
    now = clock.now()
    event_id, other = (door.write(make_event, now=now, starts_at=now - timedelta(hours=3)) for _ in range(2))
    page = f"/events/{event_id}/materials"

    def file(content: bytes) -> tuple[BytesIO, str]:
        return BytesIO(content), "\u202eслайды.pdf"

    assert "Материал добавлен" not in sent(visitor, page, title="Слайды", scan=file(b"<script>alert(1)</script>"))
    both = sent(visitor, page, title="Слайды", link="https://example.org/1", scan=file(PDF))
    assert "Ссылка или файл" in both and not door.read(files.stored_names)
    assert "Материал добавлен" in sent(visitor, page, title="Слайды", scan=file(PDF))
    assert "/materials/1/file" in visitor.text(f"/events/{event_id}")
    answer = visitor.get(f"{page}/1/file")
    assert answer.data == PDF and "\u202e" not in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert visitor.get(f"/events/{other}/materials/1/file").status_code == 404
    (name,) = door.read(files.stored_names)
    later = datetime.now(UTC) + timedelta(days=1)  # of the disk's own clock
    removed = Storage(tmp_path).sweep(door.read(files.stored_names), later)
    assert removed == 1 and Storage(tmp_path).path(name).exists(), "what was refused goes, what is kept stays"
    assert "Материал убран" in sent(visitor, f"{page}/1/drop")
    assert Storage(tmp_path).sweep(door.read(files.stored_names), later) == 1


async def test_a_file_that_is_left_comes_into_the_chat_of_those_who_came(town: Town) -> None:
    now = town.clock.now()
    event_id = town.write(make_event, now=now, starts_at=now - timedelta(hours=3), capacity=None)
    stored = StoredFile("слайды.pdf", f"{'ab' * 16}.pdf", "application/pdf", 14, "0" * 64)
    staff = callers.staff(REGION, now)
    town.write(hosts.add_material, staff, event_id=event_id, title="Слайды", link="", stored=stored)
    place = Storage(town.bot.context.settings.data_dir).place(stored.stored_name)
    place.parent.mkdir(parents=True, exist_ok=True)
    writer = PdfWriter()
    writer.add_blank_page(200, 100)
    writer.add_metadata({"/Author": "Canary"})
    writer.write(place)
    vera = await town.teacher()
    (me,) = town.read(lambda session: session.scalars(select(Person.id)).all())
    town.write(seats.register, callers.person(me, now - timedelta(hours=4)), event_id=event_id)
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    before = [one.id for one in await vera.messages() if one.document]
    await vera.forge(MaterialTap(event_id=event_id, material_id=1).pack(), (await vera.last()).id)
    await vera.settle()
    assert [one.id for one in await vera.messages() if one.document] == before, "for those who were there alone"
    town.write(lambda session: session.execute(update(Registration).values(attended_at=now - timedelta(hours=2))))
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    await vera.tap("Слайды")
    await vera.settle()
    came = await vera.last()
    assert came.document is not None
    read = PdfReader(BytesIO(await vera.download(came)))
    assert len(read.pages) == 1 and "Canary" not in str(read.metadata), "a material told who had made it"
