"""What is said of a proposal's answer to its author and to those whose figure it was."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.accounts.staff_queries import serving
from db.caller import StaffCaller
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Municipality
from db.motions.models import Motion, MotionStatus
from db.notices import services as notices
from db.notices.rules import waking_moment
from db.people import queries as people
from db.scope import Scope, StaffRole

DECIDED = "motions.decided"
SAID = 300
"""So much of a proposal and of its answer goes into a notice; the panel has the rest."""


def tell_decided(session: Session, caller: StaffCaller, row: Motion) -> int:
    """Has the author or the head who proposed, and the accounts of the figure's centre, hear; returns how many do.

    Only those who tied their account to the bot: the others read it in the panel.
    """
    concerned = [Staff.id == row.author_id]
    if places := _places(session, row):
        concerned.append(Staff.id.in_(serving(Scope(0, StaffRole.MUNICIPAL_METHODIST, frozenset(places)))))
    ids = session.scalars(
        select(Staff.person_id)
        .where(or_(*concerned), Staff.active, Staff.person_id.is_not(None), Staff.id != caller.scope.staff_id)
        .order_by(Staff.person_id)
    )
    heard = {number for number in (*ids, row.proposer_id) if number is not None}
    told = [number for number in sorted(heard) if people.addresses(session, person_id=number)]
    due = waking_moment(caller.now, rules=dictionaries.rules(session), zone=caller.zone)
    for person_id in told:
        notices.enqueue(
            session,
            caller,
            key=f"motions.{row.id}.{person_id}",
            person_id=person_id,
            kind=DECIDED,
            params={
                "change": row.change[:SAID],
                "answer": row.answer[:SAID],
                "target": target(row),
                "accepted": row.status is MotionStatus.ACCEPTED,
            },
            due_at=due,
        )
    return len(told)


def target(row: Motion) -> str:
    """What it was addressed to, by name."""
    if row.group is not None:
        return row.group.name
    return row.programme.title if row.programme is not None else ""


def _places(session: Session, row: Motion) -> Collection[int]:
    if row.municipality_id is not None:
        return [row.municipality_id]
    if row.centre_id is None:
        return []
    return session.scalars(select(Municipality.id).where(Municipality.centre_id == row.centre_id)).all()
