"""The day's figures for somebody of the service who asks in the chat: as their account of the panel sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.accounts.staff_queries import signed_in
from db.applications import campaigns
from db.caller import PersonCaller, StaffCaller
from db.clock import local_day, midnight
from db.errors import DomainError
from db.overviews.today import WEEK, Happening, happenings, waiting_of
from db.reports import deficits
from db.reports.deficits import Heat
from db.requests.staff_queries import late_or_waiting

EVENTS = 3


@dataclass(frozen=True, slots=True)
class Summary:
    """One account's day. `waiting` is None where the service selects nobody, `requests` for who answers none.

    `deficits` are (title, mean deficit of what was published within reach); None where too few results are.
    """

    day: date
    waiting: int | None
    overdue: int
    requests: int | None
    events: Sequence[Happening]
    deficits: Sequence[tuple[str, int | None]]
    people: int


def summary(session: Session, caller: PersonCaller) -> Summary:
    """Returns the day's figures within the reach of the person's account.

    Raises DomainError `summary_not_staff` where there is no account that sees reports: it is asked at every time, so a
    right that was taken is gone.
    """
    staff_id = session.scalar(select(Staff.id).where(Staff.person_id == caller.person_id))
    account = signed_in(session, caller, staff_id=staff_id) if staff_id is not None else None
    if account is None or account.scope.applications_only:
        raise DomainError("summary_not_staff")
    staff = StaffCaller(caller.now, caller.zone, account.scope)
    waiting = waiting_of(session, staff.scope, staff.now)
    day = local_day(caller.now, caller.zone)
    week = midnight(day, caller.zone) + WEEK + timedelta(days=1)
    heat = deficits.heat(session, staff)
    return Summary(
        day=day,
        waiting=waiting.submitted if campaigns.any_held(session) else None,
        overdue=waiting.overdue,
        requests=late_or_waiting(session, staff) if staff.scope.can_write else None,
        events=happenings(session, staff.scope, caller.now, week, limit=EVENTS),
        deficits=_deficits(heat),
        people=heat.total.people,
    )


def _deficits(heat: Heat) -> list[tuple[str, int | None]]:
    cells = heat.total.cells
    return [(title, cells[code].deficit if code in cells else None) for code, _, title in heat.components]
