"""Appeals in the panel: the list and its file, the decision beside the appeal, who may answer."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from db.appeals import services
from db.appeals.models import Appeal, AppealStatus
from db.applications import staff_services as applications
from db.applications.models import Verdict
from db.clock import FrozenClock
from db.database import Database
from db.scope import StaffRole
from tests.applications.panel import PASSWORD, give_password
from tests.applications.support import World
from tests.support import callers
from tests.support.panel import Visitor, make_panel

TEXT = "Справка приложена, её могли не заметить."


@pytest.fixture
def desk(sqlite_url: str, clock: FrozenClock, tmp_path: Path) -> Iterator[tuple[World, dict[str, Visitor]]]:
    door = Database.connect(sqlite_url)
    world = World(door, clock.now())
    scopes = {
        "judge": world.staff("judge"),
        "colleague": world.staff("colleague"),
        "town": world.staff("town", StaffRole.MUNICIPAL_METHODIST, "chelyabinsky-go"),
    }
    person_id = world.teacher()
    dossier = world.submitted(person_id)
    door.write(
        applications.decide,
        callers.staff(scopes["judge"], world.now),
        application_id=dossier.id,
        verdict=Verdict.REJECT,
        revision=dossier.revision,
        reasons=[1],
        comment="Справки нет",
    )
    door.write(services.file, callers.person(person_id, world.now), application_id=dossier.id, text=TEXT)
    app = make_panel(door, clock, tmp_path)
    visitors = {}
    for login, scope in scopes.items():
        give_password(door, scope)
        visitors[login] = Visitor(app)
        assert visitors[login].sign_in(login, PASSWORD).status_code == 302
    yield world, visitors
    door.close()


def test_a_colleague_sees_both_sides_and_answers(desk: tuple[World, dict[str, Visitor]]) -> None:
    world, visitors = desk
    colleague = visitors["colleague"]
    assert "Тестова Вера Ивановна" in unescape(colleague.text("/appeals/"))
    assert "просьба о пересмотре" in unescape(colleague.text("/"))
    assert colleague.get("/appeals.xlsx").data.startswith(b"PK")
    page = unescape(colleague.text("/appeals/1"))
    assert TEXT in page and "Справки нет" in page and "Низкий результат оценки" in page
    again = colleague.post("/appeals/1/answer", {"verdict": "dismiss", "text": " "}, follow_redirects=True)
    assert "Напишите ответ" in unescape(again.get_data(as_text=True))
    form = {"verdict": "dismiss", "text": "Справку посмотрели: в ней другой год."}
    done = colleague.post("/appeals/1/answer", form, follow_redirects=True)
    page = unescape(done.get_data(as_text=True))
    assert "Ответ ушёл педагогу" in page and "Справку посмотрели" in page
    row = world.database.read(lambda session: session.get_one(Appeal, 1))
    assert row.status is AppealStatus.DISMISSED
    assert "Никто не ждёт" in unescape(colleague.text("/appeals/"))


def test_who_refused_is_told_that_a_colleague_decides_now(desk: tuple[World, dict[str, Visitor]]) -> None:
    _, visitors = desk
    form = {"verdict": "uphold", "text": "Справка нашлась, посмотрим ещё раз."}
    assert visitors["colleague"].post("/appeals/1/answer", form).status_code == 302
    page = unescape(visitors["judge"].text("/applications/1"))
    assert "Теперь решает коллега" in page and "data-decline" not in page
    assert "data-decline" in visitors["colleague"].text("/applications/1")


@pytest.mark.parametrize(("login", "said"), [("judge", "вы отказывали"), ("town", "Отвечает региональный методист")])
def test_who_refused_and_who_decides_nothing_only_reads(
    desk: tuple[World, dict[str, Visitor]], login: str, said: str
) -> None:
    world, visitors = desk
    page = unescape(visitors[login].text("/appeals/1"))
    assert said in page and "Взять на пересмотр" not in page
    visitors[login].post("/appeals/1/answer", {"verdict": "uphold", "text": "Посмотрим ещё раз."})
    assert world.database.read(lambda session: session.get_one(Appeal, 1)).status is AppealStatus.WAITING
