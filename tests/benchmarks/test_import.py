"""How long a list of 20,000 people takes from the file's rows to the last of them: 30 s at most, on both engines.

make bench T=tests/benchmarks/test_import.py
"""

import time

import pytest

from db.clock import FrozenClock
from db.database import Database
from db.imports import services, whole
from db.imports.models import ImportKind
from db.scope import Scope, StaffRole
from db.spreadsheet import Grid
from tests.support import callers
from tests.support.figures import Figures
from tests.support.panel import add_staff

PEOPLE, SCHOOLS, GOAL = 20_000, 400, 30
HEADER = ["full_name", "municipality", "organisation", "position", "experience_years", "consent_date"]


@pytest.mark.bench
def test_twenty_thousand_people_come_in(database: Database, clock: FrozenClock, figures: Figures) -> None:
    number = database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    caller = callers.staff(Scope(number, StaffRole.REGIONAL_METHODIST, None), clock.now())
    rows = [
        (line, [f"Учебная Анна {line}", "Челябинский ГО", f"Школа {line % SCHOOLS}", "Учитель", "5", "2026-01-15"])
        for line in range(2, PEOPLE + 2)
    ]
    began, worked = time.perf_counter(), time.process_time()
    kept = database.write(
        services.keep, caller, kind=ImportKind.PEOPLE, title="people.csv", grid=Grid(list(HEADER), rows)
    )
    added, _ = whole.apply(database, caller, upload_id=kept)
    took, busy = time.perf_counter() - began, time.process_time() - worked
    engine = database.engine.dialect.name
    figures.note(
        f"a list of {PEOPLE:,} people, {engine}",
        f"{took:.1f} s (processor {busy:.1f})",
        goal=f"≤ {GOAL} s",
        held=took <= GOAL,
    )
    assert added >= PEOPLE and took <= GOAL
