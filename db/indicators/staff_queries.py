"""Reads the monitoring for the panel: indicators by list and part, two periods side by side, the rows of a figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from db.caller import StaffCaller
from db.dictionaries.models import Municipality, Organisation
from db.errors import NotFoundError
from db.indicators import formulas
from db.indicators.formulas import FigureCounter, Window
from db.indicators.models import (
    Formula,
    Indicator,
    IndicatorFixing,
    IndicatorLevel,
    IndicatorMeasure,
    IndicatorPeriod,
    IndicatorSet,
    IndicatorValue,
)
from db.indicators.rules import Figure, change, enough, entered
from db.reports.rules import Trend

HIDDEN_ROWS = frozenset({Formula.EVENTS_FOR_LOW_RESULTS, Formula.EVENTS_FOR_HARD_CONDITIONS, Formula.CONTEST_RESULTS})
"""Which event somebody of a school or a town was at is for those who may learn names."""


@dataclass(frozen=True, slots=True)
class PeriodFigure:
    """A measure's figure of a period. `stored` is the value that was noted or put down; `fixed` is the latter."""

    figure: Figure | None
    stored: IndicatorValue | None = None
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A measure in two periods: before, in this one as it was put down, and as it is now, with the change in a word.

    `enough` says whether the threshold is reached.
    """

    measure: IndicatorMeasure
    before: PeriodFigure
    told: PeriodFigure
    now: Figure | None
    change: Trend
    enough: bool | None


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """An indicator with its measures; `expired`: the act that it stands on is in force no more."""

    indicator: Indicator
    measures: Sequence[MeasureLine]
    expired: bool


@dataclass(frozen=True, slots=True)
class IndicatorPart:
    """The indicators of one level or subsystem, under its name in the document."""

    name: str
    level: IndicatorLevel
    lines: Sequence[IndicatorLine]


@dataclass(frozen=True, slots=True)
class IndicatorList:
    """One document's list, in its parts; the service's own indicators are in a list without a set."""

    set: IndicatorSet | None
    parts: Sequence[IndicatorPart]

    @property
    def total(self) -> int:
        """How many indicators there are."""
        return sum(len(part.lines) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Board:
    """The monitoring: whose it is, the period with the one before, and all lists."""

    municipality: Municipality | None
    periods: Sequence[IndicatorPeriod]
    before: IndicatorPeriod | None
    period: IndicatorPeriod | None
    fixing: IndicatorFixing | None
    lists: Sequence[IndicatorList]

    @property
    def expired(self) -> Sequence[Indicator]:
        """Those whose act is in force no more."""
        return [line.indicator for one in self.lists for part in one.parts for line in part.lines if line.expired]


@dataclass(frozen=True, slots=True)
class FactRows:
    """The rows of one figure: (id, title, day or year, how many one stands for); `lines` of them come to `total`."""

    measure: IndicatorMeasure
    period: IndicatorPeriod
    municipality: Municipality | None
    rows: Sequence[Any]
    lines: int
    total: int


def board(
    session: Session,
    caller: StaffCaller,
    *,
    period_id: int | None = None,
    before_id: int | None = None,
    municipality_id: int | None = None,
) -> Board:
    """Returns the monitoring of the whole service, else of a municipality within reach.

    Without a period it is the last that has begun, beside the one before it. Raises NotFoundError.
    """
    town = whose(session, caller, municipality_id)
    known = periods(session)
    today = caller.now.astimezone(caller.zone).date()
    period = _chosen(known, period_id) or _begun(known, today)
    before = _chosen(known, before_id) or _last(known[: known.index(period)] if period else [])
    fixings = _fixings(session, town)
    stored = _stored(session, town, [one.id for one in (period, before) if one])
    counter, lines = FigureCounter(session, caller), dict[tuple[int | None, str], list[IndicatorLine]]()
    indicators = session.scalars(
        select(Indicator)
        .where(Indicator.active)
        .options(joinedload(Indicator.set), joinedload(Indicator.document), selectinload(Indicator.measures))
        .order_by(Indicator.set_id.is_(None), Indicator.position, Indicator.id)
    ).all()
    sets = {one.set_id: one.set for one in indicators}
    for one in indicators:
        measures = [_line(counter, town, each, before, period, fixings, stored) for each in one.measures]
        expired = one.valid_until is not None and one.valid_until < today
        lines.setdefault((one.set_id, one.part), []).append(IndicatorLine(one, measures, expired))
    lists = [
        IndicatorList(
            row,
            [
                IndicatorPart(name, found[0].indicator.level, found)
                for (number, name), found in lines.items()
                if number == set_id
            ],
        )
        for set_id, row in sorted(
            sets.items(), key=lambda item: (item[1] is None, item[1].position if item[1] else 0, item[0] or 0)
        )
    ]
    return Board(town, known, before, period, fixings.get(period.id) if period else None, lists)


def whose(session: Session, caller: StaffCaller, municipality_id: int | None) -> Municipality | None:
    """Returns the municipality that is looked at; none is the whole service, for accounts that reach all of it."""
    reach = caller.scope.municipality_ids
    if municipality_id is None:
        if reach is None:
            return None
        if not reach:
            raise NotFoundError
        municipality_id = min(reach)
    caller.scope.check(municipality_id)
    row = session.get(Municipality, municipality_id)
    if row is None:
        raise NotFoundError
    return row


def periods(session: Session) -> Sequence[IndicatorPeriod]:
    """Lists the periods from the earliest."""
    return session.scalars(
        select(IndicatorPeriod).order_by(IndicatorPeriod.starts, IndicatorPeriod.ends, IndicatorPeriod.id)
    ).all()


def indicators(session: Session) -> Sequence[Indicator]:
    """Lists all indicators with those that are put aside, lists of documents first."""
    return session.scalars(
        select(Indicator)
        .options(joinedload(Indicator.set), joinedload(Indicator.document), selectinload(Indicator.measures))
        .order_by(Indicator.set_id.is_(None), Indicator.set_id, Indicator.position, Indicator.id)
    ).all()


def indicator(session: Session, *, indicator_id: int) -> Indicator:
    """Returns one indicator with its measures. Raises NotFoundError."""
    row = session.get(Indicator, indicator_id, options=[selectinload(Indicator.measures)])
    if row is None:
        raise NotFoundError
    return row


def fact(
    session: Session,
    caller: StaffCaller,
    *,
    measure_id: int,
    period_id: int | None = None,
    municipality_id: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> FactRows:
    """Returns the rows that a figure of things counts, the newest first. Raises NotFoundError where it has none."""
    town = whose(session, caller, municipality_id)
    measure = session.get(IndicatorMeasure, measure_id, options=[joinedload(IndicatorMeasure.indicator)])
    period = period_of(session, caller, period_id)
    if measure is None or period is None or (measure.formula in HIDDEN_ROWS and not caller.scope.sees_names):
        raise NotFoundError
    window = Window.of(caller, town.id if town else None, period.starts, period.ends)
    found = formulas.things(measure, window)
    if found is None:
        raise NotFoundError
    part = found.subquery()
    lines, total = session.execute(select(func.count(), func.coalesce(func.sum(part.c.many), 0))).one()
    rows = session.execute(select(part).order_by(part.c.day.desc(), part.c.id.desc()).limit(limit).offset(offset)).all()
    return FactRows(measure, period, town, rows, lines, int(total))


@dataclass(frozen=True, slots=True)
class NotedValue:
    """A measure that is entered by hand, whose it is, and what was noted of it, for the form of a rating."""

    measure: IndicatorMeasure
    period: IndicatorPeriod
    municipality: Municipality | None
    organisation: Organisation | None
    value: IndicatorValue | None


def value_of(
    session: Session,
    caller: StaffCaller,
    *,
    measure_id: int,
    period_id: int | None = None,
    municipality_id: int | None = None,
    organisation_id: int | None = None,
) -> NotedValue:
    """Returns a measure with its noted value, of an organisation where one is named. Raises NotFoundError."""
    school = None
    if organisation_id is not None:
        school = session.get(Organisation, organisation_id)
        if school is None or not school.confirmed or not caller.scope.sees(school):
            raise NotFoundError
        municipality_id = school.municipality_id
    town = whose(session, caller, municipality_id)
    measure = session.get(IndicatorMeasure, measure_id, options=[joinedload(IndicatorMeasure.indicator)])
    period = period_of(session, caller, period_id)
    if measure is None or period is None or measure.formula is not None:
        raise NotFoundError
    if school is not None and measure.indicator.level is not IndicatorLevel.ORGANISATION:
        raise NotFoundError
    key = -school.id if school else town.id if town else 0
    row = session.scalar(
        select(IndicatorValue).where(
            IndicatorValue.measure_id == measure_id, IndicatorValue.period_id == period.id, IndicatorValue.whose == key
        )
    )
    return NotedValue(measure, period, town, school, row)


@dataclass(frozen=True, slots=True)
class MeasureFigure:
    """One measure's figure of one period, and whose it is; `figure` is empty where nothing may be said."""

    measure: IndicatorMeasure
    period: IndicatorPeriod
    municipality: Municipality | None
    figure: Figure | None


