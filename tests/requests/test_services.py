"""Who is asked, who is not, what both may do, what comes due: on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.active.models import Membership, MembershipEnd, MembershipStatus
from db.diary.models import DiaryLine
from db.dictionaries.models import Centre, Municipality, Term
from db.dictionaries.rules import Rules
from db.errors import ConflictError, DomainError, NotFoundError
from db.notices.models import Notice, NoticeStatus
from db.people.models import Person
from db.practices.models import Practice, PracticeStatus
from db.practices.rules import TEXT
from db.requests import answering, personal, queries, services
from db.requests.models import HelpMessage, HelpRequest, HelpTurn, RequestStatus
from db.requests.services import Topic
from tests.requests.conftest import AWAY, QUESTION, Desk
from tests.support import callers
from tests.support.town import block


def change(desk: Desk, person_id: int, **values: Any) -> None:
    desk.database.write(lambda session: session.execute(update(Person).where(Person.id == person_id).values(**values)))


def test_the_least_loaded_of_the_own_unit_is_asked_then_the_centre_then_the_region(desk: Desk) -> None:
    far, other = desk.member(municipality="kopeysky-go"), desk.member(direction="2")
    near = desk.member(municipality=AWAY)
    places = (desk.place_of("chelyabinsky-go"), desk.place_of(AWAY))

    def one_centre(session: Session) -> None:
        centre = Centre(code="c", name="Центр")
        session.add(centre)
        session.flush()
        session.execute(update(Municipality).where(Municipality.id.in_(places)).values(centre_id=centre.id))

    desk.database.write(one_centre)
    own, second = desk.member(), desk.member()
    asked = [desk.row(desk.ask()).assignee_id for _ in range(10)]
    assert asked == [own, second] * 5, "each has five at once at most"
    assert [desk.row(desk.ask()).assignee_id for _ in range(6)] == [near] * 5 + [far]
    assert other not in asked
    assert far != near


def test_never_oneself_nor_one_who_cannot_hear_nor_a_colleague_where_a_conflict_is_declared(desk: Desk) -> None:
    member = desk.member()
    assert desk.row(desk.ask(member)).status is RequestStatus.WAITING, "never oneself"
    assert desk.row(desk.ask(avoid=True)).assignee_id is None, "all of these are of one school"
    change(desk, member, organisation_id=None)
    assert desk.row(desk.ask(avoid=True)).assignee_id == member
    desk.database.write(block, person_id=member, at=desk.clock.now())
    assert desk.row(desk.ask()).assignee_id is None
    desk.database.write(block, person_id=member, at=None)
    ended = {"status": MembershipStatus.ENDED, "ended_at": desk.clock.now(), "ended_how": MembershipEnd.TERM}
    desk.database.write(lambda session: session.execute(update(Membership).values(**ended)))
    assert desk.row(desk.ask()).assignee_id is None


def test_a_component_is_answered_by_its_directions_and_any_other_by_all(desk: Desk) -> None:
    language = desk.member(direction="1")
    assert desk.row(desk.ask(topic=Topic(component="digital"))).assignee_id is None
    digital = desk.member(direction="11")
    assert desk.row(desk.ask(topic=Topic(component="digital"))).assignee_id == digital
    assert desk.row(desk.ask(topic=Topic(component="subject"))).assignee_id == language
    with pytest.raises(DomainError, match="requests_topic"):
        desk.ask(topic=Topic(component="no_such"))


def test_two_questions_of_one_moment_do_not_both_take_the_last_place(desk: Desk) -> None:
    member, askers = desk.member(), [desk.teacher() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda one: desk.row(desk.ask(one)), askers))
    assert sorted(row.assignee_id == member for row in rows) == [False] * 3 + [True] * 5


def test_who_declines_is_not_asked_again_and_the_promise_stays(desk: Desk) -> None:
    first, second = desk.member(), desk.member()
    request_id = desk.ask()
    due = desk.row(request_id).due_at
    desk.clock.moment += timedelta(hours=1)
    with pytest.raises(NotFoundError):
        desk.database.write(answering.decline, desk.by(second), request_id=request_id)
    for person_id in (first, second):
        assert desk.row(request_id).assignee_id == person_id
        desk.database.write(answering.decline, desk.by(person_id), request_id=request_id)
        with pytest.raises(NotFoundError):
            desk.database.write(answering.decline, desk.by(person_id), request_id=request_id)
    row = desk.row(request_id)
    assert (row.status, row.assignee_id, row.due_at) == (RequestStatus.WAITING, None, due)
    assert desk.said() == ["given", "given", "queued"]


def test_a_dialogue_goes_on_until_one_closes_it(desk: Desk) -> None:
    desk.member()
    second = desk.member()
    request_id = desk.ask()
    stranger = desk.by(second)
    for use_case, more in ((answering.answer, {"text": "Чужой"}), (services.write_on, {"text": "Чужой"})):
        with pytest.raises(NotFoundError):
            desk.database.write(use_case, stranger, request_id=request_id, **more)
    with pytest.raises(NotFoundError):
        desk.database.read(queries.card, stranger, request_id=request_id)
    desk.answer(request_id)
    assert desk.row(request_id).status is RequestStatus.ANSWERED
    desk.clock.moment += timedelta(days=1)
    asker = desk.by(desk.asker)
    before = desk.row(request_id).due_at
    desk.database.write(services.write_on, asker, request_id=request_id, text="А для десятого?")
    row = desk.row(request_id)
    assert row.status is RequestStatus.ASSIGNED and row.due_at != before
    desk.answer(request_id, "Так же.")
    desk.database.write(services.pass_on, asker, request_id=request_id)
    assert desk.row(request_id).assignee_id == second
    desk.answer(request_id)
    desk.database.write(services.close, desk.by(second), request_id=request_id)
    desk.database.write(services.close, asker, request_id=request_id, helped=True)
    row = desk.row(request_id)
    assert (row.status, row.helped) == (RequestStatus.CLOSED, True)
    for person_id, use_case in ((second, answering.answer), (desk.asker, services.write_on)):
        with pytest.raises(ConflictError, match="requests_over"):
            desk.database.write(use_case, desk.by(person_id), request_id=request_id, text="Ещё")
    assert desk.said(desk.asker) == ["answered", "answered", "answered", "closed"]


def test_who_answered_and_is_full_by_now_is_not_given_one_more(desk: Desk) -> None:
    """Words after an answer gave a member one request too many: only the first giving had looked at their load."""
    first = desk.member()
    request_id = desk.ask()
    desk.answer(request_id)
    others = [desk.ask() for _ in range(Rules().requests_at_once)]
    assert {desk.row(one).assignee_id for one in others} == {first}
    second = desk.member(municipality=AWAY)
    asker = desk.by(desk.asker)
    assert desk.database.write(services.write_on, asker, request_id=request_id, text="А для десятого?")
    row = desk.row(request_id)
    assert (row.status, row.assignee_id) == (RequestStatus.ASSIGNED, second)
    assert "more" not in desk.said(first) and "taken" not in desk.said(first)
    assert len(desk.database.read(queries.card, desk.by(second), request_id=request_id).said) == 2
    assert not desk.database.write(services.write_on, asker, request_id=request_id, text="И для девятого")
    desk.answer(others[0])
    later = desk.ask()
    assert desk.row(later).assignee_id == first, "full again"
    desk.answer(others[1])
    assert not desk.database.write(services.write_on, asker, request_id=others[0], text="А если так?")
    assert desk.row(others[0]).assignee_id == first, "there was room"


def test_whoever_is_to_answer_closes_nothing_that_awaits_an_answer(desk: Desk) -> None:
    """The button stands below the message of an earlier answer, and the asker had written on since."""
    member, asker = desk.member(), desk.by(desk.asker)
    request_id = desk.ask()
    with pytest.raises(DomainError, match="stale_button"):
        desk.database.write(services.close, desk.by(member), request_id=request_id)
    desk.answer(request_id)
    desk.database.write(services.write_on, asker, request_id=request_id, text="А если их тридцать?")
    with pytest.raises(DomainError, match="stale_button"):
        desk.database.write(services.close, desk.by(member), request_id=request_id)
    assert desk.row(request_id).status is RequestStatus.ASSIGNED
    unanswered = desk.ask()
    desk.database.write(services.close, asker, request_id=unanswered, helped=True)
    assert desk.row(unanswered).helped is None, "nobody has answered, so nothing helped"
    desk.answer(request_id)
    with pytest.raises(DomainError, match="stale_button"):
        desk.database.write(services.close, desk.by(member), request_id=request_id, helped=True)
    desk.database.write(services.close, asker, request_id=request_id)
    assert desk.row(request_id).helped is False, "closed after an answer without a word"


def test_an_answer_that_helped_becomes_one_draft_of_its_own_author_alone(desk: Desk) -> None:
    member, asker = desk.member(), desk.by(desk.asker)
    request_id = desk.ask()
    desk.answer(request_id, "Дайте образец.")
    desk.answer(request_id, "И ещё вопросы. " * 120)
    with pytest.raises(DomainError, match="stale_button"):
        desk.database.write(answering.to_practice, desk.by(member), request_id=request_id)
    desk.database.write(services.close, asker, request_id=request_id, helped=True)
    desk.database.write(services.close, asker, request_id=request_id, helped=True)
    assert desk.said(member).count("helped") == 1 and "closed" not in desk.said(member)
    for other in (desk.asker, desk.member()):
        with pytest.raises(NotFoundError):
            desk.database.write(answering.to_practice, desk.by(other), request_id=request_id)
    with ThreadPoolExecutor(2) as two:
        made = [
            two.submit(desk.database.write, answering.to_practice, desk.by(member), request_id=request_id)
            for _ in range(2)
        ]
    [number] = {one.result() for one in made}
    row = desk.database.read(lambda session: session.get_one(Practice, number))
    assert (row.proposer_id, row.lesson, row.status) == (member, row.lesson, PracticeStatus.DRAFT)
    assert row.lesson.startswith("Дайте образец.\n\nИ ещё") and len(row.lesson) <= TEXT, "as long as a part may be"


def test_an_answer_is_one_line_of_the_diary_and_tells_nobody_s_name(desk: Desk) -> None:
    member = desk.member()
    request_id = desk.ask()
    for text in ("Первый ответ", "Ещё один"):
        desk.answer(request_id, text)
    query = select(DiaryLine, Term.name).join(Term, Term.id == DiaryLine.activity_id)
    ((line, activity),) = desk.database.read(lambda session: session.execute(query).all())
    assert (line.person_id, line.source_id) == (member, request_id)
    assert activity == "Оказание адресной методической помощи по выявленным профессиональным затруднениям"
    assert "Вопросова" not in line.text


def test_a_late_one_is_told_of_once_and_again_only_for_another_promise(desk: Desk) -> None:
    member = desk.member()
    request_id = desk.ask()
    desk.clock.moment = (desk.row(request_id).due_at or desk.clock.moment) - timedelta(minutes=1)
    desk.sweep()
    assert desk.row(request_id).late_at is None
    desk.clock.moment += timedelta(minutes=1)
    for _ in range(2):
        desk.sweep()
        desk.clock.moment += timedelta(days=3)
    assert desk.said() == ["given", "late", "overdue"]
    desk.answer(request_id)
    desk.sweep()
    desk.database.write(services.write_on, desk.by(desk.asker), request_id=request_id, text="Ещё одно")
    assert desk.row(request_id).late_at is None
    desk.clock.moment += timedelta(days=9)
    desk.sweep()
    assert desk.said(member) == ["given", "overdue", "more", "overdue"]


def test_what_is_said_at_night_or_on_sunday_waits_for_eight(desk: Desk) -> None:
    desk.member()
    desk.clock.moment += timedelta(days=5, hours=13)  # Saturday, midnight begins Sunday
    desk.ask()
    query = select(Notice.due_at).where(Notice.kind == "requests.given")
    due = desk.database.read(lambda session: session.scalars(query).one()).astimezone(callers.ZONE)
    assert (due.isoweekday(), f"{due:%H:%M}") == (2, "08:00"), "Monday the 9th is a holiday"


def test_a_draft_is_one_keeps_its_words_and_goes_whole(desk: Desk) -> None:
    caller = desk.by(desk.asker)
    with pytest.raises(DomainError, match="stale_button"):
        desk.database.write(services.send, caller)
    first = desk.database.write(services.begin, caller, topic=desk.topic)
    with pytest.raises(DomainError, match="requests_empty"):
        desk.database.write(services.send, caller)
    desk.database.write(services.write_question, caller, text=QUESTION)
    with pytest.raises(DomainError, match="text_too_long"):
        desk.database.write(services.write_question, caller, text="я" * 2000)
    assert desk.database.write(services.begin, caller, topic=Topic(component="digital")) == first
    home = desk.database.read(queries.home, caller)
    assert home.draft is not None and home.draft.question == QUESTION
    desk.database.write(services.discard, caller)
    assert desk.database.read(queries.home, caller).draft is None


def test_who_leaves_has_requests_passed_on_and_who_asked_has_them_closed(desk: Desk) -> None:
    first, second = desk.member(), desk.member()
    request_id, answered = desk.ask(), desk.ask(desk.teacher())
    assert (desk.row(request_id).assignee_id, desk.row(answered).assignee_id) == (first, second)
    desk.answer(answered, "Ответ второго")
    caller = callers.clock(desk.clock.now())
    desk.database.write(personal.forget, caller, person_id=first)
    assert desk.row(request_id).assignee_id == second
    desk.database.write(personal.forget, caller, person_id=desk.asker)
    row = desk.row(request_id)
    assert (row.status, row.question) == (RequestStatus.CLOSED, None)
    desk.database.write(personal.forget, caller, person_id=second)
    left = select(HelpMessage.text).where(HelpMessage.text.is_not(None))
    assert not desk.database.read(lambda session: session.scalars(left).all())
    words = [notice.params.get("text") for notice in desk.database.read(_notices) if notice.person_id != desk.asker]
    assert "Ответ второго" not in words


def test_one_who_was_kept_twice_does_not_answer_their_own_question(desk: Desk) -> None:
    first, second = desk.member(), desk.member()
    request_id = desk.ask()
    caller = callers.clock(desk.clock.now())
    desk.database.write(services.begin, desk.by(desk.asker), topic=desk.topic)
    desk.database.write(services.begin, desk.by(first), topic=desk.topic)
    desk.database.write(personal.merge, caller, kept_id=desk.asker, gone_id=first)
    row = desk.row(request_id)
    assert (row.assignee_id, row.person_id) == (second, desk.asker)
    gone = select(func.count()).where(HelpTurn.person_id == first)
    drafts = select(func.count()).where(HelpRequest.status == RequestStatus.DRAFT)
    assert desk.database.read(lambda session: (session.scalar(gone), session.scalar(drafts))) == (0, 1)


def _notices(session: Session) -> list[Notice]:
    return list(session.scalars(select(Notice).where(Notice.status != NoticeStatus.CANCELLED)))
