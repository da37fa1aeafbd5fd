"""Reads appeals for the panel: the list with its terms, one appeal beside the decision that it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.appeals.models import Appeal, AppealStatus
from db.appeals.queries import refusers
from db.applications.models import Application, Campaign, Decision
from db.applications.queries import Dossier, dossier
from db.applications.reach import visible
from db.caller import StaffCaller
from db.dictionaries.models import Municipality
from db.errors import NotFoundError
from db.people.models import Person
from db.search import matches

STATES = ("waiting", "answered", "all")
"""What the list shows."""


@dataclass(frozen=True, slots=True)
class AppealFilter:
    """Which appeals are wanted."""

    state: str = "waiting"
    campaign_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal in the panel's list. `late` says that its term is over and nobody has answered."""

    id: int
    application_id: int
    number: int | None
    person_id: int
    name: str | None
    municipality: str | None
    campaign: str
    status: AppealStatus
    text: str | None
    filed_at: datetime
    due_at: datetime
    late: bool
    answered_at: datetime | None
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class AppealPage:
    """A page of appeals; `waiting` counts all that wait within reach."""

    rows: Sequence[AppealRow]
    total: int
    waiting: int


@dataclass(frozen=True, slots=True)
class OpenedAppeal:
    """An appeal with its application. `mine`: whoever looks has refused it once, and so leaves the answer to others."""

    row: AppealRow
    dossier: Dossier
    decision_id: int
    answer: str | None
    answered_by: str | None
    mine: bool


def appeals(
    session: Session,
    caller: StaffCaller,
    *,
    wanted: AppealFilter | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> AppealPage:
    """Finds the appeals within reach that are wanted, the first term first; answered ones newest first."""
    wanted = wanted or AppealFilter()
    which = [caller.scope.limits(Application), *_wanted(wanted)]
    first = [Appeal.due_at, Appeal.id] if wanted.state == "waiting" else [Appeal.id.desc()]
    rows = session.execute(_rows().where(*which).order_by(*first).limit(limit).offset(offset)).all()
    total = session.scalar(_counted().join(Person, Person.id == Application.person_id).where(*which)) or 0
    return AppealPage([_row(caller, row) for row in rows], total, waiting(session, caller))


def waiting(session: Session, caller: StaffCaller) -> int:
    """Counts the appeals within reach that nobody has answered."""
    where = Appeal.status == AppealStatus.WAITING, caller.scope.limits(Application)
    return session.scalar(_counted().where(*where)) or 0


def card(session: Session, caller: StaffCaller, *, appeal_id: int) -> OpenedAppeal:
    """Reads one appeal. Raises NotFoundError for what is out of reach."""
    found = session.execute(_rows().where(Appeal.id == appeal_id)).one_or_none()
    row = session.get(Appeal, appeal_id)
    if found is None or row is None or not visible(row.application, caller.scope):
        raise NotFoundError
    who = session.get(Staff, row.answered_by) if row.answered_by else None
    return OpenedAppeal(
        row=_row(caller, found),
        dossier=dossier(session, caller, application_id=row.application_id),
        decision_id=row.decision_id,
        answer=row.answer,
        answered_by=who.name if who else None,
        mine=caller.scope.staff_id in refusers(session, application_id=row.application_id),
    )


def _counted() -> Select[int]:
    return select(func.count()).select_from(Appeal).join(Application, Application.id == Appeal.application_id)


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Appeal.id,
            Appeal.application_id,
            Application.number,
            Application.person_id,
            Person.full_name,
            Municipality.name.label("municipality"),
            Campaign.title.label("campaign"),
            Appeal.status,
            Appeal.text,
            Appeal.filed_at,
            Appeal.due_at,
            Appeal.answered_at,
            Staff.name.label("decided_by"),
        )
        .join(Application, Application.id == Appeal.application_id)
        .join(Campaign, Campaign.id == Application.campaign_id)
        .join(Person, Person.id == Application.person_id)
        .join(Decision, Decision.id == Appeal.decision_id)
        .outerjoin(Staff, Staff.id == Decision.staff_id)
        .outerjoin(Municipality, Municipality.id == Application.municipality_id)
    )


def _wanted(wanted: AppealFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state == "waiting":
        found.append(Appeal.status == AppealStatus.WAITING)
    elif wanted.state == "answered":
        found.append(Appeal.status.in_((AppealStatus.UPHELD, AppealStatus.DISMISSED)))
    if wanted.campaign_id is not None:
        found.append(Application.campaign_id == wanted.campaign_id)
    if wanted.text:
        found.append(matches(wanted.text, Person.full_name))
    return found


def _row(caller: StaffCaller, row: Row[Any]) -> AppealRow:
    return AppealRow(
        id=row.id,
        application_id=row.application_id,
        number=row.number,
        person_id=row.person_id,
        name=row.full_name,
        municipality=row.municipality,
        campaign=row.campaign,
        status=row.status,
        text=row.text,
        filed_at=row.filed_at,
        due_at=row.due_at,
        late=row.status is AppealStatus.WAITING and row.due_at <= caller.now,
        answered_at=row.answered_at,
        decided_by=row.decided_by,
    )
