"""How much of a group is told, and what is measured of an instrument: pure."""

import pytest

from db.diagnostics.content import DECLINED
from db.reports.rules import (
    BATCH,
    FEW,
    Portion,
    alpha,
    down_to_fives,
    full_name,
    item_rest,
    mean,
    mean_chance,
    measured,
    share,
    share_chance,
    to_fives,
    told,
)

CODES = ["first", "second", "third"]


def answers(count: int, *, beside: int = 0) -> list[dict[str, int | None]]:
    """So many whole sheets whose first two items go together, the third against them; and some without the third."""
    whole = [{"first": n % 4, "second": n % 4, "third": 3 - n % 4} for n in range(count)]
    return [*whole, *({"first": 1, "second": None, "third": DECLINED} for _ in range(beside))]


def test_a_component_is_measured_by_whole_sheets_and_never_by_few() -> None:
    few = measured(CODES, answers(BATCH - 1, beside=50))
    assert few.alpha is None and few.people == (BATCH - 1) // 5 * 5
    assert [one.rest for one in few.items] == [None] * 3
    enough = measured(CODES, answers(BATCH, beside=50))
    assert enough.people == BATCH and enough.alpha is not None
    first, second, third = enough.items
    assert [one.code for one in enough.items] == CODES
    assert first.rest is None and second.rest is None, "the two others cancel each other out: nothing to go with"
    assert third.rest is not None and round(third.rest, 6) == -1


def test_what_is_not_ones_work_and_what_was_passed_over_are_shares_of_all_who_answered() -> None:
    found = measured(CODES, answers(30, beside=10))
    assert [one.not_mine for one in found.items] == [Portion.HARDLY_ANY, 25, Portion.HARDLY_ANY]
    assert [one.declined for one in found.items] == [Portion.HARDLY_ANY, Portion.HARDLY_ANY, 25]
    of_few = measured(CODES, answers(FEW - 5, beside=4))
    assert isinstance(of_few.items[1].not_mine, Portion), "of a few people in words"


def test_an_item_that_nobody_was_asked_is_nobodys() -> None:
    found = measured(["first", "new"], [{"first": 2} for _ in range(40)])
    assert found.people == 0 and found.alpha is None
    assert found.items[1].not_mine == found.items[1].declined == found.items[0].not_mine


@pytest.mark.parametrize(
    ("count", "people", "said"),
    [
        (0, 4, Portion.HARDLY_ANY),
        (1, 4, Portion.SOME),  # a quarter is some already
        (1, 5, Portion.HARDLY_ANY),
        (2, 8, Portion.SOME),
        (3, 4, Portion.SOME),  # and three quarters still
        (6, 8, Portion.SOME),
        (7, 9, Portion.ALMOST_ALL),
        (9, 9, Portion.ALMOST_ALL),
        (0, 10, Portion.HARDLY_ANY),
        (2, 10, Portion.HARDLY_ANY),
        (3, 10, 5),
        (5, 10, 5),
        (7, 10, 5),
        (8, 10, Portion.ALMOST_ALL),
        (10, 10, Portion.ALMOST_ALL),
        (12, 30, 10),
        (13, 30, 15),
        (27, 30, 25),
        (28, 30, Portion.ALMOST_ALL),
    ],
)
def test_a_part_of_a_group_is_told_in_fives_or_in_words(count: int, people: int, said: int | Portion) -> None:
    assert told(count, people) == said


def test_a_share_is_of_what_is_told() -> None:
    assert [share(count, 30) for count in (0, 12, 13, 30)] == [Portion.HARDLY_ANY, 33, 50, Portion.ALMOST_ALL]
    assert share(2, 8) is Portion.SOME


def test_counts_in_fives() -> None:
    assert [to_fives(count) for count in (0, 2, 3, 7, 8, 12, 13)] == [0, 0, 5, 5, 10, 10, 15]
    assert [down_to_fives(count) for count in (0, 4, 5, 9, 10)] == [0, 0, 5, 5, 10]


