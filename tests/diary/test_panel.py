"""Diaries in the panel: lines within reach with their sums, and a row for each member of the active."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.audit.models import AuditSubject
from db.clock import FrozenClock
from db.database import Database
from db.diary import services
from db.diary.models import DiaryLine
from db.dictionaries.models import Term
from db.packs import load_pack
from db.people.models import Role
from db.people.roles import grant, revoke
from db.scope import StaffRole
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.region import sheet
from tests.support.town import MUNICIPALITY, add_teacher

LISTS = load_pack("chelyabinsk").section("dictionaries")
KINDS = [one["name"] for name in ("activities9", "activities5") for one in LISTS[name]]
ELSEWHERE = "troitsky-mr"


def told(session: Session, now: Any) -> dict[str, int]:
    """Two members here, one of them idle, one elsewhere, and one who has left the active since."""
    people = {}
    for number, (name, place) in enumerate(
        {"Умелая": MUNICIPALITY, "Тихая": MUNICIPALITY, "Дальняя": ELSEWHERE, "Бывшая": MUNICIPALITY}.items()
    ):
        people[name] = add_teacher(session, external_id=8000 + number, name=f"{name} Нина", now=now, municipality=place)
        grant(session, callers.clock(now), person_id=people[name], role=Role.ACTIVE_MEMBER, order_number="1")
    for who, source, count in (
        ("Умелая", "request", 3),
        ("Умелая", "event", 2),
        ("Дальняя", "minutes", 1),
        ("Бывшая", "event", 1),
    ):
        for number in range(count):
            services.note(
                session,
                callers.clock(now),
                person_id=people[who],
                source=source,
                source_id=number,
                on=date(2026, 3, 1) - timedelta(days=20 * number),
                text=f"Дело {who} {number}",
            )
    revoke(session, callers.clock(now), person_id=people["Бывшая"], role=Role.ACTIVE_MEMBER)
    return people


def account(database: Database, now: Any, login: str, role: StaffRole, *places: str) -> None:
    """An account of the panel."""
    database.write(lambda session: add_staff(session, login=login, role=role, now=now, municipalities=places))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_head_sees_the_sums_and_each_account_what_is_its_own(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    now = clock.now()
    people = database.write(told, now)
    account(database, now, "one", StaffRole.REGIONAL_METHODIST)
    account(database, now, "head", StaffRole.MUNICIPAL_METHODIST, MUNICIPALITY)
    account(database, now, "reader", StaffRole.READER)
    panel = make_panel(database, clock, tmp_path)

    def enter(login: str) -> Visitor:
        found = Visitor(panel)
        assert found.sign_in(login).status_code == 302
        return found

    one, head, reader = enter("one"), enter("head"), enter("reader")
    page = one.text("/diary/")
    assert "Записей: 7" in page and "Дело Умелая 0" in page and KINDS[1] in page
    assert "Записей: 6" in head.text("/diary/") and "Дальняя" not in head.text("/diary/")
    assert f"Записей: {3 + 2}" in head.text(f"/diary/?person={people['Умелая']}")
    assert "Записей: 0" in head.text(f"/diary/?person={people['Дальняя']}")
    assert "Записей: 4" in one.text("/diary/?month=2026-03") and "Записей: 7" in one.text("/diary/?month=никогда")
    kinds = database.read(lambda session: dict(session.execute(select(Term.name, Term.id)).all()))
    rare = one.text(f"/diary/?activity={kinds[KINDS[6]]}")
    assert "Записей: 1" in rare and "Дело Дальняя 0" in rare and "Дело Умелая" not in rare
    assert "Записей: 0" in one.text(f"/diary/?activity={kinds[KINDS[4]]}")
    assert "Умелая" not in reader.text("/diary/") and "Дело" not in reader.text("/diary/")
    rows = sheet(one, "/diary.xlsx")
    assert len(rows) == 1 + 7 and sheet(one, "/diary.xlsx", 1)[-1] == ["Всего", 7]
    shown = select(func.count()).select_from(AuditSubject).where(AuditSubject.person_id == people["Умелая"])
    assert (database.read(lambda session: session.scalar(shown)) or 0) >= 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_report_has_a_row_for_each_member_and_counts_every_line(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    """ACCEPTANCE, chelyabinsk 10."""
    now = clock.now()
    database.write(told, now)
    account(database, now, "one", StaffRole.REGIONAL_METHODIST)
    visitor = Visitor(make_panel(database, clock, tmp_path))
    assert visitor.sign_in("one").status_code == 302
    heading, *rows = sheet(visitor, "/reports/active.xlsx")
    assert [one.casefold() for one in heading[5:-1]] == [one.casefold() for one in KINDS]
    assert {row[1]: row[-1] for row in rows[:3]} == {"Умелая Нина": 5, "Тихая Нина": 0, "Дальняя Нина": 1}
    assert rows[3][-1] == 1, "of who has left"
    every = database.read(lambda session: session.scalar(select(func.count()).select_from(DiaryLine)))
    assert rows[-1][-1] == every == 7 == sum(rows[-1][5:-1]) == sum(row[-1] for row in rows[:-1])
    about = [cell for row in sheet(visitor, "/reports/active.xlsx", 1) for cell in row]
    page = visitor.text("/reports/active")
    assert "Показатели наши: источник их не перечисляет" in page and "учебные данные" not in page
    assert any("Показатели наши: источник их не перечисляет" in str(one) for one in about)
    assert sheet(visitor, "/reports/active.xlsx?since=2026-02-20")[-1][-1] == 4
    assert sheet(visitor, "/reports/active.xlsx?since=2025-09-01")[-1][-1] == 7
    assert sheet(visitor, "/reports/active.xlsx?since=2026-09-01")[-1][-1] == 0
    assert "В активе: 3" in page and "Что сделал актив" in visitor.text("/reports/")
