"""A hybrid event with seats of its own for the hall and online, and quotas of a unit: as strict as seats are."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Centre, Municipality, Organisation
from db.dictionaries.units import UnitLevel
from db.errors import DomainError
from db.events import notices, queries, seats, staff_queries, staff_services, sweeps
from db.events.models import Event, EventMode, Registration, RegistrationStatus
from db.events.seats import Outcome
from db.notices.models import Notice
from db.people.models import Person
from tests.events.support import REGION, RULES, check_seats, heard, make_event, make_people, standing
from tests.events.test_seats import plan_of
from tests.support import callers

LINK = "https://example.org/room"


@dataclass
class Rooms:
    """A split event with so many seats, and people."""

    database: Database
    now: datetime
    event_id: int
    people: list[int]

    def take(self, place: int, *, online: bool) -> Outcome:
        caller = callers.person(self.people[place], self.now)
        return self.database.write(seats.register, caller, event_id=self.event_id, online=online)

    def leave(self, place: int) -> None:
        self.database.write(seats.cancel, callers.person(self.people[place], self.now), event_id=self.event_id)

    def stands(self, place: int) -> tuple[RegistrationStatus, bool]:
        own = select(Registration.status, Registration.online).where(
            Registration.event_id == self.event_id, Registration.person_id == self.people[place]
        )
        return self.database.read(lambda session: session.execute(own).one())

    def check(self) -> None:
        self.database.read(check_seats, event_id=self.event_id, now=self.now)


def rooms(database: Database, clock: FrozenClock, hall: int | None, online: int | None, people: int = 6) -> Rooms:
    now = clock.now()
    event_id = database.write(
        make_event,
        now=now,
        capacity=hall,
        online_capacity=online,
        split=True,
        mode=EventMode.HYBRID,
        link=LINK,
    )
    return Rooms(database, now, event_id, database.write(make_people, count=people, now=now))


def test_each_room_has_its_own_seats_and_queue(database: Database, clock: FrozenClock) -> None:
    here = rooms(database, clock, 1, 2)
    for place, online in ((0, False), (1, False), (2, True), (3, True), (4, True)):
        here.take(place, online=online)
    seated, waiting, offered = RegistrationStatus.SEATED, RegistrationStatus.WAITING, RegistrationStatus.OFFERED
    assert [here.stands(place) for place in range(5)] == [
        (seated, False),
        (waiting, False),
        (seated, True),
        (seated, True),
        (waiting, True),
    ]
    places = [
        here.database.read(queries.card, callers.person(one, here.now), event_id=here.event_id) for one in here.people
    ]
    assert [one.mine.place for one in places if one.mine and one.mine.place] == [1, 1], "two queues, each from one"
    assert (places[0].waiting, places[0].online_waiting) == (1, 1)
    here.leave(2)
    assert here.stands(4) == (offered, True) and here.stands(1) == (waiting, False), "a link is no chair"
    here.check()


def test_the_hall_reads_the_place_and_online_the_link(database: Database, clock: FrozenClock) -> None:
    here = rooms(database, clock, None, None)
    hall, online = here.take(0, online=False).card, here.take(1, online=True).card
    assert (hall.where, hall.link) == ("Гимназия № 23, кабинет 310", None)
    assert (online.where, online.link) == (None, LINK)
    day = clock.now() + timedelta(days=2, hours=1)
    database.write(sweeps.sweep, callers.clock(day), rules=RULES)
    told = (
        select(Notice.person_id, Notice.params).where(Notice.kind == "events.reminder_day").order_by(Notice.person_id)
    )
    params = dict(database.read(lambda session: session.execute(told).all()))
    assert [(params[one]["room"], params[one]["place"], params[one]["link"]) for one in here.people[:2]] == [
        ("hall", "Гимназия № 23, кабинет 310", None),
        ("online", None, LINK),
    ]
    moved = update(Event).values(place="Актовый зал")
    database.write(lambda session: session.execute(moved))
    event = database.read(lambda session: session.get_one(Event, here.event_id))
    database.write(lambda session: notices.refresh(session, event=event, moved=False))
    params = dict(database.read(lambda session: session.execute(told).all()))
    assert [(params[one]["place"], params[one]["link"]) for one in here.people[:2]] == [
        ("Актовый зал", None),
        (None, LINK),
    ]


def test_who_changes_over_gives_up_a_seat_only_for_a_seat(database: Database, clock: FrozenClock) -> None:
    here = rooms(database, clock, 1, 1)
    here.take(0, online=False)
    here.take(1, online=False)
    here.take(1, online=True)
    assert here.stands(1) == (RegistrationStatus.SEATED, True), "from the hall's queue to a place online"
    with pytest.raises(DomainError, match="event_full_there"):
        here.take(0, online=True)
    assert here.stands(0) == (RegistrationStatus.SEATED, False), "and the seat is still there"
    here.take(2, online=False)
    here.leave(1)
    assert here.take(0, online=True).changed
    assert here.stands(0) == (RegistrationStatus.SEATED, True)
    assert here.stands(2) == (RegistrationStatus.OFFERED, False), "the seat given up goes to whoever waits"
    assert not here.take(0, online=True).changed, "the same tap again changes nothing"
    here.check()


def test_both_rooms_under_a_rush(database: Database, clock: FrozenClock) -> None:
    """Sixty people choose, change their minds and leave from eight threads: no room holds more than it has."""
    here = rooms(database, clock, 10, 15, people=40)
    deeds = [(place, deed) for place in range(40) for deed in ("hall", "online", "leave", "online")]
    random.Random(5).shuffle(deeds)

    def act(deed: tuple[int, str]) -> None:
        place, what = deed
        try:
            if what == "leave":
                here.leave(place)
            else:
                here.take(place, online=what == "online")
        except DomainError as refusal:
            assert refusal.code == "event_full_there"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, deeds))
    here.check()


def test_an_offer_runs_out_in_its_own_room_and_late_seats_go_there(database: Database, clock: FrozenClock) -> None:
    here = rooms(database, clock, 1, 1)
    for place, online in ((0, False), (1, True), (2, False), (3, True), (4, True)):
        here.take(place, online=online)
    here.leave(1)
    database.write(heard, now=here.now)
    database.write(sweeps.sweep, callers.clock(here.now + timedelta(days=2)), rules=RULES)
    assert here.stands(3)[0] is RegistrationStatus.CANCELLED and here.stands(4)[0] is RegistrationStatus.OFFERED
    assert here.stands(2) == (RegistrationStatus.WAITING, False)
    wider = update(Event).where(Event.id == here.event_id).values(capacity=2)
    database.write(lambda session: session.execute(wider))
    database.write(sweeps.sweep, callers.clock(here.now + timedelta(days=2, minutes=1)), rules=RULES)
    assert here.stands(2) == (RegistrationStatus.OFFERED, False)


def test_who_waits_online_and_came_sits_in_the_hall(database: Database, clock: FrozenClock) -> None:
    here = rooms(database, clock, 2, 1)
    for place, online in ((0, True), (1, True)):
        here.take(place, online=online)
    begins = database.read(lambda session: session.get_one(Event, here.event_id).starts_at)
    own = select(Registration.id).where(Registration.person_id == here.people[1])
    number = database.read(lambda session: session.scalars(own).one())
    database.write(staff_services.mark, callers.staff(REGION, begins), registration_id=number, present=True)
    assert here.stands(1) == (RegistrationStatus.SEATED, False)
    detail = database.read(staff_queries.detail, callers.staff(REGION, begins), event_id=here.event_id)
    assert [one.online for one in detail.by_name()] == [False], "the sheet for signatures is the hall's"


def _schools(session: Session, people: list[int]) -> list[int]:
    """Every third person works at one school, at another, and at one that only a teacher has typed."""
    town = session.scalars(select(Municipality.id).order_by(Municipality.id)).first() or 0
    schools = [Organisation(municipality_id=town, name=f"Школа {place}", confirmed=place < 2) for place in range(3)]
    session.add_all(schools)
    session.flush()
    for place, person in enumerate(people):
        session.get_one(Person, person).organisation_id = schools[place % 3].id
    return [school.id for school in schools]


def test_of_one_school_no_more_than_its_quota_whoever_taps_first(database: Database, clock: FrozenClock) -> None:
    """Thirty at once of two schools and of none that is confirmed: two of each, for a methodist and the queue too."""
    now = clock.now()
    event_id = database.write(make_event, now=now, capacity=3, quota_unit=UnitLevel.ORGANISATION, quota=2)
    people = database.write(make_people, count=30, now=now)
    database.write(_schools, people)
    refused = []

    def tap(person: int) -> None:
        try:
            database.write(seats.register, callers.person(person, now), event_id=event_id)
        except DomainError as refusal:
            refused.append((refusal.code, refusal.params["most"]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(tap, people))
    codes = {"event_quota_organisation": 16, "event_quota_nobodys": 8}
    assert sorted(refused) == sorted((code, 2) for code, times in codes.items() for _ in range(times))
    stands = database.read(standing, event_id=event_id)
    assert (len(stands["seated"]), len(stands["waiting"])) == (3, 3)
    gone = stands["seated"][0]
    same = (one for one in people if people.index(one) % 3 == people.index(gone) % 3)
    free = next(one for one in same if one not in {*stands["seated"], *stands["waiting"]})
    with pytest.raises(DomainError, match="event_quota"):
        database.write(staff_services.add_person, callers.staff(REGION, now), event_id=event_id, person_id=free)
    database.write(seats.cancel, callers.person(gone, now), event_id=event_id)
    assert len(database.read(standing, event_id=event_id)["offered"]) == 1, "the queue is within the quota already"
    tap(free)
    assert free in database.read(standing, event_id=event_id)["waiting"], "a place of the school is free again"
    database.read(check_seats, event_id=event_id, now=now)


def test_a_quota_counts_the_school_of_when_one_registered(database: Database, clock: FrozenClock) -> None:
    """A quota was passed by working elsewhere for a minute, or nowhere, and by a methodist's smaller number."""
    now = clock.now()
    event_id = database.write(make_event, now=now, capacity=None, quota_unit=UnitLevel.ORGANISATION, quota=1)
    people = database.write(make_people, count=6, now=now)
    first, second, typed = database.write(_schools, people)

    def works(person: int, school: int | None) -> None:
        database.write(lambda session: setattr(session.get_one(Person, person), "organisation_id", school))

    def comes(person: int) -> str | None:
        try:
            database.write(seats.register, callers.person(person, now), event_id=event_id)
        except DomainError as refusal:
            return refusal.code
        return None

    assert comes(people[0]) is None
    works(people[3], second)
    assert comes(people[3]) is None, "of the second school, for a minute"
    works(people[3], first)
    works(people[4], second)
    assert comes(people[4]) == "event_quota_organisation", "the second school's one place is taken"
    assert comes(people[2]) is None
    works(people[5], None)
    works(people[1], typed)
    assert {comes(people[5]), comes(people[1])} == {"event_quota_nobodys"}, "a name typed anew is no new school"

    def change(quota: int, unit: UnitLevel) -> None:
        plan = database.read(plan_of, event_id=event_id)(quota=quota, quota_unit=unit)
        revision = database.read(lambda session: session.get_one(Event, event_id).revision)
        caller = callers.staff(REGION, now)
        database.write(staff_services.change, caller, event_id=event_id, plan=plan, revision=revision)

    change(2, UnitLevel.ORGANISATION)
    assert comes(people[5]) is None
    for quota, unit in ((1, UnitLevel.ORGANISATION), (3, UnitLevel.MUNICIPALITY)):
        with pytest.raises(DomainError, match="event_quota_less") as refusal:
            change(quota, unit)
        assert refusal.value.params["listed"] == (2 if unit is UnitLevel.ORGANISATION else 4)
    change(4, UnitLevel.MUNICIPALITY)
    assert comes(people[1]) == "event_quota_municipality"


