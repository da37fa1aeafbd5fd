"""Advice and steps in the panel: a preview as in the bot, a centre's own, two tabs, the journal, files."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.advice.models import AdviceCategory, CentreAdvice
from db.audit.models import AuditEntry
from db.diagnostics.models import ItemStep
from db.dictionaries.models import Centre
from db.scope import StaffRole
from tests.support.panel import Visitor
from tests.support.region import Enter, another, sheet

SENT = {
    "title": "Пять минут тишины",
    "text": "Начните с минуты тишины и спросите, что дети услышали.",
    "why": "Тишина собирает внимание.",
    "signed_by": "Институт",
    "centre_id": "0",
    "category_id": "0",
    "component": "digital",
    "site_id": "0",
    "document_id": "0",
    "levels": ["growing", "start"],
    "active": "1",
}


def enter_advice(visitor: Visitor, **values: Any) -> Any:
    return visitor.post("/advice/new", SENT | values)


def number_of(answer: Any) -> int:
    assert answer.status_code == 302, answer.text
    return int(answer.headers["Location"].split("/")[-2])


def rows(session: Session) -> list[CentreAdvice]:
    return list(session.scalars(select(CentreAdvice).order_by(CentreAdvice.id)))


def entries(session: Session, *, action: str) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="(\w+)"', page)
    assert found is not None
    return found[1]


def test_advice_is_seen_as_in_the_bot_before_it_is_saved_and_signed_with_the_day(enter: Enter) -> None:
    visitor, database = enter("belgorod")
    assert "Советов пока нет" in visitor.text("/advice/"), "examples are not loaded into a real installation"
    looked = enter_advice(visitor, look="1")
    assert looked.status_code == 200 and database.read(rows) == []
    assert "<b>Пять минут тишины</b>\nНачните с минуты тишины" in looked.text
    assert "<i>Почему советуем:</i> Тишина собирает внимание." in looked.text
    number = number_of(enter_advice(visitor))
    card = visitor.text(f"/advice/{number}/card")
    assert "Советует Институт, 2 марта 2026" in card and "Начало пути, Есть на что опереться" in card
    (row,) = database.read(rows)
    assert (row.levels, row.training, row.category_id, row.component) == (["start", "growing"], False, None, "digital")
    assert len(database.read(entries, action="advice.save")) == 1
    (heading, line) = sheet(visitor, "/advice.xlsx")
    assert heading[0] == "Совет" and line[0] == "Пять минут тишины" and line[3] == "всем"
    for asked, count in {"component=digital": 1, "component=subject": 0, "q=тишины": 1, "centre=0": 1}.items():
        assert len(sheet(visitor, f"/advice.xlsx?{asked}")) == 1 + count, asked
        assert visitor.text(f"/advice/?{asked}").count('class="row-link"') == count, asked


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": "а"}, "от 3 до 60 знаков"),
        ({"text": "я"}, "от 3 до 280 знаков"),
        ({"why": ""}, "от 3 до 150 знаков"),
        ({"signed_by": ""}, "от 3 до 120 знаков"),
    ],
)
def test_what_does_not_fit_the_bots_screen_is_refused_at_its_field(
    enter: Enter, change: dict[str, str], told: str
) -> None:
    visitor, database = enter("belgorod")
    answer = enter_advice(visitor, **change)
    assert (answer.status_code == 200 and told in answer.text and SENT["title"] in answer.text) or "title" in change
    assert database.read(rows) == []


def test_two_tabs_do_not_save_over_each_other(enter: Enter) -> None:
    visitor, database = enter("belgorod")
    number = number_of(enter_advice(visitor))
    opened = version_in(visitor.text(f"/advice/{number}"))
    assert visitor.post(f"/advice/{number}", SENT | {"version": opened, "why": "Первая вкладка."}).status_code == 302
    late = visitor.post(f"/advice/{number}", SENT | {"version": opened, "why": "Вторая вкладка."})
    assert late.status_code == 200 and "Первая вкладка." in late.text and "Вторая вкладка." in late.text
    assert database.read(rows)[0].why == "Первая вкладка."
    again = visitor.post(f"/advice/{number}", SENT | {"version": version_in(late.text), "why": "Вторая вкладка."})
    assert again.status_code == 302 and database.read(rows)[0].why == "Вторая вкладка."


def test_a_centre_writes_its_own_and_neither_sees_another_centres_nor_changes_the_regions(enter: Enter) -> None:
    region, database = enter("belgorod")
    centres = database.read(lambda session: session.scalars(select(Centre.id).order_by(Centre.id)).all())
    whole = number_of(enter_advice(region))
    foreign = number_of(enter_advice(region, centre_id=centres[1], title="Чужой совет"))
    centre = another(region, database, "centre", StaffRole.MUNICIPAL_METHODIST, centre_id=centres[0])
    own = number_of(enter_advice(centre, centre_id=centres[0], title="Свой совет"))
    page = centre.text("/advice/")
    assert "Свой совет" in page and "Пять минут тишины" in page and "Чужой совет" not in page
    assert centre.get(f"/advice/{foreign}").status_code == 404
    assert centre.get(f"/advice/{foreign}/card").status_code == 404
    assert centre.get(f"/advice/{whole}/card").status_code == 200
    assert "Изменить" not in centre.text(f"/advice/{whole}/card")
    assert centre.get(f"/advice/{whole}").status_code == 403
    for sent in ({"centre_id": "0"}, {"centre_id": centres[1]}):
        enter_advice(centre, **sent, title="Не своё")
    assert "Не своё" not in region.text("/advice/")
    name = database.read(lambda session: session.get_one(Centre, centres[0]).name)
    assert name in centre.text(f"/advice/{own}/card"), "a centre's own bears its name"
    reader = another(region, database, "reader", StaffRole.READER)
    assert "Свой совет" in reader.text("/advice/") and reader.get("/advice/new").status_code == 403


def test_a_step_in_own_words_is_seen_before_it_is_saved_and_given_back_by_an_empty_one(enter: Enter) -> None:
    visitor, database = enter("belgorod")
    address = "/advice/steps/teacher/digital_2"
    form = visitor.text(address)
    opened = version_in(form)
    pack = "Сделайте к следующему занятию один слайд или карточку и покажите детям."
    assert pack in form
    looked = visitor.post(address, {"version": opened, "step": "Нарисуйте слайд вдвоём.", "look": "1"})
    assert "Нарисуйте слайд вдвоём." in looked.text

    def own(session: Session) -> list[str]:
        return list(session.scalars(select(ItemStep.text)))

    assert database.read(own) == []
    visitor.post(address, {"version": opened, "step": "Нарисуйте слайд вдвоём."})
    assert database.read(own) == ["Нарисуйте слайд вдвоём."]
    late = visitor.post(address, {"version": opened, "step": "Другая вкладка."})
    assert late.status_code == 200 and database.read(own) == ["Нарисуйте слайд вдвоём."]
    assert "свои слова" in visitor.text("/advice/steps/")
    line = next(row for row in sheet(visitor, "/advice/steps.xlsx") if row[2] == "Нарисуйте слайд вдвоём.")
    assert line[3] == pack and line[4] == "2 марта 2026"
    long = visitor.post(address, {"version": version_in(visitor.text(address)), "step": "я" * 161})
    assert "от 3 до 160 знаков" in long.text
    visitor.post(address, {"version": version_in(visitor.text(address)), "step": ""})
    assert database.read(own) == [] and pack in visitor.text(address)
    assert len(database.read(entries, action="diagnostics.step")) == 2
    assert visitor.get("/advice/steps/teacher/digital_99").status_code == 404
    assert visitor.get("/advice/steps/none/digital_2").status_code == 404
    assert visitor.get("/advice/steps/?instrument=none").status_code == 404
    town = another(visitor, database, "town", StaffRole.MUNICIPAL_METHODIST, municipalities=("belgorodsky-mr",))
    assert town.get("/advice/steps/").status_code == 200 and town.get(address).status_code == 403


def test_categories_are_common_and_every_position_but_the_other_one_is_in_one(enter: Enter) -> None:
    for pack in ("terek", "sverdlovsk"):
        _, database = enter(pack)
        found = database.read(lambda session: session.scalars(select(AdviceCategory.positions)).all())
        named = [code for positions in found for code in positions]
        assert len(named) == len(set(named)) == 15
