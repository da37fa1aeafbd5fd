"""A second tab saves over nothing that was saved since it was opened; what is wrong is said at its field."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from db.accounts.models import Staff
from db.database import Database
from db.dictionaries.models import Municipality, Organisation
from tests.support.panel import Visitor

Enter = Callable[[str], Visitor]


def form_of(visitor: Visitor, url: str) -> dict[str, str]:
    """What the page's form would send as it stands."""
    text = visitor.text(url)
    inputs = re.findall(r"<input[^>]*>", text.split('<form method="post" class=', 2)[-1].split("</form>")[0])
    found = {}
    for one in inputs:
        name, value = re.search(r'name="([^"]+)"', one), re.search(r'value="([^"]*)"', one)
        if name and (("checkbox" not in one and "radio" not in one) or "checked" in one):
            found[name[1]] = value[1] if value else ""
    return found


@pytest.fixture
def organisation_id(database: Database) -> int:
    def add(session) -> int:  # type: ignore[no-untyped-def]
        place = session.scalars(select(Municipality.id)).first()
        row = Organisation(municipality_id=place, name="Школа № 1", confirmed=True)
        session.add(row)
        session.flush()
        return row.id

    return database.write(add)


def test_a_second_tab_does_not_save_over_an_organisation(
    signed_in: Enter, database: Database, organisation_id: int
) -> None:
    visitor, url = signed_in("admin"), f"/settings/organisations/{organisation_id}"
    first, second = form_of(visitor, url), form_of(visitor, url)
    assert visitor.post(url, {**first, "name": "Школа № 1 имени Курчатова"}).status_code == 302
    answer = visitor.post(url, {**second, "name": "Школа 1"})
    text = answer.get_data(as_text=True)
    assert "здесь сохранили другое" in text
    assert "Сейчас сохранено: Школа № 1 имени Курчатова" in text and 'value="Школа 1"' in text
    assert database.read(lambda session: session.get_one(Organisation, organisation_id).name).endswith("Курчатова")
    again = re.search(r'name="version" value="([^"]+)"', text)
    assert again
    assert visitor.post(url, {**second, "name": "Школа 1", "version": again[1]}).status_code == 302


def test_a_second_tab_does_not_save_over_the_rules_or_an_account(
    signed_in: Enter, database: Database, staff_ids: dict[str, int]
) -> None:
    visitor = signed_in("admin")
    for url, field, values in (
        ("/settings/rules", "retest_days", ("200", "210")),
        (f"/settings/staff/{staff_ids['reader']}", "name", ("Первая Правка", "Вторая Правка")),
    ):
        first, second = form_of(visitor, url), form_of(visitor, url)
        assert visitor.post(url, {**first, field: values[0]}).status_code == 302, url
        text = visitor.post(url, {**second, field: values[1]}).get_data(as_text=True)
        assert f"Сейчас сохранено: {values[0]}" in text, url
        assert f'value="{values[1]}"' in text, url
    assert database.read(lambda session: session.get_one(Staff, staff_ids["reader"]).name) == "Первая Правка"


def test_a_refusal_stands_at_its_field(signed_in: Enter, organisation_id: int) -> None:
    visitor, url = signed_in("admin"), f"/settings/organisations/{organisation_id}"
    text = visitor.post(url, {**form_of(visitor, url), "name": "x"}).get_data(as_text=True)
    assert 'aria-invalid="true"' in text and re.search(r'<p class="error" id="f-name-said">[^<]+</p>', text)
