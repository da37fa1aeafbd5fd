"""Keeps commissions: begins one, seats its members, takes what they declare, writes sittings down, decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.accounts.staff_queries import scope_of
from db.applications import staff_services as applications
from db.applications.models import Application, Campaign, Verdict
from db.applications.reach import visible
from db.applications.staff_services import Decided
from db.audit import services as audit
from db.caller import StaffCaller
from db.commission import rules
from db.commission.models import (
    ChangedThing,
    Commission,
    CommissionChange,
    CommissionMember,
    CommissionPresence,
    CommissionSitting,
    MemberSeat,
    Review,
    ReviewStatus,
)
from db.commission.reviews import all_in, current, decides, in_diary, is_close
from db.commission.staff_queries import begun, commission_of, keeps
from db.diary.models import DiarySource
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError

MOST = 200
"""Applications decided at once: more would keep everybody else's writes waiting for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionDraft:
    """What is said of a commission: reviews of each application, when a third is wanted, how many may enter."""

    reviews: int | None
    spread: int | None
    places: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingDraft:
    """A sitting: who was there and how the vote ended."""

    held_on: date | None
    present: frozenset[int]
    agreed: int | None
    against: int | None
    abstained: int | None


def begin(
    session: Session,
    caller: StaffCaller,
    *,
    campaign_id: int,
    chair_id: int | None,
    draft: CommissionDraft,
    training: bool = False,
) -> None:
    """Begins the commission of a selection, under its order and with its chair, who alone decides from then on.

    Raises ForbiddenError but for an administrator, NotFoundError, ConflictError `commission_there`, DomainError as
    `save` and `seat` do.
    """
    caller.scope.check_admin()
    campaign = session.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None:
        raise NotFoundError
    if session.get(Commission, campaign_id) is not None:
        raise ConflictError("commission_there")
    row = Commission(campaign_id=campaign_id, training=training, created_at=caller.now)
    _put(row, draft)
    session.add(row)
    session.flush()
    chair = _seatable(session, chair_id, MemberSeat.CHAIR)
    session.add(
        CommissionMember(campaign_id=campaign_id, staff_id=chair.id, seat=MemberSeat.CHAIR, cap=0, joined_at=caller.now)
    )
    session.flush()
    _record(session, caller, "begin", campaign_id, chair=chair.id)


def save(session: Session, caller: StaffCaller, *, campaign_id: int, draft: CommissionDraft, reason: str = "") -> None:
    """Changes how many reviews are wanted and how many may enter.

    After reviews began a change wants a reason, which the protocol tells; to want fewer reviews than were promised is
    an administrator's (`commission_loosened`). Raises DomainError `commission_reviews`, `commission_spread`,
    `commission_places`, `commission_reason`, NotFoundError, ForbiddenError.
    """
    check_seats(session, caller, campaign_id)
    row = commission_of(session, campaign_id, lock=True)
    before = (row.reviews, row.spread, row.places)
    _put(row, draft)
    looser = row.reviews < before[0] or row.spread > before[1]
    if looser and not caller.scope.is_admin and begun(session, campaign_id=campaign_id):
        raise DomainError("commission_loosened")
    for what, was, now in zip(
        (ChangedThing.REVIEWS, ChangedThing.SPREAD, ChangedThing.PLACES),
        before,
        (row.reviews, row.spread, row.places),
        strict=True,
    ):
        note_change(session, caller, campaign_id, what, was, now, reason)
    session.flush()
    _record(session, caller, "save", campaign_id, reviews=row.reviews, spread=row.spread, places=row.places)


def seat(
    session: Session,
    caller: StaffCaller,
    *,
    campaign_id: int,
    staff_id: int | None,
    seat: MemberSeat,
    cap: int | None = 0,
    acting: bool = False,
    reason: str = "",
) -> None:
    """Seats an account in a commission, or changes its seat and cap. The chair is one: who was it stays a member.

    Raises DomainError `commission_account` for one that may not sit there, `commission_cap`, `commission_chair` for a
    chair who would leave the seat empty, `commission_reason` once reviews began, NotFoundError, ForbiddenError.
    """
    check_seats(session, caller, campaign_id)
    commission = commission_of(session, campaign_id, lock=True)
    account = _seatable(session, staff_id, seat)
    if cap is None or not 0 <= cap <= rules.MOST_CAP:
        raise DomainError("commission_cap", most=rules.MOST_CAP)
    if acting and (seat not in (MemberSeat.SECRETARY, MemberSeat.MEMBER) or not scope_of(account).is_regional):
        raise DomainError("commission_account")
    chair = next((one for one in commission.members if one.seat is MemberSeat.CHAIR), None)
    row = session.get(CommissionMember, (campaign_id, account.id))
    if row is not None and row is chair and seat is not MemberSeat.CHAIR:
        raise DomainError("commission_chair")
    if seat is MemberSeat.CHAIR and chair is not None and row is not chair:
        chair.seat = MemberSeat.MEMBER
        session.flush()
    before = (row.seat, row.cap, row.acting) if row else (None, 0, False)
    if row is None:
        row = CommissionMember(campaign_id=campaign_id, staff_id=account.id, seat=seat, joined_at=caller.now)
        session.add(row)
    row.seat, row.acting = seat, acting
    row.cap = 0 if seat is MemberSeat.OBSERVER else cap
    kinds = (ChangedThing.SEAT, ChangedThing.CAP, ChangedThing.ACTING)
    for what, was, now in zip(kinds, before, (row.seat, row.cap, row.acting), strict=True):
        note_change(session, caller, campaign_id, what, was, now, reason, member_id=account.id)
    session.flush()
    session.expire(commission, ["members"])
    _record(session, caller, "seat", campaign_id, member=account.id, seat=seat.value, cap=row.cap, acting=acting)


