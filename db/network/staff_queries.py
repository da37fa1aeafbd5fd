"""Reads the network for the panel: members with their agreements, and who visited whom."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Integer, and_, case, cast, extract, func, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from db.caller import StaffCaller
from db.errors import NotFoundError
from db.network.models import Agreement, AgreementStatus, MemberKind, MutualVisit, Network, NetworkMember
from db.network.rules import SOON, AgreementStanding, standing
from db.search import matches

LAST_VISITS = 10
"""On a member's card; the list of visits has the others."""


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which members are wanted: of a kind, whose agreement stands so, with these words."""

    kind: MemberKind | None = None
    standing: AgreementStanding | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class NetworkMemberRow:
    """A member with the agreement that counts; `left` are the days until it ends, none where it has no last day."""

    member: NetworkMember
    agreement: Agreement | None
    standing: AgreementStanding
    left: int | None
    visits: int


@dataclass(frozen=True, slots=True)
class MembersPage:
    """A page of members, how many are found, and all members by kind and by how their agreements stand."""

    rows: Sequence[NetworkMemberRow]
    total: int
    kinds: Mapping[MemberKind, int]
    standings: Mapping[AgreementStanding, int]

    @property
    def named(self) -> int:
        """How many members there are in all."""
        return sum(self.kinds.values())


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A member with all agreements, the newest first, and the last visits."""

    row: NetworkMemberRow
    agreements: Sequence[tuple[Agreement, AgreementStanding]]
    visits: Sequence[MutualVisit]


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """Which visits are wanted: of a year, with a member on either side."""

    year: int | None = None
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class VisitsYear:
    """How many visits a year had: the service at members, members at the service, members at each other."""

    year: int
    out: int
    home: int
    between: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.out + self.home + self.between


@dataclass(frozen=True, slots=True)
class VisitsPage:
    """A page of visits, the newest first, how many are found, and the sums of every year."""

    rows: Sequence[MutualVisit]
    total: int
    years: Sequence[VisitsYear]


def network(session: Session) -> Network | None:
    """Returns what a document says of the network as a whole, nothing where there is no such document."""
    return session.scalars(select(Network).order_by(Network.id).limit(1)).first()


def members(
    session: Session, caller: StaffCaller, *, wanted: MemberFilter, limit: int | None = None, offset: int = 0
) -> MembersPage:
    """Finds the members that are wanted, in the source's order; those who left the network are not among them."""
    today = _today(caller)
    stands = _standing(today)
    there = NetworkMember.active
    of_all = select(func.count()).select_from(NetworkMember).outerjoin(Agreement, _counts())
    kinds = session.execute(of_all.add_columns(NetworkMember.kind).where(there).group_by(NetworkMember.kind))
    standings = session.execute(of_all.add_columns(stands).where(there).group_by(stands))
    found = and_(
        there,
        *([NetworkMember.kind == wanted.kind] if wanted.kind else []),
        *([stands.in_(_also(wanted.standing))] if wanted.standing else []),
        matches(wanted.text, NetworkMember.name),
    )
    total = session.scalar(of_all.where(found)) or 0
    rows = session.execute(
        select(NetworkMember, Agreement)
        .outerjoin(Agreement, _counts())
        .where(found)
        .order_by(NetworkMember.position, NetworkMember.id)
        .limit(limit)
        .offset(offset)
    ).all()
    visits = _visits_of(session, [row[0].id for row in rows])
    counted = {AgreementStanding(name): count for count, name in standings}
    if soon := counted.get(AgreementStanding.SOON):
        counted[AgreementStanding.SIGNED] = counted.get(AgreementStanding.SIGNED, 0) + soon
    kinds_counted = {kind: count for count, kind in kinds}
    return MembersPage([_row(one, agreement, visits, today) for one, agreement in rows], total, kinds_counted, counted)


def choices(session: Session) -> Sequence[tuple[int, str]]:
    """Lists the members of the network to choose from, by name."""
    return [
        (number, name)
        for number, name in session.execute(
            select(NetworkMember.id, NetworkMember.name)
            .where(NetworkMember.active)
            .order_by(NetworkMember.position, NetworkMember.id)
        )
    ]


def member(session: Session, *, member_id: int) -> NetworkMember:
    """Returns one member. Raises NotFoundError."""
    row = session.get(NetworkMember, member_id)
    if row is None:
        raise NotFoundError
    return row


def card(session: Session, caller: StaffCaller, *, member_id: int) -> MemberCard:
    """Returns a member with agreements and the last visits. Raises NotFoundError."""
    today, one = _today(caller), member(session, member_id=member_id)
    agreements = session.scalars(
        select(Agreement)
        .where(Agreement.member_id == member_id)
        .options(joinedload(Agreement.scan))
        .order_by(Agreement.id.desc())
    ).all()
    visits = _listed(session, _of_member(member_id), LAST_VISITS)
    newest = agreements[0] if agreements else None
    return MemberCard(
        _row(one, newest, _visits_of(session, [member_id]), today),
        [(each, standing(each.status, each.ends, today=today)) for each in agreements],
        visits,
    )


