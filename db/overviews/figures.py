"""Reads the one figure that a proposal is made by, and the same one again later.

What a report tells of a unit, of a category or of an option, by the same sums of whole published blocks, and what the
monitoring tells of an indicator: nothing comes out that the page would not tell. The same blocks serve every account,
so that whoever sees a proposal sees its figure as it is now, and no two accounts see two.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.advice import staff_queries as advice
from db.caller import StaffCaller
from db.diagnostics import staff_queries as diagnostics
from db.diagnostics.models import Instrument, InstrumentKind, InstrumentVersion, ScoreTally, VersionStatus
from db.diagnostics.queries import DEFAULT_INSTRUMENT, published_version, questionnaire
from db.dictionaries import units
from db.dictionaries.models import Organisation, Term, TermKind
from db.dictionaries.queries import MARKS, marked
from db.dictionaries.queries import rules as region_rules
from db.dictionaries.units import Unit, UnitLevel
from db.errors import NotFoundError
from db.groups.queries import levels_of
from db.indicators import formulas
from db.indicators import staff_queries as indicators
from db.indicators.models import MeasureKind
from db.limits import whole
from db.motions.models import FigureSource
from db.motions.rules import ReportFigure
from db.reports import deficits
from db.reports.deficits import MEASURES, NONE, HeatRow
from db.reports.rules import Portion, told
from db.scope import Scope
from db.surveys import queries as surveys

CHOSEN = "chosen"
"""The measure of an option: how many people chose it."""
ASKED = (
    *("unit", "unit_id", "component", "measure", "instrument", "position", "category", "survey", "question"),
    *("indicator", "period", *MARKS),
)
"""What names a figure; `unit` is a level, empty for the whole region, `component` of a survey is the option."""
KEPT = 64


def figure(
    session: Session, caller: StaffCaller, *, source: FigureSource, asked: Mapping[str, str]
) -> ReportFigure | None:
    """Returns the figure that is named, as its report tells it; nothing where it is not told.

    Raises NotFoundError for a unit out of reach, and for a component, an option or a measure that there is not.
    """
    if source is FigureSource.GROUP:  # a head's own to propose by
        raise NotFoundError
    known = {name: asked[name][:KEPT] for name in ASKED if asked.get(name)}
    unit = _unit(session, caller, known)
    read = {FigureSource.SURVEY: _option, FigureSource.INDICATOR: _indicator}.get(source, _cell)
    found = read(session, _of_the_region(caller), unit, source, known)
    if found is None or found.organisation_id is None:
        return found
    return replace(found, municipality_id=session.get_one(Organisation, found.organisation_id).municipality_id)


def figure_now(session: Session, caller: StaffCaller, *, then: ReportFigure) -> ReportFigure | None:
    """Returns a figure as it stands now; nothing where it is not told any more, or what it was of is gone."""
    if then.source is FigureSource.GROUP:
        return _level_now(session, then)
    try:
        return figure(session, _of_the_region(caller), source=then.source, asked=then.asked)
    except NotFoundError:
        return None


def _level_now(session: Session, then: ReportFigure) -> ReportFigure | None:
    """The level of a group's members as its head is told it now; other questions are another form."""
    lines = levels_of(session, group_id=whole(then.asked.get("group", "")) or 0)
    line = next((one for one in lines if one.code == then.asked.get("component")), None)
    return None if line is None else replace(then, value=line.level, people=line.people, form=line.form)


def _of_the_region(caller: StaffCaller) -> StaffCaller:
    """The caller as one who reaches all, so that every account is told by the same blocks."""
    return replace(caller, scope=Scope(caller.scope.staff_id, caller.scope.role, None))


def _unit(session: Session, caller: StaffCaller, asked: Mapping[str, str]) -> Unit | None:
    level, number = asked.get("unit", ""), whole(asked.get("unit_id", ""))
    if not level:
        if not caller.scope.is_regional:
            raise NotFoundError
        return None
    if level not in set(UnitLevel) or number is None:
        raise NotFoundError
    if level == UnitLevel.CENTRE:
        return units.found(session, caller, centre_id=number)
    if level == UnitLevel.MUNICIPALITY:
        return units.found(session, caller, municipality_id=number)
    return units.found(session, caller, organisation_id=number)


def _cell(
    session: Session, caller: StaffCaller, unit: Unit | None, source: FigureSource, asked: Mapping[str, str]
) -> ReportFigure | None:
    """One component of one unit, as the heat table and the map of demand have it."""
    instrument, code = asked.get("instrument", DEFAULT_INSTRUMENT), asked.get("component", "")
    measure = asked.get("measure", MEASURES[0])
    version_id = published_version(session, key=instrument)
    if version_id is None or measure not in MEASURES:
        raise NotFoundError
    content, rules = questionnaire(session, version_id=version_id), region_rules(session)
    about = content.component(code)
    if about is None:
        raise NotFoundError
    conditions = [
        deficits.within(caller, unit),
        deficits.by_instrument(instrument),
        ScoreTally.component == code,
        ScoreTally.form == about.form,
    ]
    positions, whose = _positions(session, asked)
    if positions is not None:
        conditions.append(ScoreTally.position_id.in_(positions))
    if marks := [mark for mark in MARKS if asked.get(mark) == "1"]:
        conditions.append(ScoreTally.organisation_id.in_(marked(marks)))
    sums = NONE
    for _, _, *values in deficits.published(session, rules, ScoreTally.municipality_id, *conditions):
        sums = deficits.plus(sums, values)
    if sums[0] < rules.mask_under:
        return None
    cell = HeatRow(None, {code: sums}, rules).cell(code)
    value = cell.value(measure) if cell is not None else None
    if cell is None or value is None:
        return None
    return _told(
        unit,
        value,
        source=source,
        measure=measure,
        name=about.name,
        about=whose,
        people=cell.people,
        least=rules.mask_under,
        version=content.version,
        form=about.form,
        asked=asked,
    )


