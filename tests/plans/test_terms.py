"""The words of a term are read as the packs' authors read them, or not at all."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from db.plans.models import Period
from db.plans.terms import Reading, read_term

PACKS = Path(__file__).resolve().parents[2] / "db" / "packs"
OF_2020 = (date(2020, 1, 1), date(2020, 12, 31))
TWO_YEARS = (date(2023, 1, 1), date(2024, 12, 31))
ONE_SCHOOL_YEAR = (date(2025, 9, 1), date(2026, 8, 31))


def lines_of_packs() -> Iterator[tuple[dict[str, Any], tuple[date, date]]]:
    for pack in ("timashevsk", "chelyabinsk"):
        content = yaml.safe_load((PACKS / pack / "plans.yaml").read_text(encoding="utf-8"))
        for plan in content["plans"]:
            for section in plan["sections"]:
                for line in section.get("lines", []):
                    of = section if section.get("starts") else plan
                    yield line, (of["starts"], of["ends"])


def test_every_term_of_the_documents_is_read_as_it_was_by_hand_or_left_alone() -> None:
    read, left = 0, []
    for line, within in lines_of_packs():
        found = read_term(line["term"], within)
        if found is None:
            left.append(line["term"])
            continue
        period = Period(line["period"]) if line.get("period") else None
        assert found == Reading(line["starts"], line["ends"], period, line.get("times", 1)), line["term"]
        read += 1
    assert (read, left) == (
        65,
        ["I квартал (февраль-март)", "В течение года (в соотв. с регламентом работы в кабинете)"],
    ), "a quarter, and a year, of a plan of two years"


@pytest.mark.parametrize(
    ("words", "within", "wanted"),
    [
        ("I квартал (февраль-март)", OF_2020, Reading(date(2020, 2, 1), date(2020, 3, 31))),
        ("II квартал 2024 г.", TWO_YEARS, Reading(date(2024, 4, 1), date(2024, 6, 30))),
        ("I-II кварталы", OF_2020, Reading(date(2020, 1, 1), date(2020, 6, 30))),
        ("3-й квартал", OF_2020, Reading(date(2020, 7, 1), date(2020, 9, 30))),
        ("сентябрь-май", ONE_SCHOOL_YEAR, Reading(date(2025, 9, 1), date(2026, 5, 31))),
        ("октябрь", ONE_SCHOOL_YEAR, Reading(date(2025, 10, 1), date(2025, 10, 31))),
        ("до 15.03.2026", ONE_SCHOOL_YEAR, Reading(date(2025, 9, 1), date(2026, 3, 15))),
        ("до марта 2026", ONE_SCHOOL_YEAR, Reading(date(2025, 9, 1), date(2026, 3, 31))),
        ("с 01.02.2026 по 10.02.2026", None, Reading(date(2026, 2, 1), date(2026, 2, 10))),
        ("2026-02-03", None, Reading(date(2026, 2, 3), date(2026, 2, 3))),
        ("в течение 2021 года", None, Reading(date(2021, 1, 1), date(2021, 12, 31))),
        ("2020-2023 годы", None, Reading(date(2020, 1, 1), date(2023, 12, 31))),
        ("Два раза в месяц", OF_2020, Reading(*OF_2020, Period.MONTH, 2)),
        ("ежемесячно, октябрь", ONE_SCHOOL_YEAR, None),
        ("ежемесячно (октябрь - май)", ONE_SCHOOL_YEAR, Reading(date(2025, 10, 1), date(2026, 5, 31), Period.MONTH)),
        ("ежемесячно", None, None),
        ("В соответствии с календарными учебными графиками", OF_2020, None),
        ("В соответствии с планом мероприятий и др.", OF_2020, None),
        ("Квартал (месяц)", OF_2020, None),
        ("октябрь, декабрь", OF_2020, None),
        ("по мере поступления", OF_2020, None),
        ("март", TWO_YEARS, None),
        ("31.02.2024", TWO_YEARS, None),
        ("15 раз в месяц", OF_2020, None),
        ("конец учебного года", ONE_SCHOOL_YEAR, None),
        ("как получится в 5 смену", OF_2020, None),
        ("", OF_2020, None),
    ],
)
def test_what_is_sure_is_read_and_all_else_is_left(
    words: str, within: tuple[date, date] | None, wanted: Reading | None
) -> None:
    assert read_term(words, within) == wanted


@given(st.text(max_size=60))
def test_no_words_break_the_reading_and_days_are_in_order(words: str) -> None:
    found = read_term(words, OF_2020)
    assert found is None or found.starts <= found.ends
