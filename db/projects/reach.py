"""Whose a project and a column of recommendations are: what an account sees of them, and what it may change.

What is the region's everybody sees; a centre's own is for those who work in its municipalities. Only who reaches all
that a centre serves speaks for it: a methodist of one of its districts does not.
"""

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from db.dictionaries.models import Centre, Municipality
from db.errors import ForbiddenError, NotFoundError
from db.projects.models import Project
from db.scope import Scope


def visible(scope: Scope) -> ColumnElement[bool]:
    """Returns the condition on a project that the account sees it: the region's, or within reach."""
    if scope.is_regional:
        return true()
    of_region = and_(Project.centre_id.is_(None), Project.municipality_id.is_(None))
    return or_(of_region, scope.limits(Project), Project.centre_id.in_(_served(scope)))


def shown_centres(scope: Scope) -> ColumnElement[bool]:
    """Returns the condition on a centre that the account sees its column."""
    return true() if scope.is_regional else Centre.id.in_(_served(scope))


def own_centres(session: Session, scope: Scope) -> set[int]:
    """Returns the centres that the account speaks for: all of them, or those whose whole reach it has."""
    if not scope.can_write:
        return set()
    if scope.is_regional:
        return set(session.scalars(select(Centre.id)))
    foreign = select(Municipality.centre_id).where(~scope.limits(Municipality), Municipality.centre_id.is_not(None))
    return set(session.scalars(select(Centre.id).where(Centre.id.in_(_served(scope)), Centre.id.not_in(foreign))))


def may_change(session: Session, scope: Scope, *, centre_id: int | None, municipality_id: int | None) -> bool:
    """Whether the account may change what is a centre's, a municipality's or, with neither, the region's."""
    if not scope.can_write or scope.is_regional:
        return scope.can_write
    if centre_id is not None:
        return centre_id in own_centres(session, scope)
    return municipality_id is not None and scope.sees(municipality_id)


def changed(session: Session, scope: Scope, project_id: int) -> Project:
    """Returns a project to change, locked. Raises NotFoundError for what is out of reach, ForbiddenError."""
    statement = select(Project).where(Project.id == project_id, visible(scope)).with_for_update()
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError
    if not may_change(session, scope, centre_id=row.centre_id, municipality_id=row.municipality_id):
        raise ForbiddenError
    return row


def _served(scope: Scope) -> ColumnElement[int]:
    statement = select(Municipality.centre_id).where(scope.limits(Municipality), Municipality.centre_id.is_not(None))
    return statement.scalar_subquery()
