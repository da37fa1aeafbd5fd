"""How long the pages of diaries take at a million lines of a thousand people: 300 ms a page at most.

make bench T=tests/benchmarks/test_diary_pages.py
"""

from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality, Term
from db.people.models import Person, Role, RoleGrant
from db.scope import StaffRole
from tests.support.figures import Figures
from tests.support.panel import Visitor, add_staff, make_panel

LINES, PEOPLE, OPENINGS, GOAL_MS = 1_000_000, 1_000, 5, 300
PAGES = {
    "list": "/diary/",
    "list, a month": "/diary/?month=2026-02",
    "list, one person": "/diary/?person=500",
    "list, a name": "/diary/?q=Учебный+77",
    "report": "/reports/active",
    "report, since": "/reports/active?since=2025-09-01",
}
HOME = "chelyabinsky-go"


def grow(session: Session, *, now: datetime) -> None:
    """A thousand members, each with a line a day for years."""
    places = session.scalars(select(Municipality.id).order_by(Municipality.id)).all()
    kinds = session.scalars(select(Term.id).where(Term.kind.in_(("activity", "work_line"))).order_by(Term.id)).all()
    session.execute(
        insert(Person),
        [
            {"id": n, "full_name": f"Учебный {n}", "municipality_id": places[n % len(places)], "created_at": now}
            for n in range(1, PEOPLE + 1)
        ],
    )
    member = {"role": Role.ACTIVE_MEMBER, "granted_at": now, "order_number": "1"}
    session.execute(insert(RoleGrant), [{"person_id": n, **member} for n in range(1, PEOPLE + 1)])
    sqlite = session.get_bind().dialect.name == "sqlite"
    day = "date('2026-03-01', '-' || (i % 1000) || ' days')" if sqlite else "DATE '2026-03-01' - (i % 1000)"
    session.execute(
        text(
            f"INSERT INTO diary_line (person_id, activity_id, day, text, written_at)"
            f" WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {LINES - 1})"
            f" SELECT 1 + i / {LINES // PEOPLE}, {kinds[0]} + i % {len(kinds)}, {day}, 'Дело ' || i, :now FROM n"
        ),
        {"now": now.replace(tzinfo=None) if sqlite else now},
    )
    year = (
        "CAST(strftime('%Y', date(day, '-8 months')) AS INT)"
        if sqlite
        else "extract(year from day - interval '8 months')"
    )
    session.execute(
        text(
            f"INSERT INTO diary_tally (person_id, activity_id, year, lines)"
            f" SELECT person_id, activity_id, {year}, count(*) FROM diary_line GROUP BY 1, 2, 3"
        )
    )
    session.execute(text("ANALYZE"))


@pytest.mark.bench
def test_diaries_at_a_million_lines(database: Database, clock: FrozenClock, tmp_path: Path, figures: Figures) -> None:
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    database.write(add_staff, login="town", role=StaffRole.MUNICIPAL_METHODIST, now=clock.now(), municipalities=[HOME])
    database.write(grow, now=clock.now())
    panel = make_panel(database, clock, tmp_path)
    slow = []
    for login in ("region", "town"):
        visitor = Visitor(panel)
        assert visitor.sign_in(login).status_code == 302
        told = f"diary: {{}}, {LINES:,} lines, {login}, {database.engine.dialect.name}"
        deeds = {name: partial(visitor.text, address) for name, address in PAGES.items()}
        slow += figures.timed(deeds, told, openings=OPENINGS, goal=GOAL_MS)
    assert not slow
