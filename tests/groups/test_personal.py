"""A person's groups: in the file, gone with the person, one person's after a merging."""

from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.groups import personal, services, staff_queries, staff_services
from db.groups.models import GroupAttendance, GroupDecision, GroupMember, MethodicalGroup
from tests.groups.conftest import Union, make_group, membership_of
from tests.support import callers
from tests.support.town import add_teacher

Unite = Callable[..., Union]


def test_the_file_has_ones_own_and_an_erasure_leaves_the_group_its_decisions(unite: Unite) -> None:
    union = unite(3)
    meeting = union.met(3)
    decision = union.decide(meeting, responsible_id=union.people[0])
    union.database.write(services.done, union.person(), decision_id=decision)
    union.database.write(services.say, union.person(), decision_id=decision, word="Сделала с Ольгой")
    kept = union.database.read(personal.export, person_id=union.people[0])
    assert [one["title"] for one in kept["groups"]] == ["ШМО математиков"] and kept["groups"][0]["heads"]
    assert kept["group_meetings"][0]["came"] and kept["group_decisions"][0]["word"] == "Сделала с Ольгой"
    union.database.write(personal.forget, callers.clock(union.clock.now()), person_id=union.people[0])

    def left(session: Session) -> tuple[object, ...]:
        row = session.get_one(GroupDecision, decision)
        members = session.scalars(select(GroupMember.person_id).order_by(GroupMember.person_id)).all()
        came = session.scalars(select(GroupAttendance.person_id).order_by(GroupAttendance.person_id)).all()
        head = session.get_one(MethodicalGroup, union.group).head_id
        return row.text, row.word, row.done_by, row.responsible_id, members, came, head

    rest = union.people[1:]
    assert union.database.read(left) == ("Провести неделю математики", "", "", None, rest, rest, None)


def test_who_withdraws_leaves_groups_without_a_head_and_decisions_without_who_answers(unite: Unite) -> None:
    union = unite(3)
    union.decide(union.met(3), responsible_id=union.people[0])
    union.database.write(personal.stop, callers.clock(union.clock.now()), person_id=union.people[0])
    card = union.database.read(staff_queries.card, union.staff, group_id=union.group)
    assert card.group.head_id is None and [one.decision.responsible_id for one in card.decisions] == [None]
    assert union.database.read(membership_of, union.people[0]) == ["left"]


def test_of_two_who_are_one_and_head_two_groups_of_a_kind_one_heads_one(unite: Unite) -> None:
    union = unite(3)
    database, now = union.database, union.clock.now()
    twin = database.write(add_teacher, external_id=4001, name="Учебная Анна 0", now=now)
    other = database.write(make_group, now=now, kind_id=union.kind, name="ШМО физиков")
    database.write(staff_services.name_head, union.staff, group_id=other, person_id=twin)
    database.write(staff_services.add_member, union.staff, group_id=union.group, person_id=twin, since=None)
    meeting = union.met(1)
    came = update(GroupAttendance).where(GroupAttendance.person_id == twin).values(came=True)
    database.write(lambda session: session.execute(came))
    first = union.people[0]
    database.write(personal.merge, callers.clock(now), kept_id=first, gone_id=twin)

    def heads(session: Session) -> list[int | None]:
        return [session.get_one(MethodicalGroup, number).head_id for number in (union.group, other)]

    assert database.read(heads) == [first, None]
    card = database.read(staff_queries.card, union.staff, group_id=other)
    assert [one.person_id for one in card.members] == [first], "the one is a member of both"
    assert database.read(membership_of, twin) == []
    assert database.read(staff_queries.meeting, union.staff, meeting_id=meeting).came == 1, "one person, once"
