"""Beyond the bot: a billboard without a person on it, a feed that moves with its events, a poster to scan."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from icalendar import Calendar
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from db.calendar import personal, services
from db.calendar.models import CalendarFeed
from db.calendar.poster import PosterWords, poster
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries import services as dictionaries
from db.dictionaries.models import Term, TermKind
from db.events import hosts, seats, staff_services
from db.events.models import Event, EventMode, HostRole
from db.scope import StaffRole
from tests.events.support import REGION, make_event, make_people
from tests.events.test_seats import plan_of
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import Town

START = "https://t.me/opora_test_bot?start="


@pytest.fixture
def panel(sqlite_url: str, clock: FrozenClock, tmp_path: Path) -> Any:
    door = Database.connect(sqlite_url)
    door.write(dictionaries.keep_bot_link, platform="telegram", pattern=START + "{payload}")
    door.write(add_staff, login="chief", role=StaffRole.ADMINISTRATOR, now=clock.now())
    yield door, Visitor(make_panel(door, clock, tmp_path))
    door.close()


def read(content: bytes) -> dict[str, dict[str, str]]:
    """A second parser, which knows nothing of the first: unfolds lines (RFC 5545, 3.1) and takes events apart."""
    text = content.decode("utf-8")
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    events: dict[str, dict[str, str]] = {}
    current: dict[str, str] | None = None
    for line in re.sub(r"\r\n[ \t]", "", text).split("\r\n"):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            current = {}
        elif line == "END:VEVENT" and current is not None:
            events[current["UID"]] = current
            current = None
        elif current is not None:
            current[name.partition(";")[0]] = re.sub(r"\\([,;\\])", r"\1", value.replace("\\n", "\n"))
    return events


def test_a_feed_moves_with_its_events(panel: Any, clock: FrozenClock) -> None:
    door, visitor = panel
    now = clock.now()
    me, other = door.write(make_people, count=2, now=now)
    moved, called_off, left, foreign = (
        door.write(make_event, now=now, days=days, code=f"e{days}") for days in (3, 4, 5, 6)
    )
    for event_id in (moved, called_off, left):
        door.write(seats.register, callers.person(me, now), event_id=event_id)
    door.write(seats.register, callers.person(other, now), event_id=foreign)
    secret = door.write(services.address, callers.person(me, now))
    assert door.write(services.address, callers.person(me, now)) == secret, "whoever asks again has the same"
    answer = visitor.get(f"/calendar/{secret}.ics")
    assert answer.mimetype == "text/calendar"
    first = read(answer.data)
    assert set(first) == {"event-e3@opora", "event-e4@opora", "event-e5@opora"}
    assert {one["STATUS"] for one in first.values()} == {"CONFIRMED"}
    assert first["event-e3@opora"]["LOCATION"] == "Гимназия № 23, кабинет 310"
    assert START + "ev_e3" in first["event-e3@opora"]["DESCRIPTION"]
    chief = callers.staff(REGION, now)
    starts = now + timedelta(days=3, hours=2)
    plan = door.read(plan_of, event_id=moved)(starts_at=starts, ends_at=starts + timedelta(hours=1), place="Лицей, 1")
    door.write(staff_services.change, chief, event_id=moved, plan=plan, revision=0)
    door.write(staff_services.call_off, chief, event_id=called_off, reason="Болезнь")
    door.write(seats.cancel, callers.person(me, now), event_id=left)
    content = visitor.get(f"/calendar/{secret}.ics").data
    second = read(content)
    one = second["event-e3@opora"]
    assert (one["DTSTART"], one["SEQUENCE"], one["STATUS"]) == (f"{starts:%Y%m%dT%H%M%SZ}", "1", "CONFIRMED")
    assert one["LOCATION"] == "Лицей, 1"
    assert second["event-e4@opora"]["STATUS"] == second["event-e5@opora"]["STATUS"] == "CANCELLED"
    assert "LOCATION" not in second["event-e5@opora"], "where it is is for who has a seat"
    again = {str(entry["UID"]): str(entry["SEQUENCE"]) for entry in Calendar.from_ical(content).walk("VEVENT")}
    assert again == {uid: event["SEQUENCE"] for uid, event in second.items()}, "both parsers read the same"


def test_a_feed_has_an_end(panel: Any, clock: FrozenClock) -> None:
    door, visitor = panel
    now = clock.now()
    me, other = door.write(make_people, count=2, now=now)
    first = door.write(services.address, callers.person(me, now))
    second = door.write(services.renew, callers.person(me, now))
    assert first != second and len(second) >= 32
    page = visitor.text(f"/calendar/{second}")
    assert f'href="webcal://127.0.0.1:8081/calendar/{second}.ics"' in page or "webcal://" in page
    for gone in (first, "", "x" * 60, "<script>"):
        for tail in ("", ".ics"):
            if gone or tail:
                assert visitor.get(f"/calendar/{gone}{tail}").status_code == 404, gone
    door.write(personal.merge, callers.clock(now), kept_id=other, gone_id=me)
    assert visitor.get(f"/calendar/{second}.ics").status_code == 200, "it went to the other number of the same person"
    door.write(personal.forget, callers.clock(now), person_id=other)
    assert visitor.get(f"/calendar/{second}.ics").status_code == 404
    rows = select(CalendarFeed.person_id)
    assert door.read(lambda session: session.scalars(rows).all()) == []


def test_a_billboard_has_no_person_on_it(panel: Any, clock: FrozenClock) -> None:
    door, visitor = panel
    now = clock.now()
    level = door.read(_level, code="regional")
    event_id = door.write(
        make_event,
        now=now,
        title="Открытый <b>семинар</b>",
        organiser="Иванова Мария Петровна",
        level_id=level,
        components=["methodical"],
        link="https://meet.example/secret",
        mode=EventMode.HYBRID,
    )
    (person,) = door.write(make_people, count=1, now=now)
    door.write(seats.register, callers.person(person, now), event_id=event_id)
    host = {"role": HostRole.EXPERT, "person_id": None, "name": "Петров Пётр Петрович"}
    door.write(hosts.add_host, callers.staff(REGION, now), event_id=event_id, **host)
    door.write(make_event, now=now, days=40, title="Далёкая встреча")
    door.write(make_event, now=now, days=-3, title="Прошедшая встреча")
    page = visitor.text("/afisha/")
    assert "Открытый &lt;b&gt;семинар&lt;/b&gt;" in page and "Далёкая встреча" in page
    assert "уровень: региональный" in page and f"{START}ev_" in page and "осталось 1 место" in page
    for hidden in ("Иванова", "Петров", "Педагог", "secret", "кабинет 310", "Прошедшая"):
        assert hidden not in page, hidden
    for asked, found in (
        ("month=2026-03", ["Открытый"]),
        ("month=2026-04", ["Далёкая"]),
        (f"level={level}", ["Открытый"]),
        ("component=methodical", ["Открытый"]),
        ("component=digital", []),
        ("month=2026-13&level=x&component=%00", ["Открытый", "Далёкая"]),
        ("page=99", ["Открытый", "Далёкая"]),
    ):
        page = visitor.text(f"/afisha/?{asked}")
        assert [word for word in ("Открытый", "Далёкая") if word in page] == found, asked


def _level(session: Session, *, code: str) -> int:
    return session.scalars(select(Term.id).where(Term.kind == TermKind.EVENT_LEVEL, Term.code == code)).one()


def test_the_billboard_is_kept_by_browsers_and_guarded_from_greed(panel: Any, clock: FrozenClock) -> None:
    door, visitor = panel
    door.write(make_event, now=clock.now())
    answer = visitor.get("/afisha/")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = visitor.get("/afisha/", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    codes = {visitor.get("/afisha/").status_code for _ in range(130)}
    assert codes == {200, 429}


def test_a_year_of_events_fills_one_page_at_a_time(panel: Any, clock: FrozenClock) -> None:
    door, visitor = panel
    event_id = door.write(make_event, now=clock.now())

    def many(session: Session) -> None:
        row = dict(session.execute(select(Event.__table__).where(Event.id == event_id)).mappings().one())
        row.pop("id")
        rows = [
            {
                **row,
                "code": f"many-{number}",
                "starts_at": row["starts_at"] + timedelta(hours=number),
                "ends_at": row["ends_at"] + timedelta(hours=number),
            }
            for number in range(3000)
        ]
        session.execute(insert(Event), rows)

    door.write(many)
    page = visitor.text("/afisha/?page=2")
    assert page.count("<article") == 30 and "2 из 101" in page


def test_a_posters_code_is_read_by_a_scanner(panel: Any, clock: FrozenClock) -> None:
    door, visitor = panel
    event_id = door.write(make_event, now=clock.now(), code="poster-1", title="Очень длинное название семинара " * 6)
    assert visitor.sign_in("chief").status_code == 302
    answer = visitor.get(f"/posters/{event_id}.pdf")
    assert answer.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(answer.data)
    assert len(document) == 1
    page = document[0]
    width, height = page.get_size()
    assert (round(width), round(height)) == (595, 842), "A4, upright"
    found = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    assert [one.text for one in found] == [f"{START}ev_poster-1"]
    text = page.get_textpage().get_text_bounded()
    assert "5 марта 2026" in text and "Гимназия № 23" in text
    door.write(lambda session: session.execute(update(Event).values(status="draft")))
    assert visitor.get(f"/posters/{event_id}.pdf").status_code == 404


@pytest.mark.parametrize("letter", ["Щ", "я ", "ع", "\U0001f393"])
def test_whatever_is_typed_stays_on_the_poster(letter: str) -> None:
    words = PosterWords(*(letter * 300 for _ in range(8)), address=f"{START}ev_1")
    document = pypdfium2.PdfDocument(poster(words))
    assert len(document) == 1
    found = zxingcpp.read_barcodes(document[0].render(scale=2).to_pil())
    assert [one.text for one in found] == [f"{START}ev_1"], "nothing is drawn over the code"
    assert poster(words) == poster(words)


async def test_the_bot_gives_the_address_and_another(town: Town) -> None:
    vera = await town.teacher()
    for deed in ("/my", "Календарь в телефон"):
        await (vera.send(deed) if deed.startswith("/") else vera.tap(deed))
        await vera.settle()
    first = re.findall(r"http\S+/calendar/\S+", (await vera.last()).text)
    for deed in ("Сменить адрес", "Сменить"):
        await vera.tap(deed)
        await vera.settle()
    second = re.findall(r"http\S+/calendar/\S+", (await vera.last()).text)
    assert len(first) == len(second) == 1 and first != second
    secret = town.read(lambda session: session.scalars(select(CalendarFeed.secret)).one())
    assert second[0].endswith(secret)


def test_control_the_second_parser_sees_what_is_wrong() -> None:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    with pytest.raises(AssertionError):
        read(f"BEGIN:VEVENT\nUID:1\nDTSTART:{moment:%Y%m%d}\nEND:VEVENT\n".encode())
