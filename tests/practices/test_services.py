"""A practice from its first word to its second year: rules, refusals and two at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.audit.models import AuditEntry
from db.dictionaries.models import Organisation
from db.errors import ConflictError, DomainError, NotFoundError
from db.events.queries import component_names
from db.notices.models import Notice, NoticeStatus
from db.overviews import practice_experts
from db.people.models import Person
from db.practices import experts, queries, services, staff_services, sweeps, trials
from db.practices.models import Practice, PracticeStatus, PracticeTrial, PracticeVerdict
from db.practices.rules import EXPERTS, MOST_DRAFTS, PracticePart
from db.routes.models import RouteItem
from db.scope import StaffRole
from tests.events.support import RULES
from tests.practices.conftest import TOLD, Circle
from tests.requests.conftest import make_member
from tests.support import callers

PUBLISH, RETURN = PracticeVerdict.PUBLISH, PracticeVerdict.RETURN


def test_an_answer_becomes_a_draft_once_and_is_its_authors_alone(circle: Circle) -> None:
    text = "Начните с вопроса. " + "И запишите ответы детей на доске. " * 20
    make = {"person_id": circle.people[0], "text": text, "component": next(iter(circle.database.read(component_names)))}
    first = circle.database.write(services.draft, circle.person(1), **make)
    assert first == circle.database.write(services.draft, circle.person(1), **make)
    row = circle.row(first)
    assert (row.title, row.lesson, row.status) == ("Начните с вопроса", text, PracticeStatus.DRAFT)
    with pytest.raises(NotFoundError):
        circle.database.read(queries.card, circle.person(1), practice_id=first)
    with pytest.raises(NotFoundError):
        circle.database.write(staff_services.take_down, circle.staff, practice_id=first)
    with pytest.raises(DomainError, match="practice_lacks"):
        circle.database.write(services.send, circle.person(), practice_id=first)


def test_parts_are_kept_within_limits_and_only_by_the_author(circle: Circle) -> None:
    number = circle.told(authors="Иванова Мария Петровна, Петров Пётр Ильич\nИванова Мария Петровна")
    card = circle.database.read(queries.card, circle.person(), practice_id=number)
    assert card.authors == ["Смелая Анна Павловна", "Иванова Мария Петровна", "Петров Пётр Ильич"]
    tell = {"practice_id": number, "part": PracticePart.TITLE}
    for text, code in (("мало", "practice_short"), ("д" * 121, "practice_long")):
        with pytest.raises(DomainError, match=code):
            circle.database.write(services.tell, circle.person(), **tell, text=text)
    with pytest.raises(NotFoundError):
        circle.database.write(services.tell, circle.person(1), **tell, text="Чужое название")
    codes = list(circle.database.read(component_names))
    for code in codes[1:3]:
        circle.database.write(services.choose_component, circle.person(), practice_id=number, component=code)
    with pytest.raises(DomainError, match="practice_components"):
        circle.database.write(services.choose_component, circle.person(), practice_id=number, component=codes[3])
    circle.database.write(services.send, circle.person(), practice_id=number)
    with pytest.raises(ConflictError):
        circle.database.write(services.tell, circle.person(), **tell, text="Уже отправлено")


def test_as_many_drafts_as_may_be_and_no_empty_twin(circle: Circle) -> None:
    first = circle.database.write(services.start, circle.person())
    assert first == circle.database.write(services.start, circle.person())
    for number in range(MOST_DRAFTS):
        one = circle.database.write(services.start, circle.person())
        told = {"practice_id": one, "part": PracticePart.TITLE, "text": f"Практика номер {number}"}
        circle.database.write(services.tell, circle.person(), **told)
    with pytest.raises(DomainError, match="practice_drafts"):
        circle.database.write(services.start, circle.person())


def test_two_experts_no_author_no_colleague_and_both_remarks_reach_the_author(circle: Circle) -> None:
    """ACCEPTANCE, sverdlovsk 9."""
    number = circle.sent()
    appoint: dict[str, Any] = {"practice_id": number}
    with pytest.raises(DomainError, match="practice_expert_author"):
        circle.database.write(staff_services.appoint, circle.staff, **appoint, person_id=circle.people[0])
    school = circle.database.read(lambda session: session.scalar(select(Organisation.id)))
    both = update(Person).where(Person.id.in_([circle.people[0], circle.people[3]])).values(organisation_id=school)
    circle.database.write(lambda session: session.execute(both) and None)
    with pytest.raises(DomainError, match="practice_expert_colleague"):
        circle.database.write(staff_services.appoint, circle.staff, **appoint, person_id=circle.people[3])
    for person_id in circle.people[1:3]:
        for _ in range(2):
            circle.database.write(staff_services.appoint, circle.staff, **appoint, person_id=person_id)
    assert circle.row(number).status is PracticeStatus.EXPERTISE
    assert len(circle.said("appointed")) == EXPERTS
    first, second = circle.experts(number)
    with pytest.raises(DomainError, match="practice_waits"):
        circle.database.write(staff_services.decide, circle.staff, practice_id=number, verdict=PUBLISH, said="")
    word = {"verdict": PUBLISH, "remark": "Сильная сторона: говорят сами дети"}
    with pytest.raises(NotFoundError):
        circle.database.write(experts.review, circle.person(3), expert_id=first, **word)
    circle.database.write(experts.review, circle.person(1), expert_id=first, **word)
    with pytest.raises(ConflictError, match="practice_answered"):
        circle.database.write(experts.review, circle.person(1), expert_id=first, **word)
    unseen = circle.database.read(experts.task, circle.person(2), expert_id=second)
    assert (unseen.verdict, unseen.remark) == (None, ""), "the second does not see what the first said"
    with pytest.raises(NotFoundError):
        circle.database.read(experts.task, circle.person(2), expert_id=first)
    circle.database.write(
        staff_services.enter, circle.staff, expert_id=second, verdict=RETURN, remark="Допишите, как оценить ответ"
    )
    done = {"practice_id": number, "verdict": RETURN, "said": "Дополните и пришлите снова"}
    circle.database.write(staff_services.decide, circle.staff, **done)
    assert [(one["decided"], one["said"], one["first_word"], one["second_word"]) for one in circle.said("decided")] == [
        ("return", "Дополните и пришлите снова", "Сильная сторона: говорят сами дети", "Допишите, как оценить ответ")
    ]
    circle.database.write(services.send, circle.person(), practice_id=number)
    entries = select(AuditEntry.action).where(AuditEntry.action.like("practices.%")).order_by(AuditEntry.id)
    told = circle.database.read(lambda session: list(session.scalars(entries)))
    assert told == ["practices.appoint", "practices.appoint", "practices.enter", "practices.decide"]


def test_a_decision_is_taken_back_before_the_author_hears_of_it(circle: Circle) -> None:
    number = circle.published()
    assert circle.database.read(queries.page, text="леснтица вопросв", limit=5).total == 1
    circle.database.write(staff_services.undo, circle.staff, practice_id=number)
    assert circle.row(number).status is PracticeStatus.EXPERTISE
    assert circle.database.read(queries.page, text="лестница вопросов", limit=5).total == 0
    again = {"practice_id": number, "verdict": PUBLISH, "said": ""}
    circle.clock.moment += timedelta(seconds=1)
    circle.database.write(staff_services.decide, circle.staff, **again)
    circle.clock.moment += timedelta(seconds=11)
    with pytest.raises(ConflictError, match="practice_undo_late"):
        circle.database.write(staff_services.undo, circle.staff, practice_id=number)


def test_two_methodists_at_once_appoint_no_third(circle: Circle) -> None:
    number = circle.sent()

    def appoint(person_id: int) -> str:
        try:
            circle.database.write(staff_services.appoint, circle.staff, practice_id=number, person_id=person_id)
        except ConflictError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(appoint, circle.people[1:]))
    assert answers == ["", "", "practice_experts"]
    assert len(circle.experts(number)) == EXPERTS


def test_a_practice_is_tried_as_a_step_and_counts_once_a_person(circle: Circle) -> None:
    number = circle.published()
    with pytest.raises(ConflictError, match="practice_own"):
        circle.database.write(trials.take, circle.person(), practice_id=number)
    item = circle.database.write(trials.take, circle.person(3), practice_id=number)
    assert circle.database.write(trials.take, circle.person(3), practice_id=number).id == item.id
    assert item.text.startswith(TOLD[PracticePart.TITLE])
    assert circle.database.read(lambda session: session.scalar(select(func.count(RouteItem.id)))) == 1

    def apply(word: str) -> None:
        circle.database.write(trials.apply, circle.person(3), practice_id=number, word=word)

    with pytest.raises(DomainError, match="practice_short"):
        apply("да")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(apply, ["Дети спорили весь урок", "Дети спорили и после урока"]))
    assert circle.row(number).adopted == 1
    lines = circle.database.read(lambda session: session.scalar(select(func.count(PracticeTrial.id))))
    assert lines == 1


def test_what_others_apply_comes_first_and_what_nobody_confirms_sinks(circle: Circle) -> None:
    one, two = circle.published(), circle.published(title="Другая лестница вопросов")
    circle.database.write(trials.apply, circle.person(3), practice_id=one, word="Получилось с первого раза")

    def order() -> list[int]:
        return [row.id for row in circle.database.read(queries.page, limit=5).rows]

    def sweep() -> None:
        for part in sweeps.EVERY_MINUTE:
            circle.database.write(part, callers.clock(circle.clock.now()), rules=RULES)

    assert order() == [one, two]
    circle.clock.moment += timedelta(days=340)
    sweep()
    sweep()
    assert sorted(said["practice"] for said in circle.said("still")) == [one, two]
    circle.database.write(services.confirm, circle.person(), practice_id=two, still=True)
    circle.clock.moment += timedelta(days=26)
    sweep()
    assert [circle.row(number).status for number in (one, two)] == [PracticeStatus.SUNK, PracticeStatus.PUBLISHED]
    assert order() == [two, one]
    circle.database.write(trials.apply, circle.person(3), practice_id=one, word="И на второй год получилось")
    assert (circle.row(one).status, circle.row(one).adopted) == (PracticeStatus.PUBLISHED, 1)
    circle.database.write(services.confirm, circle.person(), practice_id=one, still=False)
    assert circle.row(one).status is PracticeStatus.SUNK
    circle.database.write(services.withdraw, circle.person(), practice_id=one)
    assert order() == [two]
    assert circle.database.read(lambda session: session.get_one(Practice, one)).status is PracticeStatus.WITHDRAWN


def test_who_is_taken_down_hears_of_it_and_what_waited_to_be_asked_is_not(circle: Circle) -> None:
    """An author found an own practice gone from the list and was asked in the morning whether it is still done so."""
    one, two, three = circle.published(), circle.published(), circle.published()

    def waiting() -> list[int]:
        query = select(Notice).where(Notice.kind == "practices.still", Notice.status == NoticeStatus.PENDING)
        return [row.params["practice"] for row in circle.database.read(lambda session: session.scalars(query).all())]

    circle.clock.moment += timedelta(days=340)
    for part in sweeps.EVERY_MINUTE:
        circle.database.write(part, callers.clock(circle.clock.now()), rules=RULES)
    assert sorted(waiting()) == [one, two, three]
    for _ in range(2):
        circle.database.write(staff_services.take_down, circle.staff, practice_id=one)
    circle.database.write(trials.apply, circle.person(3), practice_id=two, word="Получилось с первого раза")
    circle.database.write(services.confirm, circle.person(), practice_id=three, still=False)
    assert waiting() == []
    assert [said["practice"] for said in circle.said("taken_down")] == [one]


def test_members_of_a_direction_that_fits_are_asked_first_then_those_of_the_unit(circle: Circle) -> None:
    number, people = circle.told(), circle.people
    circle.database.write(services.choose_component, circle.person(), practice_id=number, component="digital")
    circle.database.write(services.send, circle.person(), practice_id=number)
    for person_id, code in ((people[1], "3"), (people[2], "11"), (people[3], "3")):
        circle.database.write(make_member, person_id=person_id, direction=code, now=circle.clock.now())
    away = update(Person).where(Person.id.in_([people[1], people[2]])).values(municipality_id=None)
    circle.database.write(lambda session: session.execute(away))
    found = circle.database.read(practice_experts.experts_like, circle.staff, practice_id=number, text="")
    assert [person_id for person_id, _ in found] == [people[2], people[3], people[1]]


def test_nobody_decides_on_an_own_practice_or_chooses_and_speaks_for_its_experts(circle: Circle) -> None:
    waits = circle.sent(title="Вопрос недели на полях")
    number = circle.reviewed()
    (expert, *_) = circle.experts(number)
    author, number_of = circle.people[0], circle.staff.scope.staff_id

    def account(session: Session) -> None:
        row = session.get(Staff, number_of) or Staff(id=number_of, login="own", name="Автор")
        row.role, row.person_id, row.created_at = StaffRole.REGIONAL_METHODIST, author, circle.clock.now()
        session.add(row)

    circle.database.write(account)
    with pytest.raises(DomainError, match="practice_decides_own"):
        circle.database.write(staff_services.decide, circle.staff, practice_id=number, verdict=PUBLISH, said="")
    with pytest.raises(DomainError, match="practice_decides_own"):
        circle.database.write(staff_services.appoint, circle.staff, practice_id=waits, person_id=circle.people[3])
    said = {"verdict": PUBLISH, "remark": "Хороший приём, советую всем"}
    with pytest.raises(DomainError, match="practice_decides_own"):
        circle.database.write(staff_services.enter, circle.staff, expert_id=expert, **said)
    with pytest.raises(DomainError, match="practice_decides_own"):
        circle.database.write(staff_services.dismiss, circle.staff, expert_id=expert)
    assert circle.row(waits).status is PracticeStatus.SENT
    assert circle.row(number).status is PracticeStatus.EXPERTISE
