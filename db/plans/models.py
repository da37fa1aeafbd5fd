"""Plans as their documents have them: lines under sections, terms as written and as due slots, what fulfilled them."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose


class Period(enum.StrEnum):
    """Per what a recurring line is counted: «4 раза в год»."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Way(enum.StrEnum):
    """By what a line is fulfilled."""

    EVENT = "event"
    DOCUMENT = "document"
    HAND = "hand"


class PointKind(enum.StrEnum):
    """What a plan stands under: its goal, tasks and expected results, and the works of a stage."""

    GOAL = "goal"
    TASK = "task"
    RESULT = "result"
    WORK = "work"


class Plan(Base):
    """A plan (дорожная карта, план-график, система мер): `columns` are the source's own headings by field.

    `participants`, `performers` and `terms` are the source's lists to choose from. Without days it is a plan of
    no term.
    """

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Name]
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    columns: Mapped[dict[str, Any]]
    """Headings by field, in the source's order."""
    participants: Mapped[list[str]] = mapped_column(default=list)
    performers: Mapped[list[str]] = mapped_column(default=list)
    terms: Mapped[list[str]] = mapped_column(default=list)
    note: Mapped[Prose] = mapped_column(default="")
    source: Mapped[Name] = mapped_column(default="")

    stages: Mapped[list["PlanStage"]] = relationship(order_by="PlanStage.position")


class PlanStage(Base):
    """A stage of a plan (I, II, III) with its term as written."""

    __tablename__ = "plan_stage"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int]
    name: Mapped[Code]
    term: Mapped[Name]
    starts: Mapped[date | None]
    ends: Mapped[date | None]


class PlanPoint(Base):
    """A goal, a task, an expected result or a stage's work, verbatim."""

    __tablename__ = "plan_point"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[PointKind]
    position: Mapped[int]
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("plan_stage.id"))
    text: Mapped[Prose]
    note: Mapped[Prose] = mapped_column(default="")
    """What the source says beside it, such as an indicator with its baseline."""


class PlanUploadStatus(enum.StrEnum):
    """A file of lines waits to be looked at, is in, is undone, or was dropped."""

    WAITING = "waiting"
    DONE = "done"
    UNDONE = "undone"
    DROPPED = "dropped"


class PlanUpload(Base):
    """A file of a plan's lines as it was read: `content` has them until they are in, then what is needed to undo it."""

    __tablename__ = "plan_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    title: Mapped[Name]
    status: Mapped[PlanUploadStatus] = mapped_column(default=PlanUploadStatus.WAITING)
    content: Mapped[dict[str, Any]]
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class PlanSection(Base):
    """A part of a plan: a direction, a year, a kind of measures. Its days bound the terms of its lines."""

    __tablename__ = "plan_section"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int]
    title: Mapped[Prose]
    direction_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), index=True)
    starts: Mapped[date | None]
    ends: Mapped[date | None]

    plan: Mapped[Plan] = relationship()


class PlanLine(Base):
    """A line of a plan: the source's words, and the term once more as days and a count that can be due.

    `times` in each `period` of its days are due, or once where there is no period. Without days nothing is ever
    overdue. `marks` are the names of the stages that the source ticks.
    """

    __tablename__ = "plan_line"
    __table_args__ = (
        Index(None, "section_id", "position"),
        CheckConstraint("times >= 1 AND times <= 12", name="times"),
        CheckConstraint("starts IS NULL OR ends IS NULL OR starts <= ends", name="days"),
        CheckConstraint("(starts IS NULL) = (ends IS NULL)", name="both_days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("plan_section.id"))
    position: Mapped[int]
    number: Mapped[Code] = mapped_column(default="")
    """As the source has it: it may stand twice."""
    group: Mapped[Name] = mapped_column(default="", name="group_name")
    text: Mapped[Prose]
    participants: Mapped[Prose] = mapped_column(default="")
    performers: Mapped[Prose] = mapped_column(default="")
    term: Mapped[Name] = mapped_column(default="")
    result: Mapped[Prose] = mapped_column(default="")
    marks: Mapped[list[str]] = mapped_column(default=list)
    note: Mapped[Prose] = mapped_column(default="")
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    period: Mapped[Period | None]
    times: Mapped[int] = mapped_column(default=1)
    format_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    """The form of an event that the line speaks of."""
    active: Mapped[bool] = mapped_column(default=True)
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("plan_upload.id"), index=True)
    """The file that it came by."""

    section: Mapped[PlanSection] = relationship()


class PlanFulfilment(Base):
    """One due slot of a line that was done: when, by what, with which result in a word."""

    __tablename__ = "plan_fulfilment"
    __table_args__ = (
        UniqueConstraint("line_id", "slot"),
        CheckConstraint("slot >= 0", name="slot"),
        CheckConstraint(
            "(way = 'event') = (event_id IS NOT NULL) AND (way = 'document') = (document_id IS NOT NULL)", name="way"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("plan_line.id"))
    slot: Mapped[int]
    done_on: Mapped[date]
    way: Mapped[Way]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("official_document.id"), index=True)
    word: Mapped[Prose] = mapped_column(default="")
    noted_at: Mapped[datetime]
    noted_by: Mapped[Code] = mapped_column(index=True)
    """The actor, as the journal names whoever did it."""

    line: Mapped[PlanLine] = relationship()


class PlanEvent(Base):
    """An event that is held by a line of a plan; `settled` once it is over and the line's slot is noted or is none."""

    __tablename__ = "plan_event"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("plan_line.id"), index=True)
    settled: Mapped[bool] = mapped_column(default=False, index=True)

    line: Mapped[PlanLine] = relationship()


class PlanResponsible(Base):
    """A person who answers for a line. `remind_on` is the day when the bot reminds next, none where nothing comes."""

    __tablename__ = "plan_responsible"

    line_id: Mapped[int] = mapped_column(ForeignKey("plan_line.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    remind_on: Mapped[date | None] = mapped_column(index=True)

    line: Mapped[PlanLine] = relationship()
