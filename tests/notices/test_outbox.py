"""Taking notices out of the outbox: order, leases, what is not worth sending, several takers."""

import threading
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, event, func, insert, select, update
from sqlalchemy.orm import Session

from db import erasure
from db.clock import FrozenClock
from db.database import Database
from db.notices import outbox, services, sweeps
from db.notices.models import Notice, NoticeStatus
from db.notices.outbox import LEASE, Outgoing
from db.notices.rules import TRIES
from db.people import services as people_services
from db.people.models import Consent, Person
from tests.events.support import make_people
from tests.support import callers
from tests.support.town import add_teacher

ZONE = ZoneInfo("Asia/Yekaterinburg")
THERE: dict[str, Any] = {"platform": "telegram", "external_id": 7}


class Box:
    """The outbox with one person, by short words."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database = database
        self.clock = clock
        self.person = database.write(add_teacher, external_id=7, name="Тестова", now=clock.now())

    def put(self, key: str, **fields: object) -> bool:
        values = {"person_id": self.person, "kind": "tests.note", **fields}
        return self.database.write(services.enqueue, callers.clock(self.clock.now()), key=key, **values)

    def take(self, **fields: object) -> Outgoing | None:
        taken = self.database.write(outbox.take, callers.clock(self.clock.now()), platform="telegram", **fields)
        return taken.outgoing[0] if taken.outgoing else None

    def take_key(self) -> str | None:
        taken = self.take()
        return self.row(taken.notice_id).key if taken else None

    def send_key(self) -> str | None:
        """Takes the next one and sends it."""
        key = self.take_key()
        if key is not None:
            self.sent(key)
        return key

    def row(self, notice: int | str) -> Notice:
        column = Notice.id if isinstance(notice, int) else Notice.key
        return self.database.read(lambda session: session.scalars(select(Notice).where(column == notice)).one())

    def sent(self, key: str) -> None:
        self.database.write(outbox.mark_sent, callers.clock(self.clock.now()), notice_id=self.row(key).id)


@pytest.fixture
def box(database: Database, clock: FrozenClock) -> Box:
    return Box(database, clock)


def test_the_same_key_is_put_in_once(box: Box) -> None:
    assert box.put("a")
    assert not box.put("a", params={"other": 1})
    assert box.take_key() == "a"
    assert box.take() is None


def test_the_oldest_due_goes_first_and_none_before_its_time(box: Box) -> None:
    now = box.clock.now()
    box.put("late", due_at=now)
    box.put("early", due_at=now - timedelta(hours=1))
    box.put("tomorrow", due_at=now + timedelta(days=1))
    assert [box.send_key() for _ in range(3)] == ["early", "late", None]
    assert not box.database.read(outbox.waits, callers.clock(now), platform="telegram")


def test_a_dead_process_lets_its_notice_go_after_the_lease(box: Box) -> None:
    box.put("a")
    assert box.take_key() == "a"
    box.clock.moment += LEASE - timedelta(seconds=1)
    assert box.take_key() is None
    box.clock.moment += timedelta(seconds=1)
    assert box.take_key() == "a"


def test_people_to_avoid_wait_and_others_go_on(box: Box) -> None:
    other = box.database.write(add_teacher, external_id=8, name="Другая", now=box.clock.now())
    box.put("mine")
    box.put("other", person_id=other)
    taken = box.take(avoid=[box.person])
    assert taken and taken.person_id == other


def test_what_expired_is_cancelled_unsent(box: Box) -> None:
    box.put("a", expires_at=box.clock.now() + timedelta(minutes=5))
    box.clock.moment += timedelta(minutes=5)
    assert box.take() is None
    assert (box.row("a").status, box.row("a").error) == (NoticeStatus.CANCELLED, "expired")


@pytest.mark.parametrize("how", ["erased", "withdrawn"])
def test_nothing_goes_to_who_left(box: Box, how: str) -> None:
    box.put("a")
    now = box.clock.now()
    statement = update(Person).values(erased_at=now) if how == "erased" else update(Consent).values(withdrawn_at=now)
    if how == "withdrawn":
        box.database.write(lambda session: session.add(consent(session, box.person, now)))
    box.database.write(lambda session: session.execute(statement))
    assert box.take() is None
    assert box.row("a").status is NoticeStatus.CANCELLED


def consent(session, person_id: int, now: datetime) -> Consent:  # type: ignore[no-untyped-def]
    from db.people.models import ConsentText

    text = ConsentText(purpose="test", version=1, text="t", text_hash="h", published_at=now)
    session.add(text)
    session.flush()
    return Consent(person_id=person_id, consent_text_id=text.id, given_at=now)


def test_blocking_buries_what_is_due_and_keeps_what_comes_later(box: Box) -> None:
    for key in ("a", "b"):
        box.put(key)
    box.put("later", due_at=box.clock.now() + timedelta(days=1))
    box.database.write(outbox.bury_blocked, callers.clock(box.clock.now()), notice_id=box.row("a").id, **THERE)
    assert [box.row(key).status.value for key in ("a", "b", "later")] == ["dead", "dead", "pending"]
    box.put("c")
    assert box.take() is None
    assert (box.row("c").status, box.row("c").error) == (NoticeStatus.DEAD, "blocked")


def test_the_night_is_quiet_for_what_nobody_asked_for(box: Box) -> None:
    box.clock.moment = datetime(2026, 3, 14, 21, 30, tzinfo=ZONE)  # a Saturday evening, a Sunday follows
    box.put("asked")
    box.put("unasked", expected=False)
    assert [box.send_key() for _ in range(2)] == ["asked", None]
    assert box.row("unasked").due_at == datetime(2026, 3, 16, 8, 0, tzinfo=ZONE)
    box.clock.moment = box.row("unasked").due_at
    assert box.take_key() == "unasked"


def test_what_would_come_too_late_after_the_night_is_cancelled(box: Box) -> None:
    box.clock.moment = datetime(2026, 3, 4, 22, 0, tzinfo=ZONE)
    box.put("a", expected=False, expires_at=box.clock.now() + timedelta(hours=2))
    assert box.take() is None
    assert box.row("a").status is NoticeStatus.CANCELLED


def test_three_unasked_a_week_then_the_fourth_waits_for_its_day(box: Box) -> None:
    box.clock.moment += timedelta(days=1)  # a week after the first Monday of March is a holiday
    first = box.clock.now()
    for number in range(5):
        box.put(f"u{number}", expected=False)
    for number in range(3):
        assert box.take_key() == f"u{number}"
        box.sent(f"u{number}")
        box.clock.moment += timedelta(hours=1)
    assert box.take_key() is None
    assert box.row("u3").due_at == first + timedelta(days=7)
    box.put("asked")
    assert box.take_key() == "asked"
    box.sent("asked")
    box.clock.moment = first + timedelta(days=7)
    assert box.take_key() == "u3"


def test_a_person_has_one_notice_on_its_way_and_the_next_in_order(box: Box) -> None:
    """A killed process held the first one for half a minute, and the second used to overtake it."""
    other = box.database.write(add_teacher, external_id=8, name="Другая", now=box.clock.now())
    for key in ("a", "b"):
        box.put(key)
    box.put("other", person_id=other)
    assert [box.take_key() for _ in range(3)] == ["a", "other", None]
    box.clock.moment += LEASE
    assert [box.send_key() for _ in range(4)] == ["a", "b", "other", None]


def test_a_batch_has_one_notice_a_person(box: Box) -> None:
    other = box.database.write(add_teacher, external_id=8, name="Другая", now=box.clock.now())
    for key in ("a", "b", "c"):
        box.put(key)
    box.put("other", person_id=other)
    taken = box.database.write(outbox.take, callers.clock(box.clock.now()), platform="telegram", limit=8)
    assert [box.row(one.notice_id).key for one in taken.outgoing] == ["a", "other"]


def test_processes_share_one_pace(box: Box) -> None:
    others = [box.database.write(add_teacher, external_id=n, name="Другая", now=box.clock.now()) for n in range(20, 24)]
    for person in others:
        box.put(f"to {person}", person_id=person)

    def look(at: float) -> float:
        return box.database.write(
            outbox.take, callers.clock(box.clock.now()), platform="telegram", at=at, gap=0.5
        ).starts

    assert [look(1000.0), look(1000.1), look(1002.0)] == [1000.0, 1000.5, 1002.0]
    assert look(500.0) == 500.0, "a clock that was far ahead holds nobody up"


def test_whoever_is_erased_while_a_notice_is_on_its_way_stops_nobody(box: Box) -> None:
    """The row was gone when the message had been sent: delivery stumbled over it for ever."""
    box.put("a")
    taken = box.take()
    assert taken is not None
    box.database.write(erasure.erase, callers.clock(box.clock.now()), person_id=box.person, requested_by="operator")
    outcomes: list[outbox.Outcome] = [
        partial(outbox.mark_sent, caller=callers.clock(box.clock.now()), notice_id=taken.notice_id),
        partial(
            outbox.retry_later, caller=callers.clock(box.clock.now()), notice_id=taken.notice_id, error="e", spread=1.0
        ),
        partial(outbox.release, notice_id=taken.notice_id),
        partial(outbox.bury, notice_id=taken.notice_id, error="e"),
        partial(outbox.bury_blocked, caller=callers.clock(box.clock.now()), notice_id=taken.notice_id, **THERE),
    ]
    box.database.write(outbox.settle, outcomes=outcomes)


def test_who_turned_reminders_off_gets_only_what_is_expected(box: Box) -> None:
    box.database.write(people_services.change_reminders, callers.person(box.person), wanted=False)
    box.put("unasked", expected=False)
    box.put("asked")
    assert [box.send_key() for _ in range(2)] == ["asked", None]
    assert (box.row("unasked").status, box.row("unasked").error) == (NoticeStatus.CANCELLED, "not_wanted")


def test_a_pause_holds_everybody_until_it_is_over(box: Box) -> None:
    box.put("a")
    box.put("b")
    taken = box.take()
    assert taken
    until = box.clock.now() + timedelta(seconds=30)
    box.database.write(outbox.pause, platform="telegram", notice_id=taken.notice_id, until=until)
    box.clock.moment = until - timedelta(milliseconds=1)
    assert box.take() is None
    assert not box.database.read(outbox.waits, callers.clock(box.clock.now()), platform="telegram")
    box.clock.moment = until
    assert [box.send_key(), box.send_key()] == ["a", "b"]


def test_a_failing_notice_is_put_off_and_given_up_in_the_end(box: Box) -> None:
    box.put("a")
    for _ in range(TRIES):
        taken = box.take()
        assert taken
        box.database.write(
            outbox.retry_later,
            callers.clock(box.clock.now()),
            notice_id=taken.notice_id,
            error="TelegramServerError",
            spread=1.0,
        )
        assert box.take() is None
        box.clock.moment += timedelta(hours=1)
    assert (box.row("a").status, box.row("a").error) == (NoticeStatus.DEAD, "gave_up")
    assert box.take() is None


def test_cancelled_is_cancelled_unless_it_was_on_its_way(box: Box) -> None:
    box.put("a")
    box.put("b")
    assert box.database.write(services.cancel, key="b")
    assert not box.database.write(services.cancel, key="b")
    assert box.take_key() == "a"
    assert box.database.write(services.cancel, key="a")
    box.sent("a")
    assert box.row("a").status is NoticeStatus.SENT
    assert box.take() is None


def test_takers_at_once_never_take_the_same(database_url: str, box: Box) -> None:
    people = [box.database.write(add_teacher, external_id=n, name="Другая", now=box.clock.now()) for n in range(20, 30)]
    for number in range(60):
        box.put(f"n{number}", person_id=people[number % 10])
    taken: list[int] = []
    errors: list[BaseException] = []

    def work() -> None:
        door = Database.connect(database_url)
        try:
            while len(taken) < 60:
                found = door.write(outbox.take, callers.clock(box.clock.now()), platform="telegram", limit=4).outgoing
                taken.extend(one.notice_id for one in found)
                outcomes = [
                    partial(outbox.mark_sent, caller=callers.clock(box.clock.now()), notice_id=one.notice_id)
                    for one in found
                ]
                door.write(outbox.settle, outcomes=outcomes)
        except BaseException as error:  # noqa: BLE001  handed to the test
            errors.append(error)
        finally:
            door.close()

    run_together(work, 4)
    assert not errors
    assert len(taken) == len(set(taken)) == 60


def test_who_is_in_the_hands_of_another_taker_gets_no_second_notice(postgres_url: str, clock: FrozenClock) -> None:
    """The second taker skipped the locked row, did not see the lease, and took the person's next notice."""
    door = Database.connect(postgres_url)
    box = Box(door, clock)
    for number in range(30):  # more than one look takes in hand
        box.put(f"n{number}")
    with Session(door.engine) as first:
        assert outbox.take(first, callers.clock(clock.now()), platform="telegram").outgoing
        assert box.take() is None
        first.commit()
    assert box.take() is None
    door.close()


