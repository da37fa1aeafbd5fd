"""How long /route takes at 100,000 people with routes: one use case, 150 ms at most.

make bench T=tests/benchmarks/test_routes.py
"""

import statistics
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from db.clock import FrozenClock
from db.database import Database
from db.engine import writing
from db.routes import planning, queries
from db.scope import StaffRole
from tests.diagnostics.test_screens import mixed
from tests.diagnostics.walking import complete, teacher
from tests.support import callers
from tests.support.figures import Figures
from tests.support.panel import Visitor, add_staff, make_panel

PEOPLE, ITEMS, TIMES = 100_000, 10, 15
ROUTE_MS, PAGE_MS = 150, 300
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"


def grow(engine: Engine, now: Any) -> None:
    """Others' routes by SQL alone: ten lines each, every tenth open to methodists."""
    with writing(engine).connect() as connection, connection.begin():
        place = connection.execute(text("SELECT min(id) FROM municipality")).scalar_one()
        first = connection.execute(text("SELECT max(id) FROM person")).scalar_one()

        def run(count: int, table: str, columns: str, values: str) -> None:
            query = f"INSERT INTO {table} ({columns}) {NUMBERS.format(count=count)} SELECT {values} FROM n"
            connection.execute(text(query), {"now": now, "day": now.date().replace(day=1)})

        true = "1" if engine.dialect.name == "sqlite" else "true"
        people = "id, full_name, municipality_id, reminders, created_at, profile_saved_at"
        run(PEOPLE, "person", people, f"{first} + i, 'Иванова Анна ' || i, {place} + i % 40, {true}, :now, :now")
        run(PEOPLE, "route", "id, person_id, status, started_at", f"100 + i, {first} + i, 'active', :now")
        items = "route_id, kind, status, text, term, evidence, turn, taken_at"
        line = f"101 + i % {PEOPLE}, 'own', 'open', 'Прочитать книгу', :day, 'word', 0, :now"
        run(PEOPLE * ITEMS, "route_item", items, line)
        run(PEOPLE // 10, "route_share", "route_id, reader, opened_at", "100 + i * 10, 'methodist', :now")
        connection.execute(text("ANALYZE"))


@pytest.mark.bench
def test_route_at_a_hundred_thousand_people(
    database_url: str, clock: FrozenClock, tmp_path: Path, figures: Figures
) -> None:
    """The bot's screen and the panel's list, on both engines."""
    database = Database.connect(database_url)
    who = teacher(database)
    complete(database, who, mixed, clock.now())
    caller = callers.person(who, clock.now())
    database.write(planning.draft, caller)
    grow(database.engine, clock.now())
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    visitor = Visitor(make_panel(database, clock, tmp_path))
    visitor.sign_in("region")
    engine = database.engine.dialect.name
    held = [
        _note(figures, f"/route, {engine}", ROUTE_MS, lambda: database.read(queries.home, caller)),
        _note(figures, f"the plan of the year, {engine}", ROUTE_MS, lambda: database.read(planning.year, caller)),
        _note(figures, f"the panel's list, {engine}", PAGE_MS, lambda: visitor.text("/routes/?page=40")),
        _note(figures, f"the panel's opened ones, {engine}", PAGE_MS, lambda: visitor.text("/routes/?show=opened")),
    ]
    database.close()
    assert all(held)


def _note(figures: Figures, what: str, goal: int, deed: Any) -> bool:
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        deed()
        times.append((time.perf_counter() - begun) * 1000)
    took = statistics.median(times)
    what = f"routes: {what}, {PEOPLE:,} people"
    figures.note(what, f"{took:.1f} ms", goal=f"≤ {goal} ms", held=took <= goal)
    return took <= goal
