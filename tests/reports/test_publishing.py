"""From whatever was ever published nobody can work out a result: pages of all days, units, filters and accounts.

Every planted result bears a mark of its own, so what was published tells who is in it.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from db.caller import Caller, StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics import blocks, personal, queries, services, staff_queries
from db.diagnostics.models import Attempt, AttemptStatus, ComponentScore, InstrumentVersion, ScoreBlock
from db.diagnostics.services import ResultReader
from db.dictionaries.models import Centre, Municipality, Organisation, Setting, Term, TermKind
from db.dictionaries.rules import Rules
from db.dictionaries.units import Unit, UnitLevel
from db.engine import writing
from db.people.models import Person
from db.reports import deficits
from db.reports.deficits import Cell
from db.reports.rules import FEW, Portion, mean, told
from db.scope import Scope, StaffRole
from tests.diagnostics.walking import form_of
from tests.support import callers

LEAST = 5
REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
DAY = timedelta(days=1)
PLACES, SCHOOLS, JOBS, COMPONENTS = 3, 2, 3, ("digital", "subject")


class History:
    """A small region that lives on; `shown` are the groups of results that any page ever told a number of."""

    def __init__(self, session: Session, now: datetime, dice: random.Random) -> None:
        self.session, self.now, self.dice = session, now, dice
        self.places = list(session.scalars(select(Municipality.id).order_by(Municipality.id).limit(PLACES)))
        self.schools = {place: self._schools(place) for place in self.places}
        self.centre = Centre(code="tested", name="Центр", municipalities=self._towns(self.places[:2]))
        session.add(self.centre)
        jobs = select(Term.id).where(Term.kind == TermKind.POSITION).order_by(Term.id).limit(JOBS)
        self.jobs = list(session.scalars(jobs))
        self.version = queries.published_version(session)
        self.instrument = session.get_one(InstrumentVersion, self.version).instrument_id
        self.people: list[int] = []
        self.shown: set[frozenset[tuple[int, str]]] = set()
        self.forms = {code: form_of(code) for code in COMPONENTS}
        self.former = {COMPONENTS[0]: "version before"}
        self.read: set[int] = set()
        self.marks: dict[int, int] = {}
        self.finished = 0

    def _towns(self, ids: list[int]) -> list[Municipality]:
        return list(self.session.scalars(select(Municipality).where(Municipality.id.in_(ids))))

    def _schools(self, place: int) -> list[int]:
        """Two schools, one of them with a mark."""
        rows = [
            Organisation(municipality_id=place, name=f"Школа {place}-{number}", low_results=number == 0)
            for number in range(SCHOOLS)
        ]
        self.session.add_all(rows)
        self.session.flush()
        return [row.id for row in rows]

    def live(self, step: str) -> None:
        """One thing that happens in a region."""
        getattr(self, step)()
        self.session.flush()
        self._open_pages()
        self.session.expunge_all()  # numbers of the erased are given again

    def come(self) -> None:
        """Some people finish their first self-diagnosis."""
        place = self.dice.choice(self.places)
        school = self.dice.choice([*self.schools[place], *self.schools[place], None])
        for _ in range(self.dice.randint(1, 7)):
            job = self.dice.choice(self.jobs)
            person = Person(municipality_id=place, organisation_id=school, position_id=job, created_at=self.now)
            self.session.add(person)
            self.session.flush()
            self.people.append(person.id)
            self._finish(person)

    def again(self) -> None:
        """Some of them walk again, a few after having moved."""
        for number in self.dice.sample(self.people, min(len(self.people), self.dice.randint(1, 8))):
            person = self.session.get_one(Person, number)
            if self.dice.random() < 0.2:
                person.municipality_id = self.dice.choice(self.places)
                person.organisation_id = self.dice.choice(self.schools[person.municipality_id])
            blocks.forget_last(self.session, ComponentScore.person_id == number)
            self.session.execute(update(ComponentScore).where(ComponentScore.person_id == number).values(latest=False))
            self._finish(person)

    def erase(self) -> None:
        """Some of them are erased."""
        for number in self.dice.sample(self.people, min(len(self.people), self.dice.randint(1, 4))):
            self.people.remove(number)
            personal.forget(self.session, self._clock(), person_id=number)

    def open(self) -> None:
        """Some of them open a result to the methodists, or close it again."""
        for number in self.dice.sample(self.people, min(len(self.people), self.dice.randint(1, 6))):
            attempt = self.session.scalars(
                select(Attempt.id)
                .where(Attempt.person_id == number, Attempt.instrument_id == self.instrument)
                .order_by(Attempt.id.desc())
            ).first()
            services.set_sharing(
                self.session,
                callers.person(number, self.now),
                attempt_id=attempt or 0,
                audience=ResultReader.METHODIST,
                opened=self.dice.random() < 0.8,
            )

    def days(self) -> None:
        """Time passes and the hour strikes."""
        self.now += DAY * self.dice.choice((1, 5, 8, 40))
        blocks.publish(self.session, self._clock())

    def rules(self) -> None:
        """An administrator tries other cuts and another least group."""
        cuts = tuple(sorted(self.dice.sample(range(5, 95), 3)))
        rules = Rules(deficit_cuts=(cuts[0], cuts[1], cuts[2]), mask_under=self.dice.choice((5, 5, 7)))
        self.session.get_one(Setting, "rules").value = rules.as_dict()

    def _clock(self) -> Caller:
        return callers.clock(self.now)

    def _finish(self, person: Person) -> None:
        attempt = Attempt(
            person_id=person.id,
            instrument_id=self.instrument,
            version_id=self.version,
            status=AttemptStatus.COMPLETED,
            municipality_id=person.municipality_id,
            started_at=self.now,
            completed_at=self.now,
        )
        self.session.add(attempt)
        self.session.flush()
        self.finished += 1
        self.marks[attempt.id] = self.finished
        old = self.dice.random() < 0.4
        for component in COMPONENTS:
            told_of = component == COMPONENTS[0] or self.dice.random() < 0.7
            self.session.add(
                ComponentScore(
                    attempt_id=attempt.id,
                    component=component,
                    form=self.former.get(component, self.forms[component]) if old else self.forms[component],
                    person_id=person.id,
                    municipality_id=person.municipality_id,
                    organisation_id=person.organisation_id,
                    position_id=person.position_id,
                    deficit=self.dice.uniform(0, 100) if told_of else None,
                    need=self.dice.randint(0, 3),
                    priority=50.0,
                    point_deficits=[str(self.finished)],
                    completed_at=self.now,
                )
            )

    def _open_pages(self) -> None:
        """Keeps what every page tells now, and whose results methodists may read now."""
        self.live_blocks = self.session.scalars(select(ScoreBlock).where(ScoreBlock.left_at.is_(None))).all()
        self.marked = set(self.session.scalars(select(Organisation.id).where(Organisation.low_results)))
        opened: list[dict[str, int]] = [{}, {"centre_id": self.centre.id}]
        opened += [{"municipality_id": place} for place in self.places]
        for unit in opened:
            filters = [{"position_id": job} for job in self.jobs] + [{"marks": ["low_results"]}]
            for narrowed in ({}, self.dice.choice(filters)):
                self._read(callers.staff(REGION), unit, narrowed)
        place = self.dice.choice(self.places)
        own = callers.staff(Scope(2, StaffRole.MUNICIPAL_METHODIST, frozenset({place})))
        self._read(own, {}, {"position_id": self.dice.choice(self.jobs)})
        assert [row.cells for row in deficits.heat(self.session, own).rows] == [
            row.cells for row in deficits.heat(self.session, callers.staff(REGION), municipality_id=place).rows
        ], "two accounts learn no more than one"
        for role in (StaffRole.READER, StaffRole.MUNICIPAL_METHODIST):
            self._told_alike(Scope(3, role, None))
            self._told_alike(Scope(3, role, frozenset({place})))
        found = staff_queries.opened(self.session, callers.staff(REGION), limit=1000)
        self.read |= {self.marks[row.attempt_id] for row in found}

    def _told_alike(self, scope: Scope) -> None:
        """A program's token and the figures in the chat read by a scope of their own: they learn what a page tells."""
        mine = deficits.heat(self.session, callers.staff(scope))
        (place,) = scope.municipality_ids or (None,)
        pages = deficits.heat(self.session, callers.staff(REGION), municipality_id=place)
        assert [row.cells for row in mine.rows] == [row.cells for row in pages.rows]
        assert mine.total.cells == pages.total.cells and mine.former == pages.former

    def _read(self, caller: StaffCaller, unit: dict[str, int], narrowed: dict[str, Any]) -> None:
        """Reads one page, and for a row of it the page behind."""
        limited = caller.scope.municipality_ids
        self.reach = {None, *self.places} if limited is None else set(limited)
        page = deficits.heat(self.session, caller, **unit, **narrowed)
        whole: dict[str, frozenset[int]] = {}
        for component, count in page.former.items():
            group = self._behind(component, page.branch.unit, None, narrowed, former=True)
            assert count == len(group), "other versions are counted by whole blocks too"
            self.shown.add(frozenset((number, component) for number in group))
        for row in (*page.rows, *([page.together] if page.together else [])):
            for component, cell in row.cells.items():
                group = self._behind(component, row.unit, page.branch.unit, narrowed)
                whole[component] = whole.get(component, frozenset()) | group
                self._see(component, group, cell)
        for component, cell in page.total.cells.items():
            self._see(component, whole[component], cell)
        if page.rows and not narrowed:
            row = self.dice.choice(page.rows)
            assert row.unit is not None
            name, component = f"{row.unit.level}_id", self.dice.choice(list(row.cells))
            behind = deficits.cell_detail(self.session, caller, component=component, **{name: row.unit.id})
            assert behind.cell == row.cells[component]

    def _behind(
        self,
        component: str,
        unit: Unit | None,
        within: Unit | None,
        narrowed: dict[str, Any],
        *,
        former: bool = False,
    ) -> frozenset[int]:
        """Whose results the blocks of a row hold."""
        centre = self.places[:2]

        def is_there(block: ScoreBlock) -> bool:
            if narrowed.get("position_id", block.position_id) != block.position_id:
                return False
            if "marks" in narrowed and block.organisation_id not in self.marked:
                return False
            if former and unit is None:
                return block.municipality_id in self.reach
            if unit is None:
                return block.organisation_id is None and block.municipality_id == (within.id if within else None)
            if unit.level is UnitLevel.ORGANISATION:
                return block.organisation_id == unit.id
            return block.municipality_id in (centre if unit.level is UnitLevel.CENTRE else [unit.id])

        return frozenset(
            int(mark)
            for block in self.live_blocks
            if block.component == component and (block.form == self.forms[component]) is not former and is_there(block)
            for mark in block.points
        )

    def _see(self, component: str, group: frozenset[int], cell: Cell) -> None:
        assert cell.people == len(group), "the page tells what blocks hold, and nothing else"
        self.shown.add(frozenset((number, component) for number in group))