def measured(
    session: Session,
    caller: StaffCaller,
    *,
    measure_id: int,
    period_id: int | None = None,
    municipality_id: int | None = None,
) -> MeasureFigure:
    """Returns a figure as the monitoring tells it, of a period or of the last that has begun. Raises NotFoundError."""
    town = whose(session, caller, municipality_id)
    measure = session.get(IndicatorMeasure, measure_id, options=[joinedload(IndicatorMeasure.indicator)])
    period = period_of(session, caller, period_id)
    if measure is None or period is None or not measure.indicator.active:
        raise NotFoundError
    stored = _stored(session, town, [period.id])
    counter = FigureCounter(session, caller)
    figure = _line(counter, town, measure, None, period, _fixings(session, town), stored).told.figure
    return MeasureFigure(measure, period, town, None if figure is None or figure.least or figure.portion else figure)


def _chosen(known: Sequence[IndicatorPeriod], period_id: int | None) -> IndicatorPeriod | None:
    if period_id is None:
        return None
    for one in known:
        if one.id == period_id:
            return one
    raise NotFoundError


def _begun(known: Sequence[IndicatorPeriod], today: date) -> IndicatorPeriod | None:
    return _last([one for one in known if one.starts <= today])


def period_of(session: Session, caller: StaffCaller, period_id: int | None) -> IndicatorPeriod | None:
    """Returns the one that is asked for, else the last that has begun. Raises NotFoundError."""
    known = periods(session)
    return _chosen(known, period_id) or _begun(known, caller.now.astimezone(caller.zone).date())


