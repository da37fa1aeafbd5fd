"""The waiting list over thousands of random steps from three processes.

No seat is empty while someone waits, nobody is overtaken, and whoever is called is told once.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.caller import Caller, PersonCaller, StaffCaller
from db.clock import FrozenClock
from db.database import AsyncDatabase, Database
from db.dictionaries import queries as dictionaries
from db.dictionaries.rules import Rules
from db.errors import DomainError
from db.events import seats, staff_services, sweeps
from db.events.models import Cause, Event, Registration
from db.events.rules import ACTIVE
from db.notices.models import Notice
from tests.events.support import REGION, RULES, check_seats, heard, make_event, make_people, standing
from tests.events.test_seats import plan_of
from tests.support import callers
from tests.support.figures import Figures
from tests.support.processes import Say, crew, engine_of, volumes

PEOPLE = 14
KINDS = {"register": 40, "cancel": 25, "accept": 15, "sweep": 10, "capacity": 6, "hand": 4}
Deed = Callable[..., Any]


def forgetful_cancel(session: Session, caller: PersonCaller, *, event_id: int) -> None:
    """Leaves, and calls nobody."""
    event = seats.lock(session, event_id)
    mine = select(Registration).where(Registration.event_id == event_id, Registration.person_id == caller.person_id)
    registration = session.scalar(mine)
    if registration is not None and registration.status in ACTIVE:
        seats.leave(session, caller, event=event, registration=registration, cause=Cause.SELF)


def change_capacity(session: Session, caller: StaffCaller, *, event_id: int, capacity: int) -> None:
    """As a methodist does in the event's form."""
    revision = session.get_one(Event, event_id).revision
    plan = plan_of(session, event_id=event_id)(capacity=capacity)
    staff_services.change(session, caller, event_id=event_id, plan=plan, revision=revision)


class Fate:
    """What a person, a methodist or the clock does next, the same at every run."""

    def __init__(self, seed: int, event_id: int, people: list[int], cancel: Deed, now: datetime) -> None:
        self.dice, self.event_id, self.people, self.cancel, self.now = (
            random.Random(seed),
            event_id,
            people,
            cancel,
            now,
        )
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []

    def next(self) -> tuple[str, Deed, dict[str, Any]]:
        """A kind of step, its use case and the arguments."""
        kind = self.dice.choices(list(KINDS), list(KINDS.values()))[0]
        person_id = self.dice.choice(self.people)
        if kind == "sweep":
            self.now += timedelta(hours=self.dice.choice([0, 1, 7]))
            return kind, expire, {"caller": callers.clock(self.now), "rules": RULES}
        methodist = callers.staff(REGION, self.now)
        if kind == "capacity":
            capacity = self.dice.choice([1, 2, 3, 4, 5, 6])
            return kind, change_capacity, {"caller": methodist, "event_id": self.event_id, "capacity": capacity}
        who = {"caller": callers.person(person_id, self.now), "event_id": self.event_id}
        return {
            "register": (kind, seats.register, who),
            "cancel": (kind, self.cancel, who),
            "accept": (kind, seats.accept, who),
            "hand": (kind, staff_services.add_person, who | {"caller": methodist, "person_id": person_id}),
        }[kind]

    def refused(self, kind: str, refusal: DomainError) -> None:
        self.done[f"{kind}: {refusal.code}"] += 1

    def look(self, session: Session) -> None:
        """The list as everybody sees it at this moment, in one snapshot."""
        if session.get_bind().dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        try:
            check_seats(session, event_id=self.event_id, now=self.now)
            check_order(session, event_id=self.event_id)
        except AssertionError as error:
            self.wrong.append(str(error))


async def steps_in_the_bot(door: AsyncDatabase, say: Say, fate: Fate, times: int) -> Fate:
    for _ in range(times):
        kind, deed, arguments = fate.next()
        try:
            await door.write(deed, **arguments)
            fate.done[kind] += 1
        except DomainError as refusal:
            fate.refused(kind, refusal)
        await door.read_aside(fate.look)
    return fate


def steps_in_the_panel(door: Database, say: Say, fate: Fate, times: int) -> Fate:
    for _ in range(times):
        kind, deed, arguments = fate.next()
        try:
            door.write(deed, **arguments)
            fate.done[kind] += 1
        except DomainError as refusal:
            fate.refused(kind, refusal)
        door.read(fate.look)
    return fate