def test_takers_at_once_never_have_the_same_person(postgres_url: str, clock: FrozenClock) -> None:
    """A taker may look before another's commit and lock after it: the lease is missing in its first view."""
    door = Database.connect(postgres_url)
    box = Box(door, clock)
    people = [door.write(add_teacher, external_id=n, name="Другая", now=clock.now()) for n in range(20, 40)]
    for number in range(200):
        box.put(f"n{number}", person_id=people[number % 20])
    for _ in range(4):
        clock.moment += LEASE
        taken: list[int] = []

        def work(taken: list[int] = taken) -> None:
            for _ in range(10):
                found = door.write(outbox.take, callers.clock(clock.now()), platform="telegram", limit=2).outgoing
                taken.extend(one.person_id for one in found)

        run_together(work, 4)
        assert taken
        assert len(taken) == len(set(taken))
    door.close()


def test_takers_at_once_keep_the_weeks_limit(database_url: str, box: Box) -> None:
    for number in range(12):
        box.put(f"u{number}", expected=False)
    taken: list[int] = []

    def work() -> None:
        door = Database.connect(database_url)
        while box.database.read(outbox.waits, callers.clock(box.clock.now()), platform="telegram"):
            for found in door.write(outbox.take, callers.clock(box.clock.now()), platform="telegram").outgoing:
                taken.append(found.notice_id)
                door.write(outbox.mark_sent, callers.clock(box.clock.now()), notice_id=found.notice_id)
        door.close()

    run_together(work, 4)
    assert len(taken) == 3


