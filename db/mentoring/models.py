"""The base of mentors, mentoring pairs and their meetings."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Prose
from db.people.models import Person

MOST_PLACES = 20


class PairStatus(enum.StrEnum):
    """A pair is proposed, works, rests, and ends in one of three ways."""

    PROPOSED = "proposed"
    DECLINED = "declined"
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    BROKEN_OFF = "broken_off"


class PairSide(enum.StrEnum):
    """Which of the two."""

    MENTOR = "mentor"
    MENTEE = "mentee"


class EndReason(enum.StrEnum):
    """Why one said no or a pair was broken off. Relatives are never brought together again."""

    TIME = "time"
    MISMATCH = "mismatch"
    MOVED = "moved"
    RELATIVE = "relative"


class MeetingKind(enum.StrEnum):
    """A talk, or a visit to a lesson of the mentee."""

    TALK = "talk"
    VISIT = "visit"


class MeetingStatus(enum.StrEnum):
    """What became of a meeting."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


LIVE = "status IN ('proposed', 'active', 'paused')"


class Pair(Base):
    """Joins a mentor and a mentee (наставническая пара).

    A proposed one works as soon as both have agreed, and holds a place of the mentor's meanwhile. `component` is what
    the mentee named when asking for a mentor; `declined_side` is whose the no was. `started_at` is when it was proposed
    until it works. `last_contact_at` moves with every held meeting; at `nudged_at` the mentor was told that it was a
    while ago, at `silence_noted_at` that it was long ago. A rest, from `paused_at`, stops this clock: when the pair
    works again the three move on by its length, and `resumed_at` is where the last contact came to stand.
    """

    __tablename__ = "pair"
    __table_args__ = (
        CheckConstraint("mentor_id <> mentee_id", name="two_people"),
        Index(
            "uq_pair_live",
            "mentor_id",
            "mentee_id",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        CheckConstraint("(status = 'declined') = (declined_side IS NOT NULL)", name="declined"),
        Index(None, "mentee_id"),
        Index(None, "mentor_id", "status"),
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
    nudged_at: Mapped[datetime | None]
    silence_noted_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    resumed_at: Mapped[datetime | None]
    component: Mapped[Code | None]
    mentor_agreed_at: Mapped[datetime | None]
    mentee_agreed_at: Mapped[datetime | None]
    declined_side: Mapped[PairSide | None]
    end_reason: Mapped[EndReason | None]

    mentor: Mapped[Person] = relationship(foreign_keys=mentor_id)
    mentee: Mapped[Person] = relationship(foreign_keys=mentee_id)

    def other_than(self, person_id: int) -> int:
        """Returns the other one of the two."""
        return self.mentee_id if person_id == self.mentor_id else self.mentor_id


class ReminderStep(enum.IntEnum):
    """How far a planned meeting has been spoken of: each step once, never back, until it is moved."""

    NOTHING = 0
    DAY_BEFORE = 1
    HOURS_BEFORE = 2
    ASKED = 3


class MeetingSeries(Base):
    """Joins meetings of a pair that come back every so many weeks until a day (ряд встреч): «каждый вторник до …»."""

    __tablename__ = "meeting_series"
    __table_args__ = (CheckConstraint("weeks BETWEEN 1 AND 4", name="weeks"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    weeks: Mapped[int]
    until: Mapped[date]


class Meeting(Base):
    """Keeps a planned or held meeting of a pair; `outcome` is the mentor's own note.

    The time was agreed at `set_at`, and `said` (see `Said`) tells which reminders of it are behind. One of a series is
    planned, moved and held as any other.
    """

    __tablename__ = "meeting"
    __table_args__ = (Index(None, "pair_id", "planned_at"), Index(None, "status", "planned_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_series.id"), index=True)
    planned_at: Mapped[datetime]
    set_at: Mapped[datetime]
    said: Mapped[int] = mapped_column(default=ReminderStep.NOTHING)
    status: Mapped[MeetingStatus] = mapped_column(default=MeetingStatus.PLANNED)
    kind: Mapped[MeetingKind] = mapped_column(default=MeetingKind.TALK)
    topic: Mapped[Prose | None]
    outcome: Mapped[Prose | None]
    logged_at: Mapped[datetime | None]

    pair: Mapped[Pair] = relationship()
    series: Mapped[MeetingSeries | None] = relationship()

    @property
    def unplanned(self) -> bool:
        """Whether it was written down at once as held, without a plan."""
        return self.status is MeetingStatus.HELD and self.set_at == self.logged_at


class Mentor(Base):
    """What a mentor declared for the base of mentors: how many mentees at once, whether to be offered to anybody.

    Without `places` nobody is proposed and nothing is limited: such mentors were there before the base.
    """

    person_by = "person_id"
    __tablename__ = "mentor"
    __table_args__ = (
        CheckConstraint(f"places IS NULL OR places BETWEEN 1 AND {MOST_PLACES}", name="places"),
        Index(None, "digest", "digest_at"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    places: Mapped[int | None]
    paused: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[bool] = mapped_column(default=False)
    digest_at: Mapped[datetime | None]
    declared_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class MentorStrength(Base):
    """A component of the teachers' self-diagnosis that a mentor can help with."""

    person_by = "person_id"
    __tablename__ = "mentor_strength"
    __table_args__ = (Index(None, "component"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    component: Mapped[Code] = mapped_column(primary_key=True)


class MentorDirection(Base):
    """A direction that a mentor works on."""

    person_by = "person_id"
    __tablename__ = "mentor_direction"
    __table_args__ = (Index(None, "direction_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    direction_id: Mapped[int] = mapped_column(ForeignKey("term.id"), primary_key=True, autoincrement=False)


class MentorWish(Base):
    """A teacher looks for a mentor, and may have named one component to be helped with."""

    person_by = "person_id"
    __tablename__ = "mentor_wish"
    __table_args__ = (
        Index(
            "uq_mentor_wish_open",
            "person_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    component: Mapped[Code | None]
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
