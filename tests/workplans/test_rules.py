"""Terms of a group's plan in a school year: pure. 2025 is the year that begins in September 2025."""

from datetime import date

import pytest

from db.plans.models import Period
from db.plans.terms import Reading
from db.workplans.rules import bounds, count, due, read, term_of

TODAY = date(2026, 3, 2)
LESSONS_END, YEAR_END = date(2026, 5, 31), date(2026, 8, 31)


def test_a_school_year_goes_on_to_the_end_of_summer() -> None:
    assert bounds(2025) == (date(2025, 9, 1), YEAR_END)


@pytest.mark.parametrize(
    ("code", "starts", "ends"),
    [
        ("9", date(2025, 9, 1), date(2025, 9, 30)),
        ("12", date(2025, 12, 1), date(2025, 12, 31)),
        ("1", date(2026, 1, 1), date(2026, 1, 31)),
        ("2", date(2026, 2, 1), date(2026, 2, 28)),
        ("5", date(2026, 5, 1), LESSONS_END),
    ],
)
def test_a_month_of_lessons_is_its_days(code: str, starts: date, ends: date) -> None:
    assert term_of(code, 2025, today=TODAY) == Reading(starts, ends)


@pytest.mark.parametrize(
    ("code", "period", "times"),
    [("month", Period.MONTH, 1), ("quarter", Period.QUARTER, 1), ("year2", Period.YEAR, 2), ("year", None, 1)],
)
@pytest.mark.parametrize(
    ("today", "starts", "ends"),
    [
        (TODAY, date(2026, 3, 1), LESSONS_END),
        (date(2025, 8, 20), date(2025, 9, 1), LESSONS_END),  # before the year has begun
        (date(2026, 5, 31), date(2026, 5, 1), LESSONS_END),
        (date(2026, 6, 10), date(2026, 6, 1), YEAR_END),  # what is begun in summer ends with it
    ],
)
def test_what_recurs_begins_with_the_month_of_today(
    code: str, period: Period | None, times: int, today: date, starts: date, ends: date
) -> None:
    assert term_of(code, 2025, today=today) == Reading(starts, ends, period, times)


@pytest.mark.parametrize("code", ["6", "7", "8", "0", "13", "", "daily", "-1"])
def test_what_is_no_term_is_none(code: str) -> None:
    assert term_of(code, 2025, today=TODAY) is None


@pytest.mark.parametrize(
    ("words", "reading"),
    [
        ("в течение года", Reading(date(2025, 9, 1), LESSONS_END)),
        ("1 раз в месяц", Reading(date(2025, 9, 1), LESSONS_END, Period.MONTH, 1)),
        ("октябрь", Reading(date(2025, 10, 1), date(2025, 10, 31))),
        ("июнь", Reading(date(2026, 6, 1), date(2026, 6, 30))),  # of summer only what is named
        ("20.08.2026", Reading(date(2026, 8, 20), date(2026, 8, 20))),
        ("01.09.2025", Reading(date(2025, 9, 1), date(2025, 9, 1))),
        ("31.08.2026", Reading(YEAR_END, YEAR_END)),
        ("01.09.2026", None),
        ("31.08.2025", None),
        ("когда получится", None),
    ],
)
def test_words_of_a_term_are_read_within_the_school_year(words: str, reading: Reading | None) -> None:
    assert read(words, 2025) == reading


def test_twice_a_year_is_twice_in_the_lines_own_days() -> None:
    halves = due(date(2025, 9, 1), LESSONS_END, Period.YEAR, 2)
    assert [(one.starts, one.ends) for one in halves] == [
        (date(2025, 9, 1), date(2026, 1, 14)),
        (date(2026, 1, 15), LESSONS_END),
    ]
    assert due(None, LESSONS_END, Period.YEAR, 2) == () == due(date(2025, 9, 1), None, Period.YEAR, 2)
    assert [one.ends for one in due(date(2026, 5, 30), LESSONS_END, Period.YEAR, 3)] == [date(2026, 5, 30), LESSONS_END]


@pytest.mark.parametrize(
    ("period", "times", "wanted"),
    [(Period.MONTH, 1, 9), (Period.QUARTER, 1, 4), (Period.YEAR, 2, 2), (Period.YEAR, 1, 1), (None, 1, 1)],
)
def test_how_often_a_line_is_to_be_fulfilled(period: Period | None, times: int, wanted: int) -> None:
    assert count(date(2025, 9, 1), LESSONS_END, period, times) == wanted
    assert count(None, None, period, times) == 1, "a line without days is done once"
