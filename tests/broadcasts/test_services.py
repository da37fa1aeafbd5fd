"""Broadcasts: who is told, in rounds, once; by mistake nobody; a recall reaches whatever is unsent."""

import threading
from dataclasses import asdict
from datetime import datetime

import pytest
from sqlalchemy import func, select

from db import erasure
from db.accounts.models import Staff
from db.broadcasts import rules, staff_services, sweeps
from db.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastStatus
from db.broadcasts.staff_queries import BroadcastAudience
from db.database import Database
from db.dictionaries.models import Setting, Term, TermKind
from db.dictionaries.rules import Rules
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.notices import outbox
from db.notices import services as notices
from db.notices import staff_services as notices_staff_services
from db.people.models import Role
from db.scope import StaffRole
from tests.broadcasts.conftest import FOREIGN, HOME, TEXT, ZONE, Service
from tests.support import callers
from tests.support.town import block, on_paper_only


def test_the_audience_is_a_municipality_a_role_a_position_and_few_years(service: Service) -> None:
    (mentor,) = service.people(1, first=100, roles=[Role.MENTOR])
    (plain,) = service.people(1, first=200)
    (far,) = service.people(1, first=300, municipality=FOREIGN, roles=[Role.MENTOR])
    head = service.database.read(
        lambda session: session.scalars(
            select(Term.id).where(Term.kind == TermKind.POSITION).order_by(Term.position.desc())
        ).first()
    )
    service.set_person(plain, position_id=head, experience_years=3)
    service.set_person(far, experience_years=2)
    for audience, expected in (
        (BroadcastAudience(), {mentor, plain, far}),
        (BroadcastAudience(municipality_id=service.place(HOME)), {mentor, plain}),
        (BroadcastAudience(role=Role.MENTOR), {mentor, far}),
        (BroadcastAudience(service.place(HOME), Role.MENTOR), {mentor}),
        (BroadcastAudience(position_id=head), {plain}),
        (BroadcastAudience(young=True), {far}),
    ):
        before = service.told()
        broadcast = service.create(audience)
        reach = service.card(broadcast).reach
        assert reach is not None
        assert (reach.count, reach.deaf) == (len(expected), 0)
        service.start(broadcast, len(expected))
        service.sweep()
        assert set(service.told() - before) == expected
        service.delivered()


def test_who_left_blocked_the_bot_or_wants_silence_is_not_told(service: Service) -> None:
    hears, blocked, silent, left, erased, paper = service.people(6)
    now = service.clock.now()
    service.database.write(block, person_id=blocked, at=now)
    service.set_person(silent, reminders=False)
    service.database.write(on_paper_only, person_id=paper)
    service.database.write(erasure.withdraw_consent, callers.person(left, now))
    service.database.write(erasure.erase, callers.clock(now), person_id=erased, requested_by="operator")
    broadcast = service.create()
    reach = service.card(broadcast).reach
    assert reach is not None
    assert (reach.count, reach.deaf) == (1, 2)
    service.start(broadcast, 1)
    service.sweep()
    assert set(service.told()) == {hears}


def test_a_mistyped_number_sends_nothing_and_says_the_right_one(service: Service) -> None:
    service.people(3)
    broadcast = service.create()
    for typed in (None, 0, 2, 4, 30):
        with pytest.raises(DomainError, match="broadcast_count") as caught:
            service.start(broadcast, typed)
        assert caught.value.params == {"count": 3}
    service.sweep()
    assert not service.told()
    assert service.row(broadcast).status is BroadcastStatus.DRAFT
    service.start(broadcast, 3)
    assert service.row(broadcast).confirmed == 3


def test_a_number_looked_up_before_somebody_came_is_asked_for_again(service: Service) -> None:
    service.people(3)
    broadcast = service.create()
    service.people(1, first=500)
    with pytest.raises(DomainError, match="broadcast_count"):
        service.start(broadcast, 3)


def test_what_somebody_has_rewritten_is_not_sent_by_who_read_the_old_text(service: Service) -> None:
    service.people(2)
    broadcast = service.create()
    service.database.write(
        staff_services.change,
        callers.staff(service.region, service.clock.now()),
        broadcast_id=broadcast,
        text="Другое",
        audience=BroadcastAudience(),
        revision=0,
    )
    with pytest.raises(ConflictError):
        service.start(broadcast, 2, revision=0)
    service.start(broadcast, 2, revision=1)
    for again in (lambda: service.start(broadcast, 2, revision=1), lambda: change(service, broadcast, 1)):
        with pytest.raises(ConflictError):
            again()
    with pytest.raises(ConflictError):
        service.database.write(
            staff_services.discard, callers.staff(service.region, service.clock.now()), broadcast_id=broadcast
        )


def change(service: Service, broadcast: int, revision: int) -> None:
    service.database.write(
        staff_services.change,
        callers.staff(service.region, service.clock.now()),
        broadcast_id=broadcast,
        text="Ещё раз",
        audience=BroadcastAudience(),
        revision=revision,
    )


