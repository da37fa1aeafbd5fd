"""Takes reviews in, and tells what of a review may be seen by whom.

Reviewers are blind to each other: what one gave and wrote is nobody else's to see, an administrator's neither, until
all reviews of that application are in. The journal has no scores and no words at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, joinedload

from db.accounts.models import Staff
from db.accounts.staff_queries import own_person
from db.applications import rules as application_rules
from db.applications.models import Application, ApplicationStatus, Campaign, Criterion
from db.applications.reach import visible
from db.applications.staff_services import check_not_own, locked, refused_before
from db.audit import services as audit
from db.caller import StaffCaller
from db.commission import rules
from db.commission.models import (
    Commission,
    CommissionInterest,
    CommissionMember,
    MemberSeat,
    Review,
    ReviewScore,
    ReviewStatus,
)
from db.commission.staff_queries import close_ones, may_keep
from db.diary import services as diary
from db.diary.models import DiarySource
from db.errors import ConflictError, DomainError, NotFoundError
from db.transitions import move

STANDING = (ReviewStatus.ASSIGNED, ReviewStatus.DONE)
AT_ONCE = 500
"""Ids in one statement."""


@dataclass(frozen=True, slots=True)
class SeenReview:
    """A review as it may be seen: by its own reviewer at any time, by others once all are in."""

    id: int
    staff_id: int
    name: str
    status: ReviewStatus
    scores: Mapping[int, int]
    total: int | None
    note: str


@dataclass(frozen=True, slots=True)
class ReviewDesk:
    """What a page of an application shows of reviews.

    `judged`: a commission decides on it. `own` is the asker's; `others` are empty until all are in (`open`);
    `in_hand` of `given` are in. `may_score`: the asker gives scores here. `waited` are reviews to come, by id and
    reviewer, for whoever keeps the commission's papers. `refused`: by the asker once, so somebody else decides now.
    """

    judged: bool
    decides: bool
    may_score: bool
    own: SeenReview | None
    others: tuple[SeenReview, ...]
    open: bool
    in_hand: int
    given: int
    waited: tuple[tuple[int, str], ...] = ()
    refused: bool = False

    @property
    def scores(self) -> Mapping[int, int]:
        """The asker's scores by criterion."""
        return self.own.scores if self.own else {}


def current() -> Select[Any]:
    """Returns the statement of reviews of what was sent last, given out or handed in."""
    return (
        select(Review)
        .join(Application, and_(Application.id == Review.application_id, Application.sent_revision == Review.revision))
        .where(Review.status.in_(STANDING))
    )


def all_in(reviews: Sequence[Review], commission: Commission) -> bool:
    """Whether as many reviews as are wanted are in, and none is waited for."""
    totals = [one.total or 0 for one in reviews if one.status is ReviewStatus.DONE]
    wanted = rules.wanted(totals, reviews=commission.reviews, spread=commission.spread)
    return len(totals) == len(reviews) and len(totals) >= wanted


def means(session: Session, caller: StaffCaller, *, application_ids: Sequence[int]) -> dict[int, dict[int, float]]:
    """Returns the mean score of each criterion by application, of those whose reviews are all in."""
    judged = {one.campaign_id: one for one in session.scalars(select(Commission))}
    asked = (
        select(Review, Application.campaign_id)
        .join(Application, and_(Application.id == Review.application_id, Application.sent_revision == Review.revision))
        .where(Review.status != ReviewStatus.RELEASED)
    )
    found: dict[int, list[Review]] = {}
    campaigns: dict[int, int] = {}
    for start in range(0, len(application_ids), AT_ONCE):
        some = application_ids[start : start + AT_ONCE]
        for review, campaign_id in session.execute(asked.where(Review.application_id.in_(some))):
            found.setdefault(review.application_id, []).append(review)
            campaigns[review.application_id] = campaign_id
    known: dict[int, dict[int, float]] = {}
    for number, reviews in found.items():
        commission = judged.get(campaigns[number])
        counted = reviews if commission is None else [one for one in reviews if one.status in STANDING]
        if commission is None or all_in(counted, commission):
            given: dict[int, list[int]] = {}
            for one in counted:
                for row in one.scores:
                    given.setdefault(row.number, []).append(row.score)
            known[number] = {place: sum(scores) / len(scores) for place, scores in given.items()}
    return known


