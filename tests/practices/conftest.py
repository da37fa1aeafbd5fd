"""What tests of practices begin with: an author and others of several schools, a methodist, a practice told in full."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import PersonCaller, StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.events.queries import component_names
from db.notices.models import Notice
from db.people.models import Person
from db.practices import services, staff_services
from db.practices.models import Practice, PracticeExpert, PracticeVerdict
from db.practices.rules import PracticePart
from tests.events.support import REGION
from tests.support import callers
from tests.support.town import add_teacher

TOLD = {
    PracticePart.TITLE: "Лестница вопросов на уроке истории",
    PracticePart.AUDIENCE: "Учителям истории, 6–8 класс",
    PracticePart.LESSON: "Дайте три вопроса: что случилось, почему, что было бы иначе. Пары спорят пять минут.",
    PracticePart.RESULT: "Дети сами задают вопросы и спорят по делу.",
}


@dataclass
class Circle:
    """Teachers around practices: the first proposes, the second and third are experts, the fourth tries."""

    database: Database
    clock: FrozenClock
    people: list[int]

    @property
    def staff(self) -> StaffCaller:
        return callers.staff(REGION, self.clock.now())

    def person(self, number: int = 0) -> PersonCaller:
        return callers.person(self.people[number], self.clock.now())

    def told(self, **more: str) -> int:
        """A practice of the first, told in full."""
        number = self.database.write(services.start, self.person())
        for part, text in {**TOLD, **{PracticePart(name): text for name, text in more.items()}}.items():
            self.database.write(services.tell, self.person(), practice_id=number, part=part, text=text)
        code = next(iter(self.database.read(component_names)))
        self.database.write(services.choose_component, self.person(), practice_id=number, component=code)
        return number

    def sent(self, **more: str) -> int:
        """The same, sent."""
        number = self.told(**more)
        self.database.write(services.send, self.person(), practice_id=number)
        return number

    def looked_at(self, **more: str) -> int:
        """The same, with two experts."""
        number = self.sent(**more)
        for person_id in self.people[1:3]:
            self.database.write(staff_services.appoint, self.staff, practice_id=number, person_id=person_id)
        return number

    def reviewed(self, **more: str) -> int:
        """The same, with the word of both."""
        number = self.looked_at(**more)
        for place, expert in enumerate(self.experts(number)):
            verdict, remark = list(PracticeVerdict)[place], f"Замечание эксперта номер {place + 1}"
            self.database.write(staff_services.enter, self.staff, expert_id=expert, verdict=verdict, remark=remark)
        return number

    def published(self, **more: str) -> int:
        """The same, published."""
        number = self.reviewed(**more)
        done = {"practice_id": number, "verdict": PracticeVerdict.PUBLISH, "said": ""}
        self.database.write(staff_services.decide, self.staff, **done)
        return number

    def experts(self, number: int) -> list[int]:
        query = select(PracticeExpert.id).where(PracticeExpert.practice_id == number).order_by(PracticeExpert.id)
        return self.database.read(lambda session: list(session.scalars(query)))

    def row(self, number: int) -> Practice:
        return self.database.read(lambda session: session.get_one(Practice, number))

    def said(self, kind: str) -> list[dict[str, Any]]:
        """What is told of this kind."""
        query = select(Notice.params).where(Notice.kind == f"practices.{kind}").order_by(Notice.id)
        return self.database.read(lambda session: list(session.scalars(query)))


def _apart(session: Session, people: list[int]) -> None:
    """Nobody is a colleague of anybody."""
    for person_id in people:
        session.get_one(Person, person_id).organisation_id = None


@pytest.fixture
def make_circle(clock: FrozenClock) -> Callable[[Database], Circle]:
    """Gives the circle of a database."""

    def make(database: Database) -> Circle:
        names = ("Смелая Анна Павловна", "Строгая Вера Ивановна", "Мудрый Олег Ильич", "Юная Ольга Олеговна")
        people = [
            database.write(add_teacher, external_id=3001 + number, name=name, now=clock.now())
            for number, name in enumerate(names)
        ]
        database.write(_apart, people)
        return Circle(database, clock, people)

    return make


@pytest.fixture
def circle(database: Database, make_circle: Callable[[Database], Circle]) -> Circle:
    """The circle, on both databases."""
    return make_circle(database)
