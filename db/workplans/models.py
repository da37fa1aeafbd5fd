"""What a group means to do in a school year: lines with due slots as a plan's, and what fulfilled them."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.groups.models import MethodicalGroup
from db.plans.models import Period


class WorkWay(enum.StrEnum):
    """By what a line is fulfilled."""

    HAND = "hand"
    MEETING = "meeting"
    DECISION = "decision"
    EVENT = "event"
    DOCUMENT = "document"
    PRODUCT = "product"


OF_WAY = " AND ".join(f"(way = '{way}') = ({way}_id IS NOT NULL)" for way in WorkWay if way is not WorkWay.HAND)


class WorkplanLine(Base):
    """A line of a group's plan for the school year that begins in `year`.

    `term` is as it was written; `starts`, `ends`, `period` and `times` are the same as days, none where the words name
    none: such a line is never overdue. `remind_on` is the day when the group's head is reminded next.
    """

    __tablename__ = "workplan_line"
    __table_args__ = (
        Index(None, "group_id", "year", "id"),
        CheckConstraint("times >= 1 AND times <= 12", name="times"),
        CheckConstraint("(starts IS NULL) = (ends IS NULL) AND (starts IS NULL OR starts <= ends)", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("methodical_group.id"))
    year: Mapped[int] = mapped_column(index=True)
    text: Mapped[Prose]
    term: Mapped[Name] = mapped_column(default="")
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    period: Mapped[Period | None]
    times: Mapped[int] = mapped_column(default=1)
    remind_on: Mapped[date | None] = mapped_column(index=True)

    group: Mapped[MethodicalGroup] = relationship()


class WorkplanFulfilment(Base):
    """One due slot of a line that was done: when, by what, with which result in a word."""

    __tablename__ = "workplan_fulfilment"
    __table_args__ = (
        UniqueConstraint("line_id", "slot"),
        CheckConstraint("slot >= 0", name="slot"),
        CheckConstraint(OF_WAY, name="way"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("workplan_line.id"))
    slot: Mapped[int]
    done_on: Mapped[date]
    way: Mapped[WorkWay] = mapped_column(default=WorkWay.HAND)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("group_meeting.id", ondelete="CASCADE"), index=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("group_decision.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("official_document.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    word: Mapped[Prose] = mapped_column(default="")
    noted_at: Mapped[datetime]
    noted_by: Mapped[Code] = mapped_column(index=True)
    """The actor, as the journal names whoever did it."""

    line: Mapped[WorkplanLine] = relationship()