def unseat(session: Session, caller: StaffCaller, *, campaign_id: int, staff_id: int, reason: str = "") -> None:
    """Takes an account out of a commission; reviews that are in and what it declared stay.

    Raises DomainError `commission_chair`, `commission_has_reviews` while it has some to make, `commission_reason` once
    reviews began, NotFoundError, ForbiddenError.
    """
    check_seats(session, caller, campaign_id)
    commission = commission_of(session, campaign_id, lock=True)
    row = session.get(CommissionMember, (campaign_id, staff_id))
    if row is None:
        raise NotFoundError
    if row.seat is MemberSeat.CHAIR:
        raise DomainError("commission_chair")
    waits = current().where(
        Application.campaign_id == campaign_id, Review.staff_id == staff_id, Review.status == ReviewStatus.ASSIGNED
    )
    if session.scalar(waits.limit(1)) is not None:
        raise DomainError("commission_has_reviews")
    note_change(session, caller, campaign_id, ChangedThing.SEAT, row.seat, None, reason, member_id=staff_id)
    session.delete(row)
    session.flush()
    session.expire(commission, ["members"])
    _record(session, caller, "unseat", campaign_id, member=staff_id)


def write_sitting(session: Session, caller: StaffCaller, *, campaign_id: int, draft: SittingDraft) -> int:
    """Writes a sitting down: its day, who was there, how the vote ended. Returns its id.

    Raises DomainError `sitting_day`, `sitting_present`, `sitting_votes` where there are not as many votes as voters,
    NotFoundError, ForbiddenError.
    """
    keeps(session, caller, campaign_id=campaign_id)
    commission = commission_of(session, campaign_id, lock=True)
    if draft.held_on is None or draft.held_on > caller.now.astimezone(caller.zone).date():
        raise DomainError("sitting_day")
    seats = {one.staff_id: one.seat for one in commission.members}
    present = draft.present & seats.keys()
    voters = sum(seats[one] in rules.REVIEWING for one in present)
    if not voters:
        raise DomainError("sitting_present")
    votes = (draft.agreed or 0, draft.against or 0, draft.abstained or 0)
    if sum(votes) != voters or min(votes) < 0:
        raise DomainError("sitting_votes", count=voters)
    row = CommissionSitting(
        campaign_id=campaign_id,
        held_on=draft.held_on,
        agreed=votes[0],
        against=votes[1],
        abstained=votes[2],
        written_at=caller.now,
        present=[CommissionPresence(staff_id=one) for one in sorted(present)],
    )
    session.add(row)
    session.flush()
    in_diary(session, caller, source=DiarySource.SITTING, source_id=row.id, campaign_id=campaign_id)
    _record(session, caller, "write_sitting", campaign_id, sitting=row.id, present=len(present))
    return row.id


def remove_sitting(session: Session, caller: StaffCaller, *, sitting_id: int, reason: str = "") -> int:
    """Removes a sitting that was written down wrongly; returns its selection.

    Raises NotFoundError, ForbiddenError, DomainError `commission_reason` once reviews began.
    """
    row = session.get(CommissionSitting, sitting_id)
    if row is None:
        raise NotFoundError
    keeps(session, caller, campaign_id=row.campaign_id)
    note_change(session, caller, row.campaign_id, ChangedThing.SITTING, row.held_on, None, reason)
    session.delete(row)
    session.flush()
    _record(session, caller, "remove_sitting", row.campaign_id, sitting=sitting_id)
    return row.campaign_id


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
    """Decides on an application as `db.applications.staff_services.decide` does, with what a commission asks for.

    Where there is one, its chair alone approves and refuses, or who acts in the chair's place (`verdict_of_chair`), and
    only once all reviews are in (`commission_waits`). Whom the chair may not review is for who acts in the
    chair's place (`verdict_interest`). Whoever may return an application may still do so.
    """
    application = session.get(Application, application_id, with_for_update=True)
    if application is None or not visible(application, caller.scope):
        raise NotFoundError
    commission = session.get(Commission, application.campaign_id)
    # Of what is decided already, the use case below says by whom.
    if commission is not None and verdict is not Verdict.RETURN and application.revision == revision:
        if not decides(session, caller, campaign_id=commission.campaign_id):
            raise DomainError("verdict_of_chair")
        if is_close(session, caller, application):
            raise DomainError("verdict_interest")
        reviews = session.scalars(current().where(Review.application_id == application_id)).all()
        if not all_in(reviews, commission):
            raise DomainError("commission_waits")
    return applications.decide(
        session,
        caller,
        application_id=application_id,
        verdict=verdict,
        revision=revision,
        reasons=reasons,
        comment=comment,
        remarks=remarks,
    )


