"""Which days expert work may be of, and shares of which nothing is lost by rounding: pure."""

from datetime import date, timedelta

import pytest

from db.expertise.rules import AHEAD, BACK, believable, shares

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("starts", "ends", "may"),
    [
        (TODAY, TODAY, True),
        (TODAY + DAY, TODAY, False),
        (TODAY - BACK, TODAY, True),
        (TODAY - BACK - DAY, TODAY, False),
        (TODAY, TODAY + AHEAD, True),
        (TODAY, TODAY + AHEAD + DAY, False),
    ],
)
def test_work_is_of_the_last_ten_years_or_the_next_one(starts: date, ends: date, may: bool) -> None:
    assert believable(starts, ends, today=TODAY) is may


@pytest.mark.parametrize(
    ("counts", "whole", "parts"),
    [
        ([], 100, []),
        ([0, 0], 100, [0, 0]),
        ([7], 100, [100]),
        ([1, 2], 100, [33, 67]),
        ([2, 1], 100, [67, 33]),
        ([1, 1, 1, 0], 100, [34, 33, 33, 0]),
        ([1, 5], 10, [2, 8]),
        ([3, 3, 1], 10, [4, 4, 2]),
    ],
)
def test_parts_make_the_whole_and_the_largest_remainders_get_what_is_left(
    counts: list[int], whole: int, parts: list[int]
) -> None:
    assert shares(counts, whole=whole) == parts
    if whole == 100:
        assert shares(counts) == parts
