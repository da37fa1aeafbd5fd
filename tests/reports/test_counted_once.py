"""A person is counted once, whatever is opened again, broken off or said late."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import erasure
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality
from db.people import services as people_services
from db.people.models import MessengerAccount
from db.people.queries import current_consent_texts
from db.reports.models import FactBatch, PrivateFact
from db.reports.sweeps import publish_facts
from db.routes import planning, services
from db.routes.models import ItemStatus, Route, RouteItem
from tests.reports.test_private_facts import DAY
from tests.support import callers
from tests.support.town import add_teacher

FIVE = 5
LINK = "https://example.org/1"


def some(session: Session, now: datetime, *, first: int = 3000) -> list[int]:
    """Five people of one municipality; `first` is the number of the first of them in the messenger."""
    place = session.scalars(select(Municipality.code).order_by(Municipality.id).limit(1)).one()
    numbers = range(first, first + FIVE)
    return [add_teacher(session, external_id=n, name=f"Юная Анна {n}", now=now, municipality=place) for n in numbers]


def each(deed: Callable[..., object]) -> Callable[..., None]:
    """Makes a deed of one person that of each of them."""

    def all_of_them(session: Session, now: datetime, people: Sequence[int], *more: object) -> None:
        for person_id in people:
            deed(session, now, person_id, *more)

    return all_of_them


def line(session: Session, person_id: int, status: ItemStatus) -> int:
    own = select(RouteItem.id).join(Route).where(Route.person_id == person_id, RouteItem.status == status)
    return session.scalars(own.order_by(RouteItem.id.desc())).first() or 0


@each
def do(session: Session, now: datetime, person_id: int, text: str) -> None:
    """Does a line of an own plan, shown by a word of how it went or by a link."""
    mine = callers.person(person_id, now)
    number = planning.add_own(session, mine, text="Урок с обсуждением").id
    planning.agree(session, mine)
    planning.prove(session, mine, item_id=number, text=text)


@each
def do_again(session: Session, now: datetime, person_id: int) -> None:
    """Opens a line that is done again, and closes it anew."""
    mine, number = callers.person(person_id, now), line(session, person_id, ItemStatus.DONE)
    services.reopen(session, mine, item_id=number)
    planning.prove(session, mine, item_id=number, text="И ещё раз")


@each
def open_again(session: Session, now: datetime, person_id: int) -> None:
    services.reopen(session, callers.person(person_id, now), item_id=line(session, person_id, ItemStatus.DONE))


@each
def say(session: Session, now: datetime, person_id: int) -> None:
    """Finds a word of a line that has been done for long."""
    mine = callers.person(person_id, now)
    services.say(session, mine, item_id=line(session, person_id, ItemStatus.DONE), word="Дети спорили сами")


@each
def leave(session: Session, now: datetime, person_id: int) -> None:
    erasure.withdraw_consent(session, callers.person(person_id, now))


@each
def come_back(session: Session, now: datetime, person_id: int) -> None:
    account = session.scalars(select(MessengerAccount).where(MessengerAccount.person_id == person_id)).one()
    version = current_consent_texts(session)[0].version
    where = {"platform": account.platform, "external_id": account.external_id, "locale": "ru"}
    assert people_services.give_consent(session, callers.clock(now), version=version, **where) == person_id


def counted(database: Database, now: datetime, fact: PrivateFact) -> int:
    """How many people a fact was told of, once what has waited by then is told."""
    database.write(publish_facts, callers.clock(now))
    of = select(func.coalesce(func.sum(FactBatch.people), 0)).where(FactBatch.fact == fact)
    return database.read(lambda session: session.scalars(of).one())


def test_who_opens_a_step_again_and_closes_it_anew_has_said_once(database: Database, clock: FrozenClock) -> None:
    """Told a week after it, opened again and closed, the same five people were ten."""
    now = clock.now()
    people = database.write(some, now)
    database.write(do, now, people, "Дети спорили сами")
    assert counted(database, now + 8 * DAY, PrivateFact.REFLECTION) == FIVE
    database.write(do_again, now + 9 * DAY, people)
    assert counted(database, now + 60 * DAY, PrivateFact.REFLECTION) == FIVE


def test_what_was_said_is_counted_though_the_step_is_open_again(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    people = database.write(some, now)
    database.write(do, now, people, "Дети спорили сами")
    database.write(open_again, now + DAY, people)
    assert counted(database, now + 8 * DAY, PrivateFact.REFLECTION) == FIVE


def test_a_word_that_comes_long_after_the_step_counts(database: Database, clock: FrozenClock) -> None:
    """A fact was of the moment when the step was closed: others of that week were told of, and this one never."""
    now = clock.now()
    early, late = database.write(some, now), database.write(some, now, first=4000)
    database.write(do, now, early, "Дети спорили сами")
    database.write(do, now, late, LINK)
    assert counted(database, now + 8 * DAY, PrivateFact.REFLECTION) == FIVE, "a link is no word"
    database.write(say, now + 20 * DAY, late)
    assert counted(database, now + 26 * DAY, PrivateFact.REFLECTION) == FIVE, "a week is waited for it too"
    assert counted(database, now + 28 * DAY, PrivateFact.REFLECTION) == 2 * FIVE


def test_who_left_and_came_back_has_begun_a_first_route_once(database: Database, clock: FrozenClock) -> None:
    """A consent withdrawn breaks a route off; with the next one the same person began a first route anew."""
    now = clock.now()
    people = database.write(some, now)
    database.write(do, now, people, LINK)
    assert counted(database, now + 8 * DAY, PrivateFact.ROUTE) == FIVE
    database.write(leave, now + 9 * DAY, people)
    database.write(come_back, now + 9 * DAY, people)
    database.write(do, now + 10 * DAY, people, LINK)
    assert counted(database, now + 60 * DAY, PrivateFact.ROUTE) == FIVE


@pytest.mark.parametrize("taken", [False, True])
def test_a_draft_that_was_thrown_away_is_no_first_route(database: Database, clock: FrozenClock, taken: bool) -> None:
    now = clock.now()
    people = database.write(some, now)

    @each
    def drafted(session: Session, now: datetime, person_id: int) -> None:
        mine = callers.person(person_id, now)
        planning.add_own(session, mine, text="Урок с обсуждением")
        services.finish(session, mine)

    database.write(drafted, now, people)
    if taken:
        database.write(do, now + DAY, people, LINK)
    assert counted(database, now + 60 * DAY, PrivateFact.ROUTE) == FIVE * taken
