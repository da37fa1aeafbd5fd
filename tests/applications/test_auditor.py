"""An auditor reads one selection, with names and documents, for a term; nothing else, and not a day longer."""

from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from db.accounts import staff_services
from db.accounts.models import Staff
from db.audit import staff_queries
from db.audit.rules import staff_actor
from db.clock import FrozenClock
from db.errors import DomainError
from db.scope import StaffRole
from tests.applications.support import World, campaign_id
from tests.support import callers
from tests.support.panel import PASSWORD, Visitor, add_staff, make_panel

NAME = "Тестова Вера Ивановна"


def local_day(world: World) -> date:
    return world.now.astimezone(ZoneInfo("Asia/Yekaterinburg")).date()


def employ(world: World, code: str = "rma-extra", days: int = 7) -> int:
    """An auditor of this campaign, for so many days."""
    return world.database.write(
        staff_services.create_staff,
        callers.administrator(world.now),
        login=f"auditor-{code}",
        name="Проверяющая",
        role=StaffRole.AUDITOR,
        password=PASSWORD,
        campaign_id=world.database.read(campaign_id, code=code),
        last_day=local_day(world) + timedelta(days=days),
    )


def enter(world: World, clock: FrozenClock, folder: Path, code: str = "rma-extra") -> Visitor:
    visitor = Visitor(make_panel(world.database, clock, folder))
    assert visitor.sign_in(f"auditor-{code}").status_code == 302
    return visitor


def test_an_auditor_reads_the_selection_and_nothing_else(world: World, clock: FrozenClock, tmp_path: Path) -> None:
    dossier = world.submitted(world.teacher(name=NAME))
    number = employ(world)
    visitor = enter(world, clock, tmp_path)
    assert visitor.get("/").headers["Location"].endswith("/applications/")
    assert NAME in visitor.text("/applications/") and NAME in visitor.text(f"/applications/{dossier.id}")
    for page in ("people", "events", "mentoring", "reports", "diagnostics", "notices", "settings", "audit"):
        assert visitor.get(f"/{page}/").status_code == 403, page
    answer = visitor.post(f"/applications/{dossier.id}/decide", {"verdict": "approve", "revision": dossier.revision})
    assert answer.status_code == 403
    seen = world.database.read(staff_queries.seen, actor=staff_actor(number), since=None, limit=9)
    assert [row.person_id for row in seen] == [dossier.person_id]


def test_another_selection_is_not_there(world: World, clock: FrozenClock, tmp_path: Path) -> None:
    dossier = world.submitted(world.teacher(name=NAME))
    employ(world, "rma-2023")
    visitor = enter(world, clock, tmp_path, "rma-2023")
    other = world.database.read(campaign_id)
    assert NAME not in visitor.text("/applications/") + visitor.text(f"/applications/?campaign={other}")
    assert visitor.get(f"/applications/{dossier.id}").status_code == 404
    assert visitor.get(f"/applications/{dossier.id}/documents/1").status_code == 404


def test_the_term_ends_with_its_last_day(world: World, clock: FrozenClock, tmp_path: Path) -> None:
    employ(world, days=1)
    visitor = enter(world, clock, tmp_path)
    clock.moment += timedelta(hours=11)
    assert visitor.get("/applications/").status_code == 200
    clock.moment += timedelta(days=1, hours=6)
    assert visitor.get("/applications/").headers["Location"].startswith("/login")


def test_there_is_no_auditor_without_a_selection_and_a_term(world: World) -> None:
    made = {"login": "a", "name": "Проверяющая", "role": StaffRole.AUDITOR}
    campaign, today = world.database.read(campaign_id), local_day(world)
    for missing in (
        {},
        {"campaign_id": campaign},
        {"last_day": today},
        {"campaign_id": campaign, "last_day": today - timedelta(days=1)},
    ):
        with pytest.raises(DomainError, match="staff_term"):
            world.database.write(
                staff_services.create_staff, callers.administrator(world.now), **{**made, "login": "aud"}, **missing
            )
    employ(world)
    for values in ({"ends_at": None}, {"campaign_id": None}, {"role": StaffRole.READER}):
        with pytest.raises(IntegrityError, match="auditor"):
            world.database.write(lambda session, values=values: session.execute(update(Staff).values(values)))
    assert world.database.read(lambda session: session.scalar(select(func.count()).select_from(Staff))) == 1


def test_a_term_until_the_end_of_time_is_refused_in_words(world: World, clock: FrozenClock, tmp_path: Path) -> None:
    """The day after 9999-12-31 doesn't exist: the page failed."""
    world.database.write(add_staff, login="chief", role=StaffRole.ADMINISTRATOR, now=world.now)
    visitor = Visitor(make_panel(world.database, clock, tmp_path))
    visitor.sign_in("chief")
    form = {"login": "auditor", "name": "Проверяющая Анна", "role": "auditor", "password": PASSWORD}
    form |= {"campaign": str(world.database.read(campaign_id)), "last_day": "9999-12-31"}
    assert visitor.post("/settings/staff/new", form).status_code == 200
    assert world.database.read(lambda session: session.scalar(select(func.count()).select_from(Staff))) == 1
