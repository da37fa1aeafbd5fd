"""Which slot a day fulfils and when one is reminded: pure. How terms become slots stands in test_slots."""

from datetime import date

import pytest

from db.plans.models import Period
from db.plans.rules import LineState, Slot, next_slot, outside, quarter, reminder, slot_of, slots, state, told_by


@pytest.fixture(autouse=True)
def _worked_out_anew() -> None:
    """What an earlier test had worked out would answer for a rule that has changed."""
    slots.cache_clear()


QUARTERS = slots(date(2020, 1, 1), date(2020, 12, 31), Period.YEAR, 4)
YEAR = slots(date(2020, 1, 1), date(2020, 12, 31), None, 1)


@pytest.mark.parametrize(
    ("done", "day", "slot"),
    [
        (set(), date(2020, 5, 5), 1),
        (set(), date(2020, 4, 1), 1),
        (set(), date(2020, 6, 30), 1),
        ({1}, date(2020, 5, 5), 0),  # the own one is done: the first that is open
        ({0, 1}, date(2020, 5, 5), 2),
        ({0}, date(2021, 2, 1), 1),  # of a day outside the plan
        ({0, 1, 2, 3}, date(2020, 5, 5), None),
    ],
)
def test_a_day_fulfils_its_own_slot_or_the_first_that_is_open(done: set[int], day: date, slot: int | None) -> None:
    assert slot_of(QUARTERS, done, day) == slot


@pytest.mark.parametrize(
    ("due", "done", "slot"),
    [(QUARTERS, {0, 2}, 1), (QUARTERS, {0, 1, 2}, 3), (QUARTERS, {0, 1, 2, 3}, None), ((), set(), 0), ((), {0}, None)],
)
def test_the_next_slot_is_the_first_that_is_open(due: tuple[Slot, ...], done: set[int], slot: int | None) -> None:
    assert next_slot(due, done) == slot


@pytest.mark.parametrize(
    ("due", "done", "today", "told"),
    [
        (QUARTERS, set(), date(2020, 1, 15), (0, date(2020, 3, 24))),
        (QUARTERS, set(), date(2020, 3, 31), (0, date(2020, 3, 24))),
        (QUARTERS, set(), date(2020, 4, 1), (1, date(2020, 6, 23))),  # what is over is not spoken of
        (QUARTERS, {0, 1}, date(2020, 1, 15), (2, date(2020, 9, 23))),
        (QUARTERS, {0, 1, 2, 3}, date(2020, 1, 15), None),
        (QUARTERS, set(), date(2021, 1, 1), None),
        (YEAR, set(), date(2019, 1, 1), (0, date(2020, 12, 24))),
        ((), set(), date(2020, 1, 1), None),
    ],
)
def test_one_is_reminded_a_week_before_a_slot_ends(
    due: tuple[Slot, ...], done: set[int], today: date, told: tuple[int, date] | None
) -> None:
    assert reminder(due, done, today=today) == told


def test_a_short_slot_that_comes_back_is_told_of_when_it_begins_and_a_single_one_before() -> None:
    short, other = Slot(date(2020, 3, 2), date(2020, 3, 4)), Slot(date(2020, 4, 2), date(2020, 4, 4))
    assert reminder([short, other], set(), today=date(2020, 1, 1)) == (0, date(2020, 3, 2))
    assert reminder([short], set(), today=date(2020, 1, 1)) == (0, date(2020, 2, 26))


def test_what_ends_on_days_off_is_told_of_before_them() -> None:
    today, until = date(2020, 3, 6), date(2020, 3, 9)
    for ends, wanted in ((date(2020, 3, 9), until), (date(2020, 3, 7), until), (date(2020, 3, 10), today)):
        assert told_by(Slot(date(2020, 3, 1), ends), today=today, until=until) == wanted


def test_a_line_is_overdue_the_day_after_and_never_where_that_is_not_meant() -> None:
    last = date(2020, 3, 31)
    assert state(QUARTERS, set(), today=last, over=False) is LineState.NOW
    late = {"today": date(2020, 4, 1)}
    assert state(QUARTERS, set(), over=False, **late) is LineState.OVERDUE
    assert state(QUARTERS, set(), over=True, **late) is LineState.UNMARKED
    assert state(QUARTERS, set(), over=False, strict=False, **late) is LineState.UNMARKED
    assert state(QUARTERS, set(), over=True, today=last) is LineState.NOW
    assert state(QUARTERS, {0, 1, 2, 3}, over=True, today=date(2026, 1, 1)) is LineState.DONE


@pytest.mark.parametrize(
    ("starts", "ends", "lies"),
    [
        ("2022-01-01", "2022-12-31", False),
        ("2021-12-31", "2022-12-31", True),
        ("2022-01-01", "2023-01-01", True),
    ],
)
def test_a_term_lies_outside_by_a_day_on_either_side(starts: str, ends: str, lies: bool) -> None:
    days = date.fromisoformat(starts), date.fromisoformat(ends)
    section = date(2022, 1, 1), date(2022, 12, 31)
    assert outside(*days, *section) is lies
    for place in range(4):
        unknown = [*days, *section]
        unknown[place] = None
        assert outside(*unknown) is False, "what is not known is outside of nothing"


def test_a_period_that_begins_in_its_middle_keeps_the_calendars_quarters() -> None:
    found = slots(date(2020, 2, 10), date(2020, 8, 20), Period.QUARTER, 1)
    assert [(one.starts, one.ends) for one in found] == [
        (date(2020, 2, 10), date(2020, 3, 31)),
        (date(2020, 4, 1), date(2020, 6, 30)),
        (date(2020, 7, 1), date(2020, 8, 20)),
    ]


def test_what_months_divide_is_cut_by_months() -> None:
    quarters = slots(date(2021, 1, 1), date(2021, 12, 31), Period.YEAR, 4)
    assert [one.ends for one in quarters] == [date(2021, *day) for day in ((3, 31), (6, 30), (9, 30), (12, 31))]


def test_what_months_do_not_divide_is_cut_by_days() -> None:
    thirds = slots(date(2021, 2, 1), date(2021, 2, 28), Period.MONTH, 2)
    assert [one.ends for one in thirds] == [date(2021, 2, 14), date(2021, 2, 28)]
    fifths = slots(date(2021, 1, 1), date(2021, 12, 31), Period.YEAR, 5)
    assert [one.ends for one in fifths] == [date(2021, *day) for day in ((3, 14), (5, 26), (8, 7), (10, 19), (12, 31))]


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("2021-1", (date(2021, 1, 1), date(2021, 3, 31))),
        ("2021-2", (date(2021, 4, 1), date(2021, 6, 30))),
        ("2021-3", (date(2021, 7, 1), date(2021, 9, 30))),
        ("1900-1", (date(1900, 1, 1), date(1900, 3, 31))),
        ("1899-4", None),
        ("2021-0", None),
        ("2021-12", None),
        ("2021", None),
        ("2021-1-2", None),
        ("a021-1", None),
        ("20210-1", None),
    ],
)
def test_a_quarter_is_read_from_its_code(code: str, days: tuple[date, date] | None) -> None:
    assert quarter(code) == days
