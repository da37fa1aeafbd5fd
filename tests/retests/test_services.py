"""A re-test of one component: when it begins, what it refuses, that it is nobody's result and one at a time."""

import copy
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.database import AsyncDatabase, Database
from db.diagnostics import offering, staff_services
from db.diagnostics import queries as diagnostics
from db.diagnostics.content import Item
from db.diagnostics.models import Answer, Attempt, ComponentScore, ScoreBlock, ScoreTally
from db.errors import ConflictError, DomainError, NotFoundError
from db.notices.models import Notice
from db.packs import load_pack
from db.papers import PaperKind, PaperReader
from db.retests import papers, personal, queries, services
from db.retests.models import Retest, RetestAnswer, RetestStatus
from db.retests.rules import THEN
from db.routes import queries as routes
from db.routes import services as routing
from db.routes.models import RouteItem, StepOutcome
from tests.diagnostics.test_races import at_once
from tests.diagnostics.test_screens import mixed
from tests.diagnostics.walking import NOW, complete, start, teacher, twos
from tests.retests.support import begin, threes, walked
from tests.support import callers

LATER = NOW + timedelta(days=20)


def absent(item: Item) -> int | None:
    """Two of the five are not about the own work."""
    return None if not item.need and item.code.endswith(("_1", "_2")) else 2


def counts(session: Session) -> list[int]:
    """How many rows everything that reports and results are made of has."""
    tables = (Attempt, Answer, ComponentScore, ScoreBlock, ScoreTally, Notice)
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_a_re_test_compares_one_component_and_is_nobodys_result(database: Database) -> None:
    who = teacher(database)
    result = complete(database, who)
    before = database.read(counts)
    found = walked(database, who, result.attempt_id, LATER, threes)
    assert (found.compared.before, found.compared.now, found.compared.steady) == (50, 75, False)
    then = found.compared.then
    assert then is not None
    assert (then.was, then.seen, then.now) == (2, 3, 3)
    assert database.read(counts) == before, "no attempt, answer, score, block or notice comes of it"
    caller = callers.person(who, LATER)
    assert database.read(diagnostics.result, caller, attempt_id=result.attempt_id).scores == result.scores
    assert [one.attempt_id for one in database.read(offering.history, caller)] == [result.attempt_id]
    (seen,) = database.read(queries.of_result, caller, attempt_id=result.attempt_id)
    assert seen.retest_id == found.retest_id


def test_too_soon_it_names_the_day_and_that_day_it_begins_after_a_re_test_too(database: Database) -> None:
    who = teacher(database)
    attempt_id = complete(database, who).attempt_id
    with pytest.raises(DomainError, match="retest_too_early") as refusal:
        begin(database, who, attempt_id, NOW + timedelta(days=13))
    day = refusal.value.params["day"]
    assert (day - NOW.date()).days == 14
    walked(database, who, attempt_id, NOW + timedelta(days=14), threes)
    begin(database, who, attempt_id, NOW + timedelta(days=15), number=1)  # another component waits for none
    with pytest.raises(DomainError, match="retest_too_early") as refusal:
        begin(database, who, attempt_id, NOW + timedelta(days=20))
    assert (refusal.value.params["day"] - NOW.date()).days == 28


def test_without_a_result_of_ones_own_or_by_an_older_one_there_is_no_re_test(database: Database) -> None:
    who, other = teacher(database), teacher(database, 7002)
    assert not database.read(queries.home, callers.person(who, NOW))
    open_id = start(database, who).attempt_id
    theirs = complete(database, other).attempt_id
    for attempt_id in (open_id, theirs, 99_999):
        with pytest.raises(NotFoundError):
            begin(database, who, attempt_id, LATER)
    later = NOW + timedelta(days=100)
    complete(database, other, now=later)
    with pytest.raises(NotFoundError):
        begin(database, other, theirs, later + timedelta(days=20))
    with pytest.raises(NotFoundError):
        begin(database, other, database.read(latest, person_id=other), later + timedelta(days=20), number=99)


def latest(session: Session, *, person_id: int) -> int:
    return (
        session.scalars(select(Attempt.id).where(Attempt.person_id == person_id).order_by(Attempt.id.desc())).first()
        or 0
    )


