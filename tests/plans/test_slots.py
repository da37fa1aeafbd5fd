"""When a line of a plan is due: terms of the five documents as slots."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.plans.models import Period
from db.plans.rules import LineState, Slot, next_slot, outside, quarter, slots, state

YEAR = (date(2020, 1, 1), date(2020, 12, 31))


def test_four_times_a_year_is_once_a_quarter() -> None:
    assert slots(*YEAR, Period.YEAR, 4) == (
        Slot(date(2020, 1, 1), date(2020, 3, 31)),
        Slot(date(2020, 4, 1), date(2020, 6, 30)),
        Slot(date(2020, 7, 1), date(2020, 9, 30)),
        Slot(date(2020, 10, 1), date(2020, 12, 31)),
    )


@pytest.mark.parametrize(
    ("period", "times", "wanted"),
    [
        (Period.YEAR, 1, 4),  # ежегодно
        (Period.QUARTER, 1, 16),  # Один раз в квартал
        (Period.MONTH, 1, 48),  # 1 раз в месяц
        (Period.YEAR, 3, 12),  # 3 раза в год
        (Period.YEAR, 2, 8),
        (Period.YEAR, 5, 20),  # what whole months do not divide
        (None, 1, 1),  # В течение периода
    ],
)
def test_the_network_plan_of_four_years_has_as_many_slots_as_its_words_say(
    period: Period | None, times: int, wanted: int
) -> None:
    assert len(slots(date(2020, 1, 1), date(2023, 12, 31), period, times)) == wanted


@given(
    starts=st.dates(date(2019, 1, 1), date(2024, 12, 31)),
    days=st.integers(0, 900),
    period=st.sampled_from([*Period, None]),
    times=st.integers(1, 12),
)
def test_slots_follow_one_another_and_fill_the_days(starts: date, days: int, period: Period | None, times: int) -> None:
    ends = starts + timedelta(days=days)
    found = slots(starts, ends, period, times if period else 1)
    assert found[0].starts == starts
    assert found[-1].ends == ends
    assert all(one.starts <= one.ends for one in found)
    assert all(one.ends + timedelta(days=1) == after.starts for one, after in pairwise(found))


def test_a_line_without_days_is_never_overdue_and_is_done_once() -> None:
    assert slots(None, None, None, 1) == ()
    assert state([], set(), today=date(2030, 1, 1), over=False) is LineState.NO_TERM
    assert (next_slot([], set()), next_slot([], {0})) == (0, None)
    assert state([], {0}, today=date(2030, 1, 1), over=False) is LineState.DONE


@pytest.mark.parametrize(
    ("today", "done", "stands"),
    [
        (date(2019, 12, 31), set(), LineState.AHEAD),
        (date(2020, 1, 1), set(), LineState.NOW),
        (date(2020, 4, 1), set(), LineState.OVERDUE),
        (date(2020, 4, 1), {0}, LineState.NOW),
        (date(2020, 3, 1), {0}, LineState.AHEAD),
        (date(2020, 12, 31), {0, 1, 2, 3}, LineState.DONE),
        (date(2020, 12, 31), {3}, LineState.OVERDUE),
    ],
)
def test_how_a_line_of_four_stands(today: date, done: set[int], stands: LineState) -> None:
    assert state(slots(*YEAR, Period.YEAR, 4), done, today=today, over=False) is stands


def test_what_passed_in_a_plan_that_is_over_is_not_noted_rather_than_overdue() -> None:
    assert state(slots(*YEAR, None, 1), set(), today=date(2026, 1, 1), over=True) is LineState.UNMARKED


def test_a_term_outside_of_its_own_year_is_told_and_never_overdue() -> None:
    """A line of 2022 has the term «Апрель 2020-июнь 2021»."""
    days = (date(2020, 4, 1), date(2021, 6, 30))
    assert outside(*days, date(2022, 1, 1), date(2022, 12, 31))
    assert not outside(date(2022, 4, 1), date(2022, 6, 30), date(2022, 1, 1), date(2022, 12, 31))
    assert not outside(*days, None, None)
    late = state(slots(*days, None, 1), set(), today=date(2022, 1, 10), over=False, strict=False)
    assert late is LineState.UNMARKED


@pytest.mark.parametrize("code", ["", "2020", "2020-5", "20-1", "1-1", "٢٠٢٠-1", "2020-1-1", "0000-1"])
def test_what_is_no_quarter_is_none(code: str) -> None:
    assert quarter(code) is None


def test_a_quarter_is_its_first_and_last_day() -> None:
    assert quarter("2020-4") == (date(2020, 10, 1), date(2020, 12, 31))