def test_nobody_to_write_to_and_no_words_are_refused(service: Service) -> None:
    with pytest.raises(DomainError, match="broadcast_nobody"):
        service.start(service.create(BroadcastAudience(service.place(FOREIGN))), 0)
    for text, code in (("  \n ", "broadcast_text"), ("я" * (rules.LENGTH + 1), "broadcast_long")):
        with pytest.raises(DomainError, match=code):
            service.create(text=text)
    assert service.row(service.create(text="  я" * 1 + "\n\n б  ")).text == "я\n\n б"


def test_rounds_are_small_wait_for_the_last_one_and_tell_everybody_once(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "A_ROUND", 10)
    people = service.people(25)
    broadcast = service.create()
    service.start(broadcast, 25)
    service.sweep()
    assert set(service.told()) == set(people[:10])
    service.sweep()
    assert len(service.told()) == 10, "the last round waits yet"
    # Somebody's decision is not behind the rest of the crowd.
    service.database.write(
        notices.enqueue, callers.clock(service.clock.now()), key="decision", person_id=people[24], kind="test"
    )
    assert service.waiting() == {*people[:10], people[24]}
    service.delivered()
    for _ in range(4):
        service.move(minutes=1)
        service.sweep()
        service.delivered()
    assert service.told() == dict.fromkeys(people, 1)
    assert service.row(broadcast).status is BroadcastStatus.DONE
    progress = service.card(broadcast).progress
    assert progress is not None
    assert (progress.ahead, progress.waiting, progress.sent) == (0, 0, 25)


def test_in_quiet_hours_nothing_begins_and_in_the_morning_it_goes_on(service: Service) -> None:
    service.people(2)
    broadcast = service.create()
    service.clock.moment = datetime(2026, 3, 2, 23, 30, tzinfo=ZONE)
    service.start(broadcast, 2)
    service.sweep()
    assert not service.told()
    assert service.card(broadcast).begins == datetime(2026, 3, 3, 8, 0, tzinfo=ZONE)
    service.clock.moment = datetime(2026, 3, 3, 8, 1, tzinfo=ZONE)
    assert service.card(broadcast).begins is None
    service.sweep()
    assert len(service.told()) == 2


def test_who_had_their_messages_of_the_week_hears_it_later_and_it_is_not_over_before(service: Service) -> None:
    """«Разослана», it said, while nobody had heard it; confirmed on a Sunday, it was dropped as too late."""
    service.move(days=1)  # a week after the first Monday of March is a holiday
    (person,) = service.people(1)
    for number in range(3):
        service.database.write(
            notices.enqueue,
            callers.clock(service.clock.now()),
            key=f"{number}",
            person_id=person,
            kind="test",
            expected=False,
        )
    service.delivered()
    broadcast = service.create()
    service.start(broadcast, 1)
    service.move(hours=1)
    service.sweep()
    assert not service.database.write(outbox.take, callers.clock(service.clock.now()), platform="telegram").outgoing
    service.sweep()
    progress = service.card(broadcast).progress
    assert progress is not None
    assert (service.row(broadcast).status, progress.waiting, progress.later) == (BroadcastStatus.GOING, 1, 1)
    service.move(days=7)
    assert (
        len(service.database.write(outbox.take, callers.clock(service.clock.now()), platform="telegram").outgoing) == 1
    )
    service.delivered()
    service.sweep()
    assert service.row(broadcast).status is BroadcastStatus.DONE


def test_after_a_week_of_silence_it_is_over(service: Service) -> None:
    service.people(2)
    broadcast = service.create()
    service.start(broadcast, 2)
    service.move(days=8, minutes=1)
    service.sweep()
    assert not service.told()
    assert service.row(broadcast).status is BroadcastStatus.DONE


def test_a_recall_takes_back_what_is_unsent_and_tells_nobody_else(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "A_ROUND", 2)
    people = service.people(6)
    broadcast, other = service.create(), service.create(text="Другая")
    service.start(broadcast, 6)
    service.sweep()
    service.delivered()
    service.sweep()
    assert service.recall(broadcast) == 2
    service.start(other, 6)
    assert service.waiting() == set()
    service.sweep()
    assert service.told() == {people[0]: 2, people[1]: 2, people[2]: 1, people[3]: 1}
    progress = service.card(broadcast).progress
    assert progress is not None
    assert (progress.ahead, progress.waiting, progress.sent, progress.dropped) == (0, 0, 2, 4)
    with pytest.raises(ConflictError):
        service.recall(broadcast)
    with pytest.raises(ConflictError):
        service.recall(service.create())


def test_what_failed_before_or_after_a_recall_is_not_sent_again(service: Service) -> None:
    """«Send all again» sent what had been taken back, to those whose first try had failed."""
    people = service.people(3)
    broadcast = service.create()
    service.start(broadcast, 3)
    service.sweep()
    taken = service.database.write(outbox.take, callers.clock(service.clock.now()), platform="telegram", limit=2)
    first, second = (one.notice_id for one in taken.outgoing)
    service.database.write(outbox.bury, notice_id=first, error="refused")
    assert service.recall(broadcast) == 3
    service.database.write(outbox.bury, notice_id=second, error="refused")
    service.database.write(notices_staff_services.retry_all, callers.staff(service.region, service.clock.now()))
    assert service.waiting() == set()
    assert service.told() == dict.fromkeys(people, 1)


