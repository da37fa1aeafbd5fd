"""The walk, the result, sharing and reminders by use cases, on both databases."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.audit.models import AuditEntry
from db.database import Database
from db.diagnostics import offering, personal, queries, services, sweeps
from db.diagnostics.models import Answer, Attempt, ComponentScore
from db.diagnostics.notices import FINISHED
from db.diagnostics.queries import Result
from db.diagnostics.services import ResultReader
from db.dictionaries.models import Municipality
from db.dictionaries.queries import rules as region_rules
from db.dictionaries.staff_services import change_rules
from db.errors import DomainError, NotFoundError
from db.notices.models import Notice, NoticeStatus
from db.people.models import Person
from db.people.services import change_reminders
from db.scope import Scope, StaffRole
from tests.diagnostics.walking import NOW, answer, complete, finish, start, teacher, walk
from tests.support import callers
from tests.support.town import block, on_paper_only

ADMIN = callers.staff(Scope(1, StaffRole.ADMINISTRATOR, None), NOW)
MENTOR = callers.person(1)


@pytest.fixture
def person(database: Database) -> int:
    return teacher(database)


def rows(session: Session) -> list[tuple[Any, ...]]:
    found = session.execute(select(Answer.attempt_id, Answer.item, Answer.value).order_by(Answer.item))
    return [tuple(row) for row in found]


def refused(action: Any, *args: Any) -> str:
    with pytest.raises(DomainError) as caught:
        action(*args)
    return caught.value.code


# --- the walk -------------------------------------------------------------------------------------------------------


def test_starting_twice_is_one_attempt(database: Database, person: int) -> None:
    assert start(database, person).attempt_id == start(database, person).attempt_id


def test_an_answer_gives_the_next_question(database: Database, person: int) -> None:
    step = start(database, person)
    assert step.item is not None and step.item.code == "subject_1"
    step = answer(database, person, step.attempt_id, "subject_1", 3)
    assert step.item is not None and step.item.code == "subject_2"
    assert step.answers == {"subject_1": 3}


def test_the_same_tap_twice_is_one_answer(database: Database, person: int) -> None:
    attempt = start(database, person).attempt_id
    once = answer(database, person, attempt, "subject_1", 3)
    before = database.read(rows)
    assert answer(database, person, attempt, "subject_1", 3) == once
    assert database.read(rows) == before


def test_an_answer_is_changed_and_the_walk_goes_on_where_it_was(database: Database, person: int) -> None:
    attempt = start(database, person).attempt_id
    for item in ("subject_1", "subject_2", "subject_3"):
        answer(database, person, attempt, item, 2)
    step = answer(database, person, attempt, "subject_1", None)
    assert step.item is not None and step.item.code == "subject_4"
    assert step.answers["subject_1"] is None


def test_coming_back_leads_to_the_next_unanswered(database: Database, person: int) -> None:
    attempt = start(database, person).attempt_id
    answer(database, person, attempt, "subject_1", 2)
    step = start(database, person, NOW + timedelta(days=30))
    assert step.attempt_id == attempt
    assert step.item is not None and step.item.code == "subject_2"


def test_somebody_elses_attempt_is_not_found(database: Database, person: int) -> None:
    attempt, other = start(database, person).attempt_id, teacher(database, 7002)
    start(database, other)
    assert refused(answer, database, other, attempt, "subject_1", 2) == "not_found"
    assert refused(answer, database, person, 10**6, "subject_1", 2) == "not_found"
    assert refused(finish, database, other, attempt) == "not_found"
    with pytest.raises(NotFoundError):
        database.read(queries.step, callers.person(other), attempt_id=attempt)
    assert database.read(rows) == []


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("nothing", 2),
        *(("subject_1", value) for value in (6, -1)),
        *(("subject_need", value) for value in (4, 5, None)),
    ],
)
def test_a_forged_answer_leaves_nothing(database: Database, person: int, item: str, value: int | None) -> None:
    attempt = start(database, person).attempt_id
    assert refused(answer, database, person, attempt, item, value) == "stale_button"
    assert database.read(rows) == []


def test_a_closed_attempt_takes_no_more_answers(database: Database, person: int) -> None:
    attempt = complete(database, person).attempt_id
    before = database.read(rows)
    assert refused(answer, database, person, attempt, "subject_1", 4) == "diagnostics_closed"
    assert database.read(rows) == before


def test_two_people_walk_independently(database: Database, person: int) -> None:
    other = teacher(database, 7002)
    mine, theirs = start(database, person).attempt_id, start(database, other).attempt_id
    answer(database, person, mine, "subject_1", 0)
    assert answer(database, other, theirs, "subject_1", 4).answers == {"subject_1": 4}


# --- the result -----------------------------------------------------------------------------------------------------


def test_closing_too_soon_is_refused(database: Database, person: int) -> None:
    attempt = start(database, person).attempt_id
    answer(database, person, attempt, "subject_1", 2)
    assert refused(finish, database, person, attempt) == "diagnostics_unfinished"


def test_closing_writes_scores_with_the_municipality_of_that_day(database: Database, person: int) -> None:
    attempt = walk(database, person, lambda item: 3 if item.need else 1 if item.component == "digital" else 3)
    result = finish(database, person, attempt)
    assert [line.component.code for line in result.priorities] == ["digital", "subject"]
    scores = database.read(lambda session: list(session.scalars(select(ComponentScore))))
    home = database.read(lambda session: session.get(Person, person))
    assert home is not None and {score.municipality_id for score in scores} == {home.municipality_id}
    assert len(scores) == 6 and all(score.latest for score in scores)
    digital = next(score for score in scores if score.component == "digital")
    assert (digital.level, digital.deficit, digital.need, digital.priority) == (25, 75, 3, pytest.approx(82.5))
    assert digital.borderline and digital.point_deficits == [f"digital_{number}" for number in (7, 2, 3, 6, 5)]


def test_moving_away_later_changes_no_report(database: Database, person: int) -> None:
    complete(database, person)
    before = database.read(lambda session: set(session.scalars(select(ComponentScore.municipality_id))))

    def move(session: Session) -> None:
        session.get_one(Person, person).municipality_id = session.scalars(
            select(Municipality.id).where(Municipality.code == "plastovsky-mr")
        ).one()

    database.write(move)
    assert database.read(lambda session: set(session.scalars(select(ComponentScore.municipality_id)))) == before


def test_closing_twice_is_one_result(database: Database, person: int) -> None:
    attempt = complete(database, person).attempt_id
    again = finish(database, person, attempt, NOW + timedelta(days=1))
    assert again.completed_at == NOW
    owed = database.read(lambda session: list(session.scalars(select(Notice.kind))))
    assert owed == [FINISHED]
    assert len(database.read(lambda session: list(session.scalars(select(ComponentScore))))) == 6


def test_the_next_result_stands_beside_the_former_and_becomes_the_latest(database: Database, person: int) -> None:
    first = complete(database, person)
    later = NOW + timedelta(days=100)
    second = complete(database, person, lambda item: 1 if item.need else 3, later)
    assert [line.change for line in second.components] == [25] * 6
    assert (second.previous_at, second.last) == (NOW, True)
    latest = database.read(
        lambda session: set(session.scalars(select(ComponentScore.attempt_id).where(ComponentScore.latest)))
    )
    assert latest == {second.attempt_id}
    old = own_result(database, person, first.attempt_id)
    assert (old.previous_at, old.last) == (None, False)
    listed = database.read(offering.history, callers.person(person))
    assert [(row.attempt_id, row.mean) for row in listed] == [(second.attempt_id, 75), (first.attempt_id, 50)]


def own_result(database: Database, person: int, attempt: int) -> Result:
    return database.read(queries.result, callers.person(person), attempt_id=attempt)


def test_a_result_is_nobody_elses(database: Database, person: int) -> None:
    attempt = complete(database, person).attempt_id
    other = teacher(database, 7002)
    with pytest.raises(NotFoundError):
        own_result(database, other, attempt)
    assert database.read(offering.history, callers.person(other)) == []


def test_moved_cuts_change_the_words_not_the_numbers(database: Database, person: int) -> None:
    attempt = complete(database, person).attempt_id
    before = own_result(database, person, attempt).components[0]
    database.write(change_rules, ADMIN, values={"deficit_cuts": [10, 20, 30]})
    after = own_result(database, person, attempt).components[0]
    assert before.level is not None and after.level is not None
    assert (before.level.code, after.level.code) == ("confident", "start")
    assert (before.score.level, before.score.borderline) == (after.score.level, True)
    assert not after.score.borderline


# --- again ----------------------------------------------------------------------------------------------------------


def test_again_only_after_the_rules_days(database: Database, person: int) -> None:
    complete(database, person)
    with pytest.raises(DomainError) as early:
        start(database, person, NOW + timedelta(days=89))
    assert (early.value.code, early.value.params["day"]) == ("diagnostics_too_early", date(2026, 5, 31))
    # The local day counts: 31 May begins in Chelyabinsk at 19:00 UTC of the 30th.
    midnight = NOW.replace(month=5, day=30, hour=19)
    assert refused(start, database, person, midnight - timedelta(minutes=1)) == "diagnostics_too_early"
    assert start(database, person, midnight).attempt_id


def test_the_wait_is_the_regions_rule(database: Database, person: int) -> None:
    complete(database, person)
    database.write(change_rules, ADMIN, values={"retest_days": 10})
    assert start(database, person, NOW + timedelta(days=10)).item is not None


def test_home_opens_what_is_due(database: Database, person: int) -> None:
    def home() -> queries.DiagnosticsHome:
        return database.read(queries.home, callers.person(person, NOW))

    assert home().questionnaire is not None
    step = start(database, person)
    assert home().step == step
    complete(database, person)
    result = home().result
    assert result is not None and result.retest_on == date(2026, 5, 31)


# --- who sees it ----------------------------------------------------------------------------------------------------


def share(database: Database, person: int, attempt: int, audience: ResultReader, opened: bool) -> Result:
    return database.write(
        services.set_sharing, callers.person(person, NOW), attempt_id=attempt, audience=audience, opened=opened
    )


def test_a_result_is_closed_until_its_owner_opens_it(database: Database, person: int) -> None:
    result = complete(database, person)
    assert (result.shared_with_mentor, result.shared_with_methodist) == (False, False)
    assert database.read(queries.opened_to_mentor, MENTOR, person_id=person) is None
    assert share(database, person, result.attempt_id, ResultReader.MENTOR, True).shared_with_mentor
    assert database.read(queries.opened_to_mentor, MENTOR, person_id=person) is not None
    share(database, person, result.attempt_id, ResultReader.MENTOR, False)
    assert database.read(queries.opened_to_mentor, MENTOR, person_id=person) is None


def test_an_opened_result_does_not_give_the_closed_one_before_it_away(database: Database, person: int) -> None:
    first = complete(database, person)
    second = complete(database, person, lambda item: 1 if item.need else 3, NOW + timedelta(days=100))
    share(database, person, second.attempt_id, ResultReader.MENTOR, True)
    seen = database.read(queries.opened_to_mentor, MENTOR, person_id=person)
    assert seen is not None and seen.previous_at is None
    assert all(line.change is None and line.before is None for line in seen.components)
    share(database, person, first.attempt_id, ResultReader.MENTOR, True)
    seen = database.read(queries.opened_to_mentor, MENTOR, person_id=person)
    assert seen is not None and [line.change for line in seen.components] == [25] * 6


def test_opening_twice_is_noted_once(database: Database, person: int) -> None:
    attempt = complete(database, person).attempt_id
    share(database, person, attempt, ResultReader.METHODIST, True)
    share(database, person, attempt, ResultReader.METHODIST, True)
    noted = database.read(
        lambda session: list(session.scalars(select(AuditEntry.action).where(AuditEntry.subject_person_id == person)))
    )
    assert noted == ["diagnostics.opened"]


def test_nobody_opens_a_foreign_or_unfinished_result(database: Database, person: int) -> None:
    attempt = start(database, person).attempt_id
    assert refused(share, database, person, attempt, ResultReader.MENTOR, True) == "not_found"
    closed, other = complete(database, person).attempt_id, teacher(database, 7002)
    assert refused(share, database, other, closed, ResultReader.METHODIST, True) == "not_found"


# --- reminders ------------------------------------------------------------------------------------------------------

UNASKED = select(Notice).where(Notice.kind != FINISHED)


def sweep(database: Database, **later: float) -> list[tuple[str, bool]]:
    """Sweeps at NOW + later; all notices so far."""

    def run(session: Session) -> None:
        sweeps.sweep(session, callers.clock(NOW + timedelta(**later)), rules=region_rules(session))

    database.write(run)
    return database.read(
        lambda session: [(row.kind, row.expected) for row in session.scalars(UNASKED.order_by(Notice.id))]
    )


def test_an_unfinished_attempt_is_mentioned_once_after_two_quiet_days(database: Database, person: int) -> None:
    attempt = start(database, person).attempt_id
    answer(database, person, attempt, "subject_1", 2, NOW + timedelta(days=1))
    assert sweep(database, days=2) == []
    assert sweep(database, days=3) == [("diagnostics.unfinished", False)]
    assert len(sweep(database, days=4)) == len(sweep(database, days=40)) == 1


def test_finishing_takes_the_unsent_word_back(database: Database, person: int) -> None:
    attempt = walk(database, person)
    sweep(database, days=3)
    finish(database, person, attempt, NOW + timedelta(days=3))
    assert database.read(lambda session: session.scalars(UNASKED).one()).status is NoticeStatus.CANCELLED


def test_half_a_year_later_there_is_one_reminder(database: Database, person: int) -> None:
    complete(database, person)
    assert sweep(database, days=182) == []
    assert sweep(database, days=183) == [("diagnostics.retest", False)]
    assert len(sweep(database, days=184)) == 1


def test_who_came_back_earlier_is_not_reminded(database: Database, person: int) -> None:
    complete(database, person)
    start(database, person, NOW + timedelta(days=182))
    assert sweep(database, days=183) == []


def unwilling(session: Session, *, person_id: int) -> None:
    change_reminders(session, callers.person(person_id), wanted=False)


@pytest.mark.parametrize("deed", [unwilling, partial(block, at=NOW), on_paper_only])
def test_who_cannot_or_will_not_hear_is_left_alone(database: Database, person: int, deed: Callable[..., None]) -> None:
    complete(database, person)
    database.write(deed, person_id=person)
    assert sweep(database, days=183) == []
    assert database.read(lambda session: session.scalars(select(Attempt.reminded_at)).one()) is not None


def test_storage_of_scores_needs_a_closed_attempt(database: Database) -> None:
    with pytest.raises(ValueError, match="closed"):
        services.score_row(Attempt(), None, None, form="")  # type: ignore[arg-type]


def test_the_file_has_every_question_and_answer_in_words(database: Database) -> None:
    person_id = teacher(database)
    walk(database, person_id)
    found = database.read(personal.export, person_id=person_id)["attempts"][0]["answers"]
    assert len(found) == 36
    assert [one["question"] for one in found if "_" in one["question"]] == []
    assert [one for one in found if not one["words"]] == []
