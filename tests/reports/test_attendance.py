"""Attendance: every way of grouping tells the same story."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality
from db.events.models import Event, EventStatus, Registration, RegistrationStatus
from db.reports.attendance import Attendance, By, attendance
from db.scope import Scope, StaffRole
from tests.support import callers

REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
ZONE = ZoneInfo("Asia/Yekaterinburg")
LONG_AGO = date(2020, 1, 1)


def report(demo: Database, clock: FrozenClock, by: By, scope: Scope = REGION, since: date = LONG_AGO) -> Attendance:
    return demo.read(attendance, callers.staff(scope, clock.now()), by=by, since=since)


@pytest.mark.parametrize("by", list(By))
def test_totals_are_those_of_the_lists(demo: Database, clock: FrozenClock, by: By) -> None:
    found = report(demo, clock, by)

    def count(*conditions: object) -> int:
        query = select(func.count(Registration.id)).where(*conditions)  # type: ignore[arg-type]
        return demo.read(lambda session: session.scalar(query)) or 0

    assert found.total.registered == count(Registration.status == RegistrationStatus.SEATED)
    assert found.total.attended == count(Registration.attended_at.is_not(None))
    assert found.total.waiting == count(Registration.status == RegistrationStatus.WAITING) == 6
    assert found.total.events == 28
    if by is not By.COMPONENT:
        for name in ("registered", "attended", "waiting", "past"):
            assert sum(getattr(line, name) for line in found.rows) == getattr(found.total, name)
    assert all(line.attended <= line.past <= line.registered for line in found.rows)


def test_a_rating_of_few_is_hidden_and_the_total_does_not_tell_it(demo: Database, clock: FrozenClock) -> None:
    found = report(demo, clock, By.MUNICIPALITY)
    shown = [line for line in found.rows if line.rating is not None]
    assert shown and all(line.rated >= 5 for line in shown)
    assert any(line.rating is None for line in found.rows)
    assert found.total.rated == sum(line.rated for line in shown)


def test_only_own_teachers_are_counted(demo: Database, clock: FrozenClock) -> None:
    own = demo.read(
        lambda session: session.scalar(select(Municipality.id).where(Municipality.code == "magnitogorsky-go"))
    )
    scope = Scope(2, StaffRole.MUNICIPAL_METHODIST, frozenset({own or 0}))
    found = report(demo, clock, By.MUNICIPALITY, scope)
    assert [line.name for line in found.rows] == ["Магнитогорский ГО"]
    assert 0 < found.total.registered < report(demo, clock, By.MONTH).total.registered


def test_cancelled_events_and_earlier_ones_are_left_out(demo: Database, clock: FrozenClock) -> None:
    everything = report(demo, clock, By.MONTH)
    demo.write(
        lambda session: session.execute(
            update(Event).where(Event.code == "konf-praktik").values(status=EventStatus.CANCELLED)
        )
    )
    assert report(demo, clock, By.MONTH).total.events == everything.total.events - 1
    later = report(demo, clock, By.MONTH, since=clock.now().date())
    assert later.total.past == 0 and later.total.events == 20
