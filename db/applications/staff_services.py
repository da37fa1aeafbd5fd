"""Decides and assigns applications. Every use case looks at the account again: its role and municipalities."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.accounts.staff_queries import refuse_own, scope_of
from db.active import services as active
from db.applications import rules
from db.applications.models import Application, ApplicationStatus, Campaign, CriterionAnswer, Decision, Reason, Verdict
from db.applications.reach import visible
from db.applications.services import _record, answer_of
from db.caller import Caller, StaffCaller
from db.dictionaries.models import Term
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.notices import services as notices
from db.transitions import move

COMMENT_LIMIT = 600
REMARK_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was made; `until` is the last moment to take it back."""

    application_id: int
    number: int | None
    decision_id: int
    status: ApplicationStatus
    until: datetime


@dataclass(frozen=True, slots=True)
class Assigned:
    """How many applications changed hands, and how many were left to the colleagues who hold them."""

    changed: int
    left: int
    holders: tuple[str, ...]


def decide(
    session: Session,
    caller: StaffCaller,
    *,
    application_id: int,
    verdict: Verdict,
    revision: int,
    reasons: Sequence[int] = (),
    comment: str | None = None,
    remarks: Mapping[int, str] | None = None,
) -> Decided:
    """Approves, refuses or returns an application; the teacher is told after UNDO.

    `revision` is the one the methodist was looking at: if the application has changed since, nothing happens, and the
    ConflictError says who decided what (`application_approve_by` and the like), or `application_moved_on`. A refusal
    needs a reason or a comment; a return may say by remarks per criterion (0 is the direction) what to mend. An
    approval makes an active member: the regional active is the region's to decide, so a municipal methodist
    only returns (`verdict_of_region`), nobody decides on themselves (`verdict_own`), and whoever refused what was taken
    up again leaves it to somebody else, whatever the verdict (`verdict_again`).
    """
    application = locked(session, caller, application_id)
    _check_judge(session, caller, application, verdict)
    if application.revision != revision:
        raise _moved_on(session, application)
    move(application, rules.OUTCOME[verdict])
    campaign = session.get_one(Campaign, application.campaign_id)
    known = {row.number: row for row in campaign.reasons if row.verdict is verdict}
    chosen = [known[number] for number in dict.fromkeys(reasons) if number in known]
    comment = (comment or "").strip()[:COMMENT_LIMIT] or None
    numbers = {row.number for row in campaign.criteria} | {rules.DIRECTION}
    noted = {
        number: text.strip()[:REMARK_LIMIT]
        for number, text in (remarks or {}).items()
        if verdict is Verdict.RETURN and text.strip() and number in numbers
    }
    if verdict is not Verdict.APPROVE and not (chosen or comment or noted):
        raise DomainError("decision_reason_needed")
    if sum(map(len, (*(row.gentle for row in chosen), *noted.values(), comment or ""))) > rules.MAX_TOLD:
        raise DomainError("decision_long")
    if verdict is Verdict.RETURN:
        _reopen(session, caller, application, chosen, noted)
    application.decided_at = caller.now
    application.revision += 1
    granted = verdict is Verdict.APPROVE and active.admit(
        session,
        caller,
        person_id=application.person_id,
        order_number=campaign.order_number,
        campaign_id=campaign.id,
        direction_id=application.direction_id,
        category_id=application.category_id,
        until=campaign.serves_until,
    )
    decision = Decision(
        application_id=application_id,
        staff_id=caller.scope.staff_id,
        verdict=verdict,
        reasons=[row.number for row in chosen],
        comment=comment,
        remarks={str(number): text for number, text in noted.items()},
        granted=granted,
        decided_at=caller.now,
    )
    session.add(decision)
    session.flush()
    notices.enqueue(
        session,
        caller,
        key=_key(decision.id),
        person_id=application.person_id,
        kind="applications.decided",
        params={
            "application": application_id,
            **decision_words(session, caller, application, campaign, verdict, chosen, comment, noted),
        },
        due_at=caller.now + rules.UNDO,
    )
    _record(session, caller, application, f"applications.{verdict.value}", reasons=decision.reasons)
    return Decided(application_id, application.number, decision.id, application.status, caller.now + rules.UNDO)


def undo(session: Session, caller: StaffCaller, *, decision_id: int) -> int:
    """Takes a decision back, by whoever made it and within UNDO; returns the application.

    Its notice and the membership go with it. The second click changes nothing. Raises NotFoundError, ConflictError
    `undo_too_late` (also when the teacher has acted on it).
    """
    decision = session.get(Decision, decision_id)
    if decision is None or decision.staff_id != caller.scope.staff_id:
        raise NotFoundError
    application = locked(session, caller, decision.application_id)
    # Read again under the application's lock: another click may have been quicker.
    session.refresh(decision)
    if decision.undone_at is not None:
        return application.id
    newest = session.scalar(
        select(Decision.id).where(Decision.application_id == application.id).order_by(Decision.id.desc())
    )
    standing = newest == decision.id and application.status is rules.OUTCOME[decision.verdict]
    if (
        not standing
        or caller.now >= decision.decided_at + rules.UNDO
        or not notices.cancel(session, key=_key(decision.id))
    ):
        raise ConflictError("undo_too_late")
    _take_back(session, caller, application, decision)
    _record(session, caller, application, "applications.undo", decision=decision.id)
    return application.id


