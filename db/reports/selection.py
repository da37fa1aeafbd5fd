"""The selection funnel (воронка отбора): how many applied, were approved and refused, where, and why.

Source: the report of a region's first selection, 629 sent = 458 approved + 171 refused, 36 of 43 municipalities.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from db.applications.models import Application, ApplicationStatus, Campaign, Decision, Reason, Verdict
from db.applications.staff_queries import running_first
from db.caller import Caller, StaffCaller
from db.dictionaries.models import Municipality, Term, TermKind
from db.errors import NotFoundError
from db.reports.rules import STEP

SENT = (
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.RETURNED,
    ApplicationStatus.APPROVED,
    ApplicationStatus.REJECTED,
)
"""What counts as sent: everything that reached the commission. A draft did not, a withdrawn one was taken back."""


@dataclass(frozen=True, slots=True)
class CampaignChoice:
    """A campaign to choose from."""

    id: int
    title: str
    running: bool


@dataclass(frozen=True, slots=True)
class Count:
    """Applications of one group. `waiting` is in work: not decided yet, or returned for revision."""

    sent: int = 0
    approved: int = 0
    rejected: int = 0

    @property
    def waiting(self) -> int:
        """Neither approved nor rejected yet."""
        return max(0, self.sent - self.approved - self.rejected)

    @property
    def share(self) -> float | None:
        """Approved of sent, 0–1."""
        return self.approved / self.sent if self.sent else None

    @property
    def in_fives(self) -> "Count":
        """To the nearest five: what is told of a place or a direction to whoever may not open its applications."""
        return Count(*map(_fives, (self.sent, self.approved, self.rejected)))

    def plus(self, status: ApplicationStatus, count: int) -> "Count":
        """With so many more of this status."""
        return Count(
            self.sent + count,
            self.approved + count * (status is ApplicationStatus.APPROVED),
            self.rejected + count * (status is ApplicationStatus.REJECTED),
        )


@dataclass(frozen=True, slots=True)
class SelectionLine:
    """One direction (`code` is its number) or municipality."""

    id: int
    code: str
    name: str
    short: str
    count: Count


@dataclass(frozen=True, slots=True)
class Refusal:
    """A typical reason and how many refusals name it; one refusal may name several."""

    number: int
    text: str
    short: str
    count: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """Holds the report.

    `municipalities` are those that took part, `absent` those of the account that did not. Where few apply, a place, a
    direction or a reason tells who it was: without names an account gets their numbers in fives (`exact` is false).
    """

    campaign_id: int
    title: str
    order_number: str
    order_date: date
    opens_at: datetime
    closes_at: datetime
    exact: bool
    total: Count
    directions: tuple[SelectionLine, ...]
    municipalities: tuple[SelectionLine, ...]
    absent: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    other_refusals: int

    @property
    def places(self) -> int:
        """All municipalities that the account sees."""
        return len(self.municipalities) + len(self.absent)

    @property
    def absent_share(self) -> float | None:
        """Municipalities that did not take part, 0–1."""
        return len(self.absent) / self.places if self.places else None


def campaigns(session: Session, caller: Caller) -> list[CampaignChoice]:
    """Lists all campaigns: those that run now, then the newest first."""
    rows = session.execute(
        select(Campaign.id, Campaign.title, Campaign.opens_at, Campaign.closes_at).order_by(*running_first(caller.now))
    )
    return [CampaignChoice(row.id, row.title, row.opens_at <= caller.now < row.closes_at) for row in rows]


def default_campaign(session: Session, caller: Caller) -> int | None:
    """Returns the latest finished campaign with decisions; else the latest with any; else the newest."""
    decided = exists().where(
        Application.campaign_id == Campaign.id,
        Application.status.in_((ApplicationStatus.APPROVED, ApplicationStatus.REJECTED)),
    )
    newest = select(Campaign.id).order_by(Campaign.opens_at.desc(), Campaign.id.desc()).limit(1)
    return (
        session.scalar(newest.where(Campaign.closes_at <= caller.now, decided))
        or session.scalar(newest.where(decided))
        or session.scalar(newest)
    )


def funnel(session: Session, caller: StaffCaller, *, campaign_id: int) -> Funnel:
    """Returns the funnel of a campaign within the account's municipalities. Raises NotFoundError."""
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFoundError
    own = (
        Application.campaign_id == campaign_id,
        Application.status.in_(SENT),
        caller.scope.limits(Application),
    )
    grouped = session.execute(
        select(Application.municipality_id, Application.direction_id, Application.status, func.count())
        .where(*own)
        .group_by(Application.municipality_id, Application.direction_id, Application.status)
    )
    total = Count()
    by_place: dict[int | None, Count] = {}
    by_direction: dict[int | None, Count] = {}
    for place, direction, status, count in grouped:
        total = total.plus(status, count)
        by_place[place] = by_place.get(place, Count()).plus(status, count)
        by_direction[direction] = by_direction.get(direction, Count()).plus(status, count)
    places = session.execute(
        select(Municipality.id, Municipality.code, Municipality.name)
        .where(caller.scope.limits(Municipality), ~Municipality.outside)
        .order_by(Municipality.name)
    ).all()
    directions = session.execute(
        select(Term.id, Term.code, Term.name, Term.short)
        .where(Term.kind == TermKind.DIRECTION)
        .order_by(Term.position, Term.id)
    ).all()
    decisions = session.execute(
        select(Application.id, Decision.reasons)
        .join(Application, Application.id == Decision.application_id)
        .where(
            *own,
            Application.status == ApplicationStatus.REJECTED,
            Decision.verdict == Verdict.REJECT,
            Decision.undone_at.is_(None),
        )
        .order_by(Decision.id)
    )
    exact = caller.scope.sees_names
    refusals, other = _refusals(campaign.reasons, decisions.all())
    return Funnel(
        campaign_id=campaign.id,
        title=campaign.title,
        order_number=campaign.order_number,
        order_date=campaign.order_date,
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        exact=exact,
        total=total,
        directions=tuple(
            SelectionLine(
                row.id, row.code, row.name, row.short or row.name, _told(by_direction.get(row.id, Count()), exact)
            )
            for row in directions
        ),
        municipalities=tuple(
            SelectionLine(row.id, row.code, row.name, row.name, _told(by_place[row.id], exact))
            for row in places
            if row.id in by_place
        ),
        absent=tuple(row.name for row in places if row.id not in by_place),
        refusals=refusals if exact else tuple(replace(one, count=_fives(one.count)) for one in refusals),
        other_refusals=other if exact else _fives(other),
    )


def _fives(value: int) -> int:
    return STEP * round(value / STEP)


def _told(count: Count, exact: bool) -> Count:
    return count if exact else count.in_fives


def _refusals(reasons: Iterable[Reason], decisions: Iterable[tuple[int, list[int]]]) -> tuple[tuple[Refusal, ...], int]:
    """Counts of the typical reasons, and of refusals that name none of them but say it in own words."""
    standing = dict(decisions)  # the last decision of an application is the one in force
    named = Counter(number for numbers in standing.values() for number in set(numbers))
    known = [row for row in reasons if row.verdict is Verdict.REJECT]
    numbers = {row.number for row in known}
    return (
        tuple(Refusal(row.number, row.text, row.short, named[row.number]) for row in known),
        sum(1 for given in standing.values() if not numbers & set(given)),
    )
