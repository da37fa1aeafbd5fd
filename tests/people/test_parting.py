"""Two records that were made one by mistake are two again, as if nothing had been; or a refusal says why not."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from db import erasure, merging
from db.accounts.models import Staff
from db.accounts.staff_queries import scope_of
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics.models import Attempt, ComponentScore
from db.errors import DomainError, NotFoundError
from db.events.models import Event, Registration, RegistrationStatus
from db.mentoring.models import Pair
from db.notices.models import Notice, NoticeStatus
from db.people import sweeps
from db.people.models import Person, PersonMerge
from db.practices.models import PracticeTrial
from db.presence.models import EventSession, SessionMark
from db.schema import metadata
from db.scope import StaffRole
from tests.diagnostics.walking import complete
from tests.events.support import make_event, make_people
from tests.people.test_merging import FOREIGN, HOME, everything
from tests.support import callers
from tests.support.panel import add_staff
from tests.support.town import add_teacher
from tests.trust.planted import plant

SAID = ("people.merged", "people.parted")
Rows = dict[str, list[str]]


@pytest.fixture
def admin(database: Database, clock: FrozenClock) -> int:
    return database.write(add_staff, login="admin", role=StaffRole.ADMINISTRATOR, now=clock.now())


def whole(session: Session) -> Rows:
    """Every row of every table, but the journal and what was said of the merge itself."""
    return {
        table.name: sorted(str(tuple(row)) for row in session.execute(select(table)) if not _about(table.name, row))
        for table in metadata.sorted_tables
        if table.name not in ("audit_entry", "audit_subject")
    }


def _about(name: str, row: Any) -> bool:
    return name == "notice" and row.kind in SAID


def differences(before: Rows, after: Rows) -> dict[str, tuple[list[str], ...]]:
    return {
        name: (
            [one for one in before[name] if one not in after[name]],
            [one for one in after[name] if one not in before[name]],
        )
        for name in before
        if before[name] != after[name]
    }


def together_and_apart(database: Database, clock: FrozenClock, admin: int, kept: int, gone: int) -> None:
    before = database.read(whole)
    caller = callers.administrator(clock.now(), admin)
    database.write(merging.join, caller, kept_id=kept, gone_id=gone)
    joined = database.read(whole)
    assert differences(before, joined), "a merge changes something"
    merge_id = database.read(lambda session: session.scalars(select(func.max(PersonMerge.id))).one())
    assert database.write(merging.part, caller, merge_id=merge_id) == kept
    assert differences(before, database.read(whole)) == {}


def test_somebody_who_stands_in_every_table_is_parted_without_a_trace(
    database: Database, clock: FrozenClock, admin: int
) -> None:
    now = clock.now()
    own = database.write(add_staff, login="own", role=StaffRole.READER, now=now)
    has = database.write(everything, now=now, first=3001, staff=own)
    kept = database.write(
        add_teacher, external_id=3009, name="Новая Вера", municipality=HOME, now=now + timedelta(minutes=1)
    )
    together_and_apart(database, clock, admin, kept, has.person)
    entry = database.read(
        lambda session: session.scalars(select(AuditEntry).where(AuditEntry.action == "people.part")).one()
    )
    assert (entry.object_id, entry.subject_person_id) == (has.person, kept)
    told = select(Notice.kind, Notice.person_id).where(Notice.kind.in_(SAID), Notice.status == NoticeStatus.PENDING)
    assert sorted(database.read(lambda session: session.execute(told).all())) == sorted(
        ("people.parted", number) for number in (kept, has.person)
    )


def test_two_who_have_everything_twice_are_parted_without_a_trace(
    database: Database, clock: FrozenClock, admin: int
) -> None:
    """Where one of two had to be chosen, ended or dropped, both are there again."""
    now = clock.now()
    own, second = (database.write(add_staff, login=one, role=StaffRole.READER, now=now) for one in ("own", "two"))
    one = database.write(everything, now=now, first=3001, staff=own)
    other = database.write(everything, now=now, first=4001, staff=second, municipality=FOREIGN)
    database.write(lambda session: session.execute(update(Staff).where(Staff.id == own).values(person_id=None)))

    def same(session: Session) -> None:
        for event_id, status in zip(
            one.events, (RegistrationStatus.WAITING, RegistrationStatus.CANCELLED), strict=True
        ):
            place = {"event_id": event_id, "person_id": other.person, "sequence": 9, "registered_at": now}
            session.add(Registration(status=status, **place))
        own = select(PracticeTrial.practice_id).where(PracticeTrial.person_id == other.person)
        trials = select(PracticeTrial).where(
            PracticeTrial.person_id == one.person, PracticeTrial.practice_id.not_in(own)
        )
        for trial in session.scalars(trials).all():
            session.add(PracticeTrial(practice_id=trial.practice_id, person_id=other.person, taken_at=now))

    database.write(same)
    together_and_apart(database, clock, admin, other.person, one.person)
    together_and_apart(database, clock, admin, one.person, other.person)


def test_two_results_are_each_the_last_of_its_own_again(database: Database, clock: FrozenClock, admin: int) -> None:
    people = [database.write(add_teacher, external_id=number, name="Вера", now=clock.now()) for number in (1, 2)]
    for number in people:
        complete(database, number, now=clock.now())
        clock.moment += timedelta(days=1)
    together_and_apart(database, clock, admin, people[0], people[1])
    last = select(ComponentScore.person_id).where(ComponentScore.latest).distinct()
    assert sorted(database.read(lambda session: session.scalars(last).all())) == people


def test_lessons_under_either_number_are_each_ones_own_again(
    database: Database, clock: FrozenClock, admin: int
) -> None:
    """A mark of presence has its place in its key: moved, it is another row."""
    now = clock.now()
    event_id = database.write(make_event, now=now)
    people = database.write(make_people, count=2, now=now)

    def attend(session: Session) -> None:
        session.execute(update(Event).where(Event.id == event_id).values(by_parts=True))
        for number, person_id in enumerate(people):
            place = {"event_id": event_id, "person_id": person_id, "sequence": number, "registered_at": now}
            seat = Registration(status=RegistrationStatus.SEATED, **place)
            lesson = EventSession(
                event_id=event_id, title=f"Занятие {number}", starts_at=now, ends_at=now + timedelta(hours=1)
            )
            session.add_all([seat, lesson])
            session.flush()
            session.add(SessionMark(session_id=lesson.id, registration_id=seat.id, marked_at=now))
        session.execute(update(Event).where(Event.id == event_id).values(seated=2))

    database.write(attend)
    together_and_apart(database, clock, admin, people[0], people[1])


@pytest.fixture
def merged(database: Database, clock: FrozenClock, admin: int) -> Iterator[tuple[int, int, int]]:
    """Somebody with a result and another with a place, made one: who stayed, who went, the number of the merge."""
    now = clock.now()
    kept = database.write(add_teacher, external_id=3009, name="Вера Ким", municipality=HOME, now=now)
    complete(database, kept, now=now)
    gone = database.write(plant, first=3001, municipality=HOME, now=now).person
    database.write(merging.join, callers.administrator(now, admin), kept_id=kept, gone_id=gone)
    yield kept, gone, database.read(lambda session: session.scalars(select(func.max(PersonMerge.id))).one())


def refused(database: Database, caller: Any, merge_id: int) -> str:
    before = database.read(whole)
    with pytest.raises(DomainError) as refusal:
        database.write(merging.part, caller, merge_id=merge_id)
    assert differences(before, database.read(whole)) == {}, "a refusal changes nothing"
    return refusal.value.code


def test_what_somebody_did_since_stays_with_them(
    database: Database, clock: FrozenClock, admin: int, merged: tuple[int, int, int]
) -> None:
    kept, gone, merge_id = merged
    before = database.read(lambda session: session.scalar(select(func.count()).where(Pair.mentee_id == kept)))
    other = database.write(add_teacher, external_id=9, name="Ольга", now=clock.now())
    row = {"mentor_id": other, "mentee_id": kept, "started_at": clock.now(), "last_contact_at": clock.now()}
    database.write(lambda session: session.add(Pair(**row)))
    database.write(merging.part, callers.administrator(clock.now(), admin), merge_id=merge_id)
    pairs = select(Pair.mentor_id).where(Pair.mentee_id == kept)
    assert other in database.read(lambda session: session.scalars(pairs).all()) and before is not None
    names = select(Person.full_name, Person.erased_at).where(Person.id.in_((kept, gone))).order_by(Person.id)
    assert all(name and erased is None for name, erased in database.read(lambda session: session.execute(names).all()))


def test_a_newer_result_of_either_cannot_be_parted(
    database: Database, clock: FrozenClock, admin: int, merged: tuple[int, int, int]
) -> None:
    kept, _, merge_id = merged
    clock.moment += timedelta(days=1)
    complete(database, kept, now=clock.now())
    assert refused(database, callers.administrator(clock.now(), admin), merge_id) == "merge_parted_late"


def test_a_profile_that_was_changed_since_cannot_be_parted(
    database: Database, clock: FrozenClock, admin: int, merged: tuple[int, int, int]
) -> None:
    _, gone, merge_id = merged
    moved = update(Attempt).where(Attempt.person_id == merged[0]).values(person_id=gone)
    database.write(lambda session: session.execute(moved))
    assert refused(database, callers.administrator(clock.now(), admin), merge_id) == "merge_parted_late"


def test_a_second_merge_comes_apart_before_the_first(
    database: Database, clock: FrozenClock, admin: int, merged: tuple[int, int, int]
) -> None:
    kept, gone, merge_id = merged
    caller = callers.administrator(clock.now(), admin)
    third = database.write(add_teacher, external_id=77, name="Вера Ким", municipality=HOME, now=clock.now())
    database.write(merging.join, caller, kept_id=third, gone_id=kept)
    assert refused(database, caller, merge_id) == "merge_parted_late"
    newer = database.read(lambda session: session.scalars(select(func.max(PersonMerge.id))).one())
    database.write(merging.part, caller, merge_id=newer)
    database.write(merging.part, caller, merge_id=merge_id)
    alive = select(Person.id).where(Person.id.in_((kept, gone, third)), Person.erased_at.is_(None))
    assert sorted(database.read(lambda session: session.scalars(alive).all())) == sorted((kept, gone, third))


def test_they_are_parted_within_a_week_by_who_made_them_one_or_an_administrator(
    database: Database, clock: FrozenClock, admin: int, merged: tuple[int, int, int]
) -> None:
    kept, _, merge_id = merged
    now = clock.now()
    town = database.write(add_staff, login="town", role=StaffRole.MUNICIPAL_METHODIST, municipalities=(HOME,), now=now)
    methodist = callers.staff(database.read(lambda session: scope_of(session.get_one(Staff, town))), now)
    assert merge_id not in {one.id for one in database.read(merging.merges, methodist, person_id=kept)}
    assert refused(database, methodist, merge_id) == "not_found"
    assert refused(database, callers.administrator(now + timedelta(days=7), admin), merge_id) == "not_found"
    database.write(lambda session: session.execute(update(PersonMerge).values(merged_by=town)))
    assert database.read(merging.merges, methodist, person_id=kept)[0].id == merge_id
    database.write(merging.part, methodist, merge_id=merge_id)


def test_of_two_who_part_at_once_the_second_finds_nothing(
    database: Database, clock: FrozenClock, admin: int, merged: tuple[int, int, int]
) -> None:
    caller = callers.administrator(clock.now(), admin)

    def part(_: int) -> str:
        try:
            database.write(merging.part, caller, merge_id=merged[2])
        except NotFoundError:
            return "late"
        return "done"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(part, range(3))) == ["done", "late", "late"]


@pytest.mark.parametrize("erased", [0, 1], ids=["who stayed", "who went"])
def test_an_erasure_forgets_what_stood_before(
    database: Database, clock: FrozenClock, admin: int, merged: tuple[int, int, int], erased: int
) -> None:
    database.write(erasure.erase, callers.clock(clock.now()), person_id=merged[erased], requested_by="operator")
    left = select(func.count()).where(or_(PersonMerge.kept_id.in_(merged[:2]), PersonMerge.gone_id.in_(merged[:2])))
    assert database.read(lambda session: session.scalar(left)) == 0
    assert refused(database, callers.administrator(clock.now(), admin), merged[2]) == "not_found"


def test_after_a_week_what_stood_before_is_forgotten(
    database: Database, clock: FrozenClock, merged: tuple[int, int, int]
) -> None:
    count = select(func.count()).where(PersonMerge.id == merged[2])
    clock.moment += timedelta(days=6, hours=23)
    database.write(sweeps.forget_merges, callers.clock(clock.now()))
    assert database.read(lambda session: session.scalar(count)) == 1
    clock.moment += timedelta(hours=1)
    database.write(sweeps.forget_merges, callers.clock(clock.now()))
    assert database.read(lambda session: session.scalar(count)) == 0
