"""A school year of the clock: each step asked about once within a day of its lesson, never by night or on a holiday.

Teachers of every Russian zone take steps of their own results, plan and move them, answer or not; some have mentors.
They enrol in groups of a programme and in events of their routes, wait, accept, leave, and come. The process dies
amid its minute or an enrolment at random and begins anew. Every item is linked to its answer, and what is done to its
evidence.
"""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from db.caller import Caller, PersonCaller
from db.database import Database
from db.dictionaries import queries as dictionaries
from db.dictionaries.rules import Rules
from db.errors import DomainError
from db.events import seats
from db.events import services as event_services
from db.events import sweeps as event_sweeps
from db.events.models import Event, Registration, RegistrationStatus
from db.events.rules import HOLDING
from db.mentoring import staff_services as mentoring
from db.notices.models import Notice, NoticeStatus
from db.notices.rules import is_quiet
from db.people.models import Role
from db.retests import queries as retests
from db.retests.models import Retest
from db.routes import planning, queries, services, sweeps
from db.routes.models import ItemKind, ItemStatus, Route, RouteItem, StepOutcome, StepSetting
from db.routes.rules import PROVED
from tests.diagnostics.test_screens import mixed
from tests.diagnostics.walking import complete
from tests.events.support import REGION, check_seats, door, make_event, standing
from tests.programmes.support import make_run
from tests.retests.support import begin, threes, walked
from tests.support import callers
from tests.support.databases import copy_sqlite
from tests.support.figures import Figures
from tests.support.processes import volumes
from tests.support.town import add_teacher

