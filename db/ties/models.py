"""Whom somebody declared close: a relative or another personal interest."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Name
from db.people.models import Person


class TieKind(enum.StrEnum):
    """What stands between the two."""

    RELATIVE = "relative"
    OTHER = "other"


class Tie(Base):
    """Says that two people are not to judge or help each other by the word of one of them (личный интерес).

    The other one is a row, where the two were brought together already, or a typed full name: whether somebody of that
    name is here is never told. `key` is the name as names are compared, see `db/ties/rules.py`.
    """

    person_by = "person_id"

    __tablename__ = "tie"
    __table_args__ = (
        CheckConstraint("(other_id IS NULL) <> (name IS NULL)", name="one"),
        CheckConstraint("(name IS NULL) = (key IS NULL)", name="key"),
        CheckConstraint("other_id <> person_id", name="two_people"),
        UniqueConstraint("person_id", "other_id"),
        UniqueConstraint("person_id", "key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[Name | None]
    key: Mapped[Name | None] = mapped_column(index=True)
    kind: Mapped[TieKind]
    declared_at: Mapped[datetime]

    other: Mapped[Person | None] = relationship(foreign_keys=other_id)