@pytest.mark.parametrize(
    ("total", "people", "found"),
    [
        (1000, 10, 100),  # of ten and more as it is
        (900, 9, 95),
        (0, 9, 5),
        (450, 9, 50),
        (15, 3, 5),
        (18, 3, 6),
        (282, 3, 94),
    ],
)
def test_a_mean_of_few_is_never_at_an_end_of_the_scale(total: float, people: int, found: float) -> None:
    assert mean(total, people, low=0, high=100) == found


def test_a_mean_of_few_keeps_from_the_ends_of_any_scale() -> None:
    assert mean(9 * 2, 9, low=2, high=6) == pytest.approx(2.2)
    assert mean(9 * 6, 9, low=2, high=6) == pytest.approx(5.8)


def test_how_far_shares_and_means_lie_apart_by_chance() -> None:
    """By hand: 1.96 * sqrt(0.5 * 0.5 * (1/100 + 1/50)); 1.96 * 20 * sqrt(1/25 + 1/100)."""
    assert share_chance((50, 100), (25, 50)) == pytest.approx(0.16974, abs=1e-5)
    assert share_chance((10, 100), (40, 50)) == pytest.approx(1.96 * (1 / 3 * 2 / 3 * 0.03) ** 0.5)
    assert share_chance((0, 10), (0, 30)) == 0
    assert mean_chance(25, 100) == pytest.approx(8.76538, abs=1e-5)


def test_alpha_is_that_of_the_textbook() -> None:
    """By hand: items' variances 2/3 and 8/3, of the sums 6: 2 * (1 - (10/3) / 6) = 8/9."""
    assert alpha([[0, 0], [1, 2], [2, 4]]) == pytest.approx(8 / 9)
    assert alpha([[0, 1, 2], [3, 4, 5]]) == pytest.approx(1)
    assert alpha([[0, 4], [2, 0], [4, 2]]) == pytest.approx(2 * (1 - (16 / 3) / (8 / 3)))
    assert alpha([]) is None and alpha([[1], [2]]) is None and alpha([[1, 3], [3, 1]]) is None
    with pytest.raises(ValueError, match="zip"):
        alpha([[1, 2], [5]])


def test_how_an_item_goes_with_the_others() -> None:
    """By hand: the first with the sum of the second and the third, and so on."""
    found = item_rest([[0, 0, 1], [1, 1, 1], [2, 2, 1]])
    assert found[:2] == [pytest.approx(1), pytest.approx(1)] and found[2] is None, "the third never varies"
    assert item_rest([[0, 4, 0], [1, 3, 1], [2, 2, 2]])[0] is None, "the others' sum never does"
    assert item_rest([[0, 2], [1, 0], [2, 1]]) == [pytest.approx(-0.5)] * 2
    assert item_rest([[0, 1], [1, 0], [1, 0]]) == [pytest.approx(-1)] * 2, "two answers are enough to vary"
    assert item_rest([[1], [2]]) == [None] and item_rest([]) == []
    with pytest.raises(ValueError, match="zip"):
        item_rest([[1, 2], [3]])


def test_whole_sheets_alone_are_counted_by_their_own_answers() -> None:
    whole = [{"first": n % 5, "second": n % 5} for n in range(31)]
    beside = [{"first": 4, "second": None}, {"first": DECLINED, "second": 4}, {"second": 1}]
    found = measured(["first", "second"], [*beside, *whole])
    assert (found.people, found.alpha) == (30, pytest.approx(1))
    assert [one.rest for one in found.items] == [pytest.approx(1)] * 2
    fifty = measured(["first", "second"], [*[{"first": None, "second": DECLINED}] * 20, *whole[:30]])
    assert [(one.not_mine, one.declined) for one in fifty.items] == [
        (40, Portion.HARDLY_ANY),
        (Portion.HARDLY_ANY, 40),
    ]


def test_a_components_title_is_told_beside_its_name_unless_they_are_one() -> None:
    assert full_name("Предметный", "Знание предмета") == "Предметный (Знание предмета)"
    assert full_name("Цифровой", "цифровой") == "Цифровой"