ZONES = (
    *("Europe/Kaliningrad", "Asia/Kamchatka", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk"),
    *("Asia/Novosibirsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan"),
)
FIRST = date(2025, 9, 1)
HOURS = (2, 17, 22)  # when the clock's minute comes there: at night, after lessons, late
MENTORED = 12  # one mentor to so many: 40 to 500
EVERY, AHEAD, SEATS = 30, 25, 8  # days between two events, days until one begins, its seats
WAITING = (RegistrationStatus.WAITING,)
COMPONENTS = ("subject", "methodical", "assessment")


class DiedError(Exception):
    """The process is killed amid a transaction."""


class Year:
    """A school year of some teachers of one zone."""

    def __init__(self, database: Database, zone: str, teachers: int, seed: int, days: int) -> None:
        self.last = FIRST + timedelta(days=days - 1)
        self.database, self.zone, self.dice = database, ZoneInfo(zone), random.Random(seed)
        self.rules = database.read(dictionaries.rules)
        self.deaths = self.rated = 0
        self.expected: dict[str, date] = {}
        self.came: dict[str, date] = {}
        begins = self.at(FIRST, 9)
        self.doors = Doors(self)
        self.doors.open(FIRST)
        self.people = [self.teacher(number, begins) for number in range(teachers)]

    def at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), self.zone).astimezone(UTC)

    def teacher(self, number: int, now: datetime) -> int:
        found = self.database.write(add_teacher, external_id=1000 + number, name=f"Вера {number}", now=now)
        complete(self.database, found, mixed, now)
        own = callers.person(found, now, self.zone)
        self.database.write(planning.draft, own)
        self.database.write(planning.agree, own)
        if number % MENTORED == 0:
            roles = [Role.MENTOR]
            mentor = self.database.write(add_teacher, external_id=9000 + number, name="Нина", now=now, roles=roles)
            staff = callers.staff(REGION, now, self.zone)
            self.database.write(mentoring.create_pair, staff, mentor_id=mentor, mentee_id=found)
        return found

    def run(self) -> None:
        day = FIRST
        while day <= self.last:
            steps = self.database.read(_open_steps)
            if (day - FIRST).days % EVERY == EVERY - 1:
                self.doors.open(day)
            for person_id in self.people:
                if self.dice.random() < 0.2:
                    self.morning(person_id, day, steps.get(person_id, []))
                if self.dice.random() < 0.2:
                    self.doors.knock(person_id, day)
            self.doors.come(day)
            for hour in HOURS:
                self.minute(callers.clock(self.at(day, hour), self.zone))
            for person_id, asked in self.database.read(_open_steps).items():
                if self.dice.random() < 0.3:
                    self.evening(person_id, day, asked)
            self.doors.check(day)
            day += timedelta(days=1)

    def minute(self, caller: Caller) -> None:
        """One minute of the clock; now and then the process dies before it has kept anything, and begins anew."""

        def dies(session: Session, caller: Caller, /, *, rules: Rules) -> None:
            sweeps.ask_how_it_went(session, caller, rules=rules)
            session.flush()
            raise DiedError

        if self.dice.random() < 0.05:
            self.deaths += 1
            with pytest.raises(DiedError):
                self.database.write(dies, caller, rules=self.rules)
        for sweep in (*sweeps.EVERY_MINUTE, *event_sweeps.EVERY_MINUTE):
            self.database.write(sweep, caller, rules=self.rules)
        self.database.write(_hear_of_events, caller)

    def morning(self, person_id: int, day: date, steps: Sequence[RouteItem]) -> None:
        """Takes a step where none is open, gives it a day, moves one that has one, or proves a line of the plan."""
        caller = callers.person(person_id, self.at(day, 9), self.zone)
        if self.dice.random() < 0.2:
            lines = self.database.read(planning.year, caller).lines
            open_ones = [one for one in lines if one.status is ItemStatus.OPEN and one.kind in PROVED]
            if open_ones:
                text = self.dice.choice(["Попробовала, вышло", "https://example.org/lesson"])
                self.database.write(planning.prove, caller, item_id=self.dice.choice(open_ones).id, text=text)
        home = None if steps else self.database.read(queries.home, caller)  # of a day's work the dearest by far
        if home is not None and home.step is not None and home.attempt_id is not None:
            taken = {"attempt_id": home.attempt_id, "item": home.step.item.code}
            steps = [self.database.write(services.take_step, caller, **taken)[0]]
        for step in steps:
            days = self.database.read(queries.days, caller, item_id=step.id)[1]
            chosen = self.dice.choice(days)
            if step.planned_on == chosen and step.ask_at is not None:
                continue
            if step.ask_at is not None:  # moved before it was asked about
                del self.expected[f"routes:{step.id}:how:{step.turn}"]
            planned = {"item_id": step.id, "day": chosen, "setting": StepSetting.MIDDLE}
            after = self.database.write(services.plan, caller, **planned)
            self.expected[f"routes:{step.id}:how:{after.turn}"] = chosen

    def evening(self, person_id: int, day: date, steps: Sequence[RouteItem]) -> None:
        """Answers what was asked."""
        caller = callers.person(person_id, self.at(day, 20), self.zone)
        for one in self.database.read(queries.home, caller).items if self.dice.random() < 0.1 else ():
            if one.status is ItemStatus.AWAITING:
                self.database.write(services.say, caller, item_id=one.id, word="Возьму карусель")
        for step in steps:
            if step.planned_on is not None and step.ask_at is None:
                outcome = self.dice.choice(list(StepOutcome))
                self.database.write(services.report, caller, item_id=step.id, outcome=outcome)
                if outcome is StepOutcome.WORKED:
                    self.rated_again(person_id, day, step.id)

    def rated_again(self, person_id: int, day: date, item_id: int) -> None:
        """Rates the component of a step that worked again, where it is not too soon."""
        now = self.at(day, 20)
        one = self.database.read(
            retests.card_of_step, callers.person(person_id, now, self.zone), item_id=item_id
        ).outlook
        if day >= one.opens_on:
            found = walked(self.database, person_id, one.attempt_id, now, threes, number=one.number)
            assert found.step is not None
            assert found.step.id == item_id, "a re-test is linked to the step that it answers"
            self.rated += 1
        else:
            with pytest.raises(DomainError, match="retest_too_early"):
                begin(self.database, person_id, one.attempt_id, now, one.number)

    def check(self) -> int:
        """Each question once and in its time, each item with its answer and evidence; returns how many were asked."""
        due = {key: day for key, day in self.expected.items() if day <= self.last}
        told = self.database.read(_told, "routes.how")
        assert told.keys() == due.keys(), "each lesson is asked about once, and nothing else is"
        for key, day in due.items():
            at = told[key].due_at
            assert self.at(day, 16) <= at <= self.at(day, 16) + timedelta(hours=24), key
            assert not is_quiet(at, rules=self.rules, zone=self.zone), key
        asked = self.database.read(_told, "routes.attended")
        assert asked.keys() == self.came.keys(), "each event that one was at is asked about once"
        for key, one in asked.items():
            at = self.at(self.came[key], 15)
            assert at <= one.due_at <= at + timedelta(hours=24), key
            assert not is_quiet(one.due_at, rules=self.rules, zone=self.zone), key
        items = self.database.read(lambda session: session.scalars(select(RouteItem)).all())
        assert all(one.event_id or (one.attempt_id is not None and one.component is not None) for one in items)
        awaited = (ItemStatus.AWAITING, ItemStatus.DONE)
        assert {f"routes:{one.id}:attended" for one in items if one.event_id and one.status in awaited} == asked.keys()
        done = [one for one in items if one.status is ItemStatus.DONE]
        assert done
        assert all(one.outcome or one.word or one.link or one.event_id for one in done)
        for (former, component), (later, of) in pairwise(self.database.read(rated_at)):
            soon = timedelta(days=self.rules.component_retest_days - 1)
            assert component != of or later - former > soon, "no component is rated again too soon"
        return len(told)