def decide_many(
    session: Session,
    caller: StaffCaller,
    *,
    campaign_id: int,
    application_ids: Sequence[int],
    verdict: Verdict,
    typed: int | None,
    reasons: Sequence[int] = (),
    comment: str | None = None,
) -> int:
    """Approves or refuses many applications with the same words, all or none; `typed` is how many, by the chair's hand.

    Each has a line of the journal, a notice and a decision of its own; returns the id of one decision, by which
    `db.applications.bulk.undo_all` takes all of them back. Raises DomainError `decide_count`, `decide_many`,
    `decide_nothing`, and what `decide` raises.
    """
    wanted = sorted(set(application_ids))
    if verdict is Verdict.RETURN or not decides(session, caller, campaign_id=campaign_id):
        raise DomainError("verdict_of_chair")
    if not wanted:
        raise DomainError("decide_nothing")
    if len(wanted) > MOST:
        raise DomainError("decide_many", most=MOST)
    if typed != len(wanted):
        raise DomainError("decide_count", count=len(wanted))
    rows = session.scalars(
        select(Application).where(Application.id.in_(wanted)).order_by(Application.id).with_for_update()
    ).all()
    if len(rows) != len(wanted) or any(row.campaign_id != campaign_id for row in rows):
        raise NotFoundError
    for row in rows:
        done = decide(
            session,
            caller,
            application_id=row.id,
            verdict=verdict,
            revision=row.revision,
            reasons=reasons,
            comment=comment,
        )
    return done.decision_id


def check_seats(session: Session, caller: StaffCaller, campaign_id: int) -> None:
    """Lets an administrator and the chair say who sits where. Raises ForbiddenError."""
    row = session.get(CommissionMember, (campaign_id, caller.scope.staff_id))
    if not (caller.scope.is_admin or (caller.scope.can_write and row is not None and row.seat is MemberSeat.CHAIR)):
        raise ForbiddenError


def _seatable(session: Session, staff_id: int | None, seat: MemberSeat) -> Staff:
    account = session.get(Staff, staff_id) if staff_id is not None else None
    if account is None or not account.active or seat not in rules.seats_of(account.role):
        raise DomainError("commission_account")
    return account


def _put(row: Commission, draft: CommissionDraft) -> None:
    if draft.reviews is None or not 1 <= draft.reviews <= rules.MOST_REVIEWS:
        raise DomainError("commission_reviews", most=rules.MOST_REVIEWS)
    if draft.spread is None or not 1 <= draft.spread <= rules.MOST_SPREAD:
        raise DomainError("commission_spread", most=rules.MOST_SPREAD)
    if draft.places is not None and not 1 <= draft.places <= rules.MOST_PLACES:
        raise DomainError("commission_places", most=rules.MOST_PLACES)
    row.reviews, row.spread, row.places = draft.reviews, draft.spread, draft.places


def note_change(
    session: Session,
    caller: StaffCaller,
    campaign_id: int,
    what: ChangedThing,
    before: object,
    after: object,
    reason: str,
    *,
    member_id: int | None = None,
    always: bool = False,
) -> None:
    """Notes a change for the protocol, once reviews began or `always`. Raises DomainError `commission_reason`."""
    if before == after or not (always or begun(session, campaign_id=campaign_id)):
        return
    reason = reason.strip()[: rules.CHANGE_REASON]
    if not reason:
        raise DomainError("commission_reason", field="reason")
    was, now = (None if one is None else str(one) for one in (before, after))
    session.add(
        CommissionChange(
            campaign_id=campaign_id,
            what=what,
            member_id=member_id,
            before=was,
            after=now,
            reason=reason,
            changed_by=caller.scope.staff_id,
            changed_at=caller.now,
        )
    )


def _record(session: Session, caller: StaffCaller, action: str, campaign_id: int, **details: Any) -> None:
    audit.record(
        session, caller, action=f"commission.{action}", object_type="campaign", object_id=campaign_id, **details
    )
