"""Seats under a rush: never more people than chairs, whichever database and however many doors."""

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import AsyncDatabase, Database
from db.errors import DomainError, NotFoundError
from db.events import seats, staff_services, sweeps
from db.events.models import Cause, Event, EventStatus, Registration, RegistrationStatus
from tests.events.support import REGION, check_seats, heard, kinds, make_event, make_people, standing
from tests.support import callers

SEATS = 50
PEOPLE = 80


def test_fifty_seats_from_threads(database: Database, clock: FrozenClock) -> None:
    """Eighty people, each tapping twice, from eight threads as of eight processes: fifty sit, thirty wait in order."""
    now = clock.now()
    event_id = database.write(make_event, now=now, capacity=SEATS)
    people = database.write(make_people, count=PEOPLE, now=now)
    taps = people * 2
    random.Random(7).shuffle(taps)

    def tap(person_id: int) -> bool:
        return database.write(seats.register, callers.person(person_id, now), event_id=event_id).changed

    with ThreadPoolExecutor(8) as pool:
        changed = list(pool.map(tap, taps))
    assert sum(changed) == PEOPLE
    _fifty_sit(database, event_id, clock)


async def test_fifty_seats_from_one_loop(database_url: str, database: Database, clock: FrozenClock) -> None:
    """The same through the bot's door, all at once."""
    now = clock.now()
    event_id = database.write(make_event, now=now, capacity=SEATS)
    people = database.write(make_people, count=PEOPLE, now=now)
    door = AsyncDatabase(database_url)
    try:
        outcomes = await asyncio.gather(
            *(door.write(seats.register, callers.person(one, now), event_id=event_id) for one in people * 2)
        )
    finally:
        await door.close()
    assert sum(outcome.changed for outcome in outcomes) == PEOPLE
    _fifty_sit(database, event_id, clock)


def test_control_without_the_lock_oversells(database: Database, clock: FrozenClock) -> None:
    """The test above means something: a service that looks first and writes then seats everybody who looked in time.

    The variant is what one writes without thinking; the barrier only makes its luck run out every time.
    """
    now, people_count = clock.now(), 8
    event_id = database.write(make_event, now=now, capacity=1)
    people = database.write(make_people, count=people_count, now=now)
    everybody_has_looked = threading.Barrier(people_count)

    def look(session: Session) -> int:
        return session.get_one(Event, event_id).seated

    def sit_down(session: Session, person_id: int, seated: int) -> None:
        session.get_one(Event, event_id).seated = seated + 1
        session.add(
            Registration(
                event_id=event_id,
                person_id=person_id,
                status=RegistrationStatus.SEATED,
                sequence=person_id,
                registered_at=now,
            )
        )

    def tap(person_id: int) -> None:
        seated = database.read(look)
        everybody_has_looked.wait()
        if seated < 1:
            database.write(sit_down, person_id, seated)

    with ThreadPoolExecutor(people_count) as pool:
        list(pool.map(tap, people))
    with pytest.raises(AssertionError):
        database.read(check_seats, event_id=event_id, now=now)
    assert len(database.read(standing, event_id=event_id)["seated"]) == people_count


def _fifty_sit(database: Database, event_id: int, clock: FrozenClock) -> None:
    found = database.read(standing, event_id=event_id)
    assert (len(found["seated"]), len(found["waiting"])) == (SEATS, PEOPLE - SEATS)
    database.read(check_seats, event_id=event_id, now=clock.now())
    last_seated, first_waiting = database.read(_border, event_id=event_id)
    assert last_seated < first_waiting


def _border(session: Session, *, event_id: int) -> tuple[int, int]:
    def edge(status: RegistrationStatus, which: Callable[..., object]) -> int:
        found = session.scalar(
            select(which(Registration.sequence)).where(Registration.event_id == event_id, Registration.status == status)
        )
        assert isinstance(found, int)
        return found

    return edge(RegistrationStatus.SEATED, func.max), edge(RegistrationStatus.WAITING, func.min)


