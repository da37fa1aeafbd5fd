"""The panel's pages of broadcasts: written, looked at, confirmed by typing the number; a mistake reaches nobody."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from db.broadcasts.models import BroadcastStatus
from db.broadcasts.rules import LENGTH
from db.broadcasts.staff_queries import BroadcastAudience
from db.dictionaries.models import Term, TermKind
from db.scope import StaffRole
from tests.broadcasts.conftest import FOREIGN, HOME, TEXT, Service
from tests.support.panel import Visitor, make_panel

EVIL = "<b>Жирно</b> <script>alert(1)</script> & {name} \"'"


@pytest.fixture
def app(service: Service, tmp_path: Path) -> Flask:
    service.scope("town", StaffRole.MUNICIPAL_METHODIST, HOME)
    service.scope("reader", StaffRole.READER)
    return make_panel(service.database, service.clock, tmp_path)


@pytest.fixture
def enter(app: Flask) -> Callable[[str], Visitor]:
    def sign_in(login: str) -> Visitor:
        visitor = Visitor(app)
        assert visitor.sign_in(login).status_code == 302
        return visitor

    return sign_in


def number_of(location: str) -> int:
    found = re.search(r"/broadcasts/(\d+)$", location)
    assert found, location
    return int(found[1])


def test_from_the_text_to_whoever_got_it(service: Service, enter: Callable[[str], Visitor]) -> None:
    people = service.people(3)
    service.set_person(people[2], reminders=False)
    visitor = enter("region")
    assert "Рассылок ещё не было" in visitor.text("/broadcasts/")
    number = number_of(visitor.post("/broadcasts/new", {"text": TEXT}).location)
    page = visitor.text(f"/broadcasts/{number}")
    assert TEXT in page
    assert "Получат 2 человека." in page
    assert "Ещё 1 не услышит" in page
    refused = visitor.post(f"/broadcasts/{number}/start", {"typed": "3", "revision": "0"}).get_data(as_text=True)
    assert "Число не сходится: получателей 2." in refused
    assert 'name="typed" value="3"' in refused
    assert service.row(number).status is BroadcastStatus.DRAFT
    visitor.post(f"/broadcasts/{number}/start", {"typed": "2", "revision": "0"})
    assert "Рассылка отправлена" in visitor.text(f"/broadcasts/{number}")
    service.sweep()
    assert "уходит" in visitor.text(f"/broadcasts/{number}")
    service.delivered()
    service.move(minutes=1)
    service.sweep()
    page = visitor.text(f"/broadcasts/{number}")
    assert "разослана" in page
    assert "Отозвать" not in page, "there is nothing left to take back"
    assert re.search(r'tile-value">2</span><span class="tile-label">дошло', page)
    assert "broadcasts.panel" not in page + visitor.text("/broadcasts/")


def test_a_double_click_or_a_stale_page_sends_it_once(service: Service, enter: Callable[[str], Visitor]) -> None:
    service.people(2)
    visitor = enter("region")
    number = service.create()
    for _ in range(2):
        visitor.post(f"/broadcasts/{number}/start", {"typed": "2", "revision": "0"})
    assert "кое-что изменилось" in visitor.text(f"/broadcasts/{number}")
    service.sweep()
    service.sweep()
    assert max(service.told().values()) == 1


def test_a_page_of_a_deleted_draft_never_sends_the_next_one(service: Service, enter: Callable[[str], Visitor]) -> None:
    """The next draft was given the deleted one's number, and the page that still showed the old one sent it."""
    service.people(2)
    visitor = enter("region")
    old = service.create()
    visitor.post(f"/broadcasts/{old}/delete")
    fresh = service.create(text="Другая")
    assert fresh != old
    assert visitor.post(f"/broadcasts/{old}/start", {"typed": "2", "revision": "0"}).status_code == 404
    assert service.row(fresh).status is BroadcastStatus.DRAFT


def test_what_has_gone_is_not_edited(service: Service, enter: Callable[[str], Visitor]) -> None:
    service.people(1)
    number = service.create()
    service.start(number, 1)
    visitor = enter("region")
    assert visitor.get(f"/broadcasts/{number}/edit").location.endswith(f"/broadcasts/{number}")
    assert "изменить её нельзя" in visitor.text(f"/broadcasts/{number}")


def test_the_unsent_is_recalled_from_its_page(service: Service, enter: Callable[[str], Visitor]) -> None:
    service.people(2)
    number = service.create()
    service.start(number, 2)
    service.sweep()
    visitor = enter("town")
    assert visitor.post(f"/broadcasts/{number}/recall").status_code == 404, "another scope's"
    visitor = enter("region")
    assert "Отозвать неотправленное" in visitor.text(f"/broadcasts/{number}")
    visitor.post(f"/broadcasts/{number}/recall")
    assert "Рассылка остановлена" in visitor.text(f"/broadcasts/{number}")
    assert service.waiting() == set()


