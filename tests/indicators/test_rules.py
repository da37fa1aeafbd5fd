"""A change is told in a word, a figure of people in fives: pure."""

import pytest

from db.indicators.models import MeasureKind, Rating
from db.indicators.rules import Figure, change, enough, masked, mean_change
from db.reports.rules import Trend

COUNT, FRACTION, RATING = MeasureKind.COUNT, MeasureKind.FRACTION, MeasureKind.RATING


@pytest.mark.parametrize(
    ("kind", "before", "after", "told"),
    [
        (COUNT, Figure(12), Figure(15), Trend.GREW),
        (COUNT, Figure(15), Figure(12), Trend.FELL),
        (COUNT, Figure(12), Figure(12), Trend.SAME),
        (COUNT, None, Figure(12), Trend.UNKNOWN),
        (COUNT, Figure(12, formula="a"), Figure(12, formula="b"), Trend.INCOMPARABLE),
        (COUNT, Figure(0, least=True), Figure(15), Trend.SMALL),
        (FRACTION, Figure(60, 100), Figure(62, 100), Trend.NOISE),
        (FRACTION, Figure(600, 1000), Figure(700, 1000), Trend.GREW),
        (FRACTION, Figure(60, 100), Figure(30, 50), Trend.SAME),
        (FRACTION, Figure(0, 100), Figure(3, 100), Trend.NOISE),  # chance is 3.4
        (FRACTION, Figure(0, 100), Figure(4, 100), Trend.GREW),  # and 3.9
        (FRACTION, Figure(50, 100), Figure(240, 400), Trend.NOISE),
        (FRACTION, Figure(50, 100), Figure(244, 400), Trend.GREW),
        (FRACTION, Figure(25, 100), Figure(14, 100), Trend.FELL),  # chance is 10.98
        (FRACTION, Figure(50, 100), Figure(), Trend.UNKNOWN),
        (FRACTION, Figure(0, least=True), Figure(50, 100), Trend.SMALL),
        (FRACTION, Figure(50, 100), Figure(0, least=True), Trend.SMALL),
        (COUNT, Figure(12), None, Trend.UNKNOWN),
        (COUNT, Figure(12), Figure(), Trend.UNKNOWN),
        (COUNT, Figure(12), Figure(13), Trend.GREW),
        (RATING, Figure(rating=Rating.BEGUN), Figure(), Trend.UNKNOWN),
        (RATING, Figure(rating=Rating.BEGUN), Figure(rating=Rating.BEGUN), Trend.SAME),
        (FRACTION, Figure(90, 100), Figure(20, 100), Trend.FELL),
        (RATING, Figure(rating=Rating.BEGUN), Figure(rating=Rating.SETTLED), Trend.GREW),
        (RATING, Figure(rating=Rating.PARTLY), Figure(rating=Rating.ABSENT), Trend.FELL),
    ],
)
def test_a_change_in_a_word(kind: MeasureKind, before: Figure | None, after: Figure | None, told: Trend) -> None:
    assert change(kind, before, after) is told


def test_a_figure_of_people_is_in_fives_and_below_five_is_not_told() -> None:
    assert [masked(many, least=5).numerator for many in (5, 9, 10, 14)] == [5, 5, 10, 10]
    assert [masked(many, least=5).least for many in (0, 1, 4, 5)] == [True, True, True, False]
    assert masked(6, least=7).least, "the region's own least is larger"
    assert masked(9, of=9, least=5).least, "five and more of nine would be nearly all of them"
    told = masked(12, of=14, least=5)
    assert (told.numerator, told.denominator) == (5, 10), "ten of ten would be each of them"


def test_a_masked_figure_says_how_it_was_counted_and_nothing_else() -> None:
    assert masked(12, least=5, formula="people") == Figure(10, None, formula="people")
    assert masked(4, least=5, formula="people") == Figure(0, None, least=True, formula="people")
    assert masked(9, of=9, least=5, formula="people") == Figure(0, None, least=True, formula="people")
    assert masked(12, of=30, least=5) == Figure(10, 30)
    assert masked(5, of=10, least=5) == Figure(5, 10)
    assert masked(10, of=10, least=5) == Figure(5, 10), "at least five are told to be left"
    assert masked(25, of=25, least=5) == Figure(20, 25)


def test_whether_it_is_enough_is_said_of_what_is_told_alone() -> None:
    assert enough(COUNT, 5, Figure(8)) is True and enough(COUNT, 5, Figure(4)) is False
    assert enough(COUNT, 5, Figure(5)) is True and enough(COUNT, None, None) is None
    assert enough(FRACTION, 5, Figure(5)) is None and enough(COUNT, 0, Figure(0)) is True
    assert enough(FRACTION, 41, Figure(25, 60)) is True and enough(FRACTION, 42, Figure(25, 60)) is False
    assert enough(COUNT, 5, Figure(0, least=True)) is None and enough(COUNT, None, Figure(8)) is None
    assert enough(RATING, 1, Figure(rating=Rating.SETTLED)) is None and enough(COUNT, 1, None) is None


def test_a_mean_that_differs_by_less_than_chance_is_no_change() -> None:
    assert mean_change(60, 6, 20, 7) is Trend.FELL
    assert mean_change(60, 6, 55, 6) is Trend.NOISE
    assert mean_change(60, 6, 38, 6) is Trend.NOISE and mean_change(60, 6, 37, 6) is Trend.FELL
    assert mean_change(40, 6, 63, 6) is Trend.GREW and mean_change(40, 6, 57, 2000) is Trend.GREW
    assert mean_change(60, 1000, 55, 1000) is Trend.FELL
    assert mean_change(55.2, 6, 55.4, 6) is Trend.SAME
