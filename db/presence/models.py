"""Who was really there: helpers at the door, guests on paper, the parts of an event and who sat in each."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Name


class DoorHelper(Base):
    """A link for one day that lets somebody without an account mark who comes to one event; only its hash is kept."""

    __tablename__ = "door_helper"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[Name]
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class PaperGuest(Base):
    """Somebody who came without being on the list: a name as it was told at the door, until its term ends.

    `key` is drawn by whatever took the name down, so that what is sent twice is there once. `helper_id` is empty where
    a methodist wrote it. `marked_at` is the moment at the door, `received_at` when the line brought it.
    """

    __tablename__ = "paper_guest"
    __table_args__ = (Index(None, "event_id", "marked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[Name | None]
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("door_helper.id"), index=True)
    marked_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(index=True)


class EventSession(Base):
    """A part of an event: a lecture, a workshop, a round table, with an attendance of its own.

    `hours` (academic) and `place` are told where the parts are what the event counts.
    """

    __tablename__ = "event_session"
    __table_args__ = (
        Index(None, "event_id", "starts_at"),
        Index(None, "starts_at"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("hours IS NULL OR hours BETWEEN 1 AND 99", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    title: Mapped[Name]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    hours: Mapped[int | None]
    place: Mapped[Name | None]


class SessionMark(Base):
    """Says that somebody of the event's list sat in one of its parts."""

    __tablename__ = "session_mark"

    session_id: Mapped[int] = mapped_column(ForeignKey("event_session.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True, index=True)
    marked_at: Mapped[datetime]
