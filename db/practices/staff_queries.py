"""Reads practices for the panel: the list with its filters, a card, whom one may ask to look at one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from db.active.queries import of_direction
from db.caller import StaffCaller
from db.errors import NotFoundError
from db.people.models import Person, Role
from db.people.roles import holds
from db.people.staff_queries import people_named
from db.practices import search
from db.practices.models import (
    Practice,
    PracticeAuthor,
    PracticeComponent,
    PracticeExpert,
    PracticeFile,
    PracticeStatus,
    PracticeTrial,
)
from db.ties.queries import close_to

SHOWN = tuple(status for status in PracticeStatus if status is not PracticeStatus.DRAFT)
"""A draft is its author's alone."""


@dataclass(frozen=True, slots=True)
class PracticeFilter:
    """Which practices are wanted: in a status, for a component, of a centre, with words like these."""

    status: PracticeStatus | None = None
    component: str = ""
    municipality_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class PracticesFound:
    """A page of practices; `statuses` counts all within reach."""

    rows: Sequence[Practice]
    total: int
    statuses: Mapping[PracticeStatus, int]


def practices(
    session: Session, caller: StaffCaller, *, wanted: PracticeFilter, limit: int | None = None, offset: int = 0
) -> PracticesFound:
    """Finds the practices within reach that are wanted: what waits for a methodist first, then the newest."""
    seen = _seen(caller)
    found = and_(seen, *_conditions(wanted))
    query = select(Practice).options(
        joinedload(Practice.municipality),
        joinedload(Practice.proposer),
        selectinload(Practice.authors).joinedload(PracticeAuthor.person),
    )
    if wanted.text:
        ids = search.found(session, found, text=wanted.text)
        chosen = ids[offset:] if limit is None else ids[offset : offset + limit]
        by_id = {row.id: row for row in session.scalars(query.where(Practice.id.in_(chosen)))}
        rows: Sequence[Practice] = [by_id[number] for number in chosen]
        total = len(ids)
    else:
        first = case((Practice.status.in_(_WAITING), 0), else_=1)
        order = (first, Practice.sent_at.desc(), Practice.id.desc())
        rows = session.scalars(query.where(found).order_by(*order).limit(limit).offset(offset)).all()
        total = session.scalar(select(func.count()).select_from(Practice).where(found)) or 0
    counts = session.execute(select(Practice.status, func.count()).where(seen).group_by(Practice.status))
    return PracticesFound(rows, total, {row[0]: row[1] for row in counts})


def awaiting_experts(session: Session, caller: StaffCaller) -> int:
    """Counts the practices within reach that were sent and still lack an expert."""
    sent = _seen(caller), Practice.status == PracticeStatus.SENT
    return session.scalar(select(func.count()).select_from(Practice).where(*sent)) or 0


def practice(session: Session, caller: StaffCaller, *, practice_id: int) -> Practice:
    """Returns one practice with its authors, experts and files. Raises NotFoundError."""
    row = session.scalar(
        select(Practice)
        .where(Practice.id == practice_id, _seen(caller))
        .options(
            joinedload(Practice.municipality),
            joinedload(Practice.proposer).joinedload(Person.organisation),
            selectinload(Practice.authors).joinedload(PracticeAuthor.person),
            selectinload(Practice.experts).joinedload(PracticeExpert.person),
            selectinload(Practice.files),
        )
    )
    if row is None:
        raise NotFoundError
    return row


def file(session: Session, caller: StaffCaller, *, practice_id: int, file_id: int) -> PracticeFile:
    """Returns a file of a practice within reach. Raises NotFoundError."""
    row = practice(session, caller, practice_id=practice_id)
    one = next((one for one in row.files if one.id == file_id), None)
    if one is None:
        raise NotFoundError
    return one


def words(session: Session, *, practice_id: int) -> Sequence[tuple[datetime, str]]:
    """Lists what those who applied it say, without their names: (day, line), the last first."""
    rows = session.execute(
        select(PracticeTrial.applied_at, PracticeTrial.word)
        .where(PracticeTrial.practice_id == practice_id, PracticeTrial.applied_at.is_not(None))
        .order_by(PracticeTrial.applied_at.desc(), PracticeTrial.id.desc())
        .limit(20)
    )
    return [(at, word) for at, word in rows if at is not None]


def experts_like(
    session: Session, caller: StaffCaller, *, practice_id: int, text: str, direction_ids: Collection[int] = ()
) -> list[tuple[int, str]]:
    """Finds whom one may ask: active members where nothing is typed, else people within reach by name.

    Members of these directions come first, then those of the practice's own unit. Authors, their colleagues and
    who is close to one by the word of either are left out, and who is asked already.
    """
    row = practice(session, caller, practice_id=practice_id)
    authors = [one for one in (row.proposer_id, *(one.person_id for one in row.authors)) if one is not None]
    schools = select(Person.organisation_id).where(Person.id.in_(authors), Person.organisation_id.is_not(None))
    asked = [one.person_id for one in row.now_experts if one.person_id is not None]
    free: list[ColumnElement[bool]] = [
        Person.id.not_in([*authors, *asked]),
        or_(Person.organisation_id.is_(None), Person.organisation_id.not_in(schools)),
        *(~close_to(session, person_id=one) for one in authors),
    ]
    if text or not caller.scope.sees_names:
        return people_named(session, caller, *free, text=text, schools=True)
    members = (
        select(Person.id, Person.full_name)
        .where(
            caller.scope.limits(Person),
            holds(Role.ACTIVE_MEMBER),
            Person.erased_at.is_(None),
            Person.profile_saved_at.is_not(None),
            *free,
        )
        .order_by(
            case((of_direction(Person.id, direction_ids), 0), else_=1),
            case((Person.municipality_id == row.municipality_id, 0), else_=1),
            Person.full_name,
            Person.id,
        )
        .limit(8)
    )
    return [(person_id, name or "") for person_id, name in session.execute(members)]


def people_like(session: Session, caller: StaffCaller, *, practice_id: int, text: str) -> list[tuple[int, str]]:
    """Finds people within reach by name who are no authors yet: (id, name and place)."""
    row = practice(session, caller, practice_id=practice_id)
    authors = [one for one in (row.proposer_id, *(one.person_id for one in row.authors)) if one is not None]
    return people_named(session, caller, Person.id.not_in(authors), text=text)


def _seen(caller: StaffCaller) -> ColumnElement[bool]:
    return and_(caller.scope.limits(Practice), Practice.status.in_(SHOWN), Practice.sent_at.is_not(None))


def _conditions(wanted: PracticeFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        found.append(Practice.status == wanted.status)
    if wanted.municipality_id is not None:
        found.append(Practice.municipality_id == wanted.municipality_id)
    if wanted.component:
        serving = select(PracticeComponent.practice_id).where(PracticeComponent.component == wanted.component)
        found.append(Practice.id.in_(serving))
    return found


_WAITING = (PracticeStatus.SENT, PracticeStatus.EXPERTISE)
