"""Returns many applications at once with one text, and takes that back; whatever is left out is told by its cause."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.applications.models import Application, ApplicationStatus, Decision, Reason, Verdict
from db.applications.reach import visible
from db.applications.staff_services import decide, refused_before, undo
from db.caller import StaffCaller
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError

MOST = 200
"""Applications returned at once: more would keep everybody else's writes waiting for too long."""


@dataclass(frozen=True, slots=True)
class Returnable:
    """Tells what of a selection of applications may be returned, and how many are left out and why.

    They are `taken` by colleagues (`holders`), `own` or refused by the asker once, which somebody else looks at again,
    or `gone`: decided or withdrawn meanwhile, or out of reach.
    `reasons` are offered where all are of one selection.
    """

    ids: tuple[int, ...]
    reasons: tuple[Reason, ...]
    taken: int
    holders: tuple[str, ...]
    own: int
    gone: int


@dataclass(frozen=True, slots=True)
class Undone:
    """How many decisions were taken back, and for how many it was too late."""

    undone: int
    left: int


def returnable(
    session: Session, caller: StaffCaller, *, application_ids: Sequence[int], lock: bool = False
) -> Returnable:
    """Looks through applications before they are returned. Raises DomainError `return_many` for too many."""
    if not caller.scope.can_write:
        raise ForbiddenError
    wanted = set(application_ids)
    found = (
        select(Application)
        .where(Application.id.in_(wanted), Application.status == ApplicationStatus.SUBMITTED)
        .order_by(Application.id)
    )
    found = found.with_for_update() if lock else found
    rows = [row for row in session.scalars(found) if visible(row, caller.scope)]
    me = session.get_one(Staff, caller.scope.staff_id)
    again = refused_before(session, application_ids=[row.id for row in rows])
    own = [row for row in rows if row.person_id == me.person_id or (me.id, row.id) in again]
    taken = [row.assigned_to for row in rows if row not in own and row.assigned_to not in (None, me.id)]
    ours = [row for row in rows if row not in own and row.assigned_to in (None, me.id)]
    if len(ours) > MOST:
        raise DomainError("return_many", most=MOST)
    campaigns = {row.campaign_id for row in ours}
    reasons = select(Reason).where(Reason.campaign_id.in_(campaigns), Reason.verdict == Verdict.RETURN)
    holders = session.scalars(select(Staff.name).where(Staff.id.in_(taken)).order_by(Staff.name))
    return Returnable(
        ids=tuple(row.id for row in ours),
        reasons=tuple(session.scalars(reasons.order_by(Reason.number))) if len(campaigns) == 1 else (),
        taken=len(taken),
        holders=tuple(holders),
        own=len(own),
        gone=len(wanted) - len(rows),
    )


def return_all(
    session: Session,
    caller: StaffCaller,
    *,
    application_ids: Sequence[int],
    reasons: Sequence[int],
    comment: str | None,
) -> int:
    """Returns to their authors all applications that may be returned, with the same words.

    Each has a line of the journal, a notice and a decision of its own; answers a decision's id, by which `undo_all`
    takes all of them back.

    Raises DomainError `decision_reason_needed`, `return_many`, `return_nothing`.
    """
    found = returnable(session, caller, application_ids=application_ids, lock=True)
    if not found.ids:
        raise DomainError("return_nothing")
    known = {row.number for row in found.reasons}
    for application_id in found.ids:
        done = decide(
            session,
            caller,
            application_id=application_id,
            verdict=Verdict.RETURN,
            revision=session.get_one(Application, application_id).revision,
            reasons=[number for number in reasons if number in known],
            comment=comment,
        )
    return done.decision_id


def undo_all(session: Session, caller: StaffCaller, *, decision_id: int) -> Undone:
    """Takes back what one `return_all` of the account decided, within UNDO; the second click changes nothing.

    Raises NotFoundError, ConflictError `undo_too_late` where nothing could be taken back any more.
    """
    one = session.get(Decision, decision_id)
    if one is None or one.staff_id != caller.scope.staff_id:
        raise NotFoundError
    together = select(Decision.id).where(
        Decision.staff_id == one.staff_id, Decision.decided_at == one.decided_at, Decision.undone_at.is_(None)
    )
    undone = left = 0
    for number in session.scalars(together.order_by(Decision.id)).all():
        try:
            undo(session, caller, decision_id=number)
        except ConflictError:  # the others can still be taken back; how many could not is told
            left += 1
        else:
            undone += 1
    if left and not undone:
        raise ConflictError("undo_too_late")
    return Undone(undone, left)