def test_two_cancel_at_once_and_two_are_called(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    event_id = database.write(make_event, now=now, capacity=2)
    people = database.write(make_people, count=5, now=now)
    for one in people:
        database.write(seats.register, callers.person(one, now), event_id=event_id)

    def leave(person_id: int) -> bool:
        return database.write(seats.cancel, callers.person(person_id, now), event_id=event_id).changed

    with ThreadPoolExecutor(4) as pool:
        changed = list(pool.map(leave, [people[0], people[1], people[0], people[1]]))
    assert sorted(changed) == [False, False, True, True]
    found = database.read(standing, event_id=event_id)
    assert found["offered"] == people[2:4] and found["waiting"] == people[4:]
    assert [one[1] for one in database.read(kinds, kind="events.offer")] == people[2:4]


@pytest.mark.parametrize("round_", range(5))
def test_accept_races_with_the_sweep_that_takes_the_offer_away(
    database: Database, clock: FrozenClock, round_: int
) -> None:
    """Whoever is quicker wins, and the seat is exactly one person's."""
    now = clock.now()
    event_id = database.write(make_event, now=now, capacity=1)
    first, second, third = database.write(make_people, count=3, now=now)
    for one in (first, second, third):
        database.write(seats.register, callers.person(one, now), event_id=event_id)
    database.write(seats.cancel, callers.person(first, now), event_id=event_id)
    database.write(heard, now=now)
    in_time, too_late = now + timedelta(hours=5, minutes=59), now + timedelta(hours=6)

    def accept() -> None:
        try:
            database.write(seats.accept, callers.person(second, in_time), event_id=event_id)
        except DomainError as error:
            assert error.code == "event_offer_gone"

    def sweep() -> None:
        from db.dictionaries.rules import Rules

        database.write(sweeps.expire_offers, callers.clock(too_late), rules=Rules())

    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(work) for work in random.Random(round_).sample([accept, sweep], 2)]:
            job.result()
    found = database.read(standing, event_id=event_id)
    assert (found["seated"], found["offered"]) in (([second], []), ([], [third]))
    database.read(check_seats, event_id=event_id, now=now)


@pytest.fixture
def full(database: Database, clock: FrozenClock) -> Iterator[tuple[int, list[int]]]:
    """An event of one seat with three people: one sits, two wait."""
    event_id = database.write(make_event, now=clock.now(), capacity=1)
    people = database.write(make_people, count=3, now=clock.now())
    for one in people:
        database.write(seats.register, callers.person(one, clock.now()), event_id=event_id)
    yield event_id, people


def test_a_place_in_the_queue_is_shown(database: Database, clock: FrozenClock, full: tuple[int, list[int]]) -> None:
    event_id, people = full
    cards = [database.write(seats.register, callers.person(one, clock.now()), event_id=event_id).card for one in people]
    assert [card.mine.place if card.mine else 0 for card in cards] == [None, 1, 2]
    assert cards[0].where is not None and cards[1].where is None  # the address is for those with a seat
    assert cards[1].waiting == 2


def test_an_accepted_offer_and_the_next_one(
    database: Database, clock: FrozenClock, full: tuple[int, list[int]]
) -> None:
    event_id, people = full
    database.write(seats.cancel, callers.person(people[0], clock.now()), event_id=event_id)
    with pytest.raises(DomainError, match="event_offer_gone"):  # only whoever was called
        database.write(seats.accept, callers.person(people[2], clock.now()), event_id=event_id)
    done = database.write(seats.accept, callers.person(people[1], clock.now()), event_id=event_id)
    again = database.write(seats.accept, callers.person(people[1], clock.now()), event_id=event_id)
    assert (done.changed, again.changed) == (True, False)
    assert done.card.mine is not None and done.card.mine.status is RegistrationStatus.SEATED
    database.write(seats.cancel, callers.person(people[1], clock.now()), event_id=event_id)
    assert database.read(standing, event_id=event_id)["offered"] == [people[2]]


def test_who_comes_back_stands_at_the_end(database: Database, clock: FrozenClock, full: tuple[int, list[int]]) -> None:
    event_id, people = full
    database.write(seats.cancel, callers.person(people[1], clock.now()), event_id=event_id)
    database.write(seats.register, callers.person(people[1], clock.now()), event_id=event_id)
    assert database.read(standing, event_id=event_id)["waiting"] == [people[2], people[1]]


