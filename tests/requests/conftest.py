"""A teacher who asks and active members who answer, on both databases."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.active.models import Membership
from db.caller import PersonCaller
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality, Term, TermKind
from db.dictionaries.rules import Rules
from db.notices.models import Notice
from db.people.models import Person, Role
from db.people.roles import grant
from db.requests import answering, services, sweeps
from db.requests.models import HelpRequest
from db.requests.services import Topic
from tests.support import callers
from tests.support.town import add_teacher

HOME, AWAY = "chelyabinsky-go", "varnensky-mr"
QUESTION = "Как собрать самопроверку в пятом классе?"


def add_member(
    session: Session, *, external_id: int, now: datetime, direction: str = "1", municipality: str = HOME, name: str = ""
) -> int:
    """An active member of a direction (its number)."""
    person_id = add_teacher(
        session,
        external_id=external_id,
        name=name or f"Знающая Нина {external_id}",
        now=now,
        municipality=municipality,
        roles=[Role.ACTIVE_MEMBER],
    )
    session.add(
        Membership(person_id=person_id, direction_id=direction_of(session, direction), order_number="1", since=now)
    )
    session.flush()
    return person_id


def make_member(session: Session, *, person_id: int, direction: str, now: datetime) -> None:
    """Makes somebody an active member of a direction (its number)."""
    grant(session, callers.clock(now), person_id=person_id, role=Role.ACTIVE_MEMBER, order_number="1")
    session.add(
        Membership(person_id=person_id, direction_id=direction_of(session, direction), order_number="1", since=now)
    )


def direction_of(session: Session, code: str) -> int:
    """The id of a direction by its number."""
    return session.scalars(select(Term.id).where(Term.kind == TermKind.DIRECTION, Term.code == code)).one()


class Desk:
    """Asking and answering by short words."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database, self.clock = database, clock
        self.people = 100
        self.asker = self.teacher()
        self.topic = Topic(direction_id=database.read(direction_of, "1"))

    def teacher(self, municipality: str = HOME) -> int:
        self.people += 1
        number, now = self.people, self.clock.now()
        name = f"Вопросова Вера {number}"
        return self.database.write(add_teacher, external_id=number, name=name, now=now, municipality=municipality)

    def member(self, direction: str = "1", municipality: str = HOME) -> int:
        self.people += 1
        return self.database.write(
            add_member,
            external_id=self.people,
            now=self.clock.now(),
            direction=direction,
            municipality=municipality,
        )

    def by(self, person_id: int) -> PersonCaller:
        return callers.person(person_id, self.clock.now())

    def ask(self, person_id: int | None = None, *, topic: Topic | None = None, avoid: bool = False) -> int:
        """A sent request's id."""
        caller = self.by(person_id or self.asker)

        def all_of_it(session: Session) -> int:
            services.begin(session, caller, topic=topic or self.topic)
            services.write_question(session, caller, text=QUESTION)
            services.avoid_own_school(session, caller, wanted=avoid)
            return services.send(session, caller)

        return self.database.write(all_of_it)

    def answer(self, request_id: int, text: str = "Дайте образец и три вопроса к нему.") -> None:
        caller = self.by(self.row(request_id).assignee_id or 0)
        self.database.write(answering.answer, caller, request_id=request_id, text=text)

    def row(self, request_id: int) -> HelpRequest:
        return self.database.read(lambda session: session.get_one(HelpRequest, request_id))

    def sweep(self) -> None:
        self.database.write(sweeps.sweep, callers.clock(self.clock.now()), rules=Rules())

    def said(self, person_id: int | None = None) -> list[str]:
        """Kinds of notices in their order, all or one person's."""
        query = select(Notice).where(Notice.kind.startswith("requests.")).order_by(Notice.id)
        if person_id is not None:
            query = query.where(Notice.person_id == person_id)
        rows = self.database.read(lambda session: session.scalars(query).all())
        return [row.kind.removeprefix("requests.") for row in rows]

    def place_of(self, code: str) -> int:
        query = select(Municipality.id).where(Municipality.code == code)
        return self.database.read(lambda session: session.scalars(query).one())

    def person(self, person_id: int) -> Person:
        return self.database.read(lambda session: session.get_one(Person, person_id))


@pytest.fixture
def desk(database: Database, clock: FrozenClock) -> Desk:
    return Desk(database, clock)
