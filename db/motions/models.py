"""Proposals that figures give rise to: to a programme or to a council, each with the figure as it was."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.accounts.models import Staff
from db.base import Base, Code, Name, Prose
from db.events.models import Event
from db.groups.models import GroupDecision, GroupMeeting, MethodicalGroup
from db.plans.models import PlanLine
from db.programmes.models import Programme


class MotionStatus(enum.StrEnum):
    """How far a proposal has come."""

    SUBMITTED = "submitted"
    CONSIDERED = "considered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class FigureSource(enum.StrEnum):
    """Which page a figure stands on."""

    DEMAND = "demand"
    DEFICITS = "deficits"
    SURVEY = "survey"
    INDICATOR = "indicator"
    GROUP = "group"
    """What a head sees of the members' levels together: no page, a screen of the bot."""


class Motion(Base):
    """A proposal to change a programme, or to a group for its agenda. What the figure was stays as it was shown.

    The figure is of an organisation, a municipality or a centre, of the whole region without one. `value` is in points,
    in per cent or in people, as `measure` says; `word` tells it where it was told in words. `people` are those it is
    of, `least` how many it needed to be told at all, `version` the instrument's, `form` what it asked; an indicator of
    things has neither people nor a version, and how it was counted is its form. `asked` opens it again. A head of a
    group proposes as a person, `proposer_id`, everybody else as an account. `meeting_id` is the meeting whose agenda it
    is on. What an accepted one became: `decision_id`, `line_id`, `event_id`.
    """

    organisation_by = "organisation_id"

    __tablename__ = "motion"
    __table_args__ = (
        CheckConstraint("(programme_id IS NULL) <> (group_id IS NULL)", name="target"),
        CheckConstraint("author_id IS NULL OR proposer_id IS NULL", name="author"),
        CheckConstraint("(value IS NULL) = (word <> '')", name="told"),
        CheckConstraint("people >= least", name="masked"),
        CheckConstraint("centre_id IS NULL OR municipality_id IS NULL", name="unit"),
        CheckConstraint("organisation_id IS NULL OR municipality_id IS NOT NULL", name="place"),
        CheckConstraint("(status IN ('accepted', 'declined')) = (decided_at IS NOT NULL)", name="decided"),
        Index(None, "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[MotionStatus] = mapped_column(default=MotionStatus.SUBMITTED)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    proposer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("methodical_group.id"), index=True)
    change: Mapped[Prose]
    source: Mapped[FigureSource]
    measure: Mapped[Code]
    figure_name: Mapped[Prose]
    figure_about: Mapped[Prose] = mapped_column(default="")
    unit_name: Mapped[Name] = mapped_column(default="")
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"), index=True)
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    asked: Mapped[dict[str, Any]]
    value: Mapped[int | None]
    word: Mapped[Code] = mapped_column(default="")
    people: Mapped[int]
    least: Mapped[int]
    version: Mapped[int]
    form: Mapped[Code]
    submitted_at: Mapped[datetime]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("group_meeting.id"), index=True)
    answer: Mapped[Prose] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    # What was written by mistake may be removed there: a proposal keeps its own answer.
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("group_decision.id", ondelete="SET NULL"), unique=True)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("plan_line.id", ondelete="SET NULL"), unique=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="SET NULL"), index=True)

    author: Mapped[Staff | None] = relationship(foreign_keys=author_id)
    programme: Mapped[Programme | None] = relationship()
    group: Mapped[MethodicalGroup | None] = relationship()
    meeting: Mapped[GroupMeeting | None] = relationship()
    decision: Mapped[GroupDecision | None] = relationship()
    line: Mapped[PlanLine | None] = relationship()
    event: Mapped[Event | None] = relationship()