def test_where_little_was_answered_there_is_nothing_to_compare(database: Database) -> None:
    who = teacher(database)
    attempt_id = complete(database, who, absent).attempt_id
    with pytest.raises(DomainError, match="retest_little") as refusal:
        begin(database, who, attempt_id, LATER)
    assert (refusal.value.params["day"] - NOW.date()).days == 90, "the day of the whole self-diagnosis"


def renewed(database: Database, *, items: int) -> None:
    """A new version: so many items of the first component mean something else, and have other codes."""
    content = copy.deepcopy(load_pack("chelyabinsk").instruments()[0])
    content["version"] += 1
    for item in content["components"][0]["items"][:items]:
        item["code"] += "_new"
    database.write(staff_services.publish, callers.clock(LATER), content=content)


def test_a_new_version_asks_again_only_what_has_stayed(database: Database) -> None:
    who = teacher(database)
    attempt_id = complete(database, who).attempt_id
    renewed(database, items=1)
    step = begin(database, who, attempt_id, LATER)
    assert [item.code for item in step.content.items] == ["subject_2", "subject_3", "subject_4", "subject_5", THEN]
    found = walked(database, who, attempt_id, LATER, threes)
    assert (found.compared.before, found.compared.now) == (50, 75)


def test_a_version_that_asks_something_else_is_not_compared_and_an_open_re_test_goes_on_by_its_own(
    database: Database,
) -> None:
    who = teacher(database)
    attempt_id = complete(database, who).attempt_id
    step = begin(database, who, attempt_id, LATER)
    renewed(database, items=2)
    assert begin(database, who, attempt_id, LATER).content.items == step.content.items
    walked(database, who, attempt_id, LATER, threes)
    with pytest.raises(DomainError, match="retest_renewed"):
        begin(database, who, attempt_id, LATER + timedelta(days=30))


def done_step(database: Database, who: int, *, days: int = 3) -> RouteItem:
    """A step of the last result that worked."""
    at = callers.person(who, NOW + timedelta(days=days))
    attempt_id, offers = database.read(routes.offers, at)
    item, _ = database.write(routing.take_step, at, attempt_id=attempt_id, item=offers[0].item.code)
    return database.write(routing.report, at, item_id=item.id, outcome=StepOutcome.WORKED)


def test_it_answers_the_step_that_was_done_since_and_asks_about_then_of_its_item(database: Database) -> None:
    who = teacher(database)
    result = complete(database, who, mixed)
    item = done_step(database, who)
    caller = callers.person(who, LATER)
    card = database.read(queries.card_of_step, caller, item_id=item.id)
    assert (card.outlook.component.code, card.outlook.attempt_id) == (item.component, result.attempt_id)
    found = walked(database, who, result.attempt_id, LATER, threes, number=card.outlook.number)
    assert found.step is not None
    assert found.step.id == item.id
    assert found.compared.then is not None
    assert found.compared.then.item.code == item.item
    other = callers.person(teacher(database, 7002), LATER)
    with pytest.raises(NotFoundError):
        database.read(queries.card_of_step, other, item_id=item.id)


def test_an_answer_is_kept_changed_and_refused_where_it_does_not_fit(database: Database) -> None:
    who, other = teacher(database), teacher(database, 7002)
    step = begin(database, who, complete(database, who).attempt_id, LATER)
    own = {"retest_id": step.retest_id, "item": "subject_1"}
    assert database.write(services.answer, callers.person(who, LATER), **own, value=1).answers == {"subject_1": 1}
    changed = database.write(services.answer, callers.person(who, LATER), **own, value=None)
    assert (changed.answers, changed.item and changed.item.code) == ({"subject_1": None}, "subject_2")
    with pytest.raises(NotFoundError):
        database.write(services.answer, callers.person(other, LATER), **own, value=1)
    for wrong in (
        {"item": "lesson_1", "value": 1},
        {"item": "subject_need", "value": 1},
        {"item": "subject_1", "value": 6},
    ):
        with pytest.raises(DomainError, match="stale_button"):
            database.write(services.answer, callers.person(who, LATER), retest_id=step.retest_id, **wrong)
    with pytest.raises(ConflictError, match="retest_unfinished"):
        database.write(services.finish, callers.person(who, LATER), retest_id=step.retest_id)
    done = walked(database, who, step.attempt_id, LATER, threes)
    with pytest.raises(ConflictError, match="retest_closed"):
        database.write(services.answer, callers.person(who, LATER), retest_id=done.retest_id, item="subject_1", value=1)
    again = database.write(services.finish, callers.person(who, LATER + timedelta(days=1)), retest_id=done.retest_id)
    assert again.done_at == done.done_at