def test_a_text_that_is_refused_is_not_lost(service: Service, enter: Callable[[str], Visitor]) -> None:
    visitor = enter("region")
    long = "Длинно. " * LENGTH
    answer = visitor.post("/broadcasts/new", {"text": long[: LENGTH + 5], "role": "mentor"})
    page = answer.get_data(as_text=True)
    assert f"Получилось {len(long[: LENGTH + 5].strip())} знаков" in page
    assert long[: LENGTH + 5].strip() in page
    assert re.search(r'value="mentor" selected', page)
    number = service.create()
    other = enter("region")
    other.post(f"/broadcasts/{number}/edit", {"text": "Быстрее", "revision": "0"})
    page = visitor.post(f"/broadcasts/{number}/edit", {"text": "Медленнее", "revision": "0"}).get_data(as_text=True)
    assert "Медленнее" in page
    assert "Сейчас в нём: «Быстрее»" in page
    assert service.row(number).text == "Быстрее"
    seen = re.search(r'name="revision" value="(\d+)"', page)
    assert seen
    visitor.post(f"/broadcasts/{number}/edit", {"text": "Медленнее", "revision": seen[1]})
    assert service.row(number).text == "Медленнее", "who was told may save over it"


def test_what_was_not_chosen_by_mistake_does_not_mean_everybody(
    service: Service, enter: Callable[[str], Visitor]
) -> None:
    visitor = enter("region")
    for field, value in (("municipality", "oops"), ("position", "99999999999"), ("role", "director")):
        assert visitor.post("/broadcasts/new", {"text": TEXT, field: value}).status_code == 400
    head = service.database.read(
        lambda session: session.scalars(select(Term).where(Term.kind == TermKind.POSITION)).first()
    )
    assert head
    number = service.create(BroadcastAudience(position_id=head.id))
    service.database.write(lambda session: setattr(session.get_one(Term, head.id), "active", False))
    form = visitor.text(f"/broadcasts/{number}/edit")
    assert f'<option value="{head.id}" selected>{head.name}</option>' in form, "a position out of use stays chosen"
    visitor.post(f"/broadcasts/{number}/start", {"typed": "0"})
    assert service.row(number).status is BroadcastStatus.DRAFT


def test_to_those_with_few_years_at_work_is_kept_and_told(service: Service, enter: Callable[[str], Visitor]) -> None:
    visitor = enter("region")
    answer = visitor.post("/broadcasts/new", {"text": TEXT, "young": "1"})
    assert service.row(number_of(answer.location)).young
    assert "стаж меньше трёх лет" in visitor.text(answer.location) and "стаж меньше" in visitor.text("/broadcasts/")
    assert 'name="young" value="1" checked' in visitor.text(f"{answer.location}/edit")


def test_a_form_counts_a_line_end_as_one_sign(service: Service, enter: Callable[[str], Visitor]) -> None:
    text = "\r\n".join(["я"] * (LENGTH // 2))
    answer = enter("region").post("/broadcasts/new", {"text": text})
    assert answer.status_code == 302
    assert len(service.row(number_of(answer.location)).text) == LENGTH - 1


def test_words_are_shown_as_they_are(service: Service, enter: Callable[[str], Visitor]) -> None:
    number = service.create(text=EVIL)
    for path in ("/broadcasts/", f"/broadcasts/{number}", f"/broadcasts/{number}/edit"):
        page = enter("region").text(path)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_own_municipality_only_and_readers_not_at_all(service: Service, enter: Callable[[str], Visitor]) -> None:
    service.people(1)
    visitor = enter("town")
    whole = service.create()
    assert visitor.get(f"/broadcasts/{whole}").status_code == 404
    assert "Рассылок ещё не было" in visitor.text("/broadcasts/")
    foreign = {"text": TEXT, "municipality": str(service.place(FOREIGN))}
    assert visitor.post("/broadcasts/new", foreign).status_code == 404
    unsaid = visitor.post("/broadcasts/new", {"text": TEXT}).get_data(as_text=True)
    assert "Выберите муниципалитет." in unsaid and TEXT in unsaid
    form = visitor.text("/broadcasts/new")
    assert "вся служба" not in form
    assert "Варненск" not in form
    own = number_of(visitor.post("/broadcasts/new", {"text": TEXT, "municipality": str(service.place(HOME))}).location)
    assert "Получит 1 человек." in visitor.text(f"/broadcasts/{own}")
    assert visitor.post(f"/broadcasts/{own}/delete").location.endswith("/broadcasts/")
    assert enter("reader").get("/broadcasts/").status_code == 403
    assert "/broadcasts/" not in enter("reader").text("/")
