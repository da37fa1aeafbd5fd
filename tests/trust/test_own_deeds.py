"""Nobody marks, counts or rates the own deeds by an account of the panel: a colleague does, and oneself all others'.

Decisions on own applications, courses, practices and memberships stand in their nouns' tests.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.accounts.staff_queries import scope_of
from db.caller import StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError
from db.events import hosts, seats
from db.events import staff_services as events
from db.events.hosts import ResultMark
from db.events.models import Registration
from db.expertise import services as experts
from db.expertise import staff_services as expertise
from db.expertise.models import ExpertStatus, ExpertWork
from db.imports import queries as imports
from db.presence import staff_services as presence
from db.presence.models import EventSession, PaperGuest, SessionMark
from db.presence.parts import SessionPlan
from db.scope import StaffRole
from tests.events.support import make_event, make_people
from tests.events.test_contests import brought, one
from tests.events.test_turns import came, contest
from tests.expertise.test_expertise import draft
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel


@dataclass
class Two:
    """A methodist who is the first of the people, and a colleague who is none of them."""

    database: Database
    clock: FrozenClock
    people: list[int]
    accounts: tuple[int, int]

    @property
    def me(self) -> StaffCaller:
        return self._caller(0)

    @property
    def colleague(self) -> StaffCaller:
        return self._caller(1)

    def _caller(self, place: int) -> StaffCaller:
        account = self.accounts[place]
        scope = self.database.read(lambda session: scope_of(session.get_one(Staff, account)))
        return callers.staff(scope, self.clock.now())

    def numbers(self, event_id: int) -> list[int]:
        """Registrations of an event in the people's order."""
        query = select(Registration.id).where(Registration.event_id == event_id).order_by(Registration.person_id)
        return self.database.read(lambda session: list(session.scalars(query)))

    def there(self, event_id: int) -> list[int]:
        query = select(Registration.person_id).where(
            Registration.event_id == event_id, Registration.attended_at.is_not(None)
        )
        return self.database.read(lambda session: sorted(session.scalars(query)))


@pytest.fixture
def two(database: Database, clock: FrozenClock) -> Two:
    people = sorted(database.write(make_people, count=3, now=clock.now()))
    mine, other = (
        database.write(add_staff, login=login, role=StaffRole.REGIONAL_METHODIST, now=clock.now())
        for login in ("mine", "other")
    )
    tied = update(Staff).where(Staff.id == mine).values(person_id=people[0])
    database.write(lambda session: session.execute(tied))
    return Two(database, clock, people, (mine, other))


def test_nobody_marks_the_own_attendance(two: Two) -> None:
    event_id = two.database.write(make_event, now=two.clock.now(), capacity=None, starts_at=two.clock.now())
    for person in two.people[:2]:
        early = callers.person(person, two.clock.now() - timedelta(hours=2))
        two.database.write(seats.register, early, event_id=event_id)
    own, other = two.numbers(event_id)
    with pytest.raises(DomainError, match="attendance_own"):
        two.database.write(events.mark, two.me, registration_id=own, present=True)
    two.database.write(events.mark, two.me, registration_id=other, present=True)
    assert two.there(event_id) == two.people[1:2]
    two.database.write(events.mark, two.colleague, registration_id=own, present=True)
    assert two.there(event_id) == two.people[:2]
    two.database.write(events.mark, two.me, registration_id=own, present=False)
    assert two.there(event_id) == two.people[1:2], "that one was not there may be said"


def test_nobody_enters_oneself_afterwards_or_is_a_guest_of_ones_own_list(two: Two) -> None:
    event_id = two.database.write(make_event, now=two.clock.now(), capacity=None, days=-1)
    with pytest.raises(DomainError, match="attendance_own"):
        two.database.write(presence.came, two.me, event_id=event_id, person_ids=two.people)
    assert two.there(event_id) == [], "nobody of a list that names oneself"
    assert two.database.write(presence.came, two.me, event_id=event_id, person_ids=two.people[1:]) == 2
    two.database.write(presence.write_down, two.me, event_id=event_id, name="Педагог 0")
    guest = two.database.read(lambda session: session.scalars(select(PaperGuest.id)).one())
    named = {"event_id": event_id, "guest_id": guest, "person_id": two.people[0]}
    with pytest.raises(DomainError, match="attendance_own"):
        two.database.write(presence.recognise, two.me, **named)
    assert two.there(event_id) == two.people[1:]
    two.database.write(presence.recognise, two.colleague, **named)
    assert two.there(event_id) == two.people


