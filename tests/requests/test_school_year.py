"""A school year of questions: each is answered or told of as late once, nobody has too many, no notice at night.

Teachers of every Russian zone ask at any hour; active members answer, decline, or say nothing; some leave amid the
year, and the process dies amid its minute at random and begins anew.
"""

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.caller import Caller, PersonCaller
from db.database import Database
from db.dictionaries import queries as dictionaries
from db.dictionaries.rules import Rules
from db.errors import DomainError
from db.notices.models import Notice
from db.notices.rules import is_quiet
from db.requests import answering, personal, services, sweeps
from db.requests.models import HelpMessage, HelpRequest, HelpTurn, RequestStatus, Speaker
from db.requests.rules import AWAITED
from db.requests.services import Topic
from tests.requests.conftest import add_member, direction_of
from tests.support import callers
from tests.support.databases import copy_sqlite
from tests.support.figures import Figures
from tests.support.processes import volumes
from tests.support.town import add_teacher

ZONES = (
    *("Asia/Kamchatka", "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk"),
    *("Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan"),
)
FIRST = date(2025, 9, 1)
HOURS = (1, 8, 10, 15, 21)
DIRECTIONS = ("1", "11")


class DiedError(Exception):
    """The process is killed amid a transaction."""


class Year:
    """A school year of some teachers and members of one zone."""

    def __init__(self, database: Database, zone: str, teachers: int, seed: int, days: int) -> None:
        self.database, self.zone, self.dice, self.days = database, ZoneInfo(zone), random.Random(seed), days
        self.rules = database.read(dictionaries.rules)
        self.deaths, self.most = 0, 0
        begins = self.at(FIRST, 0)
        self.topics = [Topic(direction_id=database.read(direction_of, code)) for code in DIRECTIONS]
        self.teachers = [
            database.write(add_teacher, external_id=1000 + number, name=f"Вера {number}", now=begins)
            for number in range(teachers)
        ]
        self.members = [
            database.write(add_member, external_id=5000 + number, now=begins, direction=DIRECTIONS[number % 2])
            for number in range(max(2, teachers // 4))
        ]

    def at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), self.zone).astimezone(UTC)

    def run(self) -> None:
        for number in range(self.days):
            for hour in HOURS:
                now = self.at(FIRST + timedelta(days=number), hour)
                for person_id in self.teachers:
                    if self.dice.random() < 0.04:
                        self.asks(callers.person(person_id, now, self.zone))
                self.work(now)
                self.minute(callers.clock(now, self.zone))
            stranger = callers.person(self.dice.choice(self.members), now, self.zone)
            with pytest.raises(DomainError):  # what is nobody's of theirs
                self.database.write(answering.answer, stranger, request_id=0, text="Чужое")
            if number == self.days // 2 and len(self.members) > 2:
                gone = self.members.pop()
                self.database.write(personal.forget, callers.clock(now, self.zone), person_id=gone)

    def asks(self, caller: PersonCaller) -> None:
        """Asks something new, or writes on to what was answered, or says whether it helped."""
        mine = HelpRequest.person_id == caller.person_id, HelpRequest.status == RequestStatus.ANSWERED
        answered = self.database.read(lambda session: session.scalars(select(HelpRequest.id).where(*mine)).all())
        if not answered or self.dice.random() < 0.3:
            self.database.write(services.begin, caller, topic=self.dice.choice(self.topics))
            self.database.write(services.write_question, caller, text="Как лучше?")
            self.database.write(services.send, caller)
            return
        request_id, deed = answered[0], self.dice.random()
        if deed < 0.3:
            self.database.write(services.write_on, caller, request_id=request_id, text="А если так?")
        elif deed < 0.5:
            self.database.write(services.pass_on, caller, request_id=request_id)
        else:
            self.database.write(services.close, caller, request_id=request_id, helped=True)

    def work(self, now: datetime) -> None:
        """Members answer some of what waits, decline some, forget the rest."""
        for person_id, request_id in self.database.read(_waiting):
            caller, deed = callers.person(person_id, now, self.zone), self.dice.random()
            if deed < 0.12:
                self.database.write(answering.answer, caller, request_id=request_id, text="Попробуйте так.")
            elif deed < 0.15:
                self.database.write(answering.decline, caller, request_id=request_id)
        self.most = max(self.most, *self.database.read(_given), 0)

    def minute(self, caller: Caller) -> None:
        """One minute of the clock; now and then the process dies before it has kept anything, and begins anew."""

        def dies(session: Session, caller: Caller, /, *, rules: Rules) -> None:
            sweeps.sweep(session, caller, rules=rules)
            session.flush()
            raise DiedError

        if self.dice.random() < 0.05:
            self.deaths += 1
            with pytest.raises(DiedError):
                self.database.write(dies, caller, rules=self.rules)
        self.database.write(sweeps.sweep, caller, rules=self.rules)
        lost = select(func.count()).where(
            HelpRequest.status.in_(AWAITED), HelpRequest.due_at <= caller.now, HelpRequest.late_at.is_(None)
        )
        assert not self.database.read(lambda session: session.scalar(lost)), "no answer, and nobody was told"

    def check(self) -> tuple[int, int]:
        """What must be true at the end; returns how many requests and how many were late."""
        told = self.database.read(
            lambda session: session.scalars(select(Notice).where(Notice.kind.startswith("requests."))).all()
        )
        assert max(Counter(one.key for one in told).values()) == 1
        assert not [one.key for one in told if is_quiet(one.due_at, rules=self.rules, zone=self.zone)]
        late = Counter((one.params["request"], one.params["until"]) for one in told if one.kind == "requests.late")
        assert max(late.values(), default=0) <= 1, "each promise is told of as broken once"
        rows = self.database.read(lambda session: session.scalars(select(HelpRequest)).all())
        for row in rows:
            assert row.due_at is not None
            assert row.assignee_id != row.person_id
        answers = select(func.count()).where(HelpMessage.speaker == Speaker.MEMBER)
        assert self.database.read(lambda session: session.scalar(answers))
        twice = select(HelpTurn.request_id).group_by(HelpTurn.request_id, HelpTurn.person_id).having(func.count() > 1)
        assert not self.database.read(lambda session: session.scalars(twice).all())
        return len(rows), len(late)


