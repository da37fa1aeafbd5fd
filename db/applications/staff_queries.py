"""Reading applications for the panel: the queue, its filters, one application with its history. Scoped throughout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.accounts.staff_queries import serving
from db.applications.models import Application, ApplicationStatus, Campaign, Document, Reason, Verdict
from db.applications.queries import DocumentRow, Dossier, document_row, dossier
from db.applications.reach import SHOWN, visible, within
from db.audit.models import AuditEntry
from db.audit.rules import staff_of
from db.caller import StaffCaller
from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.errors import NotFoundError
from db.people.models import Person
from db.scope import READ_ONLY, Scope, StaffRole
from db.search import matches

NOBODY, ME = "none", "me"
HISTORY = 50
READING = "applications.read"
Statement = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class ApplicationFilter:
    """Narrows the list of applications; no status means all but drafts.

    `assigned`: `me`, `none` or an account's number; `text`: part of a name, or a number.
    """

    status: ApplicationStatus | None = ApplicationStatus.SUBMITTED
    campaign_id: int | None = None
    direction_id: int | None = None
    municipality_id: int | None = None
    assigned: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A line of the queue; for accounts that see no names without them and without places and directions.

    Where few apply these tell who it is, and with it what was decided.
    """

    id: int
    number: int | None
    person_id: int
    name: str | None
    municipality: str
    direction: str
    direction_code: str
    status: ApplicationStatus
    submitted_at: datetime
    decided_at: datetime | None
    taken_by: str | None


@dataclass(frozen=True, slots=True)
class Options:
    """What the filters offer: pairs of id and name."""

    campaigns: list[tuple[int, str]]
    directions: list[tuple[int, str]]
    municipalities: list[tuple[int, str]]
    staff: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason to choose: short for the list, gentle as the teacher reads it. `suggested` by the warnings' rules."""

    number: int
    short: str
    text: str
    gentle: str
    suggested: bool


@dataclass(frozen=True, slots=True)
class ApplicationHistoryRow:
    """A line of an application's history."""

    at: datetime
    action: str
    who: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OpenedApplication:
    """An application as a methodist sees it."""

    dossier: Dossier
    name: str
    municipality: str
    municipality_id: int | None
    organisation: str
    position: str
    subject: str
    qualification: str
    experience_years: int | None
    assigned_to: int | None
    taken_by: str | None
    reject_reasons: list[ReasonRow]
    return_reasons: list[ReasonRow]
    history: list[ApplicationHistoryRow]
    colleagues: list[tuple[int, str]]
    previous_id: int | None
    next_id: int | None


def queue(
    session: Session, caller: StaffCaller, *, wanted: ApplicationFilter, offset: int, limit: int
) -> list[QueueRow]:
    """Lists a page of the queue, the longest waiting first; decided ones newest first."""
    columns = (
        Application.id,
        Application.number,
        Person.id,
        Person.full_name,
        Municipality.name,
        Term.name,
        Term.code,
        Application.status,
        Application.submitted_at,
        Application.decided_at,
        Staff.name,
    )
    statement = (
        filtered(select(*columns), caller.scope, wanted)
        .outerjoin(Municipality, Municipality.id == Application.municipality_id)
        .outerjoin(Term, Term.id == Application.direction_id)
        .outerjoin(Staff, Staff.id == Application.assigned_to)
    )
    rows = session.execute(ordered(statement, wanted).offset(offset).limit(limit))
    return [
        QueueRow(
            id=row[0],
            number=row[1],
            person_id=row[2],
            name=row[3] if caller.scope.sees_names else None,
            municipality=(row[4] or "") if caller.scope.sees_names else "",
            direction=(row[5] or "") if caller.scope.sees_names else "",
            direction_code=(row[6] or "") if caller.scope.sees_names else "",
            status=row[7],
            submitted_at=row[8],
            decided_at=row[9],
            taken_by=row[10] if caller.scope.sees_names else None,
        )
        for row in rows
    ]


def size(session: Session, caller: StaffCaller, *, wanted: ApplicationFilter) -> int:
    """Counts the lines of the whole queue."""
    return session.scalar(filtered(select(func.count()), caller.scope, wanted)) or 0


def counts(session: Session, caller: StaffCaller, *, campaign_id: int | None = None) -> dict[ApplicationStatus, int]:
    """Counts applications of each status within reach."""
    where = [within(caller.scope)]
    if campaign_id is not None:
        where.append(Application.campaign_id == campaign_id)
    rows = session.execute(select(Application.status, func.count()).where(*where).group_by(Application.status))
    found = {row[0]: row[1] for row in rows}
    return {status: found.get(status, 0) for status in SHOWN}


