"""Reads commissions for the panel: which there are, who sits in one, what it has before it, its protocol."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from db.accounts.models import Staff
from db.applications.models import Application, ApplicationStatus, Campaign, Decision, Reason, Verdict
from db.applications.staff_queries import running_first
from db.caller import StaffCaller
from db.commission.models import (
    Commission,
    CommissionChange,
    CommissionInterest,
    CommissionMember,
    CommissionSitting,
    MemberSeat,
    Review,
    ReviewStatus,
)
from db.commission.rules import KEEPING, seats_of
from db.errors import ForbiddenError, NotFoundError
from db.mentoring.models import Pair, PairStatus
from db.people.models import Person
from db.scope import StaffRole
from db.ties import queries as tie_queries


@dataclass(frozen=True, slots=True)
class CommissionRow:
    """A selection and its commission, where it has one."""

    campaign_id: int
    title: str
    order_number: str
    members: int
    chair: str
    waiting: int


@dataclass(frozen=True, slots=True)
class SeatedRow:
    """A member with the reviews that were given out: `has` of `cap`, `done` of them in."""

    staff_id: int
    name: str
    seat: MemberSeat
    cap: int
    acting: bool
    active: bool
    has: int
    done: int


@dataclass(frozen=True, slots=True)
class SeatableRow:
    """An account that may sit in a commission, and on which seats."""

    staff_id: int
    name: str
    seats: frozenset[MemberSeat]


@dataclass(frozen=True, slots=True)
class OwnReview:
    """An application that the asker is to review."""

    application_id: int
    number: int | None
    done: bool


@dataclass(frozen=True, slots=True)
class OpenedCommission:
    """The page of a commission.

    `interests` are the asker's own. Of `others` who may take them back is shown whose and of which day: whom a member
    is close to is the member's own. `begun`: reviews were given out, so a change wants a reason.
    """

    campaign: Campaign
    commission: Commission | None
    members: Sequence[SeatedRow]
    seat: MemberSeat | None
    may_keep: bool
    may_seat: bool
    interests: Sequence[CommissionInterest]
    others: Sequence[CommissionInterest]
    begun: bool
    sittings: Sequence[CommissionSitting]
    own: Sequence[OwnReview]
    staff: Sequence[SeatableRow]
    submitted: int


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a commission decided: counts of verdicts, reasons by how often they were named first, lists by number.

    `names` of all who were at a sitting. `changes` are what was changed after reviews began; `given_back` of the
    reviews were given back or taken away, `sent_again` of the applications were returned when reviews were in.
    """

    campaign: Campaign
    commission: Commission
    members: Sequence[SeatedRow]
    sittings: Sequence[CommissionSitting]
    approved: Sequence[tuple[int, str]]
    rejected: Sequence[tuple[int, str, str]]
    reasons: Sequence[tuple[Reason, int]]
    other: int
    people: Sequence[int]
    names: Mapping[int, str]
    changes: Sequence[CommissionChange]
    given_back: int
    sent_again: int


def commissions(session: Session, caller: StaffCaller) -> list[CommissionRow]:
    """Lists all selections, those that run first, with what waits for a decision in each."""
    waiting = {
        row[0]: row[1]
        for row in session.execute(
            select(Application.campaign_id, func.count())
            .where(Application.status == ApplicationStatus.SUBMITTED, caller.scope.limits(Application))
            .group_by(Application.campaign_id)
        )
    }
    seats: dict[int, list[CommissionMember]] = {}
    for one in session.scalars(select(CommissionMember).options(joinedload(CommissionMember.staff))):
        seats.setdefault(one.campaign_id, []).append(one)
    return [
        CommissionRow(
            row.id,
            row.title,
            row.order_number,
            len(seats.get(row.id, ())),
            next((one.staff.name for one in seats.get(row.id, ()) if one.seat is MemberSeat.CHAIR), ""),
            waiting.get(row.id, 0),
        )
        for row in session.scalars(select(Campaign).order_by(*running_first(caller.now)))
    ]


def opened(session: Session, caller: StaffCaller, *, campaign_id: int) -> OpenedCommission:
    """Returns the commission of a selection, or that there is none yet. Raises NotFoundError."""
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFoundError
    commission = session.get(Commission, campaign_id)
    me = caller.scope.staff_id
    own = session.get(CommissionMember, (campaign_id, me)) if commission else None
    seat = own.seat if own else None
    may_seat = caller.scope.is_admin or seat is MemberSeat.CHAIR
    members = _members(session, campaign_id) if commission else []
    interests = session.scalars(
        select(CommissionInterest)
        .where(CommissionInterest.campaign_id == campaign_id)
        .options(
            joinedload(CommissionInterest.person),
            joinedload(CommissionInterest.organisation),
            joinedload(CommissionInterest.staff),
        )
        .order_by(CommissionInterest.id)
    ).all()
    return OpenedCommission(
        campaign=campaign,
        commission=commission,
        members=members,
        seat=seat,
        may_keep=caller.scope.is_admin or seat in KEEPING,
        may_seat=may_seat,
        interests=[one for one in interests if one.staff_id == me],
        others=[one for one in interests if one.staff_id != me] if may_seat else (),
        begun=begun(session, campaign_id=campaign_id),
        sittings=_sittings(session, campaign_id),
        own=_own(session, campaign_id, me),
        staff=_seatable(session) if may_seat else (),
        submitted=session.scalar(
            select(func.count()).where(
                Application.campaign_id == campaign_id,
                Application.status == ApplicationStatus.SUBMITTED,
                caller.scope.limits(Application),
            )
        )
        or 0,
    )