def _last(known: Sequence[IndicatorPeriod]) -> IndicatorPeriod | None:
    return known[-1] if known else None


def _fixings(session: Session, town: Municipality | None) -> Mapping[int, IndicatorFixing]:
    of = select(IndicatorFixing).where(IndicatorFixing.whose == (town.id if town else 0))
    return {one.period_id: one for one in session.scalars(of)}


def _stored(
    session: Session, town: Municipality | None, period_ids: Sequence[int]
) -> Mapping[tuple[int, int], IndicatorValue]:
    of = (
        select(IndicatorValue)
        .where(IndicatorValue.period_id.in_(period_ids), IndicatorValue.whose == (town.id if town else 0))
        .options(joinedload(IndicatorValue.document))
    )
    return {(one.measure_id, one.period_id): one for one in session.scalars(of)}


def _line(
    counter: FigureCounter,
    town: Municipality | None,
    measure: IndicatorMeasure,
    before: IndicatorPeriod | None,
    period: IndicatorPeriod | None,
    fixings: Mapping[int, IndicatorFixing],
    stored: Mapping[tuple[int, int], IndicatorValue],
) -> MeasureLine:
    def live(of: IndicatorPeriod) -> Figure | None:
        return counter.figure(measure, Window.of(counter.caller, town.id if town else None, of.starts, of.ends))

    def told(of: IndicatorPeriod | None) -> PeriodFigure:
        if of is None:
            return PeriodFigure(None)
        value, fixed = stored.get((measure.id, of.id)), of.id in fixings
        if value is not None and (fixed or measure.formula is None):
            return PeriodFigure(figure_of(measure, value, least=counter.least), value, fixed)
        return PeriodFigure(None if fixed else live(of), None, fixed)

    was, this = told(before), told(period)
    now = live(period) if period is not None and this.fixed else this.figure
    if measure.formula is None:
        now = this.figure
    return MeasureLine(
        measure,
        was,
        this,
        now,
        change(measure.kind, was.figure, this.figure),
        enough(measure.kind, measure.threshold, this.figure),
    )


def figure_of(measure: IndicatorMeasure, value: IndicatorValue, *, least: int) -> Figure:
    """Returns what was noted or put down as a figure; of people as it may be said, whatever was noted before."""
    if measure.formula is None and value.numerator is not None and not value.least and formulas.of_people(measure):
        return entered(value.numerator, of=value.denominator, least=least)
    return Figure(value.numerator, value.denominator, value.rating, value.least, value.formula)