def reopen(session: Session, caller: StaffCaller, *, application_id: int, reason: str) -> None:
    """Has an approved or refused application wait for a decision again.

    By an administrator and with a reason that its teacher reads. A membership that the decision gave ends. Raises
    DomainError `verdict_own`, `reopen_reason`, ConflictError once it waits.
    """
    caller.scope.check_admin()
    application = locked(session, caller, application_id)
    check_not_own(session, caller, application)
    decision = take_up(session, caller, application=application, reason=reason)
    _record(session, caller, application, "applications.reopen", decision=decision)


def take_up(session: Session, caller: StaffCaller, *, application: Application, reason: str) -> int:
    """Makes a locked application wait again, tells its teacher why and returns the decision that is undone by it.

    Who may do so, and its line of the journal, are the caller's matter. Raises as `reopen`.
    """
    reason = reason.strip()[:COMMENT_LIMIT]
    if not reason:
        raise DomainError("reopen_reason")
    decision = session.scalars(
        select(Decision)
        .where(Decision.application_id == application.id, Decision.undone_at.is_(None))
        .order_by(Decision.id.desc())
    ).first()
    if (
        decision is None
        or decision.verdict is Verdict.RETURN
        or application.status is not rules.OUTCOME[decision.verdict]
    ):
        raise ConflictError("application_moved_on")
    decision.undone_reason = reason
    _take_back(session, caller, application, decision)
    if not notices.cancel(session, key=_key(decision.id)):  # the teacher was told of the decision
        campaign = session.get_one(Campaign, application.campaign_id)
        notices.enqueue(
            session,
            caller,
            key=f"applications.reopened:{decision.id}",
            person_id=application.person_id,
            kind="applications.reopened",
            params={
                "number": application.number,
                "campaign": campaign.title,
                "reason": reason,
                "another": decision.verdict is Verdict.REJECT,
            },
        )
    return decision.id


def assign(
    session: Session,
    caller: StaffCaller,
    *,
    application_ids: Sequence[int],
    to: int | None,
    over: bool = False,
    was: int | None = None,
) -> Assigned:
    """Gives waiting applications to a colleague (or to nobody).

    Those outside the scope, decided or already there are left out; those that a colleague has taken too, unless `over`
    says to take them or the page knew it (`was`). Raises DomainError `assign_unknown` for an account that can't decide.
    """
    if not caller.scope.can_write:
        raise ForbiddenError
    taker = session.get(Staff, to) if to is not None else None
    if to is not None and (taker is None or not taker.active or not scope_of(taker).can_write):
        raise DomainError("assign_unknown")
    reaches = [caller.scope, scope_of(taker)] if taker is not None else [caller.scope]
    wanted = (
        select(Application)
        .where(Application.id.in_(list(application_ids)), Application.status == ApplicationStatus.SUBMITTED)
        .order_by(Application.id)
        .with_for_update()
    )
    changed, left = 0, []
    for application in session.scalars(wanted):
        if application.assigned_to == to or not all(reach.sees(application) for reach in reaches):
            continue
        if not over and application.assigned_to not in (None, caller.scope.staff_id, was):
            left.append(application.assigned_to)
            continue
        application.assigned_to = to
        changed += 1
        _record(session, caller, application, "applications.assign", to=to)
    holders = session.scalars(select(Staff.name).where(Staff.id.in_(left)).order_by(Staff.name))
    return Assigned(changed, len(left), tuple(holders))


def decision_words(
    session: Session,
    caller: Caller,
    application: Application,
    campaign: Campaign,
    verdict: Verdict,
    reasons: Sequence[Reason],
    comment: str | None,
    remarks: Mapping[int, str],
) -> dict[str, Any]:
    """What the teacher will be told, as parameters for `locales.decisions`: numbers and staff's own words."""
    direction = session.get(Term, application.direction_id) if application.direction_id else None
    refused = verdict is Verdict.REJECT
    until = rules.appeal_until(caller.now, campaign.appeal_days, caller.zone) if refused else None
    shorts = {row.number: row.short for row in campaign.criteria}
    return {
        "verdict": verdict.value,
        "number": application.number,
        "campaign": campaign.title,
        "direction": direction.name if direction else "",
        "reasons": [row.gentle for row in reasons],
        "remarks": [
            {"number": number, "part": shorts.get(number, ""), "text": text} for number, text in sorted(remarks.items())
        ],
        "comment": comment or "",
        "step": rules.step_of(reasons) if refused else None,
        "appeal_until": until.isoformat() if until else None,
    }


