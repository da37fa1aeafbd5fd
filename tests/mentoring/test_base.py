"""The base of mentors: places that are never oversold, proposals from what both opened, yes and no, rests and ends."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from db.database import Database
from db.diagnostics import queries as diagnostics
from db.diagnostics.models import Attempt, AttemptStatus, ComponentScore, InstrumentVersion
from db.diary import services as diary
from db.diary.check import RULES
from db.diary.models import DiaryLine, DiarySource
from db.errors import ConflictError, DomainError, NotFoundError
from db.mentoring import meetings, mentors, personal, proposals, services, staff_services
from db.mentoring.mentors import MentorFilter
from db.mentoring.models import (
    EndReason,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Mentor,
    MentorWish,
    Pair,
    PairSide,
    PairStatus,
)
from db.mentoring.notices import prefix
from db.mentoring.rules import Fit
from db.notices.models import Notice, NoticeStatus
from db.people.models import Role
from db.people.roles import grant, revoke
from db.scope import Scope, StaffRole
from tests.mentoring.conftest import REGION, ZONE, Duo
from tests.mentoring.test_services import at_once
from tests.support import callers
from tests.support.town import add_teacher


class Base:
    """The duo and its words for the base of mentors."""

    def __init__(self, duo: Duo) -> None:
        self.duo, self.database = duo, duo.database
        self.codes = list(self.database.read(mentors.components))

    def teacher(self, number: int, name: str, **fields: Any) -> int:
        return self.database.write(add_teacher, external_id=number, name=name, now=self.duo.clock.now(), **fields)

    def mentor(self, number: int, name: str, *strengths: str, places: int | None = 2, **fields: Any) -> int:
        person = self.teacher(number, name, roles=[Role.MENTOR], **fields)
        self.declare(person, *strengths, places=places)
        return person

    def declare(self, person: int, *strengths: str, places: int | None = 2) -> None:
        for code in strengths:
            self.does(person, mentors.put_strength, component=code, on=True)
        if places is not None:
            self.does(person, mentors.put_places, places=places)

    def does(self, person: int, use_case: Callable[..., Any], **fields: Any) -> Any:
        return self.database.write(use_case, callers.person(person, self.duo.clock.now()), **fields)

    def staff(self, use_case: Callable[..., Any], scope: Scope = REGION, **fields: Any) -> Any:
        return self.database.write(use_case, callers.staff(scope, self.duo.clock.now()), **fields)

    def proposed(self, mentee: int, scope: Scope = REGION) -> proposals.Proposals:
        caller = callers.staff(scope, self.duo.clock.now())
        return self.database.read(proposals.proposals, caller, mentee_id=mentee)

    def names(self, mentee: int) -> list[str | None]:
        return [one.name for one in self.proposed(mentee).found]

    def pair(self, pair_id: int) -> Pair:
        return self.database.read(lambda session: session.get_one(Pair, pair_id))

    def result(self, person: int, deficits: dict[str, float], *, opened: bool) -> int:
        """A closed self-diagnosis with these deficits; the others are small."""
        now = self.duo.clock.now()

        def keep(session: Session) -> int:
            version = diagnostics.published_version(session)
            assert version
            attempt = Attempt(
                person_id=person,
                instrument_id=session.get_one(InstrumentVersion, version).instrument_id,
                version_id=version,
                status=AttemptStatus.COMPLETED,
                started_at=now,
                completed_at=now,
                shared_with_methodist=opened,
                disclosed=opened,
            )
            session.add(attempt)
            session.flush()
            for component in diagnostics.questionnaire(session, version_id=version).components:
                deficit = deficits.get(component.code, 10.0)
                session.add(
                    ComponentScore(
                        attempt_id=attempt.id,
                        component=component.code,
                        form=component.form,
                        person_id=person,
                        level=100.0 - deficit,
                        deficit=deficit,
                        need=3 if deficit > 50 else 0,
                        priority=deficit,
                        point_deficits=[],
                        completed_at=now,
                    )
                )
            return attempt.id

        return self.database.write(keep)


@pytest.fixture
def base(duo: Duo) -> Base:
    return Base(duo)


def test_a_mentor_declares_and_the_base_finds_them_by_strength_place_and_free_places(base: Base) -> None:
    first, second, third = base.codes[:3]
    nina = base.mentor(11, "Нина", first, second)
    base.mentor(12, "Павел", second, places=1)
    base.does(nina, mentors.put_strength, component=first, on=True)
    base.does(nina, mentors.put_strength, component=second, on=False)
    with pytest.raises(NotFoundError):
        base.does(nina, mentors.put_strength, component="no such", on=True)
    for person in (base.duo.mentee, 999):
        with pytest.raises(NotFoundError):
            base.does(person, mentors.put_places, places=2)
    with pytest.raises(DomainError, match="mentoring_places"):
        base.does(nina, mentors.put_places, places=21)

    def found(scope: Scope = REGION, **wanted: Any) -> list[str | None]:
        caller = callers.staff(scope, base.duo.clock.now())
        rows = base.database.read(mentors.mentor_base, caller, wanted=MentorFilter(**wanted))
        assert len(rows) == base.database.read(mentors.count_mentors, caller, wanted=MentorFilter(**wanted))
        return [row.name for row in rows]

    assert found() == ["Мудрая Нина", "Нина", "Павел"]
    assert (found(component=first), found(component=third)) == (["Нина"], [])
    assert found(free=True) == ["Нина", "Павел"], "who declared no places is offered to nobody"
    for mentee in (base.duo.mentee, base.teacher(40, "Ещё одна")):
        base.staff(staff_services.create_pair, mentor_id=nina, mentee_id=mentee)
    with pytest.raises(DomainError, match="mentoring_places_taken"):
        base.does(nina, mentors.put_places, places=1)
    away = base.duo.municipality("magnitogorsky-go")
    there = Scope(staff_id=2, role=StaffRole.MUNICIPAL_METHODIST, municipality_ids=frozenset({away}))
    assert found(there) == []
    with pytest.raises(NotFoundError):
        base.staff(
            staff_services.edit_mentor, there, person_id=nina, strengths=[], directions=[], places=3, paused=True
        )
    base.staff(staff_services.edit_mentor, person_id=nina, strengths=[third], directions=[], places=5, paused=True)
    assert (found(component=third), found(free=True)) == (["Нина"], ["Павел"])


def test_a_full_or_resting_mentor_is_not_proposed_and_reasons_are_what_both_opened(base: Base) -> None:
    first, second, third = base.codes[:3]
    olga = base.teacher(50, "Ищущая Ольга")
    named = base.mentor(11, "Названная", first)
    opened = base.mentor(12, "Открытая", second)
    base.mentor(13, "Иная", third)
    full, tired = base.mentor(14, "Полная", first, places=1), base.mentor(15, "Усталая", first)
    base.staff(staff_services.create_pair, mentor_id=full, mentee_id=named)
    base.does(tired, mentors.put_paused, paused=True)
    base.does(olga, proposals.wish, component=first)
    base.result(olga, {second: 80.0}, opened=True)
    found = base.proposed(olga)
    assert [one.name for one in found.found] == ["Названная", "Открытая", "Иная"]
    assert [one.kind for one in found.found[0].reasons] == [Fit.NAMED, Fit.SUBJECT, Fit.NEAR]
    assert [one.kind for one in found.found[1].reasons] == [Fit.OPENED, Fit.SUBJECT, Fit.NEAR]
    for mentor, code in ((full, "mentoring_full"), (tired, "mentoring_resting"), (olga, "mentoring_same_person")):
        with pytest.raises(DomainError, match=code):
            base.staff(proposals.propose, mentor_id=mentor, mentee_id=olga)
    base.staff(proposals.propose, mentor_id=opened, mentee_id=olga)
    assert base.names(olga) == ["Названная", "Иная"], "who is proposed already is not proposed again"


def test_a_private_result_changes_no_proposal(base: Base) -> None:
    """Whatever a teacher keeps closed, numbers or all, the same mentors are proposed for the same reasons."""
    first, second = base.codes[:2]
    olga = base.teacher(50, "Ищущая Ольга")
    base.mentor(11, "Первая", first)
    base.mentor(12, "Вторая", second)
    before = base.proposed(olga)
    closed = base.result(olga, {second: 95.0}, opened=False)
    assert base.proposed(olga) == before

    def flip(session: Session) -> None:
        for row in session.scalars(select(ComponentScore).where(ComponentScore.attempt_id == closed)):
            row.deficit, row.priority, row.need = (5.0, 5.0, 0) if row.component == second else (95.0, 95.0, 3)

    base.database.write(flip)
    assert base.proposed(olga) == before

    def open_it(session: Session) -> None:
        attempt = session.get_one(Attempt, closed)
        attempt.shared_with_methodist = attempt.disclosed = True

    base.database.write(open_it)
    assert base.proposed(olga) != before, "the control: what is opened does change them"


def test_both_agree_and_the_pair_works_or_one_says_no_and_is_not_named(base: Base) -> None:
    olga, first = base.teacher(50, "Ищущая Ольга"), base.codes[0]
    nina, petr = base.mentor(11, "Нина", first), base.mentor(12, "Петр", first)
    stranger = base.teacher(20, "Чужая")
    base.does(olga, proposals.wish, component=first)
    pair = base.staff(proposals.propose, mentor_id=nina, mentee_id=olga)
    assert base.staff(proposals.propose, mentor_id=nina, mentee_id=olga) == pair
    assert [row.person_id for row in base.duo.notices("proposed")] == [nina, olga]
    with pytest.raises(NotFoundError):
        base.does(stranger, proposals.answer, pair_id=pair, agreed=True)
    for _ in range(2):
        assert base.does(nina, proposals.answer, pair_id=pair, agreed=True) is False
    with pytest.raises(NotFoundError):
        base.does(nina, services.write_goals, pair_id=pair, text="рано")
    for _ in range(2):
        assert base.does(olga, proposals.answer, pair_id=pair, agreed=True) is True
    assert (base.pair(pair).status, base.pair(pair).component) == (PairStatus.ACTIVE, first)
    wishes = select(func.count()).select_from(MentorWish).where(MentorWish.closed_at.is_(None))
    assert base.database.read(lambda session: session.scalar(wishes)) == 0, "the wish came true"

    vera = base.teacher(21, "Вера")
    base.does(vera, proposals.wish, component=None)
    other = base.staff(proposals.propose, mentor_id=petr, mentee_id=vera)
    base.does(petr, proposals.answer, pair_id=other, agreed=True)
    with pytest.raises(DomainError, match="stale_button"):
        base.does(vera, proposals.say_why, pair_id=other, reason=EndReason.TIME)
    assert base.does(vera, proposals.answer, pair_id=other, agreed=False) is False
    row = base.pair(other)
    assert (row.status, row.declined_side) == (PairStatus.DECLINED, PairSide.MENTEE)
    assert [one.person_id for one in base.duo.notices("declined")] == [petr]
    with pytest.raises(DomainError, match="stale_button"):
        base.does(petr, proposals.say_why, pair_id=other, reason=EndReason.TIME)
    base.does(vera, proposals.say_why, pair_id=other, reason=EndReason.TIME)
    assert "Петр" in base.names(vera), "a no for want of time is no no for ever"


def test_news_of_a_proposal_waits_for_the_morning_and_one_taken_back_is_no_finished_work(base: Base) -> None:
    """A methodist who proposed at night woke both up, and who took it back thanked them for work that never began."""
    olga, nina = base.teacher(50, "Ищущая Ольга"), base.mentor(11, "Нина", base.codes[0])
    night = base.duo.clock.now().astimezone(ZONE).replace(hour=23, minute=40)
    base.duo.move(seconds=(night - base.duo.clock.now()).total_seconds())
    pair = base.staff(proposals.propose, mentor_id=nina, mentee_id=olga)
    base.staff(staff_services.break_off, pair_id=pair, reason=EndReason.TIME)
    assert not base.duo.notices("finished")
    assert not base.duo.notices("declined"), "nobody had heard of it"
    told = base.duo.notices("proposed")
    assert {one.due_at.astimezone(ZONE).hour for one in told} == {8}
    again = base.staff(proposals.propose, mentor_id=nina, mentee_id=olga)
    base.database.write(personal.stop, callers.clock(base.duo.clock.now()), person_id=nina)
    assert base.pair(again).status is PairStatus.BROKEN_OFF and not base.duo.notices("finished")


def test_only_who_had_heard_of_a_proposal_hears_that_it_was_taken_back(base: Base) -> None:
    olga, nina = base.teacher(50, "Ищущая Ольга"), base.mentor(11, "Нина", base.codes[0])

    def ended(*heard: int) -> list[int]:
        before = len(base.duo.notices("declined"))
        pair = base.staff(proposals.propose, mentor_id=nina, mentee_id=olga)
        sent = update(Notice).where(Notice.key.startswith(prefix(pair)), Notice.person_id.in_(heard))
        base.database.write(lambda session: session.execute(sent.values(status=NoticeStatus.SENT)))
        if olga not in heard and len(heard) == 1:
            base.does(nina, proposals.answer, pair_id=pair, agreed=False)
        else:
            base.staff(staff_services.break_off, pair_id=pair, reason=EndReason.TIME)
        return [one.person_id for one in base.duo.notices("declined")[before:]]

    assert ended() == []
    assert ended(olga) == [olga]
    assert ended(nina, olga) == [nina, olga]
    assert ended(nina) == [], "hers was the no, and he had not been asked yet"
    pair = base.staff(proposals.propose, mentor_id=nina, mentee_id=olga)
    base.does(olga, proposals.answer, pair_id=pair, agreed=True)
    base.staff(staff_services.break_off, pair_id=pair, reason=EndReason.TIME)
    assert [one.person_id for one in base.duo.notices("declined")][-1] == olga, "who said yes in the menu knows"


def test_the_best_twenty_are_chosen_by_the_database_as_the_reasons_say(base: Base) -> None:
    first, second = base.codes[:2]
    olga = base.teacher(50, "Ищущая Ольга")
    base.does(olga, proposals.wish, component=first)
    base.result(olga, {first: 80.0, second: 80.0}, opened=True)
    for number in range(proposals.SHOWN):
        base.mentor(100 + number, f"А{number:02}", places=5)
    base.mentor(11, "Открытая", second, places=1)
    base.mentor(12, "Названная", first, places=1)
    found = base.names(olga)
    assert found[:3] == ["Названная", "Открытая", "А00"] and len(found) == proposals.SHOWN


def test_nobody_says_yes_to_who_is_no_mentor_any_more(base: Base) -> None:
    olga, nina = base.teacher(50, "Ищущая Ольга"), base.mentor(11, "Нина", base.codes[0])
    pair = base.staff(proposals.propose, mentor_id=nina, mentee_id=olga)
    base.does(nina, proposals.answer, pair_id=pair, agreed=True)
    base.database.write(revoke, callers.clock(base.duo.clock.now()), person_id=nina, role=Role.MENTOR)
    with pytest.raises(DomainError, match="stale_button"):
        base.does(olga, proposals.answer, pair_id=pair, agreed=True)
    assert base.pair(pair).status is PairStatus.PROPOSED
    assert base.does(olga, proposals.answer, pair_id=pair, agreed=False) is False


def test_relatives_are_never_brought_together_again(base: Base) -> None:
    olga = base.teacher(50, "Ищущая Ольга")
    nina = base.mentor(11, "Нина", base.codes[0])
    pair = base.staff(proposals.propose, mentor_id=nina, mentee_id=olga)
    base.does(nina, proposals.answer, pair_id=pair, agreed=False)
    base.does(nina, proposals.say_why, pair_id=pair, reason=EndReason.RELATIVE)
    assert "Нина" not in base.names(olga)
    for use_case in (proposals.propose, staff_services.create_pair):
        with pytest.raises(DomainError, match="mentoring_relative"):
            base.staff(use_case, mentor_id=nina, mentee_id=olga)


def test_colleagues_of_one_school_may_and_it_is_said(base: Base) -> None:
    from db.people.models import Person

    base.mentor(11, "Нина")
    petr = base.mentor(12, "Петр")

    def leave(session: Session) -> None:
        session.get_one(Person, petr).organisation_id = None

    base.database.write(leave)
    found = base.proposed(base.duo.mentee).found
    assert {one.name: one.colleague for one in found} == {"Нина": True, "Петр": False}


def test_a_pair_rests_works_again_and_is_broken_off_with_a_reason(base: Base) -> None:
    duo = base.duo
    base.declare(duo.mentor, places=1)
    meeting = duo.plan(days=3)
    for _ in range(2):
        base.staff(staff_services.pause_pair, pair_id=duo.pair)
    assert (duo.row().status, duo.meeting(meeting).status) == (PairStatus.PAUSED, MeetingStatus.CANCELLED)
    with pytest.raises(NotFoundError):
        duo.plan(days=1)
    assert duo.mentor not in [one.person_id for one in base.proposed(base.teacher(30, "Ждёт")).found], "a place is kept"
    duo.move(days=40)
    assert duo.sweep() == [], "who rests is reminded of nothing"
    for _ in range(2):
        base.staff(staff_services.resume_pair, pair_id=duo.pair)
    assert duo.sweep() == [] and duo.row().last_contact_at == duo.clock.now(), "silence begins anew"
    with pytest.raises(DomainError, match="mentoring_reason"):
        base.staff(staff_services.break_off, pair_id=duo.pair, reason=None)
    for _ in range(2):
        base.staff(staff_services.break_off, pair_id=duo.pair, reason=EndReason.MISMATCH)
    row = duo.row()
    assert (row.status, row.end_reason) == (PairStatus.BROKEN_OFF, EndReason.MISMATCH)
    with pytest.raises(ConflictError):
        base.staff(staff_services.resume_pair, pair_id=duo.pair)


def test_either_of_the_two_pauses_goes_on_and_parts_and_only_the_other_hears(base: Base) -> None:
    """Only a methodist could: a pair that nobody wanted any more was reminded for months."""
    duo = base.duo
    stranger, meeting = base.teacher(30, "Чужая"), duo.plan(days=3)
    for use_case, more in ((services.pause, {"on": True}), (services.part, {"reason": EndReason.TIME})):
        with pytest.raises(NotFoundError):
            base.does(stranger, use_case, pair_id=duo.pair, **more)
    for _ in range(2):
        base.does(duo.mentee, services.pause, pair_id=duo.pair, on=True)
    assert (duo.row().status, duo.meeting(meeting).status) == (PairStatus.PAUSED, MeetingStatus.CANCELLED)
    assert [one.person_id for one in duo.notices("paused")] == [duo.mentor]
    for _ in range(2):
        base.does(duo.mentor, services.pause, pair_id=duo.pair, on=False)
    assert duo.row().status is PairStatus.ACTIVE and [one.person_id for one in duo.notices("resumed")] == [duo.mentee]
    for reason in (EndReason.MISMATCH, EndReason.TIME):
        base.does(duo.mentor, services.part, pair_id=duo.pair, reason=reason)
    assert (duo.row().status, duo.row().end_reason) == (PairStatus.BROKEN_OFF, EndReason.MISMATCH)
    assert [one.person_id for one in duo.notices("finished")] == [duo.mentee], "who did it knows"
    with pytest.raises(NotFoundError):
        base.does(duo.mentee, services.pause, pair_id=duo.pair, on=False)
    again = duo.create()
    base.staff(staff_services.finish_pair, pair_id=again)
    with pytest.raises(NotFoundError):
        base.does(duo.mentor, services.part, pair_id=again, reason=EndReason.TIME)


def test_a_rest_that_is_over_before_it_was_heard_of_is_not_told(base: Base) -> None:
    duo = base.duo
    base.does(duo.mentee, services.pause, pair_id=duo.pair, on=True)
    base.does(duo.mentee, services.pause, pair_id=duo.pair, on=False)
    assert [one.status for one in duo.notices("paused")] == [NoticeStatus.CANCELLED] and not duo.notices("resumed")
    duo.move(minutes=1)
    duo.plan(days=3)
    for on in (True, False):
        base.does(duo.mentee, services.pause, pair_id=duo.pair, on=on)
    (told,) = duo.notices("resumed")
    assert told.person_id == duo.mentor and told.params["dropped"], "a meeting was called off: of that one hears"


def test_turning_a_pair_on_and_off_is_heard_of_three_times_a_week(base: Base) -> None:
    """By turns a pair could be paused without end, and the other one got a message for each turn."""
    duo = base.duo
    sent = []
    for number in range(40):
        base.does(duo.mentee, services.pause, pair_id=duo.pair, on=number % 2 == 0)
        duo.move(hours=3)
        for kind in ("paused", "resumed"):
            for one in duo.notices(kind):
                if one.status is NoticeStatus.PENDING and one.due_at <= duo.clock.now():
                    as_sent = update(Notice).where(Notice.id == one.id).values(status="sent", sent_at=duo.clock.now())
                    base.database.write(lambda session, what=as_sent: session.execute(what) and None)
                    sent.append(duo.clock.now())
    assert len(sent) == 3, "five days of turning"
    assert {one.person_id for kind in ("paused", "resumed") for one in duo.notices(kind)} == {duo.mentor}


def test_a_rest_of_a_minute_puts_off_no_nudge(base: Base) -> None:
    """A mentor who paused the pair for a minute every two weeks was never reminded of it."""
    duo = base.duo
    for _ in range(3):
        duo.move(days=10)
        base.does(duo.mentor, services.pause, pair_id=duo.pair, on=True)
        duo.move(minutes=1)
        base.does(duo.mentor, services.pause, pair_id=duo.pair, on=False)
        duo.sweep()
    assert [len(duo.notices(kind)) for kind in ("nudged", "silent")] == [1, 1]
    assert duo.sweep() == []
    base.does(duo.mentor, services.pause, pair_id=duo.pair, on=True)
    duo.move(days=90)
    base.does(duo.mentor, services.pause, pair_id=duo.pair, on=False)
    assert duo.sweep() == [], "of one gap each kind comes once, however long the rest"


def test_of_two_who_part_and_pause_at_once_the_end_stands(database_url: str, base: Base) -> None:
    duo, now = base.duo, base.duo.clock.now()
    asked = {"pair_id": duo.pair}
    errors = at_once(
        database_url,
        lambda door: door.write(services.part, callers.person(duo.mentor, now), **asked, reason=EndReason.TIME),
        lambda door: door.write(services.pause, callers.person(duo.mentee, now), **asked, on=True),
    )
    assert {type(one) for one in errors} <= {NotFoundError} and duo.row().status is PairStatus.BROKEN_OFF


def test_no_mentor_is_over_capacity_however_many_come_at_once(database_url: str, base: Base) -> None:
    """Six proposals and assignments at once for two places: two hold them, the others are told that it is full."""
    nina = base.mentor(11, "Нина", places=2)
    people = [base.teacher(30 + number, f"Педагог {number}") for number in range(6)]
    caller = callers.staff(REGION, base.duo.clock.now())

    def job(number: int) -> Callable[[Database], Any]:
        use_case = proposals.propose if number % 2 else staff_services.create_pair
        return lambda door: door.write(use_case, caller, mentor_id=nina, mentee_id=people[number])

    errors = at_once(database_url, *[job(number) for number in range(6)])
    assert [getattr(one, "code", one) for one in errors] == ["mentoring_full"] * 4
    held = select(func.count()).select_from(Pair).where(Pair.mentor_id == nina)
    assert base.database.read(lambda session: session.scalar(held)) == 2


def test_who_leaves_takes_the_declaration_and_the_wish_along(base: Base) -> None:
    olga, code = base.teacher(50, "Ищущая Ольга"), base.codes[0]
    nina = base.mentor(11, "Нина", code)
    base.does(olga, proposals.wish, component=code)
    pair = base.staff(proposals.propose, mentor_id=nina, mentee_id=olga)
    clock = callers.clock(base.duo.clock.now())
    exported = base.database.read(personal.export, person_id=nina)
    title = base.database.read(mentors.components)[code]
    assert exported["mentor"][0]["strengths"] == [title]
    assert base.database.read(personal.export, person_id=olga)["mentor_wishes"][0]["component"] == title
    for person in (nina, olga):
        base.database.write(personal.stop, clock, person_id=person)
        base.database.write(personal.forget, clock, person_id=person)
    assert (base.pair(pair).status, base.pair(pair).component) == (PairStatus.BROKEN_OFF, None)
    for model, person in ((Mentor, nina), (MentorWish, olga)):
        left = select(func.count()).select_from(model).where(model.person_id == person)
        assert base.database.read(Session.scalar, left) == 0


def test_a_visit_to_a_lesson_is_a_kind_of_meeting(base: Base) -> None:
    duo = base.duo
    meeting = base.does(duo.mentor, meetings.log_unplanned, pair_id=duo.pair, day=duo.clock.now().date())
    base.does(duo.mentor, meetings.put_kind, meeting_id=meeting, kind=MeetingKind.VISIT)
    with pytest.raises(NotFoundError):
        base.does(duo.mentee, meetings.put_kind, meeting_id=meeting, kind=MeetingKind.TALK)
    kind = select(Meeting.kind).where(Meeting.id == meeting)
    assert base.database.read(lambda session: session.scalar(kind)) is MeetingKind.VISIT


def test_the_diary_tells_a_visit_from_a_talk_and_changes_its_word_with_the_meeting(base: Base) -> None:
    """A meeting that became a visit stayed «встреча» in the mentor's diary, where no difficulty can be noted."""
    duo = base.duo
    clock = callers.clock(duo.clock.now())
    base.database.write(grant, clock, person_id=duo.mentor, role=Role.ACTIVE_MEMBER, order_number="1")

    def told() -> list[DiarySource | None]:
        lines = select(DiaryLine.source).where(DiaryLine.person_id == duo.mentor)
        return base.database.read(lambda session: list(session.scalars(lines)))

    meeting = duo.plan(hours=1)
    base.does(duo.mentor, meetings.put_kind, meeting_id=meeting, kind=MeetingKind.VISIT)
    assert told() == [], "a plan is no deed"
    duo.move(hours=2)
    base.does(duo.mentor, meetings.log_meeting, meeting_id=meeting, held=True)
    assert told() == [DiarySource.VISIT]
    for kind, source in ((MeetingKind.TALK, DiarySource.MEETING), (MeetingKind.VISIT, DiarySource.VISIT)):
        for _ in range(2):
            base.does(duo.mentor, meetings.put_kind, meeting_id=meeting, kind=kind)
            assert told() == [source]
    base.does(duo.mentor, meetings.log_meeting, meeting_id=meeting, held=False)
    assert told() == []
    other = base.does(duo.mentor, meetings.log_unplanned, pair_id=duo.pair, day=duo.clock.now().date())
    base.does(duo.mentor, meetings.put_kind, meeting_id=other, kind=MeetingKind.VISIT)
    base.does(duo.mentor, meetings.undo, meeting_id=other)
    assert told() == []
    again = base.does(duo.mentor, meetings.log_unplanned, pair_id=duo.pair, day=duo.clock.now().date())
    line = select(DiaryLine.id).where(DiaryLine.person_id == duo.mentor)
    base.does(duo.mentor, diary.drop, diary_id=base.database.read(lambda session: session.scalars(line).one()))
    base.does(duo.mentor, meetings.put_kind, meeting_id=again, kind=MeetingKind.VISIT)
    kept = base.database.read(lambda session: session.scalars(select(DiaryLine)).all())
    assert [one.dropped_at is not None for one in kept] == [True], "what its owner deleted came back with another word"
    broken = text(RULES["has a tally that is not the number of lines"])
    assert not base.database.read(lambda session: session.execute(broken).all())
