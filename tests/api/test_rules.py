"""Which rows of a list are withheld, so that nobody works one of them out."""

from hypothesis import given
from hypothesis import strategies as st

from db.api.rules import withheld

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
