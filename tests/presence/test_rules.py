"""Which moments and names of the door are believed: pure."""

from datetime import UTC, datetime, timedelta

import pytest

from db.presence.rules import believed, door_hours, same_name

OPENS, CLOSES = datetime(2026, 3, 4, 14, tzinfo=UTC), datetime(2026, 3, 4, 19, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_door_is_open_as_long_as_the_code_works() -> None:
    assert door_hours(OPENS + HOUR, CLOSES - 2 * HOUR) == (OPENS, CLOSES)


@pytest.mark.parametrize(
    ("at", "now", "moment"),
    [
        (OPENS + HOUR, CLOSES + HOUR, OPENS + HOUR),
        (OPENS - HOUR, CLOSES + HOUR, OPENS),
        (CLOSES + 2 * HOUR, CLOSES + 3 * HOUR, CLOSES),
        (OPENS + 3 * HOUR, OPENS + 2 * HOUR, OPENS + 2 * HOUR),
        (OPENS - HOUR, OPENS - HOUR, OPENS),
    ],
)
def test_a_phones_clock_is_believed_within_the_doors_hours(at: datetime, now: datetime, moment: datetime) -> None:
    assert believed(at, opens=OPENS, closes=CLOSES, now=now) == moment


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ким Анна", "ким  АННА", True),
        ("Соловьёва Мария", "Соловьева Мария", True),
        ("Ким Анна", "Ким Анна, школа 5", False),
        ("Анна", "Анна", False),
        ("", "", False),
    ],
)
def test_a_name_of_two_words_is_one_persons(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same
