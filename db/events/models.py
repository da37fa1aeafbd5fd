"""Events, seats, the waiting list, attendance, feedback and certificates."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Municipality, Term
from db.dictionaries.rules import LEAST_GROUP


class EventMode(enum.StrEnum):
    """Where an event happens."""

    OFFLINE = "offline"
    ONLINE = "online"
    HYBRID = "hybrid"


class EventStatus(enum.StrEnum):
    """A draft is seen by methodists only; a cancelled event keeps its list."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class RegistrationStatus(enum.StrEnum):
    """SEATED and OFFERED hold a seat; an offer waits for the person's word until `offered_until`."""

    SEATED = "seated"
    WAITING = "waiting"
    OFFERED = "offered"
    CANCELLED = "cancelled"


class Cause(enum.StrEnum):
    """How a registration came to its status: the reason that the panel shows beside the queue."""

    SELF = "self"
    HAND = "hand"
    DOOR = "door"
    PROMOTED = "promoted"
    ACCEPTED = "accepted"
    EXPIRED = "expired"


class Event(Base):
    """Keeps a seminar, a webinar, a master class.

    `capacity` empty means any number. `seated` counts held seats (seated and offered); `sequence` numbers the
    registrations in their order; `revision` grows with every edit, so that two methodists notice each other.

    `rated` people gave `stars` between them: published once, when enough have, and never changed. Reports read these.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("seated >= 0 AND (capacity IS NULL OR seated <= capacity)", name="seats"),
        CheckConstraint("capacity IS NULL OR capacity >= 1", name="capacity"),
        CheckConstraint(
            f"(rated IS NULL) = (stars IS NULL) AND (rated IS NULL OR rated >= {LEAST_GROUP})", name="rated"
        ),
        Index(None, "status", "starts_at"),
        Index(None, "status", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    title: Mapped[Name]
    about: Mapped[Prose]
    format_id: Mapped[int] = mapped_column(ForeignKey("term.id"))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    mode: Mapped[EventMode]
    place: Mapped[Name | None]
    link: Mapped[Name | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int | None]
    seated: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    status: Mapped[EventStatus] = mapped_column(default=EventStatus.DRAFT)
    audience: Mapped[Name | None]
    organiser: Mapped[Name | None]
    open_to_all: Mapped[bool] = mapped_column(default=True)
    check_in_token: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    rated: Mapped[int | None]
    stars: Mapped[int | None]

    format: Mapped[Term] = relationship()
    municipality: Mapped[Municipality | None] = relationship()
    components: Mapped[list["EventComponent"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class EventComponent(Base):
    """A component of the diagnostics that the event serves."""

    __tablename__ = "event_component"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    component: Mapped[Code] = mapped_column(primary_key=True, index=True)


class Registration(Base):
    """A person's place at an event. `sequence` is the order of arrival; who left and came back goes to the end.

    `registered_at` is the moment of the present turn, `seated_at` of the seat taken for sure. `comment` is the
    person's own words about the event.
    """

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        Index(None, "event_id", "status", "sequence"),
        Index(None, "status", "offered_until"),
        Index(None, "person_id", "status"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    status: Mapped[RegistrationStatus]
    sequence: Mapped[int]
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    cause: Mapped[Cause] = mapped_column(default=Cause.SELF)
    registered_at: Mapped[datetime]
    seated_at: Mapped[datetime | None]
    offered_until: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    attended_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    comment: Mapped[Prose | None]
    feedback_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()


class Certificate(Base):
    """A certificate of attendance: its number is verified on a public page of the panel."""

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), unique=True)
    issued_at: Mapped[datetime]