def test_newcomers_wait_while_a_freed_seat_is_not_offered_yet(
    database: Database, clock: FrozenClock, full: tuple[int, list[int]]
) -> None:
    """Erasure frees a seat without offering it on: the sweep does, and nobody slips in between."""
    from db.events import personal, sweeps
    from tests.events.support import RULES

    event_id, people = full
    database.write(personal.stop, callers.clock(clock.now()), person_id=people[0])
    newcomer = database.write(make_people, count=1, now=clock.now(), first=9000)[0]
    database.write(seats.register, callers.person(newcomer, clock.now()), event_id=event_id)
    assert database.read(standing, event_id=event_id)["waiting"] == [people[1], people[2], newcomer]
    database.write(sweeps.sweep, callers.clock(clock.now()), rules=RULES)
    assert database.read(standing, event_id=event_id)["offered"] == [people[1]]


def test_refusals(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    person = database.write(make_people, count=1, now=now, municipality="chelyabinsky-go")[0]
    started = database.write(make_event, now=now, days=-0.01)
    draft = database.write(make_event, now=now, status=EventStatus.DRAFT)
    gone = database.write(make_event, now=now, status=EventStatus.CANCELLED)
    foreign = database.write(make_event, now=now, municipality="miassky-go", open_to_all=False)
    for event_id, code in (
        (started, "event_started"),
        (draft, "event_not_found"),
        (gone, "event_cancelled"),
        (foreign, "event_own_only"),
        (999_999, "event_not_found"),
    ):
        with pytest.raises(DomainError, match=code):
            database.write(seats.register, callers.person(person, now), event_id=event_id)
    assert database.read(standing, event_id=foreign) == {
        key: [] for key in ("seated", "waiting", "offered", "cancelled")
    }
    with pytest.raises(NotFoundError):
        database.write(seats.register, callers.person(person, now), event_id=gone + 1000)


def test_without_a_limit_everybody_sits(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    event_id = database.write(make_event, now=now, capacity=None)
    for one in database.write(make_people, count=5, now=now):
        database.write(seats.register, callers.person(one, now), event_id=event_id)
    assert len(database.read(standing, event_id=event_id)["seated"]) == 5
    database.read(check_seats, event_id=event_id, now=now)


def test_more_seats_call_those_who_wait(database: Database, clock: FrozenClock, full: tuple[int, list[int]]) -> None:
    event_id, people = full
    plan = database.read(plan_of, event_id=event_id)
    methodist, change = callers.staff(REGION, clock.now()), {"event_id": event_id}
    database.write(staff_services.change, methodist, plan=plan(capacity=2), revision=0, **change)
    assert database.read(standing, event_id=event_id)["offered"] == [people[1]]
    with pytest.raises(DomainError, match="event_capacity"):
        database.write(staff_services.change, methodist, plan=plan(capacity=1), revision=1, **change)
    with pytest.raises(DomainError, match="conflict"):  # another methodist changed it meanwhile
        database.write(staff_services.change, methodist, plan=plan(capacity=9), revision=0, **change)


def test_a_person_added_by_hand_takes_the_turn_of_anybody(
    database: Database, clock: FrozenClock, full: tuple[int, list[int]]
) -> None:
    event_id, _ = full
    other = database.write(make_people, count=1, now=clock.now(), first=9000)[0]
    for _ in range(2):
        status = database.write(
            staff_services.add_person, callers.staff(REGION, clock.now()), event_id=event_id, person_id=other
        )
        assert status is RegistrationStatus.WAITING
    assert database.read(kinds, kind="events.registered") == [("events.registered", other, "pending")]
    assert database.read(_cause, event_id=event_id, person_id=other) is Cause.HAND


def _cause(session: Session, *, event_id: int, person_id: int) -> Cause:
    return session.scalars(
        select(Registration.cause).where(Registration.event_id == event_id, Registration.person_id == person_id)
    ).one()


def plan_of(session: Session, *, event_id: int) -> Callable[..., staff_services.EventPlan]:
    """The event's own plan, to be changed in parts."""
    event = session.get_one(Event, event_id)
    fields = {
        name: getattr(event, name)
        for name in (
            "title", "about", "format_id", "municipality_id", "mode", "place", "link", "starts_at", "ends_at",
            "capacity", "audience", "organiser", "open_to_all",
        )
    }  # fmt: skip
    fields["components"] = tuple(item.component for item in event.components)
    return lambda **changes: staff_services.EventPlan(**{**fields, **changes})
