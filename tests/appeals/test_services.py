"""Appeals on both databases: the term, whose words, who answers, races, what is left after an erasure."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from db import erasure
from db.accounts.models import Staff
from db.appeals import queries, services, staff_queries, staff_services, sweeps
from db.appeals.models import Appeal, AppealStatus
from db.appeals.queries import AppealView
from db.applications import bulk
from db.applications import staff_services as applications
from db.applications.models import Application, ApplicationStatus, Campaign, Decision, Verdict
from db.audit.models import AuditEntry
from db.dictionaries.rules import Rules
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.notices.models import Notice, NoticeStatus
from db.people.models import Person
from db.scope import Scope, StaffRole
from tests.applications.support import World
from tests.applications.test_services import at_once
from tests.support import callers

TEXT = "Справка об оценке приложена, её могли не заметить."
ANSWER = "Справку посмотрели: в ней другой год."
DAY = timedelta(days=1)


def refused(world: World, person_id: int, judge: Scope) -> int:
    dossier = world.submitted(person_id)
    world.database.write(
        applications.decide,
        callers.staff(judge, world.now),
        application_id=dossier.id,
        verdict=Verdict.REJECT,
        revision=dossier.revision,
        reasons=[1, 2],
    )
    return dossier.id


def file(world: World, person_id: int, application_id: int, text: str = TEXT, days: int = 1) -> AppealView:
    asked = callers.person(person_id, world.now + days * DAY)
    return world.database.write(services.file, asked, application_id=application_id, text=text)


def answer(world: World, judge: Scope, *, uphold: bool, appeal_id: int | None = None, text: str = ANSWER) -> None:
    number = appeal_id or world.database.read(lambda session: session.scalars(select(Appeal.id)).one())
    asked = callers.staff(judge, world.now + 2 * DAY)
    world.database.write(staff_services.answer, asked, appeal_id=number, uphold=uphold, text=text)


def told(world: World, kind: str) -> list[Notice]:
    return world.database.read(
        lambda session: list(session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)))
    )


def test_the_refusal_says_one_next_step_and_until_when_one_may_appeal(world: World) -> None:
    person_id = world.teacher()
    refused(world, person_id, world.staff())
    (said,) = told(world, "applications.decided")
    assert said.params["step"][1] == "events" and "занятие" in said.params["step"][0]
    assert said.params["appeal_until"] == "2026-03-12"


def test_an_appeal_is_filed_once_within_its_term_and_may_be_taken_back(world: World) -> None:
    person_id, other = world.teacher(), world.teacher(2002, "Другова Анна Петровна")
    application_id = refused(world, person_id, world.staff())
    with pytest.raises(NotFoundError):
        file(world, other, application_id)
    for text, code in (("Нет!", "appeal_short"), ("а" * 1001, "appeal_long")):
        with pytest.raises(DomainError) as refusal:
            file(world, person_id, application_id, text)
        assert refusal.value.code == code
    with pytest.raises(DomainError) as late:
        file(world, person_id, application_id, days=11)
    assert late.value.code == "appeal_late" and late.value.params["day"] == "12.03.2026"
    view = file(world, person_id, application_id, days=10)
    assert view.status is AppealStatus.WAITING and not view.may and view.due_at is not None
    with pytest.raises(ConflictError) as there:
        file(world, person_id, application_id)
    assert there.value.code == "appeal_there"
    asked = callers.person(person_id, world.now + DAY)
    back = world.database.write(services.withdraw, asked, application_id=application_id)
    assert back.status is AppealStatus.WITHDRAWN and back.may
    world.database.write(services.withdraw, asked, application_id=application_id)
    assert file(world, person_id, application_id, "Передумала: посмотрите справку.").status is AppealStatus.WAITING


def test_nothing_is_looked_at_again_without_a_refusal_or_without_terms(world: World) -> None:
    person_id = world.teacher()
    dossier = world.submitted(person_id)
    with pytest.raises(DomainError, match="appeal_none"):
        file(world, person_id, dossier.id)
    other = world.teacher(2002, "Другова Анна Петровна")
    application_id = refused(world, other, world.staff())
    values = {"appeal_days": None, "answer_days": None}
    world.database.write(lambda session: session.execute(update(Campaign).values(**values)))
    with pytest.raises(DomainError, match="appeal_none"):
        file(world, other, application_id)
    view = world.database.read(queries.of_application, callers.person(other, world.now), application_id=application_id)
    assert (view.until, view.may, view.status) == (None, False, None)


def test_an_upheld_one_makes_the_application_wait_again_by_somebody_else(world: World) -> None:
    person_id, judge, colleague = world.teacher(), world.staff(), world.staff("vtoroy")
    application_id = refused(world, person_id, judge)
    heard = update(Notice).where(Notice.kind == "applications.decided").values(status=NoticeStatus.SENT)
    world.database.write(lambda session: session.execute(heard))
    file(world, person_id, application_id)
    with pytest.raises(DomainError, match="appeal_own_decision"):
        answer(world, judge, uphold=True)
    town = world.staff("gorod", StaffRole.MUNICIPAL_METHODIST, "chelyabinsky-go")
    with pytest.raises(ForbiddenError):
        answer(world, town, uphold=True)
    with pytest.raises(DomainError, match="appeal_answer"):
        answer(world, colleague, uphold=True, text=" ")
    answer(world, colleague, uphold=True)
    row = world.database.read(lambda session: session.get_one(Application, application_id))
    assert row.status is ApplicationStatus.SUBMITTED and row.decided_at is None
    (said,) = told(world, "applications.reopened")
    assert (said.person_id, said.params["reason"]) == (person_id, ANSWER)
    with pytest.raises(ConflictError) as late:
        answer(world, judge, uphold=False)
    assert (late.value.code, late.value.params["name"]) == ("appeal_upheld_by", "Методист vtoroy")
    actions = world.database.read(
        lambda session: session.scalars(select(AuditEntry.action).where(AuditEntry.object_type == "appeal")).all()
    )
    assert actions == ["appeals.filed", "appeals.uphold"]


def decide(world: World, judge: Scope, application_id: int, verdict: Verdict = Verdict.REJECT) -> None:
    revision = world.database.read(lambda session: session.get_one(Application, application_id)).revision
    world.database.write(
        applications.decide,
        callers.staff(judge, world.now + 2 * DAY),
        application_id=application_id,
        verdict=verdict,
        revision=revision,
        comment="Решение",
    )


@pytest.mark.parametrize("taken_up", ["appeal", "hand"])
def test_who_refused_decides_no_more_once_it_is_looked_at_again(world: World, taken_up: str) -> None:
    """After an upheld appeal the same person refused again; an administrator could take it up for oneself."""
    person_id, judge, colleague = world.teacher(), world.staff(role=StaffRole.ADMINISTRATOR), world.staff("vtoroy")
    application_id = refused(world, person_id, judge)
    heard = update(Notice).where(Notice.kind == "applications.decided").values(status=NoticeStatus.SENT)
    world.database.write(lambda session: session.execute(heard))
    file(world, person_id, application_id)
    if taken_up == "appeal":
        answer(world, colleague, uphold=True)
    else:
        own = callers.staff(judge, world.now + 2 * DAY)
        world.database.write(applications.reopen, own, application_id=application_id, reason="Новые сведения")
        world.database.write(sweeps.close_taken_up, callers.clock(world.now + 2 * DAY), rules=Rules())
    assert told(world, "applications.reopened")[0].params["another"] is True
    for verdict in Verdict:
        with pytest.raises(DomainError, match="verdict_again"):
            decide(world, judge, application_id, verdict)
    own = callers.staff(judge, world.now + 2 * DAY)
    together = world.database.read(bulk.returnable, own, application_ids=[application_id])
    assert (together.ids, together.own) == ((), 1)
    decide(world, colleague, application_id)  # whoever answered had nothing to do with the refusal
    file(world, person_id, application_id, days=3)
    newest = world.database.read(lambda session: session.scalar(select(Appeal.id).order_by(Appeal.id.desc())))
    for once in (judge, colleague):
        with pytest.raises(DomainError, match="appeal_own_decision"):
            answer(world, once, uphold=False, appeal_id=newest)
    answer(world, world.staff("treti"), uphold=False, appeal_id=newest)


def test_a_slip_of_the_hand_is_nobodys_word(world: World) -> None:
    person_id, judge = world.teacher(), world.staff()
    application_id = refused(world, person_id, judge)
    asked = callers.staff(judge, world.now)
    decision = world.database.read(lambda session: session.scalars(select(Decision.id)).one())
    world.database.write(applications.undo, asked, decision_id=decision)
    decide(world, judge, application_id, Verdict.APPROVE)


def test_a_dismissed_one_is_explained_and_the_refusal_stays(world: World) -> None:
    person_id, colleague = world.teacher(), world.staff("vtoroy")
    application_id = refused(world, person_id, world.staff())
    file(world, person_id, application_id)
    answer(world, colleague, uphold=False)
    (said,) = told(world, "appeals.dismissed")
    assert (said.person_id, said.params["answer"]) == (person_id, ANSWER)
    view = world.database.read(
        queries.of_application, callers.person(person_id, world.now + 2 * DAY), application_id=application_id
    )
    assert (view.status, view.answer, view.may) == (AppealStatus.DISMISSED, ANSWER, False)
    with pytest.raises(ConflictError, match="appeal_there"):
        file(world, person_id, application_id, days=3)


def test_of_many_who_answer_at_once_one_is_heard(world: World) -> None:
    person_id = world.teacher()
    application_id = refused(world, person_id, world.staff())
    file(world, person_id, application_id)
    colleagues = [world.staff(f"metodist{place}") for place in range(4)]
    results = at_once(4, lambda place: answer(world, colleagues[place], uphold=bool(place % 2)))
    lost = [one for one in results if isinstance(one, ConflictError)]
    assert len(lost) == 3 and {one.code for one in lost} <= {"appeal_upheld_by", "appeal_dismissed_by"}


def test_one_that_the_teacher_took_back_is_not_answered(world: World) -> None:
    person_id, colleague = world.teacher(), world.staff("vtoroy")
    application_id = refused(world, person_id, world.staff())
    file(world, person_id, application_id)
    asked = callers.person(person_id, world.now + DAY)
    world.database.write(services.withdraw, asked, application_id=application_id)
    with pytest.raises(ConflictError, match="appeal_moved_on"):
        answer(world, colleague, uphold=True)
    page = world.database.read(staff_queries.appeals, callers.staff(colleague, world.now))
    assert (page.total, page.waiting) == (0, 0)


def test_staff_hear_once_a_day_before_the_term_but_not_who_refused(world: World) -> None:
    person_id, judge, colleague = world.teacher(), world.staff(), world.staff("vtoroy")
    people = {scope.staff_id: world.teacher(3000 + scope.staff_id, "Методистова Ольга") for scope in (judge, colleague)}
    for staff_id, number in people.items():
        world.database.write(
            lambda session, staff_id=staff_id, number=number: session.execute(
                update(Staff).where(Staff.id == staff_id).values(person_id=number)
            )
        )
    file(world, person_id, refused(world, person_id, judge), days=1)
    due = world.database.read(lambda session: session.scalars(select(Appeal.due_at)).one())
    for moment, count in ((due - 2 * DAY, 0), (due - DAY, 1), (due - DAY / 2, 1)):
        world.database.write(sweeps.remind_staff, callers.clock(moment), rules=Rules())
        assert [one.person_id for one in told(world, "appeals.due")] == [people[colleague.staff_id]] * count


def test_what_was_taken_up_by_hand_needs_no_answer(world: World) -> None:
    person_id, admin = world.teacher(), world.staff("admin", StaffRole.ADMINISTRATOR)
    application_id = refused(world, person_id, world.staff())
    file(world, person_id, application_id)
    asked = callers.staff(admin, world.now + 2 * DAY)
    world.database.write(applications.reopen, asked, application_id=application_id, reason="Новые сведения")
    with pytest.raises(ConflictError, match="appeal_moved_on"):  # else «the refusal stands», which there is no more
        answer(world, world.staff("vtoroy"), uphold=False)
    world.database.write(sweeps.close_taken_up, callers.clock(world.now + 2 * DAY), rules=Rules())
    row = world.database.read(lambda session: session.scalars(select(Appeal)).one())
    assert (row.status, row.answered_by) == (AppealStatus.UPHELD, None)


def test_words_of_both_sides_go_with_the_person_and_the_number_stays(world: World) -> None:
    person_id, colleague = world.teacher(), world.staff("vtoroy")
    file(world, person_id, refused(world, person_id, world.staff()))
    answer(world, colleague, uphold=False)
    found = world.database.read(erasure.export, person_id=person_id)["appeals"]
    assert [(one["text"], one["answer"]) for one in found] == [(TEXT, ANSWER)]
    world.database.write(erasure.erase, callers.clock(world.now), person_id=person_id, requested_by="person")
    row = world.database.read(lambda session: session.scalars(select(Appeal)).one())
    assert (row.text, row.answer, row.status) == (None, None, AppealStatus.DISMISSED)
    assert ANSWER not in str([one.params for one in told(world, "appeals.dismissed")])
    assert world.database.read(lambda session: session.get_one(Person, person_id)).erased_at is not None
