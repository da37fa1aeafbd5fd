"""Reads a teacher's appeal for the bot: what was refused, until when one may appeal, what became of it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.appeals.models import Appeal, AppealStatus
from db.applications.models import Application, ApplicationStatus, Campaign, Decision, Verdict
from db.applications.rules import appeal_until
from db.caller import PersonCaller
from db.clock import local_day
from db.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class AppealView:
    """An application with its newest appeal. `until` is the last day to appeal, `may` whether one may do so now."""

    application_id: int
    number: int | None
    campaign: str
    until: date | None
    may: bool
    status: AppealStatus | None
    text: str | None
    due_at: datetime | None
    answer: str | None


def of_application(session: Session, caller: PersonCaller, *, application_id: int) -> AppealView:
    """Returns the appeal of one's own application, or that there is none. Raises NotFoundError."""
    application = session.get(Application, application_id)
    if application is None or application.person_id != caller.person_id:
        raise NotFoundError
    campaign = session.get_one(Campaign, application.campaign_id)
    decision = standing_refusal(session, application)
    row = session.scalar(
        select(Appeal).where(Appeal.application_id == application_id).order_by(Appeal.id.desc()).limit(1)
    )
    if decision is not None and row is not None and row.decision_id != decision.id:
        row = None  # that was about an earlier refusal
    until = appeal_until(decision.decided_at, campaign.appeal_days, caller.zone) if decision else None
    free = row is None or row.status is AppealStatus.WITHDRAWN
    return AppealView(
        application_id=application.id,
        number=application.number,
        campaign=campaign.title,
        until=until,
        may=until is not None and free and local_day(caller.now, caller.zone) <= until,
        status=row.status if row else None,
        text=row.text if row else None,
        due_at=row.due_at if row else None,
        answer=row.answer if row else None,
    )


def standing_refusal(session: Session, application: Application) -> Decision | None:
    """Returns the refusal that stands; nothing while the application waits or was approved."""
    if application.status is not ApplicationStatus.REJECTED:
        return None
    decisions = select(Decision).where(Decision.application_id == application.id, Decision.undone_at.is_(None))
    newest = session.scalars(decisions.order_by(Decision.id.desc()).limit(1)).first()
    return newest if newest is not None and newest.verdict is Verdict.REJECT else None


def refusers(session: Session, *, application_id: int) -> frozenset[int]:
    """Returns who has refused an application, now or before it was taken up again: none of them answers for it."""
    word = or_(Decision.undone_at.is_(None), Decision.undone_reason.is_not(None))
    said = select(Decision.staff_id).where(
        Decision.application_id == application_id, Decision.verdict == Verdict.REJECT, word
    )
    return frozenset(number for number in session.scalars(said) if number is not None)
