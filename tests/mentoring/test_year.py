"""A year of pairs on the clock, with a process that dies: nobody is over capacity, hears a thing twice or at night."""

import random
from collections import Counter
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.rules import Rules
from db.errors import ConflictError, DomainError, NotFoundError
from db.mentoring import meetings, mentors, proposals, services, staff_services, sweeps
from db.mentoring.models import Meeting, MeetingStatus, Pair, PairStatus
from db.mentoring.rules import HOLDING
from db.notices import outbox
from db.notices.models import Notice, NoticeStatus
from db.notices.rules import is_quiet
from db.people.models import Role
from tests.mentoring.conftest import REGION, ZONE
from tests.support import callers
from tests.support.figures import Figures
from tests.support.processes import volumes
from tests.support.town import add_teacher

NUDGES = ("mentoring.nudged", "mentoring.silent")
UNHURRIED = (*NUDGES, "mentoring.digest")
CHOSEN = ("mentoring.paused", "mentoring.resumed", "mentoring.day_before")
"""They go when they are due, and are made due at a waking moment."""
PLACES = 3


class DiedError(Exception):
    """The process is killed amid a transaction."""


class PairsYear:
    """Mentors of three places each, teachers who look for one, and what becomes of their pairs day by day."""

    def __init__(self, database: Database, clock: FrozenClock, people: int) -> None:
        self.database, self.clock, self.chance, self.rules = database, clock, random.Random(14), Rules()
        now = clock.now()
        mentor: dict[str, Any] = {"roles": [Role.MENTOR], "now": now}
        self.mentors = [
            database.write(add_teacher, external_id=1 + number, name=f"Мудрая Нина {number}", **mentor)
            for number in range(max(1, people // 4))
        ]
        for person_id in self.mentors:
            database.write(mentors.put_places, callers.person(person_id, now), places=PLACES)
            database.write(mentors.put_digest, callers.person(person_id, now), digest=True)
        self.teachers = [
            database.write(add_teacher, external_id=1000 + number, name=f"Педагог {number}", now=now)
            for number in range(people)
        ]
        self.sent: list[tuple[datetime, str, int]] = []
        self.deaths = self.rests = 0

    def run(self, days: int, sweeps_a_day: int) -> None:
        for _ in range(days):
            for _ in range(sweeps_a_day):
                self.clock.moment += timedelta(hours=24 / sweeps_a_day)
                self.minute(callers.clock(self.clock.now()))
            for person_id in self.mentors:
                self.lives(person_id)
            self.nobody_is_over_capacity()

    def minute(self, caller: Caller) -> None:
        """A minute of the clock and of the outbox; now and then the process dies before it has kept anything."""

        def dies(session: Session, caller: Caller, /, *, rules: Rules) -> None:
            sweeps.sweep(session, caller, rules=rules)
            sweeps.digest(session, caller, rules=rules)
            session.flush()
            raise DiedError

        if self.chance.random() < 0.05:
            self.deaths += 1
            with pytest.raises(DiedError):
                self.database.write(dies, caller, rules=self.rules)
        self.database.write(sweeps.sweep, caller, rules=self.rules)
        self.database.write(sweeps.digest, caller, rules=self.rules)
        for _ in range(40):
            taken = self.database.write(outbox.take, caller, platform="telegram", limit=8)
            if not taken.outgoing and not taken.more:
                break
            for one in taken.outgoing:
                self.sent.append((caller.now, one.kind, one.notice_id))
                self.database.write(outbox.mark_sent, caller, notice_id=one.notice_id)

    def lives(self, person_id: int) -> None:
        """One thing of an ordinary day, sometimes; what the rules refuse is refused."""
        now, what = self.clock.now(), self.chance.random()
        staff, own = callers.staff(REGION, now), callers.person(person_id, now)
        mine = Pair.mentor_id == person_id, Pair.status.in_(HOLDING)
        pairs = self.database.read(lambda session: session.scalars(select(Pair).where(*mine)).all())
        pair = self.chance.choice(pairs) if pairs else None
        try:
            if pair is None or what < 0.15:
                teacher = self.chance.choice(self.teachers)
                self.database.write(proposals.propose, staff, mentor_id=person_id, mentee_id=teacher)
            elif pair.status is PairStatus.PROPOSED:
                for answering in (pair.mentor_id, pair.mentee_id):
                    by = callers.person(answering, now)
                    self.database.write(proposals.answer, by, pair_id=pair.id, agreed=self.chance.random() < 0.9)
            elif what < 0.2:
                local = now.astimezone(ZONE) + timedelta(days=self.chance.randint(1, 6))
                at = datetime.combine(local.date(), time(15), ZONE)
                until = at.date() + timedelta(weeks=self.chance.randint(1, 6))
                self.database.write(meetings.plan_series, own, pair_id=pair.id, at=at, weeks=1, until=until)
            elif what < 0.4:
                self.comes_due(own, pair.id)
            elif what < 0.42:
                day = now.astimezone(ZONE).date() - timedelta(days=self.chance.choice((0, 1, 5)))
                meeting = self.database.write(meetings.log_unplanned, own, pair_id=pair.id, day=day)
                if self.chance.random() < 0.4:
                    self.database.write(meetings.undo, own, meeting_id=meeting)
            elif what < 0.46:
                for on in (True, False) if what < 0.43 else (pair.status is PairStatus.ACTIVE,):
                    self.rests += 1
                    self.database.write(services.pause, own, pair_id=pair.id, on=on)
            elif what < 0.47:
                self.database.write(staff_services.finish_pair, staff, pair_id=pair.id)
        except DomainError as error:
            known = {"mentoring_full", "stale_button", "mentoring_past", "mentoring_not_yet", "mentoring_meeting_over"}
            assert isinstance(error, NotFoundError | ConflictError) or error.code in known, error.code

    def comes_due(self, own: Any, pair_id: int) -> None:
        """Says how a planned meeting was, moves one ahead, calls the rest of its series off."""
        planned = Meeting.pair_id == pair_id, Meeting.status == MeetingStatus.PLANNED
        found = self.database.read(lambda session: session.scalars(select(Meeting).where(*planned)).all())
        if not found:
            return
        due = [one for one in found if one.planned_at <= own.now]
        one, deed = self.chance.choice(due or found), self.chance.random()
        if one.planned_at <= own.now:
            self.database.write(meetings.log_meeting, own, meeting_id=one.id, held=deed < 0.8)
        elif deed < 0.3:
            self.database.write(meetings.move_meeting, own, meeting_id=one.id, at=one.planned_at + timedelta(days=1))
            self.database.write(meetings.move_series, own, meeting_id=one.id)
        elif deed < 0.4:
            self.database.write(meetings.cancel_series, own, meeting_id=one.id)

    def nobody_is_over_capacity(self) -> None:
        held = select(func.count()).where(Pair.status.in_(HOLDING)).group_by(Pair.mentor_id)
        most = self.database.read(lambda session: session.scalars(held).all())
        assert max(most, default=0) <= PLACES

    def check(self, days: int) -> None:
        """What must be true at the end."""
        notices = self.database.read(lambda session: session.scalars(select(Notice).order_by(Notice.created_at)).all())
        assert max(Counter(number for _, _, number in self.sent).values()) == 1, "nothing is said twice"
        quiet = [
            (at, kind)
            for at, kind, _ in self.sent
            if kind in UNHURRIED
            and (not time(8) <= at.astimezone(ZONE).time() < time(21) or at.astimezone(ZONE).isoweekday() == 7)
        ]
        assert not quiet
        chosen = [one.due_at for one in notices if one.kind in CHOSEN]
        assert chosen and not [at for at in chosen if is_quiet(at, rules=self.rules, zone=ZONE)]
        told: dict[tuple[str, int], list[datetime]] = {}
        for notice in notices:
            if notice.kind in NUDGES:
                told.setdefault((notice.kind, notice.params["pair"]), []).append(notice.created_at)
        close = [key for key, at in told.items() if any(b - a < timedelta(days=14) for a, b in pairwise(at))]
        assert told and not close, "of one kind once for a gap, and no new gap is noticed sooner"
        rests: dict[tuple[int, int], list[datetime]] = {}
        for one in notices:
            if one.kind in ("mentoring.paused", "mentoring.resumed") and one.status is NoticeStatus.SENT:
                rests.setdefault((one.person_id, one.params["pair"]), []).append(one.sent_at or one.due_at)
        often = [
            at
            for at in rests.values()
            if any(b - a < timedelta(days=7) for a, b in zip(sorted(at), sorted(at)[3:], strict=False))
        ]
        assert not often, "of turning it on and off one hears three times a week"
        assert sum(notice.kind == "mentoring.digest" for notice in notices) >= days // 7 - 2, "every week"


@volumes(people=(4, 40), days=(60, 366), sweeps_a_day=(2, 24))
def test_a_year_of_pairs_overfills_nobody_and_tells_nothing_twice_or_at_night(
    database: Database, clock: FrozenClock, figures: Figures, people: int, days: int, sweeps_a_day: int
) -> None:
    year = PairsYear(database, clock, people)
    year.run(days, sweeps_a_day)
    year.check(days)
    assert year.deaths and year.sent
    held = select(func.count()).select_from(Meeting).where(Meeting.status == MeetingStatus.HELD)
    met = database.read(lambda session: session.scalar(held))
    assert met, "a year without a meeting shows nothing of meetings"
    what = f"pairs: {days} days of {len(year.mentors)} mentors and {people} teachers, killed {year.deaths} times"
    figures.note(
        what, f"{len(year.sent)} notices, {met} meetings", goal="nobody over capacity, nothing twice or at night"
    )
