"""Names, comments and file names that are code elsewhere are words here: on every page, in every workbook."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from flask import Flask

from db.clock import FrozenClock
from db.database import Database
from db.scope import StaffRole
from tests.support.matrix import Side
from tests.support.panel import Visitor, add_staff, make_panel
from tests.trust.matrix import MATRIX
from tests.trust.test_scope_matrix import add_side, rules

HTML = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
FORMULA = '=HYPERLINK("https://evil.example","x")'
HOME = "chelyabinsky-go"


@pytest.fixture
def hostile(
    request: pytest.FixtureRequest, database: Database, clock: FrozenClock, tmp_path: Path
) -> tuple[Flask, Side, str]:
    now = clock.now()
    staff = database.write(
        add_staff, login="admin", role=StaffRole.ADMINISTRATOR, now=now, name=f"{request.param} Администратор"
    )
    side = database.write(add_side, code=HOME, word=request.param, first=8001, staff=staff, now=now)
    for name in side.has.stored:
        path = tmp_path / "documents" / name[:2] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%PDF-1.4")
    return make_panel(database, clock, tmp_path), side, request.param


@pytest.mark.parametrize(
    ("database_url", "hostile"), [("sqlite", HTML), ("postgres", FORMULA)], indirect=True, ids=["html", "formula"]
)
def test_hostile_words_stay_words_everywhere(hostile: tuple[Flask, Side, str]) -> None:
    app, side, word = hostile
    visitor = Visitor(app)
    visitor.sign_in("admin")
    met, wrong = 0, []
    for rule in rules(app):
        if "GET" not in (rule.methods or set()):
            continue
        for url in MATRIX[rule.endpoint].urls(side):
            if (word == FORMULA) != (".xlsx" in url):
                continue  # tags are code on pages, formulas in workbooks
            answer = visitor.get(url)
            content = answer.get_data()
            text = content.decode(errors="ignore")
            if content.startswith(b"PK"):
                with zipfile.ZipFile(io.BytesIO(content)) as book:
                    text = "".join(book.read(name).decode(errors="ignore") for name in book.namelist())
                if "<f>" in text or "<hyperlink" in text:
                    wrong.append(f"{url}: a formula or a link")
            met += "evil.example" in text or "alert(1)" in text
            raw = re.search(r"<script>alert|<img src=x|>49\b", text)
            if raw or any("\n" in value for value in answer.headers.values()):
                wrong.append(f"{url}: {raw and raw.group()}")
    assert not wrong, "\n".join(wrong)
    assert met >= 15, "the words must be met, or the test proves nothing"
