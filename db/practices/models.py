"""Practices of teachers: described, looked at by two experts, published, tried and confirmed by others."""

import enum
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Municipality
from db.documents.models import Scan
from db.people.models import Person
from db.routes.models import RouteItem


class PracticeStatus(enum.StrEnum):
    """Where a practice is. A `sunk` one is still there for everybody, but nobody has confirmed it for a year."""

    DRAFT = "draft"
    SENT = "sent"
    EXPERTISE = "expertise"
    RETURNED = "returned"
    PUBLISHED = "published"
    SUNK = "sunk"
    WITHDRAWN = "withdrawn"


class PracticeVerdict(enum.StrEnum):
    """What an expert, and then a methodist, says of a practice."""

    PUBLISH = "publish"
    RETURN = "return"


class Practice(Base):
    """A practice: what it is, for whom, how to try it in one lesson, what comes of it.

    `proposer_id` is who keeps it, nobody once they are erased. `turn` counts how often it was sent: each time has
    experts of its own. `confirmed_at` is when somebody last said that it is done so; `asked_at` when its author was
    last asked. `adopted` counts those who applied it. `said` is the methodist's
    word beside the decision, `decided_by` the actor, as the journal has it.
    """

    person_by = "proposer_id"
    __tablename__ = "practice"
    __table_args__ = (
        CheckConstraint("adopted >= 0", name="adopted"),
        CheckConstraint("status NOT IN ('published', 'sunk') OR confirmed_at IS NOT NULL", name="confirmed"),
        Index(None, "status", "adopted", "id"),
        Index(None, "status", "confirmed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    status: Mapped[PracticeStatus] = mapped_column(default=PracticeStatus.DRAFT)
    title: Mapped[Name] = mapped_column(default="")
    audience: Mapped[Name] = mapped_column(default="")
    lesson: Mapped[Prose] = mapped_column(default="")
    result: Mapped[Prose] = mapped_column(default="")
    turn: Mapped[int] = mapped_column(default=0)
    adopted: Mapped[int] = mapped_column(default=0)
    said: Mapped[Prose] = mapped_column(default="")
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[Code | None]
    confirmed_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]

    proposer: Mapped[Person | None] = relationship()
    municipality: Mapped[Municipality | None] = relationship()
    components: Mapped[list["PracticeComponent"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="PracticeComponent.component"
    )
    authors: Mapped[list["PracticeAuthor"]] = relationship(order_by="PracticeAuthor.id")
    files: Mapped[list["PracticeFile"]] = relationship(order_by="PracticeFile.id")
    experts: Mapped[list["PracticeExpert"]] = relationship(order_by="PracticeExpert.id")

    @property
    def component_codes(self) -> list[str]:
        """The components' codes in the order of the alphabet."""
        return sorted(one.component for one in self.components)

    @component_codes.setter
    def component_codes(self, codes: Iterable[str]) -> None:
        present = {one.component: one for one in self.components}
        self.components = [present.get(code) or PracticeComponent(component=code) for code in sorted(set(codes))]

    @property
    def now_experts(self) -> list["PracticeExpert"]:
        """The experts of the last sending."""
        return [one for one in self.experts if one.turn == self.turn]


class PracticeComponent(Base):
    """A component of the diagnostics that a practice serves."""

    __tablename__ = "practice_component"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"), primary_key=True)
    component: Mapped[Code] = mapped_column(primary_key=True, index=True)


class PracticeAuthor(Base):
    """An author beside the one who proposed it: a person whom the service knows, or a name alone."""

    __tablename__ = "practice_author"
    __table_args__ = (
        UniqueConstraint("practice_id", "person_id"),
        CheckConstraint("(person_id IS NULL) = (name <> '')", name="one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[Name] = mapped_column(default="")

    person: Mapped[Person | None] = relationship()


class PracticeFile(Base):
    """A file of a practice: a plan of the lesson, cards for children, a photo of the board."""

    __tablename__ = "practice_file"
    __table_args__ = (UniqueConstraint("practice_id", "scan_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"))
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"), index=True)

    scan: Mapped[Scan] = relationship(lazy="joined")


class PracticeExpert(Base):
    """One of the two who look at a practice, and what they say of it; `turn` is the sending that it is about."""

    __tablename__ = "practice_expert"
    __table_args__ = (
        UniqueConstraint("practice_id", "turn", "person_id"),
        CheckConstraint("(verdict IS NULL) = (answered_at IS NULL)", name="answered"),
        CheckConstraint("verdict IS NULL OR remark <> ''", name="remark"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"))
    turn: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    verdict: Mapped[PracticeVerdict | None]
    remark: Mapped[Prose] = mapped_column(default="")
    appointed_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    practice: Mapped[Practice] = relationship(back_populates="experts")
    person: Mapped[Person | None] = relationship()


class PracticeTrial(Base):
    """Somebody tries a practice: the step of the own route that it became, then a line on how it was applied."""

    __tablename__ = "practice_trial"
    __table_args__ = (
        UniqueConstraint("practice_id", "person_id"),
        CheckConstraint("(applied_at IS NULL) = (word = '')", name="applied"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("route_item.id", ondelete="SET NULL"), index=True)
    taken_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    word: Mapped[Prose] = mapped_column(default="")

    practice: Mapped[Practice] = relationship()
    item: Mapped[RouteItem | None] = relationship()


class PracticeWord(Base):
    """A word, cut short, of a practice that was sent: what the search goes by. `title`: it stands in the name."""

    __tablename__ = "practice_word"

    word: Mapped[str] = mapped_column(String(16), primary_key=True)
    practice_id: Mapped[int] = mapped_column(
        ForeignKey("practice.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    title: Mapped[bool]
