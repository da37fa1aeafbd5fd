"""People with their memberships of the active: the list, its filters, the register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.active.models import Membership
from db.active.queries import ACTIVE, MembershipLine, lines_of
from db.applications.models import Campaign
from db.caller import StaffCaller
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Term, TermKind
from db.people import staff_queries
from db.people.models import Person, Role
from db.people.staff_queries import PersonFilter, PersonRegisterRow, PersonRow

MemberRegisterRow = tuple[PersonRegisterRow, Sequence[MembershipLine]]


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """Which active members are wanted: of the selection and the direction with these codes."""

    campaign: str = ""
    direction: str = ""

    @property
    def given(self) -> bool:
        """Whether anything is wanted at all."""
        return bool(self.campaign or self.direction)


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of the list. `memberships` by person where the list is of active members; the rest is to choose from."""

    rows: Sequence[PersonRow]
    total: int
    memberships: Mapping[int, Sequence[MembershipLine]]
    campaigns: Sequence[tuple[str, str]]
    directions: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class MemberKinds:
    """Directions and support categories to choose from, by id."""

    directions: Sequence[tuple[int, str]]
    categories: Sequence[tuple[int, str]]


def listing(
    session: Session, caller: StaffCaller, *, narrowed: PersonFilter, wanted: ActiveFilter, page: int, size: int
) -> PeoplePage:
    """Returns a page of people with the directions and terms of the active members among them."""
    rows, total = staff_queries.listing(session, caller, *_which(wanted), narrowed=narrowed, page=page, size=size)
    about = narrowed.role is Role.ACTIVE_MEMBER or wanted.given
    campaigns = session.execute(select(Campaign.code, Campaign.title).order_by(Campaign.opens_at.desc(), Campaign.id))
    return PeoplePage(
        rows=rows,
        total=total,
        memberships=lines_of(session, person_ids=[row.id for row in rows]) if about else {},
        campaigns=[(row.code, row.title) for row in campaigns],
        directions=[(row.code, named(row)) for row in dictionaries.terms(session, kind=TermKind.DIRECTION)],
    )


def register(
    session: Session, caller: StaffCaller, *, narrowed: PersonFilter, wanted: ActiveFilter
) -> list[MemberRegisterRow]:
    """Lists everybody whom the filters find, with all columns and memberships."""
    lines = lines_of(session, person_ids=None)
    rows = staff_queries.register(session, caller, *_which(wanted), narrowed=narrowed)
    return [(row, lines.get(row.id, ())) for row in rows]


def kinds(session: Session) -> MemberKinds:
    """Returns the directions and support categories of the region."""
    directions = dictionaries.terms(session, kind=TermKind.DIRECTION)
    categories = dictionaries.terms(session, kind=TermKind.SUPPORT_CATEGORY)
    return MemberKinds([(row.id, named(row)) for row in directions], [(row.id, row.name) for row in categories])


def named(row: Term) -> str:
    """A direction as lists show it: its number and name."""
    return f"{row.code}. {row.short or row.name}"


def _which(wanted: ActiveFilter) -> list[ColumnElement[bool]]:
    if not wanted.given:
        return []
    members = select(Membership.person_id).where(ACTIVE)
    if wanted.campaign:
        members = members.join(Campaign, Campaign.id == Membership.campaign_id).where(Campaign.code == wanted.campaign)
    if wanted.direction:
        direction = select(Term.id).where(Term.kind == TermKind.DIRECTION, Term.code == wanted.direction)
        members = members.where(Membership.direction_id.in_(direction))
    return [Person.id.in_(members)]
