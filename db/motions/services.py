"""Proposing as a head of a group does it, in the bot."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.diagnostics.queries import published_version, questionnaire
from db.errors import DomainError, NotFoundError
from db.groups.models import MethodicalGroup
from db.motions.models import FigureSource, Motion, MotionStatus
from db.motions.queries import place_of, proposable
from db.motions.staff_services import LEAST_TEXT, next_meeting
from db.people.models import Person

LONGEST = 1000
LEVEL = "level"
"""The measure of a group's figure: points of 100, the more the better."""


def propose(
    session: Session, caller: PersonCaller, *, group_id: int, component: str, target_id: int, change: str
) -> int:
    """Proposes a change to another group by the levels of one's own; returns the proposal's id.

    The figure is read anew: what is not told now is nothing to propose by. Raises DomainError `motion_change`,
    `motion_waits` for a second one about the same before the first is answered, NotFoundError.
    """
    # Two texts at once would make two proposals: the head is one.
    session.execute(select(Person.id).where(Person.id == caller.person_id).with_for_update())
    found = proposable(session, caller, group_id=group_id, component=component)
    if target_id not in dict(found.targets):
        raise NotFoundError
    if len(change) < LEAST_TEXT:
        raise DomainError("motion_change")
    asked = {"group": str(group_id), "component": component}
    waiting = select(Motion.asked).where(
        Motion.proposer_id == caller.person_id,
        Motion.group_id == target_id,
        Motion.status.in_([MotionStatus.SUBMITTED, MotionStatus.CONSIDERED]),
    )
    if asked in session.scalars(waiting).all():
        raise DomainError("motion_waits")
    own, version_id = session.get_one(MethodicalGroup, group_id), published_version(session)
    if version_id is None:
        raise NotFoundError
    place = place_of(own)
    row = Motion(
        status=MotionStatus.SUBMITTED,
        proposer_id=caller.person_id,
        group_id=target_id,
        change=change,
        source=FigureSource.GROUP,
        measure=LEVEL,
        figure_name=found.line.component,
        unit_name=found.name,
        centre_id=own.centre_id if place is None else None,
        municipality_id=place,
        organisation_id=own.organisation_id,
        asked=asked,
        value=found.line.level,
        people=found.line.people,
        least=min(found.least, found.line.people),
        version=questionnaire(session, version_id=version_id).version,
        form=found.line.form,
        submitted_at=caller.now,
        meeting_id=next_meeting(session, caller, group_id=target_id),
    )
    session.add(row)
    session.flush()
    return row.id
