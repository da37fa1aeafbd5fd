"""Waves of monitoring, surveys of needs and figures of proposals: whatever was told of them, nobody comes out of it.

The history of `test_publishing.py` lives on with waves that are planned over any days and put down, people who reply to
a survey and write their own words, and proposals whose figure is read then and now. Whose results a block holds is
known from the day it was made; what a page tells must be of whole blocks, and the rank of all that was ever told over
time is taken (`tests/support/derived.py`).
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from db import erasure
from db.caller import StaffCaller
from db.clock import FrozenClock
from db.diagnostics import queries
from db.diagnostics.models import Attempt, ComponentScore, Instrument, ScoreBlock
from db.dictionaries.units import UnitLevel
from db.indicators import waves
from db.indicators.models import Wave, WaveStatus
from db.indicators.waves import WaveDraft
from db.motions.models import FigureSource
from db.motions.rules import ReportFigure
from db.overviews import figures, needs
from db.reports.models import FactBatch, PrivateFact
from db.reports.sweeps import publish_facts
from db.scope import Scope, StaffRole
from tests.reports.test_publishing import COMPONENTS, DAY, HISTORIES, REGION, History, region
from tests.reports.test_quality import answered
from tests.support import callers
from tests.support.derived import derived
from tests.surveys.walking import add_survey, replied

__all__ = ["region"]

FORMS, LACKING = "forms", "lacking"
OPTIONS = ("masters", "lessons", "doors")


class ToldHistory(History):
    """Keeps for each block whose results it was made of and when they were finished, and reads three more reports."""

    def __init__(self, session: Session, now: datetime, dice: random.Random) -> None:
        super().__init__(session, now, dice)
        self.first = now
        add_survey(session, now=now)
        self.survey = session.scalars(select(Instrument.id).where(Instrument.key == "needs")).one()
        self.inside: dict[int, frozenset[int]] = {}
        self.days_of: dict[int, datetime] = {}
        self.fixed: dict[int, dict[tuple[int | None, str], frozenset[int]]] = {}
        self.proposed: list[ReportFigure] = []
        self.told: Any = None
        self.sums: dict[str, set[frozenset[int]]] = defaultdict(set)
        self.texts: dict[str, int] = {}

    def live(self, step: str) -> None:
        """One thing that happens; an erasure or a new result moves no wave, no figure and no count of a survey."""
        super().live(step)
        before, self.told = self.told, self._told()
        still = {name: one for name, one in (before or {}).items() if name in self.told}
        if step in ("come", "again", "reply", "erase", "withdraw", "open"):
            assert {name: self.told[name] for name in still} == still, f"{step} has moved a figure"

    def reply(self) -> None:
        """Some reply to the survey of needs, in options and in their own words."""
        numbers = self.dice.sample(self.people, min(len(self.people), self.dice.randint(3, 12)))
        for number in numbers:
            if self.session.scalar(select(Attempt.id).where(*self._survey_of(number))):
                continue
            words = f"слова {len(self.marks)}"
            said = {FORMS: [self.dice.choice(OPTIONS)], LACKING: words}
            attempt_id = replied(self.session, number, self.now, said)
            self.finished += 1
            self.marks[attempt_id] = self.texts[words] = self.finished

    def plan(self) -> None:
        """A methodist plans a wave over some days, of some municipalities or of all."""
        starts = (self.first + DAY * self.dice.choice((-1, 0, 4, 10, 30))).date()
        places = self.dice.choice(([], self.places[:1], self.places[:2]))
        draft = WaveDraft(
            title="Волна",
            version_id=queries.published_version(self.session) or 0,
            starts=starts,
            ends=starts + DAY * self.dice.choice((1, 5, 25, 60, 300)),
            note="",
            municipality_ids=places,
        )
        staff = callers.staff(REGION, self.now)
        wave_id = waves.save_wave(self.session, staff, wave_id=None, draft=draft)
        if draft.ends is not None and draft.ends >= self.now.astimezone(staff.zone).date():
            waves.open_wave(self.session, staff, wave_id=wave_id)

    def fix(self) -> None:
        """Waves whose days are over are put down."""
        staff = callers.staff(REGION, self.now)
        for row in self.session.scalars(select(Wave).where(Wave.status == WaveStatus.OPEN)).all():
            if row.ends < self.now.astimezone(staff.zone).date():
                self.fixed[row.id] = self._of_wave(row)
                waves.fix_wave(self.session, staff, wave_id=row.id)

    def propose(self) -> None:
        """A figure is put beside a proposal, as it is told."""
        staff = callers.staff(REGION, self.now)
        for source, asked in self._asked():
            found = figures.figure(self.session, staff, source=source, asked=asked)
            if found is not None:
                self.proposed = [*self.proposed[-5:], found]

    def withdraw(self) -> None:
        """Somebody withdraws the consent, and is erased a day later."""
        for number in self.dice.sample(self.people, min(len(self.people), 2)):
            self.people.remove(number)
            erasure.withdraw_consent(self.session, callers.person(number, self.now))
            later = callers.clock(self.now + timedelta(hours=23))
            erasure.erase(self.session, later, person_id=number, requested_by="person")

    def _survey_of(self, person_id: int) -> tuple[Any, ...]:
        return Attempt.person_id == person_id, Attempt.instrument_id == self.survey

    def _open_pages(self) -> None:
        """Notes who is in new blocks; pages of deficits are read by the history that this one is made of."""
        rows = self.session.execute(
            select(ComponentScore.block_id, ComponentScore.attempt_id, ComponentScore.completed_at).where(
                ComponentScore.block_id.is_not(None)
            )
        ).all()
        fresh: dict[int, set[int]] = defaultdict(set)
        for block_id, attempt_id, completed_at in rows:
            if block_id not in self.inside and attempt_id in self.marks:
                fresh[block_id].add(self.marks[attempt_id])
                self.days_of[self.marks[attempt_id]] = completed_at
        self.inside |= {number: frozenset(marks) for number, marks in fresh.items()}
        self.live_blocks = self.session.scalars(select(ScoreBlock).where(ScoreBlock.left_at.is_(None))).all()

    def _told(self) -> dict[str, Any]:
        """What waves, surveys and figures tell to everybody now."""
        return dict([*self._waves(), *self._needs(), *self._figures()])

    def _waves(self) -> Iterator[tuple[str, Any]]:
        for caller in self._accounts():
            for row in self.session.scalars(select(Wave).order_by(Wave.id)).all():
                card = waves.card(self.session, caller, wave_id=row.id)
                groups = self.fixed.get(row.id) or self._of_wave(row)
                found = {}
                for place in card.places:
                    number = place.municipality.id if place.municipality else None
                    for component, one in place.sums.items():
                        group = groups.get((number, component), frozenset())
                        assert one.people == len(group), "a wave tells of whole blocks of its days, and of nobody else"
                        self.sums[component].add(group)
                        found[number, component] = one.people, one.mean
                yield f"wave {row.id} {row.status} {caller.scope.role} {caller.scope.municipality_ids}", found

    def _of_wave(self, row: Wave) -> dict[tuple[int | None, str], frozenset[int]]:
        begins, over = waves.days(row, callers.clock(self.now))
        named = {one.municipality_id for one in row.units}
        found: dict[tuple[int | None, str], frozenset[int]] = {}
        for block in self.live_blocks:
            group = self.inside.get(block.id, frozenset())
            mine = block.component in COMPONENTS and block.form == self.forms[block.component]
            within = all(begins <= self.days_of[mark] < over for mark in group)
            if mine and within and (not named or block.municipality_id in named):
                key = block.municipality_id, block.component
                found[key] = found.get(key, frozenset()) | group
        return found

    def _needs(self) -> Iterator[tuple[str, Any]]:
        for caller in self._accounts():
            limited = caller.scope.municipality_ids
            for place in [None, *self.places] if limited is None else list(limited):
                asked = {} if place is None else {"municipality_id": place}
                page = needs.needs(self.session, caller, question=FORMS, **asked)
                assert page is not None
                for row in (*page.rows, *([page.together] if page.together else [])):
                    group = self._replied(row.unit.id if row.unit else None, page.branch.level, place)
                    assert row.people == len(group), "a survey counts whole blocks"
                    self.sums[FORMS].add(group)
                rows = [(row.name, row.people, tuple(row.counts.values())) for row in page.rows]
                yield f"needs {caller.scope.role} {limited} {place}", rows
                words = needs.needs(self.session, caller, question=LACKING, **asked)
                self.sums[LACKING].add(frozenset(self.texts[text] for text in words.words) if words else frozenset())

    def _replied(self, unit_id: int | None, level: UnitLevel, place: int | None) -> frozenset[int]:
        def is_there(block: ScoreBlock) -> bool:
            if level is UnitLevel.ORGANISATION:
                return block.organisation_id == unit_id and place in (None, block.municipality_id)
            if level is UnitLevel.CENTRE and unit_id == self.centre.id:
                return block.municipality_id in self.places[:2]
            return block.municipality_id == unit_id

        groups = [
            self.inside[block.id]
            for block in self.live_blocks
            if block.instrument_id == self.survey and block.component == FORMS and is_there(block)
        ]
        return frozenset().union(*groups)

    def _figures(self) -> Iterator[tuple[str, Any]]:
        staff = callers.staff(REGION, self.now)
        for source, asked in self._asked():
            found = figures.figure(self.session, staff, source=source, asked=asked)
            if found is not None:
                self._see_figure(found)
            yield f"figure {sorted(asked.items())}", found and (found.value, found.word, found.people)
        for then in self.proposed:
            now = figures.figure_now(self.session, staff, then=then)
            if now is not None:
                self._see_figure(now)

    def _asked(self) -> Iterator[tuple[FigureSource, dict[str, str]]]:
        for place in (None, self.places[0]):
            unit = {} if place is None else {"unit": UnitLevel.MUNICIPALITY.value, "unit_id": str(place)}
            for component in COMPONENTS:
                for measure in ("deficit", "share"):
                    yield FigureSource.DEFICITS, {**unit, "component": component, "measure": measure}
            yield FigureSource.SURVEY, {**unit, "survey": "needs", "question": FORMS, "component": OPTIONS[0]}

    def _see_figure(self, found: ReportFigure) -> None:
        code = found.asked["component"]
        component = FORMS if found.source is FigureSource.SURVEY else code
        instrument = self.survey if found.source is FigureSource.SURVEY else self.instrument
        forms = self.forms.get(component)
        group = frozenset[int]().union(
            *(
                self.inside[block.id]
                for block in self.live_blocks
                if (block.component, block.instrument_id) == (component, instrument)
                and forms in (None, block.form)
                and found.municipality_id in (None, block.municipality_id)
            )
        )
        assert found.people == len(group), "a figure is told of whole blocks"
        self.sums[component].add(group)

    def _accounts(self) -> Iterator[StaffCaller]:
        yield callers.staff(REGION, self.now)
        one = frozenset(self.places[:1])
        yield callers.staff(Scope(2, StaffRole.MUNICIPAL_METHODIST, one), self.now)


STEPS = st.lists(
    st.sampled_from(["come", "again", "reply", "withdraw", "open", "plan", "fix", "propose", "days", "days", "days"]),
    min_size=8,
    max_size=30,
)
BEGUN = ["come"] * 5 + ["reply", "plan"]


def nobody_is_derived(history: ToldHistory) -> None:
    for name, groups in history.sums.items():
        assert not derived(groups, history.read), name


def lived(region: Connection, now: datetime, steps: list[str], seed: int) -> None:
    with region.begin_nested() as point, Session(region, join_transaction_mode="create_savepoint") as session:
        history = ToldHistory(session, now, random.Random(seed))
        for step in [*BEGUN, *steps, "days"]:
            history.live(step)
        session.close()
        point.rollback()
    nobody_is_derived(history)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(HISTORIES, max_examples=4)
@given(steps=STEPS, seed=st.integers(0, 10**6))
def test_no_wave_survey_or_figure_tells_of_fewer_than_five(
    region: Connection, clock: FrozenClock, steps: list[str], seed: int
) -> None:
    lived(region, clock.now(), steps, seed)


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_a_history_long_enough_has_waves_words_and_figures(region: Connection, clock: FrozenClock) -> None:
    """Silence would be safe too."""
    history = ToldHistory(Session(region, join_transaction_mode="create_savepoint"), clock.now(), random.Random(4))
    begun = ["come"] * 14 + ["reply"] * 6 + ["plan"] * 5 + ["days"] * 4
    for step in [*begun, *["propose", "withdraw", "come", "come", "again", "fix", "days", "days"] * 3]:
        history.live(step)
    assert len(history.sums[COMPONENTS[0]]) > 3 and len(history.sums[FORMS]) > 2 and history.proposed
    assert any(history.sums[LACKING]) and any(one for one in history.fixed.values())
    nobody_is_derived(history)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_how_well_an_instrument_measures_tells_of_nobody_over_time(region: Connection, clock: FrozenClock) -> None:
    """Each measuring is of another thirty besides: of whoever was erased in between it says nothing."""
    session = Session(region, join_transaction_mode="create_savepoint")
    dice, now, told = random.Random(5), clock.now(), list[frozenset[int]]()
    for _ in range(4):
        now += 2 * DAY
        answered(session, people=dice.choice((12, 30, 37)), now=now)
        publish_facts(session, callers.clock(now + DAY))
        there = session.scalars(select(Attempt.person_id)).all()
        if len(_measured(session)) > len(told):
            told.append(frozenset(there))
            assert _measured(session)[-1] == len(there)
        for number in dice.sample(list(there), 2):
            erasure.erase(session, callers.clock(now + DAY), person_id=number, requested_by="operator")
    assert len(told) > 1 and not derived(told)
    assert len(set().union(*told) - told[-1]) > 0, "somebody who was measured was erased since"


def _measured(session: Session) -> list[int]:
    rows = select(FactBatch.count).where(FactBatch.fact == PrivateFact.QUALITY).order_by(FactBatch.id)
    return list(session.scalars(rows))


def test_a_sum_that_differs_by_one_is_found_by_the_rank() -> None:
    """The control: five and six are sums, their difference is somebody; an unknown beside hides as many as it has."""
    five, other = frozenset(range(5)), frozenset(range(10, 15))
    assert derived([five, five | {5}]) == [{5}]
    assert derived([five, five | {5}], known={5}) == []
    assert derived([five, (five - {0}) | other]) == []
    assert derived([five, (five - {0}) | other, other]) == [{0}, five - {0}]
    assert derived([five, five | other, other]) == []