class Doors:
    """Groups of a programme and events of fewer seats than people, to which the teachers of a year enrol."""

    def __init__(self, year: Year) -> None:
        self.year, self.database, self.dice = year, year.database, year.dice
        self.begins: dict[int, date] = {}
        self.queued = 0

    def open(self, day: date) -> None:
        """An event of a component and a group of a programme, both some weeks ahead on a day with lessons."""
        starts = day + timedelta(days=AHEAD)
        while self.year.rules.is_day_off(starts):
            starts += timedelta(days=1)
        now, at = self.year.at(day, 8), self.year.at(starts, 15)
        component = self.dice.choice(COMPONENTS)
        event_id = self.database.write(make_event, now=now, capacity=SEATS, starts_at=at, components=[component])
        run = self.database.write(make_run, now=now, capacity=SEATS, days=AHEAD)
        self.begins |= {event_id: starts, run: day + timedelta(days=AHEAD)}

    def knock(self, person_id: int, day: date) -> None:
        """Enrols, accepts what is offered, leaves, or takes an event into the route; now and then amid a death."""
        coming = [event_id for event_id, starts in self.begins.items() if starts > day]
        if not coming:
            return
        event_id, caller = self.dice.choice(coming), callers.person(person_id, self.year.at(day, 10), self.year.zone)
        status = self.database.read(Session.scalar, _standing(event_id, person_id))
        leaves = status in (RegistrationStatus.SEATED, RegistrationStatus.WAITING) and self.dice.random() < 0.3
        deed = (
            seats.accept
            if status is RegistrationStatus.OFFERED and self.dice.random() < 0.7
            else seats.cancel
            if leaves
            else seats.register
        )

        def dies(session: Session, caller: PersonCaller, /) -> None:
            deed(session, caller, event_id=event_id)
            session.flush()
            raise DiedError

        try:
            if self.dice.random() < 0.05:
                self.year.deaths += 1
                with pytest.raises(DiedError):
                    self.database.write(dies, caller)
            self.database.write(deed, caller, event_id=event_id)
        except DomainError as error:
            assert error.code == "event_offer_gone", "it ran out a moment ago, and somebody waits behind"
            return
        if deed is seats.register and self.dice.random() < 0.5:
            self.database.write(services.take_event, caller, event_id=event_id)

    def come(self, day: date) -> None:
        """Most of those who have a seat at an event of today come, by the code in the hall."""
        for event_id in [number for number, starts in self.begins.items() if starts == day]:
            for person_id in self.database.read(standing, event_id=event_id)["seated"]:
                now = self.year.at(day, 15)
                token = self.database.read(door, event_id=event_id, now=now).token
                caller = callers.person(person_id, now, self.year.zone)
                if self.dice.random() < 0.8 and not self.database.read(by_parts, event_id):
                    self.database.write(event_services.check_in, caller, token=token)
                    item = self.database.read(Session.scalar, _item(event_id, person_id))
                    if item is not None:
                        self.year.came[f"routes:{item}:attended"] = day

    def check(self, day: date) -> None:
        """No seat too many, none empty while somebody waits, nobody before whoever came earlier."""
        now = self.year.at(day, 23)
        for event_id in [number for number, starts in self.begins.items() if starts > day]:
            self.database.read(check_seats, event_id=event_id, now=now)
            held, waiting = self.database.read(_queue, event_id)
            assert not waiting or max(held) < min(waiting), "who waits longest is next"
            self.queued += len(waiting)


