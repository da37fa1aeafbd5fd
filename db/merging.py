"""Makes two rows of one person one: all that is theirs goes on under one number, and no row of any table is lost.

Each noun moves its own in its `personal.py` (`db.nouns.Personal.merge`); here they are called in one transaction, later
nouns first. The other row stays, empty, and says where all went. For a week they can be parted again (`db.parting`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db import parting
from db.accounts.models import Staff
from db.audit import services as audit
from db.caller import Caller, PersonCaller, StaffCaller
from db.erasure import of_a_person
from db.errors import ConflictError, DomainError, NotFoundError
from db.notices import services as notices
from db.people import claims, staff_queries
from db.people.models import MessengerAccount, Person, PersonMerge
from db.people.queries import addresses
from db.people.rules import PARTED_WITHIN
from db.people.staff_services import refuse_withdrawn
from db.texts import comparable

ACCEPTED = "people.claim_accepted"
MERGED = "people.merged"
PARTED = "people.parted"


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> int:
    """Moves all that is of `gone_id` to `kept_id`; returns the number of this merge, by which they are parted again.

    Who calls has looked at the rights and writes the journal.

    Of two at once on one row the second comes too late. Raises NotFoundError, DomainError `person_withdrawn`,
    `merge_accounts`, `merge_pair`.
    """
    _locked(session, kept_id, gone_id)
    both = (kept_id, gone_id)
    for number in both:
        refuse_withdrawn(session, number)
    with parting.Watch(session) as watch:
        for part in reversed(of_a_person().values()):
            part.merge(session, caller, kept_id=kept_id, gone_id=gone_id)
        changes = watch.changes()
    done = PersonMerge(
        kept_id=kept_id,
        gone_id=gone_id,
        merged_at=caller.now,
        merged_by=caller.scope.staff_id if isinstance(caller, StaffCaller) else None,
        changes={"rows": changes},
        standing=parting.standing(session, changes, both),
    )
    session.add(done)
    session.flush()
    return done.id


@dataclass(frozen=True, slots=True)
class Merged:
    """Two records that can be parted until `until`."""

    id: int
    gone_id: int
    at: datetime
    until: datetime


def merges(session: Session, caller: StaffCaller, *, person_id: int) -> list[Merged]:
    """Lists what was made one with somebody within reach and may be parted by who asks. Raises NotFoundError."""
    person = staff_queries.within(session, caller, person_id=person_id)
    fresh = select(PersonMerge).where(
        PersonMerge.kept_id == person.id, PersonMerge.merged_at > caller.now - PARTED_WITHIN
    )
    return [
        Merged(one.id, one.gone_id, one.merged_at, one.merged_at + PARTED_WITHIN)
        for one in session.scalars(fresh.order_by(PersonMerge.id.desc()))
        if _may_part(caller, one)
    ]


def _may_part(caller: StaffCaller, one: PersonMerge) -> bool:
    return caller.scope.can_write and (caller.scope.is_admin or one.merged_by in (None, caller.scope.staff_id))


def part(session: Session, caller: StaffCaller, *, merge_id: int) -> int:
    """Parts two records that were made one as if they had never been; returns the number of the one that stayed.

    What the one has done since stays with it. Who made them one may do so, or an administrator. Raises NotFoundError
    after a week or out of reach, DomainError `person_withdrawn`, ConflictError `merge_parted_late` where what had to be
    chosen among the two, or any row that was moved, has become otherwise since.
    """
    one = session.get(PersonMerge, merge_id)
    if one is None or one.merged_at <= caller.now - PARTED_WITHIN or not _may_part(caller, one):
        raise NotFoundError
    kept_id, gone_id = one.kept_id, one.gone_id
    both = select(Person).where(Person.id.in_((kept_id, gone_id))).order_by(Person.id)
    session.scalars(both.with_for_update().execution_options(populate_existing=True)).all()
    caller.scope.check_write(session.get_one(Person, kept_id))
    one = session.get(PersonMerge, merge_id, with_for_update=True, populate_existing=True)
    if one is None:  # parted by a colleague meanwhile
        raise NotFoundError
    refuse_withdrawn(session, kept_id)
    changes = one.changes["rows"]
    if parting.standing(session, changes, (kept_id, gone_id)) != one.standing:
        raise ConflictError("merge_parted_late")
    third = Person(created_at=caller.now)
    session.add(third)
    session.delete(one)
    session.flush()
    parting.restore(session, changes, kept_id=kept_id, gone_id=gone_id, third=third.id)
    session.execute(delete(Person).where(Person.id == third.id))
    notices.cancel(session, key=f"{MERGED}:{merge_id}")
    _record(session, caller, "people.part", kept_id, gone_id)
    for number in (kept_id, gone_id):
        if addresses(session, person_id=number):
            key = f"{PARTED}:{merge_id}:{number}"
            notices.enqueue(session, caller, key=key, person_id=number, kind=PARTED, params={})
    return kept_id


def _locked(session: Session, kept_id: int, gone_id: int) -> tuple[Person, Person]:
    """Locks both rows, the lower number first whoever asks. Raises NotFoundError unless both are somebody's still."""
    both = select(Person).where(Person.id.in_((kept_id, gone_id)), Person.erased_at.is_(None)).order_by(Person.id)
    found = session.scalars(both.with_for_update().execution_options(populate_existing=True)).all()
    people = {person.id: person for person in found}
    if len(people) != 2:
        raise NotFoundError
    return people[kept_id], people[gone_id]


