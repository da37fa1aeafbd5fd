"""Lines of groups' routes, what was said of steps, difficulties seen at lessons: no history tells of fewer than five.

The life of `test_private_facts.py` with other deeds, by the use cases that people's taps call: a methodist offers a
route to a school, its people take, decline and do its lines, others note difficulties, some withdraw the consent and
are erased a day later.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from db import erasure
from db.clock import FrozenClock
from db.database import Database
from db.diary.models import DiaryLine, DiarySource
from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.events.queries import component_names
from db.expertise import difficulties
from db.indicators.formulas import FigureCounter, Window
from db.indicators.models import Formula, IndicatorMeasure, MeasureKind
from db.overviews.group_route import group_route
from db.people.models import Consent, Person
from db.people.queries import current_consent_texts
from db.reports.models import FactBatch, PrivateFact
from db.reports.rules import told
from db.reports.staff_queries import difficulties_told
from db.reports.sweeps import publish_facts
from db.routes import planning, services, staff_services
from db.routes.models import GroupRoute, ItemStatus, Route, RouteItem
from db.routes.staff_services import GroupRouteDraft
from db.scope import Scope, StaffRole
from tests.reports.test_private_facts import DAY, Life, Planted
from tests.reports.test_publishing import HISTORIES, region
from tests.support import callers
from tests.support.derived import derived

__all__ = ["region"]

REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
LINES = (PrivateFact.LINE_ANSWERED, PrivateFact.LINE_DONE)


class StepsLife(Life):
    """The same small region; `leaving` have withdrawn their consent and wait to be erased."""

    TELLING = ("days", "offer")

    def __init__(self, session: Session, now: datetime, dice: random.Random) -> None:
        super().__init__(session, now, dice)
        self.components = list(component_names(session))[:2]
        self.activity = session.scalars(select(Term.id).where(Term.kind == TermKind.WORK_LINE).limit(1)).one()
        for row in session.scalars(select(Organisation).where(Organisation.id.in_(self.schools.values()))):
            row.confirmed = True
        self.leaving: list[int] = []
        self.done: dict[int, set[int | None]] = defaultdict(set)

    def come(self) -> None:
        """Some people come, with a consent."""
        before = len(self.people)
        super().come()
        for person_id in self.people[before:]:
            for text in current_consent_texts(self.session):
                self.session.add(Consent(person_id=person_id, consent_text_id=text.id, given_at=self.now))

    def offer(self) -> None:
        """A methodist offers a route of one line or two to a school."""
        staff, school = callers.staff(REGION, self.now), self.schools[self.dice.choice(self.places)]
        draft = GroupRouteDraft(title="Читаем вместе", organisation=str(school))
        row = self.session.scalars(select(Person.id).where(Person.organisation_id == school).limit(1)).first()
        if row is None:
            return
        number = staff_services.draft_group_route(self.session, staff, draft=draft)
        for _ in range(self.dice.randint(1, 2)):
            line = {"text": "Открытый урок", "due_on": (self.now + 40 * DAY).date()}
            staff_services.add_group_line(self.session, staff, group_route_id=number, **line)
        staff_services.offer_group_route(self.session, staff, group_route_id=number)

    def answer(self) -> None:
        """Some take or decline what they were offered; one who changes their mind has answered once."""
        for person in self._some(14):
            for item in self._lines(person.id, ItemStatus.PROPOSED):
                mine = callers.person(person.id, self.now)
                if self.dice.random() < 0.7:
                    planning.accept(self.session, mine, item_id=item.id)
                    if self.dice.random() < 0.2:
                        services.drop(self.session, mine, item_id=item.id)
                else:
                    services.drop(self.session, mine, item_id=item.id)
                self._plant(PrivateFact.LINE_ANSWERED, person, of_id=item.line_id or 0)

    def prove(self) -> None:
        """Some do a line, by a word of how it went or by a link; a few take it back and do it again."""
        for person in self._some(30):
            for item in self._lines(person.id, ItemStatus.OPEN):
                mine = callers.person(person.id, self.now)
                text = self.dice.choice(["Дети спорили сами", "Дети спорили сами", "https://example.org/1"])
                planning.prove(self.session, mine, item_id=item.id, text=text)
                if item.line_id not in self.done[person.id]:
                    self._plant(PrivateFact.LINE_DONE, person, of_id=item.line_id or 0)
                self.done[person.id].add(item.line_id)
                self._plant_in_route(PrivateFact.ROUTE, item)
                if item.word is not None:
                    self._plant_in_route(PrivateFact.REFLECTION, item)
                if self.dice.random() < 0.3:
                    services.reopen(self.session, mine, item_id=item.id)
                    planning.prove(self.session, mine, item_id=item.id, text=text)

    def again(self) -> None:
        """Some open a line again that was done long ago and do it anew; some find their word of it only now."""
        for person in self._some(14):
            for item in self._lines(person.id, ItemStatus.DONE):
                mine = callers.person(person.id, self.now)
                if self.dice.random() < 0.5:
                    services.reopen(self.session, mine, item_id=item.id)
                planning.prove(self.session, mine, item_id=item.id, text="И ещё раз")
                self._plant_in_route(PrivateFact.REFLECTION, item)

    def note(self) -> None:
        """Some note whom they saw struggling at a lesson; some correct a number that was told already."""
        for person in self._some(5):
            line = DiaryLine(
                person_id=person.id,
                activity_id=self.activity,
                day=self.now.date(),
                text="Урок",
                source=DiarySource.VISIT,
                source_id=len(self.planted) + 1,
                written_at=self.now,
            )
            self.session.add(line)
            self.session.flush()
            many, component = self.dice.choice((1, 1, 2, 6)), self.dice.choice(self.components)
            mine = callers.person(person.id, self.now)
            difficulties.note(self.session, mine, diary_id=line.id, component=component, people=many)
            for _ in range(many):
                self._plant(PrivateFact.DIFFICULTY, person, key=component, of_id=line.id)
        again = [one for one in self.planted if one.mark in self._told_marks()][:1]
        for one in again:
            if self.session.get(DiaryLine, one.of_id) is not None:
                mine = callers.person(one.person, self.now)
                difficulties.note(self.session, mine, diary_id=one.of_id, component=one.key, people=9)

    def erase(self) -> None:
        """Some withdraw their consent; a day later they are erased."""
        for person in self._some(4):
            self.people.remove(person.id)
            self.leaving.append(person.id)
            erasure.withdraw_consent(self.session, callers.person(person.id, self.now))

    def days(self) -> None:
        """Who has waited for it is erased; time passes."""
        for number in self.leaving:
            erasure.erase(self.session, callers.clock(self.now), person_id=number, requested_by="person")
            self.gone.add(number)
        self.leaving = []
        super().days()

    def _told_marks(self) -> set[int]:
        return {mark for marks, (kind, *_) in self.batches.values() if kind is PrivateFact.DIFFICULTY for mark in marks}

    def _plant_in_route(self, fact: PrivateFact, item: RouteItem) -> None:
        """Plants what is of the place of the route, wherever its person works by now; once of a person."""
        person, place = item.route.person_id, item.route.municipality_id or 0
        if person not in self.once[fact]:
            self.once[fact].add(person)
            self.planted.append(Planted(len(self.planted), person, fact, place, moment=self.now))

    def _lines(self, person_id: int, status: ItemStatus) -> Sequence[RouteItem]:
        mine = Route.person_id == person_id, RouteItem.line_id.is_not(None), RouteItem.status == status
        return self.session.scalars(select(RouteItem).join(Route).where(*mine).order_by(RouteItem.id)).all()

    def _waits(self, one: Any, row: FactBatch, places: set[int | None]) -> bool:
        if row.fact not in LINES:
            return super()._waits(one, row, places)
        there = one.of_id == row.of_id and one.person not in self.gone
        return there and one.moment is not None and one.moment <= row.upto

    def _different(self, row: FactBatch, found: Sequence[Any]) -> int:
        if row.fact is not PrivateFact.DIFFICULTY:
            return super()._different(row, found)
        lines: dict[int, dict[int, int]] = {}
        for one in found:
            mine = lines.setdefault(one.person, {})
            mine[one.of_id] = mine.get(one.of_id, 0) + 1
        most = [max(one.values()) for one in lines.values()]
        return sum(most) - (max(most) if len(most) > 1 else 0)

    def _pages(self) -> dict[str, Any]:
        """What every figure of steps and difficulties tells to everybody now."""
        found: dict[str, Any] = {}
        for name, caller in self._accounts():
            noted = difficulties_told(self.session, caller)
            found[f"{name} noted"] = {place: dict(one) for place, one in noted.items()}
            for place, one in noted.items():
                for component, many in one.items():
                    assert many == self._see(PrivateFact.DIFFICULTY, key=component, where=place)
            window = Window.of(caller, None, (self.first - 400 * DAY).date(), self.now.date())
            measure = IndicatorMeasure(kind=MeasureKind.COUNT, formula=Formula.REFLECTIONS, params={})
            found[f"{name} said"] = FigureCounter(self.session, caller).figure(measure, window)
            self._seen(PrivateFact.REFLECTION, caller, None, window)
        staff = callers.staff(REGION, self.now)
        for number in self.session.scalars(select(GroupRoute.id).order_by(GroupRoute.id)):
            for line in group_route(self.session, staff, group_route_id=number).lines:
                found[f"line {line.line.id}"] = line.answered, line.taken, line.declined, line.done
                many = self._see(PrivateFact.LINE_ANSWERED, of_id=line.line.id)
                done = self._see(PrivateFact.LINE_DONE, of_id=line.line.id)
                assert line.answered == many
                assert line.done == (told(done, max(many, done)) if done else None)
        return found

    def _see(self, fact: PrivateFact, *, of_id: int | None = None, key: str = "", where: int | None = None) -> int:
        group = {
            mark
            for marks, (kind, of, named, place, *_) in self.batches.values()
            if kind is fact and (of == of_id if of_id is not None else (named, place) == (key, where))
            for mark in marks
        }
        self.shown[fact].add(frozenset((mark, fact) for mark in group))
        return len(group)


WEIGHTS = ["come", "offer", "answer", "answer", "prove", "again", "note", "note", "move", "erase", "days", "days"]
STEPS = st.lists(st.sampled_from(WEIGHTS), min_size=10, max_size=30)
BEGUN = ["come"] * 6 + ["offer"]


def nothing_is_told_of_fewer_than_five(region: Connection, now: datetime, steps: list[str], seed: int) -> None:
    with region.begin_nested() as point, Session(region, join_transaction_mode="create_savepoint") as session:
        life = StepsLife(session, now, random.Random(seed))
        for step in [*BEGUN, *steps, "days"]:
            life.live(step)
        session.close()
        point.rollback()
    for fact, groups in life.shown.items():
        assert not derived(groups), fact


def saw(session: Session, now: datetime, found: Mapping[str, Sequence[int]]) -> None:
    """In each of these municipalities each of some visitors saw so many teachers struggle with one thing."""
    activity = session.scalars(select(Term.id).where(Term.kind == TermKind.WORK_LINE).limit(1)).one()
    component = next(iter(component_names(session)))
    for code, numbers in found.items():
        place = session.scalars(select(Municipality.id).where(Municipality.code == code)).one()
        for many in numbers:
            visitor = Person(full_name="Зоркая Нина", municipality_id=place, created_at=now)
            session.add(visitor)
            session.flush()
            told = {"day": now.date(), "text": "Урок", "source": DiarySource.VISIT, "source_id": visitor.id}
            line = DiaryLine(person_id=visitor.id, activity_id=activity, written_at=now, **told)
            session.add(line)
            session.flush()
            mine = callers.person(visitor.id, now)
            difficulties.note(session, mine, diary_id=line.id, component=component, people=many)


HERE, THERE = "chelyabinsky-go", "varnensky-mr"


@pytest.mark.parametrize(
    ("found", "told_of"),
    [
        ({HERE: [5]}, [5]),
        ({HERE: [5, 1]}, []),
        ({HERE: [30, 4]}, []),
        ({HERE: [30, 4, 1]}, [35]),
        ({HERE: [4], THERE: [4]}, []),
        ({HERE: [4, 4], THERE: [4]}, [12]),
        ({HERE: [30, 2], THERE: [3]}, [35]),
    ],
)
def test_who_noted_most_learns_of_no_few_that_others_noted(
    database: Database, clock: FrozenClock, found: dict[str, list[int]], told_of: list[int]
) -> None:
    """Who had noted five of a lesson read «6» of the municipality: somebody else had seen one teacher struggle."""
    database.write(saw, clock.now(), found)
    later = callers.clock(clock.now() + 60 * DAY)
    database.write(publish_facts, later)
    told = database.read(difficulties_told, callers.staff(REGION, later.now))
    assert [many for one in told.values() for many in one.values()] == told_of


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(HISTORIES, max_examples=4)
@given(steps=STEPS, seed=st.integers(0, 10**6))
def test_no_history_of_steps_tells_of_fewer_than_five(
    region: Connection, clock: FrozenClock, steps: list[str], seed: int
) -> None:
    nothing_is_told_of_fewer_than_five(region, clock.now(), steps, seed)


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_a_history_long_enough_tells_of_steps_too(region: Connection, clock: FrozenClock) -> None:
    """Silence would be safe too."""
    life = StepsLife(Session(region, join_transaction_mode="create_savepoint"), clock.now(), random.Random(6))
    deeds = ["offer", "answer", "answer", "prove", "note", "again", "prove", "move", "days", "erase", "note", "days"]
    for step in ["come"] * 8 + deeds * 5:
        life.live(step)
    facts = {PrivateFact.DIFFICULTY, PrivateFact.REFLECTION, *LINES}
    assert {row[0] for group, row in life.batches.values() if group} >= facts
    assert all(len(life.shown[fact]) > 1 for fact in facts)
    assert not [fact for fact, groups in life.shown.items() if derived(groups)]
