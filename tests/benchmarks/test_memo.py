"""How long a whole year's memo takes at 100,000 teachers, 20,000 applications and 40,000 reviews: 10 s at most.

    make bench T=tests/benchmarks/test_memo.py

With it the pages that tell of the same year: 300 ms at most. The least of several rounds, and the processor's time.
"""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from db.clock import FrozenClock
from db.database import Database
from tests.benchmarks import region
from tests.benchmarks.test_pages import APPLICATIONS, TEACHERS
from tests.support.figures import Figures
from tests.support.panel import ROOT, Visitor

MEMO_GOAL_MS, GOAL_MS, ROWS, MEMORY_MB = 10_000, 300, 100_000, 100
YEAR = "kind=year&since=2025-09-01"
MEMOS = {"the page": f"/memos/?{YEAR}", "the Word file": f"/memos/memo.docx?{YEAR}"}
PAGES = {
    "management chain": "/memos/chain?since=2025-09-01",
    "monitoring": "/reports/monitoring/",
    "waves": "/reports/waves/",
    "coverage": "/reports/coverage",
    "a group with its yearly results": f"/groups/{region.FIRST}",
    "groups": "/reports/groups?since=2025-09-01",
    "events": "/events/",
    "attendance by municipality": "/reports/events?by=municipality&since=2025-09-01",
    "proposals": "/motions/",
    "people's time": "/reports/time",
    "map of demand": "/reports/demand",
}
WRITING = """
from pathlib import Path
from admin.sheets import Column, Sheet, workbook
columns = [Column(f"Столбец {n}", 20, "text") for n in range(8)]
rows = ([f"Учебная Анна {row} {n}" for n in range(8)] for row in range(ROWS))
content = workbook([Sheet("Список", columns, rows)], title="Список")
# Not getrusage, which counts what the parent held before this process was its own.
said = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
print(int(said["VmHWM"].split()[0]) // 1024, len(content) // 1024)
"""


@pytest.fixture
def visitor(database: Database, clock: FrozenClock, tmp_path: Path) -> Visitor:
    return region.grown(database, clock, tmp_path)


@pytest.mark.bench
def test_a_years_memo_and_the_pages_of_its_figures(visitor: Visitor, database: Database, figures: Figures) -> None:
    engine = database.engine.dialect.name
    slow = []
    for pages, goal in ((MEMOS, MEMO_GOAL_MS), (PAGES, GOAL_MS)):
        for name, url in pages.items():
            opens = partial(_opened, visitor, url)
            kind = f"a year's memo, {name}" if pages is MEMOS else f"page: {name}"
            # The first of a memo draws its charts; a page's first would measure the test's own compiling.
            first = [("the first time", region.least(opens, 1, warm=False))] if pages is MEMOS else []
            for when, (took, busy) in (*first, ("the least of five", region.least(opens))):
                figures.note(
                    f"{kind}, {when}, {TEACHERS:,} teachers, {APPLICATIONS:,} applications, {region.REVIEWS:,} reviews,"
                    f" {engine}",
                    f"{took:.0f} ms (processor {busy:.0f})",
                    goal=f"≤ {goal:,} ms",
                    held=took <= goal,
                )
                if took > goal:
                    slow.append(f"{name}, {when}: {took:.0f} ms")
    assert not slow


def _opened(visitor: Visitor, url: str) -> None:
    assert visitor.get(url).status_code == 200, url


@pytest.mark.bench
def test_a_workbook_of_a_hundred_thousand_rows_takes_little_memory(figures: Figures) -> None:
    """The most that a process of its own ever held while it wrote eight columns of words."""
    script = WRITING.replace("ROWS", str(ROWS))
    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    most, size = map(int, found.stdout.split())
    figures.note(
        f"XLSX of {ROWS:,} rows, {size / 1024:.1f} MB",
        f"{most} MB at most",
        goal=f"≤ {MEMORY_MB} MB",
        held=most <= MEMORY_MB,
    )
    assert most <= MEMORY_MB
