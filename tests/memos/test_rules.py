"""A memo's words: when a figure has risen, and how its numeral stands in the sentence."""

from datetime import date

import pytest

from db.memos.rules import comparable_months, percent, share_trend, trend
from db.memos.wording import MemoAsked
from db.reports.rules import Trend
from locales import translator
from tests.support.callers import administrator

T = translator("ru")
ASKED = MemoAsked(t=T, caller=administrator(), since=date(2025, 9, 1), made=date(2026, 3, 2))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (0, 12, Trend.UNKNOWN),
        (0, 0, Trend.UNKNOWN),
        (100, 100, Trend.SAME),
        (100, 128, Trend.SAME),
        (100, 131, Trend.GREW),
        (131, 100, Trend.FELL),
        (3, 9, Trend.SAME),
        (3, 0, Trend.SAME),
        (500, 629, Trend.GREW),
    ],
)
def test_a_count_has_changed_only_by_more_than_chance(before: int, after: int, found: Trend) -> None:
    assert trend(before, after) is found


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ((0, 0), (5, 10), Trend.UNKNOWN),
        ((5, 10), (0, 0), Trend.UNKNOWN),
        ((5, 10), (7, 10), Trend.SAME),
        ((500, 1000), (700, 1000), Trend.GREW),
        ((700, 1000), (500, 1000), Trend.FELL),
        ((10, 10), (20, 20), Trend.SAME),
        ((0, 10), (0, 1000), Trend.SAME),
        ((50, 100), (63, 100), Trend.SAME),  # 13 points; chance is 13.8
        ((50, 100), (64, 100), Trend.GREW),
    ],
)
def test_a_share_of_few_changes_by_chance(before: tuple[int, int], after: tuple[int, int], found: Trend) -> None:
    assert share_trend(before, after) is found


@pytest.mark.parametrize(
    ("since", "today", "months"),
    [
        (date(2025, 9, 1), date(2026, 3, 2), (date(2025, 9, 1), date(2026, 3, 1))),
        (date(2025, 12, 15), date(2026, 3, 31), (date(2026, 1, 1), date(2026, 3, 1))),
        (date(2025, 3, 1), date(2026, 3, 2), (date(2025, 3, 1), date(2026, 3, 1))),
        (date(2026, 3, 1), date(2026, 3, 31), None),
        (date(2025, 2, 1), date(2026, 3, 2), None),
        (date(2024, 9, 1), date(2026, 3, 2), None),
        (date(2025, 11, 30), date(2026, 1, 1), (date(2025, 12, 1), date(2026, 1, 1))),
        (date(2026, 3, 2), date(2026, 3, 2), None),
    ],
)
def test_only_whole_months_of_one_year_are_compared(since: date, today: date, months: object) -> None:
    """Thirteen months have a month in common with the thirteen that begin a year before."""
    assert comparable_months(since, today) == months


def test_a_half_per_cent_goes_up() -> None:
    assert [percent(1, 8), percent(5, 200), percent(0, 0), percent(458, 629), percent(1, 1)] == [13, 3, 0, 73, 100]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 заявок"),
        (1, "1 заявка"),
        (2, "2 заявки"),
        (5, "5 заявок"),
        (11, "11 заявок"),
        (21, "21 заявка"),
        (112, "112 заявок"),
        (1004, "1004 заявки"),
    ],
)
def test_numerals_agree(number: int, said: str) -> None:
    assert ASKED.n("applications", number) == said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (100, 150, "Число поданных заявок увеличилось на 50 %: 150, в предыдущем отборе — 100."),
        (150, 100, "Число поданных заявок уменьшилось на 33 %: 100, в предыдущем отборе — 150."),
        (
            100,
            110,
            "Число поданных заявок существенно не изменилось: 110, в предыдущем отборе — 100. "
            "Разница не больше случайной.",
        ),
        (0, 7, "Число поданных заявок — 7. Сравнить не с чем: в предыдущем отборе данных нет."),
    ],
)
def test_a_count_is_said_beside_the_one_before(before: int, after: int, said: str) -> None:
    assert ASKED.compared("applications", before, after, "campaign") == said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ((60, 100), (90, 100), "Доля пришедших среди записанных выросла: 90 %, в те же месяцы год назад — 60 %."),
        ((90, 100), (60, 100), "Доля пришедших среди записанных снизилась: 60 %, в те же месяцы год назад — 90 %."),
        (
            (6, 10),
            (7, 10),
            "Доля пришедших среди записанных существенно не изменилась: 70 %, в те же месяцы год назад — 60 %. "
            "Разница не больше случайной.",
        ),
        (
            (0, 0),
            (7, 10),
            "Доля пришедших среди записанных — 70 %. Сравнить не с чем: в те же месяцы год назад данных нет.",
        ),
    ],
)
def test_a_share_is_said_beside_the_one_before(before: tuple[int, int], after: tuple[int, int], said: str) -> None:
    assert ASKED.shares("came", before, after, "year") == said


def test_many_names_are_counted_beyond_the_first_twelve() -> None:
    assert ASKED.names(["А", "Б"]) == "А, Б"
    assert ASKED.names([str(number) for number in range(15)]).endswith("10, 11 и ещё 3")
