"""A region's whole year: rows of every noun that a memo tells of, beside the teachers and results of `test_pages`."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.clock import FrozenClock
from db.commission.models import Review, ReviewStatus
from db.database import Database
from db.diagnostics import blocks
from db.diagnostics.models import InstrumentVersion
from db.diary.models import DiaryLine
from db.dictionaries.models import Municipality, Term, TermKind
from db.events.models import Event, Registration
from db.groups.models import (
    GroupDecision,
    GroupKind,
    GroupLevel,
    GroupMeeting,
    GroupMeetingStatus,
    GroupMember,
    GroupResult,
    MethodicalGroup,
)
from db.indicators.formulas import THINGS
from db.indicators.models import (
    Formula,
    Indicator,
    IndicatorLevel,
    IndicatorMeasure,
    IndicatorPeriod,
    MeasureKind,
    Wave,
    WaveResult,
    WaveStatus,
)
from db.motions.models import FigureSource, Motion, MotionStatus
from db.network.models import Agreement, AgreementStatus, MemberKind, MutualVisit, NetworkMember
from db.requests.models import HelpRequest
from db.routes.models import Route
from db.scope import StaffRole
from db.training.models import TrainingRecord
from tests.benchmarks import test_pages
from tests.benchmarks.test_pages import APPLICATIONS, COMPONENTS, TEACHERS
from tests.diagnostics.walking import form_of
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel

REVIEWS, EVENTS, SEATS, LINES, GROUPS, MEMBERS, MEETINGS = 40_000, 5_000, 200_000, 200_000, 2_000, 20_000, 8_000
COURSES, ROUTES, REQUESTS, PARTNERS, VISITS, MOTIONS, REVIEWERS = 40_000, 30_000, 50_000, 2_000, 10_000, 2_000, 40
FIRST = 10**6
"""The number of the first row of each table that other rows name."""
AT_ONCE = 20_000
TOLD = 5
"""Rounds of publishing, a quarter of all results: the whole of it takes longer than all that is measured."""


def grown(database: Database, clock: FrozenClock, folder: Path) -> Visitor:
    """Puts teachers, their results and the year in, tells what waits of results, and signs a methodist in."""
    now = clock.now()
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=now)
    sqlite = database.engine.dialect.name == "sqlite"
    test_pages.grow(database.engine, now.replace(tzinfo=None) if sqlite else now, answers=TEACHERS)
    database.write(grow, now)
    later = callers.clock(now + timedelta(days=8))
    for _ in range(TOLD):
        database.write(blocks.publish, later, at_most=30_000)
    visitor = Visitor(make_panel(database, clock, folder))
    assert visitor.sign_in("region").status_code == 302
    return visitor


def least(deed: Callable[[], object], rounds: int = 5, *, warm: bool = True) -> tuple[float, float]:
    """The least of several rounds, of the clock's and of the processor's ms: what others do only adds to either.

    One round more goes before, unless it is the first one that is asked about.
    """
    if warm:
        deed()
    times, busy = [], []
    for _ in range(rounds):
        began, worked = time.perf_counter(), time.process_time()
        deed()
        times.append(1000 * (time.perf_counter() - began))
        busy.append(1000 * (time.process_time() - worked))
    return min(times), min(busy)


def grow(session: Session, now: datetime) -> None:
    """Puts it all in, after `test_pages.grow`."""
    towns = session.scalars(select(Municipality.id).order_by(Municipality.id)).all()
    today = now.date()

    def put(table: type, rows: Iterable[dict[str, Any]]) -> None:
        left = iter(rows)
        while some := list(islice(left, AT_ONCE)):
            session.execute(insert(table.__table__), some)  # type: ignore[attr-defined]

    def terms(kind: TermKind) -> list[int]:
        return list(session.scalars(select(Term.id).where(Term.kind == kind).order_by(Term.id)))

    def ago(days: int) -> datetime:
        return now - timedelta(days=days)

    formats, directions, activities = map(terms, (TermKind.EVENT_FORMAT, TermKind.DIRECTION, TermKind.ACTIVITY))
    account = {"role": StaffRole.REGIONAL_METHODIST, "created_at": now}
    put(Staff, ({"id": FIRST + n, "login": f"reviewer{n}", "name": "Рецензент", **account} for n in range(REVIEWERS)))
    done = {"revision": 1, "status": ReviewStatus.DONE, "assigned_at": ago(20), "done_at": ago(10)}
    put(
        Review,
        (
            {"application_id": 1 + n % APPLICATIONS, "staff_id": FIRST + (n * 7 + n // APPLICATIONS) % REVIEWERS}
            | {"total": n % 19, **done}
            for n in range(REVIEWS)
        ),
    )
    course = {"title": "Курс", "organisation": "ИРО", "status": "confirmed", "of_project": True, "created_at": now}
    days = (today - timedelta(days=n % 700) for n in range(COURSES))
    put(TrainingRecord, ({"person_id": n, "issued_on": day, **course} for n, day in enumerate(days, 1)))
    put(
        Route,
        (
            {"person_id": n, "municipality_id": towns[n % len(towns)], "status": "active", "started_at": ago(n % 500)}
            for n in range(1, ROUTES + 1)
        ),
    )
    put(
        HelpRequest,
        (
            {"person_id": 1 + n, "municipality_id": towns[n % len(towns)], "direction_id": directions[n % 19]}
            | {"status": "answered", "created_at": now, "asked_at": ago(n % 700), "answered_at": ago(n % 700)}
            for n in range(REQUESTS)
        ),
    )
    event = {"about": "", "mode": "offline", "status": "published", "created_at": now}
    put(
        Event,
        (
            {"id": FIRST + n, "code": f"e{n}", "title": f"Событие {n}", "check_in_key": str(n), **event}
            | {"starts_at": ago(n % 700 - 30), "ends_at": ago(n % 700 - 30), "format_id": formats[n % len(formats)]}
            | {"municipality_id": towns[n % len(towns)]}
            for n in range(EVENTS)
        ),
    )
    seat = {"status": "seated", "registered_at": now}
    put(
        Registration,
        (
            {"event_id": FIRST + n % EVENTS, "person_id": 1 + (7 * n + n // TEACHERS) % TEACHERS}
            | {"municipality_id": towns[n % len(towns)], "attended_at": now if n % 4 else None, "sequence": n, **seat}
            for n in range(SEATS)
        ),
    )
    put(
        DiaryLine,
        (
            {"person_id": 1 + n % 15_000, "activity_id": activities[n % len(activities)], "written_at": now}
            | {"day": today - timedelta(days=n % 900), "text": "Дело"}
            for n in range(LINES)
        ),
    )
    session.execute(
        text(
            "INSERT INTO diary_tally (person_id, activity_id, year, lines) SELECT person_id, activity_id, "
            "CASE WHEN day >= '2025-09-01' THEN 2025 WHEN day >= '2024-09-01' THEN 2024 ELSE 2023 END, count(*) "
            "FROM diary_line GROUP BY 1, 2, 3"
        )
    )
    _groups(put, towns, now)
    put(
        NetworkMember,
        (
            {"id": FIRST + n, "code": f"m{n}", "position": n, "name": f"Служба {n}"}
            | {"kind": list(MemberKind)[n % len(MemberKind)]}
            for n in range(PARTNERS)
        ),
    )
    begun = {"status": AgreementStatus.SIGNED, "starts": today - timedelta(days=400)}
    put(
        Agreement,
        (
            {"member_id": FIRST + n % PARTNERS, "ends": today + timedelta(days=n % 400 - 100), **begun}
            for n in range(2 * PARTNERS)
        ),
    )
    put(
        MutualVisit,
        (
            {"visited_on": today - timedelta(days=n % 2000), "guest_id": FIRST + n % PARTNERS, "word": "Урок"}
            for n in range(VISITS)
        ),
    )
    _monitoring(session, put, towns, now)
    put(Motion, _motions(now))
    session.execute(text("ANALYZE"))


def _groups(put: Any, towns: Any, now: datetime) -> None:
    """Groups with members, meetings, decisions and ten yearly results each."""
    kinds = ({"id": FIRST + n, "code": f"k{n}", "name": f"Вид {n}", "level": GroupLevel.MUNICIPALITY} for n in range(4))
    put(GroupKind, kinds)
    put(
        MethodicalGroup,
        (
            {"id": FIRST + n, "kind_id": FIRST + n % 4, "name": f"МО {n}", "level": GroupLevel.MUNICIPALITY}
            | {"municipality_id": towns[n % len(towns)], "head_id": n + 1, "created_at": now}
            for n in range(GROUPS)
        ),
    )
    joined = {"since": now.date() - timedelta(days=300), "asked_at": now}
    put(GroupMember, ({"group_id": FIRST + n % GROUPS, "person_id": n + 1, **joined} for n in range(MEMBERS)))
    held = {"status": GroupMeetingStatus.HELD, "members": 10, "needed": 6, "called_by": "bench"}
    put(
        GroupMeeting,
        (
            {"id": FIRST + n, "group_id": FIRST + n % GROUPS, "planned_at": now - timedelta(days=n % 700), **held}
            for n in range(MEETINGS)
        ),
    )
    put(
        GroupDecision,
        (
            {"meeting_id": FIRST + n, "position": 1, "text": "Сделать", "responsible_id": n + 1}
            | {"due_on": now.date() + timedelta(days=n % 300 - 200)}
            for n in range(MEETINGS)
        ),
    )
    year = {"text": "Сборник материалов"}
    put(GroupResult, ({"group_id": FIRST + n % GROUPS, "year": 2017 + n // GROUPS, **year} for n in range(10 * GROUPS)))


def _monitoring(session: Session, put: Any, towns: Any, now: datetime) -> None:
    """An indicator of every formula, two periods, four waves, the last of which is open."""
    for code, year in (("a", 2025), ("b", 2026)):
        put(IndicatorPeriod, [{"code": code, "title": code, "starts": date(year, 1, 1), "ends": date(year, 12, 31)}])
    for n, formula in enumerate(Formula, 1):
        kind = MeasureKind.COUNT if formula in THINGS else MeasureKind.FRACTION
        row = Indicator(code=f"bench-{n}", position=n, level=IndicatorLevel.REGION, text=f"Показатель {n}")
        row.measures = [IndicatorMeasure(code=f"bench-{n}", kind=kind, formula=formula, params={})]
        session.add(row)
    session.flush()
    version = session.scalar(select(InstrumentVersion.id).where(InstrumentVersion.instrument_id == 1))
    for n in range(4):
        starts = now.date() - timedelta(days=180 * (3 - n) + 20)
        wave = {"id": FIRST + n, "code": f"w{n}", "title": f"Волна {n}", "version_id": version, "starts": starts}
        open_now = n == 3
        status = {"status": WaveStatus.OPEN if open_now else WaveStatus.FIXED, "fixed_at": None if open_now else now}
        put(Wave, [wave | {"ends": starts + timedelta(days=60), "invited_at": now, "invited_to": None, **status}])
        if not open_now:
            put(
                WaveResult,
                (
                    {"wave_id": FIRST + n, "municipality_id": place, "component": one, "form": form_of(one)}
                    | {"people": 2000, "deficit": 2000 * (40 + n) * 100}
                    for place in towns
                    for one in COMPONENTS
                ),
            )


def _motions(now: datetime) -> Iterator[dict[str, Any]]:
    """Proposals by figures, a third of them accepted."""
    statuses = (MotionStatus.SUBMITTED, MotionStatus.ACCEPTED, MotionStatus.DECLINED)
    for n in range(MOTIONS):
        status = statuses[n % 3]
        yield {
            "status": status,
            "author_id": FIRST + n % REVIEWERS,
            "group_id": FIRST + n % GROUPS,
            "change": "Провести семинар",
            "source": FigureSource.DEFICITS,
            "measure": "deficit",
            "figure_name": "Цифровая",
            "asked": {"component": "digital"},
            "value": 50,
            "people": 1000,
            "least": 5,
            "version": 1,
            "form": form_of("digital"),
            "submitted_at": now - timedelta(days=n % 300),
            "decided_at": None if status is MotionStatus.SUBMITTED else now,
        }
