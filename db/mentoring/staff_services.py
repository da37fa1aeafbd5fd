"""Makes and finishes pairs, as the panel does."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import DomainError, ForbiddenError, NotFoundError
from db.mentoring.models import Pair, PairStatus
from db.mentoring.notices import FINISHED, PAIRED, tell
from db.mentoring.services import _present, end, within
from db.people.models import Role, RoleGrant
from db.upsert import insert


def create_pair(
    session: Session, caller: StaffCaller, *, mentor_id: int, mentee_id: int, goals: str | None = None
) -> int:
    """Brings a mentor and a mentee together and tells both; returns the pair's id, the same one when they work already.

    Both must be within reach. Raises NotFoundError, ForbiddenError, DomainError `mentoring_same_person`,
    `mentoring_no_mentor` where the role is not there.
    """
    if mentor_id == mentee_id:
        raise DomainError("mentoring_same_person")
    mentor, mentee = _present(session, mentor_id), _present(session, mentee_id)
    caller.scope.check_write(mentor)
    caller.scope.check_write(mentee)
    role = select(RoleGrant.id).where(
        RoleGrant.person_id == mentor_id, RoleGrant.role == Role.MENTOR, RoleGrant.revoked_at.is_(None)
    )
    if session.scalar(role) is None:
        raise DomainError("mentoring_no_mentor")
    values = {
        "mentor_id": mentor_id,
        "mentee_id": mentee_id,
        "status": PairStatus.ACTIVE,
        "goals": goals or None,
        "started_at": caller.now,
        "last_contact_at": caller.now,
    }
    statement = insert(session, Pair).values(**values).on_conflict_do_nothing().returning(Pair.id)
    pair_id: int | None = session.scalar(statement)
    if pair_id is None:
        pair_id = session.scalars(
            select(Pair.id).where(
                Pair.mentor_id == mentor_id, Pair.mentee_id == mentee_id, Pair.status == PairStatus.ACTIVE
            )
        ).one()
    else:
        pair = session.get_one(Pair, pair_id)
        tell(session, caller, pair, mentor_id, PAIRED, "paired:mentor")
        tell(session, caller, pair, mentee_id, PAIRED, "paired:mentee")
    audit.record(
        session,
        caller,
        action="mentoring.create_pair",
        object_type="pair",
        object_id=pair_id,
        subject_person_id=mentee_id,
    )
    return pair_id


def finish_pair(session: Session, caller: StaffCaller, *, pair_id: int) -> None:
    """Ends a pair: planned meetings are taken back, both hear of it once. Raises NotFoundError, ForbiddenError."""
    pair = session.get(Pair, pair_id, with_for_update=True)
    if pair is None or not within(caller.scope, pair):
        raise NotFoundError
    if not caller.scope.can_write:
        raise ForbiddenError
    if end(session, caller, pair=pair):
        for person_id, side in ((pair.mentor_id, "mentor"), (pair.mentee_id, "mentee")):
            tell(session, caller, pair, person_id, FINISHED, f"finished:{side}")
    audit.record(session, caller, action="mentoring.finish_pair", object_type="pair", object_id=pair_id)
