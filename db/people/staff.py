"""Accounts of the panel: passwords, one-time links, municipalities, the tie to a person in the bot."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db.dictionaries.models import Municipality
from db.errors import DomainError, NotFoundError
from db.people.models import LinkPurpose, OneTimeLink, Person, Staff, StaffMunicipality, StaffRole

LINK_LASTS = timedelta(minutes=10)
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200  # hashing a megabyte would be a cheap attack
LOGIN = re.compile(r"[\w.@+-]{3,64}")

# OWASP's figures: a third of the library's default time, which a panel under guessing has to spend too.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


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
    staff = _get(session, staff_id)
    if staff.role is StaffRole.ADMINISTRATOR and staff.active and not (active and role is StaffRole.ADMINISTRATOR):
        _keep_an_administrator(session, staff_id)
    staff.name, staff.active = _name(name), active
    _give(session, staff, role, set(municipality_ids))
    if not active:
        _drop_links(session, staff_id)


def authenticate(session: Session, *, login: str, password: str) -> int | None:
    """The id of the active account with this login and password. An unknown login takes as long as a wrong password."""
    staff = session.scalar(select(Staff).where(Staff.login == login.strip().lower()[:64]))
    stored = staff.password_hash if staff is not None and staff.active else None
    right = verify_password(stored, password)
    return staff.id if staff is not None and right else None


def set_password(session: Session, *, staff_id: int, password: str) -> None:
    """Gives a new password; every session that was opened with the old one ends. Raises `staff_password`."""
    _get(session, staff_id).password_hash = hash_password(password)
    _drop_links(session, staff_id)


def change_password(session: Session, *, staff_id: int, current: str, password: str) -> None:
    """The account's own change of password. Raises `staff_password_wrong` and `staff_password`."""
    staff = _get(session, staff_id)
    if staff.password_hash is not None and not verify_password(staff.password_hash, current):
        raise DomainError("staff_password_wrong")
    staff.password_hash = hash_password(password)


def mark_seen(session: Session, *, staff_id: int, now: datetime) -> None:
    """Notes that the account signed in."""
    session.execute(update(Staff).where(Staff.id == staff_id).values(last_seen_at=now))


def issue_link(session: Session, *, staff_id: int, purpose: LinkPurpose, now: datetime) -> str:
    """A new one-time token of 256 bits for ten minutes; earlier unused ones of the same purpose end.

    Raises NotFoundError for an account that is not there or not active.
    """
    if not _get(session, staff_id).active:
        raise NotFoundError
    session.execute(delete(OneTimeLink).where(OneTimeLink.staff_id == staff_id, OneTimeLink.purpose == purpose))
    token = secrets.token_urlsafe(32)
    session.add(OneTimeLink(token_hash=_hash(token), purpose=purpose, staff_id=staff_id, expires_at=now + LINK_LASTS))
    return token


def consume_link(session: Session, *, token: str, purpose: LinkPurpose, now: datetime) -> int:
    """Spends the token and returns the account's id. Of many at once exactly one succeeds.

    Raises DomainError `link_spent` for a used, old or unknown token, all alike.
    """
    staff_id: int | None = session.scalar(
        update(OneTimeLink)
        .where(
            OneTimeLink.token_hash == _hash(token),
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(OneTimeLink.staff_id)
    )
    if staff_id is None:
        raise DomainError("link_spent")
    if not session.scalar(select(Staff.active).where(Staff.id == staff_id)):
        raise DomainError("link_spent")
    return staff_id


def connect_person(session: Session, *, token: str, person_id: int, now: datetime) -> int:
    """Ties the person in the bot to the account whose `st_` link was opened; returns the account's id.

    Raises DomainError `link_spent`, or `staff_connected` when the person has another account already.
    """
    staff_id = consume_link(session, token=token, purpose=LinkPurpose.CONNECT, now=now)
    other = session.scalar(select(Staff.id).where(Staff.person_id == person_id, Staff.id != staff_id))
    if other is not None:
        raise DomainError("staff_connected")
    if session.scalar(select(Person.erased_at).where(Person.id == person_id)) is not None:
        raise NotFoundError
    _get(session, staff_id).person_id = person_id
    return staff_id


def disconnect_person(session: Session, *, staff_id: int) -> None:
    """Unties the account from its person: the bot shows it no staff menu any more."""
    _get(session, staff_id).person_id = None


def hash_password(password: str) -> str:
    """The password's argon2id hash. Raises DomainError `staff_password` for one that is too short."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise DomainError("staff_password", shortest=SHORTEST_PASSWORD)
    return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits. Nothing stored takes the same time and is never right."""
    try:
        right = _hasher.verify(stored or _decoy(), password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None and bool(right)


@cache
def _decoy() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _get(session: Session, staff_id: int) -> Staff:
    staff = session.get(Staff, staff_id, with_for_update=True)
    if staff is None:
        raise NotFoundError
    return staff


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


def _drop_links(session: Session, staff_id: int) -> None:
    session.execute(delete(OneTimeLink).where(OneTimeLink.staff_id == staff_id))