def own_waiting(session: Session, caller: StaffCaller) -> int:
    """Counts the applications that the asker was given and has not reviewed yet."""
    mine = (Review.staff_id == caller.scope.staff_id, Review.status == ReviewStatus.ASSIGNED)
    waiting = current().where(*mine, Application.status == ApplicationStatus.SUBMITTED)
    return session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def desk(session: Session, caller: StaffCaller, *, application_id: int) -> ReviewDesk:
    """Returns what the asker may see of an application's reviews. Raises NotFoundError out of reach."""
    application = session.get(Application, application_id)
    if application is None or not visible(application, caller.scope):
        raise NotFoundError
    me = caller.scope.staff_id
    commission = session.get(Commission, application.campaign_id)
    reviews = session.scalars(
        select(Review)
        .where(Review.application_id == application_id, Review.revision == application.sent_revision)
        .options(joinedload(Review.staff))
        .order_by(Review.id)
    ).all()
    own = next((one for one in reviews if one.staff_id == me and one.status is not ReviewStatus.RELEASED), None)
    waits = application.status is ApplicationStatus.SUBMITTED
    refused = waits and (me, application_id) in refused_before(session, application_ids=[application_id])
    if commission is None:
        return ReviewDesk(
            judged=False,
            decides=caller.scope.is_regional,
            may_score=waits and caller.scope.can_write,
            own=_seen(own) if own else None,
            others=tuple(_seen(one) for one in reviews if one is not own and one.scores),
            open=True,
            in_hand=len(reviews),
            given=len(reviews),
            refused=refused,
        )
    counted = [one for one in reviews if one.status in STANDING]
    is_open = all_in(counted, commission)
    keeps_papers = may_keep(session, caller, campaign_id=commission.campaign_id)
    return ReviewDesk(
        judged=True,
        decides=decides(session, caller, campaign_id=commission.campaign_id),
        may_score=waits and own is not None and own.status is ReviewStatus.ASSIGNED,
        own=_seen(own) if own else None,
        others=tuple(_seen(one) for one in counted if one is not own) if is_open else (),
        open=is_open,
        in_hand=sum(one.status is ReviewStatus.DONE for one in counted),
        given=len(counted),
        waited=tuple(
            (one.id, one.staff.name) for one in counted if keeps_papers and one.status is ReviewStatus.ASSIGNED
        ),
        refused=refused,
    )


def decides(session: Session, caller: StaffCaller, *, campaign_id: int) -> bool:
    """Whether the asker is the chair or acts in the chair's place."""
    seat = session.get(CommissionMember, (campaign_id, caller.scope.staff_id))
    return seat is not None and caller.scope.is_regional and (seat.seat is MemberSeat.CHAIR or seat.acting)


def in_diary(session: Session, caller: StaffCaller, *, source: DiarySource, source_id: int, campaign_id: int) -> None:
    """Writes what the asker did for a selection into the own diary: of which one, and never of whom."""
    me = own_person(session, caller.scope)
    if me is None:
        return
    title = session.scalar(select(Campaign.title).where(Campaign.id == campaign_id)) or ""
    day = caller.now.astimezone(caller.zone).date()
    diary.note(session, caller, person_id=me, source=source, source_id=source_id, on=day, text=title)


def is_close(session: Session, caller: StaffCaller, application: Application) -> bool:
    """Whether the asker is too close to the author of an application to judge it."""
    me = session.get_one(Staff, caller.scope.staff_id)
    return bool(close_ones(session, [application], {me.id: me.person_id})[application.id])


def note_interest(
    session: Session,
    caller: StaffCaller,
    *,
    campaign_id: int,
    person_id: int | None = None,
    organisation_id: int | None = None,
) -> bool:
    """Notes whom the asker does not review; returns whether that was new. The journal is the caller's matter."""
    what = {"person_id": person_id, "organisation_id": organisation_id}
    mine = {"campaign_id": campaign_id, "staff_id": caller.scope.staff_id}
    if session.scalar(select(CommissionInterest.id).filter_by(**mine, **what).limit(1)) is not None:
        return False
    session.add(CommissionInterest(**mine, **what, declared_at=caller.now))
    session.flush()
    return True


def score(session: Session, caller: StaffCaller, *, application_id: int, scores: Mapping[int, int | None]) -> None:
    """Sets the asker's own scores (0-3) per criterion; nothing takes a score away.

    Where a commission decides, only whoever was given the application scores it. Colleagues' decisions are not
    disturbed. Raises DomainError `score_range`, `review_not_yours`, `review_interest` for who has become too close
    since, `verdict_own`, ConflictError once it is no longer waiting.
    """
    application = locked(session, caller, application_id)
    if application.status is not ApplicationStatus.SUBMITTED:
        raise ConflictError("application_moved_on")
    check_not_own(session, caller, application)
    numbers = set(session.scalars(select(Criterion.number).where(Criterion.campaign_id == application.campaign_id)))
    given = {number: value for number, value in scores.items() if number in numbers}
    if any(value is not None and not 0 <= value <= application_rules.MAX_SCORE for value in given.values()):
        raise DomainError("score_range", limit=application_rules.MAX_SCORE)
    review = _own(session, caller, application)
    kept = {one.number: one for one in review.scores}
    for number, value in given.items():
        if value is None:
            if number in kept:
                review.scores.remove(kept[number])
        elif number in kept:
            kept[number].score = value
        else:
            review.scores.append(ReviewScore(number=number, score=value))
    session.flush()
    record(session, caller, application, review, "score", criteria=sorted(given))


