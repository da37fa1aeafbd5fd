"""Reports by the unit that makes sense: what is under what, when an organisation is told, and who may open it."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics import blocks, check
from db.diagnostics.content import parse
from db.diagnostics.models import (
    Attempt,
    AttemptStatus,
    ComponentScore,
    Instrument,
    InstrumentVersion,
    ScoreTally,
    VersionStatus,
)
from db.dictionaries import staff_services, units
from db.dictionaries.models import Centre, Municipality, Organisation
from db.dictionaries.units import UnitLevel
from db.errors import DomainError, NotFoundError
from db.packs import load_pack
from db.packs.loading import load
from db.people.models import Person
from db.reports import deficits
from db.scope import Scope, StaffRole
from tests.diagnostics.walking import form_of
from tests.support import callers
from tests.support.databases import copy_sqlite, migrated_sqlite
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import MONDAY

REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
DAY = timedelta(days=1)
HOME = "chelyabinsky-go"


def schools(session: Session, place: str, count: int) -> list[int]:
    """Confirmed schools of a municipality."""
    home = session.scalars(select(Municipality.id).where(Municipality.code == place)).one()
    rows = [Organisation(municipality_id=home, name=f"Учебная школа № {number}") for number in range(100, 100 + count)]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def walked(
    session: Session, now: datetime, *, school: int, count: int, deficit: float = 50.0, version: int | None = None
) -> None:
    """So many teachers of a school have finished."""
    place = session.get_one(Organisation, school).municipality_id
    published = select(InstrumentVersion.id).where(InstrumentVersion.instrument_id == 1)
    version = version or session.scalars(published).one()
    instrument_id = session.get_one(InstrumentVersion, version).instrument_id
    for _ in range(count):
        person = Person(municipality_id=place, organisation_id=school, created_at=now)
        session.add(person)
        session.flush()
        attempt = Attempt(
            person_id=person.id,
            instrument_id=instrument_id,
            version_id=version,
            status=AttemptStatus.COMPLETED,
            municipality_id=place,
            started_at=now,
            completed_at=now,
        )
        session.add(attempt)
        session.flush()
        session.add(
            ComponentScore(
                attempt_id=attempt.id,
                component="digital",
                form=form_of("digital"),
                person_id=person.id,
                municipality_id=place,
                organisation_id=school,
                deficit=deficit,
                need=1,
                priority=deficit,
                point_deficits=[],
                completed_at=now,
            )
        )
    session.flush()


def told(session: Session, caller: StaffCaller, **asked: object) -> tuple[dict[str, int], int | None, int]:
    """People by row, of the small ones together, and in all."""
    found = deficits.heat(session, caller, **asked)  # type: ignore[arg-type]
    rows = {row.name: row.people for row in found.rows}
    return rows, found.together.people if found.together else None, found.total.people


def in_order(session: Session) -> list[str]:
    """What the sums have of what they must not."""
    rule = check.RULES["sums up other people than its blocks hold"]
    return list(session.connection().exec_driver_sql(rule).scalars())


def test_a_school_of_five_is_told_alone_and_small_ones_together_after_three_weeks(
    database: Database, clock: FrozenClock
) -> None:
    now = clock.now()

    def story(session: Session) -> None:
        first, second, third, typed = schools(session, HOME, 4)
        home = session.get_one(Organisation, first).municipality_id
        session.get_one(Organisation, typed).confirmed = False
        for school, count in ((first, 5), (second, 4), (third, 3), (typed, 6)):
            walked(session, now, school=school, count=count)
        region = callers.staff(REGION)
        blocks.publish(session, callers.clock(now + 8 * DAY))
        assert told(session, region, municipality_id=home) == ({"Учебная школа № 100": 5}, None, 5)
        blocks.publish(session, callers.clock(now + 21 * DAY))
        assert told(session, region, municipality_id=home) == ({"Учебная школа № 100": 5}, 13, 18)
        assert told(session, region) == ({"Челябинский ГО": 18}, None, 18), "the parent is its children, to a man"
        assert not in_order(session)
        behind = deficits.cell_detail(session, region, organisation_id=first, component="digital")
        assert behind.cell is not None and behind.unit.level is UnitLevel.ORGANISATION
        assert deficits.cell_detail(session, region, organisation_id=second, component="digital").cell is None
        with pytest.raises(NotFoundError):
            deficits.cell_detail(session, region, organisation_id=typed, component="digital")

    database.write(story)


def test_before_results_leave_for_the_region_colleagues_who_still_wait_join_them(
    database: Database, clock: FrozenClock
) -> None:
    """Two whose month is over and three of last fortnight are five of one municipality."""
    now = clock.now()

    def story(session: Session) -> None:
        first, second = schools(session, HOME, 2)
        walked(session, now, school=first, count=2)
        walked(session, now + 22 * DAY, school=second, count=3)
        blocks.publish(session, callers.clock(now + 31 * DAY))
        assert told(session, callers.staff(REGION)) == ({"Челябинский ГО": 5}, None, 5)

    database.write(story)


def test_where_more_wait_than_fit_every_school_has_its_turn(database: Database, clock: FrozenClock) -> None:
    """The oldest could be many who wait in small schools, and stand in the way of a large one."""

    def story(session: Session) -> None:
        small = schools(session, "ashinsky-mr", 10)
        (large,) = schools(session, HOME, 1)
        for school in small:
            walked(session, clock.now(), school=school, count=2)
        walked(session, clock.now(), school=large, count=6)
        for minute in range(20):
            blocks.publish(session, callers.clock(clock.now() + 8 * DAY + timedelta(minutes=minute)), at_most=4)
        assert told(session, callers.staff(REGION))[0] == {"Челябинский ГО": 6}

    database.write(story)


def test_sums_are_as_many_as_schools_however_many_results(database: Database, clock: FrozenClock) -> None:
    now = clock.now()

    def story(session: Session) -> list[int]:
        (school,) = schools(session, HOME, 1)
        seen = []
        for week in range(6):
            walked(session, now + 7 * week * DAY, school=school, count=5)
            blocks.publish(session, callers.clock(now + (7 * week + 8) * DAY))
            seen.append(session.scalar(select(func.count(ScoreTally.id))) or 0)
        assert told(session, callers.staff(REGION)) == ({"Челябинский ГО": 30}, None, 30)
        assert not in_order(session)
        return seen

    assert database.write(story) == [1] * 6


def test_a_region_opens_centres_and_one_level_down_each_time(database: Database, clock: FrozenClock) -> None:
    now = clock.now()

    def story(session: Session) -> None:
        served = session.scalars(select(Municipality).where(Municipality.code.in_(["varnensky-mr", "chesmensky-mr"])))
        centre = Centre(code="south", name="Южный центр", municipalities=list(served))
        alone = session.scalars(select(Municipality).where(Municipality.code == "ashinsky-mr")).one()
        city = Centre(code="city", name="Центр города", independent=True, municipalities=[alone])
        session.add_all([centre, city])
        session.flush()
        for place, count in (("varnensky-mr", 5), ("chesmensky-mr", 6), ("ashinsky-mr", 7)):
            walked(session, now, school=schools(session, place, 1)[0], count=count)
        blocks.publish(session, callers.clock(now + 8 * DAY))
        region = callers.staff(REGION)
        assert told(session, region) == ({"Южный центр": 11, "Центр города": 7}, None, 18)
        assert told(session, region, centre_id=centre.id) == ({"Варненский МР": 5, "Чесменский МР": 6}, None, 11)
        own = next(town.id for town in centre.municipalities if town.code == "varnensky-mr")
        assert told(session, region, municipality_id=own) == ({"Учебная школа № 100": 5}, None, 5)
        assert [unit.level for unit in units.opened(session, region, municipality_id=own).path] == [
            UnitLevel.CENTRE,
            UnitLevel.MUNICIPALITY,
        ]
        assert told(session, region, centre_id=city.id)[0] == {"Учебная школа № 100": 7}, "one municipality is passed"
        town = callers.staff(Scope(2, StaffRole.MUNICIPAL_METHODIST, frozenset({own})))
        assert told(session, town) == ({"Учебная школа № 100": 5}, None, 5)
        with pytest.raises(NotFoundError):
            deficits.heat(session, town, centre_id=centre.id)
        with pytest.raises(NotFoundError):
            deficits.heat(session, town, municipality_id=alone.id)
        foreign = session.scalars(select(Organisation.id).where(Organisation.municipality_id == alone.id)).first()
        with pytest.raises(NotFoundError):
            deficits.cell_detail(session, town, organisation_id=foreign, component="digital")

    database.write(story)


def test_a_school_that_reports_count_by_stays_confirmed(database: Database, clock: FrozenClock) -> None:
    def story(session: Session) -> None:
        (school,) = schools(session, HOME, 1)
        row = session.get_one(Organisation, school)
        with pytest.raises(DomainError, match="organisation_confirmed"):
            staff_services.save_organisation(
                session,
                callers.staff(REGION),
                organisation_id=school,
                municipality_id=row.municipality_id,
                name=row.name,
                kind_id=None,
                low_results=False,
                hard_conditions=False,
                confirmed=False,
            )

    database.write(story)


# --- two of the documents' services, by the panel ---


@pytest.fixture
def loaded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database with the pack that the test names."""
    database = Database.connect(copy_sqlite(migrated_sqlite(tmp_path), tmp_path / "opora.db"))
    database.write(load, pack=load_pack(request.param), now=MONDAY)
    yield database
    database.close()