def _waiting(session: Session) -> list[tuple[int, int]]:
    """What waits for an answer, each beside whose turn it is."""
    mine = select(HelpRequest.assignee_id, HelpRequest.id).where(HelpRequest.status == RequestStatus.ASSIGNED)
    return [(row[0], row[1]) for row in session.execute(mine.order_by(HelpRequest.assignee_id, HelpRequest.id))]


def _given(session: Session) -> list[int]:
    """How many requests of one turn each, none of them written on to, wait for the answer of each member."""
    waiting = HelpRequest.status == RequestStatus.ASSIGNED, HelpRequest.answered_at.is_(None)
    return list(session.scalars(select(func.count()).where(*waiting).group_by(HelpRequest.assignee_id)))


@volumes(zones=(1, len(ZONES)), teachers=(6, 40), days=(9, 273))
def test_a_school_year_leaves_no_question_without_an_answer_or_a_word(
    _sqlite_template: Path, memory: Path, figures: Figures, zones: int, teachers: int, days: int
) -> None:
    asked = late = deaths = 0
    for number, zone in enumerate(ZONES[:zones]):
        database = Database.connect(copy_sqlite(_sqlite_template, memory / f"{number}.db"))
        year = Year(database, zone, teachers, number, days)
        year.run()
        requests, overdue = year.check()
        assert year.most <= year.rules.requests_at_once, "nobody is given more than at once"
        asked, late, deaths = asked + requests, late + overdue, deaths + year.deaths
        database.close()
    assert asked and late and deaths
    what = f"requests: {days} days of {zones * teachers} teachers in {zones} zones, killed {deaths} times"
    figures.note(what, f"{asked} questions, {late} late", goal="each answered or told of once, nothing at night")
