"""A teacher's part in an appeal: filing it within the term, taking it back."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.appeals.models import Appeal, AppealStatus
from db.appeals.queries import AppealView, of_application, standing_refusal
from db.appeals.rules import TEXT, says_nothing
from db.applications.models import Application, Campaign
from db.applications.rules import appeal_until
from db.audit import services as audit
from db.caller import PersonCaller
from db.clock import local_day, midnight
from db.errors import ConflictError, DomainError, NotFoundError
from db.transitions import move


def file(session: Session, caller: PersonCaller, *, application_id: int, text: str) -> AppealView:
    """Files an appeal against the refusal that stands, once a decision; one that was taken back may come again.

    Raises NotFoundError, DomainError `appeal_none` where nothing is refused or the selection knows no appeals,
    `appeal_late`, `appeal_short`, `appeal_long`, ConflictError `appeal_there`.
    """
    application = _own(session, caller, application_id)
    campaign = session.get_one(Campaign, application.campaign_id)
    decision = standing_refusal(session, application)
    if decision is None or campaign.answer_days is None:
        raise DomainError("appeal_none")
    last = appeal_until(decision.decided_at, campaign.appeal_days, caller.zone)
    if last is None:
        raise DomainError("appeal_none")
    if local_day(caller.now, caller.zone) > last:
        raise DomainError("appeal_late", day=f"{last:%d.%m.%Y}")
    text = text.strip()
    if says_nothing(text):
        raise DomainError("appeal_short")
    if len(text) > TEXT:
        raise DomainError("appeal_long", limit=TEXT)
    row = session.scalar(select(Appeal).where(Appeal.decision_id == decision.id))
    if row is None:
        row = Appeal(decision_id=decision.id, application_id=application.id, status=AppealStatus.WAITING)
        session.add(row)
    elif row.status is AppealStatus.WITHDRAWN:
        move(row, AppealStatus.WAITING)
    else:
        raise ConflictError("appeal_there")
    answered = local_day(caller.now, caller.zone) + timedelta(days=campaign.answer_days + 1)
    row.text, row.filed_at, row.due_at, row.reminded_at = text, caller.now, midnight(answered, caller.zone), None
    session.flush()
    _record(session, caller, row, application, "appeals.filed")
    return of_application(session, caller, application_id=application_id)


def withdraw(session: Session, caller: PersonCaller, *, application_id: int) -> AppealView:
    """Takes back the appeal that waits; again changes nothing. Raises NotFoundError, ConflictError once answered."""
    application = _own(session, caller, application_id)
    row = session.scalar(
        select(Appeal).where(Appeal.application_id == application_id).order_by(Appeal.id.desc()).limit(1)
    )
    if row is None:
        raise NotFoundError
    if row.status is not AppealStatus.WITHDRAWN:
        move(row, AppealStatus.WITHDRAWN)
        _record(session, caller, row, application, "appeals.withdrawn")
    session.flush()
    return of_application(session, caller, application_id=application_id)


def _own(session: Session, caller: PersonCaller, application_id: int) -> Application:
    """The person's application, locked: its appeal changes under this lock alone."""
    application = session.get(Application, application_id, with_for_update=True, populate_existing=True)
    if application is None or application.person_id != caller.person_id:
        raise NotFoundError
    return application


def _record(session: Session, caller: PersonCaller, row: Appeal, application: Application, action: str) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="appeal",
        object_id=row.id,
        subject_person_id=application.person_id,
        municipality_id=application.municipality_id,
    )
