"""Whose an event is: an own municipality's, the network's, methodists', everybody's; and who is told why not."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Audience, Municipality, Term, TermKind
from db.errors import DomainError
from db.events import queries, seats
from db.events.models import Event, EventPosition, Registration
from db.events.queries import CalendarFilters
from db.overviews import calendar
from db.packs import load_pack
from db.packs.loading import load
from db.people.models import Person
from tests.events.support import make_event, make_people
from tests.support import callers
from tests.support.databases import copy_sqlite, migrated_sqlite
from tests.support.town import Town

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def region(url: str, code: str) -> Iterator[Database]:
    database = Database.connect(url)
    database.write(load, pack=load_pack(code), now=NOW)
    yield database
    database.close()


def teach(session: Session, *, person_id: int, position: str) -> None:
    term = select(Term.id).where(Term.kind == TermKind.POSITION, Term.code == position).scalar_subquery()
    session.execute(update(Person).where(Person.id == person_id).values(position_id=term))


@pytest.fixture
def timashevsk(tmp_path: Path) -> Iterator[Database]:
    yield from region(copy_sqlite(migrated_sqlite(tmp_path), tmp_path / "region.db"), "timashevsk")


@pytest.fixture
def belgorod(tmp_path: Path) -> Iterator[Database]:
    yield from region(copy_sqlite(migrated_sqlite(tmp_path), tmp_path / "region.db"), "belgorod")


def somebody(database: Database, municipality: str, first: int) -> int:
    return database.write(make_people, count=1, now=NOW, municipality=municipality, first=first)[0]


@pytest.mark.parametrize("own", [None, "timashevsky-mr"])
def test_an_event_for_the_network(timashevsk: Database, own: str | None) -> None:
    """The network is between the own municipality and everybody: eight services with an agreement, and no other."""
    database = timashevsk
    event_id = database.write(
        make_event, now=NOW, capacity=None, municipality=own or "nowhere", open_to_all=False, for_network=True
    )
    codes = ("timashevsky-mr", "kanevskoy-mr", "anapa", "out-of-network")
    *within, stranger = (somebody(database, code, first) for first, code in enumerate(codes, 100))
    for person in within:
        database.write(seats.register, callers.person(person, NOW), event_id=event_id)
    with pytest.raises(DomainError, match="event_network_only"):
        database.write(seats.register, callers.person(stranger, NOW), event_id=event_id)
    card = database.read(queries.card, callers.person(stranger, NOW), event_id=event_id)
    assert card.barrier == "network_only" and not card.allowed
    for near, code, seen in ((near, *row) for near in (False, True) for row in zip(codes, (1, 1, 1, 0), strict=True)):
        place = database.read(
            lambda session, code=code: session.scalars(select(Municipality.id).where(Municipality.code == code)).one()
        )
        month, *_ = database.read(
            calendar.month,
            callers.clock(NOW),
            first_day=None,
            page=0,
            size=20,
            filters=CalendarFilters(near=near),
            municipality_id=place,
        )
        assert len(month.lines) == seen, "the calendar says the same as the door, and the network is near to its people"
    registered = database.read(lambda session: session.scalars(select(Registration.person_id)).all())
    assert set(registered) == set(within)


def test_an_event_for_methodists_of_all_centres(belgorod: Database) -> None:
    database = belgorod
    event_id = database.write(make_event, now=NOW, capacity=None, meant_for=Audience.METHODIST)
    rows = database.read(
        lambda session: session.execute(
            select(Municipality.centre_id, Municipality.code).where(Municipality.centre_id.is_not(None))
        ).all()
    )
    places = list(dict(map(tuple, rows)).values())[:3]
    assert len(places) == 3
    for first, place in enumerate(places, 100):
        person = somebody(database, place, first)
        database.write(teach, person_id=person, position="methodist")
        assert database.write(seats.register, callers.person(person, NOW), event_id=event_id).changed
    teacher = somebody(database, places[0], 200)
    for position in ("teacher", None):
        if position:
            database.write(teach, person_id=teacher, position=position)
        with pytest.raises(DomainError, match="event_for_methodist"):
            database.write(seats.register, callers.person(teacher, NOW), event_id=event_id)
    assert database.read(lambda session: session.get_one(Event, event_id).seated) == 3


def test_what_serves_a_result_is_for_the_own_position(belgorod: Database) -> None:
    """After a result a methodist was offered what is for teachers, and nothing of what is for methodists."""
    component = next(iter(belgorod.read(queries.component_names)))
    for code, meant_for in (("m", Audience.METHODIST), ("t", Audience.TEACHER), ("all", None)):
        belgorod.write(make_event, now=NOW, code=code, capacity=None, components=[component], meant_for=meant_for)
    person = belgorod.write(make_people, count=1, now=NOW, first=300)[0]

    def found(position: str) -> set[str]:
        belgorod.write(teach, person_id=person, position=position)
        asked = {"components": [component], "municipality_id": None}
        return {one.code for one in belgorod.read(queries.serving, callers.person(person, NOW), **asked)}

    assert (found("methodist"), found("teacher")) == ({"m", "all"}, {"t", "all"})


def test_what_is_for_kindergartens_or_the_young_is_not_offered_to_a_school_teacher(belgorod: Database) -> None:
    """After a result a teacher of a school was offered a day in a kindergarten; who finds it may come all the same."""
    component = next(iter(belgorod.read(queries.component_names)))
    terms = dict(belgorod.read(lambda session: session.execute(select(Term.code, Term.id)).all()))
    garden = [EventPosition(position_id=terms[code]) for code in ("educator", "senior-educator")]
    for code, fields in (("garden", {"positions": garden}), ("young", {"young": True}), ("all", {})):
        belgorod.write(make_event, now=NOW, code=code, capacity=None, components=[component], **fields)
    person = belgorod.write(make_people, count=1, now=NOW, first=400)[0]

    def found(position: str, years: int | None) -> set[str]:
        belgorod.write(teach, person_id=person, position=position)
        now_at_work = update(Person).where(Person.id == person).values(experience_years=years)
        belgorod.write(lambda session: session.execute(now_at_work))
        asked = {"components": [component], "municipality_id": None}
        return {one.code for one in belgorod.read(queries.serving, callers.person(person, NOW), **asked)}

    assert found("teacher", 3) == found("teacher", None) == {"all"}
    assert found("educator", 3) == {"garden", "all"}
    assert found("senior-educator", 2) == {"garden", "young", "all"}
    belgorod.write(teach, person_id=person, position="teacher")
    event_id = belgorod.read(queries.event_id_of, code="garden")
    assert belgorod.write(seats.register, callers.person(person, NOW), event_id=event_id).changed


async def test_a_teacher_reads_whom_it_is_for(town: Town, clock: FrozenClock) -> None:
    town.write(make_event, now=clock.now(), code="for-methodists", meant_for=Audience.METHODIST, hours=2)
    vera = await town.teacher()
    await (await vera.start("ev_for-methodists")).settle()
    card = await vera.last()
    assert "Это событие для методистов" in card.text and "2 академических часа" in card.text
    assert "Записаться" not in card.buttons
