"""A methodical service with people to write to, on both databases."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from db.broadcasts import staff_queries, staff_services, sweeps
from db.broadcasts.models import Broadcast
from db.broadcasts.staff_queries import BroadcastAudience, BroadcastCard
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality
from db.dictionaries.rules import Rules
from db.notices.models import Notice, NoticeStatus
from db.people.models import Person
from db.scope import Scope, StaffRole
from tests.support import callers
from tests.support.panel import add_staff
from tests.support.town import add_teacher

ZONE = ZoneInfo("Asia/Yekaterinburg")
HOME, FOREIGN = "chelyabinsky-go", "varnensky-mr"
TEXT = "В пятницу открываем запись на весеннюю школу."


class Service:
    """Writes to people; every deed by a short word, as the region's methodist unless another scope is given."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database = database
        self.clock = clock
        self.region = self.scope("region", StaffRole.REGIONAL_METHODIST)

    def scope(self, login: str, role: StaffRole, *places: str) -> Scope:
        staff = self.database.write(add_staff, login=login, role=role, municipalities=places, now=self.clock.now())
        ids = frozenset(self.place(code) for code in places) if places else None
        return Scope(staff_id=staff, role=role, municipality_ids=ids)

    def place(self, code: str) -> int:
        query = select(Municipality.id).where(Municipality.code == code)
        return self.database.read(lambda session: session.scalars(query).one())

    def people(self, count: int, first: int = 100, **fields: Any) -> list[int]:
        now = self.clock.now()
        return [
            self.database.write(add_teacher, external_id=first + one, name=f"Тестова {first + one}", now=now, **fields)
            for one in range(count)
        ]

    def set_person(self, person_id: int, **values: Any) -> None:
        self.database.write(lambda session: session.execute(update(Person).filter_by(id=person_id).values(**values)))

    def create(self, audience: BroadcastAudience | None = None, text: str = TEXT, scope: Scope | None = None) -> int:
        return self.database.write(
            staff_services.create,
            callers.staff(scope or self.region, self.clock.now()),
            text=text,
            audience=audience or BroadcastAudience(),
        )

    def start(self, broadcast: int, typed: int | None, revision: int = 0, scope: Scope | None = None) -> None:
        self.database.write(
            staff_services.start,
            callers.staff(scope or self.region, self.clock.now()),
            broadcast_id=broadcast,
            revision=revision,
            typed=typed,
        )

    def recall(self, broadcast: int, scope: Scope | None = None) -> int:
        return self.database.write(
            staff_services.recall, callers.staff(scope or self.region, self.clock.now()), broadcast_id=broadcast
        )

    def sweep(self, database: Database | None = None) -> None:
        (database or self.database).write(sweeps.sweep, callers.clock(self.clock.now()), rules=Rules())

    def card(self, broadcast: int, scope: Scope | None = None) -> BroadcastCard:
        return self.database.read(
            staff_queries.card, callers.staff(scope or self.region, self.clock.now()), broadcast_id=broadcast
        )

    def row(self, broadcast: int) -> Broadcast:
        return self.database.read(lambda session: session.get_one(Broadcast, broadcast))

    def told(self) -> Counter[int]:
        """How often each person was told anything, whatever became of it."""
        query = select(Notice.person_id).where(Notice.kind == staff_services.BROADCAST)
        return Counter(self.database.read(lambda session: session.scalars(query).all()))

    def waiting(self) -> set[int]:
        query = select(Notice.person_id).where(Notice.status == NoticeStatus.PENDING)
        return set(self.database.read(lambda session: session.scalars(query).all()))

    def delivered(self) -> None:
        """Everything that waits has gone out."""
        going = update(Notice).where(Notice.status == NoticeStatus.PENDING)
        now = self.clock.now()
        self.database.write(lambda session: session.execute(going.values(status=NoticeStatus.SENT, sent_at=now)))

    def move(self, **delta: float) -> datetime:
        self.clock.moment += timedelta(**delta)
        return self.clock.moment


@pytest.fixture
def service(database: Database, clock: FrozenClock) -> Service:
    return Service(database, clock)
