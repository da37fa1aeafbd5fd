"""Whose a proposal is: who sees it, and who answers it.

It is seen by its author, by whoever works with the unit of its figure, and by whoever works with the group that it is
addressed to; nobody else's centre knows of it. A group's proposals are answered by those who keep its meetings, a
programme's by accounts of the whole region.
"""

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from db.dictionaries.models import Centre, Municipality
from db.errors import ForbiddenError, NotFoundError
from db.groups.models import GroupLevel, GroupStatus, MethodicalGroup
from db.groups.staff_queries import check_reach, reached
from db.motions.models import Motion
from db.scope import Scope


def visible(scope: Scope) -> ColumnElement[bool]:
    """Returns the condition on a proposal that the account sees it."""
    if scope.is_regional:
        return true()
    groups = select(MethodicalGroup.id).where(reached(scope))
    about = or_(scope.limits(Motion), Motion.centre_id.in_(centres_within(scope)))
    return or_(Motion.author_id == scope.staff_id, about, Motion.group_id.in_(groups))


def centres_within(scope: Scope) -> Select[int]:
    """Selects the centres whose whole reach the account has: one of a district does not speak for its centre."""
    served = select(Municipality.centre_id).where(Municipality.centre_id.is_not(None))
    return select(Centre.id).where(
        Centre.id.in_(served.where(scope.limits(Municipality))),
        Centre.id.not_in(served.where(~scope.limits(Municipality))),
    )


def addressed(scope: Scope) -> ColumnElement[bool]:
    """Returns the condition on a group that the account may propose something to it: the region's, and those in reach.

    A union of one school is none: what concerns a school alone is settled there.
    """
    working = MethodicalGroup.status == GroupStatus.ACTIVE, MethodicalGroup.level != GroupLevel.ORGANISATION
    return or_(reached(scope), MethodicalGroup.level == GroupLevel.REGION) & working[0] & working[1]


def locked(session: Session, scope: Scope, motion_id: int) -> Motion:
    """Returns a proposal to change, locked. Raises NotFoundError for one out of reach, ForbiddenError for a reader."""
    found = select(Motion).where(Motion.id == motion_id, visible(scope)).with_for_update()
    row = session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFoundError
    if not scope.can_write:
        raise ForbiddenError
    return row


def answers(session: Session, scope: Scope, row: Motion) -> bool:
    """Whether the account is one that answers this proposal."""
    if not scope.can_write:
        return False
    if row.group is None:
        return scope.is_regional
    try:
        check_reach(session, scope, row.group, write=True)
    except NotFoundError:
        return False
    return True


def check_answers(session: Session, scope: Scope, row: Motion) -> None:
    """Raises ForbiddenError for an account that sees a proposal and is not the one to answer it."""
    if not answers(session, scope, row):
        raise ForbiddenError
