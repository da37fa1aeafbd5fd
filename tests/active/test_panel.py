"""The panel of the active on the demo's selection: the list by direction, a card, the map, white spots."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from db.active.models import Membership
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.mentoring.models import Pair
from db.people.models import MessengerAccount
from db.scope import StaffRole
from tests.support.demo import demo_copy
from tests.support.panel import Visitor, add_staff, make_panel

ABSENT = (
    "Варненский МР",
    "Кизильский МР",
    "Локомотивный ГО",
    "Нагайбакский МР",
    "Пластовский МР",
    "Троицкий МР",
    "Уйский МР",
)
LIST = "/people/?role=active_member&campaign=rma-2023"
Visit = Callable[..., Visitor]
FOUND = re.compile(r'<p class="count">\D*(\d+)')


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Database]:
    database = Database.connect(demo_copy(tmp_path))
    yield database
    database.close()


@pytest.fixture
def visit(demo: Database, clock: FrozenClock, tmp_path: Path) -> Visit:
    """`visit(role, *municipalities)`: a browser signed in with such an account."""
    app = make_panel(demo, clock, tmp_path)

    def signed_in(role: StaffRole = StaffRole.REGIONAL_METHODIST, *municipalities: str) -> Visitor:
        login = f"{role.value[:8]}-{'-'.join(municipalities)}"
        demo.write(add_staff, login=login, role=role, now=clock.now(), municipalities=municipalities)
        visitor = Visitor(app)
        assert visitor.sign_in(login).status_code == 302
        return visitor

    return signed_in


def book(visitor: Visitor, path: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(visitor.get(path).data))


def test_458_members_by_direction_with_the_end_of_their_term(visit: Visit, demo: Database) -> None:
    visitor = visit()
    page = visitor.text(LIST)
    assert FOUND.findall(page) == ["458"]
    until = demo.read(lambda session: session.scalars(select(Membership.until)).first())
    assert until and page.count(f"{until.day} ") >= 25 and "Срок до" in page
    found = {number: int(FOUND.findall(visitor.text(f"{LIST}&direction={number}"))[0]) for number in range(1, 20)}
    assert sum(found.values()) == 458 and all(found.values())
    rows = list(book(visitor, "/people.xlsx?role=active_member&campaign=rma-2023").active.iter_rows(values_only=True))
    where, ends = rows[0].index("Направление"), rows[0].index("Срок до")
    assert len(rows) == 1 + 458
    assert all(row[where] and row[ends] == until.strftime("%d.%m.%Y") for row in rows[1:])
    assert sum(str(row[where]).startswith("7. ") for row in rows[1:]) == found[7]
    own = int(FOUND.findall(visit(StaffRole.MUNICIPAL_METHODIST, "magnitogorsky-go").text(LIST))[0])
    assert 0 < own < 458, "a municipal methodist's own"


def test_the_map_and_the_seven_white_spots_with_an_invitation_that_is_remembered(visit: Visit, demo: Database) -> None:
    visitor = visit()
    page = visitor.text("/active/?campaign=rma-2023")
    assert all(name in page for name in ABSENT) and page.count(">Пригласить<") == 7
    places = re.findall(r'action="(/active/spots/\d+/\d+)"', page)
    assert len(places) == 7
    for _ in range(2):
        visitor.post(places[2], {"campaign": "rma-2023"})
    page = visitor.text("/active/?campaign=rma-2023")
    assert page.count("приглашён 2 марта 2026") == 1 and page.count(">Пригласить<") == 6
    sheets = book(visitor, "/active.xlsx?campaign=rma-2023")
    grid, spots = (list(sheets[name].iter_rows(values_only=True)) for name in sheets.sheetnames[:2])
    assert len(grid[0]) == 1 + 19 + 1 and len(grid) == 1 + 43
    assert sum(row[-1] for row in grid[1:]) == 458 + 8 == sum(sum(row[1:-1]) for row in grid[1:])
    assert [row[0] for row in spots[1:]] == list(ABSENT)
    assert [bool(row[1]) for row in spots[1:]] == [number == 2 for number in range(7)]
    visitor.post(places[2], {"campaign": "rma-2023", "undo": "1"})
    assert visitor.text("/active/?campaign=rma-2023").count(">Пригласить<") == 7
    said = select(AuditEntry.action).where(AuditEntry.action.like("active.invite%")).order_by(AuditEntry.id)
    assert demo.read(lambda session: session.scalars(said).all())[-1] == "active.invite_undone"
    town = visit(StaffRole.MUNICIPAL_METHODIST, "plastovsky-mr")
    page = town.text("/active/?campaign=rma-2023")
    assert "Пластовский МР" in page and "Уйский МР" not in page and ">Пригласить<" not in page
    assert town.post(places[4], {}).status_code == 403


def test_a_card_says_what_was_done_and_for_whom(visit: Visit, demo: Database, clock: FrozenClock) -> None:
    mentor = select(Membership.id).join(Pair, Pair.mentor_id == Membership.person_id)
    number = demo.read(lambda session: session.scalars(mentor).first())
    if number is None:  # the demo's mentor is no active member: make one of them
        own = select(Membership).join(MessengerAccount, MessengerAccount.person_id == Membership.person_id)
        row = demo.read(lambda session: session.scalars(own).first())
        assert row is not None
        other = demo.read(lambda session: session.scalars(select(Pair)).first())
        pair = {"mentor_id": row.person_id, "mentee_id": other.mentee_id}
        moments = {"started_at": clock.now(), "last_contact_at": clock.now()}
        demo.write(lambda session: session.add(Pair(**pair, **moments)))
        number = row.id
    visitor = visit(StaffRole.ADMINISTRATOR)
    page = visitor.text(f"/active/{number}")
    assert "Кого сопровождает" in page and "02/2066" in page and "Что сделано" in page
    later = (clock.now() + timedelta(days=30)).date()
    visitor.post(f"/active/{number}/keep", {"until": later.isoformat(), "coordinator": ""})
    assert "Продлите его новым приказом" in visitor.text(f"/active/{number}")
    wrong = visitor.post(f"/active/{number}/keep", {"until": "2026-02-30"}, follow_redirects=True)
    assert wrong.status_code in (200, 302)
    visitor.post(f"/active/{number}/exclude", {"reason": "Уходит", "left": "1"})
    assert "по собственному желанию" in visitor.text(f"/active/{number}")
    assert visit(StaffRole.MUNICIPAL_METHODIST, "plastovsky-mr").get(f"/active/{number}").status_code == 404
