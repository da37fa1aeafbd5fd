"""No overselling: five hundred people and a hundred double taps race for fifty seats through three processes."""

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.updates.handling import AT_ONCE
from db.clock import FrozenClock
from db.database import AsyncDatabase, Database
from db.events import seats, staff_services
from db.events.models import Cause, Event, Registration, RegistrationStatus
from db.upsert import insert
from tests.events.support import REGION, check_seats, make_event, make_people, standing
from tests.support import callers
from tests.support.figures import Figures
from tests.support.processes import Say, crew, engine_of, volumes

SEATS = 50
PANEL_THREADS = 8
Register = Callable[[AsyncDatabase, int, int, datetime], Any]


async def tap(door: AsyncDatabase, event_id: int, person_id: int, now: datetime) -> None:
    """A tap on «Записаться», as the bot's handler does it."""
    await door.write(seats.register, callers.person(person_id, now), event_id=event_id)


async def careless_tap(door: AsyncDatabase, event_id: int, person_id: int, now: datetime) -> None:
    """What one writes without thinking: look, then sit down; neither the lock nor the conditional counter."""
    seated = await door.read(lambda session: session.get_one(Event, event_id).seated)
    if seated < SEATS:
        await door.write(_sit_down, event_id, person_id, seated, now)


def _sit_down(session: Session, event_id: int, person_id: int, seated: int, now: datetime) -> None:
    row = {"event_id": event_id, "person_id": person_id, "sequence": person_id, "cause": Cause.SELF}
    row |= {"status": RegistrationStatus.SEATED, "registered_at": now}
    session.execute(insert(session, Registration).values(row).on_conflict_do_nothing())
    session.get_one(Event, event_id).seated = seated + 1


async def rush(
    door: AsyncDatabase, say: Say, register: Register, event_id: int, people: list[int], now: datetime
) -> None:
    """All these taps at once, as many side by side as a bot handles."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one_tap(person_id: int) -> None:
        async with places:
            await register(door, event_id, person_id, now)

    await asyncio.gather(*(one_tap(one) for one in people))


def by_hand(door: Database, say: Say, event_id: int, people: list[int], now: datetime) -> None:
    """Methodists register people by hand, on all threads of the panel."""
    with ThreadPoolExecutor(PANEL_THREADS) as pool:
        add, methodist = staff_services.add_person, callers.staff(REGION, now)
        list(pool.map(lambda one: door.write(add, methodist, event_id=event_id, person_id=one), people))


def race(url: str, rounds: int, crowd: int, register: Register, now: datetime) -> list[str]:
    """So many rushes, each at an event of its own; what was wrong after any of them."""
    database, wrong = Database.connect(url), []
    people = database.write(make_people, count=crowd, now=now)
    with crew(url, "bot", "bot", "panel") as (first, second, panel):
        for number in range(rounds):
            event_id = database.write(make_event, now=now, capacity=SEATS)
            dice = random.Random(number)
            taps = people + dice.sample(people, crowd // 5)
            dice.shuffle(taps)
            hands = len(taps) // 10
            half = hands + (len(taps) - hands) // 2
            panel.ask(by_hand, event_id, taps[:hands] if register is tap else [], now)
            first.ask(rush, register, event_id, taps[hands:half], now)
            second.ask(rush, register, event_id, taps[half:], now)
            for worker in (first, second, panel):
                worker.answer()
            try:
                database.read(fifty_sit, event_id=event_id, crowd=crowd, now=now)
            except AssertionError as error:
                wrong.append(f"round {number}: {error}")
    database.close()
    return wrong


def fifty_sit(session: Session, *, event_id: int, crowd: int, now: datetime) -> None:
    """Exactly fifty seats are taken, everybody else waits, and nobody who waits came before somebody who sits."""
    found = standing(session, event_id=event_id)
    counts = {status: len(people) for status, people in found.items() if people}
    assert counts == {"seated": SEATS, "waiting": crowd - SEATS}, counts
    check_seats(session, event_id=event_id, now=now)

    def edge(which: Any, status: RegistrationStatus) -> int:
        mine = (Registration.event_id == event_id, Registration.status == status)
        return session.scalar(select(which(Registration.sequence)).where(*mine)) or 0

    assert edge(func.max, RegistrationStatus.SEATED) < edge(func.min, RegistrationStatus.WAITING)


@volumes(rounds=(1, 100), crowd=(80, 500))
def test_fifty_seats_are_fifty_whoever_taps(
    database_url: str, clock: FrozenClock, rounds: int, crowd: int, figures: Figures
) -> None:
    wrong = race(database_url, rounds, crowd, tap, clock.now())
    measured = (
        f"{engine_of(database_url)}: {rounds} rounds of {crowd} people, {crowd // 5} tap twice: {len(wrong)} wrong"
    )
    figures.note("No overselling", measured, goal="100 rounds of 500, 100 twice: 0 wrong", held=not wrong)
    assert not wrong, wrong


def test_control_without_lock_and_conditional_counter_the_race_is_lost(database_url: str, clock: FrozenClock) -> None:
    assert race(database_url, 1, 80, careless_tap, clock.now())
