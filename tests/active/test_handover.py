"""What who leaves answered for: the term that is noticed in time, pairs and groups given to others by name."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import erasure, handover
from db.active import services, sweeps
from db.active.models import Membership, MembershipEnd
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.dictionaries.queries import rules
from db.errors import DomainError, ForbiddenError, NotFoundError
from db.groups.models import GroupMember, MethodicalGroup
from db.mentoring.models import Mentor, Pair, PairStatus
from db.notices.models import Notice
from db.overviews import leaving
from db.overviews.leaving import Leaving
from db.people.models import Person, Role
from db.scope import StaffRole
from db.ties import services as ties
from tests.applications.support import World
from tests.groups.conftest import add_kind, make_group
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import add_teacher, block

HOME, FOREIGN = "chelyabinsky-go", "varnensky-mr"


class School:
    """A mentor who heads a group and accompanies one teacher, and two mentors more: one is the teacher's colleague."""

    def __init__(self, world: World) -> None:
        self.world, self.database = world, world.database
        add = {"now": world.now, "municipality": HOME}
        names = ("Уходящая Нина Ивановна", "Свободная Анна Петровна", "Соседская Вера Львовна")
        mentors = [
            world.database.write(add_teacher, external_id=3001 + place, name=name, roles=[Role.MENTOR], **add)
            for place, name in enumerate(names)
        ]
        self.mentor, self.other, self.colleague = mentors
        self.mentee = world.database.write(add_teacher, external_id=3010, name="Молодая Ольга", **add)
        self.region = callers.staff(world.staff("region"), world.now)
        self.pair, self.group = world.database.write(self._made)

    def _made(self, session: Session) -> tuple[int, int]:
        for one in (self.mentor, self.other):
            session.get_one(Person, one).organisation_id = None
        moments = {"started_at": self.world.now, "last_contact_at": self.world.now}
        pair = Pair(mentor_id=self.mentor, mentee_id=self.mentee, goals="Первый класс", **moments)
        session.add(pair)
        group = make_group(session, now=self.world.now, kind_id=add_kind(session))
        joined = {"group_id": group, "since": self.world.now.date(), "asked_at": self.world.now}
        session.add_all(GroupMember(person_id=one, **joined) for one in (self.mentor, self.other))
        session.get_one(MethodicalGroup, group).head_id = self.mentor
        session.flush()
        return pair.id, group

    def admitted(self, days: int) -> int:
        until = self.world.now.date() + timedelta(days=days)
        admit = {"person_id": self.mentor, "order_number": "1", "until": until}
        self.database.write(services.admit, self.region, **admit)
        return self.database.read(lambda session: session.scalars(select(Membership.id)).one())

    def sweep(self, days: int = 0) -> None:
        at = callers.clock(self.world.now + timedelta(days=days))
        self.database.write(lambda session: sweeps.sweep(session, at, rules=rules(session)))

    def why(self) -> list[tuple[int, list[Leaving]]]:
        return [(row.person_id, list(row.why)) for row in self.database.read(leaving.leaving, self.region)]

    def live(self) -> list[tuple[int, int]]:
        pairs = select(Pair.mentor_id, Pair.mentee_id).where(Pair.status == PairStatus.ACTIVE)
        return [tuple(row) for row in self.database.read(lambda session: session.execute(pairs).all())]

    def said(self, kind: str) -> list[int]:
        query = select(Notice.person_id).where(Notice.kind == kind).order_by(Notice.person_id)
        return self.database.read(lambda session: list(session.scalars(query)))


@pytest.fixture
def school(world: World) -> School:
    return School(world)


def test_a_term_is_noticed_once_before_its_end_and_ends_once(school: School) -> None:
    number = school.admitted(days=90)
    school.sweep()
    assert school.why() == [], "three months are enough time"
    for _ in range(2):
        school.sweep(days=40)
    row = school.database.read(lambda session: session.get_one(Membership, number))
    assert row.noted_at and row.ended_at is None
    for _ in range(2):
        school.sweep(days=90)  # the last day still counts
    assert school.said("active.over") == []
    for _ in range(2):
        school.sweep(days=91)
    row = school.database.read(lambda session: session.get_one(Membership, number))
    assert row.ended_how is MembershipEnd.TERM and school.said("active.over") == [school.mentor]
    actions = select(AuditEntry.action).where(AuditEntry.action.like("active.term%")).order_by(AuditEntry.id)
    said = school.database.read(lambda session: list(session.scalars(actions)))
    assert said == ["active.term_near", "active.term_over"]


