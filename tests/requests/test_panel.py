"""The service's page of requests: what is late, giving on, answering, keeping what helped others; and who may."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select, update

from db.accounts.models import Staff
from db.audit.models import AuditEntry
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.people.models import Person
from db.requests import handover, queries, services, staff_services
from db.requests.models import RequestStatus
from db.scope import Scope, StaffRole
from tests.requests.conftest import AWAY, HOME, QUESTION, Desk
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel

STAFF: dict[str, tuple[StaffRole, tuple[str, ...]]] = {
    "region": (StaffRole.REGIONAL_METHODIST, ()),
    "town": (StaffRole.MUNICIPAL_METHODIST, (HOME,)),
    "away": (StaffRole.MUNICIPAL_METHODIST, (AWAY,)),
    "reader": (StaffRole.READER, ()),
}
REGION = Scope(staff_id=1, role=StaffRole.REGIONAL_METHODIST, municipality_ids=None)


@pytest.fixture
def enter(desk: Desk, tmp_path: Path) -> Callable[[str], Visitor]:
    for login, (role, places) in STAFF.items():
        desk.database.write(add_staff, login=login, role=role, municipalities=places, now=desk.clock.now())
    app: Flask = make_panel(desk.database, desk.clock, tmp_path)

    def sign_in(login: str) -> Visitor:
        visitor = Visitor(app)
        assert visitor.sign_in(login).status_code == 302
        return visitor

    return sign_in


def actions(desk: Desk) -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.action.startswith("requests.")).order_by(AuditEntry.id)
    return list(desk.database.read(lambda session: session.scalars(query).all()))


def test_what_is_late_stands_on_its_page_until_it_is_answered(desk: Desk, enter: Callable[[str], Visitor]) -> None:
    member = desk.member()
    request_id = desk.ask()
    assert QUESTION in enter("town").text("/requests/")
    assert QUESTION not in enter("town").text("/requests/?late=1")
    assert "ждёт службу" not in enter("town").text("/")
    desk.clock.moment = (desk.row(request_id).due_at or desk.clock.moment) + timedelta(minutes=1)
    desk.sweep()
    visitor = enter("town")
    assert "запрос на помощь ждёт службу" in visitor.text("/")
    for path in ("/requests/?late=1", "/requests/?late=1&q=самопровер", f"/requests/{request_id}"):
        page = visitor.text(path)
        assert QUESTION in page
        assert "Срок вышел" in page or "Ответ обещали" in page
        assert "requests.panel" not in page
    book = openpyxl.load_workbook(io.BytesIO(visitor.get("/requests.xlsx?late=1").data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 2 and QUESTION in rows[1]
    assert QUESTION not in enter("away").text("/requests/")
    assert enter("away").get(f"/requests/{request_id}").status_code == 404
    assert enter("reader").get("/requests/").status_code == 403
    assert member


def test_a_methodist_gives_answers_and_closes_each_with_a_line_of_the_journal(
    desk: Desk, enter: Callable[[str], Visitor]
) -> None:
    first, second = desk.member(), desk.member(direction="2")
    request_id = desk.ask()
    visitor = enter("town")
    assert "Знающая" in visitor.text(f"/requests/{request_id}")
    given = visitor.post(f"/requests/{request_id}/give", data={"person": second})
    assert given.status_code == 302
    assert desk.row(request_id).assignee_id == second
    assert "given" in desk.said(second) and first != second
    visitor.post(f"/requests/{request_id}/answer", data={"text": "Ответ службы, звоните +7 912 345-67-89"})
    row = desk.row(request_id)
    assert (row.status, row.assignee_id) == (RequestStatus.ANSWERED, None)
    card = desk.database.read(queries.card, desk.by(desk.asker), request_id=request_id)
    assert card.said[-1].text == "Ответ службы, звоните •••"
    visitor.post(f"/requests/{request_id}/close")
    assert desk.row(request_id).status is RequestStatus.CLOSED
    written = [one for one in actions(desk) if one not in ("requests.read", "requests.list")]
    assert written == ["requests.reassign", "requests.answer", "requests.close"]


def test_a_good_answer_is_offered_to_the_next_asker_first(desk: Desk, enter: Callable[[str], Visitor]) -> None:
    desk.member()
    request_id = desk.ask()
    desk.answer(request_id)
    visitor = enter("town")
    visitor.post(f"/requests/{request_id}/keep", data={"question": "Самопроверка в 5 классе", "answer": "Образец."})
    other = desk.by(desk.teacher())
    desk.database.write(services.begin, other, topic=desk.topic)
    draft = desk.database.read(queries.home, other).draft
    assert draft is not None
    ((line, question),) = draft.known
    assert question == "Самопроверка в 5 классе"
    for _ in range(2):  # a second tap counts nothing
        desk.database.write(services.was_enough, other, line_id=line)
    assert desk.database.read(queries.home, other).draft is None
    page = visitor.text("/requests/answers/")
    assert "Самопроверка" in page and "requests.panel" not in page
    assert ">1<" in page.replace("</td>", "<")
    visitor.post(f"/requests/answers/{line}", data={"active": "0"})
    with pytest.raises(NotFoundError):
        desk.database.read(queries.known_line, line_id=line)
    assert [one for one in actions(desk) if "answer" in one] == ["requests.keep_answer", "requests.offer_answer"]


def test_nobody_answers_an_own_question_in_the_services_name(desk: Desk) -> None:
    """It counted as a question that the service had answered."""
    desk.member()
    request_id, now = desk.ask(), desk.clock.now()
    asker = {"person_id": desk.row(request_id).person_id}
    for login in ("asker", "other"):
        desk.database.write(add_staff, login=login, role=StaffRole.REGIONAL_METHODIST, now=now)
    tied = update(Staff).where(Staff.login == "asker").values(**asker)
    desk.database.write(lambda session: session.execute(tied))
    accounts = desk.database.read(lambda session: session.scalars(select(Staff.id).order_by(Staff.id)).all())
    mine, other = (
        callers.staff(Scope(staff_id=number, role=StaffRole.REGIONAL_METHODIST, municipality_ids=None), now)
        for number in accounts
    )
    with pytest.raises(DomainError, match="requests_own"):
        desk.database.write(staff_services.answer, mine, request_id=request_id, text="Ответ")
    assert desk.row(request_id).status is not RequestStatus.ANSWERED
    desk.database.write(staff_services.answer, other, request_id=request_id, text="Ответ")
    assert desk.row(request_id).status is RequestStatus.ANSWERED


def test_what_a_methodist_may_not_is_refused(desk: Desk) -> None:
    member = desk.member()
    request_id = desk.ask()
    region = callers.staff(REGION, desk.clock.now())
    reader = callers.staff(Scope(staff_id=2, role=StaffRole.READER, municipality_ids=None), desk.clock.now())
    away = Scope(staff_id=3, role=StaffRole.MUNICIPAL_METHODIST, municipality_ids=frozenset({desk.place_of(AWAY)}))
    for unfit in (desk.asker, desk.teacher(), member):
        with pytest.raises(DomainError, match="requests_unfit"):
            desk.database.write(staff_services.reassign, region, request_id=request_id, person_id=unfit)
    for caller, error in ((reader, ForbiddenError), (callers.staff(away, desk.clock.now()), NotFoundError)):
        with pytest.raises(error):
            desk.database.write(staff_services.answer, caller, request_id=request_id, text="Ответ")
        with pytest.raises(error):
            desk.database.write(staff_services.close, caller, request_id=request_id)
    for words in ({"question": "", "answer": "А"}, {"question": "я" * 301, "answer": "А"}):
        with pytest.raises(DomainError, match="requests_line"):
            desk.database.write(staff_services.keep_answer, region, request_id=request_id, **words)
    desk.database.write(staff_services.close, region, request_id=request_id)
    with pytest.raises(ConflictError, match="requests_over"):
        desk.database.write(staff_services.answer, region, request_id=request_id, text="Ответ")
    assert desk.database.read(lambda session: session.get_one(Person, member)).erased_at is None


def test_who_leaves_has_requests_given_over_by_name(desk: Desk) -> None:
    leaving, taker = desk.member(), desk.member(direction="1")
    request_id = desk.ask()
    assert desk.row(request_id).assignee_id == leaving
    region = callers.staff(REGION, desk.clock.now())
    (affair,) = desk.database.read(handover.held, region, person_id=leaving)
    assert affair.id == request_id and [(one.person_id, one.colleague) for one in affair.takers] == [(taker, True)]
    assert leaving in desk.database.read(lambda session: session.scalars(handover.holders(region)).all())
    desk.database.write(handover.hand_over, region, held_id=request_id, to_person_id=taker)
    assert desk.row(request_id).assignee_id == taker
    with pytest.raises(DomainError, match="requests_unfit"):
        desk.database.write(handover.hand_over, region, held_id=request_id, to_person_id=leaving)
