"""How long the ranked list takes with 20,000 applications of two reviews each: 300 ms at most.

    make bench T=tests/benchmarks/test_commission_pages.py

`COMMISSION_APPLICATIONS` makes it smaller.
"""

import os
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, text

from db.applications.models import Campaign
from db.clock import FrozenClock
from db.commission.models import MemberSeat
from db.commission.staff_services import CommissionDraft, begin, seat
from db.database import Database
from db.engine import writing
from db.scope import StaffRole
from tests.benchmarks.test_pages import GOAL_MS, NUMBERS, OPENINGS
from tests.support import callers
from tests.support.figures import Figures
from tests.support.panel import Visitor, add_staff, make_panel

APPLICATIONS = int(os.environ.get("COMMISSION_APPLICATIONS", "20000"))
REVIEWERS = 40
PAGES = {
    "the list": "/commission/{campaign}/list",
    "the last page": "/commission/{campaign}/list?page=400",
    "a cut-off tried": "/commission/{campaign}/list?cut=458&even=1",
    "the commission": "/commission/{campaign}",
}


def grow(database: Database, clock: FrozenClock) -> int:
    """Reviewed applications by SQL alone; returns the selection."""
    now = clock.now()
    admin = database.write(add_staff, login="admin", role=StaffRole.ADMINISTRATOR, now=now)
    chair = database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=now)
    campaign = database.read(lambda session: session.scalars(select(Campaign.id)).first()) or 0
    draft = CommissionDraft(reviews=2, spread=240, places=APPLICATIONS // 2)
    caller = callers.administrator(now, admin)
    database.write(begin, caller, campaign_id=campaign, chair_id=chair, draft=draft)
    reviewers = [
        database.write(add_staff, login=f"reviewer{place}", role=StaffRole.REGIONAL_METHODIST, now=now)
        for place in range(REVIEWERS)
    ]
    for number in reviewers:
        database.write(seat, caller, campaign_id=campaign, staff_id=number, seat=MemberSeat.MEMBER, cap=1000)
    sqlite = database.engine.dialect.name == "sqlite"
    said = {"now": now.replace(tzinfo=None) if sqlite else now}
    numbers = NUMBERS.format(count=APPLICATIONS)
    with writing(database.engine).connect() as connection, connection.begin():
        place = connection.execute(text("SELECT min(id) FROM municipality")).scalar_one()
        direction = connection.execute(text("SELECT min(id) FROM term WHERE kind = 'direction'")).scalar_one()
        first = (connection.execute(text("SELECT max(id) FROM person")).scalar_one() or 0) + 1
        yes = "1" if sqlite else "true"
        queries = [
            "INSERT INTO person (id, full_name, municipality_id, reminders, created_at, profile_saved_at)"
            f" {numbers} SELECT {first} + i, 'Иванова Анна ' || i, {place}, {yes}, :now, :now FROM n",
            "INSERT INTO application (id, campaign_id, person_id, status, direction_id, municipality_id, number,"
            " revision, sent_revision, created_at, submitted_at)"
            f" {numbers} SELECT i, {campaign}, {first} + i, 'submitted', {direction}, {place}, i, 1, 1, :now, :now"
            " FROM n",
            *(
                "INSERT INTO review (application_id, revision, staff_id, status, total, note, assigned_at, done_at)"
                f" {numbers} SELECT i, 1, {reviewers[0]} + (i * {step} + {turn}) % {REVIEWERS}, 'done',"
                f" (i * {7 + turn}) % 19, '', :now, :now FROM n"
                for turn, step in ((0, 2), (1, 2))
            ),
        ]
        for query in queries:
            connection.execute(text(query), said)
        connection.execute(text("ANALYZE"))
    return campaign


@pytest.mark.bench
def test_the_ranked_list_of_twenty_thousand(
    database: Database, clock: FrozenClock, tmp_path: Path, figures: Figures
) -> None:
    campaign = grow(database, clock)
    visitor = Visitor(make_panel(database, clock, tmp_path))
    assert visitor.sign_in("region").status_code == 302
    told = f"commission {{}}, {APPLICATIONS:,} applications x 2 reviews, {database.engine.dialect.name}"
    deeds = {name: partial(visitor.text, address.format(campaign=campaign)) for name, address in PAGES.items()}
    assert not figures.timed(deeds, told, openings=OPENINGS, goal=GOAL_MS)