def sheet(person: Visitor, address: str) -> dict[str, int]:
    """People by row of the workbook's first sheet."""
    page = load_workbook(io.BytesIO(person.get(address).data)).worksheets[0]
    return {str(row[0]): row[1] for row in page.iter_rows(min_row=2, values_only=True) if row[0]}


@pytest.mark.parametrize("loaded", ["terek"], indirect=True)
def test_terek_s_rows_are_organisations_and_under_five_are_masked(
    loaded: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    low, plain, few = "МКОУ СОШ с.п. Урожайное", "МКОУ СОШ № 3 г.п. Терек", "МКОУ Лицей № 1 г.п. Терек"

    def plant(session: Session) -> None:
        ids = dict(session.execute(select(Organisation.name, Organisation.id)).all())
        for name, count in ((low, 5), (plain, 6), (few, 4)):
            walked(session, clock.now(), school=ids[name], count=count)
        blocks.publish(session, callers.clock(clock.now() + 8 * DAY))
        add_staff(session, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())

    loaded.write(plant)
    person = Visitor(make_panel(loaded, clock, tmp_path))
    person.sign_in("region")
    text = person.text("/reports/deficits")
    table, _, below = text.partition("</tbody>")
    assert low in table and plain in table and few not in table and few in below and "Организация" in table
    every = sheet(person, "/reports/deficits.xlsx")
    assert (every[low], every[plain]) == (5, 6) and few not in every
    marked = sheet(person, "/reports/deficits.xlsx?low_results=1")
    assert marked[low] == 5 and plain not in marked
    assert every["Всего по показанным"] - marked["Всего по показанным"] == 6, "a whole school, and no hidden one"
    covered = person.text("/reports/coverage")
    assert "619" in covered and "940" in covered and plain in covered
    book = load_workbook(io.BytesIO(person.get("/reports/coverage.xlsx").data))
    assert {(low, 5), (plain, 6), (few, "< 5")} <= {row[:2] for row in book.worksheets[1].iter_rows(values_only=True)}


@pytest.mark.parametrize("loaded", ["belgorod"], indirect=True)
def test_belgorod_s_rows_are_centres_and_methodists_change_no_figure_of_teachers(
    loaded: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    def plant(session: Session) -> None:
        centre = session.scalars(select(Centre).where(Centre.name.contains("Чернян"))).one()
        place = centre.municipalities[0]
        (school,) = schools(session, place.code, 1)
        walked(session, clock.now(), school=school, count=6, deficit=20)
        teachers = session.scalars(select(InstrumentVersion)).first()
        assert teachers is not None
        methodists = session.scalars(select(Instrument).where(Instrument.key == "methodist")).one_or_none()
        if methodists is None:
            methodists = Instrument(key="methodist", title="Затруднения методистов", audience="methodist")
            session.add(methodists)
            session.flush()
            session.add(
                InstrumentVersion(
                    instrument_id=methodists.id,
                    version=1,
                    status=VersionStatus.PUBLISHED,
                    content=teachers.content,
                    content_hash="of the test",
                )
            )
            session.flush()
        add_staff(session, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())

    loaded.write(plant)
    person = Visitor(make_panel(loaded, clock, tmp_path))
    person.sign_in("region")
    loaded.write(blocks.publish, callers.clock(clock.now() + 8 * DAY))
    teachers = sheet(person, "/reports/deficits.xlsx")
    assert [count for name, count in teachers.items() if "Чернян" in name] == [6]

    def walk(session: Session) -> None:
        key = select(Instrument.id).where(Instrument.key == "methodist").scalar_subquery()
        version = session.scalars(select(InstrumentVersion.id).where(InstrumentVersion.instrument_id == key)).one()
        school = session.scalars(select(Organisation.id).where(Organisation.name == "Учебная школа № 100")).one()
        walked(session, clock.now(), school=school, count=7, deficit=90, version=version)
        component = parse(session.get_one(InstrumentVersion, version).content).components[0]
        session.execute(
            update(ComponentScore)
            .where(ComponentScore.attempt_id.in_(select(Attempt.id).where(Attempt.version_id == version)))
            .values(component=component.code, form=component.form)
        )
        blocks.publish(session, callers.clock(clock.now() + 9 * DAY))

    loaded.write(walk)
    assert sheet(person, "/reports/deficits.xlsx") == teachers
    methodists = sheet(person, "/reports/deficits.xlsx?instrument=methodist")
    assert [count for name, count in methodists.items() if "Чернян" in name] == [7]
    assert "Чернян" in person.text("/reports/deficits?instrument=methodist")
    assert person.get("/reports/deficits?instrument=nobody").status_code == 404
