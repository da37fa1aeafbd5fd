"""Ranks the applications of a selection by their reviews, and rehearses a cut-off before anybody decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.applications.models import Application, ApplicationStatus, Criterion
from db.applications.rules import MAX_SCORE
from db.caller import StaffCaller
from db.commission import rules
from db.commission.models import Commission, Review, ReviewStatus
from db.commission.reviews import AT_ONCE, STANDING
from db.commission.rules import Place, Reviewed, Strictness
from db.commission.staff_queries import commission_of
from db.dictionaries.models import Municipality, Term
from db.people.models import Person

RANKED = (ApplicationStatus.SUBMITTED, ApplicationStatus.APPROVED, ApplicationStatus.REJECTED)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is tried: a cut-off, and reviewers' strictness evened out, or one reviewer's moved by so many points."""

    cut: int | None = None
    even: bool = False
    staff_id: int | None = None
    points: int = 0

    @property
    def moves(self) -> bool:
        """Whether any sums are taken to be other than they are."""
        return self.even or bool(self.staff_id is not None and self.points)


@dataclass(frozen=True, slots=True)
class RankedRow:
    """A line of the list. `changed`: the rehearsal puts it on the other side of the line than the list as it is."""

    place: int
    application_id: int
    person_id: int
    number: int | None
    name: str
    municipality: str
    direction: str
    status: ApplicationStatus
    mean: float
    totals: Sequence[tuple[str, int, float | None]]
    """Of each reviewer: the name, the sum and the strictness."""
    above: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class RankedList:
    """The list: a page of `rows` of `total`; `waiting` applications lack reviews and stand nowhere.

    `cut` is the cut-off that is tried, the kept one failing that; `tied` below it have the same mean as the last above.
    """

    commission: Commission
    rows: Sequence[RankedRow]
    total: int
    waiting: int
    most: int
    cut: int
    inside: int
    tied: int
    changed: int
    reviewers: Sequence[tuple[str, Strictness]]


def ranking(
    session: Session,
    caller: StaffCaller,
    *,
    campaign_id: int,
    tried: Rehearsal,
    offset: int = 0,
    limit: int | None = None,
    only_changed: bool = False,
) -> RankedList:
    """Returns a page of the ranked list. Only applications whose reviews are all in stand on it.

    Raises NotFoundError where there is no commission, ForbiddenError but for the region's accounts.
    """
    caller.scope.check_region()
    commission = commission_of(session, campaign_id)
    reviewed, waiting = _reviewed(session, commission)
    strict = rules.strictness(reviewed)
    standing = commission.places or len(reviewed) // 2
    cut = tried.cut if tried.cut is not None else standing
    before = rules.ranked(reviewed, standing)
    after = rules.ranked(reviewed, cut, moved=_moved(tried, strict)) if tried.moves or cut != standing else before
    moved = rules.changed(before, after)
    shown = [one for one in after if one.application_id in moved] if only_changed else after
    page = shown[offset : None if limit is None else offset + limit]
    names = {row.id: row.name for row in session.execute(select(Staff.id, Staff.name))}
    totals = {one.application_id: one.totals for one in reviewed}
    weights = session.scalar(select(func.sum(Criterion.weight)).where(Criterion.campaign_id == campaign_id))
    return RankedList(
        commission=commission,
        rows=_rows(session, page, totals, strict, names, moved),
        total=len(shown),
        waiting=waiting,
        most=MAX_SCORE * (weights or 0),
        cut=cut,
        inside=sum(one.above for one in after),
        tied=rules.tied(after),
        changed=len(moved),
        reviewers=sorted(((names.get(number, ""), one) for number, one in strict.items()), key=lambda one: one[0]),
    )


def _reviewed(session: Session, commission: Commission) -> tuple[list[Reviewed], int]:
    """Returns the applications whose reviews are all in, and how many others wait for theirs."""
    done = case((Review.status == ReviewStatus.DONE, func.coalesce(Review.total, 0)))
    rows = session.execute(
        select(Application.id, Application.number, Review.staff_id, done)
        .join(
            Review,
            and_(
                Review.application_id == Application.id,
                Review.revision == Application.sent_revision,
                Review.status.in_(STANDING),
            ),
        )
        .where(Application.campaign_id == commission.campaign_id, Application.status.in_(RANKED))
    )
    totals: dict[int, dict[int, int]] = {}
    numbers: dict[int, int] = {}
    open_still: set[int] = set()
    for application_id, number, staff_id, total in rows:
        numbers[application_id] = number or 0
        if total is None:
            open_still.add(application_id)
        else:
            totals.setdefault(application_id, {})[staff_id] = total
    found = []
    for application_id, given in totals.items():
        if application_id in open_still:
            continue
        sums = list(given.values())
        if len(sums) >= rules.wanted(sums, reviews=commission.reviews, spread=commission.spread):
            found.append(Reviewed(application_id, numbers[application_id], given))
    sent = session.scalar(
        select(func.count()).where(Application.campaign_id == commission.campaign_id, Application.status.in_(RANKED))
    )
    return found, max(0, (sent or 0) - len(found))


def _moved(tried: Rehearsal, strict: Mapping[int, Strictness]) -> dict[int, float]:
    moved = {number: one.deviation for number, one in strict.items()} if tried.even else {}
    if tried.staff_id is not None and tried.points:
        moved[tried.staff_id] = moved.get(tried.staff_id, 0.0) + tried.points
    return moved


def _rows(
    session: Session,
    page: Sequence[Place],
    totals: Mapping[int, Mapping[int, int]],
    strict: Mapping[int, Strictness],
    names: Mapping[int, str],
    moved: frozenset[int],
) -> list[RankedRow]:
    ids = [one.application_id for one in page]
    wanted = (
        select(
            Application.id,
            Application.number,
            Application.status,
            Person.id.label("person_id"),
            Person.full_name,
            Municipality.name.label("municipality"),
            Term.code,
            Term.name.label("direction"),
        )
        .join(Person, Person.id == Application.person_id)
        .outerjoin(Municipality, Municipality.id == Application.municipality_id)
        .outerjoin(Term, Term.id == Application.direction_id)
    )
    known = {}
    for start in range(0, len(ids), AT_ONCE):
        for row in session.execute(wanted.where(Application.id.in_(ids[start : start + AT_ONCE]))):
            known[row.id] = row
    rows = []
    for one in page:
        row = known[one.application_id]
        rows.append(
            RankedRow(
                place=one.place,
                application_id=row.id,
                person_id=row.person_id,
                number=row.number,
                name=row.full_name or "",
                municipality=row.municipality or "",
                direction=f"{row.code}. {row.direction}" if row.direction else "",
                status=row.status,
                mean=rules.rounded(one.mean),
                totals=[
                    (names.get(number, ""), total, strict[number].deviation if number in strict else None)
                    for number, total in sorted(totals[row.id].items())
                ],
                above=one.above,
                changed=row.id in moved,
            )
        )
    return rows