def protocol(session: Session, caller: StaffCaller, *, campaign_id: int) -> Protocol:
    """Returns what the protocol says. Raises NotFoundError without a commission, ForbiddenError but for the region."""
    caller.scope.check_region()
    commission = commission_of(session, campaign_id)
    campaign = session.get_one(Campaign, campaign_id)
    standing = (
        select(Decision.application_id, func.max(Decision.id).label("id"))
        .join(Application, Application.id == Decision.application_id)
        .where(Application.campaign_id == campaign_id, Decision.undone_at.is_(None))
        .group_by(Decision.application_id)
        .subquery()
    )
    rows = session.execute(
        select(Application.number, Application.person_id, Person.full_name, Decision.verdict, Decision.reasons)
        .join(standing, standing.c.application_id == Application.id)
        .join(Decision, Decision.id == standing.c.id)
        .join(Person, Person.id == Application.person_id)
        .where(Application.status.in_([ApplicationStatus.APPROVED, ApplicationStatus.REJECTED]))
        .order_by(Application.number)
    ).all()
    sittings = _sittings(session, campaign_id)
    present = {one.staff_id for sitting in sittings for one in sitting.present}
    of_campaign = (Review.application_id == Application.id, Application.campaign_id == campaign_id)
    reviews = select(func.count(Review.id)).where(*of_campaign)
    again = select(func.count(Review.application_id.distinct())).where(
        *of_campaign, Review.revision < Application.sent_revision
    )
    known = {one.number: one for one in campaign.reasons if one.verdict is Verdict.REJECT}
    named = Counter(
        row.reasons[0] if row.reasons and row.reasons[0] in known else 0
        for row in rows
        if row.verdict is Verdict.REJECT
    )
    shorts = {number: one.short for number, one in known.items()}
    return Protocol(
        campaign=campaign,
        commission=commission,
        members=_members(session, campaign_id),
        sittings=sittings,
        approved=[(row.number or 0, row.full_name or "") for row in rows if row.verdict is Verdict.APPROVE],
        rejected=[
            (row.number or 0, row.full_name or "", ", ".join(shorts[one] for one in row.reasons if one in shorts))
            for row in rows
            if row.verdict is Verdict.REJECT
        ],
        reasons=[(known[number], named[number]) for number in sorted(known)],
        other=named[0],
        people=[row.person_id for row in rows],
        names={row.id: row.name for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(present)))},
        changes=session.scalars(
            select(CommissionChange)
            .where(CommissionChange.campaign_id == campaign_id)
            .options(joinedload(CommissionChange.member), joinedload(CommissionChange.author))
            .order_by(CommissionChange.id)
        ).all(),
        given_back=session.scalar(reviews.where(Review.status == ReviewStatus.RELEASED)) or 0,
        sent_again=session.scalar(again.where(Review.status == ReviewStatus.DONE)) or 0,
    )


def commission_of(session: Session, campaign_id: int, *, lock: bool = False) -> Commission:
    """Returns the commission with its members. Raises NotFoundError."""
    wanted = (
        select(Commission)
        .where(Commission.campaign_id == campaign_id)
        .options(selectinload(Commission.members).joinedload(CommissionMember.staff))
    )
    found: Commission | None = session.scalar(wanted.with_for_update(of=Commission) if lock else wanted)
    if found is None:
        raise NotFoundError
    return found


def keeps(session: Session, caller: StaffCaller, *, campaign_id: int) -> None:
    """Raises ForbiddenError for whoever is neither an administrator nor the commission's chair or secretary."""
    if not may_keep(session, caller, campaign_id=campaign_id):
        raise ForbiddenError


def may_keep(session: Session, caller: StaffCaller, *, campaign_id: int) -> bool:
    """Whether the asker keeps the commission's papers: an administrator, its chair or its secretary."""
    seat = session.get(CommissionMember, (campaign_id, caller.scope.staff_id))
    return caller.scope.is_admin or (caller.scope.can_write and seat is not None and seat.seat in KEEPING)


def begun(session: Session, *, campaign_id: int) -> bool:
    """Whether reviews of a selection were given out: from then on its commission's rules are changed with a reason."""
    given = (
        select(Review.id)
        .join(Application, Application.id == Review.application_id)
        .where(Application.campaign_id == campaign_id, Review.status != ReviewStatus.FREE)
    )
    return session.scalar(given.limit(1)) is not None