def test_pairs_and_groups_go_to_others_by_name(school: School) -> None:
    school.admitted(days=30)
    assert school.why() == [(school.mentor, [Leaving.ENDING])]
    held = {
        one.noun: one.affairs for one in school.database.read(handover.held, school.region, person_id=school.mentor)
    }
    [pair], [group] = held["mentoring"], held["groups"]
    takers = [(one.person_id, one.colleague) for one in pair.takers]
    assert takers == [(school.other, False), (school.colleague, True)], "a colleague is shown as such, and last"
    assert [one.person_id for one in group.takers] == [school.other]
    give = {"to_person_id": school.other}
    school.database.write(handover.hand_over, school.region, noun="mentoring", held_id=pair.id, **give)
    school.database.write(handover.hand_over, school.region, noun="groups", held_id=group.id, **give)
    assert school.live() == [(school.other, school.mentee)]
    newest = school.database.read(lambda session: session.scalars(select(Pair).order_by(Pair.id.desc())).first())
    assert newest and newest.goals == "Первый класс"
    assert school.said("mentoring.paired") == sorted([school.other, school.mentee])
    assert school.said("groups.leads") == [school.other]
    assert school.why() == [] and not school.database.read(handover.held, school.region, person_id=school.mentor)


def test_a_mentee_is_not_offered_to_a_relative_or_to_whoever_has_no_place(school: School) -> None:
    """Both stood in the list, and giving the pair to them was refused."""

    def takers() -> list[int]:
        held = school.database.read(handover.held, school.region, person_id=school.mentor)
        return [one.person_id for noun in held if noun.noun == "mentoring" for one in noun.affairs[0].takers]

    assert takers() == [school.other, school.colleague]
    near = {"person_id": school.mentee, "other_id": school.other}
    school.database.write(ties.keep, callers.clock(school.world.now), **near)
    assert takers() == [school.colleague]
    full = {"person_id": school.colleague, "places": 3, "paused": True, "declared_at": school.world.now}
    school.database.write(lambda session: session.add(Mentor(**full)))
    assert takers() == []


def test_a_handover_is_refused_to_whom_it_is_not(school: School) -> None:
    give: dict[str, Any] = {"noun": "mentoring", "held_id": school.pair, "to_person_id": school.other}
    away = callers.staff(school.world.staff("away", StaffRole.MUNICIPAL_METHODIST, FOREIGN), school.world.now)
    reader = callers.staff(school.world.staff("reader", StaffRole.READER), school.world.now)
    for caller, refusal, more in (
        (away, NotFoundError, {}),
        (reader, ForbiddenError, {}),
        (school.region, NotFoundError, {"noun": "people"}),
        (school.region, NotFoundError, {"held_id": 10**6}),
        (school.region, DomainError, {"to_person_id": school.mentee}),
        (away, NotFoundError, {"noun": "groups", "held_id": school.group}),
    ):
        with pytest.raises(refusal):
            school.database.write(handover.hand_over, caller, **give | more)
    assert school.live() == [(school.mentor, school.mentee)], "nothing is left half done"
    assert school.database.read(leaving.leaving, away) == []
    with pytest.raises(NotFoundError):
        school.database.read(leaving.card, away, person_id=school.mentor)


def test_who_is_gone_or_has_the_bot_blocked_is_noticed(school: School) -> None:
    school.database.write(block, person_id=school.mentor, at=school.world.now)
    assert school.why() == [(school.mentor, [Leaving.BLOCKED])]
    school.database.write(erasure.withdraw_consent, callers.person(school.mentor, school.world.now))
    assert school.live() == []
    [(person, why)] = school.why()
    assert person == school.mentor and Leaving.GONE in why
    school.database.write(erasure.erase, school.region, person_id=school.mentor, requested_by="person")
    card = school.database.read(leaving.card, school.region, person_id=school.mentor)
    assert card.name is None and [one.noun for one in card.held] == ["mentoring"]
    give = {"noun": "mentoring", "held_id": school.pair, "to_person_id": school.colleague}
    school.database.write(handover.hand_over, school.region, **give)
    assert school.live() == [(school.colleague, school.mentee)] and school.why() == []


def test_one_page_hands_all_over(school: School, clock: FrozenClock, tmp_path: Path) -> None:
    school.admitted(days=30)
    visitor = Visitor(make_panel(school.database, clock, tmp_path))
    school.database.write(add_staff, login="panel", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    visitor.sign_in("panel")
    assert "передать дела" in visitor.text("/")
    assert "Уходящая" in visitor.text("/active/handover")
    page = visitor.text(f"/active/handover/{school.mentor}")
    assert "Молодая Ольга" in page and "коллега из той же школы" in page and "ШМО математиков" in page
    visitor.post(f"/active/handover/{school.mentor}/mentoring/{school.pair}", {"to": school.other})
    done = visitor.post(f"/active/handover/{school.mentor}/groups/{school.group}", {"to": school.other})
    assert done.headers["Location"].endswith("/active/handover"), "nothing is left here"
    assert "Передавать нечего" in visitor.text("/active/handover")
    assert "передать дела" not in visitor.text("/")
