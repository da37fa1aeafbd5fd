"""Whom somebody declared close: a relative or another personal interest, or a place where a relative works."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Name
from db.dictionaries.models import Organisation
from db.people.models import Person


class TieKind(enum.StrEnum):
    """What stands between the two."""

    RELATIVE = "relative"
    OTHER = "other"


class Tie(Base):
    """Says that two people are not to judge or help each other by the word of one of them (личный интерес).

    The other one is a row, where the two were brought together already, or a typed full name: whether somebody of that
    name is here is never told. `key` is the name as names are compared, see `db/ties/rules.py`. Or it is an
    organisation, nothing of which the person judges: a relative works there. `paper_on` is the day of a paper that the
    word came on: what came so methodists see, what was said in the bot is the person's alone, the same name too.
    """

    person_by = "person_id"

    __tablename__ = "tie"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN other_id IS NULL THEN 0 ELSE 1 END + CASE WHEN name IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN organisation_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one",
        ),
        CheckConstraint("(name IS NULL) = (key IS NULL)", name="key"),
        CheckConstraint("other_id <> person_id", name="two_people"),
        UniqueConstraint("person_id", "other_id"),
        UniqueConstraint("person_id", "key"),
        UniqueConstraint("person_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[Name | None]
    key: Mapped[Name | None] = mapped_column(index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[TieKind]
    declared_at: Mapped[datetime]
    paper_on: Mapped[date | None]

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    other: Mapped[Person | None] = relationship(foreign_keys=other_id)
    organisation: Mapped[Organisation | None] = relationship()
