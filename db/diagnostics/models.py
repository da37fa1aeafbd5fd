"""Instruments in immutable versions, attempts, answers and the scores that reports read."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Audience
from db.dictionaries.rules import LEAST_GROUP

FORM = 16
"""How long the name of what a component asks is; an empty one is what was published of several together."""


class VersionStatus(enum.StrEnum):
    """A version is drafted, published for good, then retired by the next one."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class AttemptStatus(enum.StrEnum):
    """An attempt is open or closed with scores."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class InstrumentKind(enum.StrEnum):
    """A self-diagnosis has levels; a survey (изучение запросов) only counts what was chosen."""

    DIAGNOSIS = "diagnosis"
    SURVEY = "survey"


class Instrument(Base):
    """A questionnaire over components (диагностический инструментарий), or a survey. Its audience is offered it."""

    __tablename__ = "instrument"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[InstrumentKind] = mapped_column(default=InstrumentKind.DIAGNOSIS)
    title: Mapped[Name]
    audience: Mapped[Audience] = mapped_column(default=Audience.TEACHER)


class InstrumentVersion(Base):
    """One version: components, items, scale and cuts as published. Content never changes after publication."""

    __tablename__ = "instrument_version"
    __table_args__ = (UniqueConstraint("instrument_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    version: Mapped[int]
    status: Mapped[VersionStatus] = mapped_column(default=VersionStatus.DRAFT)
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime | None]

    instrument: Mapped[Instrument] = relationship()


class ItemStep(Base):
    """The step of an item in staff's own words, in place of the pack's, in whatever version asks that item."""

    __tablename__ = "item_step"
    __table_args__ = (UniqueConstraint("instrument_id", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    item: Mapped[Code]
    text: Mapped[Prose]
    changed_at: Mapped[datetime]


class Attempt(Base):
    """One walk of one person through one version, one at a time by each instrument.

    Its owner alone opens the result to a mentor or to methodists. `disclosed` says that its numbers may have been read
    in the panel. `reminded_at` is set once the sweep has dealt with what is due in the present status: the word about
    an unfinished attempt, or about the next self-diagnosis; closing the attempt empties it.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        Index(
            "uq_attempt_open",
            "person_id",
            "instrument_id",
            unique=True,
            sqlite_where=text("status = 'in_progress'"),
            postgresql_where=text("status = 'in_progress'"),
        ),
        Index(None, "person_id", "completed_at"),
        Index(None, "version_id", "completed_at"),
        Index(None, "completed_at"),
        Index(
            "ix_attempt_unreminded",
            "status",
            "started_at",
            sqlite_where=text("reminded_at IS NULL"),
            postgresql_where=text("reminded_at IS NULL"),
        ),
        Index(
            "ix_attempt_opened",
            "completed_at",
            sqlite_where=text("shared_with_methodist"),
            postgresql_where=text("shared_with_methodist"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("instrument_version.id"))
    status: Mapped[AttemptStatus] = mapped_column(default=AttemptStatus.IN_PROGRESS)
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    shared_with_mentor: Mapped[bool] = mapped_column(default=False)
    shared_with_methodist: Mapped[bool] = mapped_column(default=False)
    disclosed: Mapped[bool] = mapped_column(default=False)

    version: Mapped[InstrumentVersion] = relationship()

    @property
    def readable(self) -> bool:
        """Whether methodists may read the result: opened, and no closed one could be worked out from it."""
        return self.shared_with_methodist and self.disclosed


class Answer(Base):
    """An answer to one item: 0–4, need 0–3 (item `<component>_need`), or nothing for «не про мою работу».

    «Не хочу отвечать» is 5: it is an answer that counts as none.
    """

    __tablename__ = "answer"
    __table_args__ = (CheckConstraint("value IS NULL OR value BETWEEN 0 AND 5", name="value"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True)
    item: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int | None]
    answered_at: Mapped[datetime]


_WAITING = "block_id IS NULL AND latest AND deficit IS NOT NULL AND organisation_id IS "
WAITING, WAITING_THERE = _WAITING + "NULL", _WAITING + "NOT NULL"
LEAVING = f"left_at IS NULL AND gone >= {LEAST_GROUP}"


class ComponentScore(Base):
    """Keeps the result for one component, written when the attempt closes. `form` names what the version asked of it.

    Level, deficit and priority in 0–100; all are empty where fewer than the instrument's minimum of items were
    answered. `latest` marks the person's last result; municipality and position are those of that day. `block_id` is
    the block in which reports count it, or counted it. `organisation_id` is the organisation with whose others it waits
    to be counted; one that has none, or waited there in vain, is counted with those of the municipality.
    """

    __tablename__ = "component_score"
    __table_args__ = (
        Index(
            "ix_component_score_waiting",
            "completed_at",
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
        Index(
            "ix_component_score_waiting_there",
            "organisation_id",
            sqlite_where=text(WAITING_THERE),
            postgresql_where=text(WAITING_THERE),
        ),
        Index(None, "block_id", "completed_at"),
        Index(None, "person_id", "completed_at"),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True)
    component: Mapped[Code] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(FORM))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"))
    position_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    level: Mapped[float | None]
    deficit: Mapped[float | None]
    need: Mapped[int | None]
    priority: Mapped[float | None]
    borderline: Mapped[bool] = mapped_column(default=False)
    point_deficits: Mapped[list[str]]
    completed_at: Mapped[datetime]
    latest: Mapped[bool] = mapped_column(default=True)
    block_id: Mapped[int | None] = mapped_column(ForeignKey("score_block.id"))


class _Sums:
    """Sums of results that are told together, by who and what they are of.

    No organisation: several small ones of the municipality together; no municipality: several small ones of the
    region. A position: all hold that one. Deficit and priority are sums in hundredths of a point, `need` is a sum of
    0–3. `form` is that of the results: those of another one are never in the same sum. `bands` counts people by the
    bands that `cuts` made that day, `above` those over the middle cut; `needs` counts by need, `points` by hard item,
    or by chosen option of a survey.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    component: Mapped[Code]
    form: Mapped[str] = mapped_column(String(FORM))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    position_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    cuts: Mapped[Code]
    people: Mapped[int]
    deficit: Mapped[int] = mapped_column(BigInteger)
    need: Mapped[int] = mapped_column(BigInteger)
    priority: Mapped[int] = mapped_column(BigInteger)
    above: Mapped[int]
    bands: Mapped[list[int]]
    needs: Mapped[list[int]]
    points: Mapped[dict[str, Any]]


class ScoreBlock(_Sums, Base):
    """A group of results for one component that is published together and never comes apart: see `blocks`.

    `closed` counts the results that nobody in the panel can open, erased ones included; `gone` those of them that are
    nobody's last any more. A block that has left is published no more; its sums are dropped. `first_at` and `last_at`
    are when the first and the last of its results were finished: what a wave sums up is in one index with them, and an
    erasure must not make a block one of fewer days.
    """

    organisation_by = "organisation_id"
    __tablename__ = "score_block"
    __table_args__ = (
        CheckConstraint(f"closed >= {LEAST_GROUP}", name="closed"),
        CheckConstraint("left_at IS NOT NULL OR people >= closed", name="people"),
        CheckConstraint("gone BETWEEN 0 AND closed", name="gone"),
        CheckConstraint("organisation_id IS NULL OR municipality_id IS NOT NULL", name="placed"),
        Index("ix_score_block_leaving", "gone", sqlite_where=text(LEAVING), postgresql_where=text(LEAVING)),
        Index(
            "ix_score_block_days",
            *("instrument_id", "first_at", "last_at", "form", "municipality_id", "component", "people", "deficit"),
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    published_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    closed: Mapped[int]
    gone: Mapped[int] = mapped_column(default=0)


_SUMMED = ("form", "cuts", "people", "deficit", "need", "priority", "above", "changed_at")


class ScoreTally(_Sums, Base):
    """Sums up the published blocks of one organisation, position and component: what reports read.

    However many results and blocks there are, a report costs as much as there are organisations. Its rows are wide, so
    the indexes hold all that is summed: a report reads them alone, in the order it groups by.
    """

    organisation_by = "organisation_id"
    __tablename__ = "score_tally"
    __table_args__ = (
        CheckConstraint(f"people >= {LEAST_GROUP}", name="people"),
        Index(
            "ix_score_tally_whose",
            *("instrument_id", "municipality_id", "organisation_id", "component", "position_id"),
            *_SUMMED,
        ),
        Index(
            "ix_score_tally_position",
            *("instrument_id", "position_id", "component", "municipality_id", "organisation_id"),
            *_SUMMED,
        ),
    )

    changed_at: Mapped[datetime]
