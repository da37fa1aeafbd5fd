"""Indicators of monitoring as a document states them, their values of a period, and waves of self-diagnosis."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.diagnostics.models import InstrumentVersion
from db.dictionaries.rules import LEAST_GROUP
from db.documents.models import OfficialDocument


class IndicatorLevel(enum.StrEnum):
    """What an indicator speaks of. One of people is only ever told of five and more together."""

    REGION = "region"
    CENTRE = "centre"
    DISTRICT = "district"
    ORGANISATION = "organisation"
    PERSON = "person"


class MeasureKind(enum.StrEnum):
    """How an indicator is told: a number, a part of a whole, or a word with what shows it."""

    COUNT = "count"
    FRACTION = "fraction"
    RATING = "rating"


class Formula(enum.StrEnum):
    """What is counted of what the product stores; a measure without one is entered by hand."""

    EVENTS = "events"
    EVENTS_FOR_LOW_RESULTS = "events_low_results"
    EVENTS_FOR_HARD_CONDITIONS = "events_hard_conditions"
    CONTEST_RESULTS = "contest_results"
    PRODUCTS = "products"
    NETWORKS = "networks"
    NETWORK_SERVICES = "network_services"
    GROUPS = "groups"
    MEETINGS = "meetings"
    PRACTICES = "practices"
    PLAN_LINES = "plan_lines"
    TRAINED_TEACHERS = "trained_teachers"
    TRAINED_METHODISTS = "trained_methodists"
    DIAGNOSED = "diagnosed"
    ROUTES = "routes"
    REFLECTIONS = "reflections"
    ACTIVE_MEMBERS = "active_members"
    REQUESTS = "requests"


class Rating(enum.StrEnum):
    """A word for how far something has come, from the least."""

    ABSENT = "absent"
    BEGUN = "begun"
    PARTLY = "partly"
    SETTLED = "settled"


class IndicatorSet(Base):
    """A list of indicators of one document, with what the document says of the list."""

    __tablename__ = "indicator_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Name]
    note: Mapped[Prose] = mapped_column(default="")
    source: Mapped[Name] = mapped_column(default="")


class Indicator(Base):
    """An indicator, verbatim. `part` is the level or the subsystem as the document names it.

    It stands on the act `document`, which is in force until `valid_until`; without a day it has no end. One of the
    service's own is in no set. `training` marks an example of ours.
    """

    __tablename__ = "indicator"
    __table_args__ = (Index(None, "set_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    set_id: Mapped[int | None] = mapped_column(ForeignKey("indicator_set.id"))
    position: Mapped[int] = mapped_column(default=0)
    level: Mapped[IndicatorLevel]
    part: Mapped[Name] = mapped_column(default="")
    text: Mapped[Prose]
    note: Mapped[Prose] = mapped_column(default="")
    source: Mapped[Name] = mapped_column(default="")
    responsible: Mapped[Name] = mapped_column(default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("official_document.id"), index=True)
    valid_until: Mapped[date | None]
    training: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)

    set: Mapped[IndicatorSet | None] = relationship()
    document: Mapped[OfficialDocument | None] = relationship()
    measures: Mapped[list["IndicatorMeasure"]] = relationship(order_by="IndicatorMeasure.position")


class IndicatorMeasure(Base):
    """How an indicator is measured: one that sets two thresholds has two.

    `threshold` is the least that is wanted, `baseline` what it was at first: numbers, of a fraction per cent. `params`
    narrow a formula by codes: levels and formats of events, results of contests, kinds of products. `of_people`: what
    is entered by hand counts people, whatever the indicator speaks of.
    """

    __tablename__ = "indicator_measure"
    __table_args__ = (
        Index(None, "indicator_id", "position"),
        CheckConstraint("formula IS NULL OR kind <> 'rating'", name="formula"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[MeasureKind]
    formula: Mapped[Formula | None]
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    title: Mapped[Name] = mapped_column(default="")
    threshold: Mapped[int | None]
    baseline: Mapped[int | None]
    of_people: Mapped[bool] = mapped_column(default=False)

    indicator: Mapped[Indicator] = relationship(back_populates="measures")


class IndicatorPeriod(Base):
    """A period that values are of, its last day included. `source` says where a document's own comes from."""

    __tablename__ = "indicator_period"
    __table_args__ = (CheckConstraint("starts <= ends", name="days"), Index(None, "starts", "ends"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    title: Mapped[Name]
    starts: Mapped[date]
    ends: Mapped[date]
    source: Mapped[Name] = mapped_column(default="")


class IndicatorFixing(Base):
    """Says that the values of a period were put down, of the whole service or of one municipality: `whose` is 0."""

    __tablename__ = "indicator_fixing"
    __table_args__ = (UniqueConstraint("period_id", "whose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey("indicator_period.id"))
    whose: Mapped[int]
    """The municipality's id, 0 of the whole service: a key without a NULL."""
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    fixed_at: Mapped[datetime]
    fixed_by: Mapped[Code]
    """The actor, as the journal names whoever did it."""


class IndicatorValue(Base):
    """What a measure came to in a period: figures as they were told, or a word with what shows it and who rated.

    A figure of people is kept as it may be said, in fives, never as it was counted. `formula` is how it was counted: of
    two that were counted otherwise no change is told. `least` marks a figure that is too small to be told. One of an
    organisation is `whose` minus its id, so that a key without a NULL is one of a kind.
    """

    organisation_by = "organisation_id"

    __tablename__ = "indicator_value"
    __table_args__ = (
        UniqueConstraint("measure_id", "period_id", "whose"),
        Index(None, "period_id", "whose"),
        CheckConstraint("(rating IS NULL) <> (numerator IS NULL)", name="one"),
        CheckConstraint("organisation_id IS NULL OR whose = -organisation_id", name="organisation"),
        CheckConstraint("denominator IS NULL OR numerator <= denominator", name="fraction"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("indicator_measure.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("indicator_period.id"))
    whose: Mapped[int]
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    least: Mapped[bool] = mapped_column(default=False)
    formula: Mapped[Name] = mapped_column(default="")
    rating: Mapped[Rating | None]
    word: Mapped[Prose] = mapped_column(default="")
    link: Mapped[Name] = mapped_column(default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("official_document.id"), index=True)
    rated_by: Mapped[Name] = mapped_column(default="")
    """Which council, commission or office said so."""
    noted_at: Mapped[datetime]
    noted_by: Mapped[Code]

    document: Mapped[OfficialDocument | None] = relationship()


class WaveStatus(enum.StrEnum):
    """A wave is planned, goes on once people were invited, and is put down for good at its end."""

    PLANNED = "planned"
    OPEN = "open"
    FIXED = "fixed"


class Wave(Base):
    """A wave of monitoring: one version of an instrument, in a time, in the units that are invited.

    Without units everybody is. `invited_to` is the id of the last person whom the sweep has written to, none where
    nobody is to be written to.
    """

    __tablename__ = "wave"
    __table_args__ = (CheckConstraint("starts <= ends", name="days"), Index(None, "status", "ends"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    title: Mapped[Name]
    version_id: Mapped[int] = mapped_column(ForeignKey("instrument_version.id"), index=True)
    starts: Mapped[date]
    ends: Mapped[date]
    status: Mapped[WaveStatus] = mapped_column(default=WaveStatus.PLANNED)
    note: Mapped[Prose] = mapped_column(default="")
    training: Mapped[bool] = mapped_column(default=False)
    invited_at: Mapped[datetime | None]
    invited_to: Mapped[int | None] = mapped_column(index=True)
    fixed_at: Mapped[datetime | None]

    version: Mapped[InstrumentVersion] = relationship()
    units: Mapped[list["WaveUnit"]] = relationship(cascade="all, delete-orphan", order_by="WaveUnit.municipality_id")


class WaveUnit(Base):
    """A municipality whose people are invited to a wave."""

    __tablename__ = "wave_unit"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), primary_key=True, index=True)


class WaveResult(Base):
    """Sums up the whole blocks of a wave in one municipality and component, as they were when it was put down.

    No municipality: what several small ones have between them. The deficit is a sum in hundredths of a point.
    """

    __tablename__ = "wave_result"
    __table_args__ = (
        Index(None, "wave_id", "municipality_id"),
        CheckConstraint(f"people >= {LEAST_GROUP}", name="people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    component: Mapped[Code]
    form: Mapped[Code]
    people: Mapped[int]
    deficit: Mapped[int] = mapped_column(BigInteger)
