"""Reading the outbox for the panel: what did not arrive, what waits, what was set aside on its way in."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.dictionaries.models import Municipality
from db.notices.models import Notice, NoticeStatus
from db.people.models import Person
from db.scope import Scope

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counts:
    """How the outbox stands: due and not sent yet, for later, dead, sent within a day; `oldest` is the first due."""

    waiting: int
    later: int
    dead: int
    sent: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class DeadNotice:
    """A notice that did not arrive. `why` is a code (`blocked`, `gave_up`, `nowhere`, `refused`, `render`)."""

    notice_id: int
    person_id: int
    name: str | None
    municipality: str | None
    kind: str
    why: str
    created_at: datetime
    attempts: int


def counts(session: Session, caller: StaffCaller) -> Counts:
    """Returns figures of the notices to people within reach."""
    scope, now = caller.scope, caller.now
    due = _count(session, scope, Notice.status == NoticeStatus.PENDING, Notice.due_at <= now)
    later = _count(session, scope, Notice.status == NoticeStatus.PENDING, Notice.due_at > now)
    sent = _count(
        session, scope, Notice.status == NoticeStatus.SENT, Notice.due_at > now - 8 * DAY, Notice.sent_at > now - DAY
    )
    oldest = session.scalar(
        select(func.min(Notice.due_at))
        .join(Person, Person.id == Notice.person_id)
        .where(Notice.status == NoticeStatus.PENDING, Notice.due_at <= now, scope.limits(Person))
    )
    return Counts(due, later, _count(session, scope, Notice.status == NoticeStatus.DEAD), sent, oldest)


def causes(session: Session, caller: StaffCaller) -> dict[str, int]:
    """Counts the notices within reach that did not arrive by why, the most frequent first."""
    rows = session.execute(
        select(Notice.error, func.count())
        .join(Person, Person.id == Notice.person_id)
        .where(Notice.status == NoticeStatus.DEAD, caller.scope.limits(Person))
        .group_by(Notice.error)
    )
    found: Counter[str] = Counter()
    for error, number in rows:
        found[_why(error)] += number
    return dict(found.most_common())


def dead(
    session: Session, caller: StaffCaller, *, why: str | None = None, offset: int = 0, limit: int | None = 50
) -> list[DeadNotice]:
    """Returns the notices within reach that did not arrive, for this reason if one is named, the newest first."""
    of_cause = or_(Notice.error == why, Notice.error.startswith(f"{why}:", autoescape=True)) if why else true()
    rows = session.execute(
        select(Notice, Person.full_name, Municipality.name)
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(Municipality, Municipality.id == Person.municipality_id)
        .where(Notice.status == NoticeStatus.DEAD, caller.scope.limits(Person), of_cause)
        .order_by(Notice.due_at.desc(), Notice.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [
        DeadNotice(
            notice_id=notice.id,
            person_id=notice.person_id,
            name=name if caller.scope.sees_names else None,
            municipality=municipality,
            kind=notice.kind,
            why=_why(notice.error),
            created_at=notice.created_at,
            attempts=notice.attempts,
        )
        for notice, name, municipality in rows
    ]


def _why(error: str | None) -> str:
    return (error or "").partition(":")[0]


def _count(session: Session, scope: Scope, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Notice).join(Person, Person.id == Notice.person_id)
    return session.scalar(query.where(*conditions, scope.limits(Person))) or 0
