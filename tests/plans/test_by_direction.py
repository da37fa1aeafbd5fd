"""A coordinator keeps the lines of the own directions and learns nothing of the others (chelyabinsk 4)."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts.models import StaffDirection
from db.audit.models import AuditEntry
from db.database import Database
from db.dictionaries.models import Term, TermKind
from db.errors import NotFoundError
from db.plans.models import PlanLine, PlanSection
from db.plans.staff_services import save_line
from db.scope import Scope, StaffRole
from tests.plans.conftest import YEAR_2020, Enter
from tests.plans.support import draft, sheet, word_rows
from tests.support import callers
from tests.support.panel import Visitor, add_staff

FOUR = [
    "Ответственные по направлениям деятельности РМА от организаций – региональных координаторов",
    "Методисты РМА",
    "Руководители и педагоги образовательных организаций (ОО)",
    "Специалисты системы образования Челябинской области",
]
FIVE = [
    *("Министерство образования и науки Челябинской области", "ГБУ ДПО ЧИППКРО", "ГБУ ДПО «ЧИРО»", "ГБУ ДПО ЧИРПО"),
    "Методисты РМА",
]
TERMS = ["Квартал (месяц)", "В соответствии с календарными учебными графиками"]
THIRD = "В соответствии с планом мероприятий и др."


def directed(session: Session) -> None:
    of = select(Term.id).where(Term.kind == TermKind.DIRECTION, Term.code.in_(["1", "3"]))
    directions = [StaffDirection(term_id=number) for number in session.scalars(of)]
    add_staff(session, login="coordinator", role=StaffRole.COORDINATOR, now=YEAR_2020, directions=directions)


@pytest.fixture
def desk(enter: Enter) -> tuple[Visitor, Database]:
    visitor, database = enter("chelyabinsk")
    database.write(directed)
    coordinator = Visitor(visitor.app)
    assert coordinator.sign_in("coordinator").status_code == 302
    return coordinator, database


def section(database: Database, code: str) -> int:
    found = database.read(lambda session: session.scalar(select(PlanSection.id).where(PlanSection.code == code)))
    assert found is not None
    return found


def form(part: int, **more: Any) -> dict[str, Any]:
    return {"section_id": part, "text": "Практикум по предметам", "active": "1", **more}


def lines(database: Database) -> list[PlanLine]:
    rows = select(PlanLine).where(PlanLine.code.contains("-own-")).order_by(PlanLine.id)
    return list(database.read(lambda session: session.scalars(rows).all()))


def test_the_form_offers_the_plans_four_participants_five_performers_and_three_kinds_of_terms(
    desk: tuple[Visitor, Database],
) -> None:
    coordinator, database = desk
    page = coordinator.text("/plan/new")
    assert all(page.count(f'value="{one}"') >= 1 for one in (*FOUR, *FIVE, *TERMS, THIRD))
    offered = [f'<option value="{section(database, f"roadmap-{code}")}"' in page for code in ("1", "2", "3", "general")]
    assert offered == [True, False, True, False]


def test_an_added_line_is_in_the_files_with_its_participants_performers_and_term(
    desk: tuple[Visitor, Database],
) -> None:
    coordinator, database = desk
    part = section(database, "roadmap-3")
    ticked = {"participants_listed": FOUR, "performers_listed": FIVE, "performers": "Дворец пионеров"}
    for term in ({"term": "II квартал 2024"}, {"term_listed": TERMS[1]}, {"term_listed": THIRD}):
        assert coordinator.post("/plan/new", form(part, **ticked, **term)).status_code == 302
    rows = [row for row in sheet(coordinator, "/plan.xlsx") if row[0] == "Практикум по предметам"]
    assert [row[1].splitlines() for row in rows] == [FOUR] * 3
    assert [row[2].splitlines() for row in rows] == [[*FIVE, "Дворец пионеров"]] * 3
    assert [row[3] for row in rows] == ["II квартал 2024", TERMS[1], THIRD]
    assert sum(row[0] == "Практикум по предметам" for row in word_rows(coordinator, "/plan.docx")) == 3
    days = [(str(line.starts), str(line.ends)) for line in lines(database)]
    assert days == [("2024-04-01", "2024-06-30"), ("None", "None"), ("None", "None")], "a quarter has days, a word none"


def test_a_line_is_changed_and_taken_out_and_put_back(desk: tuple[Visitor, Database]) -> None:
    coordinator, database = desk
    part = section(database, "roadmap-1")
    coordinator.post("/plan/new", form(part, participants_listed=FOUR[:2], term_listed=THIRD))
    (line,) = lines(database)
    page = coordinator.text(f"/plan/{line.id}")
    assert "Кто отвечает" not in page and "Что сделано" not in page
    sent = {"text": "Практикум для новых", "participants_listed": FOUR[1:2], "term": "май 2024", "active": "1"}
    assert coordinator.save(f"/plan/{line.id}", sent).status_code == 302
    (line,) = lines(database)
    assert (line.text, line.participants, line.term) == ("Практикум для новых", FOUR[1], "май 2024")
    coordinator.post(f"/plan/{line.id}/remove", {})
    assert "Практикум для новых" not in coordinator.text("/plan/")
    coordinator.post(f"/plan/{line.id}/restore", {})
    assert "Практикум для новых" in coordinator.text("/plan/")
    told = database.read(
        lambda session: session.scalars(
            select(AuditEntry.action).where(AuditEntry.action.startswith("plans.")).order_by(AuditEntry.id)
        ).all()
    )
    assert [one for one in told if one != "plans.print"] == [
        *("plans.save", "plans.save", "plans.remove", "plans.restore")
    ]


def test_another_directions_section_is_not_there(desk: tuple[Visitor, Database]) -> None:
    coordinator, database = desk
    regional = Visitor(coordinator.app)
    regional.sign_in("one")
    foreign = section(database, "roadmap-2")
    regional.post("/plan/new", form(foreign, text="Чужая строка"))
    (line,) = lines(database)
    title = database.read(lambda session: session.get_one(PlanSection, foreign).title)
    for address in ("/plan/", f"/plan/?section={foreign}"):
        page = coordinator.text(address)
        assert "Чужая строка" not in page and title not in page
    for address in ("/plan.xlsx", f"/plan.xlsx?section={foreign}"):
        assert title not in str(sheet(coordinator, address)) and "Чужая" not in str(sheet(coordinator, address))
    assert coordinator.get(f"/plan/{line.id}").status_code == 404
    for address, sent in (
        (f"/plan/{line.id}", {"text": "Моя теперь"}),
        (f"/plan/{line.id}/remove", {}),
        (f"/plan/{line.id}/restore", {}),
        ("/plan/1", {"text": "Общая строка теперь моя"}),
    ):
        assert coordinator.post(address, sent).status_code == 404, address
    coordinator.post("/plan/new", form(foreign))
    assert [(one.text, one.active) for one in lines(database)] == [("Чужая строка", True)]
    for address in (f"/plan/{line.id}/done", f"/plan/{line.id}/people"):
        assert coordinator.post(address, {"word": "Сделано", "person": 1}).status_code == 403


def test_the_service_itself_refuses_another_direction(desk: tuple[Visitor, Database]) -> None:
    """Past the form's own list of sections, as a second browser tab or a program would do it."""
    _, database = desk
    own = database.read(
        lambda session: session.scalar(select(PlanSection.direction_id).where(PlanSection.code == "roadmap-1"))
    )
    assert own is not None
    scope = Scope(1, StaffRole.COORDINATOR, None, direction_ids=frozenset({own}))
    for code in ("roadmap-2", "roadmap-general"):
        with pytest.raises(NotFoundError):
            database.write(
                save_line,
                callers.staff(scope, YEAR_2020),
                line_id=None,
                section_id=section(database, code),
                draft=draft(),
            )
