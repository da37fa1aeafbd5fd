"""Whole groups of people's private facts that reports may count: written once, never changed, summed by every page."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Code
from db.dictionaries.rules import LEAST_GROUP


class PrivateFact(enum.StrEnum):
    """What is told of people only by whole groups of them: see docs/decisions/0018-private-facts-in-batches.md."""

    DIAGNOSED = "diagnosed"
    """Somebody has finished a first self-diagnosis; by position."""

    ROUTE = "route"
    """Somebody has begun a first route."""

    REQUEST = "request"
    """Somebody has asked for help; `answered` of them were answered."""

    DIAGNOSIS_TIME = "diagnosis_time"
    APPLICATION_TIME = "application_time"
    """How long it took: `sittings` at one sitting, `seconds` of those."""

    TURNOUT = "turnout"
    """People on an event's list, in fives; `attended`, `waiting` and `certificates` too."""

    LOW_RESULTS = "low_results"
    HARD_CONDITIONS = "hard_conditions"
    """People of organisations with a mark on an event's list."""

    DIFFICULTY = "difficulty"
    """Teachers were seen to have difficulties of a component, the key, at events and lessons."""

    LINE_ANSWERED = "line_answered"
    LINE_DONE = "line_done"
    """Somebody has answered a line of a group's route for the first time, `taken` or `declined`; has done it."""

    REFLECTION = "reflection"
    """Somebody has said for the first time how a step of the own route went."""

    QUALITY = "quality"
    """What a version measured by the last self-diagnoses."""


class FactBatch(Base):
    """A batch of facts of `people` different ones, never fewer than may be told; `count` facts with their `sums`.

    All that happened until `upto` in a municipality, and was in no batch before, is in it; without a municipality it is
    what small ones have together. One of nobody says that what waited there was counted with others'. `of_id` is the
    event, the version or the line, `key` the code of a position or a component.
    """

    __tablename__ = "fact_batch"
    __table_args__ = (
        CheckConstraint(f"people >= {LEAST_GROUP} OR (people = 0 AND count = 0)", name="people"),
        Index(None, "fact", "municipality_id", "upto"),
        Index(None, "fact", "of_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fact: Mapped[PrivateFact]
    of_id: Mapped[int] = mapped_column(default=0)
    key: Mapped[Code] = mapped_column(default="")
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    upto: Mapped[datetime]
    people: Mapped[int]
    count: Mapped[int]
    sums: Mapped[dict[str, Any]] = mapped_column(default=dict)


class FactMark(Base):
    """The moment from which on facts of a kind may wait: what was before is in batches, or of nobody any more.

    So of years of facts only the last ones are looked at.
    """

    __tablename__ = "fact_mark"

    fact: Mapped[PrivateFact] = mapped_column(primary_key=True)
    since: Mapped[datetime]
