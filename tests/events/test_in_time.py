"""What comes due: reminders exactly once, in every zone, after a long absence too; offers that run out; feedback."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError
from db.events import seats, services, sweeps
from db.events.models import Event
from db.notices import outbox
from db.notices.models import Notice
from tests.events.support import RULES, ZONE, check_seats, door, heard, kinds, make_event, make_people, standing
from tests.support import callers
from tests.support.town import on_paper_only

ZONES = ["Europe/Kaliningrad", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Vladivostok", "Asia/Kamchatka"]


def sweep(database: Database, now: datetime, zone: ZoneInfo = ZONE) -> None:
    database.write(sweeps.sweep, callers.clock(now, zone), rules=RULES)


def counted(database: Database) -> Counter[str]:
    return Counter(one[0].removeprefix("events.") for one in database.read(kinds))


@pytest.mark.parametrize("zone", ZONES)
def test_each_reminder_once_however_often_one_sweeps(sqlite_url: str, database_now: datetime, zone: str) -> None:
    database = Database.connect(sqlite_url)
    try:
        place = ZoneInfo(zone)
        starts = datetime(2026, 3, 12, 15, tzinfo=place).astimezone(UTC)
        event_id = database.write(make_event, now=database_now, starts_at=starts)
        person = database.write(make_people, count=1, now=database_now)[0]
        database.write(seats.register, callers.person(person, database_now), event_id=event_id)
        said: dict[str, str] = {}
        moment = starts - timedelta(days=2)
        while moment < starts + timedelta(hours=1):
            sweep(database, moment, place)
            for name in counted(database):
                said.setdefault(name, f"{moment.astimezone(place):%d %H:%M}")
            moment += timedelta(minutes=30)
        assert counted(database) == {"reminder_day": 1, "reminder_hours": 1}
        assert said == {"reminder_day": "11 15:00", "reminder_hours": "12 13:00"}
    finally:
        database.close()


@pytest.fixture
def database_now(clock: FrozenClock) -> datetime:
    return clock.now()


@pytest.fixture
def seated(database: Database, clock: FrozenClock) -> tuple[int, int, datetime]:
    """Somebody with a seat at an event in three days: event, person, start."""
    event_id = database.write(make_event, now=clock.now(), capacity=1)
    person = database.write(make_people, count=1, now=clock.now())[0]
    database.write(seats.register, callers.person(person, clock.now()), event_id=event_id)
    return event_id, person, clock.now() + timedelta(days=3)


@pytest.mark.parametrize(
    ("before", "said", "too_late"),
    [
        (timedelta(hours=18), {"reminder_day"}, set()),  # six hours down: late, but still a day ahead
        (timedelta(hours=2, minutes=30), set(), {"reminder_day"}),  # too early for the second
        (timedelta(hours=1), {"reminder_hours"}, {"reminder_day"}),
        (timedelta(minutes=10), set(), {"reminder_day", "reminder_hours"}),
        (timedelta(minutes=-5), set(), {"reminder_day", "reminder_hours"}),
    ],
)
def test_after_an_absence_what_is_worth_saying_is_said_and_the_rest_is_marked_as_too_late(
    database: Database, seated: tuple[int, int, datetime], before: timedelta, said: set[str], too_late: set[str]
) -> None:
    now = seated[2] - before
    for _ in range(2):
        sweep(database, now)
    found = database.read(lambda session: session.scalars(select(Notice).where(Notice.kind != "events.ticket")).all())
    marked = {one.kind.removeprefix("events.") for one in found if one.expires_at and one.expires_at <= now}
    assert marked == too_late
    assert counted(database) == dict.fromkeys(said | too_late, 1)


def test_who_sat_down_after_the_moment_is_not_reminded_of_it(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    event_id = database.write(make_event, now=now, days=0.5)
    person = database.write(make_people, count=1, now=now)[0]
    database.write(seats.register, callers.person(person, now), event_id=event_id)
    sweep(database, now)
    assert counted(database) == {}
    sweep(database, now + timedelta(hours=10, minutes=5))
    assert counted(database) == {"reminder_hours": 1}


def test_who_came_on_paper_makes_no_failed_reminder(database: Database, seated: tuple[int, int, datetime]) -> None:
    """A day before an event the panel's failed notices filled with people who are not in the messenger."""
    _, person, starts = seated
    database.write(on_paper_only, person_id=person)
    for before in (24, 2):
        sweep(database, starts - timedelta(hours=before))
    assert database.read(kinds) == []