def _standing(event_id: int, person_id: int) -> Select[RegistrationStatus]:
    mine = Registration.event_id == event_id, Registration.person_id == person_id
    return select(Registration.status).where(*mine)


def _item(event_id: int, person_id: int) -> Select[int]:
    mine = RouteItem.event_id == event_id, Route.person_id == person_id
    return select(RouteItem.id).join(Route, Route.id == RouteItem.route_id).where(*mine)


def _queue(session: Session, event_id: int) -> tuple[list[int], list[int]]:
    """The numbers of those who hold a seat, and of those who wait for one."""
    of = select(Registration.sequence).where(Registration.event_id == event_id)
    held, waiting = (session.scalars(of.where(Registration.status.in_(one))).all() for one in (HOLDING, WAITING))
    return list(held), list(waiting)


def by_parts(session: Session, event_id: int) -> bool:
    """Whether somebody is at an event by its lessons."""
    return session.get_one(Event, event_id).by_parts


def _told(session: Session, kind: str) -> dict[str, Notice]:
    """The notices of a kind by their keys."""
    return {one.key: one for one in session.scalars(select(Notice).where(Notice.kind == kind))}


def _hear_of_events(session: Session, caller: Caller, /) -> None:
    """What is due of events has gone out: an offer that nobody heard of would be held for ever."""
    due = Notice.kind.startswith("events."), Notice.status == NoticeStatus.PENDING, Notice.due_at <= caller.now
    session.execute(update(Notice).where(*due).values(status=NoticeStatus.SENT, sent_at=caller.now))


def _open_steps(session: Session) -> dict[int, list[RouteItem]]:
    """The open steps of everybody who has some."""
    found: dict[int, list[RouteItem]] = {}
    steps = select(Route.person_id, RouteItem).join(RouteItem, RouteItem.route_id == Route.id)
    open_ones = RouteItem.kind == ItemKind.STEP, RouteItem.status == ItemStatus.OPEN
    for person_id, step in session.execute(steps.where(*open_ones).order_by(Route.person_id, RouteItem.id)):
        found.setdefault(person_id, []).append(step)
    return found


def rated_at(session: Session) -> list[tuple[datetime, tuple[int, str]]]:
    """When each component of each result was rated again, in their order."""
    rows = session.scalars(select(Retest).order_by(Retest.attempt_id, Retest.component, Retest.completed_at))
    return [(row.completed_at or row.started_at, (row.attempt_id, row.component)) for row in rows]


@volumes(zones=(1, len(ZONES)), teachers=(30, 46), days=(60, 273))
def test_a_school_year_asks_about_each_step_once_in_its_time(
    _sqlite_template: Path, memory: Path, figures: Figures, zones: int, teachers: int, days: int
) -> None:
    asked = deaths = rated = queued = came = 0
    for number, zone in enumerate(ZONES[:zones]):
        database = Database.connect(copy_sqlite(_sqlite_template, memory / f"{number}.db"))
        year = Year(database, zone, teachers, number, days)
        year.run()
        asked, deaths, rated = asked + year.check(), deaths + year.deaths, rated + year.rated
        queued, came = queued + year.doors.queued, came + len(year.came)
        database.close()
    assert asked > zones * teachers * days // 50
    assert deaths and rated and queued and came
    what = f"routes: {days} days of {zones * teachers} teachers in {zones} zones, killed {deaths} times"
    figures.note(
        what,
        f"{asked} questions, {rated} components rated again, {came} times at an event, {queued} days of waiting",
        goal="each once within 24 h of its lesson, never in quiet hours; a queue keeps its order",
    )