STEPS = st.lists(
    st.sampled_from(["come", "come", "come", "again", "erase", "open", "days", "days", "days", "rules"]),
    min_size=5,
    max_size=40,
)


@pytest.fixture
def region(database: Database) -> Iterator[Connection]:
    with writing(database.engine).connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def too_small(shown: set[frozenset[tuple[int, str]]], read: set[int]) -> list[int]:
    """Sizes of the groups under five that sums and differences of what was shown can come to.

    Any combination of the shown groups weighs alike all results that are in exactly the same ones: so the smallest
    group in their span is not smaller than the smallest such class. Results that may be read are known and don't count.
    """
    classes: Counter[frozenset[int]] = Counter()
    numbered = list(enumerate(shown))
    for one in {one for group in shown for one in group}:
        if one[0] not in read:
            classes[frozenset(number for number, group in numbered if one in group)] += 1
    return [size for size in classes.values() if size < LEAST]


# A failure is told as it was found: making it smaller would take minutes.
HISTORIES = settings(
    max_examples=25,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def nothing_is_told_of_fewer_than_five(region: Connection, now: datetime, steps: list[str], seed: int) -> None:
    with region.begin_nested() as point, Session(region, join_transaction_mode="create_savepoint") as session:
        history = History(session, now, random.Random(seed))
        for step in [*steps, "days"]:
            history.live(step)
        session.close()
        point.rollback()
    assert not too_small(history.shown, history.read)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@HISTORIES
@given(steps=STEPS, seed=st.integers(0, 10**6))
def test_no_history_of_a_small_region_tells_of_fewer_than_five(
    region: Connection, clock: FrozenClock, steps: list[str], seed: int
) -> None:
    nothing_is_told_of_fewer_than_five(region, clock.now(), steps, seed)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@settings(HISTORIES, max_examples=5)
@given(steps=STEPS, seed=st.integers(0, 10**6))
def test_no_history_on_postgresql_does_either(
    region: Connection, clock: FrozenClock, steps: list[str], seed: int
) -> None:
    """The same use cases: a few histories show that the engine changes nothing."""
    nothing_is_told_of_fewer_than_five(region, clock.now(), steps, seed)


def test_a_history_long_enough_shows_something(region: Connection, clock: FrozenClock) -> None:
    """Silence would be safe too."""
    history = History(Session(region, join_transaction_mode="create_savepoint"), clock.now(), random.Random(1))
    for step in ["come"] * 12 + ["days"] * 3 + ["again", "open", "erase", "days"] * 6:
        history.live(step)
    assert len(history.shown) > 20 and history.read
    assert not too_small(history.shown, history.read)


@given(people=st.integers(LEAST, 200), data=st.data())
def test_counts_within_a_group_are_told_in_fives_and_ends_in_words(people: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, people))
    said = told(count, people)
    if isinstance(said, Portion):
        assert people < FEW or min(count, people - count) < LEAST
    else:
        assert said % LEAST == 0 and 0 < said < people and abs(said - count) < LEAST
    assert told(0, people) is told(1, people) is Portion.HARDLY_ANY
    assert told(people, people) is told(people - 1, people) is Portion.ALMOST_ALL


def test_a_mean_at_the_end_of_the_scale_does_not_tell_everybody_s_answer() -> None:
    assert [mean(total, 5, low=0, high=100) for total in (0, 250, 490, 500)] == [5, 50, 95, 95]
    assert mean(1000, 10, low=0, high=100) == 100
    assert mean(25, 5, low=1, high=5) == pytest.approx(4.8)
