"""The demo shows two periods and two waves side by side."""

from pathlib import Path

import pytest

from db.clock import FrozenClock
from db.database import Database
from db.scope import StaffRole
from tests.support.demo import demo_copy
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.region import sheet
from tests.support.town import MONDAY

PACK = "timashevsk"


@pytest.fixture
def visitor(tmp_path: Path) -> Visitor:
    """A methodist of the whole service over the pack's demo."""
    database = Database.connect(demo_copy(tmp_path, PACK))
    database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=MONDAY)
    found = Visitor(make_panel(database, FrozenClock(MONDAY), tmp_path, region_pack=PACK))
    assert found.sign_in("one").status_code == 302
    return found


def test_two_periods_and_two_waves_stand_side_by_side(visitor: Visitor) -> None:
    heads, *rows = sheet(visitor, "/reports/monitoring.xlsx")
    assert heads[6:8] == ["Прошлое полугодие (учебные данные)", "Последнее полугодие (учебные данные)"]
    assert rows[0][9].startswith("выросло с ") and rows[3][9] == "без изменений"
    waves = sheet(visitor, "/reports/waves.xlsx")[1:]
    assert [row[4] for row in waves] == ["зафиксирована", "зафиксирована", "прошла", "прошла"], "of 2020 and 2021"
    newest = visitor.text("/reports/waves/").split('class="row-link" href="')[1].split('"')[0]
    changes = sheet(visitor, newest + ".xlsx")[1:]
    assert [row[0] for row in changes][:2] == [
        "предметный (Предмет и содержание)",
        "методический (Методика занятия)",
    ] and len(changes) == 6
    assert all(row[1].isdigit() and row[3].isdigit() for row in changes)
