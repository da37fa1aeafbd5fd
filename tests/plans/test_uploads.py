"""Lines of a plan come in from a table: seen before, told by row, once, and taken out again."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from db.database import Database
from db.errors import ConflictError
from db.plans import sweeps, uploads
from db.plans.models import Period, Plan, PlanLine, PlanSection, PlanUpload, PlanUploadStatus
from db.plans.staff_services import Deed, fulfil
from db.scope import StaffRole
from db.spreadsheet import Grid
from tests.mentoring.conftest import REGION
from tests.plans.conftest import YEAR_2020, Enter
from tests.plans.support import sheet
from tests.support import callers
from tests.support.panel import Visitor, add_staff

STAFF = callers.staff(REGION, YEAR_2020)
"""The first account."""
HEAD = ("Год выполнения", "Перечень мероприятий", "Срок выполнения (начало-завершение)")


def book(*rows: tuple[Any, ...], merged: tuple[str, ...] = ()) -> bytes:
    made, target = Workbook(), BytesIO()
    page = made.worksheets[0]
    for row in rows:
        page.append(row)
    for cells in merged:
        page.merge_cells(cells)
    made.save(target)
    return target.getvalue()


def send(visitor: Visitor, plan: str, content: bytes, name: str = "план.xlsx") -> str:
    """The page that a sent file leads to."""
    answer = visitor.post("/plan/uploads/", {"plan": plan, "file": (BytesIO(content), name)}, follow_redirects=True)
    assert answer.status_code == 200
    return unescape(answer.text)


def shortened(content: bytes) -> bytes:
    """A workbook whose last part is not all there."""
    directory = content.index(b"PK\x01\x02")
    return content[: directory - 200] + content[directory:]


def packed_oddly(content: bytes) -> bytes:
    """A workbook that says of its parts that bzip2 packed them, which no office does."""
    return re.sub(rb"(PK\x03\x04.{4}|PK\x01\x02.{6})..", b"\\1\x0c\x00", content, flags=re.DOTALL)


def count(database: Database) -> int:
    return database.read(lambda session: session.scalar(select(func.count()).select_from(PlanLine))) or 0


def last(database: Database) -> int:
    return database.read(lambda session: session.scalar(select(func.max(PlanUpload.id)))) or 0


@pytest.mark.parametrize("pack", ["chelyabinsk", "terek", "timashevsk", "timashevsk?plan=network"])
def test_the_plans_own_file_brings_nothing_in(enter: Enter, pack: str) -> None:
    """The same columns, headings of sections and groups, «в документе строк нет»: no line comes twice by it."""
    name, _, asked = pack.partition("?")
    visitor, database = enter(name)
    content = visitor.get(f"/plan.xlsx?{asked}").data
    code = {"chelyabinsk": "roadmap", "terek": "measures"}.get(name, "network" if asked else "schedule")
    lines = database.read(
        lambda session: session.scalar(
            select(func.count()).select_from(PlanLine).join(PlanSection).join(Plan).where(Plan.code == code)
        )
    )
    page = send(visitor, code, content)
    assert f"{lines} уже есть" in page
    assert "Внести" not in page and "не внесём" not in page


def test_new_lines_come_in_once_with_their_terms_and_go_out_again(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    before = count(database)
    content = book(
        ("План-график на весь проект",),
        HEAD,
        (2021, "Семинар «Школа методиста» – для новых", "Апрель 2021"),
        (None, "Клуб молодого педагога", "1 раз в месяц"),
        (2021, "Круглый стол", "когда получится"),
        (2021, "Круглый стол", "Когда  получится"),
        (2020, "Создание рабочей группы (Координационного совета)", "Октябрь 2020"),
        (2031, "Строка неизвестного года", "Март"),
        (2021, "аб", "Март"),
        merged=("A3:A4",),
    )
    page = send(visitor, "schedule", content)
    for words in (
        *("3 новые строки", "1 повтор в файле", "1 есть в плане с другим сроком", "2 строки не внесём"),
        *("У 1 строки срок не разобран", "Такого раздела в плане нет", "01.04.2021–30.04.2021", "1 раз в месяц"),
    ):
        assert words in page, words
    assert count(database) == before
    upload = last(database)
    visitor.post(f"/plan/uploads/{upload}/put-in", {})
    rows = database.read(lambda session: session.scalars(select(PlanLine).where(PlanLine.upload_id == upload)).all())
    assert [(row.text, row.term) for row in rows] == [
        ("Семинар «Школа методиста» – для новых", "Апрель 2021"),
        ("Клуб молодого педагога", "1 раз в месяц"),
        ("Круглый стол", "когда получится"),
    ]
    assert [(row.starts, row.period) for row in rows] == [
        (date(2021, 4, 1), None),
        (date(2021, 1, 1), Period.MONTH),
        (None, None),
    ], "a year that is joined over two rows counts for both; what cannot be read has no days"
    assert "Клуб молодого педагога" in str(sheet(visitor, "/plan.xlsx"))
    assert "Внести" not in send(visitor, "schedule", content), "what is in does not come in again"
    visitor.post(f"/plan/uploads/{upload}/put-in", {})
    assert count(database) == before + 3
    database.write(fulfil, STAFF, line_id=rows[1].id, deed=Deed(done_on=YEAR_2020.date(), word="Провели"))
    visitor.save(f"/plan/{rows[2].id}", {"text": "Круглый стол с родителями", "active": "1"})
    visitor.post(f"/plan/uploads/{upload}/undo", {})
    assert "осталось: 2" in visitor.text("/plan/uploads/")
    assert count(database) == before + 2, "what was done or changed since stays"


def test_heads_that_are_joined_stages_and_groups_are_read(enter: Enter) -> None:
    visitor, database = enter("terek")
    title = database.read(lambda session: session.scalars(select(PlanSection.title).order_by(PlanSection.id)).first())
    content = book(
        ("№", "Направление деятельности", "Меры и мероприятия", "Этапы, сроки проведения", None, None),
        (None, None, None, "I", "II", "III"),
        (40, title, "Летняя школа управленца", None, "+", "+"),
        merged=("A1:A2", "B1:B2", "C1:C2", "D1:F1"),
    )
    page = send(visitor, "measures", content, "\u202egnp.план.xlsx")
    assert "1 новая строка" in page and "gnp.план" in page and "\u202e" not in page, "a name that reads backwards"
    upload = last(database)
    visitor.post(f"/plan/uploads/{upload}/put-in", {})
    (row,) = database.read(lambda session: session.scalars(select(PlanLine).where(PlanLine.upload_id == upload)).all())
    assert (row.number, row.text, row.marks) == ("40", "Летняя школа управленца", ["II", "III"])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 broken", "Файл не прочитать"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "Файл не прочитать"),
        (b"", "ни одной строки"),
        (book(("ФИО", "Школа"), ("Кварцитова А. И.", "Школа 1")), "нет столбца «Перечень мероприятий»"),
        (book(HEAD), "ни одной строки"),
        (shortened(book(HEAD, (2021, "Летняя школа", "Март"))), "Файл не прочитать"),
        (packed_oddly(book(HEAD, (2021, "Летняя школа", "Март"))), "Файл не прочитать"),
        (";".join(["х"] * 250 + [*HEAD]).encode() + b"\n1;2;3", "нет столбца «Перечень мероприятий»"),
    ],
)
def test_a_file_that_is_no_plan_is_told_and_nothing_is_kept(enter: Enter, content: bytes, told: str) -> None:
    visitor, database = enter("timashevsk")
    page = send(visitor, "schedule", content)
    assert told in page
    assert last(database) == 0


def test_a_file_that_waits_is_dropped_by_hand_or_after_a_day(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    content = book(HEAD, (2021, "Круглый стол", "Март 2021"))
    for _ in range(2):
        send(visitor, "schedule", content)
    visitor.post(f"/plan/uploads/{last(database) - 1}/drop", {})
    database.write(sweeps.forget_files, callers.clock(YEAR_2020 + timedelta(hours=23)))
    kept = database.read(lambda session: session.get_one(PlanUpload, last(database)))
    assert kept.content
    database.write(sweeps.forget_files, callers.clock(YEAR_2020 + timedelta(days=1)))
    rows = database.read(lambda session: session.scalars(select(PlanUpload)).all())
    assert [(row.status, row.content) for row in rows] == [(PlanUploadStatus.DROPPED, {})] * 2
    page = visitor.text(f"/plan/uploads/{last(database)}")
    assert "Не понадобился" in page and not re.search("put-in", page)


def test_of_two_who_put_one_file_in_at_once_one_does(database: Database) -> None:
    """Two methodists look at one file; its lines are in the plan once, on both engines."""
    database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=YEAR_2020)
    plan = database.read(lambda session: session.scalars(select(Plan).order_by(Plan.id)).first())
    assert plan is not None
    title = database.read(
        lambda session: session.scalars(select(PlanSection.title).where(PlanSection.plan_id == plan.id)).first()
    )
    grid = Grid([plan.columns["text"]], [(2, [str(title)]), *((n, [f"Строка из файла {n}"]) for n in range(3, 9))])
    upload = database.write(uploads.keep, STAFF, plan_id=plan.id, title="план.csv", grid=grid, silent="-")
    before = count(database)

    def put(_: int) -> int | str:
        try:
            return database.write(uploads.put_in, STAFF, upload_id=upload)
        except ConflictError as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(put, range(2)), key=str)
    assert told == [6, "plan_upload_moved_on"]
    assert count(database) == before + 6
