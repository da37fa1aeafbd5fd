"""Fills in, sends and withdraws a teacher's application. Each use case returns the dossier its next screen shows."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from db.applications import rules
from db.applications.models import (
    AnswerKind,
    Application,
    ApplicationStatus,
    Campaign,
    Criterion,
    CriterionAnswer,
    Document,
    FilesRule,
)
from db.applications.queries import Dossier, dossier, is_open
from db.audit import services as audit
from db.caller import Caller, PersonCaller
from db.dictionaries.models import Term, TermKind
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.notices import services as notices
from db.people.models import Person
from db.storage import StoredFile
from db.transitions import move
from db.upsert import insert


def start(session: Session, caller: PersonCaller, *, campaign_id: int) -> Dossier:
    """Begins the person's one application in an open campaign, or goes on with it; a withdrawn one is a draft again.

    What the profile knows (the qualification category) and what was sent to the last selection are filled in. Raises
    NotFoundError, DomainError `application_not_open` or `application_closed`.
    """
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFoundError
    application = session.scalar(
        select(Application)
        .where(Application.campaign_id == campaign_id, Application.person_id == caller.person_id)
        .with_for_update()
    )
    if application is None:
        _check_open(campaign, caller.now)
        values = {"campaign_id": campaign_id, "person_id": caller.person_id, "created_at": caller.now}
        values |= {"status": ApplicationStatus.DRAFT, "revision": 0}
        fresh = session.scalar(
            insert(session, Application).values(**values).on_conflict_do_nothing().returning(Application.id)
        )
        application = session.scalars(
            select(Application).where(Application.campaign_id == campaign_id, Application.person_id == caller.person_id)
        ).one()
        if fresh is not None:
            _fill_in(session, caller, application, campaign)
    elif application.status is ApplicationStatus.WITHDRAWN:
        _check_open(campaign, caller.now)
        _move(application, ApplicationStatus.DRAFT)
        application.decided_at = None
    return _answered(session, caller, application)


def choose_direction(session: Session, caller: PersonCaller, *, application_id: int, term_id: int) -> Dossier:
    """Sets the one direction. Raises what `_part` raises."""
    application = _part(session, caller, application_id, rules.DIRECTION)
    application.direction_id = _term(session, term_id, TermKind.DIRECTION)
    return _changed(session, caller, application)


def choose_category(session: Session, caller: PersonCaller, *, application_id: int, term_id: int) -> Dossier:
    """Sets whom the teacher would accompany. Raises what `_part` raises."""
    application = _part(session, caller, application_id, rules.DIRECTION)
    application.category_id = _term(session, term_id, TermKind.SUPPORT_CATEGORY)
    return _changed(session, caller, application)


def answer_text(
    session: Session, caller: PersonCaller, *, application_id: int, number: int, text: str, addition: bool = False
) -> Dossier:
    """Keeps what was typed, however long or short: the checks come after, in the dossier.

    A new text replaces the former, which stays as `previous_text` unless the new one goes on from it. An `addition` (a
    caption of a file) is put after the former. The same text again changes nothing.
    """
    application = _part(session, caller, application_id, number)
    if _criterion(session, application, number).answer is not AnswerKind.TEXT:
        raise DomainError("application_choose")
    answer = answer_of(session, caller, application.id, number)
    former = answer.text or ""
    if not addition and text.startswith(former):  # a text that the messenger cut comes again with its next part
        answer.text = text
    elif text != former and not (addition and text in former):
        if addition:
            answer.text = f"{former}\n{text}".strip()
        else:
            answer.text, answer.previous_text = text, former
    answer.updated_at = caller.now
    return _changed(session, caller, application)


def join_previous(session: Session, caller: PersonCaller, *, application_id: int, number: int) -> Dossier:
    """Puts the replaced text before the newest one: it was meant as a continuation."""
    application = _part(session, caller, application_id, number)
    answer = _answer(session, caller, application, number)
    if answer.previous_text:
        answer.text, answer.previous_text = f"{answer.previous_text}\n{answer.text or ''}".strip(), None
        answer.updated_at = caller.now
    return _changed(session, caller, application)


def swap_previous(session: Session, caller: PersonCaller, *, application_id: int, number: int) -> Dossier:
    """Takes the replaced text again; the newest one becomes the replaced one, so that this too can be taken back."""
    application = _part(session, caller, application_id, number)
    answer = _answer(session, caller, application, number)
    if answer.previous_text:
        answer.text, answer.previous_text = answer.previous_text, answer.text
        answer.updated_at = caller.now
    return _changed(session, caller, application)


def answer_choice(session: Session, caller: PersonCaller, *, application_id: int, number: int, choice: str) -> Dossier:
    """Answers a criterion by a tap: a qualification's code, or `yes`/`no`. Raises NotFoundError for any other."""
    application = _part(session, caller, application_id, number)
    kind = _criterion(session, application, number).answer
    if kind is AnswerKind.TEXT:
        raise NotFoundError
    if kind is AnswerKind.YES_NO and choice not in ("yes", "no"):
        raise NotFoundError
    if kind is AnswerKind.CATEGORY:
        known = select(Term.id).where(Term.kind == TermKind.QUALIFICATION, Term.code == choice)
        if session.scalar(known) is None:
            raise NotFoundError
    answer = answer_of(session, caller, application.id, number)
    answer.choice, answer.updated_at = choice, caller.now
    return _changed(session, caller, application)


