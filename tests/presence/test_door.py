"""Helpers at the door: a link for a day, marks that come once however often they are brought, guests by name alone."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import bindparam, insert, select

from db.audit.models import AuditEntry, AuditSubject
from db.caller import StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError, ForbiddenError, NotFoundError
from db.events import seats
from db.events.models import Registration
from db.presence import services, staff_queries, staff_services
from db.presence.models import DoorHelper, PaperGuest, SessionMark
from db.presence.parts import SessionPlan
from db.presence.rules import LATE_LINE, MOST_GUESTS, NAME_KEPT, DoorMark
from db.scope import Scope, StaffRole
from tests.events.support import REGION, check_seats, make_event, make_people, standing
from tests.support import callers
from tests.support.panel import add_staff


@dataclass
class Hall:
    """An event that begins now, people on its list and a helper at its door."""

    database: Database
    event_id: int
    people: list[int]
    token: str
    now: datetime

    @property
    def methodist(self) -> StaffCaller:
        return callers.staff(REGION, self.now)

    def mark(self, *marks: DoorMark, now: datetime | None = None) -> services.Brought:
        return self.database.write(services.bring, callers.clock(now or self.now), token=self.token, marks=marks)

    def number(self, person_id: int) -> int:
        query = select(Registration.id).where(
            Registration.event_id == self.event_id, Registration.person_id == person_id
        )
        return self.database.read(lambda session: session.scalars(query).one())

    def guests(self) -> list[str | None]:
        query = select(PaperGuest.name).order_by(PaperGuest.id)
        return self.database.read(lambda session: list(session.scalars(query)))

    def came(self) -> set[int]:
        query = select(Registration.person_id).where(Registration.attended_at.is_not(None))
        return self.database.read(lambda session: set(session.scalars(query)))


@pytest.fixture
def hall(database: Database, clock: FrozenClock) -> Hall:
    now = clock.now()
    database.write(add_staff, login="chief", role=StaffRole.ADMINISTRATOR, now=now)
    event_id = database.write(make_event, now=now, capacity=3, starts_at=now)
    people = database.write(make_people, count=4, now=now)
    for one in people[:3]:
        database.write(seats.register, callers.person(one, now - timedelta(hours=2)), event_id=event_id)
    token = database.write(
        staff_services.give_link, callers.staff(REGION, now), event_id=event_id, label="Стол у входа"
    )
    return Hall(database, event_id, people, token, now)


def listed(number: int, key: str = "key-of-a-phone", **fields: object) -> DoorMark:
    return DoorMark(key, number, "", fields.get("at", callers.SOME_DAY))  # type: ignore[arg-type]


def named(name: str, key: str, at: datetime) -> DoorMark:
    return DoorMark(key, None, name, at)


def codes(brought: services.Brought) -> dict[str, str]:
    return {key: refusal.code for key, refusal in brought.refused.items()}


def test_a_mark_is_one_however_often_it_comes(hall: Hall) -> None:
    number = hall.number(hall.people[0])
    at = hall.now + timedelta(minutes=3)
    later = hall.now + timedelta(minutes=30)
    for _ in range(2):
        brought = hall.mark(listed(number, at=at), now=later)
        assert brought.taken == ["key-of-a-phone"] and not brought.refused
    hall.mark(listed(number, "another-phone", at=at - timedelta(minutes=1)), now=later)
    assert hall.came() == {hall.people[0]}
    moment = hall.database.read(lambda session: session.get_one(Registration, number).attended_at)
    assert moment == at - timedelta(minutes=1), "the first look at the person counts"
    for wrong in (timedelta(days=-9), timedelta(days=9)):  # a phone whose clock is wrong
        second = hall.number(hall.people[1])
        hall.mark(listed(second, at=hall.now + wrong))
        moment = hall.database.read(lambda session, number=second: session.get_one(Registration, number).attended_at)
        assert moment is not None and hall.now - timedelta(hours=1) <= moment <= hall.now


def test_walk_ins_are_guests_on_paper_and_nobody_is_there_twice(hall: Hall) -> None:
    at = hall.now
    hall.mark(named("  Новикова   Нина Петровна", "phone-1-1", at), named("Ким Ли", "phone-1-2", at))
    hall.mark(named("новикова нина петровна", "phone-2-1", at), named("Ким Ли", "phone-1-2", at))
    assert hall.guests() == ["Новикова Нина Петровна", "Ким Ли"]
    brought = hall.mark(named("педагог 1", "phone-1-3", at), named("   ", "phone-1-4", at))
    assert hall.came() == {hall.people[1]}, "who is on the list is marked there"
    assert codes(brought) == {"phone-1-4": "door_name"} and brought.door.here == 3
    hall.database.read(check_seats, event_id=hall.event_id, now=hall.now)


def test_one_that_is_refused_holds_up_no_other(hall: Hall) -> None:
    hall.database.write(
        seats.register, callers.person(hall.people[3], hall.now - timedelta(hours=1)), event_id=hall.event_id
    )
    waiting, sits = hall.number(hall.people[3]), hall.number(hall.people[0])
    brought = hall.mark(listed(waiting, "first-key"), listed(sits, "second-key"), listed(10**6, "third-key"))
    assert codes(brought) == {"first-key": "check_in_full", "third-key": "not_found"}
    assert brought.taken == ["second-key"] and hall.came() == {hall.people[0]}
    assert hall.database.read(standing, event_id=hall.event_id)["waiting"] == [hall.people[3]]
    for person in (hall.people[3], hall.people[1]):
        hall.database.write(
            seats.cancel, callers.person(person, hall.now - timedelta(minutes=1)), event_id=hall.event_id
        )
    number = hall.number(hall.people[1])
    assert codes(hall.mark(listed(number, "fourth-key"))) == {"fourth-key": "door_left"}
    assert hall.came() == {hall.people[0]}, "a phone enters nobody who has left: numbers are easily tried"
    hall.mark(named("Педагог 1", "fifth-key", hall.now))
    assert hall.guests() == ["Педагог 1"], "who changed their mind and came is a guest on paper"
    hall.database.read(check_seats, event_id=hall.event_id, now=hall.now)


def test_the_link_is_for_one_event_one_day_and_may_be_withdrawn(hall: Hall) -> None:
    other = hall.database.write(make_event, now=hall.now, starts_at=hall.now)
    hall.database.write(seats.register, callers.person(hall.people[3], hall.now - timedelta(hours=2)), event_id=other)
    foreign = select(Registration.id).where(Registration.event_id == other)
    number = hall.database.read(lambda session: session.scalars(foreign).one())
    assert codes(hall.mark(listed(number))) == {"key-of-a-phone": "not_found"}
    early = hall.now - timedelta(hours=1, minutes=1)
    with pytest.raises(DomainError, match="check_in_early"):
        hall.mark(listed(hall.number(hall.people[0])), now=early)
    closes = hall.now + timedelta(hours=4)
    late = hall.mark(listed(hall.number(hall.people[0])), now=closes + timedelta(hours=3))
    assert late.taken and not late.door.listed, "marks without a line are taken later, names are shown no more"
    with pytest.raises(NotFoundError):
        hall.mark(now=closes + LATE_LINE + timedelta(minutes=1))
    helper = hall.database.read(lambda session: session.scalars(select(DoorHelper.id)).one())
    for _ in range(2):
        hall.database.write(staff_services.withdraw_link, hall.methodist, event_id=hall.event_id, helper_id=helper)
    for use_case, more in ((services.look, {}), (services.bring, {"marks": []})):
        with pytest.raises(NotFoundError):
            hall.database.write(use_case, callers.clock(hall.now), token=hall.token, **more)
    with pytest.raises(NotFoundError):
        hall.database.write(services.look, callers.clock(hall.now), token="")


def test_phones_that_bring_at_once_bring_each_person_once(hall: Hall) -> None:
    numbers = [hall.number(person) for person in hall.people[:3]]

    def phone(place: int) -> list[str]:
        marks = [listed(number, f"phone-{place}-{number}") for number in numbers]
        marks += [named("Новикова Нина Петровна", f"phone-{place}-guest", hall.now)]
        return hall.mark(*marks).taken

    with ThreadPoolExecutor(6) as phones:
        taken = list(phones.map(phone, range(6)))
    assert [len(one) for one in taken] == [4] * 6
    assert hall.came() == set(hall.people[:3]) and hall.guests() == ["Новикова Нина Петровна"]
    hall.database.read(check_seats, event_id=hall.event_id, now=hall.now)


def test_that_names_were_seen_by_a_link_is_in_the_journal(hall: Hall) -> None:
    hall.database.write(services.look, callers.clock(hall.now), token=hall.token)
    hall.mark(listed(hall.number(hall.people[0])))
    own = select(AuditEntry.action).where(AuditEntry.action.startswith("presence.")).order_by(AuditEntry.id)
    actions = hall.database.read(lambda session: session.scalars(own).all())
    assert actions == ["presence.give_link", "presence.look", "presence.bring"]


def test_a_phone_that_asks_without_marks_is_in_the_journal_once_an_hour(hall: Hall) -> None:
    """A list that is asked for with empty marks is a look at it: whoever has the link reads no names in secret."""
    lines = select(AuditEntry.id).where(AuditEntry.action == "presence.look").order_by(AuditEntry.id)

    def shown() -> list[set[int]]:
        people = select(AuditSubject.person_id).where(AuditSubject.entry_id == bindparam("entry"))
        return hall.database.read(
            lambda session: [set(session.scalars(people, {"entry": one})) for one in session.scalars(lines).all()]
        )

    for minutes in (0, 1, 2):
        hall.mark(now=hall.now + timedelta(minutes=minutes))
    assert shown() == [set(hall.people[:3])]
    for person, deed in ((hall.people[0], seats.cancel), (hall.people[3], seats.register)):
        hall.database.write(deed, callers.person(person, hall.now - timedelta(minutes=1)), event_id=hall.event_id)
    hall.mark(now=hall.now + timedelta(minutes=3))
    assert shown()[1:] == [{hall.people[3]}], "somebody new on the list is told of at once"
    hall.mark(now=hall.now + timedelta(minutes=70))
    assert shown()[2:] == [set(hall.people[1:])]
    hall.mark(now=hall.now + timedelta(hours=6))
    assert len(shown()) == 3, "a shut door shows nobody"


def test_a_refusal_with_a_number_in_it_is_said_in_full(hall: Hall) -> None:
    many = [{"event_id": hall.event_id, "key": f"key-{one}", "name": f"Гость {one}"} for one in range(MOST_GUESTS)]
    moments = {"marked_at": hall.now, "received_at": hall.now}
    hall.database.write(lambda session: session.execute(insert(PaperGuest), [{**one, **moments} for one in many]))
    brought = hall.mark(named("Новикова Нина Петровна", "one-too-many", hall.now))
    assert brought.refused["one-too-many"].params == {"most": MOST_GUESTS}


def test_a_guest_on_paper_is_recognised_and_the_name_goes_in_its_time(hall: Hall) -> None:
    database, methodist = hall.database, hall.methodist
    for name in ("Ким Ли", "Гость Без Имени"):
        database.write(staff_services.write_down, methodist, event_id=hall.event_id, name=name)
    first, second = database.read(lambda session: list(session.scalars(select(PaperGuest.id).order_by(PaperGuest.id))))
    database.write(
        staff_services.recognise, methodist, event_id=hall.event_id, guest_id=first, person_id=hall.people[0]
    )
    assert hall.guests() == ["Гость Без Имени"] and hall.came() == {hall.people[0]}
    with pytest.raises(DomainError, match="check_in_full"):  # three seats, and their people are still to come
        database.write(
            staff_services.recognise, methodist, event_id=hall.event_id, guest_id=second, person_id=hall.people[3]
        )
    assert hall.guests() == ["Гость Без Имени"]
    database.write(services.forget_names, callers.clock(hall.now + NAME_KEPT - timedelta(hours=1)))
    assert hall.guests() == ["Гость Без Имени"]
    database.write(services.forget_names, callers.clock(hall.now + NAME_KEPT))
    assert hall.guests() == [None]
    database.read(check_seats, event_id=hall.event_id, now=hall.now)


def test_parts_have_an_attendance_of_their_own(hall: Hall) -> None:
    database, methodist, event_id = hall.database, hall.methodist, hall.event_id
    for person in hall.people[:2]:
        hall.mark(listed(hall.number(person)))
    hours = [hall.now + timedelta(minutes=30 * half) for half in range(5)]
    for title, begins, ends in (("Лекция", 0, 2), ("Мастерская", 2, 4)):
        plan = SessionPlan(title, hours[begins], hours[ends])
        database.write(staff_services.add_session, methodist, event_id=event_id, plan=plan)
    for plan in (SessionPlan("Мимо", hours[2], hours[4] + timedelta(minutes=1)), SessionPlan("", hours[0], hours[1])):
        with pytest.raises(DomainError, match="session_"):
            database.write(staff_services.add_session, methodist, event_id=event_id, plan=plan)
    lecture, workshop = database.read(staff_queries.sessions, event_id=event_id)
    numbers = [hall.number(person) for person in hall.people[:3]]  # the third one did not come
    database.write(staff_services.sit_in, methodist, event_id=event_id, session_id=lecture.id, registration_ids=numbers)
    database.write(
        staff_services.sit_in, methodist, event_id=event_id, session_id=workshop.id, registration_ids=numbers[:1]
    )
    assert [one.came for one in database.read(staff_queries.sessions, event_id=event_id)] == [2, 1]
    database.write(
        staff_services.sit_in, methodist, event_id=event_id, session_id=lecture.id, registration_ids=numbers[1:2]
    )
    marks = database.read(lambda session: session.scalars(select(SessionMark.registration_id)).all())
    assert sorted(marks) == sorted([numbers[1], numbers[0]])
    with pytest.raises(DomainError, match="session_attended"):
        database.write(staff_services.drop_session, methodist, event_id=event_id, session_id=lecture.id)


def test_a_door_out_of_reach_is_not_there(hall: Hall) -> None:
    stranger = callers.staff(Scope(9, StaffRole.MUNICIPAL_METHODIST, municipality_ids=frozenset({10**6})), hall.now)
    with pytest.raises((NotFoundError, ForbiddenError)):
        hall.database.write(staff_services.give_link, stranger, event_id=hall.event_id, label="Чужой")
    with pytest.raises(NotFoundError):
        hall.database.read(staff_queries.door, stranger, event_id=hall.event_id)