def _positions(session: Session, asked: Mapping[str, str]) -> tuple[list[int] | None, str]:
    """The positions that a figure is narrowed to, and by what name; none where it is of everybody."""
    if asked.get("category"):
        number = whole(asked["category"])
        category = next((one for one in advice.categories(session) if one.id == number), None)
        if category is None:
            raise NotFoundError
        held = select(Term.id).where(Term.kind == TermKind.POSITION, Term.code.in_(category.positions))
        return list(session.scalars(held)), category.name
    if asked.get("position"):
        term = session.get(Term, whole(asked["position"]) or 0)
        if term is None or term.kind is not TermKind.POSITION:
            raise NotFoundError
        return [term.id], term.name
    return None, ""


def _option(
    session: Session, caller: StaffCaller, unit: Unit | None, source: FigureSource, asked: Mapping[str, str]
) -> ReportFigure | None:
    """How many people of a unit chose an option of a survey."""
    row = session.execute(
        select(Instrument.id, InstrumentVersion.id.label("version_id"))
        .join(InstrumentVersion, InstrumentVersion.instrument_id == Instrument.id)
        .where(
            Instrument.key == asked.get("survey", ""),
            Instrument.kind == InstrumentKind.SURVEY,
            InstrumentVersion.status == VersionStatus.PUBLISHED,
        )
    ).first()
    if row is None:
        raise NotFoundError
    content = surveys.content(session, version_id=row.version_id)
    question = content.question(asked.get("question", ""))
    option = next((one for one in question.options if one.code == asked.get("component")), None) if question else None
    if question is None or option is None:
        raise NotFoundError
    where = [
        deficits.within(caller, unit),
        ScoreTally.instrument_id == row.id,
        ScoreTally.component == question.code,
        ScoreTally.form == question.form,
    ]
    least = region_rules(session).mask_under
    people = int(session.scalar(select(func.sum(ScoreTally.people)).where(*where)) or 0)
    if people < least:
        return None
    chosen = {one.code: int(one.count) for one in diagnostics.points(session, where=where)}
    return _told(
        unit,
        told(chosen.get(option.code, 0), people),
        source=source,
        measure=CHOSEN,
        name=option.text,
        about=question.text,
        people=people,
        least=least,
        version=content.version,
        form=question.form,
        asked=asked,
    )


def _indicator(
    session: Session, caller: StaffCaller, unit: Unit | None, source: FigureSource, asked: Mapping[str, str]
) -> ReportFigure | None:
    """A measure of the monitoring; which period it was of is told, not asked for again: now is the last begun."""
    if unit is not None and unit.level is not UnitLevel.MUNICIPALITY:
        raise NotFoundError
    read = indicators.measured(
        session,
        caller,
        measure_id=whole(asked.get("indicator", "")) or 0,
        period_id=whole(asked["period"]) if "period" in asked else None,
        municipality_id=unit.id if unit else None,
    )
    measure, figure = read.measure, read.figure
    if figure is None:
        return None
    value = figure.value(measure.kind)
    if value is None:
        return None
    rated = measure.kind is MeasureKind.RATING
    people = figure.denominator or 0 if formulas.of_people(measure) else 0
    return _told(
        unit,
        round(value),
        source=source,
        measure=measure.kind.value,
        name="\n".join(part for part in (measure.indicator.text, measure.title) if part),
        about=read.period.title,
        people=people,
        least=region_rules(session).mask_under if people else 0,
        version=0,
        form=hashlib.sha256(figure.formula.encode()).hexdigest()[:KEPT],
        asked={name: one for name, one in asked.items() if name != "period"},
        word=figure.rating.value if rated and figure.rating else "",
    )


def _told(
    unit: Unit | None,
    value: int | Portion,
    *,
    source: FigureSource,
    measure: str,
    name: str,
    about: str,
    people: int,
    least: int,
    version: int,
    form: str,
    asked: Mapping[str, str],
    word: str = "",
) -> ReportFigure:
    level = unit.level if unit else None
    return ReportFigure(
        source=source,
        measure=measure,
        name=name,
        about=about,
        unit_name=unit.name if unit else "",
        centre_id=unit.id if unit and level is UnitLevel.CENTRE else None,
        municipality_id=unit.id if unit and level is UnitLevel.MUNICIPALITY else None,
        organisation_id=unit.id if unit and level is UnitLevel.ORGANISATION else None,
        value=None if isinstance(value, Portion) or word else value,
        word=value.value if isinstance(value, Portion) else word,
        people=people,
        least=least,
        version=version,
        form=form,
        asked=asked,
    )
