"""What tests of plans share."""

from io import BytesIO
from typing import Any

from docx import Document
from openpyxl import load_workbook

from db.plans.staff_services import LineDraft
from tests.support.panel import Visitor


def draft(**more: Any) -> LineDraft:
    """A line without a term."""
    plain: dict[str, Any] = {"participants": "", "performers": "", "term": "", "result": "", "starts": None}
    plain |= {"ends": None, "period": None, "times": 1, "active": True, "text": "Семинар"}
    return LineDraft(**{**plain, **more})


def sheet(visitor: Visitor, address: str, number: int = 0) -> list[list[Any]]:
    answer = visitor.get(address)
    assert answer.status_code == 200
    page = load_workbook(BytesIO(answer.data)).worksheets[number]
    return [[cell.value for cell in row] for row in page.iter_rows()]


def word_rows(visitor: Visitor, address: str) -> list[list[str]]:
    answer = visitor.get(address)
    assert answer.status_code == 200
    assert answer.data == visitor.get(address).data, "two copies of one plan are the same file"
    (table,) = Document(BytesIO(answer.data)).tables
    return [[str(cell.xpath("string(.)")) for cell in row._tr.tc_lst] for row in table.rows]
