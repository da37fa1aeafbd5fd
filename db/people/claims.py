"""Meets in the bot whoever was entered by a list: by a link of the methodist, or by an offer that one confirms.

Nothing of a record is shown to anybody before. What is done with it then is in `db.merging`.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session, aliased

from db.accounts.models import Staff
from db.accounts.staff_queries import scope_of
from db.audit import services as audit
from db.caller import PersonCaller, StaffCaller
from db.errors import ConflictError, DomainError, NotFoundError
from db.people.models import Claim, Person
from db.people.queries import in_messenger
from db.people.services import token_hash
from db.people.staff_queries import within
from db.texts import comparable
from db.upsert import insert

LINK_LASTS = timedelta(days=14)
OFFER_LASTS = timedelta(days=60)
AT_ONCE = 20


def issue(session: Session, caller: StaffCaller, *, person_id: int) -> str:
    """Makes a one-time link to a record and returns the token of `cl_<token>`; only its hash is kept.

    An earlier link to it ends. Raises NotFoundError and ForbiddenError by the scope, DomainError `claim_met` where
    somebody is in the bot already.
    """
    record = within(session, caller, person_id=person_id)
    caller.scope.check_write(record)
    if session.scalar(select(Person.id).where(Person.id == person_id, in_messenger(Person.id))) is not None:
        raise DomainError("claim_met")
    earlier = update(Claim).where(Claim.record_id == person_id, Claim.token_hash.is_not(None))
    session.execute(earlier.where(Claim.closed_at.is_(None)).values(closed_at=caller.now))
    token = secrets.token_urlsafe(32)
    session.add(
        Claim(
            record_id=person_id,
            token_hash=token_hash(token),
            created_by=caller.scope.staff_id,
            created_at=caller.now,
            expires_at=caller.now + LINK_LASTS,
        )
    )
    audit.record(
        session,
        caller,
        action="people.claim_link",
        object_type="person",
        object_id=person_id,
        subject_person_id=person_id,
    )
    return token


def spend(session: Session, caller: PersonCaller, *, token: str) -> int:
    """Spends a link for whoever opened it first and returns the record's number.

    Raises DomainError `claim_used`, `claim_over`.
    """
    spent = (
        update(Claim)
        .where(Claim.token_hash == token_hash(token), Claim.closed_at.is_(None), Claim.expires_at > caller.now)
        .values(person_id=caller.person_id, closed_at=caller.now, accepted=True)
        .returning(Claim.record_id, Claim.created_by)
    )
    row = session.execute(spent).one_or_none()
    if row is None:
        known = session.scalar(select(Claim).where(Claim.token_hash == token_hash(token)))
        raise DomainError("claim_used" if known is not None and known.accepted else "claim_over")
    author, record = session.get_one(Staff, row.created_by), session.get_one(Person, row.record_id)
    if not author.active or not scope_of(author).can_write or not scope_of(author).sees(record):
        raise DomainError("claim_over")
    return record.id


def is_own(session: Session, caller: PersonCaller, *, token: str) -> bool:
    """Tells whether it was this very person who spent the link."""
    own = select(Claim.id).where(Claim.token_hash == token_hash(token), Claim.accepted)
    return session.scalar(own.where(Claim.person_id == caller.person_id)) is not None


def may_be_listed(session: Session, caller: PersonCaller) -> bool:
    """Tells whether a list holds somebody of this name at this place whom nobody has met yet."""
    return bool(_alike(session, caller.person_id))


def offer(session: Session, caller: PersonCaller, *, birth: date) -> None:
    """Asks a methodist to look at records whose name, place and birth fit; the answer never says whether any does."""
    for record in _alike(session, caller.person_id):
        if record.birth_date == birth:
            row = {
                "record_id": record.id,
                "person_id": caller.person_id,
                "created_at": caller.now,
                "expires_at": caller.now + OFFER_LASTS,
            }
            session.execute(insert(session, Claim).values(**row, accepted=False).on_conflict_do_nothing())


def _alike(session: Session, person_id: int) -> list[Person]:
    """Records of the person's name at the same place: unmet, with a day of birth to tell namesakes apart."""
    person = session.get(Person, person_id)
    if person is None or person.full_name is None or person.municipality_id is None:
        return []
    records = select(Person).where(
        Person.municipality_id == person.municipality_id,
        Person.birth_date.is_not(None),
        Person.erased_at.is_(None),
        Person.id != person_id,
        ~in_messenger(Person.id),
    )
    name = comparable(person.full_name)
    return [
        one
        for one in session.scalars(records.order_by(Person.id))
        if comparable(one.full_name or "") == name
        and one.organisation_id in (None, person.organisation_id)
        and one.merged_into_id is None
    ]


@dataclass(frozen=True, slots=True)
class Offered:
    """A record and whoever came, who fit each other."""

    id: int
    record_id: int
    person_id: int
    name: str
    since: datetime


def waiting(session: Session, caller: StaffCaller) -> Sequence[Offered]:
    """Lists the offers that wait for a methodist who reaches both sides: the oldest, as many as fit a page."""
    oldest = _offers(caller, Claim, Person.full_name).order_by(Claim.created_at, Claim.id).limit(AT_ONCE)
    rows = session.execute(oldest)
    return [
        Offered(claim.id, claim.record_id, claim.person_id or 0, name or "", claim.created_at) for claim, name in rows
    ]


def waiting_count(session: Session, caller: StaffCaller) -> int:
    """Counts them."""
    return session.scalar(_offers(caller, func.count(Claim.id))) or 0


def _offers(caller: StaffCaller, *what: Any) -> Select[Any]:
    newcomer = aliased(Person)
    query = select(*what).join(Person, Person.id == Claim.record_id).join(newcomer, newcomer.id == Claim.person_id)
    return query.where(*_open(caller), caller.scope.limits(Person), caller.scope.limits(newcomer))


def _open(caller: StaffCaller) -> tuple[ColumnElement[bool], ...]:
    return Claim.closed_at.is_(None), Claim.token_hash.is_(None), Claim.expires_at > caller.now


def close(session: Session, caller: StaffCaller, *, claim_id: int, accepted: bool) -> Claim:
    """Closes an offer within reach. Raises NotFoundError, and ConflictError where a colleague was quicker."""
    claim = session.get(Claim, claim_id, with_for_update=True)
    if claim is None or claim.token_hash is not None:
        raise NotFoundError
    caller.scope.check_write(session.get_one(Person, claim.record_id))
    if claim.closed_at is not None or claim.expires_at <= caller.now:
        raise ConflictError
    claim.closed_at, claim.accepted = caller.now, accepted
    session.flush()
    return claim
