"""A coordinator reads the applications of some directions, of every selection, and nothing else."""

from pathlib import Path

import pytest

from db.accounts import staff_services
from db.clock import FrozenClock
from db.dictionaries.models import TermKind
from db.errors import DomainError
from db.scope import StaffRole
from tests.applications.support import World, term_id
from tests.support import callers
from tests.support.panel import PASSWORD, Visitor, make_panel

NAME = "Тестова Вера Ивановна"


def employ(world: World, *numbers: int) -> int:
    return world.database.write(
        staff_services.create_staff,
        callers.administrator(world.now),
        login="coordinator",
        name="Координатор",
        role=StaffRole.COORDINATOR,
        password=PASSWORD,
        direction_ids=[world.database.read(term_id, kind=TermKind.DIRECTION, code=str(number)) for number in numbers],
    )


def enter(world: World, clock: FrozenClock, folder: Path) -> Visitor:
    visitor = Visitor(make_panel(world.database, clock, folder))
    assert visitor.sign_in("coordinator").status_code == 302
    return visitor


def test_a_coordinator_reads_the_own_directions_and_nothing_else(
    world: World, clock: FrozenClock, tmp_path: Path
) -> None:
    dossier = world.submitted(world.teacher(name=NAME))
    assert dossier.direction is not None
    own = int(dossier.direction.code)
    employ(world, own, own % 19 + 1)
    visitor = enter(world, clock, tmp_path)
    assert visitor.get("/").headers["Location"].endswith("/applications/")
    assert NAME in visitor.text("/applications/") and NAME in visitor.text(f"/applications/{dossier.id}")
    head = visitor.text("/applications/")
    assert "направления " in head and "вся служба" not in head, "the own reach is named"
    assert "/people/" not in visitor.text(f"/applications/{dossier.id}"), "a name led to a page that is shut"
    assert 'href="/applications"' in head and "<span>Сегодня</span>" not in head
    assert visitor.text("/applications/").count(f">{own}. ") >= 1
    for page in ("people", "events", "mentoring", "reports", "diagnostics", "notices", "settings", "audit"):
        assert visitor.get(f"/{page}/").status_code == 403, page
    answer = visitor.post(f"/applications/{dossier.id}/decide", {"verdict": "approve", "revision": dossier.revision})
    assert answer.status_code == 403


def test_another_direction_is_not_there(world: World, clock: FrozenClock, tmp_path: Path) -> None:
    dossier = world.submitted(world.teacher(name=NAME))
    assert dossier.direction is not None
    own = int(dossier.direction.code)
    employ(world, own % 19 + 1)
    visitor = enter(world, clock, tmp_path)
    assert NAME not in visitor.text("/applications/") + visitor.text(f"/applications/?direction={dossier.direction.id}")
    assert visitor.get(f"/applications/{dossier.id}").status_code == 404
    assert visitor.get(f"/applications/{dossier.id}/documents/1").status_code == 404


def test_a_coordinator_without_a_direction_is_refused(world: World) -> None:
    with pytest.raises(DomainError, match="staff_direction"):
        employ(world)
