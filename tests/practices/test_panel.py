"""Practices in the panel: two experts are appointed, their words entered, the decision made, undone and made again."""

from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from sqlalchemy import select

from db.audit.models import AuditEntry, AuditSubject
from db.practices import queries
from db.practices.models import PracticeStatus
from db.scope import StaffRole
from tests.practices.conftest import TOLD, Circle
from tests.support.panel import Visitor, add_staff, make_panel


def visitor_of(circle: Circle, folder: Path, login: str, role: StaffRole) -> Visitor:
    circle.database.write(add_staff, login=login, role=role, now=circle.clock.now())
    visitor = Visitor(make_panel(circle.database, circle.clock, folder))
    visitor.sign_in(login)
    return visitor


def test_a_methodist_leads_a_practice_through_its_expertise(circle: Circle, tmp_path: Path) -> None:
    number = circle.sent(authors="Петрова Мария Олеговна")
    visitor = visitor_of(circle, tmp_path, "region", StaffRole.REGIONAL_METHODIST)
    assert TOLD_TITLE in visitor.text("/practices/?q=леснтица+вапросов"), "what waits is found as well"
    assert TOLD_TITLE in visitor.text("/practices/?status=sent")
    assert "практика ждёт экспертов" in visitor.text("/")
    assert TOLD_TITLE not in visitor.text("/practices/?status=published")
    card = f"/practices/{number}/card"
    found = visitor.text(f"{card}?find=Строгая")
    assert "Назначить" in found
    assert "Назначить" not in visitor.text(f"{card}?find=Смелая"), "an author is no expert"
    for person_id in circle.people[1:3]:
        visitor.post(f"/practices/{number}/experts", {"person": person_id})
    first, second = circle.experts(number)
    assert "Строгая" in visitor.text(card)
    visitor.post(f"/practices/{number}/experts/{second}/dismiss")
    assert circle.row(number).status is PracticeStatus.SENT
    visitor.post(f"/practices/{number}/experts", {"person": circle.people[3]})
    first, second = circle.experts(number)
    for expert in (first, second):
        word = {"verdict": "publish", "remark": f"Замечание номер {expert}: добавьте пример"}
        visitor.post(f"/practices/{number}/experts/{expert}/word", word)
    assert "Опубликовать" in visitor.text(card)
    assert "ждёт экспертов" not in visitor.text("/")
    visitor.post(f"/practices/{number}/decide", {"verdict": "publish", "said": "Берём"})
    assert circle.row(number).status is PracticeStatus.PUBLISHED
    visitor.post(f"/practices/{number}/undo")
    assert circle.row(number).status is PracticeStatus.EXPERTISE
    visitor.post(f"/practices/{number}/decide", {"verdict": "publish", "said": "Берём"})
    assert TOLD_TITLE in visitor.text("/practices/?q=леснтица+вапросов")
    book = load_workbook(BytesIO(visitor.get("/practices/list.xlsx").data)).worksheets[0]
    cells = [cell.value for row in book.iter_rows() for cell in row]
    assert {TOLD_TITLE, "Смелая Анна Павловна, Петрова Мария Олеговна", "опубликована"} <= set(cells)
    like = visitor.text(f"{card}?author=Юная")
    assert "Добавить автора" in like
    visitor.post(f"/practices/{number}/authors", {"person": circle.people[3]})
    [_, author] = circle.database.read(queries.card, circle.person(), practice_id=number).row.authors
    visitor.post(f"/practices/{number}/authors/{author.id}/drop")
    visitor.post(f"/practices/{number}/down")
    assert circle.row(number).status is PracticeStatus.WITHDRAWN
    begun = ["appoint", "appoint", "dismiss", "appoint", "enter", "enter", "decide", "undo", "decide"]
    deeds = [*begun, "name_author", "drop_author", "take_down"]
    entries = select(AuditEntry.action).where(AuditEntry.object_type == "practice").order_by(AuditEntry.id)
    told = circle.database.read(lambda session: list(session.scalars(entries)))
    assert [one for one in told if one.partition(".")[2] in deeds] == [f"practices.{deed}" for deed in deeds]
    seen = select(AuditSubject.person_id).join(AuditEntry).where(AuditEntry.action == "practices.read")
    assert set(circle.people) <= set(circle.database.read(lambda session: session.scalars(seen).all()))


def test_a_reader_learns_no_name_and_changes_nothing(circle: Circle, tmp_path: Path) -> None:
    number = circle.reviewed()
    visitor = visitor_of(circle, tmp_path, "reader", StaffRole.READER)
    for page in ("/practices/", f"/practices/{number}/card"):
        assert "Смелая" not in visitor.text(page) and "Строгая" not in visitor.text(page)
    book = load_workbook(BytesIO(visitor.get("/practices/list.xlsx").data)).worksheets[0]
    assert all("Смелая" not in str(cell.value) for row in book.iter_rows() for cell in row)
    assert visitor.post(f"/practices/{number}/decide", {"verdict": "publish"}).status_code == 403
    assert circle.row(number).status is PracticeStatus.EXPERTISE


TOLD_TITLE = next(iter(TOLD.values()))
