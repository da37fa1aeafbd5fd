"""Keeping indicators as the panel does: what they are, periods, ratings in words, and putting a period down."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.dictionaries.models import Organisation, Term, TermKind
from db.dictionaries.queries import rules as region_rules
from db.documents.models import OfficialDocument
from db.errors import ConflictError, DomainError, NotFoundError
from db.indicators import formulas
from db.indicators.formulas import FigureCounter, Window
from db.indicators.models import (
    Formula,
    Indicator,
    IndicatorFixing,
    IndicatorLevel,
    IndicatorMeasure,
    IndicatorPeriod,
    IndicatorValue,
    MeasureKind,
    Rating,
)
from db.indicators.rules import Figure, entered

MOST = 1_000_000
LONGEST = 366 * 10
"""Days of the longest period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorDraft:
    """What a methodist says about an indicator; its measure is asked of one of the service's own alone.

    `event_level` is the code of the level that events and results of contests are counted of, none for every level.
    """

    level: IndicatorLevel
    part: str
    text: str
    note: str
    responsible: str
    document_id: int | None
    valid_until: date | None
    active: bool
    kind: MeasureKind = MeasureKind.COUNT
    formula: Formula | None = None
    event_level: str | None = None
    threshold: int | None = None
    baseline: int | None = None
    of_people: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodDraft:
    """A period's name and days."""

    title: str
    starts: date | None
    ends: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueDraft:
    """What somebody says a measure has come to: a word or a figure, what shows it, and who says so."""

    rating: Rating | None = None
    numerator: int | None = None
    denominator: int | None = None
    word: str = ""
    link: str = ""
    document_id: int | None = None
    rated_by: str = ""


