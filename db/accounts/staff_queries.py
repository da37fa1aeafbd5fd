"""Reading accounts of the panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CompoundSelect, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from db.accounts.models import Staff, StaffMunicipality
from db.caller import Caller, StaffCaller
from db.dictionaries.models import Municipality
from db.errors import DomainError, NotFoundError
from db.scope import Scope, StaffRole


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever is signed in, as the account stands at this request; of another `epoch` their session has ended."""

    staff_id: int
    login: str
    name: str
    role: StaffRole
    scope: Scope
    epoch: int
    person_id: int | None


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A line of the list of accounts; `municipalities` are names."""

    id: int
    login: str
    name: str
    role: StaffRole
    active: bool
    municipalities: tuple[str, ...]
    municipality_ids: frozenset[int]
    centre_id: int | None
    centre: str | None
    organisation_id: int | None
    organisation: str | None
    direction_ids: frozenset[int]
    has_password: bool
    person_id: int | None
    person_name: str | None
    last_seen_at: datetime | None
    campaign_id: int | None
    ends_at: datetime | None


def own_person(session: Session, scope: Scope | None) -> int | None:
    """Returns who the account is in the bot, where it is tied to somebody there."""
    return session.scalar(select(Staff.person_id).where(Staff.id == scope.staff_id)) if scope else None


def refuse_own(session: Session, caller: StaffCaller, *person_ids: int | None, code: str) -> None:
    """Raises DomainError `code` where the asker is one of these people: nobody counts, marks or judges the own deeds.

    Whose account is tied to no person is nobody of them.
    """
    own = own_person(session, caller.scope)
    if own is not None and own in person_ids:
        raise DomainError(code)


def signed_in(session: Session, caller: Caller, *, staff_id: int) -> SignedIn | None:
    """The active account, or nothing: asked at every request, so a revoked role or account is out at once.

    So is an auditor whose term is over.
    """
    lasts = or_(Staff.ends_at.is_(None), Staff.ends_at > caller.now)
    staff = session.scalar(select(Staff).where(Staff.id == staff_id, Staff.active, lasts))
    return None if staff is None else account_of(staff)


def account_of(staff: Staff) -> SignedIn:
    """Returns the account as a session holds it."""
    return SignedIn(
        staff_id=staff.id,
        login=staff.login,
        name=staff.name,
        role=staff.role,
        scope=scope_of(staff),
        epoch=staff.epoch,
        person_id=staff.person_id,
    )


def scope_of(staff: Staff) -> Scope:
    """Returns the account's reach as it stands now."""
    limited = staff.role is StaffRole.MUNICIPAL_METHODIST
    served = (row.id for row in staff.centre.municipalities) if staff.centre else ()
    ids = frozenset((*(row.municipality_id for row in staff.municipalities), *served)) if limited else None
    if staff.organisation is not None:
        ids = frozenset((staff.organisation.municipality_id,))
    coordinates = staff.role is StaffRole.COORDINATOR
    return Scope(
        staff_id=staff.id,
        role=staff.role,
        municipality_ids=ids,
        campaign_id=staff.campaign_id,
        direction_ids=frozenset(row.term_id for row in staff.directions) if coordinates else None,
        organisation_id=staff.organisation_id,
    )


def serving(scope: Scope) -> CompoundSelect[int]:
    """Selects the accounts that work with the municipalities within reach, by themselves or for a centre."""
    by_centre = select(Staff.id).join(Municipality, Municipality.centre_id == Staff.centre_id)
    own = select(StaffMunicipality.staff_id).where(scope.limits(StaffMunicipality))
    return own.union(by_centre.where(scope.limits(Municipality)))


def staff_list(session: Session) -> list[StaffRow]:
    """Every account: the active first, by name."""
    names: dict[int, list[tuple[int, str]]] = {}
    rows = session.execute(
        select(StaffMunicipality.staff_id, Municipality.id, Municipality.name)
        .join(Municipality, Municipality.id == StaffMunicipality.municipality_id)
        .order_by(Municipality.name)
    )
    for staff_id, municipality_id, name in rows:
        names.setdefault(staff_id, []).append((municipality_id, name))
    together = (
        joinedload(Staff.person),
        joinedload(Staff.centre),
        joinedload(Staff.organisation),
        selectinload(Staff.directions),
    )
    accounts = session.scalars(
        select(Staff).options(*together).order_by(Staff.active.desc(), func.lower(Staff.name), Staff.id)
    )
    return [_row(staff, names.get(staff.id, [])) for staff in accounts]


def staff_row(session: Session, *, staff_id: int) -> StaffRow:
    """One account. Raises NotFoundError."""
    for row in staff_list(session):
        if row.id == staff_id:
            return row
    raise NotFoundError


def names(session: Session, *, staff_ids: Sequence[int]) -> dict[int, str]:
    """Names of accounts by id, for lists that show who did it."""
    return {row.id: row.name for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(staff_ids)))}


def _row(staff: Staff, municipalities: list[tuple[int, str]]) -> StaffRow:
    return StaffRow(
        id=staff.id,
        login=staff.login,
        name=staff.name,
        role=staff.role,
        active=staff.active,
        municipalities=tuple(name for _, name in municipalities),
        municipality_ids=frozenset(number for number, _ in municipalities),
        centre_id=staff.centre_id,
        centre=staff.centre.name if staff.centre else None,
        organisation_id=staff.organisation_id,
        organisation=staff.organisation.name if staff.organisation else None,
        direction_ids=frozenset(row.term_id for row in staff.directions),
        has_password=staff.password_hash is not None,
        person_id=staff.person_id,
        person_name=staff.person.full_name if staff.person else None,
        last_seen_at=staff.last_seen_at,
        campaign_id=staff.campaign_id,
        ends_at=staff.ends_at,
    )
