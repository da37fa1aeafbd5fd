"""Courses that teachers took elsewhere: told by a teacher or a methodist, confirmed by a methodist."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Name, Prose
from db.documents.models import Scan
from db.people.models import Person


class TrainingStatus(enum.StrEnum):
    """A draft is the teacher's alone; only what is confirmed is counted."""

    DRAFT = "draft"
    SENT = "sent"
    CONFIRMED = "confirmed"
    RETURNED = "returned"


class TrainingRecord(Base):
    """A course: what, where, how many academic hours, by which document of which day.

    `of_project` says that it was on the subject of the region's project. `experience` is the teacher's in years as it
    was then, so that who was young stays so in the figures. `training` marks an example of ours.
    """

    person_by = "person_id"

    __tablename__ = "training_record"
    __table_args__ = (
        Index(None, "person_id", "status"),
        Index(None, "status", "issued_on"),
        Index(
            "uq_training_record_draft",
            "person_id",
            unique=True,
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
        CheckConstraint("hours IS NULL OR hours BETWEEN 1 AND 2000", name="hours"),
        CheckConstraint("experience IS NULL OR experience BETWEEN 0 AND 70", name="experience"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    status: Mapped[TrainingStatus] = mapped_column(default=TrainingStatus.DRAFT)
    title: Mapped[Name] = mapped_column(default="")
    organisation: Mapped[Name] = mapped_column(default="")
    hours: Mapped[int | None]
    document: Mapped[Name] = mapped_column(default="")
    issued_on: Mapped[date | None]
    of_project: Mapped[bool | None]
    experience: Mapped[int | None]
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"), index=True)
    training: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    remark: Mapped[Prose] = mapped_column(default="")

    person: Mapped[Person] = relationship()
    scan: Mapped[Scan | None] = relationship()
