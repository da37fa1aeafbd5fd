"""A year of pairs on the clock: of one gap a mentor hears once of each kind, and never in quiet hours."""

import random
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from sqlalchemy import select

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.rules import Rules
from db.errors import DomainError
from db.mentoring import mentors, services, staff_services, sweeps
from db.mentoring.models import Pair, PairStatus
from db.notices import outbox
from db.notices.models import Notice
from db.people.models import Role
from tests.mentoring.conftest import REGION, ZONE
from tests.support import callers
from tests.support.processes import volumes
from tests.support.town import add_teacher

NUDGES = ("mentoring.nudged", "mentoring.silent")
UNHURRIED = (*NUDGES, "mentoring.digest")


@volumes(pairs=(2, 20), days=(90, 366), sweeps_a_day=(2, 24))
def test_nobody_is_nudged_twice_for_one_gap_nor_in_quiet_hours(
    database: Database, clock: FrozenClock, pairs: int, days: int, sweeps_a_day: int
) -> None:
    chance, rules = random.Random(14), Rules()
    now = clock.now()
    mentor = database.write(add_teacher, external_id=1, name="Мудрая Нина", roles=[Role.MENTOR], now=now)
    database.write(mentors.put_digest, callers.person(mentor, now), digest=True)
    ids = []
    for number in range(pairs):
        mentee = database.write(add_teacher, external_id=10 + number, name=f"Педагог {number}", now=now)
        made = callers.staff(REGION, now)
        ids.append(database.write(staff_services.create_pair, made, mentor_id=mentor, mentee_id=mentee))
    sent: list[datetime] = []
    for _ in range(days):
        for _ in range(sweeps_a_day):
            now += timedelta(hours=24 / sweeps_a_day)
            clock.moment = now
            database.write(sweeps.sweep, callers.clock(now), rules=rules)
            database.write(sweeps.digest, callers.clock(now), rules=rules)
            sent += _delivered(database, now)
        _lives(database, chance, chance.choice(ids), mentor, now)
    notices = database.read(lambda session: session.scalars(select(Notice).order_by(Notice.created_at)).all())
    told: dict[tuple[str, int], list[datetime]] = {}
    for notice in notices:
        if notice.kind in NUDGES:
            told.setdefault((notice.kind, notice.params["pair"]), []).append(notice.created_at)
    assert told, "a control: there were gaps"
    close = [key for key, at in told.items() if any(b - a < timedelta(days=14) for a, b in pairwise(at))]
    assert not close, "of one kind once for a gap, and no new gap is noticed sooner"
    assert sent, "a control: something did come"
    quiet = [at for at in sent if not time(8) <= at.astimezone(ZONE).time() < time(21) or at.isoweekday() == 7]
    assert not quiet
    assert sum(notice.kind == "mentoring.digest" for notice in notices) >= days // 7 - 2, "every week"


def _delivered(database: Database, now: datetime) -> list[datetime]:
    """Sends what may go now; returns when words that can wait went."""
    found = []
    for _ in range(40):
        taken = database.write(outbox.take, callers.clock(now), platform="telegram", limit=8)
        if not taken.outgoing and not taken.more:
            break
        for one in taken.outgoing:
            found += [now] * (one.kind in UNHURRIED)
            database.write(outbox.mark_sent, callers.clock(now), notice_id=one.notice_id)
    return found


def _lives(database: Database, chance: random.Random, pair_id: int, mentor: int, now: datetime) -> None:
    """One thing of an ordinary day, sometimes: they met, it was a wrong tap, the pair rests or goes on."""
    what = chance.random()
    staff, own = callers.staff(REGION, now), callers.person(mentor, now)
    try:
        if what < 0.04:
            day = now.astimezone(ZONE).date() - timedelta(days=chance.choice((0, 1, 5)))
            meeting = database.write(services.log_unplanned, own, pair_id=pair_id, day=day)
            if chance.random() < 0.4:
                database.write(services.take_back, own, meeting_id=meeting)
        elif what < 0.05:
            database.write(staff_services.pause_pair, staff, pair_id=pair_id)
        elif what < 0.08:
            database.write(staff_services.resume_pair, staff, pair_id=pair_id)
    except DomainError:
        row = database.read(lambda session: session.get_one(Pair, pair_id))
        assert row.status is PairStatus.PAUSED or row.started_at.astimezone(UTC) > now - timedelta(days=6)
