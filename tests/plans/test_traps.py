"""Traps of the five documents stand on the page as the documents have them, with a word that says so."""

from datetime import UTC, datetime

import pytest

from tests.plans.conftest import Enter

TRAPS = [
    ("terek", "/plan/", "межшкольных модульные команды", 1),
    ("terek", "/plan/", "предчтения", 1),
    ("terek", "/plan/", "так в документе", 3),
    ("terek", "/plan/", "в документе без отметки", 3),
    ("terek", "/plan/tasks", "второе полугодие 2021-2022 учебного года", 1),
    ("timashevsk", "/plan/?plan=network", "Номер 8 в документе стоит дважды", 1),
    ("timashevsk", "/plan/?q=Выпуск+методических", "срок в документе — Апрель 2020-июнь 2021, вне своего года", 1),
    ("timashevsk", "/network/", "объявлено 13, названо 12", 1),
    ("timashevsk", "/network/", "филиал КубГУ в г. Славянске-на-Кубани", 1),
    ("timashevsk", "/reports/monitoring/", "41 % педагогов в плане не обеспечено", 1),
    ("timashevsk", "/reports/monitoring/", "шесть видов продуктов; в других местах документа названо восемь", 1),
    ("sverdlovsk", "/groups/kinds/2", "ресурсные методические центры", 1),
    ("belgorod", "/projects/", "Изменение архитектуры методического пространства региона", 1),
    ("belgorod", "/projects/", "Формирование архитектуры методического пространства региона", 1),
    ("belgorod", "/projects/", "к декабрю 2021года", 1),
]


@pytest.mark.parametrize("pack", ["terek", "timashevsk", "sverdlovsk", "belgorod"])
def test_what_is_odd_in_a_document_is_shown_and_not_put_right(enter: Enter, pack: str) -> None:
    visitor, _ = enter(pack)
    missing = [
        (address, words, page.count(words))
        for name, address, words, times in TRAPS
        if name == pack and (page := visitor.text(address)).count(words) < times
    ]
    assert not missing


def test_twice_a_year_is_two_slots_in_its_own_year(enter: Enter) -> None:
    """ACCEPTANCE, timashevsk 6 and 7: «2 раза в год» of 2021 has two, and days of another year are never overdue."""
    visitor, _ = enter("timashevsk", now=datetime(2022, 2, 1, 5, tzinfo=UTC))
    late = visitor.text("/plan/?state=overdue&q=эффективности+педагогической")
    assert "выполнено 0 из 2" in late and "Срок прошёл" in late
    assert "Выпуск методических пособий" not in visitor.text("/plan/?state=overdue&q=краевого+ресурсного+центра")
