"""Who leaves and still answers for something: a term that runs out, a role that is lost, a bot that is blocked."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from db import handover
from db.active.models import Membership, MembershipStatus
from db.active.queries import ACTIVE, is_member
from db.active.rules import NEAR
from db.caller import StaffCaller
from db.errors import NotFoundError
from db.handover import HeldOf
from db.mentoring.handover import holders as mentors
from db.people.models import Consent, Person, Role
from db.people.queries import blocked_since
from db.people.roles import holds

RECENT = timedelta(days=90)
"""How long after the end of a membership it is asked who takes things over."""


class Leaving(enum.StrEnum):
    """Why somebody's affairs are to be handed over."""

    ENDING = "ending"
    ENDED = "ended"
    NO_ROLE = "no_role"
    BLOCKED = "blocked"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class LeavingRow:
    """Somebody who leaves; nameless where they are erased. `until` is the last day, `blocked_at` since when."""

    person_id: int
    name: str | None
    why: Sequence[Leaving]
    until: date | None
    ended_at: datetime | None
    blocked_at: datetime | None


@dataclass(frozen=True, slots=True)
class LeavingCard:
    """What somebody answers for, and why it is asked; the list of reasons is empty for who simply goes on."""

    person_id: int
    name: str | None
    row: LeavingRow | None
    held: Sequence[HeldOf]


def leaving(session: Session, caller: StaffCaller) -> list[LeavingRow]:
    """Lists who leaves and answers for something within reach: who is gone and whose term ends soonest first."""
    query = _query(caller)
    found = session.execute(query.order_by(query.selected_columns.until.nulls_first(), Person.full_name, Person.id))
    return [_row(row) for row in found]


def waiting(session: Session, caller: StaffCaller) -> int:
    """Counts them, for the first page; nobody for an account that changes nothing."""
    if not caller.scope.can_write:
        return 0
    return session.scalar(select(func.count()).select_from(_query(caller).subquery())) or 0


def card(session: Session, caller: StaffCaller, *, person_id: int) -> LeavingCard:
    """Returns what somebody answers for within reach. Raises NotFoundError for who answers for nothing there.

    Who is erased has no page of their own any more: what they left behind is reached by its own unit.
    """
    person = session.get(Person, person_id)
    held = handover.held(session, caller, person_id=person_id)
    if person is None or not (held or (person.erased_at is None and caller.scope.sees(person))):
        raise NotFoundError
    row = session.execute(_query(caller).where(Person.id == person_id)).one_or_none()
    return LeavingCard(person_id, person.full_name, _row(row) if row is not None else None, held)


def _query(caller: StaffCaller) -> Select[int, str | None, date | None, datetime | None, datetime | None, bool, bool]:
    own = Membership.person_id == Person.id
    last_day = caller.now.astimezone(caller.zone).date() + NEAR
    until = select(func.min(Membership.until)).where(own, ACTIVE, Membership.until <= last_day).scalar_subquery()
    over = select(func.max(Membership.ended_at)).where(
        own, Membership.status == MembershipStatus.ENDED, Membership.ended_at > caller.now - RECENT
    )
    ended = case((~is_member(Person.id), over.scalar_subquery()))
    blocked = blocked_since(Person.id)
    no_role = and_(Person.id.in_(mentors(caller)), ~holds(Role.MENTOR))
    why: tuple[ColumnElement[bool], ...] = (
        until.is_not(None),
        ended.is_not(None),
        blocked.is_not(None),
        no_role,
        _gone(),
    )
    return select(
        Person.id,
        Person.full_name,
        until.label("until"),
        ended.label("ended_at"),
        blocked.label("blocked_at"),
        no_role.label("no_role"),
        _gone().label("gone"),
    ).where(Person.id.in_(handover.holders(caller)), or_(*why))


def _gone() -> ColumnElement[bool]:
    given = exists().where(Consent.person_id == Person.id)
    stands = exists().where(Consent.person_id == Person.id, Consent.withdrawn_at.is_(None))
    return or_(Person.erased_at.is_not(None), and_(given, ~stands))


def _row(row: Row[int, str | None, date | None, datetime | None, datetime | None, bool, bool]) -> LeavingRow:
    number, name, until, ended_at, blocked_at, no_role, gone = row
    told = {
        Leaving.GONE: gone,
        Leaving.ENDING: until is not None,
        Leaving.ENDED: ended_at is not None,
        Leaving.NO_ROLE: no_role and not gone,
        Leaving.BLOCKED: blocked_at is not None,
    }
    return LeavingRow(number, name, [one for one, so in told.items() if so], until, ended_at, blocked_at)