def options(session: Session, caller: StaffCaller) -> Options:
    """Lists what the filters offer within reach."""
    known = select(Campaign.id, Campaign.title).order_by(*running_first(caller.now))
    if caller.scope.campaign_id is not None:
        known = known.where(Campaign.id == caller.scope.campaign_id)
    campaigns = session.execute(known)
    listed = select(Term.id, Term.code, Term.name).where(Term.kind == TermKind.DIRECTION).order_by(Term.position)
    if caller.scope.direction_ids is not None:
        listed = listed.where(Term.id.in_(caller.scope.direction_ids))
    directions = session.execute(listed)
    towns = session.execute(
        select(Municipality.id, Municipality.name).where(caller.scope.limits(Municipality)).order_by(Municipality.name)
    )
    return Options(
        campaigns=[(row[0], row[1]) for row in campaigns],
        directions=[(row[0], f"{row[1]}. {row[2]}") for row in directions] if caller.scope.sees_names else [],
        municipalities=[(row[0], row[1]) for row in towns] if caller.scope.sees_names else [],
        staff=_deciders(session, caller.scope) if caller.scope.sees_names else [],
    )


def running_first(now: datetime) -> tuple[ColumnElement[Any], ...]:
    """The order of selections to choose from: those that run now, then the newest."""
    running = and_(Campaign.opens_at <= now, Campaign.closes_at > now)
    return case((running, 0), else_=1), Campaign.opens_at.desc(), Campaign.id.desc()


def opened(
    session: Session, caller: StaffCaller, *, application_id: int, wanted: ApplicationFilter
) -> OpenedApplication:
    """Reads an application in full. Raises NotFoundError outside the scope, for drafts, and for what was never sent."""
    application = session.get(Application, application_id)
    if application is None or not visible(application, caller.scope):
        raise NotFoundError
    found = dossier(session, caller, application_id=application_id)
    person = session.get_one(Person, application.person_id)
    terms = _names(session, Term, [person.position_id, person.subject_id, person.qualification_id])
    organisations = _names(session, Organisation, [person.organisation_id])
    towns = _names(session, Municipality, [application.municipality_id])
    reasons = session.scalars(
        select(Reason).where(Reason.campaign_id == application.campaign_id).order_by(Reason.number)
    ).all()
    suggested = {risk.number for risk in found.ready.warnings}
    colleagues = _deciders(session, caller.scope)
    before, after = _neighbours(session, caller.scope, wanted, application)
    return OpenedApplication(
        dossier=found,
        name=person.full_name or "",
        municipality=towns.get(application.municipality_id or 0, ""),
        municipality_id=application.municipality_id,
        organisation=organisations.get(person.organisation_id or 0, ""),
        position=terms.get(person.position_id or 0, ""),
        subject=terms.get(person.subject_id or 0, ""),
        qualification=terms.get(person.qualification_id or 0, ""),
        experience_years=person.experience_years,
        assigned_to=application.assigned_to,
        taken_by=_names(session, Staff, [application.assigned_to]).get(application.assigned_to or 0),
        reject_reasons=_reasons(reasons, Verdict.REJECT, suggested),
        return_reasons=_reasons(reasons, Verdict.RETURN, set()),
        history=_history(session, application_id),
        colleagues=colleagues,
        previous_id=before,
        next_id=after,
    )


def next_waiting(session: Session, caller: StaffCaller, *, wanted: ApplicationFilter, after: int) -> int | None:
    """Finds the application to look at after this one: the next that waits, else the first that does."""
    application = session.get(Application, after)
    statement = filtered(select(Application.id), caller.scope, wanted).where(Application.id != after)
    if application is not None and application.submitted_at is not None:
        ahead = statement.where(_follows(application, wanted))
        later: int | None = session.scalar(ordered(ahead, wanted).limit(1))
        if later is not None:
            return later
    first: int | None = session.scalar(ordered(statement, wanted).limit(1))
    return first


def document(
    session: Session, caller: StaffCaller, *, application_id: int, document_id: int
) -> tuple[DocumentRow, int, int | None]:
    """Reads a document of an application in reach, its author and municipality. Raises NotFoundError for any other."""
    row = session.get(Document, document_id)
    application = session.get(Application, application_id)
    if (
        row is None
        or application is None
        or row.application_id != application_id
        or not visible(application, caller.scope)
    ):
        raise NotFoundError
    return document_row(row), application.person_id, application.municipality_id


def found_ids(session: Session, caller: StaffCaller, *, wanted: ApplicationFilter) -> list[int]:
    """Lists the applications that the filter finds, by id."""
    return list(session.scalars(filtered(select(Application.id), caller.scope, wanted)))


