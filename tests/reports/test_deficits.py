"""The heat table: what it counts, what it hides, and that its sums are kept whatever happens to results."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import erasure
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics import queries, services, tally
from db.diagnostics.models import Attempt, AttemptStatus, ComponentScore, ScoreTally
from db.dictionaries.models import Municipality, Term, TermKind
from db.errors import NotFoundError
from db.people.models import Person
from db.reports import deficits
from db.reports.deficits import Heat
from db.scope import Scope, StaffRole
from tests.support import callers

REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
ZONE = ZoneInfo("Asia/Yekaterinburg")
OTHERS = ("methodical", "assessment", "psychology", "communication")


def municipality(session: Session, code: str) -> int:
    return session.scalars(select(Municipality.id).where(Municipality.code == code)).one()


def position(session: Session, code: str) -> int:
    return session.scalars(select(Term.id).where(Term.kind == TermKind.POSITION, Term.code == code)).one()


def plant(
    session: Session, *, place: str, values: Sequence[float], now: datetime, job: str = "teacher", need: int = 0
) -> None:
    """People with such deficits in the digital component, and the same sums as the use case keeps."""
    version = queries.published_version(session)
    assert version is not None
    rows = []
    for value in values:
        person = Person(municipality_id=municipality(session, place), full_name="Учебная Анна", created_at=now)
        session.add(person)
        session.flush()
        attempt = Attempt(
            person_id=person.id,
            version_id=version,
            status=AttemptStatus.COMPLETED,
            municipality_id=person.municipality_id,
            started_at=now,
            completed_at=now,
        )
        session.add(attempt)
        session.flush()
        rows.append(
            ComponentScore(
                attempt_id=attempt.id,
                component="digital",
                person_id=person.id,
                municipality_id=person.municipality_id,
                position_id=position(session, job),
                level=100 - value,
                deficit=value,
                need=need,
                priority=0.7 * value + 10 * need,
                point_deficits=["digital_1"] if value > 60 else [],
                completed_at=now,
            )
        )
    session.add_all(rows)
    tally.count(session, [tally.counted(row) for row in rows], sign=1)


def heat(database: Database, scope: Scope = REGION, position_id: int | None = None) -> Heat:
    return database.read(deficits.heat, callers.staff(scope), position_id=position_id)


def test_means_bands_and_shares(database: Database, clock: FrozenClock) -> None:
    database.write(
        plant, place="chelyabinsky-go", values=[10, 20, 30, 40, 45, 55, 60, 65, 70, 75], need=2, now=clock.now()
    )
    row = heat(database).rows[0]
    cell = row.cells["digital"]
    assert (row.name, row.people) == ("Челябинский ГО", 10)
    assert (cell.deficit, cell.share, cell.need, cell.band) == (47, 50, 67, 1)
    behind = database.read(
        deficits.cell_detail, callers.staff(REGION), municipality_id=row.id or 0, component="digital"
    )
    # Two small and three moderate ones are told as one range of five; nobody is above 75.
    assert [(one.names, one.count) for one in behind.bands] == [
        (("небольшой", "умеренный"), 5),
        (("заметный",), 5),
        (("выраженный",), 0),
    ]
    assert behind.items[0].count is None, "three people found it hard: fewer than five"


def test_small_groups_are_hidden_and_no_total_tells_of_them(database: Database, clock: FrozenClock) -> None:
    def some(session: Session) -> None:
        plant(session, place="chelyabinsky-go", values=[40] * 8, now=clock.now())
        plant(session, place="magnitogorsky-go", values=[20] * 6, now=clock.now())
        plant(session, place="plastovsky-mr", values=[100] * 4, now=clock.now())

    database.write(some)
    found = heat(database)
    assert {row.name: row.cells["digital"].people for row in found.rows} == {
        "Магнитогорский ГО": 6,
        "Челябинский ГО": 8,
    }
    assert found.hidden == ("Пластовский МР",)
    assert found.together is None
    assert (found.total.cells["digital"].people, found.total.cells["digital"].deficit) == (14, 31)
    hidden = database.read(lambda session: municipality(session, "plastovsky-mr"))
    behind = database.read(deficits.cell_detail, callers.staff(REGION), municipality_id=hidden, component="digital")
    assert (behind.cell, behind.bands, behind.needs, behind.items) == (None, (), (), ())


def test_small_groups_that_are_enough_together_are_one_row(database: Database, clock: FrozenClock) -> None:
    def some(session: Session) -> None:
        plant(session, place="plastovsky-mr", values=[100] * 4, now=clock.now())
        plant(session, place="uysky-mr", values=[50] * 2, now=clock.now())

    database.write(some)
    found = heat(database)
    assert found.rows == () and found.together is not None
    assert (found.together.cells["digital"].people, found.together.cells["digital"].deficit) == (6, 83)
    own = database.read(
        lambda session: frozenset({municipality(session, code) for code in ("plastovsky-mr", "uysky-mr")})
    )
    limited = heat(database, Scope(2, StaffRole.MUNICIPAL_METHODIST, own))
    assert limited.together is None and limited.total.cells == {}


def test_a_filter_cannot_be_taken_from_the_whole(database: Database, clock: FrozenClock) -> None:
    """7 teachers and 3 educators: the teachers alone would give the educators away."""

    def some(session: Session) -> tuple[int, int]:
        plant(session, place="chelyabinsky-go", values=[40] * 7, now=clock.now())
        plant(session, place="chelyabinsky-go", values=[90] * 3, job="educator", now=clock.now())
        plant(session, place="magnitogorsky-go", values=[40] * 7, now=clock.now())
        plant(session, place="magnitogorsky-go", values=[90] * 5, job="educator", now=clock.now())
        return position(session, "teacher"), position(session, "educator")

    teacher, educator = database.write(some)
    assert {row.name for row in heat(database).rows} == {"Челябинский ГО", "Магнитогорский ГО"}
    for chosen, mean in ((teacher, 40), (educator, 90)):
        found = heat(database, position_id=chosen)
        assert [(row.name, row.cells["digital"].deficit) for row in found.rows] == [("Магнитогорский ГО", mean)]
        assert found.rows[0].cells["digital"].share is None
        assert found.hidden == ("Челябинский ГО",)
        assert found.total.cells["digital"].people == found.rows[0].people


def test_foreign_municipalities_are_not_there(database: Database, clock: FrozenClock) -> None:
    database.write(plant, place="chelyabinsky-go", values=[40] * 8, now=clock.now())
    foreign, own = database.read(
        lambda session: (municipality(session, "chelyabinsky-go"), municipality(session, "uysky-mr"))
    )
    scope = Scope(2, StaffRole.MUNICIPAL_METHODIST, frozenset({own}))
    assert heat(database, scope).rows == ()
    with pytest.raises(NotFoundError):
        database.read(deficits.cell_detail, callers.staff(scope), municipality_id=foreign, component="digital")
    with pytest.raises(NotFoundError):
        database.read(deficits.cell_detail, callers.staff(REGION), municipality_id=foreign, component="nonsense")


# --- the sums ---


def newcomer(session: Session, now: datetime) -> int:
    person = Person(
        full_name="Белова Марина",
        municipality_id=municipality(session, "chelyabinsky-go"),
        position_id=position(session, "teacher"),
        created_at=now,
        profile_saved_at=now,
    )
    session.add(person)
    session.flush()
    return person.id


def walk(database: Database, person_id: int, mark: int, now: datetime) -> None:
    """A whole self-diagnosis with the same mark everywhere, by the use cases."""
    step = database.write(services.start_or_resume, callers.person(person_id, now))
    while step.item is not None:
        value = min(mark, 3) if step.item.need else mark
        step = database.write(
            services.answer,
            callers.person(person_id, now),
            attempt_id=step.attempt_id,
            item=step.item.code,
            value=value,
        )
    database.write(services.finish, callers.person(person_id, now), attempt_id=step.attempt_id)


def kept_and_expected(session: Session) -> tuple[dict[object, list[int]], dict[object, list[int]]]:
    rows = session.scalars(select(ScoreTally).where(ScoreTally.people != 0))
    kept = {
        (row.municipality_id, row.component, row.by, row.key): [row.people, row.deficit, row.need, row.priority]
        for row in rows
    }
    return kept, dict(tally.expected(session))


def test_the_sums_follow_a_result_its_successor_and_its_erasure(database: Database, clock: FrozenClock) -> None:
    person = database.write(newcomer, clock.now())
    walk(database, person, 1, clock.now())
    kept, expected = database.read(kept_and_expected)
    assert kept == expected and len(kept) == 12
    walk(database, person, 3, clock.now() + timedelta(days=120))
    kept, expected = database.read(kept_and_expected)
    assert kept == expected and {value[0] for value in kept.values()} == {1}
    database.write(erasure.erase, callers.clock(clock.now()), person_id=person, requested_by="operator")
    assert database.read(kept_and_expected) == ({}, {})


def test_many_finish_at_once_and_the_sums_are_right(database: Database, clock: FrozenClock) -> None:
    people = [database.write(newcomer, clock.now()) for _ in range(8)]
    failures: list[Exception] = []

    def run(person: int) -> None:
        try:
            walk(database, person, person % 5, clock.now())
        except Exception as error:  # noqa: BLE001  told to the main thread
            failures.append(error)

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept, expected = database.read(kept_and_expected)
    assert not failures
    assert kept == expected
    assert heat(database).total.people == 8


def test_rebuilding_comes_to_the_same(demo: Database) -> None:
    kept, expected = demo.read(kept_and_expected)
    demo.write(tally.rebuild)
    again, _ = demo.read(kept_and_expected)
    assert kept == expected == again and kept
