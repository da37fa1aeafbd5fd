"""One active member for the panel: what they work on and until when, what they did and for whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from db.accounts.models import Staff, StaffDirection
from db.active.models import Membership, MembershipStatus
from db.active.rules import near
from db.applications.models import Campaign
from db.caller import StaffCaller
from db.errors import NotFoundError
from db.nouns import PAPERS, parts
from db.overviews.person_card import PersonPairLine, pairs_of
from db.papers import KINDS, PaperLine, PaperReader, PaperSection
from db.scope import StaffRole

MOST = 40
"""Deeds on the page, the newest: whoever wants all takes the dossier."""


@dataclass(frozen=True, slots=True)
class ActiveMemberCard:
    """A membership with its person. `deeds` are what nouns say of others' good that came of this person.

    `coordinators` are those named for the member, else whoever answers for the direction; `offered` may be named.
    """

    row: Membership
    name: str
    municipality_id: int | None
    municipality: str
    organisation: str
    campaign: str
    coordinators: Sequence[str]
    offered: Sequence[tuple[int, str]]
    ending: bool
    deeds: Sequence[PaperLine]
    told: int
    pairs: Sequence[PersonPairLine]

    @property
    def going_on(self) -> bool:
        """Whether this membership has not ended."""
        return self.row.status is MembershipStatus.ACTIVE


def member_card(session: Session, caller: StaffCaller, *, membership_id: int) -> ActiveMemberCard:
    """Returns an active member's page. Raises NotFoundError out of reach and for whoever is erased."""
    row = session.scalar(
        select(Membership)
        .where(Membership.id == membership_id)
        .options(*(joinedload(one) for one in (Membership.person, Membership.direction, Membership.category)))
    )
    if row is None or row.person.erased_at is not None:
        raise NotFoundError
    person = row.person
    caller.scope.check(person)
    deeds = sorted(_deeds(session, caller, row.person_id), key=lambda line: line.at, reverse=True)
    title = select(Campaign.title).where(Campaign.id == row.campaign_id)
    return ActiveMemberCard(
        row=row,
        name=person.full_name or "",
        municipality_id=person.municipality_id,
        municipality=person.municipality.name if person.municipality else "",
        organisation=person.organisation.name if person.organisation else "",
        campaign=session.scalar(title) or "" if row.campaign_id else "",
        coordinators=_coordinators(session, row),
        offered=_offered(session, row.direction_id),
        ending=row.status is MembershipStatus.ACTIVE
        and near(row.until, today=caller.now.astimezone(caller.zone).date()),
        deeds=deeds[:MOST],
        told=len(deeds),
        pairs=[one for one in pairs_of(session, person_id=row.person_id) if one.mentor],
    )


def _deeds(session: Session, caller: StaffCaller, person_id: int) -> list[PaperLine]:
    kinds = KINDS[PaperSection.PRACTICES]
    return [
        line
        for part in parts(PAPERS).values()
        for line in part.lines(session, caller, person_id=person_id, reader=PaperReader.METHODIST)
        if line.kind in kinds
    ]


def _coordinators(session: Session, row: Membership) -> list[str]:
    if row.coordinator is not None:
        return [row.coordinator.name]
    found = select(Staff.name).where(Staff.active, _answers_for(row.direction_id)).order_by(Staff.name)
    return list(session.scalars(found))


def _offered(session: Session, direction_id: int | None) -> list[tuple[int, str]]:
    regional = Staff.role.in_((StaffRole.ADMINISTRATOR, StaffRole.REGIONAL_METHODIST))
    found = select(Staff.id, Staff.name).where(Staff.active, or_(regional, _answers_for(direction_id)))
    return [(number, name) for number, name in session.execute(found.order_by(Staff.name, Staff.id))]


def _answers_for(direction_id: int | None) -> ColumnElement[bool]:
    return Staff.id.in_(select(StaffDirection.staff_id).where(StaffDirection.term_id == direction_id))