def filtered(statement: Statement, scope: Scope, wanted: ApplicationFilter) -> Statement:
    """Narrows a statement to the applications in reach that the filter finds.

    Who sees no names asks by status, selection and number alone: any other filter would tell what the list hides.
    """
    if not scope.sees_names:
        number = wanted.text if wanted.text.isdecimal() else ""
        wanted = ApplicationFilter(wanted.status, wanted.campaign_id, text=number)
    statement = statement.select_from(Application).join(Person, Person.id == Application.person_id).where(within(scope))
    if wanted.status is not None:
        statement = statement.where(Application.status == wanted.status)
    if wanted.campaign_id is not None:
        statement = statement.where(Application.campaign_id == wanted.campaign_id)
    if wanted.direction_id is not None:
        statement = statement.where(Application.direction_id == wanted.direction_id)
    if wanted.municipality_id is not None:
        statement = statement.where(Application.municipality_id == wanted.municipality_id)
    if wanted.assigned == NOBODY:
        statement = statement.where(Application.assigned_to.is_(None))
    elif wanted.assigned == ME:
        statement = statement.where(Application.assigned_to == scope.staff_id)
    elif wanted.assigned.isdecimal():
        statement = statement.where(Application.assigned_to == int(wanted.assigned))
    if wanted.text.isdecimal():
        statement = statement.where(Application.number == int(wanted.text))
    elif wanted.text:
        statement = statement.where(matches(wanted.text, Person.full_name))
    return statement


def ordered(statement: Statement, wanted: ApplicationFilter) -> Statement:
    """Puts a statement into the queue's order: who waits longest first, of others the newest first."""
    if wanted.status is ApplicationStatus.SUBMITTED:
        return statement.order_by(Application.submitted_at, Application.id)
    return statement.order_by(Application.submitted_at.desc(), Application.id.desc())


def _follows(application: Application, wanted: ApplicationFilter, *, back: bool = False) -> ColumnElement[bool]:
    """What comes after the application in the queue's order, or before it."""
    moment, number = application.submitted_at, application.id
    if (wanted.status is ApplicationStatus.SUBMITTED) != back:
        return or_(Application.submitted_at > moment, and_(Application.submitted_at == moment, Application.id > number))
    return or_(Application.submitted_at < moment, and_(Application.submitted_at == moment, Application.id < number))


def _neighbours(
    session: Session, scope: Scope, wanted: ApplicationFilter, application: Application
) -> tuple[int | None, int | None]:
    statement = filtered(select(Application.id), scope, wanted)
    after = session.scalar(ordered(statement.where(_follows(application, wanted)), wanted).limit(1))
    backwards = statement.where(_follows(application, wanted, back=True))
    if wanted.status is ApplicationStatus.SUBMITTED:
        backwards = backwards.order_by(Application.submitted_at.desc(), Application.id.desc())
    else:
        backwards = backwards.order_by(Application.submitted_at, Application.id)
    return session.scalar(backwards.limit(1)), after


def _names(session: Session, table: Any, ids: Sequence[int | None]) -> dict[int, str]:
    wanted = [number for number in ids if number is not None]
    if not wanted:
        return {}
    return {row[0]: row[1] for row in session.execute(select(table.id, table.name).where(table.id.in_(wanted)))}


def _deciders(session: Session, scope: Scope) -> list[tuple[int, str]]:
    """Whom this account may give an application to: the whole region's staff and those of its own municipalities.

    Who reads some applications only learns of nobody but those who hold them.
    """
    reached = or_(Staff.role != StaffRole.MUNICIPAL_METHODIST, Staff.id.in_(serving(scope)))
    if scope.applications_only:
        reached = Staff.id.in_(select(Application.assigned_to).where(within(scope)))
    may = (Staff.active, Staff.role.not_in(READ_ONLY), reached)
    rows = session.execute(select(Staff.id, Staff.name).where(*may).order_by(Staff.name))
    return [(row[0], row[1]) for row in rows]


def _reasons(rows: Sequence[Reason], verdict: Verdict, suggested: set[int]) -> list[ReasonRow]:
    return [
        ReasonRow(row.number, row.short, row.text, row.gentle, row.number in suggested)
        for row in rows
        if row.verdict is verdict
    ]


def _history(session: Session, application_id: int) -> list[ApplicationHistoryRow]:
    rows = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.object_type == "application",
            AuditEntry.object_id == application_id,
            AuditEntry.action != READING,
        )
        .order_by(AuditEntry.id.desc())
        .limit(HISTORY)
    ).all()
    numbers = [staff_of(row.actor) for row in rows]
    names = _names(session, Staff, numbers)
    return [
        ApplicationHistoryRow(row.at, row.action, None if number is None else names.get(number), row.details)
        for row, number in zip(rows, numbers, strict=True)
    ]
