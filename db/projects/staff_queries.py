"""Reads projects for the panel: the portfolio, projects with their tasks, and recommendations by centre."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, joinedload

from db.caller import StaffCaller
from db.dictionaries.models import Centre, Municipality
from db.dictionaries.units import UnitLevel
from db.errors import NotFoundError
from db.projects import reach
from db.projects.models import (
    CellStatus,
    Portfolio,
    Project,
    ProjectStatus,
    ProjectTask,
    Recommendation,
    RecommendationCell,
)
from db.projects.rules import late
from db.search import matches

REGION = "region"
"""What a project without a unit is of, in filters."""


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """Which projects are wanted: under one of a portfolio, of a level, with a status, with these words."""

    parent_id: int | None = None
    level: str = ""
    status: ProjectStatus | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project with its tasks counted, and how many projects within reach are linked to it."""

    project: Project
    tasks: int
    done: int
    linked: int
    late: bool

    @property
    def level(self) -> str:
        """Whose it is: the region's, or a unit's level."""
        one = self.project
        if one.organisation_id is not None:
            return UnitLevel.ORGANISATION.value
        if one.centre_id is not None:
            return UnitLevel.CENTRE.value
        return UnitLevel.MUNICIPALITY.value if one.municipality_id is not None else REGION

    @property
    def unit(self) -> str:
        """The unit's name; nothing for the region's own."""
        one = self.project
        if one.organisation is not None and one.municipality is not None:
            return f"{one.organisation.name}, {one.municipality.name}"
        unit = one.centre or one.municipality
        return unit.name if unit else ""


@dataclass(frozen=True, slots=True)
class ProjectsPage:
    """A page of projects, how many are found, and all within reach by status."""

    rows: Sequence[ProjectRow]
    total: int
    statuses: Mapping[ProjectStatus, int]


@dataclass(frozen=True, slots=True)
class ProjectCard:
    """A project with its tasks, what is linked to it, and whether the account may change it."""

    row: ProjectRow
    tasks: Sequence[ProjectTask]
    linked: Sequence[ProjectRow]
    editable: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """Recommendations by centre. What no centre has touched has no cell; `own` are the columns that may be changed."""

    recommendations: Sequence[Recommendation]
    centres: Sequence[Centre]
    cells: Mapping[tuple[int, int], RecommendationCell]
    own: set[int]

    def status(self, recommendation_id: int, centre_id: int) -> CellStatus:
        """How far a centre has come."""
        cell = self.cells.get((recommendation_id, centre_id))
        return cell.status if cell else CellStatus.NOT_BEGUN

    def count(self, status: CellStatus) -> int:
        """How many cells stand so."""
        return sum(self.status(one.id, centre.id) is status for one in self.recommendations for centre in self.centres)


def portfolios(session: Session, caller: StaffCaller) -> Sequence[tuple[Portfolio, Sequence[ProjectRow]]]:
    """Lists the portfolios with their projects, in the source's order."""
    found = session.scalars(select(Portfolio).order_by(Portfolio.position, Portfolio.id)).all()
    rows = _rows(session, caller, Project.portfolio_id.is_not(None))
    return [(one, [row for row in rows if row.project.portfolio_id == one.id]) for one in found]


def projects(
    session: Session, caller: StaffCaller, *, wanted: ProjectFilter, limit: int | None = None, offset: int = 0
) -> ProjectsPage:
    """Finds the projects within reach that are wanted: in the source's order, then as they were entered."""
    seen = reach.visible(caller.scope)
    by_status = select(Project.status, func.count()).where(seen).group_by(Project.status)
    statuses = {row[0]: row[1] for row in session.execute(by_status)}
    found = and_(
        *([Project.parent_id == wanted.parent_id] if wanted.parent_id else []),
        *_of_level(wanted.level),
        *([Project.status == wanted.status] if wanted.status else []),
        matches(wanted.text, Project.title),
    )
    total = session.scalar(select(func.count()).select_from(Project).where(seen, found)) or 0
    return ProjectsPage(_rows(session, caller, found, limit, offset), total, statuses)


def card(session: Session, caller: StaffCaller, *, project_id: int) -> ProjectCard:
    """Returns a project with its tasks and what is linked to it. Raises NotFoundError."""
    rows = _rows(session, caller, Project.id == project_id)
    if not rows:
        raise NotFoundError
    of = select(ProjectTask).where(ProjectTask.project_id == project_id)
    one = rows[0].project
    return ProjectCard(
        rows[0],
        session.scalars(of.order_by(ProjectTask.position, ProjectTask.id)).all(),
        _rows(session, caller, Project.parent_id == project_id, LINKED),
        reach.may_change(session, caller.scope, centre_id=one.centre_id, municipality_id=one.municipality_id),
    )