def join(session: Session, caller: StaffCaller, *, kept_id: int, gone_id: int) -> None:
    """Merges two people on a methodist's word, and tells them in the bot.

    Only an administrator merges two who both are in the bot (each would read the other's results), who have different
    names, or of whom one has an account of the panel. Raises NotFoundError and ForbiddenError by the scope, DomainError
    `merge_administrator`, and what `merge` does.
    """
    if kept_id == gone_id:
        raise NotFoundError
    people = _locked(session, kept_id, gone_id)
    for person in people:
        caller.scope.check_write(person)
    if not caller.scope.is_admin and needs_administrator(session, kept_id=kept_id, gone_id=gone_id):
        raise DomainError("merge_administrator")
    merge_id = merge(session, caller, kept_id=kept_id, gone_id=gone_id)
    _record(session, caller, "people.merge", kept_id, gone_id)
    if addresses(session, person_id=kept_id):
        key = f"{MERGED}:{merge_id}"
        notices.enqueue(session, caller, key=key, person_id=kept_id, kind=MERGED, params={})


def needs_administrator(session: Session, *, kept_id: int, gone_id: int) -> bool:
    """Tells whether merging these two gives somebody what a methodist may not give."""
    both = (kept_id, gone_id)
    names = session.scalars(select(Person.full_name).where(Person.id.in_(both))).all()
    if len({comparable(name) for name in names if name}) > 1:
        return True
    own = MessengerAccount.person_id
    chats = session.scalars(select(own).where(own.in_(both)).distinct()).all()
    return len(chats) > 1 or _has_account(session, both)


def _has_account(session: Session, person_ids: Collection[int]) -> bool:
    return session.scalar(select(Staff.id).where(Staff.person_id.in_(person_ids)).limit(1)) is not None


def claim(session: Session, caller: PersonCaller, *, token: str) -> None:
    """Makes a record of a methodist's own link theirs who opened it; again for the same person changes nothing.

    Raises DomainError `claim_used`, `claim_over`, `claim_other` where the own name is another than the record's.
    """
    if claims.is_own(session, caller, token=token):
        return
    record_id = claims.spend(session, caller, token=token)
    if addresses(session, person_id=record_id) or _has_account(session, [record_id]):
        raise DomainError("claim_over")
    kept, gone = _locked(session, caller.person_id, record_id)
    if kept.full_name and comparable(kept.full_name) != comparable(gone.full_name or ""):
        raise DomainError("claim_other")
    merge(session, caller, kept_id=caller.person_id, gone_id=record_id)
    _record(session, caller, "people.claimed", caller.person_id, record_id)


def confirm(session: Session, caller: StaffCaller, *, claim_id: int) -> None:
    """Confirms that whoever came is the one of the record, and tells them. Raises NotFoundError, and as `merge`.

    Raises ConflictError where the record was met otherwise meanwhile.
    """
    offered = claims.close(session, caller, claim_id=claim_id, accepted=True)
    person_id, record_id = offered.person_id, offered.record_id
    if person_id is None or addresses(session, person_id=record_id) or _has_account(session, [record_id]):
        raise ConflictError
    caller.scope.check_write(_locked(session, person_id, record_id)[0])
    merge(session, caller, kept_id=person_id, gone_id=record_id)
    _record(session, caller, "people.claim_confirm", person_id, record_id)
    notices.enqueue(session, caller, key=f"{ACCEPTED}:{claim_id}", person_id=person_id, kind=ACCEPTED, params={})


def decline(session: Session, caller: StaffCaller, *, claim_id: int) -> None:
    """Says that these are two people; whoever came hears nothing of anybody else. Raises NotFoundError."""
    offered = claims.close(session, caller, claim_id=claim_id, accepted=False)
    _record(session, caller, "people.claim_decline", offered.person_id, offered.record_id)


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two people side by side, before they are made one."""

    kept: staff_queries.PersonRow
    gone: staff_queries.PersonRow
    births_differ: bool
    administrator: bool


def pairing(session: Session, caller: StaffCaller, *, kept_id: int, gone_id: int) -> Pairing:
    """Returns two people within reach for the page that asks. Raises NotFoundError."""
    kept, gone = (staff_queries.within(session, caller, person_id=one) for one in (kept_id, gone_id))
    if kept_id == gone_id:
        raise NotFoundError
    rows = staff_queries.rows(session, person_ids=[kept_id, gone_id])
    births = {one.birth_date for one in (kept, gone) if one.birth_date}
    asked = needs_administrator(session, kept_id=kept_id, gone_id=gone_id) and not caller.scope.is_admin
    return Pairing(rows[0], rows[1], len(births) > 1, asked)


def offered(session: Session, caller: StaffCaller) -> list[tuple[claims.Offered, Pairing]]:
    """Lists the offers that wait, each with its two people."""
    return [
        (one, pairing(session, caller, kept_id=one.person_id, gone_id=one.record_id))
        for one in claims.waiting(session, caller)
    ]


def _record(session: Session, caller: Caller, action: str, kept_id: int | None, gone_id: int) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="person",
        object_id=gone_id,
        subject_person_id=kept_id,
        people=[gone_id],
        into=kept_id,
    )
