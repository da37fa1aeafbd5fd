"""Events, seats, the waiting list, attendance, feedback and certificates."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Audience, Municipality, Term
from db.dictionaries.rules import LEAST_GROUP
from db.dictionaries.units import UnitLevel
from db.documents.models import Scan


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


class HostRole(enum.StrEnum):
    """What somebody does at an event besides listening; a certificate names it."""

    LEADER = "leader"
    SPEAKER = "speaker"
    EXPERT = "expert"
    ORGANISER = "organiser"


class Event(Base):
    """Keeps a seminar, a webinar, a master class.

    `capacity` empty means any number. `seated` counts held seats (seated and offered); `sequence` numbers the
    registrations in their order; `revision` grows with every edit, so that two methodists notice each other.

    `rated` people gave `stars` between them: published once, when enough have, and never changed. Reports read these.

    `meant_for` keeps it for positions of one audience, `for_network` for the network's municipalities and the own ones;
    `positions` and `young` (less than three years at work) say whom it is offered to after a result: others find it in
    the calendar and may come. `hours` are academic. With `by_parts` they are those of its parts together, and who sat
    in every one of them was there: nobody is marked at its door. The code in the hall is counted from `check_in_key`;
    `check_in_token` is what the links of former days bore, which never changed: it lets nobody in, and is kept so that
    they are answered in words.

    A `split` hybrid counts the hall and those online apart: `capacity` and `seated` are the hall's, each with a queue
    of its own. With fewer than `minimum` people whoever runs it is asked what to do, once (`minimum_asked_at`), until
    it is `minimum_settled_at`. At most `quota` people of one `quota_unit` are on the list, those who wait included:
    a registration remembers whose it was, and those of no unit are one more.
    `recorded` was entered after it had been: nobody is told or asked of it.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("seated >= 0 AND (capacity IS NULL OR seated <= capacity)", name="seats"),
        CheckConstraint(
            "online_seated >= 0 AND (online_capacity IS NULL OR online_seated <= online_capacity)", name="online_seats"
        ),
        CheckConstraint("capacity IS NULL OR capacity >= 1", name="capacity"),
        CheckConstraint("minimum IS NULL OR minimum >= 1", name="minimum"),
        CheckConstraint("(quota IS NULL) = (quota_unit IS NULL) AND (quota IS NULL OR quota >= 1)", name="quota"),
        CheckConstraint("hours IS NULL OR hours BETWEEN 1 AND 999", name="hours"),
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
    split: Mapped[bool] = mapped_column(default=False)
    online_capacity: Mapped[int | None]
    online_seated: Mapped[int] = mapped_column(default=0)
    minimum: Mapped[int | None]
    minimum_asked_at: Mapped[datetime | None]
    minimum_settled_at: Mapped[datetime | None]
    quota_unit: Mapped[UnitLevel | None]
    quota: Mapped[int | None]
    recorded: Mapped[bool] = mapped_column(default=False)
    sequence: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    status: Mapped[EventStatus] = mapped_column(default=EventStatus.DRAFT)
    audience: Mapped[Name | None]
    organiser: Mapped[Name | None]
    open_to_all: Mapped[bool] = mapped_column(default=True)
    meant_for: Mapped[Audience | None]
    for_network: Mapped[bool] = mapped_column(default=False)
    young: Mapped[bool] = mapped_column(default=False)
    by_parts: Mapped[bool] = mapped_column(default=False)
    level_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    hours: Mapped[int | None]
    signatory: Mapped[Name | None]
    check_in_token: Mapped[str | None] = mapped_column(String(64), unique=True)
    check_in_key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    rated: Mapped[int | None]
    stars: Mapped[int | None]

    format: Mapped[Term] = relationship(foreign_keys=format_id)
    level: Mapped[Term | None] = relationship(foreign_keys=level_id)
    municipality: Mapped[Municipality | None] = relationship()
    components: Mapped[list["EventComponent"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    positions: Mapped[list["EventPosition"]] = relationship(cascade="all, delete-orphan")


class EventComponent(Base):
    """A component of the diagnostics that the event serves."""

    __tablename__ = "event_component"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    component: Mapped[Code] = mapped_column(primary_key=True, index=True)


class EventPosition(Base):
    """A position whose people an event is offered to after a result; one that names none is for all."""

    __tablename__ = "event_position"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("term.id"), primary_key=True, index=True)

    position: Mapped[Term] = relationship()


class EventHost(Base):
    """Somebody who leads, speaks, judges or organises: a person of ours, or a guest by name alone."""

    __tablename__ = "event_host"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        CheckConstraint("(person_id IS NULL) <> (name IS NULL)", name="who"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[Name | None]
    role: Mapped[HostRole]


_UNTOLD = text("result_id IS NOT told_result_id")
_UNTOLD_POSTGRESQL = text("result_id IS DISTINCT FROM told_result_id")


class Registration(Base):
    """A person's place at an event. `sequence` is the order of arrival; who left and came back goes to the end.

    `registered_at` is the moment of the present turn, `seated_at` of the seat taken for sure. `comment` is the
    person's own words about the event. `result_id` is what somebody came to at a contest, none for who only took part;
    it was said at `result_at`, and the person has heard of `told_result_id`. `dative` is how a methodist had the name
    stand on the certificate. `online` is said where the hall and those online are counted apart. `municipality_id` and
    `organisation_id` are where the person worked then; an organisation that nobody has confirmed is none, or a quota
    would end with a name typed anew.
    """

    person_by = "person_id"
    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        Index(None, "event_id", "status", "sequence"),
        Index(None, "status", "offered_until"),
        Index(None, "person_id", "status"),
        Index(None, "event_id", "municipality_id", "status", "attended_at"),
        Index("ix_registration_untold", "result_at", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD_POSTGRESQL),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    status: Mapped[RegistrationStatus]
    sequence: Mapped[int]
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"))
    cause: Mapped[Cause] = mapped_column(default=Cause.SELF)
    registered_at: Mapped[datetime]
    seated_at: Mapped[datetime | None]
    offered_until: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    attended_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    comment: Mapped[Prose | None]
    feedback_at: Mapped[datetime | None]
    dative: Mapped[Name | None]
    online: Mapped[bool] = mapped_column(default=False)
    result_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), index=True)
    result_at: Mapped[datetime | None]
    told_result_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))

    event: Mapped[Event] = relationship()


class Certificate(Base):
    """A certificate of attendance: its number is verified on a public page of the panel."""

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), unique=True)
    issued_at: Mapped[datetime]


class DigitsTry(Base):
    """How often somebody typed wrong digits of the hall's code in the minute that began at `began_at`."""

    __tablename__ = "digits_try"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    began_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int]


class EventMaterial(Base):
    """What is left of an event for those who came: slides, a recording, a sheet, by a link or as a file."""

    __tablename__ = "event_material"
    __table_args__ = (CheckConstraint("(link = '') = (scan_id IS NOT NULL)", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    title: Mapped[Name]
    link: Mapped[Name]
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"), index=True)
    added_at: Mapped[datetime]

    scan: Mapped[Scan | None] = relationship()


class EventQuestion(Base):
    """What somebody on an event's list asks its hosts before it begins, and the answer.

    The asker's name is shown to nobody, unless the question is `named`.
    """

    person_by = "person_id"
    __tablename__ = "event_question"
    __table_args__ = (CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[Prose]
    named: Mapped[bool]
    asked_at: Mapped[datetime]
    answer: Mapped[Prose | None]
    answered_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