def check_room(session: Session, caller: PersonCaller, *, application_id: int, number: int) -> int:
    """Checks whether one more document may come, asked before it is downloaded. Returns how many there are.

    Raises DomainError `documents_full` or `documents_not_needed`.
    """
    application = _part(session, caller, application_id, number)
    if _criterion(session, application, number).files is FilesRule.NONE:
        raise DomainError("documents_not_needed")
    there = _count(session, application, number)
    if there >= rules.MAX_DOCUMENTS:
        raise DomainError("documents_full", limit=rules.MAX_DOCUMENTS)
    return there


def add_document(
    session: Session, caller: PersonCaller, *, application_id: int, number: int, document: StoredFile
) -> tuple[Dossier, bool]:
    """Attaches a stored file to a criterion; the same file twice is there once.

    Returns whether it was added: if not, whoever asked removes its copy. Raises DomainError `documents_full` (the
    application's row is locked, so two at once can't pass the limit).
    """
    application = _part(session, caller, application_id, number)
    if _criterion(session, application, number).files is FilesRule.NONE:
        raise DomainError("documents_not_needed")
    known = session.scalar(
        select(Document.id).where(
            Document.application_id == application_id, Document.criterion == number, Document.sha256 == document.sha256
        )
    )
    if known is not None:
        return _answered(session, caller, application), False
    if _count(session, application, number) >= rules.MAX_DOCUMENTS:
        raise DomainError("documents_full", limit=rules.MAX_DOCUMENTS)
    session.add(
        Document(
            application_id=application_id,
            criterion=number,
            file_name=document.file_name,
            stored_name=document.stored_name,
            media_type=document.media_type,
            size=document.size,
            sha256=document.sha256,
            uploaded_at=caller.now,
        )
    )
    return _changed(session, caller, application), True


def remove_document(
    session: Session, caller: PersonCaller, *, application_id: int, document_id: int
) -> tuple[Dossier, str | None]:
    """Removes a document. Returns its stored name for removal after the commit; nothing when it was gone already."""
    application = _own(session, caller, application_id)
    document = session.get(Document, document_id)
    if document is None or document.application_id != application_id:
        return _answered(session, caller, application), None
    _check_part(session, application, document.criterion)
    gone = session.scalar(delete(Document).where(Document.id == document_id).returning(Document.stored_name))
    if session.scalar(select(Document.id).where(Document.stored_name == gone).limit(1)) is not None:
        gone = None  # an earlier application goes on showing it
    return _changed(session, caller, application), gone


def submit(session: Session, caller: PersonCaller, *, application_id: int) -> tuple[Dossier, bool]:
    """Sends the application, or sends it again after a return. Returns whether this very call did it.

    The first sending needs an open campaign; a resubmission does not: the commission itself asked for it. Raises
    DomainError `application_not_open`, `application_closed`, `application_incomplete`; ConflictError after a decision.
    """
    application = _own(session, caller, application_id)
    if application.status is ApplicationStatus.SUBMITTED:
        return _answered(session, caller, application), False
    if application.status not in rules.EDITABLE:
        raise ConflictError("application_moved_on")
    campaign = session.get_one(Campaign, application.campaign_id)
    again = application.status is ApplicationStatus.RETURNED
    if not again:
        _check_open(campaign, caller.now)
    if not dossier(session, caller, application_id=application_id).ready.sendable:
        raise DomainError("application_incomplete")
    if application.number is None:
        application.number = _next_number(session, campaign.id)
    person = session.get_one(Person, caller.person_id)
    application.municipality_id, application.organisation_id = person.municipality_id, person.organisation_id
    application.submitted_at, application.decided_at = caller.now, None
    application.direction_remark = None
    answers = select(CriterionAnswer).where(CriterionAnswer.application_id == application_id)
    for answer in session.scalars(answers):
        answer.remark = None
    _move(application, ApplicationStatus.SUBMITTED)
    application.sent_revision = application.revision
    action = "applications.resubmitted" if again else "applications.submitted"
    _record(session, caller, application, action, revision=application.revision)
    notices.owe(
        session,
        caller,
        key=f"applications.sent.{application.id}.{application.revision}",
        person_id=caller.person_id,
        kind="applications.sent",
        params={"application": application.id},
    )
    return _answered(session, caller, application), True


def withdraw(session: Session, caller: PersonCaller, *, application_id: int) -> Dossier:
    """Withdraws the application before a decision. Again changes nothing. Raises ConflictError later on."""
    application = _own(session, caller, application_id)
    if application.status is not ApplicationStatus.WITHDRAWN:
        _move(application, ApplicationStatus.WITHDRAWN)
        application.assigned_to = None
        _record(session, caller, application, "applications.withdrawn", revision=application.revision)
    return _answered(session, caller, application)


