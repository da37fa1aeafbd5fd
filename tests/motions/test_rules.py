"""How a figure is said to have changed since: pure."""

from dataclasses import replace

import pytest

from db.motions.models import FigureSource
from db.motions.rules import ReportFigure, moved
from db.reports.rules import Trend

FIGURE = ReportFigure(
    source=FigureSource.DEMAND, measure="deficit", name="", value=50, people=6, least=5, version=1, form="a"
)
SHARE = replace(FIGURE, measure="share", people=100)


def later(figure: ReportFigure, value: int, people: int | None = None) -> Trend:
    return moved(figure, replace(figure, value=value, people=figure.people if people is None else people))


def test_means_differ_beyond_chance_by_the_people_of_both() -> None:
    """20 * 1.96 points times the root of the sum of the parts that one person is: 22.6 and 16.03."""
    assert (later(FIGURE, 72), later(FIGURE, 73), later(FIGURE, 27)) == (Trend.SAME, Trend.GREW, Trend.FELL)
    assert (later(FIGURE, 66, 2000), later(FIGURE, 67, 2000)) == (Trend.SAME, Trend.GREW)


@pytest.mark.parametrize("measure", ["share", "fraction"])
def test_shares_differ_beyond_the_chance_of_shares(measure: str) -> None:
    """Of 50 per cent of 100 and 60 of 400 the error is 10.8."""
    then = replace(SHARE, measure=measure)
    assert (later(then, 60, 400), later(then, 61, 400)) == (Trend.SAME, Trend.GREW)
    assert (later(then, 37), later(then, 36)) == (Trend.SAME, Trend.FELL)
    assert later(replace(then, value=80), 89, 150) is Trend.GREW, "chance is 8.93"


@pytest.mark.parametrize(
    "then",
    [
        replace(FIGURE, source=FigureSource.SURVEY),
        replace(SHARE, source=FigureSource.SURVEY),
        replace(FIGURE, people=0),
    ],
)
def test_where_no_chance_is_known_three_points_are_noise(then: ReportFigure) -> None:
    assert [later(then, value) for value in (53, 54, 47, 46)] == [Trend.SAME, Trend.GREW, Trend.SAME, Trend.FELL]


def test_of_many_people_three_points_are_noise_all_the_same() -> None:
    many = replace(FIGURE, people=100_000)
    assert [later(many, value) for value in (53, 54)] == [Trend.SAME, Trend.GREW]
    assert later(FIGURE, 54, 0) is Trend.GREW, "nobody knows the error of nobody"


def test_of_things_counted_one_by_one_each_is_a_change() -> None:
    count = replace(FIGURE, measure="count")
    assert [later(count, value) for value in (49, 50, 51)] == [Trend.FELL, Trend.SAME, Trend.GREW]


def test_words_are_the_same_or_others_and_a_word_is_never_a_number() -> None:
    word = replace(FIGURE, value=None, word="some")
    assert moved(word, word) is Trend.SAME
    assert moved(word, replace(word, word="almost_all")) is Trend.IN_WORDS
    assert moved(word, replace(word, value=50)) is Trend.IN_WORDS
    assert moved(replace(word, value=50), word) is Trend.IN_WORDS
    assert moved(FIGURE, None) is Trend.UNKNOWN
    assert moved(word, replace(word, form="b")) is Trend.INCOMPARABLE
