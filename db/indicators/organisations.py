"""Reads what was noted of each organisation: an indicator of that level has a value for every one of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from db.caller import StaffCaller
from db.dictionaries.models import Municipality, Organisation
from db.dictionaries.queries import rules as region_rules
from db.errors import NotFoundError
from db.indicators.models import IndicatorLevel, IndicatorMeasure, IndicatorPeriod, IndicatorValue
from db.indicators.rules import Figure, enough
from db.indicators.staff_queries import figure_of, period_of, whose


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """An organisation with what was noted of it; `enough` says whether the threshold is reached."""

    organisation: Organisation
    value: IndicatorValue | None
    figure: Figure | None
    enough: bool | None


@dataclass(frozen=True, slots=True)
class OrganisationValues:
    """One measure by organisations within reach: a page of them, how many there are, and of how many it was noted."""

    measure: IndicatorMeasure
    period: IndicatorPeriod
    municipality: Municipality | None
    rows: Sequence[OrganisationLine]
    total: int
    noted: int


def by_organisation(
    session: Session,
    caller: StaffCaller,
    *,
    measure_id: int,
    period_id: int | None = None,
    municipality_id: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> OrganisationValues:
    """Returns a measure of level «organisation», one level down. Raises NotFoundError for another one."""
    town = whose(session, caller, municipality_id)
    measure = session.get(IndicatorMeasure, measure_id, options=[joinedload(IndicatorMeasure.indicator)])
    period = period_of(session, caller, period_id)
    if measure is None or period is None or measure.formula is not None:
        raise NotFoundError
    if measure.indicator.level is not IndicatorLevel.ORGANISATION:
        raise NotFoundError
    there = [Organisation.confirmed, caller.scope.limits(Organisation)]
    if town is not None:
        there.append(Organisation.municipality_id == town.id)
    noted = (
        select(IndicatorValue)
        .where(IndicatorValue.measure_id == measure_id, IndicatorValue.period_id == period.id)
        .options(joinedload(IndicatorValue.document))
    )
    page = select(Organisation).where(*there).order_by(Organisation.name, Organisation.id).limit(limit).offset(offset)
    schools = session.scalars(page).all()
    own = noted.where(IndicatorValue.organisation_id.in_([one.id for one in schools]))
    values = {one.organisation_id: one for one in session.scalars(own)}
    every = select(Organisation.id).where(*there)
    many = select(func.count()).select_from(noted.where(IndicatorValue.organisation_id.in_(every)).subquery())
    least = region_rules(session).mask_under
    rows = [_of_school(measure, one, values.get(one.id), least) for one in schools]
    total = session.scalar(select(func.count()).select_from(every.subquery())) or 0
    return OrganisationValues(measure, period, town, rows, total, session.scalar(many) or 0)


def _of_school(
    measure: IndicatorMeasure, school: Organisation, value: IndicatorValue | None, least: int
) -> OrganisationLine:
    figure = figure_of(measure, value, least=least) if value is not None else None
    return OrganisationLine(school, value, figure, enough(measure.kind, measure.threshold, figure))