@pytest.mark.parametrize("unit", [UnitLevel.MUNICIPALITY, UnitLevel.CENTRE])
def test_a_quota_of_a_municipality_or_of_all_that_a_centre_serves(
    database: Database, clock: FrozenClock, unit: UnitLevel
) -> None:
    now = clock.now()
    event_id = database.write(make_event, now=now, capacity=None, quota_unit=unit, quota=1)
    people = database.write(make_people, count=3, now=now)

    def place(session: Session) -> None:
        towns = session.scalars(select(Municipality).order_by(Municipality.id).limit(2)).all()
        centre = Centre(code="shared", name="Общий центр")
        session.add(centre)
        session.flush()
        for town in towns:
            town.centre_id = centre.id
        for person, town in zip(people, (towns[0], towns[1], towns[0]), strict=True):
            session.get_one(Person, person).municipality_id = town.id

    database.write(place)
    outcome = []
    for person in people:
        try:
            outcome.append(database.write(seats.register, callers.person(person, now), event_id=event_id).changed)
        except DomainError as refusal:
            outcome.append(refusal.code == f"event_quota_{unit}")
    listed = database.read(standing, event_id=event_id)["seated"]
    assert all(outcome) and listed == (people[:2] if unit is UnitLevel.MUNICIPALITY else people[:1])