def save_indicator(session: Session, caller: StaffCaller, *, indicator_id: int | None, draft: IndicatorDraft) -> int:
    """Adds an indicator of the service's own, or changes one, and returns its id.

    Raises DomainError `indicator_text`, `indicator_measure`, `indicator_number`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    if len(draft.text) < 3:
        raise DomainError("indicator_text")
    _check_document(session, draft.document_id)
    if indicator_id is None:
        row = _added(session, draft)
    else:
        found = session.get(Indicator, indicator_id, with_for_update=True)
        if found is None:
            raise NotFoundError
        row = found
    if row.set_id is None:
        _measure(session, row.measures[0], draft)
        row.text, row.level = texts.one_alphabet(draft.text, field="text"), draft.level
        row.part = draft.part
    row.note, row.responsible = draft.note, draft.responsible
    row.document_id, row.valid_until, row.active = draft.document_id, draft.valid_until, draft.active
    session.flush()
    audit.record(session, caller, action="indicators.save", object_type="indicator", object_id=row.id)
    return row.id


def save_period(session: Session, caller: StaffCaller, *, draft: PeriodDraft) -> int:
    """Adds a period and returns its id. Raises DomainError `indicator_period`, ForbiddenError."""
    caller.scope.check_region()
    if len(draft.title) < 3 or draft.starts is None or draft.ends is None or draft.starts > draft.ends:
        raise DomainError("indicator_period")
    if (draft.ends - draft.starts).days > LONGEST:
        raise DomainError("indicator_period")
    last = session.scalar(select(func.max(IndicatorPeriod.id))) or 0
    row = IndicatorPeriod(code=f"own-{last + 1}", title=draft.title, starts=draft.starts, ends=draft.ends)
    session.add(row)
    session.flush()
    audit.record(session, caller, action="indicators.period", object_type="indicator_period", object_id=row.id)
    return row.id


def rate(
    session: Session,
    caller: StaffCaller,
    *,
    measure_id: int,
    period_id: int,
    municipality_id: int | None,
    draft: ValueDraft,
    organisation_id: int | None = None,
) -> int:
    """Notes what a measure without a formula has come to, of the whole service, a municipality or an organisation.

    A word needs what shows it and who says so; a figure needs what shows it. Until the period is put down it may be
    said anew. Of people it is kept as it may be said: nobody learns by it of a few, or of each of a whole. Raises
    DomainError `indicator_counted`, `indicator_rating`, `indicator_number`, `indicator_evidence`,
    `indicator_rated_by`, `indicator_link`, `indicator_ahead`, ConflictError `indicator_fixed`, NotFoundError,
    ForbiddenError.
    """
    if organisation_id is not None:
        municipality_id = _organisation(session, caller, organisation_id).municipality_id
    _check_reach(caller, municipality_id)
    period = _open_period(session, period_id, municipality_id)
    measure = session.get(IndicatorMeasure, measure_id)
    if measure is None or not measure.indicator.active:
        raise NotFoundError
    if organisation_id is not None and measure.indicator.level is not IndicatorLevel.ORGANISATION:
        raise NotFoundError
    if period.starts > caller.now.astimezone(caller.zone).date():
        raise DomainError("indicator_ahead")
    _check_value(session, measure, draft)
    row = _value(session, measure_id, period_id, municipality_id, organisation_id)
    figure = _figure(session, measure, draft)
    row.rating, row.numerator, row.denominator = figure.rating, figure.numerator, figure.denominator
    row.least = figure.least
    row.word, row.link, row.document_id = draft.word, draft.link, draft.document_id
    row.rated_by = draft.rated_by
    row.noted_at, row.noted_by = caller.now, caller.actor
    session.add(row)
    session.flush()
    audit.record(
        session,
        caller,
        action="indicators.rate",
        object_type="indicator_value",
        object_id=row.id,
        municipality_id=municipality_id,
    )
    return row.id


def fix(session: Session, caller: StaffCaller, *, period_id: int, municipality_id: int | None) -> int:
    """Puts down what all measures have come to in a period, for good; returns how many figures that are.

    Raises DomainError `indicator_ahead`, ConflictError `indicator_fixed`, NotFoundError, ForbiddenError.
    """
    _check_reach(caller, municipality_id)
    period = _open_period(session, period_id, municipality_id)
    if period.starts > caller.now.astimezone(caller.zone).date():
        raise DomainError("indicator_ahead")
    window = Window.of(caller, municipality_id, period.starts, period.ends)
    counter, counted = FigureCounter(session, caller), 0
    of = select(IndicatorMeasure).join(Indicator).where(Indicator.active, IndicatorMeasure.formula.is_not(None))
    for measure in session.scalars(of.order_by(IndicatorMeasure.id)).all():
        figure = counter.figure(measure, window)
        if figure is None:
            continue
        row = _value(session, measure.id, period_id, municipality_id)
        row.numerator, row.denominator, row.least = figure.numerator, figure.denominator, figure.least
        row.formula, row.noted_at, row.noted_by = figure.formula, caller.now, caller.actor
        session.add(row)
        counted += 1
    session.add(
        IndicatorFixing(
            period_id=period_id,
            whose=municipality_id or 0,
            municipality_id=municipality_id,
            fixed_at=caller.now,
            fixed_by=caller.actor,
        )
    )
    session.flush()
    audit.record(
        session,
        caller,
        action="indicators.fix",
        object_type="indicator_period",
        object_id=period_id,
        municipality_id=municipality_id,
        figures=counted,
    )
    return counted


def _check_reach(caller: StaffCaller, municipality_id: int | None) -> None:
    if municipality_id is None:
        caller.scope.check_region()
    else:
        caller.scope.check_write(municipality_id)


def _organisation(session: Session, caller: StaffCaller, organisation_id: int) -> Organisation:
    row = session.get(Organisation, organisation_id)
    if row is None or not row.confirmed:
        raise NotFoundError
    caller.scope.check_write(row)
    return row


def _open_period(session: Session, period_id: int, municipality_id: int | None) -> IndicatorPeriod:
    """The period, held until the end so that it is put down once. Raises ConflictError where it was."""
    period = session.get(IndicatorPeriod, period_id, with_for_update=True)
    if period is None:
        raise NotFoundError
    of = select(IndicatorFixing.id).where(
        IndicatorFixing.period_id == period_id, IndicatorFixing.whose == (municipality_id or 0)
    )
    if session.scalar(of) is not None:
        raise ConflictError("indicator_fixed")
    return period


def _value(
    session: Session, measure_id: int, period_id: int, municipality_id: int | None, organisation_id: int | None = None
) -> IndicatorValue:
    """The stored value, or a new one that is not in the session yet."""
    whose = -organisation_id if organisation_id is not None else municipality_id or 0
    found = session.scalars(
        select(IndicatorValue).where(
            IndicatorValue.measure_id == measure_id,
            IndicatorValue.period_id == period_id,
            IndicatorValue.whose == whose,
        )
    ).one_or_none()
    return found or IndicatorValue(
        measure_id=measure_id,
        period_id=period_id,
        whose=whose,
        municipality_id=municipality_id,
        organisation_id=organisation_id,
    )


def _check_value(session: Session, measure: IndicatorMeasure, draft: ValueDraft) -> None:
    if measure.formula is not None:
        raise DomainError("indicator_counted")
    if measure.kind is MeasureKind.RATING:
        if draft.rating is None:
            raise DomainError("indicator_rating")
        if len(draft.rated_by) < 3:
            raise DomainError("indicator_rated_by")
    else:
        whole = draft.denominator if measure.kind is MeasureKind.FRACTION else MOST
        if draft.numerator is None or not whole or not 0 <= draft.numerator <= whole <= MOST:
            raise DomainError("indicator_number", most=MOST)
    if draft.link and not draft.link.lower().startswith(("https://", "http://")):
        raise DomainError("indicator_link")
    if not draft.link and draft.document_id is None and len(draft.word) < 3:
        raise DomainError("indicator_evidence")
    _check_document(session, draft.document_id)


def _figure(session: Session, measure: IndicatorMeasure, draft: ValueDraft) -> Figure:
    """What somebody says, as it is kept."""
    if measure.kind is MeasureKind.RATING:
        return Figure(rating=draft.rating)
    whole = draft.denominator if measure.kind is MeasureKind.FRACTION else None
    if draft.numerator is not None and formulas.of_people(measure):
        return entered(draft.numerator, of=whole, least=region_rules(session).mask_under)
    return Figure(draft.numerator, whole)


def _check_document(session: Session, document_id: int | None) -> None:
    if document_id is not None and session.get(OfficialDocument, document_id) is None:
        raise NotFoundError


def _added(session: Session, draft: IndicatorDraft) -> Indicator:
    last = session.scalar(select(func.max(Indicator.id))) or 0
    row = Indicator(code=f"own-{last + 1}", position=last + 1, level=draft.level, text=draft.text)
    row.measures = [IndicatorMeasure(code=f"own-{last + 1}", kind=draft.kind, formula=None, params={})]
    session.add(row)
    return row


def _measure(session: Session, row: IndicatorMeasure, draft: IndicatorDraft) -> None:
    if draft.kind is MeasureKind.RATING and draft.formula is not None:
        raise DomainError("indicator_measure")
    if draft.kind is MeasureKind.FRACTION and draft.formula in formulas.THINGS:
        raise DomainError("indicator_measure")
    for number in (draft.threshold, draft.baseline):
        if number is not None and not 0 <= number <= (100 if draft.kind is MeasureKind.FRACTION else MOST):
            raise DomainError("indicator_number", most=MOST)
    level = Term.kind == TermKind.EVENT_LEVEL, Term.code == draft.event_level
    if draft.event_level is not None and session.scalar(select(Term.id).where(*level)) is None:
        raise NotFoundError
    row.kind, row.formula = draft.kind, draft.formula
    row.params = {"levels": [draft.event_level]} if draft.event_level and draft.formula in formulas.OF_LEVELS else {}
    row.threshold, row.baseline = draft.threshold, draft.baseline
    row.of_people = draft.of_people
