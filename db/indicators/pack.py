"""Loads the indicators, periods and waves that a pack's source names."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator
from sqlalchemy import select

from db.diagnostics.models import Instrument, InstrumentVersion
from db.documents.models import OfficialDocument
from db.indicators.formulas import THINGS
from db.indicators.models import (
    Formula,
    Indicator,
    IndicatorLevel,
    IndicatorMeasure,
    IndicatorPeriod,
    IndicatorSet,
    MeasureKind,
    Wave,
)
from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Line, Prose, Section, unknown


class _Days(Entry):
    starts: date
    ends: date

    @model_validator(mode="after")
    def _in_order(self) -> "_Days":
        if self.starts > self.ends:
            raise ValueError("starts is after ends: put them right")
        return self


class PeriodEntry(_Days):
    """Describes a period, its last day included."""

    code: Code
    title: Line
    source: str = ""


class WaveEntry(_Days):
    """Describes a wave; without a version it is held by the instrument's newest."""

    code: Code
    title: Line
    instrument: Code = "teacher"
    version: int | None = None
    note: str = ""


class MeasureEntry(Entry):
    """Describes how an indicator is measured. A fraction's threshold and baseline are per cent."""

    kind: MeasureKind
    formula: Formula | None = None
    params: dict[str, list[Code]] = {}
    title: str = ""
    threshold: Annotated[int, Field(ge=0)] | None = None
    baseline: Annotated[int, Field(ge=0)] | None = None
    of_people: bool = False

    @model_validator(mode="after")
    def _countable(self) -> "MeasureEntry":
        if self.formula is not None and self.kind is MeasureKind.RATING:
            raise ValueError("a rating has no formula: write kind count or fraction, or take the formula out")
        if self.formula in THINGS and self.kind is MeasureKind.FRACTION:
            raise ValueError(f"{self.formula} counts things and is no fraction: write kind count")
        return self


class IndicatorEntry(Entry):
    """Describes an indicator, verbatim. Without measures it is rated in words."""

    text: Prose
    note: str = ""
    source: str = ""
    responsible: str = ""
    measures: list[MeasureEntry] = []


class PartEntry(Entry):
    """Describes a level or a subsystem with its indicators."""

    name: Line
    level: IndicatorLevel
    indicators: list[IndicatorEntry]


class SetEntry(Entry):
    """Describes a list of indicators. `document` is the code of the act that it stands on, until `valid_until`."""

    code: Code
    title: Line
    note: str = ""
    source: Line
    document: Code | None = None
    valid_until: date | None = None
    parts: list[PartEntry]


class Indicators(Section):
    """`indicators.yaml`."""

    FILE: ClassVar[str] = "indicators"

    periods: list[PeriodEntry] = []
    sets: list[SetEntry] = []
    waves: list[WaveEntry] = []


def load(loading: Loading) -> None:
    """Loads `indicators.yaml`; what staff rated and put down stays."""
    section = loading.section(Indicators)
    for period in section.periods:
        loading.put(IndicatorPeriod, period.code, {"code": period.code}, period.model_dump(exclude={"code", "demo"}))
    documents = {row.code: row.id for row in loading.session.scalars(select(OfficialDocument))}
    for position, item in enumerate(section.sets, 1):
        if item.document is not None and item.document not in documents:
            raise ValueError(f"«{item.title}» stands on no known document: {unknown(item.document, documents)}")
        values = {"position": position, "title": item.title, "note": item.note, "source": item.source}
        made = loading.put(IndicatorSet, item.code, {"code": item.code}, values)
        if made is not None:
            _parts(loading, made.id, item, documents.get(item.document or ""))
    for wave in section.waves:
        _wave(loading, wave)


def _parts(loading: Loading, set_id: int, item: SetEntry, document_id: int | None) -> None:
    number = 0
    for part in item.parts:
        for one in part.indicators:
            number += 1
            values: dict[str, Any] = {
                "set_id": set_id,
                "position": number,
                "level": part.level,
                "part": part.name,
                "document_id": document_id,
                "valid_until": item.valid_until,
                "source": one.source or item.source,
                "training": one.demo or part.demo or item.demo,
                **one.model_dump(exclude={"demo", "measures", "source"}),
            }
            code = f"{item.code}-{number}"
            made = loading.put(Indicator, code, {"code": code}, values)
            for place, measure in enumerate(one.measures or [MeasureEntry(kind=MeasureKind.RATING)], 1):
                if made is not None:
                    values = measure.model_dump(exclude={"demo"}) | {"indicator_id": made.id, "position": place}
                    loading.put(IndicatorMeasure, f"{code}-{place}", {"code": f"{code}-{place}"}, values)


def _wave(loading: Loading, wave: WaveEntry) -> None:
    of = (
        select(InstrumentVersion)
        .join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
        .where(Instrument.key == wave.instrument)
        .order_by(InstrumentVersion.version.desc())
    )
    if wave.version is not None:
        of = of.where(InstrumentVersion.version == wave.version)
    version = loading.session.scalars(of.limit(1)).first()
    if version is None:
        raise ValueError(f"«{wave.title}»: there is no version {wave.version or ''} of «{wave.instrument}»")
    values = wave.model_dump(exclude={"code", "demo", "instrument", "version"}) | {"training": wave.demo}
    loading.put(Wave, wave.code, {"code": wave.code}, values, once={"version_id": version.id})


SECTIONS = {"indicators": load}
