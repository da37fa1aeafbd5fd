"""What a token is, and which rows of a list are withheld, so that nobody works one of them out."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from db.api.rules import LONGEST, TOKEN, fresh_token, lasts_too_long, withheld

LEAST = 5


@given(st.lists(st.integers(0, 40), max_size=30))
def test_small_groups_are_withheld_with_a_larger_one(sizes: list[int]) -> None:
    hidden = withheld(sizes, LEAST)
    small = {place for place, size in enumerate(sizes) if 0 < size < LEAST}
    assert small <= hidden and not any(sizes[place] == 0 for place in hidden)
    assert bool(hidden) == bool(small)
    told = [size for size in sizes if size >= LEAST]
    if small and told:
        assert sum(sizes) - sum(size for place, size in enumerate(sizes) if place not in hidden) >= LEAST
        assert len(hidden) > len(small), "the total minus the others would be the small ones alone"


def test_of_equal_rows_the_earlier_goes_along() -> None:
    assert withheld([9, 7, 7, 3], LEAST) == {1, 3}
    assert withheld([1, 1, 0], LEAST) == {0, 1}
    assert withheld([6, 5], LEAST) == set()
    assert withheld([2, 1, 9], LEAST) == {0, 1, 2}
    assert withheld([1, 1, 1, 1, 9, 9], LEAST) == {0, 1, 2, 3, 4}
    assert withheld([1, 2, 5], 7) == {0, 1, 2}, "there is none to go along"
    assert withheld([5], LEAST) == set() == withheld([], LEAST)
    assert withheld([0, 4, 0], LEAST) == {1}


def test_a_token_is_known_for_what_it_is_and_is_never_the_same() -> None:
    one, other = fresh_token(), fresh_token()
    assert TOKEN.fullmatch(one) and TOKEN.fullmatch(other) and one != other
    assert one.startswith("opora_") and len(one) == 49


def test_a_token_lasts_a_year_at_most_and_a_day_at_least() -> None:
    today, day = date(2026, 3, 2), timedelta(days=1)
    lasts = [lasts_too_long(one, today) for one in (today, today - day, today + LONGEST, today + LONGEST + day)]
    assert lasts == [False, True, False, True]
