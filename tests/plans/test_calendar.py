"""The calendar of a plan says what is due when; a quarter, a month and one's own lines narrow it."""

import re
from datetime import UTC, date, datetime
from html import unescape

from sqlalchemy import select, update

from db.accounts.models import Staff
from db.database import Database
from db.dictionaries.models import Municipality
from db.plans.models import PlanLine
from db.plans.queries import PlanFilter, due_between
from db.plans.rules import LineState
from db.plans.staff_services import Deed, fulfil, name_responsible
from tests.mentoring.conftest import REGION
from tests.plans.conftest import Enter
from tests.support import callers
from tests.support.town import add_teacher

AUTUMN = datetime(2020, 11, 10, 5, tzinfo=UTC)


def cards(page: str) -> dict[str, str]:
    """The page's months with their texts."""
    main = unescape(page.partition("<main")[2])
    parts = re.split(r"<h2[^>]*>(.*?)</h2>", main)
    return {re.sub("<[^>]+>", "", head).strip(): body for head, body in zip(parts[1::2], parts[2::2], strict=False)}


def test_todays_quarter_opens_by_months_with_what_goes_on(enter: Enter) -> None:
    visitor, _ = enter("timashevsk", now=AUTUMN)
    page = visitor.text("/plan/calendar")
    found = cards(page)
    assert [head for head in found if "2020" in head] == ["Октябрь 2020", "Ноябрь 2020", "Декабрь 2020"]
    assert "data-print" in page
    assert "Срок прошёл" in found["Октябрь 2020"] and "Срок прошёл" not in found["Декабрь 2020"]
    one = cards(visitor.text("/plan/calendar?month=2020-12"))
    assert [head for head in one if "2020" in head] == ["Декабрь 2020"]
    network = cards(visitor.text("/plan/calendar?plan=network"))
    assert "Идёт, срок позже" in network, "a line of all four years goes on"


def test_days_outside_of_the_plan_and_no_days_are_answered(enter: Enter) -> None:
    visitor, _ = enter("timashevsk", now=datetime(2026, 5, 1, tzinfo=UTC))
    page = visitor.text("/plan/calendar")  # it opened at the plan's beginning, and «Этот квартал» led there again
    assert "План закончился 31 декабря 2023" in page and "Со сроком с 01.10.2023" in page
    assert "Последний квартал плана" in page and "Этот квартал" not in page
    assert "В эти дни сроков нет" in visitor.text("/plan/calendar?quarter=2030-1")
    for odd in ("month=2020-13", "month=x", "quarter=0000-9", "section=999999999"):
        assert visitor.get(f"/plan/calendar?{odd}").status_code == 200
    bare, _ = enter("sverdlovsk")
    assert "Плана пока нет" in bare.text("/plan/calendar")


def test_a_slot_stands_by_itself_and_only_my_lines_are_mine(enter: Enter) -> None:
    visitor, database = enter("timashevsk", now=AUTUMN)
    line = database.read(
        lambda session: session.scalars(select(PlanLine).where(PlanLine.code == "schedule-2020-2")).one()
    )
    staff = callers.staff(REGION, AUTUMN)
    town = database.read(
        lambda session: session.scalars(select(Municipality.code).where(Municipality.outside.is_(False))).one()
    )
    person_id = database.write(add_teacher, external_id=1, name="Мудрая Нина", now=AUTUMN, municipality=town)
    database.write(name_responsible, staff, line_id=line.id, person_id=person_id)
    database.write(fulfil, staff, line_id=line.id, deed=Deed(done_on=AUTUMN.date(), word="Заседание"))
    assert states(database, line.id) == [LineState.DONE, LineState.OVERDUE, LineState.OVERDUE, LineState.NOW]
    assert "Мои строки" not in visitor.text("/plan/calendar"), "an account that is nobody's has no own lines"
    database.write(lambda session: session.execute(update(Staff).values(person_id=person_id)))
    mine = visitor.text("/plan/calendar?mine=1")
    assert "4 раза в год" in mine and mine.count("Срок прошёл") == 0
    assert "1 строка" in mine
    assert "1 строка" in visitor.text("/plan/?mine=1")


def states(database: Database, line_id: int) -> list[LineState]:
    year = PlanFilter(first=date(2020, 1, 1), last=date(2020, 12, 31))
    due = database.read(
        due_between, callers.staff(REGION, AUTUMN), plan_id=1, today=AUTUMN.date(), wanted=year, most=500
    )
    return [row.state for row in due.ending if row.line.id == line_id]