def run_together(work, count: int) -> None:  # type: ignore[no-untyped-def]
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_old_notices_are_wiped_and_still_count(box: Box) -> None:
    box.put("a", params={"words": "личное"})
    box.take()
    box.sent("a")
    box.clock.moment += timedelta(days=31)
    box.database.write(sweeps.forget_old, callers.clock(box.clock.now()))
    assert box.row("a").params == {}
    assert not box.put("a")
    assert box.database.read(lambda session: session.scalar(select(func.count()).select_from(Notice))) == 1


def test_everything_pending_is_taken_back_at_once(box: Box) -> None:
    box.put("a")
    box.put("b", due_at=box.clock.now() + timedelta(days=3))
    assert box.database.write(services.cancel_all, person_id=box.person) == 2
    assert box.take() is None


def test_a_mailing_just_put_in_is_not_sorted_at_each_look(postgres_url: str, clock: FrozenClock) -> None:
    """PostgreSQL took thirty thousand new rows for a few: each look cost a sixth of a second of everybody's time."""
    database, now = Database.connect(postgres_url), clock.now()
    people = database.write(make_people, count=1_000, now=now)
    same = {"kind": "x", "params": {}, "expected": True, "created_at": now, "due_at": now}
    rows = [{"key": f"n{one}.{n}", "person_id": one, **same} for n in range(20) for one in people]
    database.write(lambda session: session.execute(insert(Notice), rows))
    plans: list[str] = []

    def explain(connection: Connection, _cursor: Any, statement: str, parameters: Any, *_others: Any) -> None:
        if "SKIP LOCKED" in statement:
            cursor = connection.connection.cursor()
            cursor.execute(f"EXPLAIN {statement}", parameters)
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
            cursor.close()

    event.listen(database.engine, "before_cursor_execute", explain)
    taken = database.write(outbox.take, callers.clock(now), platform="telegram", limit=8)
    database.close()
    assert len(taken.outgoing) == 8
    assert len(plans) == 1 and "Sort" not in plans[0] and "ix_notice_status_due_at_id" in plans[0], plans