def close_ones(
    session: Session, applications: Sequence[Application], members: Mapping[int, int | None]
) -> dict[int, set[int]]:
    """Returns by application which accounts are too close to its author to judge it, of these with their people.

    Authors themselves, colleagues of the same organisation, mentors, whoever is close to the author by the word of one
    of the two, whoever declared the author or the place, and whose relative works there. The place is both where the
    author worked when the application was sent and where the author works now.
    """
    own = {staff_id: person_id for staff_id, person_id in members.items() if person_id is not None}
    ids = {*own.values(), *(one.person_id for one in applications)}
    places = {
        row.id: row.organisation_id
        for row in session.execute(select(Person.id, Person.organisation_id).where(Person.id.in_(ids)))
    }
    pairs = select(Pair.mentor_id, Pair.mentee_id).where(
        Pair.mentor_id.in_(own.values()), Pair.status != PairStatus.DECLINED
    )
    mentees = {(row.mentor_id, row.mentee_id) for row in session.execute(pairs)}
    authors = {one.person_id for one in applications}
    ties = {me: tie_queries.close(session, person_id=me, other_ids=authors) for me in own.values()}
    kin = tie_queries.places(session, person_ids=set(own.values()))
    declared = session.scalars(
        select(CommissionInterest).where(
            CommissionInterest.campaign_id.in_({one.campaign_id for one in applications}),
            CommissionInterest.staff_id.in_(members),
        )
    ).all()
    persons = {(one.campaign_id, one.staff_id, one.person_id) for one in declared}
    organisations = {(one.campaign_id, one.staff_id, one.organisation_id) for one in declared if one.organisation_id}
    found: dict[int, set[int]] = {one.id: set() for one in applications}
    for one in applications:
        author, there = one.person_id, {one.organisation_id, places.get(one.person_id)} - {None}
        for staff_id in members:
            me = own.get(staff_id)
            if (
                (me is not None and (me == author or (me, author) in mentees or author in ties[me]))
                or (me is not None and (places.get(me) in there or any((me, place) in kin for place in there)))
                or (one.campaign_id, staff_id, author) in persons
                or any((one.campaign_id, staff_id, place) in organisations for place in there)
            ):
                found[one.id].add(staff_id)
    return found


def _members(session: Session, campaign_id: int) -> list[SeatedRow]:
    counted = session.execute(
        select(Review.staff_id, Review.status, func.count())
        .join(Application, Application.id == Review.application_id)
        .where(
            Application.campaign_id == campaign_id,
            Review.revision == Application.sent_revision,
            Review.status.in_([ReviewStatus.ASSIGNED, ReviewStatus.DONE]),
        )
        .group_by(Review.staff_id, Review.status)
    )
    has: Counter[int] = Counter()
    done: Counter[int] = Counter()
    for staff_id, status, count in counted:
        has[staff_id] += count
        done[staff_id] += count if status is ReviewStatus.DONE else 0
    order = list(MemberSeat)
    rows = session.scalars(
        select(CommissionMember)
        .where(CommissionMember.campaign_id == campaign_id)
        .options(joinedload(CommissionMember.staff))
    ).all()
    return [
        SeatedRow(
            one.staff_id,
            one.staff.name,
            one.seat,
            one.cap,
            one.acting,
            one.staff.active,
            has[one.staff_id],
            done[one.staff_id],
        )
        for one in sorted(rows, key=lambda one: (order.index(one.seat), one.staff.name))
    ]


def _sittings(session: Session, campaign_id: int) -> Sequence[CommissionSitting]:
    return session.scalars(
        select(CommissionSitting)
        .where(CommissionSitting.campaign_id == campaign_id)
        .order_by(CommissionSitting.held_on, CommissionSitting.id)
    ).all()


def _own(session: Session, campaign_id: int, staff_id: int) -> list[OwnReview]:
    rows = session.execute(
        select(Application.id, Application.number, Review.status)
        .join(Review, Review.application_id == Application.id)
        .where(
            Application.campaign_id == campaign_id,
            Application.status == ApplicationStatus.SUBMITTED,
            Review.staff_id == staff_id,
            Review.revision == Application.sent_revision,
            Review.status.in_([ReviewStatus.ASSIGNED, ReviewStatus.DONE]),
        )
        .order_by(Review.status, Application.submitted_at, Application.id)
    )
    return [OwnReview(row[0], row[1], row[2] is ReviewStatus.DONE) for row in rows]


def _seatable(session: Session) -> list[SeatableRow]:
    """Accounts that may sit in a commission."""
    may = [role for role in StaffRole if seats_of(role)]
    active = select(Staff.id, Staff.name, Staff.role).where(Staff.active, Staff.role.in_(may)).order_by(Staff.name)
    return [SeatableRow(number, name, seats_of(role)) for number, name, role in session.execute(active)]
