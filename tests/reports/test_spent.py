"""People's time: from tap to tap without pauses, told of thirty and more, and what nobody was asked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import PAUSE, FrozenClock, minutes_spent
from db.database import Database
from db.diagnostics.models import Attempt
from db.diagnostics.offering import spent as of_attempt
from db.overviews.spent import LEAST, Journey, Unasked, hours, spent
from db.reports.sweeps import publish_facts
from db.scope import Scope, StaffRole
from tests.groups.test_panel import words
from tests.reports.test_quality import answered
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
TOWN = Scope(2, StaffRole.MUNICIPAL_METHODIST, frozenset({1}))


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        ([], 0),
        ([0], 0),
        ([0, 0, 0], 0),
        ([0, 1], 1),
        ([0, 60, 120], 2),
        ([0, 60, 121], 3),
        ([120, 0, 60], 2),
        ([0, 60, 60 + PAUSE.seconds, 120 + PAUSE.seconds], 2),
        ([0, PAUSE.seconds - 1], 10),
        ([0, 86_400], 0),
    ],
)
def test_minutes_are_those_between_taps_without_pauses(seconds: list[int], told: int) -> None:
    assert minutes_spent([NOON + timedelta(seconds=one) for one in seconds]) == told


def took(session: Session, *, minutes: int) -> None:
    """Every self-diagnosis took so long from its first tap to its last."""
    for row in session.scalars(select(Attempt)):
        row.completed_at = row.started_at + timedelta(minutes=minutes)


def test_time_is_told_of_thirty_by_whole_batches_and_never_changes(database: Database, clock: FrozenClock) -> None:
    who, now = callers.staff(REGION), clock.now()

    def walked(people: int, *, day: int, minutes: int = 12) -> Journey:
        database.write(answered, people=people, now=now + timedelta(days=day))
        database.write(took, minutes=minutes)
        database.write(publish_facts, callers.clock(now + timedelta(days=day + 8)))
        return database.read(spent, who).journeys[0]

    assert walked(LEAST - 1, day=0) == Journey("diagnosis", 25, 25, None, None)
    assert walked(3, day=2) == Journey("diagnosis", 25, 25, None, None), "three wait for others"
    assert walked(2, day=3) == Journey("diagnosis", 30, 30, 12, 7), "34 by 12 minutes are 6.8 hours"
    assert walked(1, day=4, minutes=61) == Journey("diagnosis", 30, 30, 12, 7), "what was told stays"
    assert walked(9, day=5, minutes=61) == Journey("diagnosis", 40, 30, 12, 7), "ten with a break"
    assert database.read(hours, who) == 7
    assert database.read(spent, who).unasked[0] == Unasked("registration", 0)
    assert database.read(spent, callers.staff(TOWN)).journeys[0] == Journey("diagnosis", 0, 0, None, None)


def test_an_attempts_own_time_is_that_of_its_taps(database: Database, clock: FrozenClock) -> None:
    database.write(answered, people=1, now=clock.now())
    database.write(took, minutes=7)
    attempt = database.read(lambda session: session.scalars(select(Attempt)).one())
    assert database.read(of_attempt, attempt) == 7


def test_the_report_is_a_page_and_a_file(database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    database.write(add_staff, login="region", role=StaffRole.READER, now=clock.now())
    database.write(answered, people=LEAST, now=clock.now())
    database.write(took, minutes=11)
    database.write(publish_facts, callers.clock(clock.now() + timedelta(days=8)))
    visitor = Visitor(make_panel(database, clock, tmp_path))
    visitor.sign_in("region")
    page = words(visitor.text("/reports/time"))
    assert "от начала до результата 30 30 11 6" in page and "о приходе" in page
    assert visitor.get("/reports/time.xlsx").status_code == 200
    assert "Время педагогов" in visitor.text("/reports/")
