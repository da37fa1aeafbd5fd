"""When the end of a term is near: pure."""

from datetime import date

import pytest

from db.active.rules import near


@pytest.mark.parametrize(
    ("until", "is_near"),
    [
        (None, False),
        (date(2026, 5, 1), True),  # sixty days ahead
        (date(2026, 5, 2), False),
        (date(2026, 3, 1), True),  # gone by
    ],
)
def test_two_months_are_left_for_a_new_order(until: date | None, is_near: bool) -> None:
    assert near(until, today=date(2026, 3, 2)) is is_near