def preview(
    session: Session,
    caller: StaffCaller,
    *,
    application_id: int,
    verdict: Verdict,
    reasons: Sequence[int] = (),
    comment: str | None = None,
    remarks: Mapping[int, str] | None = None,
) -> dict[str, Any]:
    """Returns what the teacher would be told by such a decision; nothing is changed."""
    application = session.get(Application, application_id)
    if application is None or not visible(application, caller.scope):
        raise NotFoundError
    campaign = session.get_one(Campaign, application.campaign_id)
    known = {row.number: row for row in campaign.reasons if row.verdict is verdict}
    chosen = [known[number] for number in dict.fromkeys(reasons) if number in known]
    said = (remarks or {}) if verdict is Verdict.RETURN else {}
    noted = {number: text.strip() for number, text in said.items() if text.strip()}
    return decision_words(
        session, caller, application, campaign, verdict, chosen, (comment or "").strip() or None, noted
    )


def _moved_on(session: Session, application: Application) -> ConflictError:
    """What has become of it: a colleague's verdict with the name, where there is one."""
    newest = session.execute(
        select(Decision.verdict, Staff.name)
        .join(Staff, Staff.id == Decision.staff_id)
        .where(Decision.application_id == application.id, Decision.undone_at.is_(None))
        .order_by(Decision.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None or application.status is not rules.OUTCOME[newest.verdict]:
        return ConflictError("application_moved_on")
    return ConflictError(f"application_{newest.verdict.value}_by", name=newest.name)


def _check_judge(session: Session, caller: StaffCaller, application: Application, verdict: Verdict) -> None:
    if verdict is not Verdict.RETURN and not caller.scope.is_regional:
        raise DomainError("verdict_of_region")
    check_not_own(session, caller, application)
    if (caller.scope.staff_id, application.id) in refused_before(session, application_ids=[application.id]):
        raise DomainError("verdict_again", number=application.number)


def check_not_own(session: Session, caller: StaffCaller, application: Application) -> None:
    """Raises DomainError `verdict_own` for the own application."""
    refuse_own(session, caller, application.person_id, code="verdict_own")


def refused_before(session: Session, *, application_ids: Collection[int]) -> frozenset[tuple[int, int]]:
    """Returns whose refusals were taken up again, by an appeal or by hand: the account with its application.

    A refusal that was taken back within UNDO has no reason: it was a slip of the hand, and nobody's word yet.
    """
    taken_up = (
        Decision.verdict == Verdict.REJECT,
        Decision.undone_reason.is_not(None),
    )
    said = select(Decision.staff_id, Decision.application_id).where(
        Decision.application_id.in_(application_ids), *taken_up
    )
    return frozenset((row[0], row[1]) for row in session.execute(said) if row[0] is not None)


def _take_back(session: Session, caller: StaffCaller, application: Application, decision: Decision) -> None:
    """Makes a decision undone: the application waits again, without its remarks and the membership that came of it."""
    decision.undone_at, decision.undone_by = caller.now, caller.scope.staff_id
    move(application, ApplicationStatus.SUBMITTED)
    application.decided_at = None
    application.direction_remark = None
    application.revision += 1
    for answer in session.scalars(select(CriterionAnswer).where(CriterionAnswer.application_id == application.id)):
        answer.remark = None
    if decision.granted:
        active.withdraw(
            session,
            caller,
            person_id=application.person_id,
            campaign_id=application.campaign_id,
            reason=decision.undone_reason,
        )


def locked(session: Session, caller: StaffCaller, application_id: int) -> Application:
    """The application, locked. Raises NotFoundError outside the account's reach, ForbiddenError for a reader."""
    application = session.get(Application, application_id, with_for_update=True)
    if application is None or not visible(application, caller.scope):
        raise NotFoundError
    caller.scope.check_write(application)
    return application


def _reopen(
    session: Session, caller: StaffCaller, application: Application, reasons: Sequence[Reason], noted: Mapping[int, str]
) -> None:
    """Opens the parts that remarks name, and, where none is named, those that the reasons name."""
    texts = dict(noted)
    for reason in reasons:
        # A reason such as «not readable» fits any criterion; the remarks say which one it was.
        if len(reason.criteria) > 1 and noted:
            continue
        for number in reason.criteria:
            texts.setdefault(number, reason.gentle)
        if reason.direction:
            texts.setdefault(rules.DIRECTION, reason.gentle)
    for number, text in texts.items():
        if number == rules.DIRECTION:
            application.direction_remark = text
        else:
            answer_of(session, caller, application.id, number).remark = text


def _key(decision_id: int) -> str:
    return f"applications.decided:{decision_id}"
