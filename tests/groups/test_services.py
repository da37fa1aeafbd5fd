"""Groups by their rules: one head, members who come and go, meetings with a quorum, decisions with a term."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Centre, Municipality
from db.dictionaries.rules import Rules
from db.errors import ConflictError, DomainError, NotFoundError
from db.groups import meetings, queries, rules, services, staff_queries, staff_services, sweeps, tree
from db.groups.membership import is_member
from db.groups.models import GroupDecision, GroupMeeting, GroupMeetingStatus, GroupStatus, MethodicalGroup
from db.groups.staff_services import GroupDraft
from db.groups.tree import GroupFilter
from db.notices.models import Notice, NoticeStatus
from db.scope import Scope, StaffRole
from tests.groups.conftest import NOBODY, Union, add_kind, make_group, membership_of, united
from tests.mentoring.test_services import at_once
from tests.support import callers
from tests.support.town import add_teacher

Unite = Callable[..., Union]


def head_of(session: Session, group_id: int) -> int | None:
    return session.get_one(MethodicalGroup, group_id).head_id


def test_one_person_heads_one_group_of_a_kind(unite: Unite, database: Database) -> None:
    union = unite()
    other = database.write(make_group, now=union.clock.now(), kind_id=union.kind, name="ШМО физиков")
    with pytest.raises(ConflictError) as refused:
        database.write(staff_services.name_head, union.staff, group_id=other, person_id=union.people[0])
    assert refused.value.code == "groups_heads_already"
    assert refused.value.params == {"name": "Учебная Анна 0", "other": "ШМО математиков"}
    kind = database.write(add_kind, "council")
    council = database.write(make_group, now=union.clock.now(), kind_id=kind, name="Совет")
    database.write(staff_services.name_head, union.staff, group_id=council, person_id=union.people[0])
    assert database.read(head_of, council) == union.people[0], "of another kind one may"
    assert database.read(is_member, council, union.people[0]), "a head is a member"


def test_of_four_who_name_one_head_at_once_three_are_refused(database_url: str, clock: FrozenClock) -> None:
    database, now = Database.connect(database_url), clock.now()
    union = united(database, clock, 1)
    person = database.write(add_teacher, external_id=4001, name="Нужная Всем", now=now)
    groups = [database.write(make_group, now=now, kind_id=union.kind, name=f"ШМО {number}") for number in range(4)]
    refusals = at_once(
        database_url,
        *[
            lambda door, number=number: door.write(
                staff_services.name_head, union.staff, group_id=number, person_id=person
            )
            for number in groups
        ],
    )
    assert len(refusals) == 3 and all("groups_heads_already" in str(one) for one in refusals), refusals
    heads = [database.read(head_of, number) for number in groups]
    assert heads.count(person) == 1
    database.close()


def test_a_head_who_leaves_leaves_the_group_without_one_and_it_is_counted(unite: Unite) -> None:
    union = unite()
    union.database.write(services.leave, union.person(), group_id=union.group)
    assert union.database.read(head_of, union.group) is None
    page = union.database.read(tree.listing, union.staff, wanted=GroupFilter(state=tree.HEADLESS))
    assert page.headless == 1 and [row.id for row in page.rows] == [union.group]


def test_who_asks_is_taken_by_the_head_once_and_hears_of_it(unite: Unite) -> None:
    union = unite()
    database, now = union.database, union.clock.now()
    person = database.write(add_teacher, external_id=4001, name="Новая Вера", now=now)
    asker = callers.person(person, now)
    assert [one.name for one in database.read(queries.groups_near, asker)] == ["ШМО математиков"]
    assert database.write(services.ask_to_join, asker, group_id=union.group)
    assert not database.write(services.ask_to_join, asker, group_id=union.group), "twice is once"
    assert union.said("asked") == [union.people[0]]
    _, (line,) = database.read(queries.asking, union.person(), group_id=union.group)
    with pytest.raises(NotFoundError):
        database.write(services.decide_member, union.person(1), member_id=line.member_id, accept=True)
    database.write(services.decide_member, union.person(), member_id=line.member_id, accept=True)
    with pytest.raises(ConflictError):
        database.write(services.decide_member, union.person(), member_id=line.member_id, accept=False)
    assert union.said("accepted") == [person]
    assert database.read(membership_of, person) == ["active"]
    database.write(services.leave, asker, group_id=union.group)
    database.write(services.ask_to_join, asker, group_id=union.group)
    assert database.read(membership_of, person) == ["left", "asked"], "who left may ask again"


def test_nobody_pesters_a_head_or_members_by_asking_or_calling_again_and_again(unite: Unite) -> None:
    """Asking and taking it back, or calling a meeting and calling it off, wrote to others each time, without an end."""
    union = unite()
    database, now = union.database, union.clock.now()
    asker = callers.person(database.write(add_teacher, external_id=4001, name="Новая Вера", now=now), now)
    for _ in range(rules.MOST_ASKED):
        assert database.write(services.ask_to_join, asker, group_id=union.group)
        database.write(services.leave, asker, group_id=union.group)
    with pytest.raises(DomainError, match="groups_asked_often"):
        database.write(services.ask_to_join, asker, group_id=union.group)
    tomorrow = callers.person(asker.person_id, now + timedelta(days=1, minutes=1))
    assert database.write(services.ask_to_join, tomorrow, group_id=union.group)
    for number in range(rules.MOST_AHEAD):
        meeting = database.write(
            services.call_meeting, union.person(), group_id=union.group, at=now + timedelta(days=number + 1)
        )
        database.write(services.cancel_meeting, union.person(), meeting_id=meeting)
    with pytest.raises(DomainError, match="groups_meetings_many"):
        database.write(services.call_meeting, union.person(), group_id=union.group, at=now + timedelta(days=60))


def test_nobody_joins_a_foreign_schools_union(unite: Unite) -> None:
    union = unite()
    database, now = union.database, union.clock.now()
    stranger = database.write(add_teacher, external_id=4002, name="Чужая Анна", now=now, municipality="varnensky-mr")
    with pytest.raises(NotFoundError):
        database.write(services.ask_to_join, callers.person(stranger, now), group_id=union.group)


def test_without_a_quorum_nothing_is_decided_and_minutes_are_kept(unite: Unite) -> None:
    union = unite(5, quorum=3)
    meeting = union.met(2)
    kept = union.database.read(staff_queries.meeting, union.staff, meeting_id=meeting)
    assert (kept.meeting.minutes, kept.came, kept.meeting.needed, kept.quorum) == ("Слушали и говорили.", 2, 3, False)
    with pytest.raises(DomainError) as refused:
        union.decide(meeting)
    assert (refused.value.code, refused.value.params) == ("groups_no_quorum", {"came": 2, "needed": 3})
    union.database.write(
        meetings.write_minutes,
        union.staff,
        meeting_id=meeting,
        number="3",
        minutes="Слушали.",
        came=frozenset(union.people[:3]),
    )
    union.decide(meeting)
    with pytest.raises(ConflictError) as stands:
        union.database.write(
            meetings.write_minutes,
            union.staff,
            meeting_id=meeting,
            number="3",
            minutes="Слушали.",
            came=frozenset(union.people[:1]),
        )
    assert stands.value.code == "groups_decisions_stand"


@pytest.mark.parametrize(
    ("members", "own", "share", "wanted"),
    [(5, None, None, 1), (5, 3, None, 3), (5, 4, 50, 4), (5, None, 50, 3), (6, None, 50, 3), (7, None, 66, 5)],
)
def test_how_many_are_enough(members: int, own: int | None, share: int | None, wanted: int) -> None:
    assert rules.needed(members, own=own, share=share) == wanted


def test_who_answers_for_a_decision_is_told_and_reminded_once_a_week_before(unite: Unite) -> None:
    union = unite()
    today = union.clock.now().date()
    decision = union.decide(union.met(3), due_on=today + timedelta(days=21))
    assert union.said("assigned") == [union.people[1]]
    start = union.clock.now()
    for hours in range(0, 24 * 24, 6):
        union.database.write(sweeps.sweep, callers.clock(start + timedelta(hours=hours)), rules=Rules())
    due = union.database.read(lambda session: session.scalars(select(Notice).where(Notice.kind == "groups.due")).all())
    assert [one.person_id for one in due] == [union.people[1]]
    assert due[0].due_at.date() == today + timedelta(days=14)
    union.database.write(services.done, union.person(1), decision_id=decision)
    with pytest.raises(ConflictError):
        union.database.write(services.done, union.person(1), decision_id=decision)
    with pytest.raises(NotFoundError):
        union.database.write(services.done, union.person(2), decision_id=decision)
    union.database.write(services.reopen, union.person(1), decision_id=decision)
    row = union.database.read(lambda session: session.get_one(GroupDecision, decision))
    assert (row.done_on, row.remind_on) == (None, today + timedelta(days=14))


def test_what_is_late_says_so(unite: Unite) -> None:
    union = unite()
    decision = union.decide(union.met(3), due_on=union.clock.now().date())
    day = timedelta(days=3)
    later = callers.staff(union.staff.scope, union.clock.now() + day)
    card = union.database.read(staff_queries.card, later, group_id=union.group)
    assert [one.state for one in card.decisions] == [rules.DecisionState.OVERDUE]
    (row,) = union.database.read(tree.listing, later, wanted=GroupFilter()).rows
    assert row.overdue == 1
    mine = callers.person(union.people[1], later.now)
    assert union.database.read(queries.decision, mine, decision_id=decision).state is rules.DecisionState.OVERDUE


def test_a_decision_creates_one_group(unite: Unite) -> None:
    union = unite()
    decision = union.decide(union.met(3))
    draft = GroupDraft(name="Ресурсный центр", kind_id=union.kind, **NOBODY)
    made = union.database.write(
        staff_services.save_group, union.staff, group_id=None, draft=draft, decision_id=decision
    )
    card = union.database.read(staff_queries.card, union.staff, group_id=made)
    assert card.origin is not None and card.origin.meeting.number == "3"
    assert [one.id for one in union.database.read(staff_queries.card, union.staff, group_id=union.group).made] == [made]
    with pytest.raises(ConflictError):
        union.database.write(staff_services.save_group, union.staff, group_id=None, draft=draft, decision_id=decision)
    with pytest.raises(ConflictError):
        union.database.write(meetings.drop_decision, union.staff, decision_id=decision)


def test_no_group_stands_under_itself(unite: Unite) -> None:
    union = unite()
    database, now = union.database, union.clock.now()
    above = database.write(make_group, now=now, kind_id=union.kind, name="Центр")
    under = GroupDraft(name="ШМО", kind_id=union.kind, **{**NOBODY, "parent_id": above})
    database.write(staff_services.save_group, union.staff, group_id=union.group, draft=under)
    with pytest.raises(DomainError) as refused:
        database.write(
            staff_services.save_group,
            union.staff,
            group_id=above,
            draft=GroupDraft(name="Центр", kind_id=union.kind, **{**NOBODY, "parent_id": union.group}),
        )
    assert refused.value.code == "groups_parent"
    page = database.read(tree.listing, union.staff, wanted=GroupFilter())
    assert [(row.id, row.depth) for row in page.rows] == [(above, 0), (union.group, 1)]


def test_a_called_meeting_is_told_to_members_and_its_agenda_goes_with_the_call(unite: Unite) -> None:
    union = unite(3)
    at = union.clock.now() + timedelta(days=2)
    meeting = union.database.write(services.call_meeting, union.person(), group_id=union.group, at=at)
    assert meeting == union.database.write(services.call_meeting, union.person(), group_id=union.group, at=at)
    assert union.said("called") == union.people[1:]
    union.database.write(services.write_agenda, union.person(), meeting_id=meeting, text="О контрольной")
    calls = union.database.read(lambda session: session.scalars(select(Notice.params)).all())
    assert [one["agenda"] for one in calls if "agenda" in one] == ["О контрольной"] * 2
    with pytest.raises(NotFoundError):
        union.database.write(services.call_meeting, union.person(1), group_id=union.group, at=at)
    union.database.write(services.answer, union.person(1), meeting_id=meeting, coming=True)
    union.database.write(services.answer, union.person(1), meeting_id=meeting, coming=False)
    line = union.database.read(meetings.meeting, union.person(1), meeting_id=meeting)
    assert (line.coming, line.said) == (False, (0, 1))
    with pytest.raises(DomainError):
        union.database.write(
            services.mark_came, union.person(), meeting_id=meeting, person_id=union.people[1], came=True
        )
    union.clock.moment = at
    union.database.write(services.mark_came, union.person(), meeting_id=meeting, person_id=union.people[1], came=True)
    row = union.database.read(lambda session: session.get_one(GroupMeeting, meeting))
    assert (row.status, row.members, row.needed) == (GroupMeetingStatus.HELD, 3, 1)
    with pytest.raises(ConflictError):
        union.database.write(services.cancel_meeting, union.person(), meeting_id=meeting)


def test_a_meeting_that_is_called_off_is_told_and_calls_go(unite: Unite) -> None:
    union = unite(3)
    at = union.clock.now() + timedelta(days=2)
    meeting = union.database.write(services.call_meeting, union.person(), group_id=union.group, at=at)
    union.database.write(services.cancel_meeting, union.person(), meeting_id=meeting)
    assert union.said("called_off") == union.people[1:]
    waiting = select(Notice.kind).where(Notice.status == NoticeStatus.PENDING, Notice.kind == "groups.called")
    assert union.database.read(lambda session: session.scalars(waiting).all()) == []


def test_a_closed_group_takes_nobody_and_opens_again(unite: Unite) -> None:
    union = unite(3)
    union.database.write(staff_services.close, union.staff, group_id=union.group)
    with pytest.raises(ConflictError):
        union.database.write(services.leave, union.person(1), group_id=union.group)
    other = union.database.write(make_group, now=union.clock.now(), kind_id=union.kind, name="ШМО физиков")
    union.database.write(staff_services.name_head, union.staff, group_id=other, person_id=union.people[0])
    with pytest.raises(ConflictError):
        union.database.write(staff_services.reopen, union.staff, group_id=union.group)
    union.database.write(staff_services.name_head, union.staff, group_id=other, person_id=None)
    union.database.write(staff_services.reopen, union.staff, group_id=union.group)
    status = union.database.read(lambda session: session.get_one(MethodicalGroup, union.group).status)
    assert status is GroupStatus.ACTIVE


def test_a_centres_group_is_reached_only_by_who_reaches_all_that_it_serves(unite: Unite) -> None:
    union = unite(1)
    database, now = union.database, union.clock.now()

    def centre(session: Session) -> tuple[int, list[int]]:
        towns = session.scalars(select(Municipality).order_by(Municipality.id).limit(2)).all()
        row = Centre(code="c", name="Центр", municipalities=list(towns))
        session.add(row)
        session.flush()
        return row.id, [one.id for one in towns]

    centre_id, towns = database.write(centre)
    group = database.write(make_group, now=now, kind_id=union.kind, name="МО центра", centre_id=centre_id)
    whole = Scope(7, StaffRole.MUNICIPAL_METHODIST, frozenset(towns))
    part = Scope(8, StaffRole.MUNICIPAL_METHODIST, frozenset(towns[:1]))
    assert database.read(staff_queries.card, callers.staff(whole, now), group_id=group).group.name == "МО центра"
    with pytest.raises(NotFoundError):
        database.read(staff_queries.card, callers.staff(part, now), group_id=group)
    with pytest.raises(NotFoundError):
        database.write(staff_services.close, callers.staff(part, now), group_id=group)


def test_a_moved_meeting_is_called_anew(unite: Unite) -> None:
    union = unite(2)
    at = union.clock.now() + timedelta(days=2)
    draft = meetings.MeetingDraft(at=at, place="Актовый зал", link="", agenda="")
    meeting = union.database.write(
        meetings.save_meeting, union.staff, meeting_id=None, group_id=union.group, draft=draft
    )
    moved = meetings.MeetingDraft(at=at + timedelta(days=1), place="Актовый зал", link="", agenda="")
    union.database.write(meetings.save_meeting, union.staff, meeting_id=meeting, group_id=None, draft=moved)
    waiting = select(Notice.params).where(Notice.status == NoticeStatus.PENDING, Notice.kind == "groups.called")
    found = union.database.read(lambda session: session.scalars(waiting).all())
    assert [one["at"] for one in found] == [(at + timedelta(days=1)).isoformat()] * 2


def test_a_decision_of_somebody_outside_or_before_its_meeting_is_refused(unite: Unite) -> None:
    union = unite(2)
    meeting = union.met(2)
    stranger = union.database.write(add_teacher, external_id=4001, name="Чужая", now=union.clock.now())
    for more, code in (
        ({"responsible_id": stranger}, "groups_not_member"),
        ({"due_on": date(2026, 1, 1)}, "groups_decision_days"),
        ({"text": "а"}, "groups_decision_text"),
    ):
        with pytest.raises(DomainError) as refused:
            union.decide(meeting, **more)
        assert refused.value.code == code


def test_members_of_a_group_of_the_past_stay_in_its_minutes(unite: Unite) -> None:
    union = unite(3)
    meeting = union.met(3)
    union.database.write(services.leave, union.person(2), group_id=union.group)
    card = union.database.read(staff_queries.meeting, union.staff, meeting_id=meeting)
    assert card.came == 3


def test_a_working_group_of_the_whole_region_is_not_offered_to_whoever_comes_by(
    database: Database, clock: FrozenClock
) -> None:
    """A mathematics teacher was offered the methodists' working group on their diary as a union near by."""
    kinds = {name: database.write(add_kind, name, temporary=name == "working") for name in ("council", "working")}
    now = clock.now()
    made = {name: database.write(make_group, now=now, kind_id=kind, name=name) for name, kind in kinds.items()}
    asker = callers.person(database.write(add_teacher, external_id=77, name="Новая Вера", now=now), now)
    near = {one.group_id for one in database.read(queries.groups_near, asker)}
    assert made["council"] in near and made["working"] not in near
    with pytest.raises(NotFoundError):
        database.write(services.ask_to_join, asker, group_id=made["working"])
