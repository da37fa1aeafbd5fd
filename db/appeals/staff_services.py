"""Answers appeals: somebody who never refused that application has the application taken up again, or says why not."""

from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.appeals.models import Appeal, AppealStatus
from db.appeals.queries import refusers
from db.appeals.rules import ANSWER, says_nothing
from db.applications import staff_services as applications
from db.applications.models import Application, Campaign, Decision
from db.applications.reach import visible
from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import ConflictError, DomainError, NotFoundError
from db.notices import services as notices
from db.transitions import move


def answer(session: Session, caller: StaffCaller, *, appeal_id: int, uphold: bool, text: str) -> None:
    """Answers a waiting appeal in words that its teacher reads.

    One that is upheld makes the application wait again, with the answer as the reason; a dismissed one leaves the
    refusal as it is. Raises NotFoundError, ForbiddenError for who decides nothing in the whole region, DomainError
    `appeal_own_decision` for who refused it now or before, `verdict_own`, `appeal_answer`, `appeal_answer_long`;
    ConflictError with who was quicker, or `appeal_moved_on`.
    """
    found = session.get(Appeal, appeal_id)
    application = session.get(Application, found.application_id, with_for_update=True) if found else None
    if found is None or application is None or not visible(application, caller.scope):
        raise NotFoundError
    caller.scope.check_region()
    # Read again under the application's lock: a colleague, or the teacher, may have been quicker.
    row = session.get_one(Appeal, appeal_id, with_for_update=True, populate_existing=True)
    if row.status is not AppealStatus.WAITING:
        raise _answered(session, row)
    decision = session.get_one(Decision, row.decision_id)
    if decision.undone_at is not None:  # the application waits again without it: there is no refusal to answer for
        raise ConflictError("appeal_moved_on")
    if caller.scope.staff_id in refusers(session, application_id=application.id):
        raise DomainError("appeal_own_decision")
    applications.check_not_own(session, caller, application)
    text = text.strip()
    if says_nothing(text):
        raise DomainError("appeal_answer", field="text")
    if len(text) > ANSWER:
        raise DomainError("appeal_answer_long", limit=ANSWER, field="text")
    move(row, AppealStatus.UPHELD if uphold else AppealStatus.DISMISSED)
    row.answer, row.answered_at, row.answered_by = text, caller.now, caller.scope.staff_id
    if uphold:
        applications.take_up(session, caller, application=application, reason=text)
    else:
        campaign = session.get_one(Campaign, application.campaign_id)
        notices.enqueue(
            session,
            caller,
            key=f"appeals.dismissed:{row.id}",
            person_id=application.person_id,
            kind="appeals.dismissed",
            params={
                "application": application.id,
                "number": application.number,
                "campaign": campaign.title,
                "answer": text,
            },
        )
    audit.record(
        session,
        caller,
        action="appeals.uphold" if uphold else "appeals.dismiss",
        object_type="appeal",
        object_id=row.id,
        subject_person_id=application.person_id,
        municipality_id=application.municipality_id,
        application=application.id,
    )


def _answered(session: Session, row: Appeal) -> ConflictError:
    """What has become of it: a colleague's answer with the name, where there is one."""
    who = session.get(Staff, row.answered_by) if row.answered_by else None
    if who is None:
        return ConflictError("appeal_moved_on")
    return ConflictError(f"appeal_{row.status.value}_by", name=who.name)
