"""A group's plan in the panel: a methodist adds lines, says what fulfilled them, takes the year as a workbook."""

from collections.abc import Callable
from pathlib import Path

import pytest

from db.scope import StaffRole
from tests.groups.conftest import Union
from tests.groups.conftest import database as database
from tests.groups.conftest import unite as unite
from tests.groups.test_panel import sheet, words
from tests.support.panel import Visitor, add_staff, make_panel


@pytest.fixture
def desk(unite: Callable[..., Union], tmp_path: Path) -> tuple[Visitor, Union]:
    """A regional methodist, and a union of five."""
    union = unite(5)
    union.database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=union.clock.now())
    visitor = Visitor(make_panel(union.database, union.clock, tmp_path))
    assert visitor.sign_in("one").status_code == 302
    return visitor, union


def test_from_a_line_to_the_groups_card_and_the_workbook(desk: tuple[Visitor, Union]) -> None:
    visitor, union = desk
    plan = f"/workplans/{union.group}/"
    card = f"/groups/{union.group}"
    assert "Строк пока нет" in words(visitor.text(card))
    refused = visitor.post(f"{plan}lines", {"year": "2025", "text": "Открытые уроки", "term": "когда-нибудь"})
    page = refused.get_data(as_text=True)
    assert "прочитать не получилось" in page and 'value="Открытые уроки"' in page, "what was typed stays"
    visitor.post(f"{plan}lines", {"year": "2025", "text": "Открытые уроки", "term": "2 раза в год"})
    meeting = union.met(3)
    line = "/workplans/lines/1"
    visitor.post(f"{line}/done", {"by": f"meeting:{meeting}", "done_on": "2026-03-01", "word": "Три урока"})
    assert "Заседание: 1 марта" in words(visitor.text(plan))
    assert "Выполнено 1 из 2" in words(visitor.text(card))
    rows = sheet(visitor, f"{plan}plan.xlsx?year=2025")
    shown = "01.03.2026, Заседание, 01.03.2026, Три урока"
    assert rows[-1] == ["Открытые уроки", "2 раза в год", "1 / 2", "идёт", shown]
    visitor.post(f"{line}/done", {"by": "", "done_on": "2026-03-05", "word": "Рано"})
    assert "1 / 2" in words(visitor.text(plan)), "a day ahead"
    visitor.post(f"{line}/done", {"by": "", "done_on": "31.02.2026", "word": "Никогда"})
    assert "1 / 2" in words(visitor.text(plan)), "what is no day is not today"
    visitor.post(f"{line}/done/1/undo", {})
    visitor.post(f"{line}/drop", {})
    assert "Строк пока нет" in words(visitor.text(plan))


def test_what_was_typed_of_a_deed_stays_where_it_is_refused(desk: tuple[Visitor, Union]) -> None:
    """A day ahead, or one that is none, cost a methodist the words about what was done."""
    visitor, union = desk
    visitor.post(f"/workplans/{union.group}/lines", {"year": "2025", "text": "Открытые уроки", "term": "2 раза в год"})
    meeting = union.met(3)
    for day, told in (("2026-03-05", "ещё не наступил"), ("31.02.2026", "Такого дня нет: 31.02.2026")):
        deed = {"by": f"meeting:{meeting}", "done_on": day, "word": "Пять уроков с разбором"}
        refused = visitor.post("/workplans/lines/1/done", deed).get_data(as_text=True)
        assert told in words(refused) and ">Пять уроков с разбором</textarea>" in refused
        assert f'value="{day}"' in refused and f'value="meeting:{meeting}" selected' in refused
        assert 'action="/workplans/lines/1"' in refused, "the form of the line goes to the line"
    assert "0 / 2" in words(visitor.text(f"/workplans/{union.group}/"))
    visitor.post("/workplans/lines/1/done", {"by": "", "done_on": "2026-03-01", "word": ""})
    assert "0 / 2" in words(visitor.text(f"/workplans/{union.group}/")), "by hand and without a word it shows nothing"


def test_who_may_not_learn_names_reads_no_words_of_a_plan(desk: tuple[Visitor, Union], tmp_path: Path) -> None:
    visitor, union = desk
    visitor.post(f"/workplans/{union.group}/lines", {"year": "2025", "text": "Открытые уроки", "term": ""})
    visitor.post("/workplans/lines/1/done", {"done_on": "2026-03-01", "word": "Хвалим Веру Петровну"})
    union.database.write(add_staff, login="reader", role=StaffRole.READER, now=union.clock.now())
    reader = Visitor(make_panel(union.database, union.clock, tmp_path))
    assert reader.sign_in("reader").status_code == 302
    page = words(reader.text(f"/workplans/{union.group}/"))
    assert "Открытые уроки" in page and "Хвалим" not in page
    assert "Хвалим" not in str(sheet(reader, f"/workplans/{union.group}/plan.xlsx"))
