"""What is measured of an instrument, as pure functions."""

from db.diagnostics.content import DECLINED
from db.reports.rules import BATCH, FEW, Portion, measured

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
