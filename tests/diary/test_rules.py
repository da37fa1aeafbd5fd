"""School years and months of a diary, as pure functions."""

from datetime import date, timedelta

import pytest

from db.diary.rules import OLDEST, month_before, month_of, next_month, school_year, whole_years, writable


@pytest.mark.parametrize(
    ("since", "until", "years"),
    [
        ((2024, 9, 1), (2025, 9, 1), ((2024, 9, 1), (2025, 9, 1))),  # a year to the day
        ((2024, 9, 2), (2025, 9, 1), None),
        ((2024, 9, 1), (2025, 8, 31), None),
        ((2024, 8, 31), (2025, 9, 1), ((2024, 9, 1), (2025, 9, 1))),
        ((2024, 1, 15), (2026, 12, 31), ((2024, 9, 1), (2026, 9, 1))),
        ((2023, 9, 2), (2026, 2, 1), ((2024, 9, 1), (2025, 9, 1))),
    ],
)
def test_only_whole_school_years_of_a_period_are_told(
    since: tuple[int, int, int], until: tuple[int, int, int], years: tuple[tuple[int, int, int], ...] | None
) -> None:
    found = whole_years(date(*since), date(*until))
    assert found == (years and tuple(date(*one) for one in years))


def test_a_period_without_a_start_or_an_end_has_all_years_on_that_side() -> None:
    assert whole_years(None, None) == (date.min, date.max)
    assert whole_years(None, date(2026, 3, 1)) == (date.min, date(2025, 9, 1))
    assert whole_years(date(2025, 9, 2), None) == (date(2026, 9, 1), date.max)


def test_the_month_after_is_found_whatever_its_length() -> None:
    days = [next_month(date(2025, month, 1)) for month in range(1, 13)]
    assert days == [*(date(2025, month, 1) for month in range(2, 13)), date(2026, 1, 1)]
    assert next_month(date(2028, 2, 1)) == date(2028, 3, 1)


def test_a_school_year_begins_in_september() -> None:
    days = (date(2026, 8, 31), date(2026, 9, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [school_year(day) for day in days] == [2025, 2026, 2026, 2026]


def test_months_of_a_day() -> None:
    assert month_of(date(2026, 3, 31)) == date(2026, 3, 1)
    assert [month_before(date(2026, month, 1)) for month in (3, 1)] == [date(2026, 2, 1), date(2025, 12, 1)]


def test_a_line_by_hand_is_of_the_last_year_and_never_of_tomorrow() -> None:
    today, day = date(2026, 3, 2), timedelta(days=1)
    assert [writable(one, today=today) for one in (today, today + day, today - OLDEST, today - OLDEST - day)] == [
        True,
        False,
        True,
        False,
    ]