def test_who_cancelled_hears_nothing(database: Database, seated: tuple[int, int, datetime]) -> None:
    event_id, person, starts = seated
    sweep(database, starts - timedelta(hours=24))
    database.write(seats.cancel, callers.person(person, starts - timedelta(hours=23, minutes=59)), event_id=event_id)
    assert database.read(kinds) == [("events.reminder_day", person, "cancelled")]
    sweep(database, starts - timedelta(hours=2))
    assert len(database.read(kinds)) == 1


def test_an_offer_at_night_is_told_in_the_morning_and_held_till_the_afternoon(
    database: Database, seated: tuple[int, int, datetime]
) -> None:
    event_id, person, _ = seated
    late = datetime(2026, 3, 2, 21, 30, tzinfo=ZONE)
    people = database.write(make_people, count=2, now=late, first=8000)
    for one in people:
        database.write(seats.register, callers.person(one, late), event_id=event_id)
    database.write(seats.cancel, callers.person(person, late), event_id=event_id)
    notice = database.read(lambda session: session.query(Notice).filter_by(kind="events.offer").one())
    assert f"{notice.due_at.astimezone(ZONE):%d %H:%M}" == "03 08:00"
    until = datetime.fromisoformat(notice.params["until"]).astimezone(ZONE)
    assert f"{until:%d %H:%M}" == "03 15:00"
    database.write(heard, now=until)
    sweep(database, until - timedelta(minutes=1))
    assert database.read(standing, event_id=event_id)["offered"] == [people[0]]
    for _ in range(2):
        sweep(database, until)
    found = database.read(standing, event_id=event_id)
    assert (found["offered"], people[0] in found["cancelled"]) == ([people[1]], True)
    assert counted(database)["offer_expired"] == 1 and counted(database)["offer"] == 2


def test_an_offer_that_nobody_has_heard_of_is_held_anew(database: Database, seated: tuple[int, int, datetime]) -> None:
    """While the messenger was away one after another lost the place in the list, without a word."""
    event_id, person, starts = seated
    now = starts - timedelta(days=2)
    people = database.write(make_people, count=2, now=now, first=8000)
    for one in people:
        database.write(seats.register, callers.person(one, now), event_id=event_id)
    database.write(seats.cancel, callers.person(person, now), event_id=event_id)
    for _ in range(2):
        notice = database.read(lambda session: session.query(Notice).filter_by(kind="events.offer").one())
        assert notice.expires_at is not None
        database.write(
            outbox.take, callers.clock(notice.expires_at), platform="telegram"
        )  # the messenger is back, and is asked first
        sweep(database, notice.expires_at)
        assert database.read(standing, event_id=event_id)["offered"] == [people[0]]
    again = database.read(lambda session: session.query(Notice).filter_by(kind="events.offer").one())
    assert again.expires_at is not None and again.expires_at > notice.expires_at
    assert datetime.fromisoformat(again.params["until"]) == again.expires_at
    database.write(heard, now=now)
    sweep(database, again.expires_at)
    assert database.read(standing, event_id=event_id)["offered"] == [people[1]]
    sweep(database, starts)
    assert database.read(standing, event_id=event_id)["offered"] == [], "at the start it is over"


def test_who_came_on_paper_has_the_freed_seat_at_once(database: Database, seated: tuple[int, int, datetime]) -> None:
    """An offer could reach nobody, ran out and took the place in the list along."""
    event_id, person, starts = seated
    now = starts - timedelta(days=2)
    paper, other = database.write(make_people, count=2, now=now, first=8000)
    database.write(on_paper_only, person_id=paper)
    for one in (paper, other):
        database.write(seats.register, callers.person(one, now), event_id=event_id)
    database.write(seats.cancel, callers.person(person, now), event_id=event_id)
    found = database.read(standing, event_id=event_id)
    assert (found["seated"], found["offered"], found["waiting"]) == ([paper], [], [other])
    database.read(check_seats, event_id=event_id, now=now)


