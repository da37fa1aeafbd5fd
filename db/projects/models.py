"""Projects: a region's portfolio, what centres and schools do under it, recommendations and their fulfilment."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Centre, Municipality, Organisation
from db.documents.models import OfficialDocument


class ProjectStatus(enum.StrEnum):
    """How a project goes."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class CellStatus(enum.StrEnum):
    """How far a centre has come with a recommendation."""

    NOT_BEGUN = "not_begun"
    IN_PROGRESS = "in_progress"
    FULFILLED = "fulfilled"


class Portfolio(Base):
    """Projects that a region leads together. `names` are all that the document calls it by, in its order."""

    __tablename__ = "portfolio"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)
    names: Mapped[list[str]]
    strategy: Mapped[Name] = mapped_column(default="")
    term: Mapped[Name] = mapped_column(default="")
    lead: Mapped[Name] = mapped_column(default="")
    note: Mapped[Prose] = mapped_column(default="")
    source: Mapped[Name] = mapped_column(default="")


class Project(Base):
    """A project of a portfolio, or of a centre, a municipality or an organisation under one of them (`parent`).

    `term` is as written, `starts` and `ends` the same as days where it can be counted. Without a unit it is the
    region's.
    """

    organisation_by = "organisation_id"

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("starts IS NULL OR ends IS NULL OR starts <= ends", name="days"),
        CheckConstraint("centre_id IS NULL OR municipality_id IS NULL", name="unit"),
        CheckConstraint("organisation_id IS NULL OR municipality_id IS NOT NULL", name="place"),
        CheckConstraint("portfolio_id IS NULL OR parent_id IS NULL", name="under"),
        Index(None, "position", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)
    portfolio_id: Mapped[int | None] = mapped_column(ForeignKey("portfolio.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    title: Mapped[Name]
    about: Mapped[Prose] = mapped_column(default="")
    term: Mapped[Name] = mapped_column(default="")
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    status: Mapped[ProjectStatus] = mapped_column(default=ProjectStatus.PLANNED)
    outcome: Mapped[Prose] = mapped_column(default="")
    link: Mapped[Name] = mapped_column(default="")
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"), index=True)
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    source: Mapped[Name] = mapped_column(default="")

    portfolio: Mapped[Portfolio | None] = relationship()
    parent: Mapped["Project | None"] = relationship(remote_side=id)
    centre: Mapped[Centre | None] = relationship()
    municipality: Mapped[Municipality | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class ProjectTask(Base):
    """A task of a project; with a day it is done, and `result` says in a word what came of it."""

    __tablename__ = "project_task"
    __table_args__ = (Index(None, "project_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    position: Mapped[int]
    text: Mapped[Prose]
    done_on: Mapped[date | None]
    result: Mapped[Prose] = mapped_column(default="")


class Recommendation(Base):
    """What a document recommends to centres, verbatim. `note` says to whom, where it is not to all of them."""

    __tablename__ = "recommendation"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int]
    text: Mapped[Prose]
    note: Mapped[Prose] = mapped_column(default="")
    source: Mapped[Name] = mapped_column(default="")


class RecommendationCell(Base):
    """How one centre fulfils one recommendation. `revision` counts its changes: nobody saves over what is unseen."""

    __tablename__ = "recommendation_cell"
    __table_args__ = (UniqueConstraint("recommendation_id", "centre_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"))
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    status: Mapped[CellStatus] = mapped_column(default=CellStatus.NOT_BEGUN)
    word: Mapped[Prose] = mapped_column(default="")
    done_on: Mapped[date | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("official_document.id"), index=True)
    link: Mapped[Name] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime | None]

    document: Mapped[OfficialDocument | None] = relationship()
