"""Changing the network by hand, as the panel does: what is declared, members, agreements with scans, visits."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.documents import scans
from db.errors import DomainError, NotFoundError
from db.network.models import Agreement, AgreementStatus, MemberKind, MutualVisit, Network, NetworkMember
from db.network.staff_queries import member, network, visit
from db.storage import StoredFile
from db.transitions import move

OWN = "own"
"""The code of a network that no document describes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkDraft:
    """What a methodist says about the network as a whole."""

    title: str
    declared: int | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDraft:
    """What a methodist says about a member."""

    kind: MemberKind
    name: str
    link: str
    note: str
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementDraft:
    """What a methodist says about an agreement."""

    status: AgreementStatus
    number: str
    signed_on: date | None
    starts: date | None
    ends: date | None
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDraft:
    """Who visited whom, when, and what came of it. A side that is empty is the service itself."""

    visited_on: date | None
    guest_id: int | None
    host_id: int | None
    word: str


def save_network(session: Session, caller: StaffCaller, *, draft: NetworkDraft) -> int:
    """Writes down what is said of the network as a whole, and returns its id.

    Raises DomainError `network_title`, ForbiddenError.
    """
    caller.scope.check_region()
    if len(draft.title) < 3:
        raise DomainError("network_title")
    row = network(session)
    if row is None:
        row = Network(code=OWN, title="")
        session.add(row)
    row.title = texts.one_alphabet(draft.title, field="title")
    row.declared, row.note = draft.declared, draft.note
    session.flush()
    audit.record(session, caller, action="network.save", object_type="network", object_id=row.id)
    return row.id


def save_member(session: Session, caller: StaffCaller, *, member_id: int | None, draft: MemberDraft) -> int:
    """Adds or changes a member and returns its id.

    Raises DomainError `member_name`, `member_link`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    if len(draft.name) < 3:
        raise DomainError("member_name")
    if draft.link and not draft.link.lower().startswith(("https://", "http://")):
        raise DomainError("member_link")
    if member_id is None:
        last = session.scalar(select(func.max(NetworkMember.position))) or 0
        row = NetworkMember(code=f"own-{last + 1}", position=last + 1)
        session.add(row)
    else:
        row = member(session, member_id=member_id)
    row.name = texts.one_alphabet(draft.name, field="name")
    row.kind, row.link, row.note, row.active = draft.kind, draft.link, draft.note, draft.active
    session.flush()
    audit.record(session, caller, action="network.save_member", object_type="network_member", object_id=row.id)
    return row.id


def save_agreement(
    session: Session, caller: StaffCaller, *, agreement_id: int | None, member_id: int | None, draft: AgreementDraft
) -> int:
    """Adds an agreement to a member, or changes one, and returns its id.

    Raises DomainError `agreement_days`, ConflictError `agreement_moved`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    if draft.starts and draft.ends and draft.starts > draft.ends:
        raise DomainError("agreement_days")
    if agreement_id is None:
        row = Agreement(member_id=_locked(session, member_id).id, status=AgreementStatus.PREPARING)
        session.add(row)
    else:
        row = _agreement(session, agreement_id)
    if row.status is not draft.status:
        move(row, draft.status)
    row.number, row.word = draft.number, draft.word
    row.signed_on, row.starts, row.ends = draft.signed_on, draft.starts, draft.ends
    session.flush()
    audit.record(session, caller, action="network.save_agreement", object_type="agreement", object_id=row.id)
    return row.id


def put_scan(session: Session, caller: StaffCaller, *, agreement_id: int, stored: StoredFile) -> None:
    """Puts an agreement's scan in, in place of the one before. Raises NotFoundError, ForbiddenError."""
    caller.scope.check_region()
    row = _agreement(session, agreement_id)
    before, row.scan_id = row.scan_id, scans.keep(session, caller, stored=stored)
    scans.drop(session, scan_id=before)
    audit.record(session, caller, action="network.scan", object_type="agreement", object_id=row.id)


def save_visit(session: Session, caller: StaffCaller, *, visit_id: int | None, draft: VisitDraft) -> int:
    """Writes a visit down, or mends it, and returns its id.

    Raises DomainError `visit_day`, `visit_ahead`, `visit_sides`, `visit_word`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    if draft.visited_on is None:
        raise DomainError("visit_day")
    if draft.visited_on > caller.now.astimezone(caller.zone).date():
        raise DomainError("visit_ahead")
    if draft.guest_id == draft.host_id:
        raise DomainError("visit_sides")
    if len(draft.word) < 3:
        raise DomainError("visit_word")
    for member_id in (draft.guest_id, draft.host_id):
        if member_id is not None:
            member(session, member_id=member_id)
    row = visit(session, visit_id=visit_id) if visit_id is not None else MutualVisit()
    row.visited_on, row.word = draft.visited_on, draft.word
    row.guest_id, row.host_id = draft.guest_id, draft.host_id
    session.add(row)
    session.flush()
    audit.record(session, caller, action="network.save_visit", object_type="mutual_visit", object_id=row.id)
    return row.id


def drop_visit(session: Session, caller: StaffCaller, *, visit_id: int) -> None:
    """Takes out a visit that was written down by mistake. Raises NotFoundError, ForbiddenError."""
    caller.scope.check_region()
    session.delete(visit(session, visit_id=visit_id))
    audit.record(session, caller, action="network.drop_visit", object_type="mutual_visit", object_id=visit_id)


def _locked(session: Session, member_id: int | None) -> NetworkMember:
    row = session.get(NetworkMember, member_id, with_for_update=True) if member_id is not None else None
    if row is None:
        raise NotFoundError
    return row


def _agreement(session: Session, agreement_id: int) -> Agreement:
    row = session.get(Agreement, agreement_id, with_for_update=True)
    if row is None:
        raise NotFoundError
    return row
