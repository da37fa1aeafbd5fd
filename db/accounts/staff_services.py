"""Accounts of the panel: passwords, one-time links, municipalities, the tie to a person in the bot."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import texts
from db.accounts.models import LinkPurpose, Staff, StaffDirection, StaffMunicipality
from db.accounts.rules import LOGIN, hash_password
from db.accounts.services import end_sessions, issue_link, locked_account
from db.audit import services as audit
from db.caller import Caller, StaffCaller
from db.clock import midnight
from db.dictionaries.models import Centre, Municipality, Organisation, Term, TermKind
from db.errors import DomainError
from db.limits import whole
from db.scope import StaffRole


def create_staff(
    session: Session,
    caller: Caller,
    *,
    login: str,
    name: str,
    role: StaffRole,
    password: str | None = None,
    municipality_codes: Sequence[str] = (),
    municipality_ids: Sequence[int] = (),
    centre_id: int | None = None,
    direction_ids: Collection[int] = (),
    organisation: str = "",
    campaign_id: int | None = None,
    last_day: date | None = None,
) -> int:
    """Creates an account, for an administrator or the command line. Returns its id.

    Without a password it is opened by one-time links only.

    Raises DomainError `staff_login`, `staff_login_taken`, `staff_name`, `staff_password`, `staff_municipality`,
    `staff_term` for an auditor without a campaign or a last day that is still ahead, `staff_direction` for a
    coordinator without directions, `staff_organisation` and `staff_organisations` where no confirmed organisation, or
    more than one, bears the name.
    """
    if isinstance(caller, StaffCaller):
        caller.scope.check_admin()
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
        created_at=caller.now,
        municipalities=[],
    )
    ids = {*municipality_ids, *_by_codes(session, municipality_codes)}
    _give(session, staff, role, ids, centre_id)
    _limit(caller, staff, campaign_id, last_day)
    _coordinate(session, staff, set(direction_ids))
    _employ(session, staff, organisation)
    session.add(staff)
    session.flush()
    _record(session, caller, staff.id, "staff.create", role=role.value, **_reach(staff))
    return staff.id


def update_staff(
    session: Session,
    caller: StaffCaller,
    *,
    staff_id: int,
    name: str,
    role: StaffRole,
    active: bool,
    municipality_ids: Sequence[int],
    centre_id: int | None = None,
    direction_ids: Collection[int] = (),
    organisation: str = "",
    campaign_id: int | None = None,
    last_day: date | None = None,
) -> None:
    """Changes an account; it takes effect at the account's next request. Raises `staff_last_administrator` too."""
    caller.scope.check_admin()
    staff = locked_account(session, staff_id)
    if staff.role is StaffRole.ADMINISTRATOR and staff.active and not (active and role is StaffRole.ADMINISTRATOR):
        _keep_an_administrator(session, staff_id)
    staff.name, staff.active = _name(name), active
    with session.no_autoflush:  # a role and its reach are kept together or not at all
        _give(session, staff, role, set(municipality_ids), centre_id)
        _limit(caller, staff, campaign_id, last_day)
        _coordinate(session, staff, set(direction_ids))
        _employ(session, staff, organisation)
    if not active:
        end_sessions(session, staff)
    session.flush()
    _record(session, caller, staff_id, "staff.change", role=role.value, active=active, **_reach(staff))


def set_password(session: Session, caller: StaffCaller, *, staff_id: int, password: str) -> None:
    """Gives a new password; every session and link of the account ends. Raises `staff_password`."""
    caller.scope.check_admin()
    staff = locked_account(session, staff_id)
    staff.password_hash = hash_password(password)
    end_sessions(session, staff)
    _record(session, caller, staff_id, "staff.password")


def issue_connect_link(session: Session, caller: StaffCaller, *, staff_id: int) -> str:
    """Makes a link that ties the account to whoever opens it in the bot; returns its token."""
    caller.scope.check_admin()
    token = issue_link(session, caller, staff_id=staff_id, purpose=LinkPurpose.CONNECT)
    _record(session, caller, staff_id, "staff.connect_link")
    return token


def disconnect_person(session: Session, caller: StaffCaller, *, staff_id: int) -> None:
    """Unties the account from its person: the bot shows it no staff menu any more, and what it opened ends."""
    caller.scope.check_admin()
    staff = locked_account(session, staff_id)
    staff.person_id = None
    end_sessions(session, staff)
    _record(session, caller, staff_id, "staff.disconnect")


