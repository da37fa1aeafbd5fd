"""Gives what waits for reviews to reviewers, by load and never to whoever is close to its author; takes it away."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from db.accounts.staff_queries import scope_of
from db.applications import rules as application_rules
from db.applications.models import Application, ApplicationStatus, Criterion, CriterionAnswer, Document
from db.applications.rules import Given
from db.applications.staff_services import locked, refused_before
from db.audit import services as audit
from db.caller import StaffCaller
from db.commission import rules
from db.commission.models import (
    ChangedThing,
    Commission,
    CommissionInterest,
    CommissionMember,
    Review,
    ReviewStatus,
)
from db.commission.reviews import current, emptied, note_interest, record
from db.commission.staff_queries import close_ones, commission_of, keeps
from db.commission.staff_services import check_seats, note_change
from db.dictionaries.models import Organisation
from db.errors import DomainError, ForbiddenError, NotFoundError
from db.people.models import Person

AT_ONCE = 1000
"""Applications looked at in one run: more would keep everybody else's writes waiting."""


class GivenReview(NamedTuple):
    """A review that was given out: to whom, and its sum once it is in."""

    staff_id: int
    total: int | None


@dataclass(frozen=True, slots=True)
class ReviewsAssigned:
    """What a run of the assignment came to: reviews given out, applications for which nobody was left, incomplete."""

    given: int
    nobody: tuple[int, ...]
    incomplete: tuple[int, ...]


def assign_reviews(session: Session, caller: StaffCaller, *, campaign_id: int) -> ReviewsAssigned:
    """Gives out what waits for reviews, each to whoever has least to do and may judge it.

    Two sums that lie far apart ask for a third reviewer. What is incomplete goes to nobody: it is for a return.
    Raises NotFoundError, ForbiddenError for whoever does not keep the commission's papers.
    """
    keeps(session, caller, campaign_id=campaign_id)
    commission = commission_of(session, campaign_id, lock=True)
    # In numbers: of a large selection there are tens of thousands, and everybody else's writes wait meanwhile.
    given_out = (
        current()
        .where(Application.campaign_id == campaign_id)
        .with_only_columns(
            Review.application_id,
            Review.staff_id,
            case((Review.status == ReviewStatus.DONE, func.coalesce(Review.total, 0))),
        )
    )
    reviews: dict[int, list[GivenReview]] = {}
    for application_id, staff_id, total in session.execute(given_out):
        reviews.setdefault(application_id, []).append(GivenReview(staff_id, total))
    loads = _loads(commission, reviews)
    waiting = session.scalars(
        select(Application.id)
        .where(Application.campaign_id == campaign_id, Application.status == ApplicationStatus.SUBMITTED)
        .order_by(Application.submitted_at, Application.id)
    )
    ids = [one for one in waiting if _lacking(reviews.get(one, []), commission)][:AT_ONCE]
    short = session.scalars(
        select(Application).where(Application.id.in_(ids)).order_by(Application.submitted_at, Application.id)
    ).all()
    unfit = _incomplete(session, campaign_id, [one.id for one in short])
    barred = _barred(session, commission, short)
    given, nobody = 0, []
    for application in short:
        if application.id in unfit:
            continue
        there = reviews.setdefault(application.id, [])
        out = barred.get(application.id, set()) | {one.staff_id for one in there}
        for _ in range(_lacking(there, commission)):
            load = rules.least_loaded(loads, out)
            if load is None:
                nobody.append(application.id)
                break
            load.has += 1
            out.add(load.staff_id)
            session.add(
                Review(
                    application_id=application.id,
                    revision=application.sent_revision,
                    staff_id=load.staff_id,
                    assigned_at=caller.now,
                )
            )
            given += 1
    session.flush()
    audit.record(
        session,
        caller,
        action="commission.assign",
        object_type="campaign",
        object_id=campaign_id,
        given=given,
        nobody=len(nobody),
    )
    return ReviewsAssigned(given, tuple(nobody), tuple(sorted(unfit)))


def declare(
    session: Session,
    caller: StaffCaller,
    *,
    campaign_id: int,
    person_id: int | None = None,
    organisation_id: int | None = None,
) -> None:
    """Declares whom the asker does not review: a person, or everybody of an organisation; once more is once.

    Raises ForbiddenError for whoever is no member, NotFoundError, DomainError `interest_one`.
    """
    _own_seat(session, caller, campaign_id)
    if (person_id is None) == (organisation_id is None):
        raise DomainError("interest_one")
    if person_id is not None:
        person = session.get(Person, person_id)
        if person is None or person.erased_at is not None or not caller.scope.sees(person):
            raise NotFoundError
    elif (place := session.get(Organisation, organisation_id)) is None or not caller.scope.sees(place):
        raise NotFoundError
    what = {"person_id": person_id, "organisation_id": organisation_id}
    if note_interest(session, caller, campaign_id=campaign_id, **what):
        _record_interest(session, caller, "declare", campaign_id, organisation=organisation_id)


