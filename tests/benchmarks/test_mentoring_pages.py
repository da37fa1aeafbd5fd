"""How long pages of mentoring and of expert work take at 100,000 people: 300 ms a page, a minute of the clock too.

make bench T=tests/benchmarks/test_mentoring_pages.py
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality
from db.dictionaries.rules import Rules
from db.expertise.models import ExpertKind, ExpertStatus, ExpertWork
from db.mentoring import queries, sweeps
from db.mentoring.models import Meeting, MeetingStatus, Mentor, MentorStrength, MentorWish, Pair, PairStatus
from db.people.models import Person, Role, RoleGrant
from db.scope import StaffRole
from tests.support import callers
from tests.support.figures import Figures
from tests.support.panel import Visitor, add_staff, make_panel

PEOPLE, MENTORS, PAIRS, MEETINGS, WORKS, OPENINGS, GOAL_MS = 100_000, 2_000, 20_000, 10, 20_000, 5, 300
FIRST = 10
PAGES = {
    "pairs": "/mentoring/",
    "silent pairs": "/mentoring/?show=silent",
    "finished pairs, a later page": "/mentoring/?show=finished&page=100",
    "pairs, words": "/mentoring/?q=Педагог+77",
    "a pair": "/mentoring/1",
    "base of mentors": "/mentoring/mentors?page=20",
    "base, strong and free": "/mentoring/mentors?component=methodical&free=1",
    "wishes": "/mentoring/wishes",
    "proposals for a teacher": "/mentoring/propose/90000",
    "expert work": "/expertise/",
    "expert work, words": "/expertise/?q=Педагог+77",
    "unevenness": "/reports/expertise",
}


def grow(session: Session, *, now: datetime) -> None:
    """A region's mentors with pairs of now and of years before, wishes, and work of experts."""
    towns = session.scalars(select(Municipality.id).order_by(Municipality.id)).all()
    kinds = session.scalars(select(ExpertKind.id).order_by(ExpertKind.id)).all()
    people = range(FIRST, FIRST + PEOPLE)
    known = {"profile_saved_at": now, "created_at": now, "reminders": True}
    session.execute(
        insert(Person),
        [{"id": n, "full_name": f"Педагог {n}", "municipality_id": towns[n % len(towns)], **known} for n in people],
    )
    mentors = people[:MENTORS]
    role = {"role": Role.MENTOR, "granted_at": now, "order_number": "1"}
    session.execute(insert(RoleGrant), [{"person_id": n, **role} for n in mentors])
    declared = {"places": 10, "paused": False, "digest": True, "digest_at": now, "declared_at": now}
    session.execute(insert(Mentor), [{"person_id": n, **declared} for n in mentors])
    codes = ("subject", "methodical", "assessment")
    session.execute(insert(MentorStrength), [{"person_id": n, "component": codes[n % 3]} for n in mentors])
    pairs = [
        {
            "id": n + 1,
            "mentor_id": mentors[n % MENTORS],
            "mentee_id": people[MENTORS + n],
            "status": PairStatus.ACTIVE if n < PAIRS // 2 else PairStatus.FINISHED,
            "started_at": now - timedelta(days=300),
            "ended_at": None if n < PAIRS // 2 else now,
            "last_contact_at": now - timedelta(days=n % 60),
            "nudged_at": now,
            "silence_noted_at": now,
        }
        for n in range(PAIRS)
    ]
    session.execute(insert(Pair), pairs)
    session.execute(
        insert(Meeting),
        [
            {
                "pair_id": pair["id"],
                "planned_at": now + timedelta(days=7 * (1 - number), minutes=int(str(pair["id"])) % 600),
                "set_at": now - timedelta(days=200),
                "status": MeetingStatus.PLANNED if number < 2 else MeetingStatus.HELD,
                "said": 3 if number else 0,
            }
            for pair in pairs
            for number in range(0 if pair["ended_at"] is None else 2, MEETINGS)
        ],
    )
    session.execute(insert(MentorWish), [{"person_id": n, "asked_at": now} for n in people[-5_000:]])
    days = {"starts_on": now.date(), "ends_on": now.date(), "created_at": now, "hours": 4}
    states = [ExpertStatus.INVITED, *[ExpertStatus.DONE] * 9]
    session.execute(
        insert(ExpertWork),
        [
            {
                "person_id": people[n % 5_000],
                "kind_id": kinds[n % len(kinds)],
                "title": f"Работа {n}",
                "status": states[n % 10],
                **days,
            }
            for n in range(WORKS)
        ],
    )
    session.execute(text("ANALYZE"))


@pytest.mark.bench
def test_mentoring_of_a_whole_region(database: Database, clock: FrozenClock, tmp_path: Path, figures: Figures) -> None:
    now = clock.now()
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=now)
    database.write(grow, now=now)
    visitor = Visitor(make_panel(database, clock, tmp_path))
    assert visitor.sign_in("region").status_code == 302
    mentor, ticks = callers.person(FIRST, now), iter(range(1, 1_000))

    def minute() -> None:
        caller = callers.clock(now + timedelta(minutes=next(ticks)))
        for sweep in sweeps.EVERY_MINUTE:
            database.write(sweep, caller, rules=Rules())

    deeds: dict[str, Callable[[], object]] = {name: partial(visitor.text, address) for name, address in PAGES.items()}
    deeds["a mentor's pairs in the bot"] = lambda: database.read(queries.home, mentor)
    deeds["a pair in the bot"] = lambda: database.read(queries.card, mentor, pair_id=1)
    deeds["a minute of the clock"] = minute
    told = f"{{}}, {PAIRS:,} pairs of {PEOPLE:,} people, {database.engine.dialect.name}"
    assert not figures.timed(deeds, told, openings=OPENINGS, goal=GOAL_MS)