@pytest.fixture
async def doors(database: Database, database_url: str) -> AsyncIterator[list[AsyncDatabase]]:
    """Two doors of the bot's kind, as two processes would have."""
    opened = [AsyncDatabase(database_url), AsyncDatabase(database_url)]
    yield opened
    for door in opened:
        await door.close()


async def test_ten_taps_at_once_begin_answer_and_close_one(database: Database, doors: list[AsyncDatabase]) -> None:
    who = teacher(database)
    attempt_id = complete(database, who).attempt_id
    caller = callers.person(who, LATER)
    steps = await at_once(doors, services.begin, 10, caller, attempt_id=attempt_id, number=0)
    assert len({step.retest_id for step in steps}) == 1
    retest_id = steps[0].retest_id
    answered = await at_once(doors, services.answer, 10, caller, retest_id=retest_id, item="subject_1", value=3)
    assert {step.item.code for step in answered} == {"subject_2"}
    for item in steps[0].content.items:
        database.write(services.answer, caller, retest_id=retest_id, item=item.code, value=3)
    closed = await at_once(doors, services.finish, 10, caller, retest_id=retest_id)
    assert {one.retest_id for one in closed} == {retest_id}
    rows = database.read(
        lambda session: [session.scalar(select(func.count()).select_from(one)) for one in (Retest, RetestAnswer)]
    )
    assert rows == [1, 6]
    assert database.read(lambda session: session.get_one(Retest, retest_id).status) is RetestStatus.DONE


def test_the_journal_has_its_line_for_the_owner_and_the_file_every_answer(database: Database) -> None:
    who = teacher(database)
    attempt_id = complete(database, who).attempt_id
    found = walked(database, who, attempt_id, LATER, lambda item: 1 if item.code == THEN else 3)

    def said(session: Session, reader: PaperReader) -> list[tuple[PaperKind, str, str, str]]:
        lines = papers.lines(session, callers.clock(LATER), person_id=who, reader=reader)
        return [(one.kind, one.note.splitlines()[0], one.role, one.payload) for one in lines]

    line = (PaperKind.RETEST, "50 → 75", "retest_up", f"retest_{found.retest_id}")
    assert database.read(said, PaperReader.OWNER) == [line]
    assert database.read(said, PaperReader.METHODIST) == [], "nobody else was ever shown one"
    (told,) = database.read(personal.export, person_id=who)["retests"]
    assert [(one["about_then"], one["value"]) for one in told["answers"]] == [(False, 3)] * 5 + [(True, 1)]
    assert all(one["words"] for one in told["answers"])
    database.write(personal.forget, callers.clock(LATER), person_id=who)
    assert not database.read(queries.of_result, callers.person(who, LATER), attempt_id=attempt_id)


def test_an_open_one_is_thrown_away_by_its_owner_alone_and_a_done_one_stays(database: Database) -> None:
    who, other = teacher(database), teacher(database, 7002)
    attempt_id, caller = complete(database, who).attempt_id, callers.person(who, LATER)
    step = begin(database, who, attempt_id, LATER, number=1)
    database.write(services.answer, caller, retest_id=step.retest_id, item=step.content.items[0].code, value=3)
    with pytest.raises(NotFoundError):
        database.write(services.drop, callers.person(other, LATER), retest_id=step.retest_id)
    assert database.write(services.drop, caller, retest_id=step.retest_id) == (attempt_id, 1)
    with pytest.raises(NotFoundError):
        database.write(services.drop, caller, retest_id=step.retest_id)
    assert database.read(lambda session: session.scalars(select(RetestAnswer)).all()) == []
    done = walked(database, who, attempt_id, LATER, threes, number=1)
    assert done.compared.now == 75, "the same component the same day: it waits for nothing"
    with pytest.raises(ConflictError, match="retest_closed"):
        database.write(services.drop, caller, retest_id=done.retest_id)


def test_a_need_is_never_asked(database: Database) -> None:
    who = teacher(database)
    step = begin(database, who, complete(database, who, twos).attempt_id, LATER)
    assert not [item for item in step.content.items if item.need]
