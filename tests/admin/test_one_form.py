"""What is pasted into the panel is kept in one form and found by any."""

import unicodedata
from collections.abc import Callable

import pytest
from sqlalchemy import select

from admin.security import Typed
from db.database import Database
from db.dictionaries.models import Municipality, Organisation
from tests.support.panel import Visitor

Enter = Callable[[str], Visitor]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ('МБОУ "Школа  №\u00a07"', "МБОУ «Школа № 7»"),
        ("Центр “Ориентир\u200b” имени О\u2019Коннора", "Центр «Ориентир» имени О'Коннора"),
        (unicodedata.normalize("NFD", "Лицей „Олимпийский“"), "Лицей «Олимпийский»"),
    ],
)
def test_the_panel_keeps_a_school_in_one_form_and_finds_it_by_any(
    signed_in: Enter, database: Database, name: str, kept: str
) -> None:
    visitor = signed_in("admin")
    place = database.read(lambda session: session.scalars(select(Municipality.id).order_by(Municipality.id)).first())
    visitor.post("/settings/organisations/new", {"municipality_id": place, "name": name, "confirmed": "on"})
    assert database.read(lambda session: session.scalar(select(Organisation.name).where(Organisation.name == kept)))
    for text in (name, kept, name.replace('"', "”").replace("№\u00a0", "№"), kept.upper()):
        answer = visitor.get("/settings/organisations/", query_string={"q": text})
        assert kept.replace("'", "&#39;") in answer.get_data(as_text=True), text


def test_latin_letters_in_a_schools_name_are_told_at_the_field(signed_in: Enter, database: Database) -> None:
    visitor = signed_in("admin")
    place = database.read(lambda session: session.scalars(select(Municipality.id)).first())
    page = visitor.post("/settings/organisations/new", {"municipality_id": place, "name": "Шкoла № 7"})
    text = page.get_data(as_text=True)
    assert page.status_code == 200 and text.count("«Школа № 7»") == 2, "on top and at the field"
    assert not database.read(lambda session: session.scalar(select(Organisation.id).where(Organisation.name == "x")))


def test_whatever_a_form_or_an_address_brings_is_clean_at_the_door() -> None:
    """Names are put right once more where they are kept; a remark or a reason is by the door alone."""
    came = Typed([("remark", "\ufeffСни\u0306де\u200b паро\u00adль\0"), ("password", "мой\u200bпароль")])
    assert came["remark"] == "Снйде пароль"
    assert came["password"] == "мой\u200bпароль"


def test_a_password_stays_as_it_was_typed(signed_in: Enter) -> None:
    visitor = signed_in("admin")
    odd = unicodedata.normalize("NFD", "мой\u200bпароль") + "\u00ad-2026"
    visitor.post("/password", {"current": "correct horse battery", "password": odd, "again": odd})
    visitor.client.delete_cookie("opora")
    login = {"login": "admin", "password": unicodedata.normalize("NFC", odd)}
    assert visitor.post("/login", login).status_code != 302
    assert visitor.post("/login", {**login, "password": odd}).status_code == 302
