"""Of every figure that rests on what people keep to themselves: whatever was ever told, nobody's own comes out of it.

A small region lives on: people come, walk, begin routes, ask, are at events, move, are erased, are marked late. After
each step every account reads every such figure, of every unit and of several days. Two things are held. Between two
publishings nobody's doing moves a number. And whatever is published is whole batches, so what was shown over time is
decoded as in `test_publishing.py`: every planted fact bears a mark, and the smallest group in the span is found.
Which figures these are, and which rest on public facts: docs/decisions/0018-private-facts-in-batches.md.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import Session

from db.applications.models import Campaign
from db.caller import StaffCaller
from db.clock import FrozenClock, midnight
from db.database import Database
from db.diagnostics import personal as diagnostics_data
from db.diagnostics import queries
from db.diagnostics.models import Attempt, AttemptStatus, ComponentScore, InstrumentVersion
from db.dictionaries.models import Municipality, Organisation, StaffNumber, Term, TermKind
from db.events import personal as events_data
from db.events.models import Event, EventMode, EventStatus, Registration, RegistrationStatus
from db.indicators.formulas import FigureCounter, Window
from db.indicators.models import Formula, IndicatorMeasure, MeasureKind
from db.overviews import coverage, spent
from db.people.models import Person
from db.reports.attendance import By, attendance
from db.reports.models import FactBatch, FactMark, PrivateFact
from db.reports.rules import down_to_fives, to_fives
from db.reports.sweeps import look, put
from db.requests import personal as requests_data
from db.requests.models import HelpRequest, RequestStatus
from db.routes import personal as routes_data
from db.routes.models import Route, RouteStatus
from db.scope import Scope, StaffRole
from tests.reports.test_publishing import HISTORIES, region, too_small
from tests.support import callers

__all__ = ["region"]

LEAST, PLACES, JOBS = 5, 3, 2
DAY = timedelta(days=1)
COUNTED = {
    Formula.ROUTES: PrivateFact.ROUTE,
    Formula.REQUESTS: PrivateFact.REQUEST,
    Formula.EVENTS_FOR_LOW_RESULTS: PrivateFact.LOW_RESULTS,
}
MONTHS_BACK = 2


@dataclass(frozen=True, slots=True)
class Planted:
    """A fact: whose, and where it waits to be told."""

    mark: int
    person: int
    fact: PrivateFact
    municipality_id: int
    key: str = ""
    of_id: int = 0
    moment: datetime | None = None


class Life:
    """A small region; `shown` are the groups of facts that any page ever told a number of."""

    TELLING = ("days",)

    def __init__(self, session: Session, now: datetime, dice: random.Random) -> None:
        self.session, self.now, self.dice = session, now, dice
        self.places = list(session.scalars(select(Municipality.id).order_by(Municipality.id).limit(PLACES)))
        jobs = select(Term).where(Term.kind == TermKind.POSITION).order_by(Term.id).limit(JOBS)
        self.jobs = {one.id: one.code for one in session.scalars(jobs)}
        self.schools = {place: self._school(place) for place in self.places}
        for number, place in enumerate((None, *self.places)):
            named = {"code": f"s{number}", "name": "Педагоги", "source": "р. 1", "position": number}
            positions = list(self.jobs.values())[: 1 + number % 2]
            session.add(StaffNumber(municipality_id=place, count=500, positions=positions, **named))
        self.version = queries.published_version(session)
        self.instrument = session.get_one(InstrumentVersion, self.version).instrument_id
        self.form = session.scalars(select(Term.id).where(Term.kind == TermKind.EVENT_FORMAT).limit(1)).one()
        self.direction = session.scalars(select(Term.id).where(Term.kind == TermKind.DIRECTION).limit(1)).one()
        self.campaign = session.scalars(select(Campaign.id).limit(1)).first()
        self.first, self.people, self.planted = now, list[int](), list[Planted]()
        self.once: dict[PrivateFact, set[int]] = defaultdict(set)
        self.gone: set[int] = set()
        self.batches: dict[int, tuple[frozenset[int], Any]] = {}
        self.shown: dict[PrivateFact, set[frozenset[tuple[int, str]]]] = defaultdict(set)
        self.told: Mapping[str, Any] = {}

    def _school(self, place: int) -> int:
        row = Organisation(municipality_id=place, name=f"Школа {place}", low_results=True)
        self.session.add(row)
        self.session.flush()
        return row.id

    def live(self, step: str) -> None:
        """One thing that happens; unless it is time that passes, no page tells anything else after it."""
        getattr(self, step)()
        self.session.flush()
        before, self.told = self.told, self._pages()
        assert step in self.TELLING or not before or self.told == before, f"{step} has moved a figure"

    def come(self) -> None:
        """Some people come."""
        place = self.dice.choice(self.places)
        for _ in range(self.dice.randint(2, 9)):
            school = self.dice.choice([self.schools[place], None])
            job = self.dice.choice(list(self.jobs))
            person = Person(municipality_id=place, organisation_id=school, position_id=job, created_at=self.now)
            self.session.add(person)
            self.session.flush()
            self.people.append(person.id)

    def begin(self) -> None:
        """Some of them begin a route, a few a second one."""
        for person in self._some():
            ended = {"status": RouteStatus.FINISHED, "started_at": self.now, "ended_at": self.now}
            self.session.add(Route(person_id=person.id, municipality_id=person.municipality_id, **ended))
            self._plant(PrivateFact.ROUTE, person, once=True)

    def ask(self) -> None:
        """Some of them ask for help; some are answered."""
        for person in self._some():
            answered = self.dice.random() < 0.6
            row = HelpRequest(
                person_id=person.id,
                municipality_id=person.municipality_id,
                direction_id=self.direction,
                status=RequestStatus.ANSWERED if answered else RequestStatus.WAITING,
                created_at=self.now,
                asked_at=self.now,
                answered_at=self.now if answered else None,
            )
            self.session.add(row)
            self._plant(PrivateFact.REQUEST, person)

    def walk(self) -> None:
        """Some of them finish a self-diagnosis, and send an application."""
        for person in self._some():
            attempt = Attempt(
                person_id=person.id,
                instrument_id=self.instrument,
                version_id=self.version,
                status=AttemptStatus.COMPLETED,
                municipality_id=person.municipality_id,
                started_at=self.now - timedelta(minutes=self.dice.randint(1, 90)),
                completed_at=self.now,
            )
            self.session.add(attempt)
            self.session.flush()
            self.session.add(
                ComponentScore(
                    attempt_id=attempt.id,
                    component="digital",
                    form="",
                    person_id=person.id,
                    municipality_id=person.municipality_id,
                    position_id=person.position_id,
                    latest=False,
                    point_deficits=[],
                    completed_at=self.now,
                )
            )
            self._plant(PrivateFact.DIAGNOSIS_TIME, person)
            self._plant(PrivateFact.DIAGNOSED, person, key=self.jobs[person.position_id or 0], once=True)

    def hold(self) -> None:
        """An event is over; some were on its list, some of them came."""
        event = Event(
            code=f"e{len(self.planted)}-{self.dice.random()}",
            title="Семинар",
            about="",
            format_id=self.form,
            mode=EventMode.OFFLINE,
            starts_at=self.now - timedelta(hours=2),
            ends_at=self.now,
            status=EventStatus.PUBLISHED,
            check_in_key=f"k{self.dice.random()}",
            created_at=self.now,
        )
        self.session.add(event)
        self.session.flush()
        for number, person in enumerate(self._some(14)):
            self.session.add(
                Registration(
                    event_id=event.id,
                    person_id=person.id,
                    municipality_id=person.municipality_id,
                    status=RegistrationStatus.SEATED,
                    sequence=number + 1,
                    registered_at=self.now,
                    attended_at=self.now if self.dice.random() < 0.7 else None,
                )
            )
            self._plant(PrivateFact.TURNOUT, person, of_id=event.id)

    def late(self) -> None:
        """Somebody is marked at an old event, or the mark is taken away."""
        rows = self.session.scalars(select(Registration.id)).all()
        if rows:
            at = self.dice.choice([self.now, None])
            marked = update(Registration).where(Registration.id == self.dice.choice(rows))
            self.session.execute(marked.values(attended_at=at))

    def move(self) -> None:
        """Some of them work elsewhere now, as something else; sometimes a whole school does."""
        place = self.dice.choice(self.places)
        for person in self._some(7):
            person.municipality_id, person.position_id = place, self.dice.choice(list(self.jobs))
            person.organisation_id = self.dice.choice([self.schools[place], None])

    def erase(self) -> None:
        """Some of them are erased."""
        for person in self._some(4):
            self.people.remove(person.id)
            self.gone.add(person.id)
            for data in (routes_data, requests_data, diagnostics_data, events_data):
                data.forget(self.session, callers.clock(self.now), person_id=person.id)

    def days(self) -> None:
        """Time passes, and what may be told is told: the same as if all facts there ever were had been looked at."""
        self.now += DAY * self.dice.choice((1, 8, 20, 45))
        caller = callers.clock(self.now)
        marks = {one.fact: one.since for one in self.session.scalars(select(FactMark))}
        found = look(self.session, caller)
        self.session.execute(delete(FactMark))
        self.session.expunge_all()
        assert look(self.session, caller).batches == found.batches
        self.session.add_all(FactMark(fact=fact, since=since) for fact, since in marks.items())
        put(self.session, caller, found)
        self._decode()

    def _some(self, most: int = 9) -> list[Person]:
        numbers = self.dice.sample(self.people, min(len(self.people), self.dice.randint(1, most)))
        return [self.session.get_one(Person, number) for number in numbers]

    def _plant(self, fact: PrivateFact, person: Person, *, key: str = "", of_id: int = 0, once: bool = False) -> None:
        if once and person.id in self.once[fact]:
            return
        self.once[fact].add(person.id)
        place = person.municipality_id or 0
        self.planted.append(Planted(len(self.planted), person.id, fact, place, key, of_id, self.now))

    def _decode(self) -> None:
        """Finds whose facts are in the batches that were made now: of five people and more, never changed since."""
        rows = self.session.scalars(select(FactBatch).order_by(FactBatch.id)).all()
        fresh = [row for row in rows if row.id not in self.batches]
        kept = {fact for group, _ in self.batches.values() for fact in group}
        for row in fresh:
            passed = {
                one.municipality_id for one in fresh if one.fact == row.fact and one.key == row.key and not one.people
            }
            places = {row.municipality_id} if row.municipality_id is not None else passed
            group = [one for one in self.planted if one.fact is row.fact and one.mark not in kept]
            if row.fact is PrivateFact.TURNOUT:
                there = [one for one in group if one.of_id == row.of_id]
                sizes = {place: sum(one.municipality_id == place for one in there) for place in self.places}
                alone = {place for place in self.places if sizes[place] >= LEAST}
                inside = {row.municipality_id} if row.municipality_id else set(self.places) - alone
                found = [one for one in there if one.municipality_id in inside] if row.people else []
                assert row.count == to_fives(len(found)) and all(many % LEAST == 0 for many in row.sums.values())
            elif row.fact in (PrivateFact.LOW_RESULTS, PrivateFact.QUALITY):
                found = []
                assert row.people >= LEAST
            else:
                found = [one for one in group if self._waits(one, row, places)] if row.people else []
                assert row.count == len(found), "all that waited, and nothing that was told before"
            assert not found or self._different(row, found) >= LEAST
            self.batches[row.id] = frozenset(one.mark for one in found), self._of(row)
        assert all(self.batches[row.id][1] == self._of(row) for row in rows), "what was told is never changed"

    def _waits(self, one: Planted, row: FactBatch, places: set[int | None]) -> bool:
        erased = one.person in self.gone and one.fact is not PrivateFact.REQUEST
        there = one.key == row.key and one.municipality_id in places and not erased
        return there and one.moment is not None and one.moment <= row.upto

    def _different(self, row: FactBatch, found: Sequence[Planted]) -> int:
        return len({one.person for one in found})

    @staticmethod
    def _of(row: FactBatch) -> Any:
        return row.fact, row.of_id, row.key, row.municipality_id, row.upto, row.people, row.count, dict(row.sums)

    def _pages(self) -> dict[str, Any]:
        """What every figure tells to everybody now."""
        found: dict[str, Any] = {}
        for name, caller in self._accounts():
            reach = caller.scope.municipality_ids
            found[f"{name} time"] = (
                self._seen(PrivateFact.DIAGNOSIS_TIME, caller, None),
                spent._journeys(self.session, caller),
            )
            self._seen(PrivateFact.DIAGNOSED, caller, None)
            found[f"{name} coverage"] = coverage.lines(self.session, caller)
            if caller.scope.role is StaffRole.READER:
                for by in (By.MONTH, By.MUNICIPALITY):
                    for back in (20, 400):
                        since = (self.now - DAY * back).date()
                        told = attendance(self.session, caller, by=by, since=since)
                        found[f"{name} {by} {back}"] = told
                        self._seen_events(caller, since, told.total.registered)
            for formula, fact in COUNTED.items():
                for place in (None, self.places[0]) if reach is None else sorted(reach):
                    for window in self._windows(caller, place):
                        measure = IndicatorMeasure(kind=MeasureKind.COUNT, formula=formula, params={})
                        figure = FigureCounter(self.session, caller).figure(measure, window)
                        found[f"{name} {formula} {place} {window.first} {window.last}"] = figure
                        if fact is PrivateFact.ROUTE and figure is not None:
                            many = self._seen(fact, caller, place, window)
                            assert figure.numerator == (down_to_fives(many) if many >= LEAST else 0)
                        elif fact is PrivateFact.REQUEST:
                            self._seen(fact, caller, place, window)
        return found

    def _accounts(self) -> Iterator[tuple[str, StaffCaller]]:
        for role in (StaffRole.REGIONAL_METHODIST, StaffRole.READER):
            yield f"{role} region", callers.staff(Scope(1, role, None), self.now)
        for place in self.places:
            for role in (StaffRole.MUNICIPAL_METHODIST, StaffRole.READER):
                yield f"{role} {place}", callers.staff(Scope(2, role, frozenset({place})), self.now)

    def _windows(self, caller: StaffCaller, place: int | None) -> Iterator[Window]:
        """Since it all began, and months that begin on various days."""
        begun = self.first.date() - 400 * DAY
        yield Window.of(caller, place, begun, self.now.date())
        for back in range(MONTHS_BACK):
            first: date = self.first.date() + DAY * (35 * back)
            yield Window.of(caller, place, first, first + 29 * DAY)

    def _seen(self, fact: PrivateFact, caller: StaffCaller, place: int | None, window: Window | None = None) -> int:
        """Keeps whose facts a figure is of, by the batches that it sums; returns how many."""
        group: set[int] = set()
        for marks, (kind, _, _, where, upto, *_) in self.batches.values():
            inside = window is None or window.starts_at <= upto < window.ends_at
            reached = caller.scope.sees(where) if where is not None else caller.scope.is_regional
            if kind is fact and inside and reached and place in (None, where):
                group |= marks
        self.shown[fact].add(frozenset((mark, fact) for mark in group))
        return len(group)

    def _seen_events(self, caller: StaffCaller, since: date, registered: int) -> None:
        begins, total, group = midnight(since, caller.zone), 0, set[int]()
        for marks, (kind, of_id, _, where, upto, _, count, _) in self.batches.values():
            reached = caller.scope.sees(where) if where is not None else caller.scope.is_regional
            if kind is PrivateFact.TURNOUT and reached and upto - timedelta(hours=2) >= begins and of_id:
                group |= marks
                total += count
        assert registered == total, "a reader's page sums what was told, and nothing else"
        self.shown[PrivateFact.TURNOUT].add(frozenset((mark, "turnout") for mark in group))


WEIGHTS = ["come", "come", "begin", "begin", "ask", "walk", "walk", "hold", "late", "move", "erase", "days", "days"]
STEPS = st.lists(st.sampled_from(WEIGHTS), min_size=10, max_size=40)


def nothing_is_told_of_fewer_than_five(region: Connection, now: datetime, steps: list[str], seed: int) -> None:
    with region.begin_nested() as point, Session(region, join_transaction_mode="create_savepoint") as session:
        life = Life(session, now, random.Random(seed))
        for step in ["come", "come", *steps, "days"]:
            life.live(step)
        session.close()
        point.rollback()
    for fact, groups in life.shown.items():
        assert not too_small(groups, set()), fact


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(HISTORIES, max_examples=6)
@given(steps=STEPS, seed=st.integers(0, 10**6))
def test_no_history_tells_of_fewer_than_five(
    region: Connection, clock: FrozenClock, steps: list[str], seed: int
) -> None:
    nothing_is_told_of_fewer_than_five(region, clock.now(), steps, seed)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@settings(HISTORIES, max_examples=2)
@given(steps=STEPS, seed=st.integers(0, 10**6))
def test_no_history_on_postgresql_does_either(
    region: Connection, clock: FrozenClock, steps: list[str], seed: int
) -> None:
    nothing_is_told_of_fewer_than_five(region, clock.now(), steps, seed)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_history_long_enough_tells_of_every_fact(region: Connection, clock: FrozenClock) -> None:
    """Silence would be safe too."""
    life = Life(Session(region, join_transaction_mode="create_savepoint"), clock.now(), random.Random(2))
    for step in ["come"] * 8 + ["begin", "ask", "walk", "hold", "move", "days", "late", "erase", "come"] * 9:
        life.live(step)
    told = {row[0] for group, row in life.batches.values() if group}
    facts = {PrivateFact.ROUTE, PrivateFact.REQUEST, PrivateFact.DIAGNOSED, PrivateFact.DIAGNOSIS_TIME}
    assert told == facts | {PrivateFact.TURNOUT}
    assert any(row[0] is PrivateFact.LOW_RESULTS for _, row in life.batches.values())
    assert any(row[3] is None and group for group, row in life.batches.values()), "small ones together"
    assert all(len(life.shown[fact]) > 3 for fact in facts)
    assert not [fact for fact, groups in life.shown.items() if too_small(groups, set())]


def test_what_two_have_found_is_put_in_once(database: Database, clock: FrozenClock) -> None:
    """Two bots look at one hour; whoever comes second finds batches that were not there, and puts nothing in."""
    now = clock.now()

    def routes(session: Session) -> None:
        place = session.scalars(select(Municipality.id).limit(1)).one()
        for _ in range(LEAST):
            person = Person(municipality_id=place, created_at=now)
            session.add(person)
            session.flush()
            session.add(Route(person_id=person.id, municipality_id=place, status=RouteStatus.ACTIVE, started_at=now))

    database.write(routes)
    caller = callers.clock(now + 8 * DAY)
    first, second = database.read(look, caller), database.read(look, caller)
    assert first == second and len(first.batches) == 1
    database.write(put, caller, first)
    database.write(put, caller, second)
    batches, marks = database.read(
        lambda session: (session.scalars(select(FactBatch)).all(), session.scalars(select(FactMark)).all())
    )
    assert [(one.fact, one.people) for one in batches] == [(PrivateFact.ROUTE, LEAST)]
    assert {one.fact: one.since for one in marks}[PrivateFact.ROUTE] == caller.now - 7 * DAY
    assert not database.read(look, callers.clock(caller.now + DAY)).batches


def test_what_waits_is_looked_for_from_the_first_that_waits(database: Database, clock: FrozenClock) -> None:
    """One who is alone in a place waits; nobody before is looked at again, whoever comes later."""
    now = clock.now()

    def route(session: Session, day: int) -> None:
        place = session.scalars(select(Municipality.id).limit(1)).one()
        person = Person(municipality_id=place, created_at=now)
        session.add(person)
        session.flush()
        moment = now + day * DAY
        session.add(Route(person_id=person.id, municipality_id=place, status=RouteStatus.ACTIVE, started_at=moment))

    def mark(session: Session) -> datetime:
        return session.get_one(FactMark, PrivateFact.ROUTE).since

    for day, since in ((0, now), (3, now), (20, now)):
        database.write(route, day)
        caller = callers.clock(now + (day + 9) * DAY)
        database.write(put, caller, database.read(look, caller))
        assert database.read(mark) == since
    for day in (20, 20):
        database.write(route, day)
    caller = callers.clock(now + 30 * DAY)
    database.write(put, caller, database.read(look, caller))
    assert database.read(mark) == caller.now - 7 * DAY, "five are told: nobody waits"
