"""The panel's page of notices: figures, retry, drop, scope, what was set aside."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from db.clock import FrozenClock
from db.database import Database
from db.inbox import services as inbox
from db.inbox.models import IncomingUpdate, UpdateStatus
from db.inbox.queries import Received
from db.notices import services
from db.notices.models import Notice, NoticeStatus
from db.people.models import MessengerAccount
from db.scope import StaffRole
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import add_teacher, block

HOME, FOREIGN = "chelyabinsky-go", "varnensky-mr"
STAFF: dict[str, tuple[StaffRole, tuple[str, ...]]] = {
    "region": (StaffRole.REGIONAL_METHODIST, ()),
    "town": (StaffRole.MUNICIPAL_METHODIST, (HOME,)),
    "reader": (StaffRole.READER, ()),
}


@pytest.fixture
def app(database: Database, clock: FrozenClock, tmp_path: Path) -> Flask:
    for login, (role, places) in STAFF.items():
        database.write(add_staff, login=login, role=role, municipalities=places, now=clock.now())
    return make_panel(database, clock, tmp_path)


@pytest.fixture
def enter(app: Flask) -> Callable[[str], Visitor]:
    def sign_in(login: str) -> Visitor:
        visitor = Visitor(app)
        assert visitor.sign_in(login).status_code == 302
        return visitor

    return sign_in


@pytest.fixture
def dead(database: Database, clock: FrozenClock) -> dict[str, int]:
    """A dead notice at home, a foreign one, and one of somebody who blocked the bot."""
    found: dict[str, int] = {}
    for number, (name, place, why) in enumerate(
        (("home", HOME, "gave_up"), ("foreign", FOREIGN, "refused: Bad Request"), ("blocked", HOME, "blocked"))
    ):
        now = clock.now()
        person = database.write(add_teacher, external_id=number, name=f"Имя {name}", municipality=place, now=now)
        database.write(
            services.enqueue, callers.clock(now), key=name, person_id=person, kind="events.offer", params={"t": "тайна"}
        )
        changes: dict[str, Any] = {"status": NoticeStatus.DEAD, "error": why, "attempts": 3}
        database.write(lambda s, k=name, c=changes: s.execute(update(Notice).where(Notice.key == k).values(**c)))
        if why == "blocked":
            database.write(block, person_id=person, at=now)
        query = select(Notice.id).where(Notice.key == name)
        found[name] = database.read(lambda s, q=query: s.scalars(q).one())
    return found


def status(database: Database, number: int) -> NoticeStatus:
    return database.read(lambda session: session.get_one(Notice, number)).status


def test_the_page_says_who_did_not_get_what_and_why(enter: Callable[[str], Visitor], dead: dict[str, int]) -> None:
    page = enter("region").text("/notices/")
    for words in ("Имя home", "Имя foreign", "Имя blocked", "заблокировал", "сутки не принимал", "отказался принять"):
        assert words in page
    assert "тайна" not in page
    assert "notices.panel" not in page


def test_what_did_not_arrive_stands_by_its_cause(enter: Callable[[str], Visitor], dead: dict[str, int]) -> None:
    visitor = enter("region")
    page = visitor.text("/notices/")
    assert "все · 3" in page and "человек заблокировал бота · 1" in page
    refused = visitor.text("/notices/?why=refused")
    assert "Имя foreign" in refused and "Имя home" not in refused and "Имя blocked" not in refused
    town = enter("town").text("/notices/")
    assert "все · 2" in town and "отказался принять" not in town


def test_a_municipal_methodist_sees_and_touches_only_the_own(
    enter: Callable[[str], Visitor], database: Database, dead: dict[str, int]
) -> None:
    visitor = enter("town")
    page = visitor.text("/notices/")
    assert "Имя home" in page
    assert "Имя foreign" not in page
    for verb in ("retry", "drop"):
        assert visitor.post(f"/notices/{dead['foreign']}/{verb}").status_code == 404
    visitor.post("/notices/retry")
    assert [status(database, dead[key]).value for key in ("home", "foreign", "blocked")] == ["pending", "dead", "dead"]


def test_one_is_tried_again_and_one_is_dropped(
    enter: Callable[[str], Visitor], database: Database, dead: dict[str, int]
) -> None:
    visitor = enter("region")
    for _ in range(2):
        assert visitor.post(f"/notices/{dead['blocked']}/retry").status_code == 302
        assert visitor.post(f"/notices/{dead['foreign']}/drop").status_code == 302
    assert status(database, dead["blocked"]) is NoticeStatus.PENDING
    assert status(database, dead["foreign"]) is NoticeStatus.CANCELLED
    account = select(MessengerAccount.blocked_at).where(MessengerAccount.external_id == 2)
    assert database.read(lambda s: s.scalars(account).one()) is None


def test_what_is_too_late_is_not_sent_again(
    enter: Callable[[str], Visitor], database: Database, clock: FrozenClock, dead: dict[str, int]
) -> None:
    """Months after a teacher had come back, «all again» sent reminders of past events, at night too."""
    late = update(Notice).where(Notice.id.in_([dead["home"], dead["foreign"]])).values(expires_at=clock.now())
    database.write(lambda session: session.execute(late))
    visitor = enter("region")
    assert "Время этого сообщения прошло" in visitor.client.post(
        f"/notices/{dead['home']}/retry", data={"csrf_token": visitor.token()}, follow_redirects=True
    ).get_data(as_text=True)
    assert status(database, dead["home"]) is NoticeStatus.DEAD
    visitor.post("/notices/retry")
    assert [status(database, dead[key]).value for key in ("home", "foreign")] == ["cancelled", "cancelled"]


def test_a_reader_changes_nothing(enter: Callable[[str], Visitor], database: Database, dead: dict[str, int]) -> None:
    visitor = enter("reader")
    assert "Ещё раз" not in visitor.text("/notices/")
    for path in ("/notices/retry", f"/notices/{dead['home']}/retry", f"/notices/{dead['home']}/drop"):
        assert visitor.post(path).status_code == 403
    assert status(database, dead["home"]) is NoticeStatus.DEAD


def test_an_update_set_aside_is_shown_without_its_content_and_put_back(
    enter: Callable[[str], Visitor], database: Database, clock: FrozenClock
) -> None:
    item = Received(5, 7, '{"update_id": 5, "message": {"text": "тайна"}}')
    database.write(inbox.receive, platform="telegram", updates=[item], now=clock.now())
    database.write(inbox.quarantine, platform="telegram", update_id=5, now=clock.now())
    assert "Сообщение боту" not in enter("town").text("/notices/")
    visitor = enter("region")
    page = visitor.text("/notices/")
    assert "Сообщение боту" in page
    assert "тайна" not in page
    assert enter("town").post("/notices/updates/telegram/5/retry").status_code == 403
    assert visitor.post("/notices/updates/telegram/5/retry").status_code == 302
    assert visitor.post("/notices/updates/telegram/5/retry").status_code == 404
    row = database.read(lambda session: session.get_one(IncomingUpdate, ("telegram", 5)))
    assert row.status is UpdateStatus.RECEIVED
