"""How long the pages of groups take at 2,000 groups with 20,000 members: 300 ms a page at most.

make bench T=tests/benchmarks/test_groups.py
"""

import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from db.clock import FrozenClock
from db.database import Database
from db.engine import writing
from db.scope import StaffRole
from tests.support.figures import Figures
from tests.support.panel import Visitor, add_staff, make_panel

GROUPS, MEMBERS, MEETINGS, LINES, OPENINGS = 2_000, 20_000, 8_000, 20_000, 7
GOAL_MS = 300
PAGES = {
    "the tree": "/groups/",
    "the tree, page 40": "/groups/?page=40",
    "one kind, one municipality": "/groups/?kind=1&municipality={place}",
    "by a word": "/groups/?q=42",
    "without a head": "/groups/?state=headless",
    "a group": "/groups/5",
    "a group's plan": "/workplans/5/",
    "a meeting": "/groups/meetings/1",
    "the report": "/reports/groups",
    "today": "/",
}
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"


def grow(engine: Engine, now: Any) -> int:
    """Rows by SQL alone; returns a municipality."""
    with writing(engine).connect() as connection, connection.begin():
        place = connection.execute(text("SELECT min(id) FROM municipality")).scalar_one()

        def run(count: int, table: str, columns: str, values: str) -> None:
            query = f"INSERT INTO {table} ({columns}) {NUMBERS.format(count=count)} SELECT {values} FROM n"
            connection.execute(text(query), {"now": now, "day": now.date()})

        true = "1" if engine.dialect.name == "sqlite" else "true"
        false = "0" if engine.dialect.name == "sqlite" else "false"
        town = f"{place} + i % 40"
        people = "full_name, municipality_id, reminders, created_at, profile_saved_at"
        run(MEMBERS, "person", people, f"'Иванова Анна ' || i, {town}, {true}, :now, :now")
        kinds = "code, position, name, level, temporary, supports, functions, note, source"
        run(4, "group_kind", kinds, f"'kind-' || i, i, 'вид ' || i, 'municipality', {false}, '', '[]', '', ''")
        groups = "kind_id, name, level, municipality_id, parent_id, head_id, status, about, training, created_at"
        parent = "CASE WHEN i > 40 THEN i % 40 + 1 END"
        head = "CASE WHEN i % 20 <> 0 THEN i END"
        run(
            GROUPS,
            "methodical_group",
            groups,
            f"i % 4 + 1, 'МО ' || i, 'municipality', {town}, {parent}, {head}, 'active', '', {false}, :now",
        )
        run(
            MEMBERS,
            "group_member",
            "group_id, person_id, status, since, asked_at",
            f"i % {GROUPS} + 1, i, 'active', :day, :now",
        )
        meetings = "group_id, planned_at, place, link, agenda, number, minutes, status, members, needed, called_by"
        held = "'О разном', '1', 'Слушали', 'held', 10, 1, ''"
        run(MEETINGS, "group_meeting", meetings, f"i % {GROUPS} + 1, :now, '', '', {held}")
        decisions = "meeting_id, position, text, responsible_id, due_on, word, done_by"
        run(MEETINGS, "group_decision", decisions, "i, 1, 'Сделать', i, :day, '', ''")
        lines = "group_id, year, text, term, starts, ends, period, times"
        days = "'2025-09-01', '2026-05-31'"
        run(LINES, "workplan_line", lines, f"i % {GROUPS} + 1, 2025, 'Дело ' || i, '', {days}, 'month', 1")
        marks = "line_id, slot, done_on, way, word, noted_at, noted_by"
        run(LINES, "workplan_fulfilment", marks, "i, 0, :day, 'hand', 'Провели', :now, 'staff:1'")
        connection.execute(text("ANALYZE"))
        return int(place)


@pytest.mark.bench
def test_pages_of_groups(database_url: str, clock: FrozenClock, tmp_path: Path, figures: Figures) -> None:
    """Every page within the goal, on both engines."""
    database = Database.connect(database_url)
    place = grow(database.engine, clock.now())
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    visitor = Visitor(make_panel(database, clock, tmp_path))
    visitor.sign_in("region")
    slow = {}
    for name, address in PAGES.items():
        took = _median(partial(visitor.text, address.format(place=place)))
        _note(figures, f"{name}, {GROUPS:,} groups, {MEMBERS:,} members, {database.engine.dialect.name}", took, GOAL_MS)
        if took > GOAL_MS:
            slow[name] = took
    database.close()
    assert not slow


def _note(figures: Figures, what: str, took: float, goal: int) -> None:
    figures.note(f"groups: {what}", f"{took:.1f} ms", goal=f"≤ {goal} ms", held=took <= goal)


def _median(deed: Callable[[], object]) -> float:
    times = []
    for _ in range(OPENINGS):
        begun = time.perf_counter()
        deed()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)