def agreement(session: Session, *, agreement_id: int) -> Agreement:
    """Returns one agreement with its member and scan. Raises NotFoundError."""
    row = session.get(Agreement, agreement_id, options=[joinedload(Agreement.member), joinedload(Agreement.scan)])
    if row is None:
        raise NotFoundError
    return row


def running_out(session: Session, caller: StaffCaller, *, limit: int) -> Sequence[NetworkMemberRow]:
    """Lists the members whose agreement ends within a month or has ended by its days, the earliest first."""
    today = _today(caller)
    rows = session.execute(
        select(NetworkMember, Agreement)
        .join(Agreement, _counts())
        .where(
            NetworkMember.active,
            Agreement.status == AgreementStatus.SIGNED,
            Agreement.ends <= today + SOON,
        )
        .order_by(Agreement.ends, NetworkMember.id)
        .limit(limit)
    )
    return [_row(one, found, {}, today) for one, found in rows]


def visits(session: Session, *, wanted: VisitFilter, limit: int | None = None, offset: int = 0) -> VisitsPage:
    """Finds the visits that are wanted, with the sums of every year: of one member, where one is asked for."""
    of_member = [] if wanted.member_id is None else [_of_member(wanted.member_id)]
    of_year = [] if wanted.year is None else [MutualVisit.visited_on.between(*_year(wanted.year))]
    found = and_(true(), *of_member, *of_year)
    year = cast(extract("year", MutualVisit.visited_on), Integer)
    sums = session.execute(
        select(
            year,
            func.count().filter(MutualVisit.guest_id.is_(None)),
            func.count().filter(MutualVisit.host_id.is_(None)),
            func.count().filter(MutualVisit.guest_id.is_not(None), MutualVisit.host_id.is_not(None)),
        )
        .where(*of_member)
        .group_by(year)
        .order_by(year.desc())
    )
    total = session.scalar(select(func.count()).select_from(MutualVisit).where(found)) or 0
    return VisitsPage(_listed(session, found, limit, offset), total, [VisitsYear(*row) for row in sums])


def visit(session: Session, *, visit_id: int) -> MutualVisit:
    """Returns one visit. Raises NotFoundError."""
    row = session.get(MutualVisit, visit_id)
    if row is None:
        raise NotFoundError
    return row


def _today(caller: StaffCaller) -> date:
    return caller.now.astimezone(caller.zone).date()


def _year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _counts() -> ColumnElement[bool]:
    """That an agreement is the one of its member that counts: the newest."""
    other = aliased(Agreement)
    newest = select(func.max(other.id)).where(other.member_id == NetworkMember.id).scalar_subquery()
    return Agreement.id == newest


def _also(standing: AgreementStanding) -> list[str]:
    """What ends soon is signed too."""
    return [standing.value, *([AgreementStanding.SOON.value] if standing is AgreementStanding.SIGNED else [])]


def _standing(today: date) -> ColumnElement[str]:
    """As `rules.standing`, by the database."""
    return case(
        (Agreement.id.is_(None), AgreementStanding.NONE.value),
        (Agreement.status == AgreementStatus.PREPARING, AgreementStanding.PREPARING.value),
        (Agreement.status == AgreementStatus.ENDED, AgreementStanding.ENDED.value),
        (Agreement.ends < today, AgreementStanding.OVER.value),
        (Agreement.ends <= today + SOON, AgreementStanding.SOON.value),
        else_=AgreementStanding.SIGNED.value,
    )


def _row(one: NetworkMember, found: Agreement | None, visits: Mapping[int, int], today: date) -> NetworkMemberRow:
    stands = standing(found.status if found else None, found.ends if found else None, today=today)
    left = (found.ends - today).days if found and found.ends else None
    return NetworkMemberRow(one, found, stands, left, visits.get(one.id, 0))


def _of_member(member_id: int) -> ColumnElement[bool]:
    return or_(MutualVisit.guest_id == member_id, MutualVisit.host_id == member_id)


def _visits_of(session: Session, member_ids: Sequence[int]) -> Mapping[int, int]:
    found: Counter[int] = Counter()
    for side in (MutualVisit.guest_id, MutualVisit.host_id):
        for member_id, count in session.execute(select(side, func.count()).where(side.in_(member_ids)).group_by(side)):
            found[member_id or 0] += count
    return found


def _listed(
    session: Session, found: ColumnElement[bool], limit: int | None = None, offset: int = 0
) -> Sequence[MutualVisit]:
    return session.scalars(
        select(MutualVisit)
        .where(found)
        .options(joinedload(MutualVisit.guest), joinedload(MutualVisit.host))
        .order_by(MutualVisit.visited_on.desc(), MutualVisit.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
