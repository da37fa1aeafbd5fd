"""Attendance: every way of grouping tells the same story."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality
from db.events.models import Event, EventStatus, Registration, RegistrationStatus
from db.events.sweeps import publish_ratings
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
    assert found.total.events == 29
    if by is not By.COMPONENT:
        for name in ("registered", "attended", "waiting", "past"):
            assert sum(getattr(line, name) for line in found.rows) == getattr(found.total, name)
    assert all(line.attended <= line.past <= line.registered for line in found.rows)


def test_ratings_are_of_whole_events_and_of_the_region(demo: Database, clock: FrozenClock) -> None:
    """A rating by municipality, or of one's own teachers, was a part of an event to be taken from the rest."""
    found = report(demo, clock, By.MONTH)
    shown = [line for line in found.rows if line.rating is not None]
    assert shown and all(line.rated >= 5 for line in shown)
    assert found.total.rated == sum(line.rated for line in shown)
    by_place = report(demo, clock, By.MUNICIPALITY)
    assert {line.rating for line in (*by_place.rows, by_place.total)} == {None}
    own = Scope(2, StaffRole.MUNICIPAL_METHODIST, frozenset(line.key for line in by_place.rows if line.key))  # type: ignore[misc]
    assert {line.rating for line in report(demo, clock, By.MONTH, own).rows} == {None}


@pytest.mark.parametrize("what", ["a late rating", "a corrected one", "an erasure", "a move"])
def test_a_published_rating_is_not_moved_by_one_person(demo: Database, clock: FrozenClock, what: str) -> None:
    """Yesterday's mean and count less today's were one person's rating."""
    before = report(demo, clock, By.FORMAT)
    gave = select(Registration.id).where(Registration.rating.is_not(None)).limit(1)
    gave_none = select(Registration.id).where(Registration.rating.is_(None), Registration.attended_at.is_not(None))
    changes = {
        "a late rating": (gave_none.limit(1), {"rating": 1}),
        "a corrected one": (gave, {"rating": 1}),
        "an erasure": (gave, {"rating": None}),
        "a move": (gave, {"municipality_id": None}),
    }
    which, values = changes[what]

    def change(session: Session) -> None:
        session.execute(
            update(Registration).where(Registration.id.in_(which.scalar_subquery())).values(values),
            execution_options={"synchronize_session": False},
        )
        publish_ratings(session, callers.clock(clock.now()))

    demo.write(change)
    after = report(demo, clock, By.FORMAT)
    assert [(line.name, line.rating, line.rated) for line in after.rows] == [
        (line.name, line.rating, line.rated) for line in before.rows
    ]


def test_five_fives_do_not_say_what_each_gave(demo: Database, clock: FrozenClock) -> None:
    def few(session: Session) -> None:
        session.execute(update(Event).values(rated=None, stars=None))
        event = session.scalars(select(Event.id).where(Event.ends_at < clock.now())).first()
        session.execute(update(Event).where(Event.id == event).values(rated=5, stars=25))

    demo.write(few)
    assert report(demo, clock, By.MONTH).total.rating == 4.8


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
