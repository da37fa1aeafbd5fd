"""Modular programmes of sites, their modules, and the groups that go through them: runs."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Term
from db.events.models import Event
from db.sites.models import Site


class Programme(Base):
    """A modular programme as a document names it. `hours` are those of its modules together, academic.

    `training` marks modules that are an example of ours, where the document names the programme alone. Its groups are
    offered to people of its `positions` after a result; one that names none is for all.
    """

    __tablename__ = "programme"
    __table_args__ = (
        CheckConstraint("months_from >= 1 AND months_from <= months_to AND months_to <= 60", name="months"),
        CheckConstraint("hours BETWEEN 0 AND 999", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Name]
    about: Mapped[Prose] = mapped_column(default="")
    months_from: Mapped[int]
    months_to: Mapped[int]
    hours: Mapped[int] = mapped_column(default=0)
    source: Mapped[Name] = mapped_column(default="")
    training: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)

    modules: Mapped[list["ProgrammeModule"]] = relationship(order_by="ProgrammeModule.position")
    positions: Mapped[list["ProgrammePosition"]] = relationship(cascade="all, delete-orphan")


class ProgrammePosition(Base):
    """A position that a programme is for."""

    __tablename__ = "programme_position"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("term.id"), primary_key=True, index=True)

    position: Mapped[Term] = relationship()


class ProgrammeModule(Base):
    """A module of a programme. Hours are academic; `component` is what of the diagnostics it serves, if it was said."""

    __tablename__ = "programme_module"
    __table_args__ = (
        Index(None, "programme_id", "position"),
        CheckConstraint("hours BETWEEN 1 AND 999", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    position: Mapped[int]
    title: Mapped[Name]
    hours: Mapped[int]
    component: Mapped[Code | None]


class ProgrammeRun(Base):
    """A group that goes through a programme at a site, or one teacher's own way (`personal`).

    It is an event that counts by its parts: seats, the waiting list, papers are the event's, lessons are its parts.
    """

    __tablename__ = "programme_run"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    personal: Mapped[bool] = mapped_column(default=False)

    event: Mapped[Event] = relationship()
    programme: Mapped[Programme] = relationship()
    site: Mapped[Site] = relationship()


class ProgrammeLesson(Base):
    """Says of which module a part of a run's event is."""

    __tablename__ = "programme_lesson"

    session_id: Mapped[int] = mapped_column(ForeignKey("event_session.id", ondelete="CASCADE"), primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("programme_module.id"), index=True)
