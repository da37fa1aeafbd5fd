"""What tests of groups begin with: a kind, a union of one school with its members, and its head."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import PersonCaller, StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.groups import meetings, staff_services
from db.groups.meetings import DecisionDraft, MeetingDraft
from db.groups.models import GroupKind, GroupLevel, GroupMember
from db.groups.staff_services import GroupDraft
from db.notices.models import Notice
from db.people.models import Person
from db.scope import Scope, StaffRole
from tests.support import callers
from tests.support.town import add_teacher

REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
NOBODY: dict[str, Any] = {
    "centre_id": None,
    "municipality_id": None,
    "organisation_id": None,
    "subject_id": None,
    "parent_id": None,
    "quorum": None,
    "about": "",
}


def add_kind(session: Session, code: str = "union", /, **more: Any) -> int:
    """A kind of group; returns its id."""
    row = GroupKind(code=code, name=f"вид {code}", level=GroupLevel.ORGANISATION, source="тест", **more)
    session.add(row)
    session.flush()
    return row.id


def make_group(session: Session, /, *, now: datetime, kind_id: int, name: str = "ШМО математиков", **unit: Any) -> int:
    """A group; of the whole region unless a unit is named."""
    draft = GroupDraft(name=name, kind_id=kind_id, **{**NOBODY, **unit})
    return staff_services.save_group(session, callers.staff(REGION, now), group_id=None, draft=draft)


@dataclass
class Union:
    """A union of one school: `people` are its members, the first of them heads it."""

    database: Database
    clock: FrozenClock
    kind: int
    group: int
    people: list[int]

    @property
    def staff(self) -> StaffCaller:
        return callers.staff(REGION, self.clock.now())

    def person(self, number: int = 0) -> PersonCaller:
        return callers.person(self.people[number], self.clock.now())

    def said(self, kind: str) -> list[int]:
        """Who is told something of this kind."""
        query = select(Notice.person_id).where(Notice.kind == f"groups.{kind}").order_by(Notice.id)
        return self.database.read(lambda session: list(session.scalars(query)))

    def met(self, came: int, **more: Any) -> int:
        """A meeting of yesterday to which so many came, with its minutes."""
        at = self.clock.now() - timedelta(days=1)
        draft = MeetingDraft(at=at, place="Кабинет 12", link="", agenda="Итоги четверти")
        number = self.database.write(
            meetings.save_meeting, self.staff, meeting_id=None, group_id=self.group, draft=draft
        )
        self.database.write(
            meetings.write_minutes,
            self.staff,
            meeting_id=number,
            **{"number": "3", "minutes": "Слушали и говорили.", "came": frozenset(self.people[:came]), **more},
        )
        return number

    def decide(self, meeting: int, **more: Any) -> int:
        """A decision of a meeting, for its second member."""
        said = {"text": "Провести неделю математики", "responsible_id": self.people[1], "due_on": None, **more}
        return self.database.write(meetings.add_decision, self.staff, meeting_id=meeting, draft=DecisionDraft(**said))


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """One engine is enough where nobody waits for anybody."""
    opened = Database.connect(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def unite(database: Database, clock: FrozenClock) -> Callable[..., Union]:
    """Makes a union of so many people."""
    return partial(united, database, clock)


def united(database: Database, clock: FrozenClock, people: int = 5, **more: Any) -> Union:
    """A union of so many people of one school; the first heads it."""
    now = clock.now()
    ids = [
        database.write(add_teacher, external_id=3001 + number, name=f"Учебная Анна {number}", now=now)
        for number in range(people)
    ]
    school = database.read(lambda session: session.get_one(Person, ids[0]).organisation_id)
    kind = database.write(add_kind)
    group = database.write(make_group, now=now, kind_id=kind, organisation_id=school, **more)
    union = Union(database, clock, kind, group, ids)
    for person_id in ids:
        database.write(staff_services.add_member, union.staff, group_id=group, person_id=person_id, since=None)
    database.write(staff_services.name_head, union.staff, group_id=group, person_id=ids[0])
    return union


def membership_of(session: Session, person_id: int) -> list[str]:
    """The statuses of somebody's memberships."""
    query = select(GroupMember.status).where(GroupMember.person_id == person_id).order_by(GroupMember.id)
    return [one.value for one in session.scalars(query)]
