"""Events under pressure: rooms at their limit, one of a series, codes of another day, people who were two."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import merging
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Term, TermKind
from db.errors import DomainError, NotFoundError
from db.events import hosts, queries, seats, services, staff_services, sweeps
from db.events.hosts import ResultMark
from db.events.models import Event, EventMode, Registration, RegistrationStatus
from db.events.rules import Every
from db.presence import staff_services as presence
from db.presence.models import EventSession
from db.presence.parts import SessionPlan
from tests.events.support import REGION, RULES, door, heard, kinds, make_event, make_people, standing
from tests.events.test_rooms import LINK, Rooms, rooms
from tests.events.test_seats import plan_of
from tests.support import callers


def room_for(here: Rooms, hall: int | None, online: int | None) -> None:
    """A methodist gives the rooms other numbers of seats."""

    def change(session: Session) -> None:
        event = session.get_one(Event, here.event_id)
        plan = replace(
            plan_of(session, event_id=here.event_id)(),
            mode=EventMode.HYBRID,
            link=LINK,
            split=True,
            capacity=hall,
            online_capacity=online,
        )
        staff = callers.staff(REGION, here.now)
        staff_services.change(session, staff, event_id=event.id, plan=plan, revision=event.revision)

    here.database.write(change)


def test_more_seats_of_a_room_go_to_its_own_queue_and_fewer_than_are_taken_are_refused(
    database: Database, clock: FrozenClock
) -> None:
    here = rooms(database, clock, 1, 1)
    for place, online in ((0, False), (1, True), (2, False), (3, True), (4, True)):
        here.take(place, online=online)
    room_for(here, 1, 2)
    assert here.stands(3) == (RegistrationStatus.OFFERED, True)
    assert here.stands(2) == (RegistrationStatus.WAITING, False), "the hall is as full as it was"
    assert here.stands(4) == (RegistrationStatus.WAITING, True)
    for hall, online in ((1, 1), (0, 2)):
        with pytest.raises(DomainError, match="event_capacity"):
            room_for(here, hall, online)
    room_for(here, None, 2)
    assert here.stands(2) == (RegistrationStatus.SEATED, False), "any number may come: nobody is asked first"
    assert here.stands(4) == (RegistrationStatus.WAITING, True)
    here.check()


def test_of_two_who_change_over_at_once_for_one_seat_one_has_it_and_the_other_keeps_the_own(
    database: Database, clock: FrozenClock
) -> None:
    here = rooms(database, clock, 2, 1)
    here.take(0, online=False)
    here.take(1, online=False)
    refused = []

    def over(place: int) -> None:
        try:
            here.take(place, online=True)
        except DomainError as refusal:
            refused.append(refusal.code)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(over, (0, 1)))
    assert refused == ["event_full_there"]
    assert sorted(here.stands(place) for place in (0, 1)) == [
        (RegistrationStatus.SEATED, False),
        (RegistrationStatus.SEATED, True),
    ]
    here.check()


def test_two_in_full_rooms_who_would_change_places_at_once_keep_their_seats(
    database: Database, clock: FrozenClock
) -> None:
    here = rooms(database, clock, 1, 1)
    here.take(0, online=False)
    here.take(1, online=True)
    refused = []

    def over(place: int) -> None:
        try:
            here.take(place, online=place == 0)
        except DomainError as refusal:
            refused.append(refusal.code)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(over, (0, 1)))
    assert refused == ["event_full_there"] * 2
    assert [here.stands(place)[1] for place in (0, 1)] == [False, True]
    here.check()


def series(database: Database, now: datetime) -> list[int]:
    """Three published events, a week apart."""
    staff = callers.staff(REGION, now)
    sample = database.write(make_event, now=now, capacity=1)
    plan = database.read(plan_of, event_id=sample)()
    numbers = database.write(staff_services.create_series, staff, plan=plan, every=Every.WEEK, times=3)
    for number in numbers:
        database.write(staff_services.publish, staff, event_id=number)
    return numbers


def test_of_a_series_one_is_moved_another_called_off_and_the_third_stands(
    database: Database, clock: FrozenClock
) -> None:
    now = clock.now()
    staff, numbers = callers.staff(REGION, now), series(database, now)
    people = database.write(make_people, count=6, now=now)
    for place, number in enumerate(numbers):
        for person in people[place * 2 : place * 2 + 2]:
            database.write(seats.register, callers.person(person, now), event_id=number)
    database.write(heard, now=now)
    plan = database.read(plan_of, event_id=numbers[0])()
    moved = replace(plan, starts_at=plan.starts_at + timedelta(days=1), ends_at=plan.ends_at + timedelta(days=1))
    database.write(staff_services.change, staff, event_id=numbers[0], plan=moved, revision=0)
    database.write(staff_services.call_off, staff, event_id=numbers[1], reason="Болезнь ведущего")
    told = {person for _, person, status in database.read(kinds, kind="events.") if status == "pending"}
    assert told == set(people[:4]), "nobody of the third hears anything"
    stands = database.read(standing, event_id=numbers[2])
    assert (stands["seated"], stands["waiting"]) == ([people[4]], [people[5]])
    with pytest.raises(DomainError, match="event_cancelled"):
        database.write(seats.register, callers.person(people[5], now), event_id=numbers[1])
    database.write(seats.cancel, callers.person(people[0], now), event_id=numbers[0])
    assert database.read(standing, event_id=numbers[0])["offered"] == [people[1]], "its queue moved along"


def test_a_code_of_one_event_of_a_series_opens_no_other(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    one, other = (database.write(make_event, now=now, capacity=5, days=0.01) for _ in range(2))
    person = database.write(make_people, count=1, now=now)[0]
    shown = database.read(door, event_id=one, now=now)
    forged = shown.token.replace(f"{one}", f"{other}", 1)
    with pytest.raises(DomainError, match="check_in_stale"):
        database.write(services.check_in, callers.person(person, now), token=forged)
    digits = {"event_id": other, "digits": shown.digits}
    assert database.write(services.check_in_by_digits, callers.person(person, now), **digits) is None
    assert database.write(services.check_in, callers.person(person, now), token=shown.token).card.line.id == one


def test_of_two_records_of_one_person_the_second_seat_goes_to_whoever_waits(
    database: Database, clock: FrozenClock
) -> None:
    here = rooms(database, clock, 1, 1)
    for place, online in ((0, False), (1, True), (2, True)):
        here.take(place, online=online)
    database.write(merging.merge, callers.clock(here.now), kept_id=here.people[0], gone_id=here.people[1])
    database.write(sweeps.offer_free, callers.clock(here.now), rules=RULES)
    assert here.stands(0) == (RegistrationStatus.SEATED, False)
    assert here.stands(2) == (RegistrationStatus.OFFERED, True)
    here.check()


def test_there_is_no_certificate_of_what_was_called_off_while_it_went_on(
    database: Database, clock: FrozenClock
) -> None:
    now = clock.now()
    event_id = database.write(make_event, now=now, capacity=5, days=0.01)
    person = database.write(make_people, count=1, now=now)[0]
    token = database.read(door, event_id=event_id, now=now).token
    database.write(services.check_in, callers.person(person, now), token=token)
    later = now + timedelta(hours=1)
    database.write(staff_services.call_off, callers.staff(REGION, later), event_id=event_id, reason="Отключили свет")
    with pytest.raises(DomainError, match="certificate_not_there"):
        database.write(services.certificate, callers.person(person, now + timedelta(days=1)), event_id=event_id)


def test_the_parts_of_an_event_move_along_and_one_that_would_be_outside_stops_the_move(
    database: Database, clock: FrozenClock
) -> None:
    """An event moved by a week left its lecture and its workshop on the old day."""
    now = clock.now()
    staff, event_id = callers.staff(REGION, now), database.write(make_event, now=now, capacity=5)
    plan = database.read(plan_of, event_id=event_id)()
    half = timedelta(hours=1)
    for title, begins in (("Лекция", plan.starts_at), ("Мастерская", plan.starts_at + half)):
        part = SessionPlan(title, begins, begins + half)
        database.write(presence.add_session, staff, event_id=event_id, plan=part)

    def days() -> list[datetime]:
        return database.read(lambda session: list(session.scalars(select(EventSession.starts_at).order_by("id"))))

    week = timedelta(days=7)
    moved = replace(plan, starts_at=plan.starts_at + week, ends_at=plan.ends_at + week)
    database.write(presence.change_event, staff, event_id=event_id, plan=moved, revision=0)
    assert days() == [moved.starts_at, moved.starts_at + half]
    shorter = replace(moved, ends_at=moved.starts_at + half)
    with pytest.raises(DomainError, match="session_times"):
        database.write(presence.change_event, staff, event_id=event_id, plan=shorter, revision=1)
    assert days() == [moved.starts_at, moved.starts_at + half]
    assert database.read(lambda session: session.get_one(Event, event_id).ends_at) == moved.ends_at


def contest(session: Session, now: datetime) -> tuple[int, dict[str, int]]:
    """A contest of yesterday, and the results that somebody may come to."""
    form = session.scalars(select(Term.id).where(Term.kind == TermKind.EVENT_FORMAT, Term.code == "contest")).one()
    event_id = make_event(session, now=now, days=-1, format_id=form)
    known = select(Term.code, Term.id).where(Term.kind == TermKind.CONTEST_RESULT)
    return event_id, dict(session.execute(known).all())


def came(session: Session, event_id: int, people: list[int], now: datetime) -> list[int]:
    """Those who were there."""
    rows = [
        Registration(
            event_id=event_id,
            person_id=person,
            status=RegistrationStatus.SEATED,
            sequence=place,
            registered_at=now,
            attended_at=now,
        )
        for place, person in enumerate(people)
    ]
    session.add_all(rows)
    session.flush()
    return [one.id for one in rows]


def test_a_result_of_a_contest_makes_a_diploma_and_whoever_took_part_has_a_certificate(
    database: Database, clock: FrozenClock
) -> None:
    now = clock.now()
    staff, (event_id, known) = callers.staff(REGION, now), database.write(contest, now)
    people = database.write(make_people, count=2, now=now)
    first, _ = database.write(came, event_id, people, now)
    spelt = {"event_id": event_id, "registration_id": first, "dative": ""}
    database.write(hosts.spell, staff, **spelt, mark=ResultMark(first, None, known["winner"]))
    papers = [database.write(services.certificate, callers.person(person, now), event_id=event_id) for person in people]
    assert [one.result for one in papers] == ["победитель", None]
    with pytest.raises(NotFoundError):
        database.write(hosts.spell, staff, **spelt, mark=ResultMark(first, known["winner"], 10**6))
    database.write(hosts.spell, staff, **spelt, mark=ResultMark(first, known["winner"], None))
    again = database.write(services.certificate, callers.person(people[0], now), event_id=event_id)
    assert (again.number, again.result) == (papers[0].number, None), "a wrong one is taken back"


def test_what_is_no_contest_has_no_results(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    staff, (_, known) = callers.staff(REGION, now), database.write(contest, now)
    event_id = database.write(make_event, now=now, days=-1)
    registration = database.write(came, event_id, database.write(make_people, count=1, now=now), now)[0]
    assert database.read(hosts.results, staff, event_id=event_id) == []
    mark = ResultMark(registration, None, known["winner"])
    with pytest.raises(NotFoundError):
        database.write(hosts.spell, staff, event_id=event_id, registration_id=registration, dative="", mark=mark)


def test_of_two_records_of_one_person_the_place_with_the_result_is_kept(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    event_id, known = database.write(contest, now)
    people = database.write(make_people, count=2, now=now)
    numbers = database.write(came, event_id, people, now)
    database.write(
        hosts.spell,
        callers.staff(REGION, now),
        event_id=event_id,
        registration_id=numbers[1],
        dative="",
        mark=ResultMark(numbers[1], None, known["prize"]),
    )
    database.write(merging.merge, callers.clock(now), kept_id=people[0], gone_id=people[1])
    card = database.read(queries.card, callers.person(people[0], now), event_id=event_id)
    assert card.mine is not None
    paper = database.write(services.certificate, callers.person(people[0], now), event_id=event_id)
    assert paper.result == "призёр"
