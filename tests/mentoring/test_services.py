"""Pairs and meetings on both databases: who may, what the other hears, twice is once, races."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from db.database import Database
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.mentoring import meetings, personal, queries, services, staff_services, sweeps
from db.mentoring.models import Meeting, MeetingStatus, Pair, PairStatus
from db.notices.models import Notice, NoticeStatus
from db.people.models import Role
from db.scope import Scope, StaffRole
from tests.mentoring.conftest import REGION, ZONE, Duo
from tests.support import callers
from tests.support.town import add_teacher


def at_once(url: str, *jobs: Callable[[Database], Any]) -> list[Exception]:
    """Runs each job in a thread with a database of its own; answers what they raised."""
    barrier, errors = threading.Barrier(len(jobs)), []

    def work(job: Callable[[Database], Any]) -> None:
        door = Database.connect(url)
        barrier.wait()
        try:
            job(door)
        except Exception as error:  # noqa: BLE001  handed to the test
            errors.append(error)
        finally:
            door.close()

    threads = [threading.Thread(target=work, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_a_new_pair_is_told_to_both_once(duo: Duo) -> None:
    assert duo.said() == [("paired", duo.mentor), ("paired", duo.mentee)]
    assert duo.create() == duo.pair
    assert len(duo.said()) == 2


def test_a_pair_needs_a_mentor_and_two_people_who_are_there(duo: Duo) -> None:
    for fields, code in (
        ({"mentor_id": duo.mentee, "mentee_id": duo.mentor}, "mentoring_no_mentor"),
        ({"mentee_id": duo.mentor}, "mentoring_same_person"),
        ({"mentee_id": 999}, "not_found"),
    ):
        with pytest.raises(DomainError, match=code):
            duo.create(**fields)


def test_a_municipal_methodist_pairs_and_finishes_only_at_home(duo: Duo) -> None:
    home = duo.municipality("chelyabinsky-go")
    away = duo.municipality("magnitogorsky-go")
    stranger = duo.database.write(
        add_teacher, external_id=3, name="Дальняя", municipality="magnitogorsky-go", now=duo.clock.now()
    )
    here = Scope(staff_id=1, role=StaffRole.MUNICIPAL_METHODIST, municipality_ids=frozenset({home}))
    there = Scope(staff_id=2, role=StaffRole.MUNICIPAL_METHODIST, municipality_ids=frozenset({away}))
    reader = Scope(staff_id=3, role=StaffRole.READER, municipality_ids=None)
    with pytest.raises(NotFoundError):
        duo.create(scope=here, mentee_id=stranger)
    with pytest.raises(NotFoundError):
        duo.database.write(staff_services.finish_pair, callers.staff(there, duo.clock.now()), pair_id=duo.pair)
    with pytest.raises(ForbiddenError):
        duo.create(scope=reader)
    with pytest.raises(ForbiddenError):
        duo.database.write(staff_services.finish_pair, callers.staff(reader, duo.clock.now()), pair_id=duo.pair)
    duo.database.write(staff_services.finish_pair, callers.staff(here, duo.clock.now()), pair_id=duo.pair)
    assert duo.row().status is PairStatus.FINISHED


def test_a_finished_pair_takes_its_plans_back_and_may_begin_anew(duo: Duo) -> None:
    meeting = duo.plan(days=3)
    for _ in range(2):
        duo.database.write(staff_services.finish_pair, callers.staff(REGION, duo.move(minutes=1)), pair_id=duo.pair)
    assert duo.meeting(meeting).status is MeetingStatus.CANCELLED
    assert [person for kind, person in duo.said() if kind == "finished"] == [duo.mentor, duo.mentee]
    assert {row.status for row in duo.notices("planned")} == {NoticeStatus.CANCELLED}
    with pytest.raises(NotFoundError):
        duo.plan(days=1)
    assert duo.create() != duo.pair


def test_a_planned_meeting_is_told_to_the_mentee_once(duo: Duo) -> None:
    assert duo.plan(days=2) == duo.plan(days=2)
    assert [person for kind, person in duo.said() if kind == "planned"] == [duo.mentee]
    with pytest.raises(DomainError, match="mentoring_past"):
        duo.plan(hours=-1)


def test_only_the_mentor_plans_moves_and_logs(duo: Duo) -> None:
    meeting, now = duo.plan(days=2), duo.clock.now()
    other = duo.database.write(add_teacher, external_id=3, name="Чужой", roles=[Role.MENTOR], now=now)
    for person in (duo.mentee, other):
        for use_case, moment, fields in (
            (meetings.plan_meeting, now, {"pair_id": duo.pair, "at": now + timedelta(days=1)}),
            (meetings.move_meeting, now, {"meeting_id": meeting, "at": now + timedelta(days=1)}),
            (meetings.log_meeting, now + timedelta(days=3), {"meeting_id": meeting, "held": True}),
            (meetings.log_unplanned, now, {"pair_id": duo.pair, "day": now.date()}),
            (meetings.undo, now, {"meeting_id": meeting}),
            (meetings.write_outcome, now, {"meeting_id": meeting, "text": "x"}),
        ):
            with pytest.raises(NotFoundError):
                duo.database.write(use_case, callers.person(person, moment), **fields)
    with pytest.raises(NotFoundError):
        duo.database.write(meetings.cancel_meeting, callers.person(other, now), meeting_id=meeting)
    with pytest.raises(NotFoundError):
        duo.database.read(queries.card, callers.person(other, now), pair_id=duo.pair)
    with pytest.raises(NotFoundError):
        duo.database.read(queries.meeting, callers.person(other, now), meeting_id=meeting)


def test_moving_tells_the_mentee_and_begins_reminders_anew(duo: Duo) -> None:
    meeting = duo.plan(days=2)
    duo.move(days=1, minutes=1)
    assert duo.sweep() == ["day_before mentee", "day_before mentor"]
    at = duo.clock.now() + timedelta(days=4)
    for _ in range(2):
        duo.database.write(
            meetings.move_meeting, callers.person(duo.mentor, duo.clock.now()), meeting_id=meeting, at=at
        )
    assert [person for kind, person in duo.said() if kind == "moved"] == [duo.mentee]
    assert {row.status for row in duo.notices("day_before")} == {NoticeStatus.CANCELLED}
    assert duo.sweep() == []
    duo.move(days=3, minutes=1)
    assert duo.sweep() == ["day_before mentee", "day_before mentor"]


def test_either_may_cancel_and_the_other_hears_it_once(duo: Duo) -> None:
    for person, other in ((duo.mentor, duo.mentee), (duo.mentee, duo.mentor)):
        meeting = duo.plan(days=2)
        before = len(duo.notices("cancelled"))
        for _ in range(2):
            duo.database.write(meetings.cancel_meeting, callers.person(person, duo.clock.now()), meeting_id=meeting)
        assert [row.person_id for row in duo.notices("cancelled")[before:]] == [other]
    with pytest.raises(ConflictError):
        duo.database.write(
            meetings.move_meeting,
            callers.person(duo.mentor, duo.clock.now()),
            meeting_id=meeting,
            at=duo.clock.now() + timedelta(days=1),
        )


def test_a_held_meeting_is_the_last_contact_and_a_wrong_tap_is_put_right(duo: Duo) -> None:
    started = duo.row().last_contact_at
    meeting = duo.plan(days=2)
    with pytest.raises(DomainError, match="mentoring_not_yet"):
        duo.database.write(
            meetings.log_meeting, callers.person(duo.mentor, duo.clock.now()), held=True, meeting_id=meeting
        )
    now = duo.move(days=2, hours=2)
    duo.database.write(meetings.log_meeting, callers.person(duo.mentor, now), held=True, meeting_id=meeting)
    assert duo.row().last_contact_at == duo.meeting(meeting).planned_at
    duo.database.write(meetings.write_outcome, callers.person(duo.mentor), meeting_id=meeting, text="Договорились.")
    assert duo.meeting(meeting).outcome == "Договорились."
    duo.database.write(meetings.log_meeting, callers.person(duo.mentor, now), held=False, meeting_id=meeting)
    assert duo.row().last_contact_at == started
    with pytest.raises(ConflictError):
        duo.database.write(meetings.write_outcome, callers.person(duo.mentor), meeting_id=meeting, text="x")


def test_an_unplanned_meeting_is_logged_once_a_day(duo: Duo) -> None:
    def log(ago: int = 0, **moved: float) -> int:
        now = duo.move(**moved)
        day = now.astimezone(ZONE).date() - timedelta(days=ago)
        return duo.database.write(meetings.log_unplanned, callers.person(duo.mentor, now), pair_id=duo.pair, day=day)

    first = log(days=5)
    assert log(hours=1) == first
    assert duo.row().last_contact_at == duo.clock.now() - timedelta(hours=1)
    second = log(days=1)
    assert second != first
    assert log(ago=1) == first, "that day has its meeting"
    earlier = log(ago=2)
    assert duo.meeting(earlier).planned_at == datetime(2026, 3, 6, 7, tzinfo=UTC), "noon of that day"
    for ago in (-1, 7):
        with pytest.raises(DomainError):
            log(ago=ago)
    caller = callers.person(duo.mentor, duo.clock.now())
    duo.database.write(meetings.undo, caller, meeting_id=second)
    assert duo.row().last_contact_at == duo.meeting(first).planned_at
    with pytest.raises(NotFoundError):
        duo.database.write(meetings.undo, caller, meeting_id=second)


def test_a_mentee_asks_once_a_day(duo: Duo) -> None:
    assert duo.database.write(services.ask_for_meeting, callers.person(duo.mentee, duo.clock.now()), pair_id=duo.pair)
    assert not duo.database.write(
        services.ask_for_meeting, callers.person(duo.mentee, duo.move(hours=2)), pair_id=duo.pair
    )
    assert duo.database.write(services.ask_for_meeting, callers.person(duo.mentee, duo.move(days=1)), pair_id=duo.pair)
    assert [row.person_id for row in duo.notices("asked")] == [duo.mentor, duo.mentor]
    with pytest.raises(NotFoundError):
        duo.database.write(services.ask_for_meeting, callers.person(duo.mentor, duo.clock.now()), pair_id=duo.pair)


def test_two_at_once_make_one_pair(database_url: str, duo: Duo) -> None:
    third = duo.database.write(add_teacher, external_id=3, name="Третья", now=duo.clock.now())
    methodist = callers.staff(REGION, duo.clock.now())
    fields = {"mentor_id": duo.mentor, "mentee_id": third}
    jobs = [lambda door: door.write(staff_services.create_pair, methodist, **fields)] * 4
    assert not at_once(database_url, *jobs)
    query = select(func.count()).select_from(Pair).where(Pair.mentee_id == third)
    assert duo.database.read(lambda session: session.scalar(query)) == 1


def test_two_taps_at_once_plan_one_meeting(database_url: str, duo: Duo) -> None:
    now = duo.clock.now()
    mentor = callers.person(duo.mentor, now)
    fields = {"pair_id": duo.pair, "at": now + timedelta(days=2)}
    assert not at_once(database_url, *[lambda door: door.write(meetings.plan_meeting, mentor, **fields)] * 4)
    assert duo.database.read(lambda session: session.scalar(select(func.count()).select_from(Meeting))) == 1
    assert len(duo.notices("planned")) == 1


def test_cancelling_while_sweeping_leaves_no_reminder_behind(database_url: str, duo: Duo) -> None:
    from db.dictionaries.rules import Rules

    for _ in range(5):
        meeting = duo.plan(days=2)
        now = duo.move(days=1, minutes=1)
        mentor = callers.person(duo.mentor, now)
        cancel = {"meeting_id": meeting}
        sweep = callers.clock(now)
        errors = at_once(
            database_url,
            lambda door, mentor=mentor, cancel=cancel: door.write(meetings.cancel_meeting, mentor, **cancel),
            lambda door, sweep=sweep: door.write(sweeps.sweep, sweep, rules=Rules()),
        )
        assert not errors
        pending = [row for row in duo.notices("day_before") if row.status is NoticeStatus.PENDING]
        assert not pending


def test_who_leaves_is_forgotten_and_the_other_is_told(duo: Duo) -> None:
    meeting = duo.plan(days=2)
    now = duo.move(days=3)
    duo.database.write(meetings.log_meeting, callers.person(duo.mentor, now), meeting_id=meeting, held=True)
    duo.database.write(meetings.write_outcome, callers.person(duo.mentor), meeting_id=meeting, text="секрет")
    duo.database.write(personal.stop, callers.clock(now), person_id=duo.mentee)
    duo.database.write(personal.forget, callers.clock(now), person_id=duo.mentee)
    assert duo.row().status is PairStatus.FINISHED
    assert duo.meeting(meeting).outcome is None
    assert [row.person_id for row in duo.notices("finished")] == [duo.mentor]
    query = select(Notice).where(Notice.person_id == duo.mentor)
    rows = duo.database.read(lambda session: session.scalars(query).all())
    assert not any("Ольга" in str(row.params) for row in rows)


def test_a_result_is_seen_by_the_mentor_only_where_the_mentee_opened_it(duo: Duo) -> None:
    from db.diagnostics import queries as diagnostics
    from db.diagnostics.models import Attempt, AttemptStatus, ComponentScore, InstrumentVersion

    now = duo.clock.now()

    def answered(session, *, shared: bool) -> None:  # type: ignore[no-untyped-def]
        version = diagnostics.published_version(session)
        assert version
        attempt = Attempt(
            person_id=duo.mentee,
            instrument_id=session.get(InstrumentVersion, version).instrument_id,
            version_id=version,
            status=AttemptStatus.COMPLETED,
            started_at=now,
            completed_at=now,
            shared_with_mentor=shared,
        )
        session.add(attempt)
        session.flush()
        for component in diagnostics.questionnaire(session, version_id=version).components:
            session.add(
                ComponentScore(
                    attempt_id=attempt.id,
                    component=component.code,
                    form=component.form,
                    person_id=duo.mentee,
                    level=60.0,
                    deficit=40.0,
                    need=1,
                    priority=38.0,
                    point_deficits=[],
                    completed_at=now,
                )
            )

    def levels(person_id: int) -> tuple[queries.MenteeLevel, ...]:
        return duo.database.read(queries.card, callers.person(person_id, now), pair_id=duo.pair).levels

    duo.database.write(answered, shared=False)
    assert levels(duo.mentor) == ()
    duo.database.write(answered, shared=True)
    seen = levels(duo.mentor)
    assert len(seen) == 6
    assert all(line.level for line in seen)
    assert levels(duo.mentee) == ()
