"""The waiting list over thousands of random steps: a seat is never empty while someone waits, nobody is overtaken."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError
from db.events import planning, seats
from db.events.models import Event, Registration, RegistrationStatus
from db.notices.models import Notice
from tests.events.support import REGION, RULES, ZONE, check_seats, make_event, make_people
from tests.events.test_seats import plan_of

STEPS = 160
PEOPLE = 14


def check_order(session: Session, *, event_id: int) -> None:
    """Nobody who holds a seat came after somebody who still waits: the list is served in its order."""
    rows = session.execute(
        select(Registration.status, Registration.sequence).where(Registration.event_id == event_id)
    ).all()
    holding = [number for status, number in rows if status in (RegistrationStatus.SEATED, RegistrationStatus.OFFERED)]
    waiting = [number for status, number in rows if status is RegistrationStatus.WAITING]
    assert not holding or not waiting or max(holding) < min(waiting)


def promotions(session: Session, *, event_id: int) -> list[str]:
    """Keys of the offers that were told."""
    return list(session.scalars(select(Notice.key).where(Notice.kind == "events.offer")))


def step(database: Database, clock: FrozenClock, dice: random.Random, event_id: int, people: list[int]) -> str:
    """One random thing that a person, a methodist or the clock does."""
    what = dice.choices(["register", "cancel", "accept", "sweep", "capacity", "hand"], [40, 25, 15, 10, 6, 4])[0]
    who, now = {"event_id": event_id, "person_id": dice.choice(people)}, clock.now()
    try:
        if what == "register":
            database.write(seats.register, **who, now=now)
        elif what == "cancel":
            database.write(seats.cancel, **who, zone=ZONE, now=now)
        elif what == "accept":
            database.write(seats.accept, **who, now=now)
        elif what == "sweep":
            clock.moment += timedelta(hours=dice.choice([0, 1, 7]))
            database.write(seats.expire_offers, rules=RULES, zone=ZONE, now=clock.now())
        elif what == "hand":
            database.write(planning.add_person, **who, scope=REGION, now=now)
        else:
            event = database.read(lambda session: session.get_one(Event, event_id))
            plan = database.read(plan_of, event_id=event_id)(capacity=dice.choice([1, 2, 3, 4, 5, None]))
            database.write(
                planning.change,
                event_id=event_id,
                plan=plan,
                revision=event.revision,
                scope=REGION,
                zone=ZONE,
                now=now,
            )
    except DomainError as refusal:
        return f"{what}: {refusal.code}"
    return what


@pytest.mark.parametrize("seed", [1, 2])
def test_every_step_leaves_the_list_in_order(database: Database, clock: FrozenClock, seed: int) -> None:
    dice = random.Random(seed)
    event_id = database.write(make_event, now=clock.now(), capacity=2, days=300)
    people = database.write(make_people, count=PEOPLE, now=clock.now())
    done: set[str] = set()
    for _ in range(STEPS):
        done.add(step(database, clock, dice, event_id, people))
        database.read(check_seats, event_id=event_id, now=clock.now())
        database.read(check_order, event_id=event_id)
    assert {"register", "cancel", "accept", "sweep", "capacity", "hand"} <= done, done
    assert {"accept: event_offer_gone", "capacity: event_capacity"} <= done, done
    # One notice a promotion: every offer that stands was told under a key of its own turn.
    keys = database.read(promotions, event_id=event_id)
    assert len(keys) == len(set(keys))
    offered = database.read(
        lambda session: session.execute(
            select(Registration.id, Registration.sequence).where(Registration.status == RegistrationStatus.OFFERED)
        ).all()
    )
    assert {f"events.{event_id}.{number}.{turn}.offer" for number, turn in offered} <= set(keys)


def test_three_doors_at_once_keep_the_list_in_order(database: Database, clock: FrozenClock) -> None:
    """The same steps from several threads: looked at when all is calm."""
    event_id = database.write(make_event, now=clock.now(), capacity=3, days=300)
    people = database.write(make_people, count=PEOPLE, now=clock.now())
    with ThreadPoolExecutor(3) as pool:

        def work(seed: int) -> None:
            dice = random.Random(seed)
            for _ in range(60):
                step(database, clock, dice, event_id, people)

        for job in [pool.submit(work, seed) for seed in range(3)]:
            job.result()
    database.read(check_seats, event_id=event_id, now=clock.now())
    database.read(check_order, event_id=event_id)
    keys = database.read(promotions, event_id=event_id)
    assert len(keys) == len(set(keys))