def expire(session: Session, caller: Caller, *, rules: Rules) -> int:
    """Offers that their people have heard of run out."""
    heard(session, now=caller.now)
    return sweeps.expire_offers(session, caller, rules=rules)


def check_order(session: Session, *, event_id: int) -> None:
    """Nobody who holds a seat came after somebody who still waits: the list is served in its order."""
    rows = session.execute(
        select(Registration.status, Registration.sequence).where(Registration.event_id == event_id)
    ).all()
    holding = [number for status, number in rows if status.value in ("seated", "offered")]
    waiting = [number for status, number in rows if status.value == "waiting"]
    assert not holding or not waiting or max(holding) < min(waiting), "out of order"


def watch(session: Session) -> None:
    """The database itself notes every promotion, whoever makes it."""
    called = "OLD.status = 'waiting' AND NEW.status IN ('offered', 'seated')"
    note = "INSERT INTO promoted (registration_id, turn) VALUES (NEW.id, NEW.sequence);"
    session.execute(text("CREATE TABLE promoted (registration_id INTEGER, turn INTEGER)"))
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"CREATE TRIGGER promoting AFTER UPDATE ON registration WHEN {called} BEGIN {note} END"))
        return
    session.execute(
        text(f"CREATE FUNCTION promoting() RETURNS trigger AS $$ BEGIN {note} RETURN NEW; END $$ LANGUAGE plpgsql")
    )
    session.execute(
        text(
            f"CREATE TRIGGER promoting AFTER UPDATE ON registration FOR EACH ROW WHEN ({called})"
            " EXECUTE FUNCTION promoting()"
        )
    )


def told_and_called(session: Session, *, event_id: int) -> tuple[list[str], list[str]]:
    """Keys of all offers that were told, and those that the promotions ask for."""
    told = session.scalars(select(Notice.key).where(Notice.kind == "events.offer")).all()
    called = session.execute(text("SELECT registration_id, turn FROM promoted"))
    return sorted(told), sorted(f"events.{event_id}.{number}.{turn}.offer" for number, turn in called)


def live_through(url: str, steps: int, cancel: Deed, now: datetime) -> tuple[Counter[str], list[str], int]:
    """So many steps from three processes: what was done, what was wrong, how many were promoted."""
    database = Database.connect(url)
    assert database.read(dictionaries.rules) == RULES
    event_id = database.write(make_event, now=now, capacity=2, days=900)
    people = database.write(make_people, count=PEOPLE, now=now)
    database.write(watch)
    with crew(url, "bot", "bot", "panel") as workers:
        jobs = (steps_in_the_bot, steps_in_the_bot, steps_in_the_panel)
        for seed, (worker, job) in enumerate(zip(workers, jobs, strict=True)):
            worker.ask(job, Fate(seed, event_id, people, cancel, now), steps // 3)
        fates = [worker.answer(1800) for worker in workers]
    done = sum((fate.done for fate in fates), Counter[str]())
    wrong = [text for fate in fates for text in fate.wrong]
    told, called = database.read(told_and_called, event_id=event_id)
    if told != called:
        wrong.append(f"promoted {len(called)}, told {len(told)}")
    assert sum(map(len, database.read(standing, event_id=event_id).values())) == PEOPLE
    database.close()
    return done, wrong, len(called)


@volumes(steps=(150, 9_000))
def test_nobody_is_overtaken_or_forgotten(database_url: str, clock: FrozenClock, steps: int, figures: Figures) -> None:
    done, wrong, promoted = live_through(database_url, steps, seats.cancel, clock.now())
    measured = f"{engine_of(database_url)}: {done.total()} steps, {promoted} promotions, {len(wrong)} wrong"
    goal = "9000 steps from 3 processes: no empty seat, nobody overtaken, one notice a promotion"
    figures.note("Waiting list", measured, goal=goal, held=not wrong)
    assert not wrong, wrong[:5]
    assert set(KINDS) <= set(done) and {"accept: event_offer_gone", "capacity: event_capacity"} <= set(done), done
    assert promoted > steps // 40


def test_control_a_seat_left_without_a_call_is_noticed(database_url: str, clock: FrozenClock) -> None:
    _, wrong, _ = live_through(database_url, 180, forgetful_cancel, clock.now())
    assert wrong
