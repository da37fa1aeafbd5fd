"""How long requests for help take at 100,000 people and 200,000 requests: 300 ms a page and a choice at most.

make bench T=tests/benchmarks/test_request_pages.py
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db.active.models import Membership, MembershipStatus
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality
from db.people.models import MessengerAccount, Person
from db.requests import matching, queries
from db.requests.models import HelpRequest, HelpTurn, RequestStatus
from db.scope import StaffRole
from tests.requests.conftest import direction_of
from tests.support import callers
from tests.support.figures import Figures
from tests.support.panel import Visitor, add_staff, make_panel

PEOPLE, REQUESTS, MEMBERS, OPENINGS, GOAL_MS = 100_000, 200_000, 500, 5, 300
OPEN = 100  # one of so many requests is not closed
PAGES = {
    "requests": "/requests/",
    "requests, late": "/requests/?late=1",
    "requests, closed, a later page": "/requests/?state=closed&page=400",
    "requests, words": "/requests/?q=самопроверка+300",
    "a request": "/requests/{request}",
}


def grow(session: Session, *, now: datetime) -> int:
    """A region's worth of rows; returns an open request."""
    towns = session.scalars(select(Municipality.id).order_by(Municipality.id)).all()
    directions = [direction_of(session, str(number)) for number in range(1, 20)]
    session.execute(
        insert(Person),
        [
            {
                "id": 10 + n,
                "full_name": f"Педагог {n}",
                "municipality_id": towns[n % len(towns)],
                "profile_saved_at": now,
                "created_at": now,
                "reminders": True,
            }
            for n in range(PEOPLE)
        ],
    )
    members = range(10, 10 + MEMBERS)
    account = {"platform": "telegram", "locale": "ru"}
    session.execute(
        insert(MessengerAccount), [account | {"person_id": one, "external_id": 10**6 + one} for one in members]
    )
    joined = {"order_number": "1", "status": MembershipStatus.ACTIVE, "since": now}
    session.execute(
        insert(Membership), [joined | {"person_id": one, "direction_id": directions[one % 19]} for one in members]
    )
    rows = []
    for n in range(REQUESTS):
        asked = now - timedelta(minutes=n)
        going = n % OPEN == 0
        late = going and n % (OPEN * 10) == 0
        rows.append(
            {
                "id": 1 + n,
                "person_id": 10 + MEMBERS + n % (PEOPLE - MEMBERS),
                "municipality_id": towns[n % len(towns)],
                "direction_id": directions[n % 19],
                "status": RequestStatus.ASSIGNED if going else RequestStatus.CLOSED,
                "not_own_school": False,
                "question": f"Как устроить самопроверку {n}?",
                "assignee_id": members[n % MEMBERS],
                "created_at": asked,
                "asked_at": asked,
                "due_at": asked + timedelta(days=2),
                "late_at": now if late else None,
                "closed_at": None if going else asked,
            }
        )
    session.execute(insert(HelpRequest), rows)
    turns = [{"request_id": row["id"], "person_id": row["assignee_id"], "given_at": now} for row in rows]
    session.execute(insert(HelpTurn), turns)
    return 1


@pytest.mark.bench
def test_requests_of_a_whole_region(database: Database, clock: FrozenClock, tmp_path: Path, figures: Figures) -> None:
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    request_id = database.write(grow, now=clock.now())
    visitor = Visitor(make_panel(database, clock, tmp_path))
    assert visitor.sign_in("region").status_code == 302
    asker, member = callers.person(10 + MEMBERS, clock.now()), callers.person(10, clock.now())

    deeds: dict[str, Callable[[], object]] = {
        name: partial(visitor.text, address.format(request=request_id)) for name, address in PAGES.items()
    }
    deeds["where one asks"] = lambda: database.read(queries.home, asker)
    deeds["what one is asked"] = lambda: database.read(queries.to_answer, member)
    deeds["who shall answer"] = lambda: database.read(
        lambda session: matching.choose(session, session.get_one(HelpRequest, request_id))
    )
    told = f"{{}}, {REQUESTS:,} requests of {PEOPLE:,} people, {database.engine.dialect.name}"
    assert not figures.timed(deeds, told, openings=OPENINGS, goal=GOAL_MS)