def sign_out(session: Session, caller: StaffCaller, *, staff_id: int) -> None:
    """Ends every session and pending link of somebody's account: a lost phone, a shared computer."""
    caller.scope.check_admin()
    end_sessions(session, locked_account(session, staff_id))
    _record(session, caller, staff_id, "staff.sign_out_everywhere")


def _record(session: Session, caller: Caller, staff_id: int, action: str, **details: Any) -> None:
    audit.record(session, caller, action=action, object_type="staff", object_id=staff_id, **details)


def _reach(staff: Staff) -> dict[str, Any]:
    """What the account reaches now, in ids: who could see whom is a question to the journal."""
    return {
        "municipalities": sorted(row.municipality_id for row in staff.municipalities),
        "centre": staff.centre_id,
        "organisation": staff.organisation_id,
        "directions": sorted(row.term_id for row in staff.directions),
        "campaign": staff.campaign_id,
    }


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


def _give(session: Session, staff: Staff, role: StaffRole, municipality_ids: set[int], centre_id: int | None) -> None:
    """Sets role and reach together: a municipal methodist without municipality or centre would see nothing at all."""
    if role is StaffRole.MUNICIPAL_METHODIST:
        known = set(session.scalars(select(Municipality.id).where(Municipality.id.in_(municipality_ids))))
        centre = session.get(Centre, centre_id) if centre_id is not None else None
        if known != municipality_ids or not (known or centre) or (centre_id is not None and centre is None):
            raise DomainError("staff_municipality")
    else:
        municipality_ids, centre = set(), None
    staff.centre = centre
    staff.role = role
    kept = [row for row in staff.municipalities if row.municipality_id in municipality_ids]
    new = municipality_ids - {row.municipality_id for row in kept}
    staff.municipalities = kept + [StaffMunicipality(municipality_id=number) for number in sorted(new)]


def _limit(caller: Caller, staff: Staff, campaign_id: int | None, last_day: date | None) -> None:
    """An auditor has one campaign and a last day; nobody else has any."""
    if staff.role is not StaffRole.AUDITOR:
        staff.campaign_id = staff.ends_at = None
        return
    if campaign_id is None or last_day is None or last_day < caller.now.astimezone(caller.zone).date():
        raise DomainError("staff_term")
    staff.campaign_id = campaign_id
    staff.ends_at = midnight(last_day + timedelta(days=1), caller.zone)


def _coordinate(session: Session, staff: Staff, direction_ids: set[int]) -> None:
    """A coordinator has directions; nobody else is limited by any."""
    if staff.role is not StaffRole.COORDINATOR:
        staff.directions = []
        return
    of_list = select(Term.id).where(Term.kind == TermKind.DIRECTION, Term.id.in_(direction_ids))
    if not direction_ids or direction_ids - set(session.scalars(of_list)):
        raise DomainError("staff_direction")
    kept = [row for row in staff.directions if row.term_id in direction_ids]
    new = direction_ids - {row.term_id for row in kept}
    staff.directions = kept + [StaffDirection(term_id=number) for number in sorted(new)]


def _employ(session: Session, staff: Staff, name: str) -> None:
    """An account of an organisation has one, by its name or by its number in the list; nobody else has any."""
    if staff.role is not StaffRole.ORGANISATION:
        staff.organisation = None
        return
    known = select(Organisation).where(Organisation.confirmed)
    asked = texts.quoted(name)
    called = known.where(Organisation.id == whole(asked) if asked.isdecimal() else Organisation.name == asked)
    found = session.scalars(called.limit(2)).all()
    if len(found) != 1:
        raise DomainError("staff_organisations" if found else "staff_organisation", name=asked[:80])
    staff.organisation = found[0]


def _keep_an_administrator(session: Session, staff_id: int) -> None:
    # All of them are locked, so that two administrators cannot dismiss each other at once.
    others = session.scalars(
        select(Staff.id).where(Staff.role == StaffRole.ADMINISTRATOR, Staff.active).order_by(Staff.id).with_for_update()
    ).all()
    if set(others) <= {staff_id}:
        raise DomainError("staff_last_administrator")