def undeclare(session: Session, caller: StaffCaller, *, campaign_id: int, interest_id: int, reason: str = "") -> None:
    """Takes back what another member declared by mistake, with a reason that the protocol tells; never the own word.

    Raises ForbiddenError but for an administrator and the chair, NotFoundError, DomainError `interest_own`,
    `commission_reason`.
    """
    check_seats(session, caller, campaign_id)
    commission_of(session, campaign_id, lock=True)
    row = session.get(CommissionInterest, interest_id)
    if row is None or row.campaign_id != campaign_id:
        raise NotFoundError
    if row.staff_id == caller.scope.staff_id:
        raise DomainError("interest_own")
    staff_id, said = row.staff_id, row.declared_at.date()
    note_change(
        session, caller, campaign_id, ChangedThing.INTEREST, said, None, reason, member_id=staff_id, always=True
    )
    session.delete(row)
    session.flush()
    _record_interest(session, caller, "undeclare", campaign_id, member=staff_id)


def take_away(session: Session, caller: StaffCaller, *, review_id: int, reason: str = "") -> None:
    """Takes an application from a reviewer who does not come to it, with a reason that the protocol tells.

    Raises NotFoundError, ForbiddenError, DomainError `commission_reason`, ConflictError once it is in.
    """
    review = session.get(Review, review_id)
    if review is None:
        raise NotFoundError
    application = locked(session, caller, review.application_id)
    keeps(session, caller, campaign_id=application.campaign_id)
    session.refresh(review)  # read again under the application's lock: it may have come in meanwhile
    emptied(session, review)
    note_change(
        session,
        caller,
        application.campaign_id,
        ChangedThing.REVIEWER,
        application.number,
        None,
        reason,
        member_id=review.staff_id,
        always=True,
    )
    session.flush()
    record(session, caller, application, review, "take_away")


def _own_seat(session: Session, caller: StaffCaller, campaign_id: int) -> CommissionMember:
    row = session.get(CommissionMember, (campaign_id, caller.scope.staff_id))
    if row is None or not caller.scope.can_write:
        raise ForbiddenError
    return row


def _record_interest(session: Session, caller: StaffCaller, action: str, campaign_id: int, **details: Any) -> None:
    audit.record(
        session, caller, action=f"commission.{action}", object_type="campaign", object_id=campaign_id, **details
    )


def _lacking(reviews: Sequence[GivenReview], commission: Commission) -> int:
    """How many reviews are still to be given out; a third is not, while one of the first is waited for."""
    totals = [one.total for one in reviews if one.total is not None]
    whole = len(totals) == len(reviews)
    wanted = rules.wanted(totals, reviews=commission.reviews, spread=commission.spread) if whole else commission.reviews
    return max(0, wanted - len(reviews))


def _loads(commission: Commission, reviews: Mapping[int, Sequence[GivenReview]]) -> list[rules.ReviewLoad]:
    has: dict[int, int] = {}
    for rows in reviews.values():
        for one in rows:
            has[one.staff_id] = has.get(one.staff_id, 0) + 1
    return [
        rules.ReviewLoad(one.staff_id, has.get(one.staff_id, 0), one.cap)
        for one in commission.members
        if one.seat in rules.REVIEWING and one.staff.active and scope_of(one.staff).can_write
    ]


def _barred(session: Session, commission: Commission, applications: Sequence[Application]) -> dict[int, set[int]]:
    """Returns by application whose hands it must not come into.

    Of whoever is close to its author, gave it back, refused it before it was taken up again, or does not reach it.
    """
    ids = [one.id for one in applications]
    found = close_ones(session, applications, {one.staff_id: one.staff.person_id for one in commission.members})
    gave_back = select(Review.staff_id, Review.application_id).where(
        Review.application_id.in_(ids), Review.status == ReviewStatus.RELEASED
    )
    for staff_id, application_id in (*session.execute(gave_back), *refused_before(session, application_ids=ids)):
        found[application_id].add(staff_id)
    reaches = {one.staff_id: scope_of(one.staff) for one in commission.members}
    for one in applications:
        found[one.id] |= {staff_id for staff_id, reach in reaches.items() if not reach.sees(one)}
    return found


def _incomplete(session: Session, campaign_id: int, ids: Collection[int]) -> set[int]:
    """Returns the applications that lack what nobody can judge without."""
    criteria = session.scalars(select(Criterion).where(Criterion.campaign_id == campaign_id)).all()
    answers = {
        (row.application_id, row.number): row
        for row in session.execute(
            select(
                CriterionAnswer.application_id, CriterionAnswer.number, CriterionAnswer.text, CriterionAnswer.choice
            ).where(CriterionAnswer.application_id.in_(ids))
        )
    }
    files = {
        (row[0], row[1]): row[2]
        for row in session.execute(
            select(Document.application_id, Document.criterion, func.count())
            .where(Document.application_id.in_(ids))
            .group_by(Document.application_id, Document.criterion)
        )
    }
    unfit = set()
    for number in ids:
        for one in criteria:
            answer = answers.get((number, one.number))
            given = Given(
                one.number,
                one.answer,
                one.files,
                (answer.text or "") if answer else "",
                answer.choice if answer else None,
                files.get((number, one.number), 0),
            )
            if rules.INCOMPLETE & set(application_rules.lacks(given)):
                unfit.add(number)
    return unfit
