"""Mentoring pairs and their meetings."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Prose
from db.people.models import Person


class PairStatus(enum.StrEnum):
    """A pair works or has finished."""

    ACTIVE = "active"
    FINISHED = "finished"


class MeetingStatus(enum.StrEnum):
    """What became of a meeting."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Pair(Base):
    """Joins a mentor and a mentee (наставническая пара).

    `last_contact_at` moves with every held meeting; at `silence_noted_at` the mentor was told that it was long ago.
    """

    __tablename__ = "pair"
    __table_args__ = (
        CheckConstraint("mentor_id <> mentee_id", name="two_people"),
        Index(
            "uq_pair_active",
            "mentor_id",
            "mentee_id",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
        Index(None, "mentee_id"),
        Index(None, "status", "last_contact_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    mentee_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    status: Mapped[PairStatus] = mapped_column(default=PairStatus.ACTIVE)
    goals: Mapped[Prose | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    last_contact_at: Mapped[datetime]
    silence_noted_at: Mapped[datetime | None]

    mentor: Mapped[Person] = relationship(foreign_keys=mentor_id)
    mentee: Mapped[Person] = relationship(foreign_keys=mentee_id)


class ReminderStep(enum.IntEnum):
    """How far a planned meeting has been spoken of: each step once, never back, until it is moved."""

    NOTHING = 0
    DAY_BEFORE = 1
    HOURS_BEFORE = 2
    ASKED = 3


class Meeting(Base):
    """Keeps a planned or held meeting of a pair; `outcome` is the mentor's own note.

    The time was agreed at `set_at`, and `said` (see `Said`) tells which reminders of it are behind.
    """

    __tablename__ = "meeting"
    __table_args__ = (Index(None, "pair_id", "planned_at"), Index(None, "status", "planned_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"))
    planned_at: Mapped[datetime]
    set_at: Mapped[datetime]
    said: Mapped[int] = mapped_column(default=ReminderStep.NOTHING)
    status: Mapped[MeetingStatus] = mapped_column(default=MeetingStatus.PLANNED)
    topic: Mapped[Prose | None]
    outcome: Mapped[Prose | None]
    logged_at: Mapped[datetime | None]

    pair: Mapped[Pair] = relationship()

    @property
    def unplanned(self) -> bool:
        """Whether it was written down at once as held, without a plan."""
        return self.status is MeetingStatus.HELD and self.set_at == self.logged_at
