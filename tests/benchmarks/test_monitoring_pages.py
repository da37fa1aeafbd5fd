"""How long monitoring takes with every formula in two periods at 100,000 teachers: 300 ms at most.

make bench T=tests/benchmarks/test_monitoring_pages.py
"""

from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality, Term, TermKind
from db.events.models import Event, Registration
from db.indicators.formulas import THINGS
from db.indicators.models import (
    Formula,
    Indicator,
    IndicatorLevel,
    IndicatorMeasure,
    IndicatorPeriod,
    MeasureKind,
)
from db.people.models import Person
from db.requests.models import HelpRequest
from db.routes.models import Route
from db.scope import StaffRole
from db.training.models import TrainingRecord
from tests.support.figures import Figures
from tests.support.panel import Visitor, add_staff, make_panel

TEACHERS, EVENTS, OPENINGS, GOAL_MS = 100_000, 5_000, 7, 300
PAGES = {"monitoring": "/reports/monitoring/", "monitoring of one municipality": "/reports/monitoring/?municipality=1"}


def grow(session: Session, clock: FrozenClock) -> None:
    """A region with a course, a route or a question for many, and an indicator for every formula."""
    now = clock.now()
    towns = session.scalars(select(Municipality.id).order_by(Municipality.id)).all()
    form, position, direction = (
        session.scalars(select(Term.id).where(Term.kind == kind)).first()
        for kind in (TermKind.EVENT_FORMAT, TermKind.POSITION, TermKind.DIRECTION)
    )
    first = 10**6

    def put(table: type, rows: list[dict[str, object]]) -> None:
        session.execute(insert(table.__table__), rows)  # type: ignore[attr-defined]

    def of(numbers: range, **values: object) -> list[dict[str, object]]:
        return [{"person_id": first + one, **values} for one in numbers]

    profile = {"full_name": "Учебная", "position_id": position, "profile_saved_at": now, "created_at": now}
    put(Person, [{"id": first + n, "municipality_id": towns[n % len(towns)], **profile} for n in range(TEACHERS)])
    course = {"title": "Курс", "organisation": "ИРО", "issued_on": date(2025, 9, 1), "of_project": True}
    put(TrainingRecord, of(range(40_000), status="confirmed", created_at=now, **course))
    put(Route, of(range(30_000), status="active", started_at=now - timedelta(days=200)))
    asked = {"municipality_id": towns[0], "direction_id": direction, "created_at": now}
    days = {"asked_at": now - timedelta(days=20), "answered_at": now - timedelta(days=19)}
    put(HelpRequest, of(range(20_000), status="answered", **asked, **days))
    ended = [now - timedelta(days=one % 400) for one in range(EVENTS)]
    said = {"about": "", "format_id": form, "mode": "offline", "status": "published", "created_at": now}
    put(
        Event,
        [
            {"id": first + n, "code": f"e{n}", "title": f"Событие {n}", "check_in_key": str(n), **said}
            | {"starts_at": ended[n], "ends_at": ended[n], "municipality_id": towns[n % len(towns)]}
            for n in range(EVENTS)
        ],
    )
    put(
        Registration,
        [
            {"event_id": first + n % EVENTS, "status": "seated", "sequence": n, "registered_at": now, **row}
            for n, row in enumerate(of(range(50_000)))
        ],
    )
    for code, year in (("a", 2025), ("b", 2026)):
        put(IndicatorPeriod, [{"code": code, "title": code, "starts": date(year, 1, 1), "ends": date(year, 12, 31)}])
    for n, formula in enumerate(Formula, 1):
        kind = MeasureKind.COUNT if formula in THINGS else MeasureKind.FRACTION
        one = Indicator(code=f"bench-{n}", position=n, level=IndicatorLevel.REGION, text=f"Показатель {n}")
        one.measures = [IndicatorMeasure(code=f"bench-{n}", kind=kind, formula=formula, params={})]
        session.add(one)
    session.flush()
    session.execute(text("ANALYZE"))  # as the server does by itself a minute after so many rows came in


@pytest.mark.bench
def test_pages_of_monitoring(database: Database, clock: FrozenClock, tmp_path: Path, figures: Figures) -> None:
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    database.write(lambda session: grow(session, clock))
    visitor = Visitor(make_panel(database, clock, tmp_path))
    assert visitor.sign_in("region").status_code == 302
    told = f"page: {{}}, {TEACHERS:,} teachers, {database.engine.dialect.name}"
    deeds = {name: partial(visitor.text, url) for name, url in PAGES.items()}
    assert not figures.timed(deeds, told, openings=OPENINGS, goal=GOAL_MS)