def test_nobody_has_oneself_sit_in_a_part(two: Two) -> None:
    now = two.clock.now()
    event_id = two.database.write(make_event, now=now, capacity=None, days=-1)
    numbers = two.database.write(came, event_id, two.people, now)
    began = now - timedelta(days=1)
    plan = SessionPlan("Лекция", began, began + timedelta(hours=1))
    two.database.write(presence.add_session, two.me, event_id=event_id, plan=plan)
    part = two.database.read(lambda session: session.scalars(select(EventSession.id)).one())
    sat = {"event_id": event_id, "session_id": part}
    with pytest.raises(DomainError, match="attendance_own"):
        two.database.write(presence.sit_in, two.me, registration_ids=numbers, **sat)
    two.database.write(presence.sit_in, two.colleague, registration_ids=numbers[:2], **sat)
    two.database.write(presence.sit_in, two.me, registration_ids=numbers, **sat)
    marks = two.database.read(lambda session: session.scalars(select(SessionMark.registration_id)).all())
    assert sorted(marks) == numbers, "what a colleague has marked stays when the page is saved for the others"


def test_nobody_has_an_own_result_of_a_contest_by_page_by_card_or_by_list(two: Two) -> None:
    event_id, known = two.database.write(contest, two.clock.now())
    own, other, _ = two.database.write(came, event_id, two.people, two.clock.now())
    mark, theirs = ResultMark(own, None, known["winner"]), ResultMark(other, None, known["prize"])
    with pytest.raises(DomainError, match="result_own"):
        two.database.write(hosts.award, two.me, event_id=event_id, marks=[theirs, mark])
    spelt = {"event_id": event_id, "registration_id": own, "dative": "Педагогу Первому"}
    with pytest.raises(DomainError, match="result_own"):
        two.database.write(hosts.spell, two.me, **spelt, mark=mark)
    rows = one(0, "победитель"), one(1, "призёр")
    plan = two.database.read(imports.preview, two.me, upload_id=brought(two.database, two.me, *rows)).plan
    assert plan is not None and [(wrong.line, wrong.code) for wrong in plan.errors] == [(2, "result_own")]

    def given(session: Session) -> list[int | None]:
        return list(session.scalars(select(Registration.result_id).order_by(Registration.id)))

    assert two.database.read(given) == [None] * 3
    two.database.write(hosts.spell, two.me, **spelt)
    assert two.database.write(hosts.award, two.me, event_id=event_id, marks=[theirs]) == 1
    assert two.database.write(hosts.award, two.colleague, event_id=event_id, marks=[mark]) == 1
    assert two.database.read(given) == [known["winner"], known["prize"], None]


def test_the_pages_offer_nobody_an_own_mark_or_result(two: Two, tmp_path: Path) -> None:
    event_id, known = two.database.write(contest, two.clock.now())
    own, other, _ = two.database.write(came, event_id, two.people, two.clock.now())
    app = make_panel(two.database, two.clock, tmp_path)
    mine, theirs = Visitor(app), Visitor(app)
    mine.sign_in("mine")
    theirs.sign_in("other")
    page = f"/events/{event_id}/results"
    assert "ваш итог впишет коллега" in mine.text(page) and f'name="result-{own}"' not in mine.text(page)
    assert f'name="result-{own}"' in theirs.text(page)
    assert f'name="result-{own}"' not in mine.text(f"/events/{event_id}")
    assert f'name="result-{other}"' in mine.text(f"/events/{event_id}")
    mine.post(page, {f"was-{other}": "", f"result-{other}": str(known["laureate"])})
    forged = mine.post(page, {f"was-{own}": "", f"result-{own}": str(known["winner"])}).get_data(as_text=True)
    assert "Ваш итог конкурса впишет коллега" in forged
    stands = two.database.read(lambda session: session.scalars(select(Registration.result_id)).all())
    assert sorted(filter(None, stands)) == [known["laureate"]]
    unmarked = update(Registration).where(Registration.id.in_([own, other])).values(attended_at=None, result_id=None)
    two.database.write(lambda session: session.execute(unmarked))
    assert f"/people/{own}/mark" not in mine.text(f"/events/{event_id}")
    assert f"/people/{other}/mark" in mine.text(f"/events/{event_id}")
    refused = mine.post(f"/events/{event_id}/people/{own}/mark", {"present": "1"}, follow_redirects=True)
    assert "Ваш приход отметит коллега" in refused.get_data(as_text=True) and two.there(event_id) == two.people[2:]


def test_nobody_counts_the_own_expert_work(two: Two) -> None:
    me, person = two.me, {"person_id": two.people[0]}
    past = {"starts_on": (two.clock.now() - timedelta(days=3)).date()}
    done = two.database.read(draft, **past)
    with pytest.raises(DomainError, match="expertise_own"):
        two.database.write(expertise.write_down, me, draft=done, **person)
    today = two.database.read(draft, starts_on=two.clock.now().date())
    work = two.database.write(expertise.invite, me, draft=today, **person)
    two.database.write(experts.accept, callers.person(two.people[0], two.clock.now()), work_id=work)
    with pytest.raises(DomainError, match="expertise_own"):
        two.database.write(expertise.finish, me, work_id=work, hours=8)
    two.database.write(expertise.finish, two.colleague, work_id=work, hours=8)
    two.database.write(expertise.write_down, two.colleague, draft=done, **person)
    stands = two.database.read(lambda session: session.scalars(select(ExpertWork.status)).all())
    assert stands == [ExpertStatus.DONE] * 2
