"""A group of a programme: seats as strict as an event's, attendance by lessons, hours that the lessons add up to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.events.notices import reminder_day
from db import merging
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Term, TermKind
from db.errors import ConflictError, DomainError
from db.events import certificate, seats, services, staff_services, sweeps
from db.events.models import Event, Registration
from db.events.notices import refresh
from db.events.queries import serving
from db.growth.queries import own
from db.notices.models import Notice, NoticeStatus
from db.notices.rules import is_quiet
from db.papers import PaperKind
from db.people.models import Person
from db.presence import staff_services as presence
from db.presence.parts import SessionPlan
from db.presence.sweeps import remind_of_lessons
from db.programmes import queries, staff_queries
from db.programmes import staff_services as programmes
from db.programmes.models import Programme, ProgrammeModule
from db.programmes.staff_services import LessonDraft, ModuleLine, ProgrammeDraft
from db.routes import services as routes
from db.routes.models import ItemStatus, RouteItem
from db.routes.sweeps import note_attendance
from locales import translator
from tests.events.support import REGION, RULES, door, kinds, make_people, standing
from tests.programmes.support import lessons, make_programme, make_run
from tests.support import callers


def test_two_who_want_the_last_place_at_once_get_one_and_the_other_is_first_in_the_queue(
    database: Database, clock: FrozenClock
) -> None:
    now = clock.now()
    event_id = database.write(make_run, now=now, capacity=8)
    people = database.write(make_people, count=9, now=now)
    for person_id in people[:7]:
        database.write(seats.register, callers.person(person_id, now), event_id=event_id)

    def enrol(person_id: int) -> None:
        database.write(seats.register, callers.person(person_id, now), event_id=event_id)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(enrol, people[7:] * 2))
    found = database.read(standing, event_id=event_id)
    assert len(found["seated"]) == 8
    (ninth,) = found["waiting"]
    assert ninth in people[7:]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_group_is_reminded_of_a_day_before_and_never_of_an_hour_that_is_no_lessons(
    database: Database, clock: FrozenClock
) -> None:
    now = clock.now()
    event_id = database.write(make_run, now=now, days=3)
    (person_id,) = database.write(make_people, count=1, now=now)
    database.write(seats.register, callers.person(person_id, now), event_id=event_id)
    for hours in range(24, 72):
        database.write(sweeps.sweep, callers.clock(now + timedelta(hours=hours)), rules=RULES)
    assert [one[0] for one in database.read(kinds) if "reminder" in one[0]] == ["events.reminder_day"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_lesson_is_reminded_of_once_by_its_own_hour_and_no_edit_turns_it_into_the_groups(
    database: Database, clock: FrozenClock
) -> None:
    """A day and two hours before, in waking hours; of the first day the group's own reminder speaks already."""
    now = clock.now()
    event_id = database.write(make_run, now=now, days=3)
    here, gone = database.write(make_people, count=2, now=now)
    for person_id in (here, gone):
        database.write(seats.register, callers.person(person_id, now), event_id=event_id)
    second = database.read(lessons, event_id=event_id)[1]

    def told() -> list[Notice]:
        of = select(Notice).where(Notice.kind.in_(("events.lesson_day", "events.lesson_hours")))
        return database.read(lambda session: list(session.scalars(of.order_by(Notice.id))))

    for hours in range(24, 24 * 13):
        moment = now + timedelta(hours=hours)
        if hours == 24 * 5:
            database.write(seats.cancel, callers.person(gone, moment), event_id=event_id)
        database.write(remind_of_lessons, callers.clock(moment), rules=RULES)
    kinds_of = {person: [one.kind for one in told() if one.person_id == person] for person in (here, gone)}
    assert kinds_of[here] == ["events.lesson_hours", "events.lesson_day", "events.lesson_hours"]
    assert kinds_of[gone] == ["events.lesson_hours"], "who left is told of no lesson"
    day = next(one for one in told() if one.kind == "events.lesson_day")
    assert day.params["starts_at"] == second.starts_at.isoformat() and day.params["place"] == "Кабинет 5"
    assert second.title in day.params["title"] and not is_quiet(day.due_at, rules=RULES, zone=callers.ZONE)
    screen = reminder_day(translator("ru"), day.params, callers.ZONE)
    assert [button.text for row in screen.rows for button in row] == ["Подробнее"], "a lesson missed is no place lost"

    def edited(session: Session) -> None:
        refresh(session, event=session.get_one(Event, event_id), moved=True)

    database.write(lambda s: s.execute(update(Notice).values(status=NoticeStatus.PENDING)))
    database.write(edited)
    kept = next(one for one in told() if one.kind == "events.lesson_day")
    assert (kept.status, kept.params["title"]) == (NoticeStatus.PENDING, day.params["title"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_sat_in_every_lesson_was_there_and_the_paper_has_the_hours_of_the_lessons(
    database: Database, clock: FrozenClock
) -> None:
    now = clock.now()
    event_id = database.write(make_run, now=now)
    one, two = database.write(make_people, count=2, now=now)
    for person_id in (one, two):
        database.write(seats.register, callers.person(person_id, now), event_id=event_id)
    first, second = database.read(lessons, event_id=event_id)
    places = database.read(
        lambda session: {
            row.person_id: row.id
            for row in session.scalars(select(Registration).where(Registration.event_id == event_id))
        }
    )

    def sit(part: int, *who: int, at: datetime | None = None) -> None:
        moment = at or now + timedelta(days=30)
        database.write(
            presence.sit_in,
            callers.staff(REGION, moment),
            event_id=event_id,
            session_id=part,
            registration_ids=[places[one] for one in who],
        )

    def came(person_id: int) -> bool:
        return database.read(lambda s: s.get_one(Registration, places[person_id]).attended_at) is not None

    with pytest.raises(DomainError, match="session_ahead"):
        sit(first.id, one, at=now)
    sit(first.id, one, two)
    assert not came(one), "half of the lessons is not the programme"
    sit(second.id, one)
    assert (came(one), came(two)) == (True, False)
    sit(second.id)
    assert not came(one), "a mark taken back takes the attendance back"
    sit(second.id, one)
    after = now + timedelta(days=300)
    with pytest.raises(DomainError, match="certificate_early"):
        database.write(services.certificate, callers.person(one, now + timedelta(days=40)), event_id=event_id)
    with pytest.raises(DomainError, match="certificate_not_there"):
        database.write(services.certificate, callers.person(two, after), event_id=event_id)
    paper = database.write(services.certificate, callers.person(one, after), event_id=event_id)
    verified = database.read(certificate.verify, number=paper.number)
    assert verified is not None
    assert verified.hours == 8, "the hours of its two lessons"
    with pytest.raises(DomainError, match="certificate_issued"):
        sit(second.id, at=after)
    with pytest.raises(DomainError, match="session_attended"):
        database.write(programmes.drop_lesson, callers.staff(REGION, after), event_id=event_id, session_id=second.id)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_leaves_midway_keeps_what_was_attended_and_gets_no_paper(database: Database, clock: FrozenClock) -> None:
    """The first had sat in all lessons planned so far, which once looked like the end of the programme."""
    now = clock.now()
    event_id = database.write(make_run, now=now)
    one, two = database.write(make_people, count=2, now=now)
    for person_id in (one, two):
        database.write(seats.register, callers.person(person_id, now), event_id=event_id)
    places = database.read(lambda s: {row.person_id: row.id for row in s.scalars(select(Registration))})
    moment = now + timedelta(days=30)
    staff = callers.staff(REGION, moment)

    def sit(part: int, *who: int) -> None:
        ids = [places[number] for number in who]
        database.write(presence.sit_in, staff, event_id=event_id, session_id=part, registration_ids=ids)

    for part in database.read(lessons, event_id=event_id):
        sit(part.id, one, two)
    database.write(seats.cancel, callers.person(one, moment), event_id=event_id)
    for part in database.read(lessons, event_id=event_id):
        sit(part.id, two)
    told = database.read(queries.lessons, callers.person(one, moment), event_id=event_id).lessons
    assert [lesson.sat for lesson in told] == [True, True] and {lesson.place for lesson in told} == {None}
    row = database.read(staff_queries.run, staff, event_id=event_id).row
    assert (row.left, row.attended) == (1, 1)
    after = now + timedelta(days=300)
    with pytest.raises(DomainError):
        database.write(services.certificate, callers.person(one, after), event_id=event_id)
    assert database.write(services.certificate, callers.person(two, after), event_id=event_id).number
    place = places[two]
    with pytest.raises(DomainError, match="event_attended"):
        database.write(
            staff_services.remove_person, callers.staff(REGION, after), registration_id=place, reason="Ошибка"
        )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_neither_the_code_of_the_hall_nor_a_methodists_tick_makes_up_for_the_lessons(
    database: Database, clock: FrozenClock
) -> None:
    now = clock.now()
    event_id = database.write(make_run, now=now)
    (person_id,) = database.write(make_people, count=1, now=now)
    database.write(seats.register, callers.person(person_id, now), event_id=event_id)
    at_door = now + timedelta(days=3)
    code = database.read(door, event_id=event_id, now=at_door)
    with pytest.raises(DomainError, match="event_by_parts"):
        database.write(services.check_in, callers.person(person_id, at_door), token=code.token)
    place = database.read(lambda s: s.scalars(select(Registration.id)).one())
    with pytest.raises(DomainError, match="event_by_parts"):
        database.write(staff_services.mark, callers.staff(REGION, at_door), registration_id=place, present=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_lessons_keep_to_their_modules_hours_and_modules_with_lessons_stay(
    database: Database, clock: FrozenClock
) -> None:
    now = clock.now()
    event_id = database.write(make_run, now=now)
    staff = callers.staff(REGION, now)
    module = database.read(lambda s: s.scalars(select(ProgrammeModule).order_by(ProgrammeModule.position)).first())
    assert module is not None
    begins = now + timedelta(days=20)
    more = LessonDraft(module_id=module.id, starts_at=begins, ends_at=begins + timedelta(hours=1), hours=1)
    with pytest.raises(DomainError, match="lesson_hours"):
        database.write(programmes.add_lesson, staff, event_id=event_id, draft=more)
    with pytest.raises(ConflictError, match="module_used"):
        database.write(
            programmes.save_modules, staff, programme_id=module.programme_id, modules=[ModuleLine(module.id, "", None)]
        )
    plan = SessionPlan("Ещё одно", begins, begins + timedelta(hours=1))
    with pytest.raises(DomainError, match="session_by_programme"):
        database.write(presence.add_session, staff, event_id=event_id, plan=plan)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_programmes_hours_are_its_modules_together(database: Database, clock: FrozenClock) -> None:
    programme_id = database.write(make_programme, now=clock.now())

    def hours(session: Session) -> tuple[int, int]:
        row = session.get_one(Programme, programme_id)
        return row.hours, sum(one.hours for one in row.modules)

    assert database.read(hours) == (8, 8)
    event_id = database.write(make_run, now=clock.now())
    assert database.read(lambda s: s.get_one(Event, event_id).hours) == 8
    first, _ = database.read(lessons, event_id=event_id)
    database.write(programmes.drop_lesson, callers.staff(REGION, clock.now()), event_id=event_id, session_id=first.id)
    assert database.read(lambda s: s.get_one(Event, event_id).hours) == 4, "a paper never tells of hours not held"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_programme_for_kindergartens_and_its_groups_are_not_offered_to_a_school_teacher(
    database: Database, clock: FrozenClock
) -> None:
    now = clock.now()
    programme_id = database.write(make_programme, now=now)
    row = database.read(staff_queries.programme, programme_id=programme_id)
    draft = ProgrammeDraft(
        code=row.code,
        title=row.title,
        about="",
        months_from=12,
        months_to=18,
        active=True,
        positions=frozenset({"educator"}),
    )
    database.write(programmes.save_programme, callers.staff(REGION, now), programme_id=programme_id, draft=draft)
    event_id = database.write(make_run, now=now)
    people = database.write(make_people, count=2, now=now)
    for person_id, position in zip(people, ("educator", "teacher"), strict=True):
        held = select(Term.id).where(Term.kind == TermKind.POSITION, Term.code == position).scalar_subquery()
        moved = update(Person).where(Person.id == person_id).values(position_id=held)
        database.write(lambda session, moved=moved: session.execute(moved))
    asked = {"components": ["methodical"], "municipality_id": None}
    for person_id, titles, events in ((people[0], [row.title], [event_id]), (people[1], [], [])):
        caller = callers.person(person_id, now)
        assert [one.title for one in database.read(queries.programmes, caller)] == titles
        assert [one.id for one in database.read(serving, caller, **asked)] == events


def test_a_personal_way_has_one_seat(database: Database, clock: FrozenClock) -> None:
    event_id = database.write(make_run, now=clock.now(), capacity=8, personal=True)
    assert database.read(lambda s: s.get_one(Event, event_id).capacity) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_paper_tells_of_an_internship_whose_next_lessons_are_not_planned_yet(
    database: Database, clock: FrozenClock
) -> None:
    """Whoever sat in the lessons of the first month had «стажировка» of a day to come, and was asked how it was."""
    now = clock.now()
    event_id = database.write(make_run, now=now)
    (person_id,) = database.write(make_people, count=1, now=now)
    database.write(seats.register, callers.person(person_id, now), event_id=event_id)
    place = database.read(lambda s: s.scalars(select(Registration.id)).one())
    line = database.write(routes.take_event, callers.person(person_id, now), event_id=event_id)
    month = now + timedelta(days=30)
    for part in database.read(lessons, event_id=event_id):
        staff = callers.staff(REGION, month)
        asked = {"event_id": event_id, "session_id": part.id, "registration_ids": [place]}
        database.write(presence.sit_in, staff, **asked)

    def told(at: datetime) -> list[PaperKind]:
        return [one.kind for one in database.read(own, callers.person(person_id, at)).lines]

    def asked_of(at: datetime) -> ItemStatus:
        database.write(note_attendance, callers.clock(at), rules=RULES)
        return database.read(lambda s: s.get_one(RouteItem, line.id).status)

    after = now + timedelta(days=204)
    assert (told(month), asked_of(month)) == ([], ItemStatus.OPEN)
    assert (told(after), asked_of(after)) == ([PaperKind.INTERNSHIP], ItemStatus.AWAITING)


@pytest.mark.parametrize("kept", [0, 1])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_lessons_that_one_person_sat_in_under_two_records_are_the_whole_programme(
    database: Database, clock: FrozenClock, kept: int
) -> None:
    """A record of a list sat in the first lesson, the same teacher in the bot in the second: neither had been there."""
    now = clock.now()
    event_id = database.write(make_run, now=now)
    people = database.write(make_people, count=2, now=now)
    for person_id in people:
        database.write(seats.register, callers.person(person_id, now), event_id=event_id)
    own = {row.person_id: row.id for row in database.read(lambda s: s.scalars(select(Registration)).all())}
    month = now + timedelta(days=30)
    for person_id, part in zip(people, database.read(lessons, event_id=event_id), strict=True):
        asked = {"event_id": event_id, "session_id": part.id, "registration_ids": [own[person_id]]}
        database.write(presence.sit_in, callers.staff(REGION, month), **asked)
    database.write(merging.merge, callers.clock(month), kept_id=people[kept], gone_id=people[1 - kept])
    places = database.read(lambda s: s.scalars(select(Registration)).all())
    came = [one.person_id for one in places if one.attended_at is not None]
    assert came == [people[kept]]
    assert database.read(lambda s: s.get_one(Event, event_id).seated) == 1, "the second seat is free for others"
