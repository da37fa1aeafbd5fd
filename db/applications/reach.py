"""Says who may see an application: one rule, asked of a row and of the database."""

from sqlalchemy import ColumnElement, and_

from db.applications.models import Application, ApplicationStatus
from db.scope import Scope

SHOWN = tuple(status for status in ApplicationStatus if status is not ApplicationStatus.DRAFT)
"""What a queue may hold."""


def visible(application: Application, scope: Scope) -> bool:
    """Tells whether somebody with this scope may see an application; `within` says the same to the database.

    Drafts, and what was withdrawn unsent, are nobody's business; a coordinator sees the own directions.
    """
    if application.status is ApplicationStatus.DRAFT or application.submitted_at is None:
        return False
    directed = scope.direction_ids is None or application.direction_id in scope.direction_ids
    return directed and scope.sees(application) and scope.campaign_id in (None, application.campaign_id)


def within(scope: Scope) -> ColumnElement[bool]:
    """Returns the condition of the applications that are `visible`."""
    inside = and_(Application.status.in_(SHOWN), Application.submitted_at.is_not(None), scope.limits(Application))
    if scope.campaign_id is not None:
        inside &= Application.campaign_id == scope.campaign_id
    return inside if scope.direction_ids is None else inside & Application.direction_id.in_(scope.direction_ids)