def test_what_has_reached_everybody_is_not_recalled(service: Service) -> None:
    service.people(1)
    broadcast = service.create()
    service.start(broadcast, 1)
    service.sweep()
    service.delivered()
    service.sweep()
    with pytest.raises(ConflictError):
        service.recall(broadcast)
    assert service.row(broadcast).status is BroadcastStatus.DONE


def test_who_comes_after_the_number_was_typed_is_not_told(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "A_ROUND", 2)
    people = service.people(3)
    broadcast = service.create()
    service.start(broadcast, 3)
    service.people(2, first=900)
    for _ in range(4):
        service.sweep()
        service.delivered()
    assert service.told() == dict.fromkeys(people, 1)


def test_a_region_that_allows_no_unasked_message_refuses_the_start(service: Service) -> None:
    service.people(1)
    broadcast = service.create()
    silent = {**asdict(Rules()), "unasked_per_week": 0}
    service.database.write(lambda session: session.merge(Setting(key="rules", value=silent)))
    with pytest.raises(DomainError, match="broadcast_silence"):
        service.start(broadcast, 1)


def test_ones_own_file_has_what_one_was_told(service: Service) -> None:
    person, _ = service.people(2)
    service.start(service.create(), 2)
    service.sweep()
    assert service.database.read(erasure.export, person_id=person)["broadcasts"] == []
    service.delivered()
    (told,) = service.database.read(erasure.export, person_id=person)["broadcasts"]
    assert told == {"text": TEXT, "sent_at": service.clock.now()}


def test_rounds_and_a_recall_at_once_tell_nobody_twice_and_nobody_after_it(
    service: Service, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "A_ROUND", 8)
    service.people(40)
    broadcast = service.create()
    service.start(broadcast, 40)
    begin = threading.Barrier(4)
    doors = [Database.connect(database_url) for _ in range(3)]

    def rounds(door: Database) -> None:
        begin.wait(10)
        for _ in range(8):
            service.sweep(door)
            service.delivered()

    threads = [threading.Thread(target=rounds, args=[door]) for door in doors]
    for thread in threads:
        thread.start()
    begin.wait(10)
    service.recall(broadcast)
    at_recall = service.told()
    for thread in threads:
        thread.join()
    for door in doors:
        door.close()
    assert service.told() == at_recall
    assert max(at_recall.values(), default=1) == 1


def test_a_municipal_methodist_writes_to_their_own_people_only(service: Service) -> None:
    own, far = service.people(1), service.people(1, first=500, municipality=FOREIGN)
    town = service.scope("town", StaffRole.MUNICIPAL_METHODIST, HOME)
    reader = service.scope("reader", StaffRole.READER)
    with pytest.raises(DomainError, match="broadcast_municipality"):
        service.create(scope=town)
    with pytest.raises(NotFoundError):
        service.create(BroadcastAudience(service.place(FOREIGN)), scope=town)
    for audience in (BroadcastAudience(), BroadcastAudience(service.place(FOREIGN))):
        broadcast = service.create(audience)
        for deed in (
            lambda number=broadcast: service.start(number, 1, scope=town),
            lambda number=broadcast: service.recall(number, scope=town),
            lambda number=broadcast: service.card(number, scope=town),
        ):
            with pytest.raises(NotFoundError):
                deed()
    with pytest.raises(ForbiddenError):
        service.create(scope=reader)
    mine = service.create(BroadcastAudience(service.place(HOME)), scope=town)
    service.start(mine, 1, scope=town)
    service.sweep()
    assert set(service.told()) == set(own)
    assert not set(service.told()) & set(far)


def test_trying_it_out_goes_to_oneself_alone(service: Service) -> None:
    me, *_ = service.people(3)
    broadcast = service.create()

    def try_out() -> None:
        service.database.write(
            staff_services.try_out, callers.staff(service.region, service.clock.now()), broadcast_id=broadcast
        )

    with pytest.raises(DomainError, match="broadcast_no_bot"):
        try_out()
    service.database.write(lambda session: setattr(session.get_one(Staff, service.region.staff_id), "person_id", me))
    try_out()
    assert service.told() == {me: 1}
    assert service.row(broadcast).status is BroadcastStatus.DRAFT
    service.delivered()
    service.start(broadcast, 3)
    service.sweep()
    assert service.told()[me] == 2, "whoever tried it hears it with the others too"


def test_erased_means_gone_from_the_list_of_the_told(service: Service) -> None:
    first, second = service.people(2)
    service.start(service.create(), 2)
    service.sweep()
    service.database.write(erasure.erase, callers.clock(service.clock.now()), person_id=first, requested_by="operator")
    left = service.database.read(lambda session: session.scalars(select(BroadcastRecipient.person_id)).all())
    assert list(left) == [second]
    assert service.database.read(lambda session: session.scalar(select(func.count()).select_from(Broadcast))) == 1
