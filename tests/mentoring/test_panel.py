"""The panel's pages of mentoring: lists, a new pair, the end of one, and who may."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from db.mentoring import meetings
from db.mentoring.models import Mentor, Pair, PairStatus
from db.people.models import Role
from db.scope import StaffRole
from tests.mentoring.conftest import Duo
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import add_teacher

HOME, FOREIGN = "chelyabinsky-go", "varnensky-mr"
STAFF: dict[str, tuple[StaffRole, tuple[str, ...]]] = {
    "region": (StaffRole.REGIONAL_METHODIST, ()),
    "town": (StaffRole.MUNICIPAL_METHODIST, (HOME,)),
    "away": (StaffRole.MUNICIPAL_METHODIST, (FOREIGN,)),
    "reader": (StaffRole.READER, ()),
}


@pytest.fixture
def app(duo: Duo, tmp_path: Path) -> Flask:
    for login, (role, places) in STAFF.items():
        duo.database.write(add_staff, login=login, role=role, municipalities=places, now=duo.clock.now())
    return make_panel(duo.database, duo.clock, tmp_path)


@pytest.fixture
def enter(app: Flask) -> Callable[[str], Visitor]:
    def sign_in(login: str) -> Visitor:
        visitor = Visitor(app)
        assert visitor.sign_in(login).status_code == 302
        return visitor

    return sign_in


def test_the_list_shows_pairs_and_marks_the_silent(duo: Duo, enter: Callable[[str], Visitor]) -> None:
    assert "молчат" not in enter("region").text("/mentoring/")
    duo.move(days=31)
    visitor = enter("region")
    assert "давно не виделась" in visitor.text("/")
    for path in ("/mentoring/", "/mentoring/?show=silent", "/mentoring/?q=мудр"):
        page = visitor.text(path)
        assert "Юная Ольга" in page
        assert "Мудрая Нина" in page
        assert "молчат" in page
        assert "mentoring.panel" not in page
    assert "Юная Ольга" not in visitor.text("/mentoring/?show=finished")
    duo.plan(days=2)
    assert "Все пары на связи" in visitor.text("/mentoring/?show=silent")


def test_a_pairs_page_has_its_meetings_but_not_the_mentors_notes(duo: Duo, enter: Callable[[str], Visitor]) -> None:
    meeting = duo.plan(hours=1)
    now = duo.move(hours=2)
    duo.database.write(meetings.log_meeting, callers.person(duo.mentor, now), meeting_id=meeting, held=True)
    duo.database.write(meetings.write_outcome, callers.person(duo.mentor), meeting_id=meeting, text="личная заметка")
    page = enter("region").text(f"/mentoring/{duo.pair}")
    assert "состоялась" in page
    assert "личная заметка" not in page
    assert "mentoring.panel" not in page


def test_a_foreign_methodist_finds_nothing(duo: Duo, enter: Callable[[str], Visitor]) -> None:
    visitor = enter("away")
    assert "Юная Ольга" not in visitor.text("/mentoring/")
    assert "Юная Ольга" not in visitor.text("/mentoring/new?q=юная")
    assert visitor.get(f"/mentoring/{duo.pair}").status_code == 404
    assert visitor.post(f"/mentoring/{duo.pair}/finish").status_code == 404
    assert visitor.post("/mentoring/new", {"mentor": duo.mentor, "mentee": duo.mentee}).status_code == 404
    assert duo.row().status is PairStatus.ACTIVE


def test_a_pair_across_the_border_is_seen_from_both_sides(duo: Duo, enter: Callable[[str], Visitor]) -> None:
    far = duo.database.write(add_teacher, external_id=9, name="Дальняя Анна", municipality=FOREIGN, now=duo.clock.now())
    pair = duo.create(mentee_id=far)
    for login in ("region", "town", "away"):
        assert "Дальняя Анна" in enter(login).text(f"/mentoring/{pair}")


def test_a_new_pair_is_made_once(duo: Duo, enter: Callable[[str], Visitor]) -> None:
    third = duo.database.write(add_teacher, external_id=3, name="Третья Вера", now=duo.clock.now())
    visitor = enter("town")
    page = visitor.text("/mentoring/new?q=третья")
    assert "Третья Вера" in page
    assert "Мудрая Нина" in page
    for _ in range(2):
        answer = visitor.post("/mentoring/new", {"mentor": duo.mentor, "mentee": third, "goals": "<b>Цели</b>"})
        assert answer.status_code == 302
    query = select(func.count()).select_from(Pair).where(Pair.mentee_id == third)
    assert duo.database.read(lambda session: session.scalar(query)) == 1
    assert "&lt;b&gt;Цели&lt;/b&gt;" in visitor.text(answer.location)


def test_somebody_without_the_role_is_refused_in_words(duo: Duo, enter: Callable[[str], Visitor]) -> None:
    answer = enter("region").post("/mentoring/new", {"mentor": duo.mentee, "mentee": duo.mentor})
    assert answer.status_code == 200
    assert "нет роли наставника" in answer.get_data(as_text=True)


def test_finishing_is_for_methodists(duo: Duo, enter: Callable[[str], Visitor]) -> None:
    assert enter("reader").post(f"/mentoring/{duo.pair}/finish").status_code == 403
    assert enter("reader").get(f"/mentoring/{duo.pair}").status_code == 403
    visitor = enter("town")
    assert visitor.post(f"/mentoring/{duo.pair}/finish").status_code == 302
    assert duo.row().status is PairStatus.FINISHED
    assert "Завершить пару" not in visitor.text(f"/mentoring/{duo.pair}")


def test_a_revoked_mentor_is_no_candidate(duo: Duo, enter: Callable[[str], Visitor]) -> None:
    from db.people import roles

    duo.database.write(
        roles.revoke, callers.clock(duo.clock.now() + timedelta(1)), person_id=duo.mentor, role=Role.MENTOR
    )
    assert "Наставников пока нет" in enter("region").text("/mentoring/new")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("why", [{"places": 1}, {"places": 3, "paused": True}])
def test_a_mentor_without_a_free_place_is_no_candidate(
    duo: Duo, enter: Callable[[str], Visitor], why: dict[str, Any]
) -> None:
    """The one mentor of the list was full, and the pair was refused after it had been written.

    Then whoever had declared places was compared with everybody's pairs.
    """
    now = duo.clock.now()
    free, _ = (
        duo.database.write(add_teacher, external_id=number, name=name, roles=roles, now=now)
        for number, name, roles in ((3, "Вольная Раиса", [Role.MENTOR]), (4, "Третья Вера", []))
    )
    declared = {"digest": False, "paused": False, "declared_at": now}
    rows = [Mentor(person_id=duo.mentor, **declared | why), Mentor(person_id=free, places=1, **declared)]
    duo.database.write(lambda session: session.add_all(rows))
    page = enter("region").text("/mentoring/new?q=третья")
    assert "Вольная Раиса" in page and "Мудрая Нина" not in page


def test_the_base_of_mentors_wishes_and_a_proposal_with_its_reasons(duo: Duo, enter: Callable[[str], Visitor]) -> None:
    """ACCEPTANCE of the base: by centre, strengths and free places; a full mentor is not proposed."""
    from db.mentoring import mentors, proposals

    code, title = next(iter(duo.database.read(mentors.components).items()))
    asking = duo.database.write(add_teacher, external_id=5, name="Ищущая Вера", now=duo.clock.now())
    duo.database.write(proposals.wish, callers.person(asking, duo.clock.now()), component=code)
    visitor = enter("town")
    assert "Мудрая Нина" in visitor.text("/mentoring/mentors")
    assert "Мудрая Нина" not in visitor.text("/mentoring/mentors?free=1")
    card = f"/mentoring/mentors/{duo.mentor}"
    answer = visitor.post(card, {"strengths": code, "places": "99"})
    assert "от 1 до 20" in answer.get_data(as_text=True)
    assert visitor.post(card, {"strengths": code, "places": "2"}).status_code == 302
    assert "Мудрая Нина" in visitor.text(f"/mentoring/mentors?free=1&component={code}")
    assert visitor.get("/mentoring/mentors.xlsx").status_code == 200
    assert "Ищущая Вера" in visitor.text("/mentoring/wishes")
    assert "педагог ищет наставника" in visitor.text("/"), "nobody came upon the page who did not look for it"

    def cells(login: str) -> set[object]:
        book = load_workbook(BytesIO(enter(login).get("/mentoring/wishes.xlsx").data)).worksheets[0]
        return {cell.value for row in book.iter_rows() for cell in row}

    assert {"Ищущая Вера", title} <= cells("town") and "Ищущая Вера" not in cells("reader")
    assert title in cells("reader") and title not in cells("away")
    page = visitor.text(f"/mentoring/propose/{asking}")
    assert "помогает с тем, что назвал педагог" in page and title in page and "свободно 1 место" in page
    assert "коллеги по организации" in page
    answer = visitor.post(f"/mentoring/propose/{asking}", {"mentor": duo.mentor})
    assert answer.status_code == 302 and "пока без ответа" in visitor.text(answer.location)
    assert "Ищущая Вера" in visitor.text("/mentoring/?show=proposed")
    third = duo.database.write(add_teacher, external_id=6, name="Третья", now=duo.clock.now())
    assert "Свободных наставников нет" in visitor.text(f"/mentoring/propose/{third}")
    refused = visitor.post(f"/mentoring/propose/{third}", {"mentor": duo.mentor})
    assert "заняты все места (2)" in refused.get_data(as_text=True)
    assert "Ищущая Вера" not in enter("away").text("/mentoring/wishes")
    assert enter("away").get(card).status_code == 404
    assert "Мудрая" not in enter("reader").text("/mentoring/mentors")


def test_a_pair_rests_goes_on_and_is_broken_off_in_the_panel(duo: Duo, enter: Callable[[str], Visitor]) -> None:
    visitor, card = enter("town"), f"/mentoring/{duo.pair}"
    assert visitor.post(f"{card}/pause").status_code == 302
    assert "Продолжить" in visitor.text(card) and "Юная Ольга" in visitor.text("/mentoring/?show=paused")
    visitor.post(f"{card}/resume")
    for paper in ("programme", "report"):
        assert visitor.get(f"{card}/{paper}.docx").status_code == 200
    assert visitor.get(f"{card}/diary.docx").status_code == 404
    visitor.post(f"{card}/break", {"reason": "no such"})
    assert duo.row().status is PairStatus.ACTIVE
    visitor.post(f"{card}/break", {"reason": "moved"})
    assert "сменилось место работы" in visitor.text(card)
    assert "расстались досрочно" in visitor.text("/mentoring/?show=finished")
