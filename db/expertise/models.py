"""Expert work and its kinds; difficulties that were seen at work."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name
from db.dictionaries.models import Organisation
from db.documents.models import Scan
from db.people.models import Person


class ExpertStatus(enum.StrEnum):
    """An invitation waits for its expert's word; only what is done is counted."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    DONE = "done"


class ExpertKind(Base):
    """A kind of expert work, in the words of the region's document. `training` marks one that is ours."""

    __tablename__ = "expert_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[Name]
    source: Mapped[Name] = mapped_column(default="")
    training: Mapped[bool] = mapped_column(default=False)


class ExpertWork(Base):
    """One piece of expert work: who, of which kind, what, from a day to a day, how many hours, by which letter.

    `organisation_id` is whose work is examined, where it is one organisation's. `relative` says that it was declined
    because a relative of the expert works there.
    """

    person_by = "person_id"

    __tablename__ = "expert_work"
    __table_args__ = (
        Index(None, "person_id", "status", "starts_on"),
        Index(None, "status", "ends_on"),
        CheckConstraint("starts_on <= ends_on", name="days"),
        CheckConstraint("hours IS NULL OR hours BETWEEN 1 AND 2000", name="hours"),
        CheckConstraint("NOT relative OR status = 'declined'", name="relative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("expert_kind.id"))
    title: Mapped[Name]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    hours: Mapped[int | None]
    status: Mapped[ExpertStatus] = mapped_column(default=ExpertStatus.INVITED)
    relative: Mapped[bool] = mapped_column(default=False)
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"), index=True)
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    kind: Mapped[ExpertKind] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    scan: Mapped[Scan | None] = relationship()


class Difficulty(Base):
    """Counts teachers who had difficulties of a component at what a line of a diary tells of. Nobody is named.

    The municipality is the event's, else that of whoever noted it, as it was then.
    """

    __tablename__ = "difficulty"
    __table_args__ = (
        CheckConstraint("people BETWEEN 1 AND 500", name="people"),
        Index(None, "municipality_id", "component", "noted_at"),
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("diary_line.id", ondelete="CASCADE"), primary_key=True)
    component: Mapped[Code] = mapped_column(primary_key=True)
    people: Mapped[int]
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    noted_at: Mapped[datetime]