LINKED = 50
"""Of the projects under one; the list has the others."""


def parents(session: Session) -> Sequence[tuple[int, str]]:
    """Lists the projects of portfolios, which others may be linked to."""
    statement = select(Project.id, Project.title).where(Project.portfolio_id.is_not(None))
    return [(number, title) for number, title in session.execute(statement.order_by(Project.position, Project.id))]


def choices(session: Session, caller: StaffCaller) -> Sequence[tuple[int, str]]:
    """Lists the projects within reach to choose from."""
    statement = select(Project.id, Project.title).where(reach.visible(caller.scope))
    return [(number, title) for number, title in session.execute(statement.order_by(Project.position, Project.id))]


def units(session: Session, caller: StaffCaller) -> tuple[Sequence[Centre], Sequence[Municipality]]:
    """Lists whose projects the account may enter: centres that it speaks for, municipalities within reach."""
    own = reach.own_centres(session, caller.scope)
    centres = select(Centre).where(Centre.id.in_(own)).order_by(Centre.independent, Centre.id)
    towns = select(Municipality).where(caller.scope.limits(Municipality)).order_by(Municipality.name)
    return session.scalars(centres).all(), session.scalars(towns).all()


def matrix(session: Session, caller: StaffCaller) -> Matrix:
    """Returns the recommendations by centre, as far as the account sees centres."""
    centres = select(Centre).where(reach.shown_centres(caller.scope)).order_by(Centre.independent, Centre.id)
    columns = session.scalars(centres).all()
    cells = select(RecommendationCell).where(RecommendationCell.centre_id.in_([one.id for one in columns]))
    return Matrix(
        session.scalars(select(Recommendation).order_by(Recommendation.position, Recommendation.id)).all(),
        columns,
        {
            (one.recommendation_id, one.centre_id): one
            for one in session.scalars(cells.options(joinedload(RecommendationCell.document)))
        },
        reach.own_centres(session, caller.scope),
    )


def cell(
    session: Session, caller: StaffCaller, *, recommendation_id: int, centre_id: int
) -> tuple[Recommendation, Centre, RecommendationCell | None]:
    """Returns a recommendation, a centre, and how the one fulfils the other. Raises NotFoundError."""
    one = session.get(Recommendation, recommendation_id)
    of = select(Centre).where(Centre.id == centre_id, reach.shown_centres(caller.scope))
    centre = session.scalars(of).one_or_none()
    if one is None or centre is None:
        raise NotFoundError
    found = select(RecommendationCell).where(
        RecommendationCell.recommendation_id == recommendation_id, RecommendationCell.centre_id == centre_id
    )
    return one, centre, session.scalars(found).one_or_none()


def _of_level(level: str) -> list[ColumnElement[bool]]:
    if level == REGION:
        return [Project.centre_id.is_(None), Project.municipality_id.is_(None)]
    if level == UnitLevel.CENTRE:
        return [Project.centre_id.is_not(None)]
    if level == UnitLevel.MUNICIPALITY:
        return [Project.municipality_id.is_not(None), Project.organisation_id.is_(None)]
    return [Project.organisation_id.is_not(None)] if level == UnitLevel.ORGANISATION else []


def _rows(
    session: Session,
    caller: StaffCaller,
    found: ColumnElement[bool],
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[ProjectRow]:
    today = caller.now.astimezone(caller.zone).date()
    seen = reach.visible(caller.scope)
    rows = session.scalars(
        select(Project)
        .where(seen, found)
        .options(
            joinedload(Project.portfolio),
            joinedload(Project.parent),
            joinedload(Project.centre),
            joinedload(Project.municipality),
            joinedload(Project.organisation),
        )
        .order_by(Project.position, Project.id)
        .limit(limit)
        .offset(offset)
    ).all()
    ids = [one.id for one in rows]
    counted = select(ProjectTask.project_id, func.count(), func.count(ProjectTask.done_on))
    tasks = {
        number: (count, done)
        for number, count, done in session.execute(
            counted.where(ProjectTask.project_id.in_(ids)).group_by(ProjectTask.project_id)
        )
    }
    under = select(Project.parent_id, func.count()).where(Project.parent_id.in_(ids), seen).group_by(Project.parent_id)
    linked = {row[0]: row[1] for row in session.execute(under)}
    return [
        ProjectRow(one, *tasks.get(one.id, (0, 0)), linked.get(one.id, 0), late(one.status, one.ends, today=today))
        for one in rows
    ]