# --- the ground of the use cases ---


def _own(session: Session, caller: PersonCaller, application_id: int) -> Application:
    application = session.scalar(_LOCKED, {"application": application_id})
    if application is None or application.person_id != caller.person_id:
        raise NotFoundError
    return application


def _part(session: Session, caller: PersonCaller, application_id: int, number: int) -> Application:
    """The author's application, locked, with this part open. Raises NotFoundError, ForbiddenError."""
    application = _own(session, caller, application_id)
    _check_part(session, application, number)
    return application


def _check_part(session: Session, application: Application, number: int) -> None:
    if application.status not in rules.EDITABLE:
        raise ForbiddenError("application_locked")
    if application.status is ApplicationStatus.DRAFT:
        return
    remarked = set(
        session.scalars(
            select(CriterionAnswer.number).where(
                CriterionAnswer.application_id == application.id, CriterionAnswer.remark.is_not(None)
            )
        )
    )
    if application.direction_remark is not None:
        remarked.add(rules.DIRECTION)
    parts = rules.open_parts(application.status, frozenset(remarked), [number])
    if not (parts.direction if number == rules.DIRECTION else number in parts.criteria):
        raise ForbiddenError("application_part_locked")


def _criterion(session: Session, application: Application, number: int) -> Criterion:
    found = session.scalar(
        select(Criterion).where(Criterion.campaign_id == application.campaign_id, Criterion.number == number)
    )
    if found is None:
        raise NotFoundError
    return found


def answer_of(session: Session, caller: Caller, application_id: int, number: int) -> CriterionAnswer:
    """Returns the row of an answer to a criterion, made where there is none."""
    answer = session.get(CriterionAnswer, (application_id, number))
    if answer is None:
        answer = CriterionAnswer(application_id=application_id, number=number, updated_at=caller.now)
        session.add(answer)
    return answer


def _answer(session: Session, caller: Caller, application: Application, number: int) -> CriterionAnswer:
    _criterion(session, application, number)
    return answer_of(session, caller, application.id, number)


def _fill_in(session: Session, caller: Caller, application: Application, campaign: Campaign) -> None:
    person = session.get_one(Person, application.person_id)
    term = session.get(Term, person.qualification_id) if person.qualification_id else None
    for criterion in campaign.criteria:
        if criterion.answer is AnswerKind.CATEGORY and term is not None:
            answer_of(session, caller, application.id, criterion.number).choice = term.code
    if (former := last_sent(session, application)) is None:
        return
    for name in ("direction_id", "category_id"):
        chosen = session.get(Term, getattr(former, name) or 0)
        if chosen is not None and chosen.active:
            setattr(application, name, chosen.id)
    before = session.get_one(Campaign, former.campaign_id)
    given, wanted = {row.number: row for row in former.answers}, rules.asked(former.decisions, before.reasons)
    for number, then in rules.alike(campaign.criteria, before.criteria).items():
        answer = answer_of(session, caller, application.id, number)
        answer.asked_before = wanted.get(then)
        if then in given:
            answer.text, answer.choice = given[then].text, answer.choice or given[then].choice


def last_sent(session: Session, application: Application) -> Application | None:
    """Returns what the author last sent to another selection: its answers are where this one begins."""
    others = Application.person_id == application.person_id, Application.campaign_id != application.campaign_id
    sent = select(Application).where(*others, Application.submitted_at.is_not(None))
    return session.scalars(sent.order_by(Application.submitted_at.desc(), Application.id.desc())).first()


def _count(session: Session, application: Application, number: int) -> int:
    where = (Document.application_id == application.id, Document.criterion == number)
    return session.scalar(select(func.count()).select_from(Document).where(*where)) or 0


def _term(session: Session, term_id: int, kind: TermKind) -> int:
    term = session.get(Term, term_id)
    if term is None or term.kind is not kind or not term.active:
        raise NotFoundError
    return term.id


def _check_open(campaign: Campaign, now: datetime) -> None:
    if not is_open(campaign, now):
        raise DomainError("application_not_open" if now < campaign.opens_at else "application_closed")


def _next_number(session: Session, campaign_id: int) -> int:
    # Counted on the campaign: the number of somebody who erased their application is not given to another.
    counted = update(Campaign).where(Campaign.id == campaign_id).values(last_number=Campaign.last_number + 1)
    return session.scalars(counted.returning(Campaign.last_number)).one()


def _move(application: Application, status: ApplicationStatus) -> None:
    move(application, status)
    application.revision += 1


def _changed(session: Session, caller: PersonCaller, application: Application) -> Dossier:
    application.revision += 1
    return _answered(session, caller, application)


def _answered(session: Session, caller: PersonCaller, application: Application) -> Dossier:
    session.flush()
    return dossier(session, caller, application_id=application.id)


def _record(session: Session, caller: Caller, application: Application, action: str, **details: Any) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="application",
        object_id=application.id,
        subject_person_id=application.person_id,
        municipality_id=application.municipality_id,
        **details,
    )


# Asked at every tap: built once.
_LOCKED = (
    select(Application)
    .where(Application.id == bindparam("application"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
