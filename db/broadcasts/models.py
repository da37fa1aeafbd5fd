"""Messages of the methodical service to many people at once."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Prose
from db.dictionaries.models import Municipality, Term
from db.people.models import Role


class BroadcastStatus(enum.StrEnum):
    """A draft reaches nobody; going, people are told a round at a time; recalled, the rest hears nothing."""

    DRAFT = "draft"
    GOING = "going"
    DONE = "done"
    RECALLED = "recalled"


class Broadcast(Base):
    """One text and whom it is for: everybody within the municipality, the role and the position, where they are set.

    With `young` only those of them who have worked for less than three years.

    `confirmed` is the number of people that was typed before it went, `up_to` the last person's id there was then,
    `reached` the last that a notice was put in for; `revision` grows with every edit, so that nobody sends what
    somebody else has just rewritten.
    """

    __tablename__ = "broadcast"
    __table_args__ = (
        CheckConstraint("(status = 'draft') = (started_at IS NULL)", name="started"),
        # A page that shows a draft must never send another one that was given its number.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[Prose]
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    role: Mapped[Role | None]
    position_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    young: Mapped[bool] = mapped_column(default=False)
    status: Mapped[BroadcastStatus] = mapped_column(default=BroadcastStatus.DRAFT, index=True)
    revision: Mapped[int] = mapped_column(default=0)
    confirmed: Mapped[int | None]
    up_to: Mapped[int | None]
    reached: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    municipality: Mapped[Municipality | None] = relationship()
    position: Mapped[Term | None] = relationship()


class BroadcastRecipient(Base):
    """Who was told, and by which notice."""

    __tablename__ = "broadcast_recipient"

    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), unique=True)
