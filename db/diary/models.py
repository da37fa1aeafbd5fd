"""Lines of diaries, what each source of them means in the region's words, who keeps a diary."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Prose
from db.dictionaries.models import Term
from db.people.models import Person

COUNTED = text("dropped_at IS NULL")


class DiarySource(enum.StrEnum):
    """What a line was written of by the system; one by hand has none."""

    EVENT = "event"
    REQUEST = "request"
    VISIT = "visit"
    MEETING = "meeting"
    EXPERTISE = "expertise"
    REVIEW = "review"
    MINUTES = "minutes"
    SELECTION = "selection"
    SITTING = "sitting"


class DiaryKeeper(enum.StrEnum):
    """Who keeps a diary: by a role in the bot, or by a position of methodists."""

    ACTIVE_MEMBER = "active_member"
    MENTOR = "mentor"
    METHODIST = "methodist"


class DiaryMeaning(Base):
    """Says which of the region's activities a source is a line of. `training` marks that the activities are ours."""

    __tablename__ = "diary_meaning"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[DiarySource] = mapped_column(unique=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("term.id"))
    training: Mapped[bool] = mapped_column(default=False)


class DiaryKeeping(Base):
    """Says that these people of the region keep a diary."""

    __tablename__ = "diary_keeping"

    id: Mapped[int] = mapped_column(primary_key=True)
    keeper: Mapped[DiaryKeeper] = mapped_column(unique=True)


class DiaryTally(Base):
    """Counts somebody's lines of an activity in a school year, by the year in which it begins.

    What is told of a million lines would take half a second to count each time; `db/diary/services.py` keeps it.
    """

    person_by = "person_id"

    __tablename__ = "diary_tally"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("term.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[int]


class DiaryLine(Base):
    """One thing that somebody did: when, which of the activities, in a line of words, of how many hours.

    What the system wrote names its source, once for a person. One that its person deleted stays as `dropped_at`, empty
    and not counted, or it would be written again.
    """

    person_by = "person_id"

    __tablename__ = "diary_line"
    __table_args__ = (
        Index("uq_diary_line_source", "person_id", "source", "source_id", unique=True),
        Index(None, "source", "source_id"),
        Index(
            "ix_diary_line_counted",
            "person_id",
            "activity_id",
            "day",
            sqlite_where=COUNTED,
            postgresql_where=COUNTED,
        ),
        Index("ix_diary_line_newest", "day", "id", sqlite_where=COUNTED, postgresql_where=COUNTED),
        CheckConstraint("(source IS NULL) = (source_id IS NULL)", name="source"),
        CheckConstraint("dropped_at IS NULL OR (source IS NOT NULL AND text = '')", name="dropped"),
        CheckConstraint("hours IS NULL OR hours BETWEEN 1 AND 2000", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("term.id"))
    day: Mapped[date]
    text: Mapped[Prose] = mapped_column(default="")
    hours: Mapped[int | None]
    source: Mapped[DiarySource | None]
    source_id: Mapped[int | None]
    written_at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    activity: Mapped[Term] = relationship()