def write_note(session: Session, caller: StaffCaller, *, application_id: int, note: str) -> None:
    """Keeps what the reviewer writes beside the scores. Raises as `score` does."""
    application = locked(session, caller, application_id)
    if application.status is not ApplicationStatus.SUBMITTED:
        raise ConflictError("application_moved_on")
    check_not_own(session, caller, application)
    review = _own(session, caller, application)
    review.note = note.strip()[: rules.NOTE]
    record(session, caller, application, review, "note")


def hand_in(session: Session, caller: StaffCaller, *, application_id: int, note: str | None = None) -> None:
    """Hands a review in: from then on it stays. Raises DomainError `review_unscored`, and as `score` does."""
    application = locked(session, caller, application_id)
    review = _mine(session, caller, application)
    if review is None or session.get(Commission, application.campaign_id) is None:
        raise DomainError("review_not_yours")
    if application.status is not ApplicationStatus.SUBMITTED:
        raise ConflictError("application_moved_on")
    if is_close(session, caller, application):
        raise DomainError("review_interest")
    weights = _weights(session, application.campaign_id)
    scores = {one.number: one.score for one in review.scores}
    left = sorted(weights.keys() - scores.keys())
    if left:
        raise DomainError("review_unscored", numbers=", ".join(map(str, left)))
    move(review, ReviewStatus.DONE)
    review.total, review.done_at = rules.total(scores, weights), caller.now
    if note is not None:
        review.note = note.strip()[: rules.NOTE]
    in_diary(session, caller, source=DiarySource.SELECTION, source_id=review.id, campaign_id=application.campaign_id)
    session.flush()
    record(session, caller, application, review, "hand_in")


def release(session: Session, caller: StaffCaller, *, application_id: int, interest: bool = False) -> None:
    """Gives an application back, because one can't judge it; with `interest` its author is declared as well.

    Nothing of the review is kept, and the application is never given to the reviewer again. Raises DomainError
    `review_not_yours`, ConflictError `review_moved_on` once it is in.
    """
    application = locked(session, caller, application_id)
    review = _mine(session, caller, application)
    if review is None:
        raise DomainError("review_not_yours")
    emptied(session, review)
    if interest and session.get(CommissionMember, (application.campaign_id, review.staff_id)) is not None:
        note_interest(session, caller, campaign_id=application.campaign_id, person_id=application.person_id)
    session.flush()
    record(session, caller, application, review, "release")


def _weights(session: Session, campaign_id: int) -> dict[int, int]:
    rows = session.execute(select(Criterion.number, Criterion.weight).where(Criterion.campaign_id == campaign_id))
    return {row.number: row.weight for row in rows}


def _mine(session: Session, caller: StaffCaller, application: Application) -> Review | None:
    found: Review | None = session.scalar(
        select(Review)
        .where(
            Review.application_id == application.id,
            Review.revision == application.sent_revision,
            Review.staff_id == caller.scope.staff_id,
        )
        .with_for_update()
    )
    return found


def _own(session: Session, caller: StaffCaller, application: Application) -> Review:
    """The asker's review to write in; where no commission decides it is begun by its first score.

    Raises DomainError `review_not_yours`, ConflictError `review_moved_on` for what is in already.
    """
    commission = session.get(Commission, application.campaign_id)
    review = _mine(session, caller, application)
    if commission is not None:
        if review is None or review.status in (ReviewStatus.RELEASED, ReviewStatus.FREE):
            raise DomainError("review_not_yours")
        if review.status is ReviewStatus.DONE:
            raise ConflictError("review_moved_on")
        if is_close(session, caller, application):
            raise DomainError("review_interest")
        return review
    if review is None:
        review = Review(
            application_id=application.id,
            revision=application.sent_revision,
            staff_id=caller.scope.staff_id,
            status=ReviewStatus.FREE,
            assigned_at=caller.now,
        )
        session.add(review)
        session.flush()
    return review


def emptied(session: Session, review: Review) -> None:
    """Takes a review back with all that stands in it. Raises ConflictError `review_moved_on` once it is in."""
    move(review, ReviewStatus.RELEASED)
    review.scores.clear()
    review.note = ""


def _seen(review: Review) -> SeenReview:
    scores = {one.number: one.score for one in review.scores}
    return SeenReview(review.id, review.staff_id, review.staff.name, review.status, scores, review.total, review.note)


def record(
    session: Session, caller: StaffCaller, application: Application, review: Review, action: str, **details: Any
) -> None:
    """Writes into the journal what was done with a review: no scores and no words."""
    audit.record(
        session,
        caller,
        action=f"commission.{action}",
        object_type="review",
        object_id=review.id,
        subject_person_id=application.person_id,
        municipality_id=application.municipality_id,
        **details,
    )
