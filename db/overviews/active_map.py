"""Where active members work: direction × municipality, and the municipalities that a selection did not reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.active.models import Membership, SpotInvitation
from db.active.queries import ACTIVE
from db.applications.models import Application, Campaign
from db.caller import StaffCaller
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Municipality, Term, TermKind
from db.errors import NotFoundError
from db.people.models import Person
from db.reports.selection import SENT, default_campaign


@dataclass(frozen=True, slots=True)
class MapRow:
    """A municipality: how many members by direction, and how many people these are."""

    id: int
    name: str
    counts: Mapping[int | None, int]
    people: int


@dataclass(frozen=True, slots=True)
class WhiteSpot:
    """A municipality that nobody applied from; when and by whom it was invited, if it was."""

    id: int
    name: str
    invited_at: datetime | None
    invited_by: str | None


@dataclass(frozen=True, slots=True)
class ActiveMap:
    """The page. `vacant` counts the cells without a member; `campaign_id` is the white spots', if any is held."""

    directions: Sequence[Term]
    rows: Sequence[MapRow]
    totals: Mapping[int, int]
    vacant: int
    campaign_id: int | None
    campaign: str
    campaigns: Sequence[tuple[str, str]]
    spots: Sequence[WhiteSpot]


def active_map(session: Session, caller: StaffCaller, *, campaign: str = "") -> ActiveMap:
    """Returns the map within the account's municipalities; `campaign` is the code of the selection of the spots.

    Raises NotFoundError for an unknown one.
    """
    places = [row for row in dictionaries.municipalities(session) if caller.scope.sees(row.id) and not row.outside]
    directions = dictionaries.terms(session, kind=TermKind.DIRECTION)
    cells: dict[int | None, dict[int | None, int]] = {}
    grouped = (
        select(Person.municipality_id, Membership.direction_id, func.count(Membership.person_id.distinct()))
        .join(Membership, Membership.person_id == Person.id)
        .where(ACTIVE, Person.erased_at.is_(None), caller.scope.limits(Person))
    )
    for place, direction, count in session.execute(grouped.group_by(Person.municipality_id, Membership.direction_id)):
        cells.setdefault(place, {})[direction] = count
    people = (
        select(Person.municipality_id, func.count(Membership.person_id.distinct()))
        .join(Membership, Membership.person_id == Person.id)
        .where(ACTIVE, Person.erased_at.is_(None), caller.scope.limits(Person))
        .group_by(Person.municipality_id)
    )
    members = {row[0]: row[1] for row in session.execute(people)}
    rows = [MapRow(row.id, row.name, cells.get(row.id, {}), members.get(row.id, 0)) for row in places]
    chosen = _campaign(session, caller, campaign)
    listed = session.execute(select(Campaign.code, Campaign.title).order_by(Campaign.opens_at.desc(), Campaign.id))
    return ActiveMap(
        directions=directions,
        rows=rows,
        totals={one.id: sum(row.counts.get(one.id, 0) for row in rows) for one in directions},
        vacant=sum(1 for row in rows for one in directions if not row.counts.get(one.id)),
        campaign_id=chosen.id if chosen else None,
        campaign=chosen.code if chosen else "",
        campaigns=[(row.code, row.title) for row in listed],
        spots=_spots(session, chosen, places) if chosen else (),
    )


def _campaign(session: Session, caller: StaffCaller, code: str) -> Campaign | None:
    if code:
        found = session.scalar(select(Campaign).where(Campaign.code == code))
        if found is None:
            raise NotFoundError
        return found
    number = default_campaign(session, caller)
    return session.get(Campaign, number) if number is not None else None


def _spots(session: Session, campaign: Campaign, places: Sequence[Municipality]) -> list[WhiteSpot]:
    sent = select(Application.municipality_id).where(
        Application.campaign_id == campaign.id, Application.status.in_(SENT)
    )
    reached = set(session.scalars(sent.distinct()))
    found = session.execute(
        select(SpotInvitation.municipality_id, SpotInvitation.invited_at, Staff.name)
        .outerjoin(Staff, Staff.id == SpotInvitation.invited_by)
        .where(SpotInvitation.campaign_id == campaign.id, SpotInvitation.undone_at.is_(None))
    )
    invited = {row.municipality_id: (row.invited_at, row.name) for row in found}
    return [WhiteSpot(row.id, row.name, *invited.get(row.id, (None, None))) for row in places if row.id not in reached]
