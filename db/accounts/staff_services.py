"""Accounts of the panel: passwords, one-time links, municipalities, the tie to a person in the bot."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts.models import Staff, StaffMunicipality
from db.accounts.rules import LOGIN, hash_password
from db.accounts.services import drop_links, locked_account
from db.dictionaries.models import Municipality
from db.errors import DomainError
from db.scope import StaffRole


def create_staff(
    session: Session,
    *,
    login: str,
    name: str,
    role: StaffRole,
    now: datetime,
    password: str | None = None,
    municipality_codes: Sequence[str] = (),
    municipality_ids: Sequence[int] = (),
) -> int:
    """Creates an account; without a password it is opened by one-time links only. Returns its id.

    Raises DomainError `staff_login`, `staff_login_taken`, `staff_name`, `staff_password`, `staff_municipality`.
    """
    login = login.strip().lower()
    if not LOGIN.fullmatch(login):
        raise DomainError("staff_login")
    if session.scalar(select(Staff.id).where(Staff.login == login)) is not None:
        raise DomainError("staff_login_taken", login=login)
    staff = Staff(
        login=login,
        name=_name(name),
        role=role,
        active=True,
        password_hash=hash_password(password) if password else None,
        created_at=now,
        municipalities=[],
    )
    ids = {*municipality_ids, *_by_codes(session, municipality_codes)}
    _give(session, staff, role, ids)
    session.add(staff)
    session.flush()
    return staff.id


def update_staff(
    session: Session, *, staff_id: int, name: str, role: StaffRole, active: bool, municipality_ids: Sequence[int]
) -> None:
    """Changes an account; it takes effect at the account's next request. Raises `staff_last_administrator` too."""
    staff = locked_account(session, staff_id)
    if staff.role is StaffRole.ADMINISTRATOR and staff.active and not (active and role is StaffRole.ADMINISTRATOR):
        _keep_an_administrator(session, staff_id)
    staff.name, staff.active = _name(name), active
    _give(session, staff, role, set(municipality_ids))
    if not active:
        drop_links(session, staff_id)


def set_password(session: Session, *, staff_id: int, password: str) -> None:
    """Gives a new password; every session that was opened with the old one ends. Raises `staff_password`."""
    locked_account(session, staff_id).password_hash = hash_password(password)
    drop_links(session, staff_id)


def disconnect_person(session: Session, *, staff_id: int) -> None:
    """Unties the account from its person: the bot shows it no staff menu any more."""
    locked_account(session, staff_id).person_id = None


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 2 <= len(name) <= 200:
        raise DomainError("staff_name")
    return name


def _by_codes(session: Session, codes: Sequence[str]) -> set[int]:
    found = {row.code: row.id for row in session.scalars(select(Municipality).where(Municipality.code.in_(codes)))}
    if missing := set(codes) - set(found):
        raise DomainError("staff_municipality_unknown", municipality=min(missing))
    return set(found.values())


def _give(session: Session, staff: Staff, role: StaffRole, municipality_ids: set[int]) -> None:
    """Sets role and municipalities together: a municipal methodist without one would see nothing at all."""
    if role is StaffRole.MUNICIPAL_METHODIST:
        known = set(session.scalars(select(Municipality.id).where(Municipality.id.in_(municipality_ids))))
        if not known or known != municipality_ids:
            raise DomainError("staff_municipality")
    else:
        municipality_ids = set()
    staff.role = role
    kept = [row for row in staff.municipalities if row.municipality_id in municipality_ids]
    new = municipality_ids - {row.municipality_id for row in kept}
    staff.municipalities = kept + [StaffMunicipality(municipality_id=number) for number in sorted(new)]


def _keep_an_administrator(session: Session, staff_id: int) -> None:
    # All of them are locked, so that two administrators cannot dismiss each other at once.
    others = session.scalars(
        select(Staff.id).where(Staff.role == StaffRole.ADMINISTRATOR, Staff.active).order_by(Staff.id).with_for_update()
    ).all()
    if set(others) <= {staff_id}:
        raise DomainError("staff_last_administrator")