def shown(database: Database, event_id: int, now: datetime) -> str:
    return database.read(door, event_id=event_id, now=now).token


def test_feedback_is_asked_once_from_those_who_came(database: Database, seated: tuple[int, int, datetime]) -> None:
    event_id, person, starts = seated
    sweep(database, starts + timedelta(hours=3))
    assert counted(database)["feedback"] == 0
    database.write(services.check_in, callers.person(person, starts), token=shown(database, event_id, starts))
    for hours in (3, 4, 24):
        sweep(database, starts + timedelta(hours=hours))
    assert counted(database)["feedback"] == 1
    notice = database.read(lambda session: session.query(Notice).filter_by(kind="events.feedback").one())
    assert notice.expected is False  # so it keeps quiet hours and the weekly limit


def test_check_in_has_its_hours(database: Database, seated: tuple[int, int, datetime]) -> None:
    event_id, person, starts = seated
    for moment, code in ((-61, "check_in_early"), (60 * 4 + 1, "check_in_late")):
        now = starts + timedelta(minutes=moment)
        with pytest.raises(DomainError, match=code):
            database.write(services.check_in, callers.person(person, now), token=shown(database, event_id, now))
    opens = starts - timedelta(minutes=60)
    token = shown(database, event_id, opens)
    first = database.write(services.check_in, callers.person(person, opens), token=token)
    again = database.write(services.check_in, callers.person(person, starts), token=token)
    assert (first.changed, again.changed) == (True, False)
    assert again.card.mine is not None and again.card.mine.attended_at == starts - timedelta(minutes=60)


def test_at_the_door_without_a_seat(database: Database, seated: tuple[int, int, datetime]) -> None:
    event_id, person, starts = seated
    guest = database.write(make_people, count=1, now=starts, first=8000)[0]
    with pytest.raises(DomainError, match="check_in_full"):
        database.write(services.check_in, callers.person(guest, starts), token=shown(database, event_id, starts))
    assert all(guest not in people for people in database.read(standing, event_id=event_id).values())
    database.write(seats.cancel, callers.person(person, starts), event_id=event_id)
    done = database.write(services.check_in, callers.person(guest, starts), token=shown(database, event_id, starts))
    assert done.on_the_spot and done.changed


def test_a_forwarded_link_lets_nobody_in_after_the_end(database: Database, seated: tuple[int, int, datetime]) -> None:
    """110 minutes after the end three strangers were registered and marked as present by somebody else's link."""
    event_id, person, starts = seated
    over = starts + timedelta(hours=3, minutes=50)
    stranger, left = database.write(make_people, count=2, now=starts, first=8000)
    database.write(lambda session: session.execute(update(Event).values(capacity=None)))
    earlier = callers.person(left, starts - timedelta(hours=2))
    database.write(seats.register, earlier, event_id=event_id)
    database.write(seats.cancel, earlier, event_id=event_id)
    for guest in (stranger, left):
        with pytest.raises(DomainError, match="check_in_late"):
            database.write(services.check_in, callers.person(guest, over), token=shown(database, event_id, over))
    assert all(stranger not in people for people in database.read(standing, event_id=event_id).values())
    assert database.write(
        services.check_in, callers.person(person, over), token=shown(database, event_id, over)
    ).changed, "who had a seat may"


def test_feedback_and_certificate_are_for_those_who_came(database: Database, seated: tuple[int, int, datetime]) -> None:
    event_id, person, starts = seated
    me = callers.person(person, starts)
    with pytest.raises(DomainError, match="feedback_not_there"):
        database.write(services.rate, me, event_id=event_id, rating=5)
    with pytest.raises(DomainError, match="certificate_not_there"):
        database.write(services.certificate, me, event_id=event_id)
    database.write(services.check_in, callers.person(person, starts), token=shown(database, event_id, starts))
    with pytest.raises(DomainError, match="certificate_early"):
        database.write(services.certificate, me, event_id=event_id)
    with pytest.raises(DomainError, match="feedback_rating"):
        database.write(services.rate, me, event_id=event_id, rating=6)
    for rating in (4, 5, 5):
        card = database.write(services.rate, me, event_id=event_id, rating=rating)
    assert card.mine is not None and card.mine.rating == 5
