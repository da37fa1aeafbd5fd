"""A mentor, a mentee and their pair, on both databases."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality
from db.dictionaries.rules import Rules
from db.mentoring import meetings, staff_services, sweeps
from db.mentoring.models import Meeting, Pair
from db.notices.models import Notice
from db.people.models import Role
from db.scope import Scope, StaffRole
from tests.support import callers
from tests.support.town import add_teacher

ZONE = ZoneInfo("Asia/Yekaterinburg")
REGION = Scope(staff_id=1, role=StaffRole.REGIONAL_METHODIST, municipality_ids=None)


class Duo:
    """A mentor and a mentee who work together; every deed by a short word."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database = database
        self.clock = clock
        now = clock.now()
        self.mentor = database.write(add_teacher, external_id=1, name="Мудрая Нина", roles=[Role.MENTOR], now=now)
        self.mentee = database.write(add_teacher, external_id=2, name="Юная Ольга", now=now)
        self.pair = self.create()

    def create(self, scope: Scope = REGION, **fields: Any) -> int:
        values = {"mentor_id": self.mentor, "mentee_id": self.mentee, **fields}
        return self.database.write(staff_services.create_pair, callers.staff(scope, self.clock.now()), **values)

    def plan(self, **delta: float) -> int:
        now = self.clock.now()
        caller = callers.person(self.mentor, now)
        return self.database.write(meetings.plan_meeting, caller, pair_id=self.pair, at=now + timedelta(**delta))

    def sweep(self) -> list[str]:
        """Sweeps; answers what is new as «kind side», sorted."""
        before = self.keys()
        self.database.write(sweeps.sweep, callers.clock(self.clock.now()), rules=Rules())
        new = self.keys() - before
        query = select(Notice).where(Notice.key.in_(new))
        rows = self.database.read(lambda session: session.scalars(query).all())
        return sorted(f"{row.kind.removeprefix('mentoring.')} {row.params['side']}" for row in rows)

    def said(self) -> list[tuple[str, int]]:
        """Kinds of all notices and whom they are for, in order."""
        rows = self.database.read(lambda session: session.execute(select(Notice).order_by(Notice.id)).scalars().all())
        return [(row.kind.removeprefix("mentoring."), row.person_id) for row in rows]

    def keys(self) -> set[str]:
        return set(self.database.read(lambda session: session.scalars(select(Notice.key)).all()))

    def notices(self, kind: str) -> list[Notice]:
        query = select(Notice).where(Notice.kind == f"mentoring.{kind}").order_by(Notice.id)
        return list(self.database.read(lambda session: session.scalars(query).all()))

    def meeting(self, meeting_id: int) -> Meeting:
        return self.database.read(lambda session: session.get_one(Meeting, meeting_id))

    def row(self) -> Pair:
        return self.database.read(lambda session: session.get_one(Pair, self.pair))

    def move(self, **delta: float) -> datetime:
        self.clock.moment += timedelta(**delta)
        return self.clock.moment

    def municipality(self, code: str) -> int:
        query = select(Municipality.id).where(Municipality.code == code)
        return self.database.read(lambda session: session.scalars(query).one())


@pytest.fixture
def duo(database: Database, clock: FrozenClock) -> Duo:
    return Duo(database, clock)
