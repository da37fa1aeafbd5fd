"""From what is published nobody can work out a group of fewer than `LEAST` people."""

from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.reports.rules import blocks, count_from, may_tell, ranges, whole_groups

LEAST = 5
# People as (municipality, position), with cells around the limit.
people = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 3)), st.integers(1, 8)).map(
    lambda cells: [cell for cell, count in cells.items() for _ in range(count)]
)


@given(people)
def test_every_combination_of_tables_is_made_of_large_blocks(everybody: list[tuple[int, int]]) -> None:
    """Two people are told apart only by being in different published groups. Sums and differences of published groups
    are sums and differences of the classes of people who are in exactly the same ones: so no class may be small.
    """
    counts = Counter(everybody)
    plan = blocks(counts, LEAST)
    published: list[set[int]] = []
    for place in plan.whole:
        published.append({number for number, (here, _) in enumerate(everybody) if here == place})
    for one in plan.parts:
        published.append({number for number, person in enumerate(everybody) if person == one})
    published.append({number for number, (here, _) in enumerate(everybody) if here in plan.together})
    # Totals: of the table, and of the table under each filter.
    published.append({number for number, (here, _) in enumerate(everybody) if here in plan.whole | plan.together})
    for position in range(4):
        published.append(
            {number for number, (here, own) in enumerate(everybody) if own == position and (here, own) in plan.parts}
        )
    # An account with some of the municipalities sees the same blocks and a total of its own.
    published.append({number for number, (here, _) in enumerate(everybody) if here in plan.whole and here < 2})
    classes: dict[tuple[bool, ...], int] = defaultdict(int)
    for number in range(len(everybody)):
        classes[tuple(number in group for group in published)] += 1
    small = {key: size for key, size in classes.items() if any(key) and size < LEAST}
    assert not small


@given(people)
def test_what_is_large_enough_is_shown(everybody: list[tuple[int, int]]) -> None:
    """Masking that hides everything would be safe too: a group that large must not be hidden."""
    sizes = Counter(place for place, _ in everybody)
    plan = blocks(Counter(everybody), LEAST)
    assert plan.whole == {place for place, size in sizes.items() if size >= LEAST}
    for place in plan.whole:
        parts = {part: count for (here, part), count in Counter(everybody).items() if here == place}
        if all(count >= LEAST for count in parts.values()):
            assert {(place, part) for part in parts} <= plan.parts


def test_a_small_rest_takes_the_smallest_part_along() -> None:
    plan = blocks({("Челябинск", "учитель"): 9, ("Челябинск", "воспитатель"): 6, ("Челябинск", "логопед"): 2}, LEAST)
    assert plan.parts == {("Челябинск", "учитель")}


def test_small_municipalities_are_told_together_only_when_they_are_enough() -> None:
    assert whole_groups({"А": 8, "Б": 3, "В": 1}, LEAST) == (frozenset({"А"}), frozenset())
    assert whole_groups({"А": 8, "Б": 3, "В": 2}, LEAST) == (frozenset({"А"}), frozenset({"Б", "В"}))


@given(st.lists(st.integers(0, 12), min_size=4, max_size=4))
def test_bands_are_joined_until_none_is_small(bands: list[int]) -> None:
    if 0 < sum(bands) < LEAST:
        with pytest.raises(ValueError):
            ranges(bands, LEAST)
        return
    found = ranges(bands, LEAST)
    assert all(one.count == 0 or one.count >= LEAST for one in found)
    assert [one.count for one in found] == [sum(bands[one.first : one.last + 1]) for one in found]
    assert found[0].first == 0 and found[-1].last == len(bands) - 1
    assert all(before.last + 1 == after.first for before, after in pairwise(found))
    for band in range(1, len(bands)):
        told = count_from(found, band)
        assert told is None or told == sum(bands[band:])


def test_an_item_is_told_only_when_both_sides_are_large() -> None:
    assert [count for count in range(11) if may_tell(count, 10, LEAST)] == [0, 5, 10]


def test_parts_stand_alone_as_long_as_the_rest_is_nobody_or_large() -> None:
    assert blocks({("a", "x"): 5, ("a", "y"): 6}, LEAST).parts == {("a", "x"), ("a", "y")}
    assert blocks({("a", "x"): 5, ("a", "y"): 6, ("a", "z"): 5}, LEAST).parts == {("a", "x"), ("a", "y"), ("a", "z")}
    assert blocks({("a", "x"): 5, ("a", "y"): 6, ("a", "z"): 1}, LEAST).parts == {("a", "y")}
    assert blocks({("a", "y"): 5, ("a", "x"): 5, ("a", "z"): 4}, LEAST).parts == {("a", "y")}, "the same cut every time"
    assert blocks({("a", "x"): 5, ("a", "z"): 3, ("a", "w"): 2}, LEAST).parts == {("a", "x")}
    assert blocks({("a", "x"): 4}, LEAST).parts == frozenset()


def test_nobody_is_no_small_group() -> None:
    assert whole_groups({"a": 5, "b": 0, "c": 2, "d": 3}, LEAST) == ({"a"}, {"c", "d"})
    assert whole_groups({"a": 1, "b": 4}, LEAST) == (frozenset(), {"a", "b"})
    assert whole_groups({"a": 1, "b": 3}, LEAST) == (frozenset(), frozenset())


def test_bands_are_joined_from_the_greatest_deficit_on() -> None:
    def told(*bands: int) -> list[tuple[int, int, int]]:
        return [(one.first, one.last, one.count) for one in ranges(bands, LEAST)]

    assert told(5, 0, 5) == [(0, 0, 5), (1, 1, 0), (2, 2, 5)]
    assert told(6, 3, 3) == [(0, 0, 6), (1, 2, 6)]
    assert told(1, 5, 0) == [(0, 1, 6), (2, 2, 0)]
    assert told(1, 0, 5) == [(0, 2, 6)]
    assert told(0, 0, 0) == [(0, 0, 0), (1, 1, 0), (2, 2, 0)]
    assert told(5) == [(0, 0, 5)]
    with pytest.raises(ValueError, match="a group this small is not shown"):
        ranges([1, 3], LEAST)


def test_from_a_band_on_is_told_where_no_range_lies_across() -> None:
    found = ranges([6, 3, 3], LEAST)
    assert [count_from(found, band) for band in range(3)] == [12, 6, None]
