"""Which advice is for whom: pure."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from db.advice.rules import ALIKE, MOST, Need, chosen

COMPONENTS, LEVELS = ("digital", "subject", "methodical"), ("start", "growing", "confident", "support")


@dataclass(frozen=True)
class Piece:
    id: int
    category_id: int | None = None
    component: str | None = None
    levels: list[str] = field(default_factory=list)
    centre_id: int | None = None
    position: int = 0


PIECES = st.lists(
    st.builds(
        Piece,
        id=st.integers(1, 10**6),
        category_id=st.sampled_from([None, 1, 2]),
        component=st.sampled_from([None, *COMPONENTS]),
        levels=st.lists(st.sampled_from(LEVELS), max_size=2),
        centre_id=st.sampled_from([None, 7]),
        position=st.integers(0, 9),
    ),
    max_size=20,
    unique_by=lambda one: one.id,
)
NEEDS = st.lists(
    st.builds(Need, st.sampled_from(COMPONENTS), st.sampled_from([None, *LEVELS])),
    min_size=1,
    max_size=2,
    unique_by=lambda one: one.component,
)


@given(pieces=PIECES, needs=NEEDS, mine=st.sets(st.sampled_from([1, 2])))
def test_never_more_than_three_never_for_others_and_the_first_component_first(
    pieces: list[Piece], needs: list[Need], mine: set[int]
) -> None:
    found = chosen(pieces, needs, mine)
    assert len(found) <= MOST and len({one.id for one in found}) == len(found)
    level = {need.component: need.level for need in needs}
    for one in found:
        assert one.category_id is None or one.category_id in mine
        assert one.component is None or one.component in level
        assert not one.levels or set(one.levels) & {level.get(one.component)} or one.component is None
        assert sum(other.component == one.component for other in found) <= ALIKE
    order = [[need.component for need in needs].index(one.component) if one.component else 9 for one in found]
    assert order == sorted(order)
    assert chosen(list(reversed(pieces)), needs, mine) == found, "the order of rows changes nothing"


def test_the_own_centres_then_what_names_the_category_then_the_level() -> None:
    need = [Need("digital", "start")]
    everybody, level = Piece(1, component="digital"), Piece(2, component="digital", levels=["start"])
    category = Piece(3, component="digital", category_id=1)
    centre = Piece(4, component="digital", centre_id=7)
    assert chosen([everybody, level, category, centre], need, {1}) == [centre, category]
    assert chosen([everybody, level, category], need, {1}) == [category], "what is for all stands in"
    assert chosen([everybody, level], need, set()) == [level, everybody]


def test_a_component_without_a_level_gets_what_is_for_any_level() -> None:
    pieces = [Piece(1, component="digital", levels=["start"]), Piece(2, component="digital")]
    assert chosen(pieces, [Need("digital", None)], set()) == [pieces[1]]


BOTH = [Need("digital", "start"), Need("subject", "growing")]


def test_advice_on_no_component_is_for_any_level_of_the_result_and_comes_last() -> None:
    general = Piece(1)
    leveled, other = Piece(2, levels=["growing"]), Piece(3, levels=["confident"])
    own = Piece(4, component="subject")
    assert chosen([general, leveled, other, own], BOTH, set()) == [own, leveled, general]


def test_advice_is_for_its_component_at_its_levels_and_for_its_category() -> None:
    fitting = Piece(1, component="subject", levels=["start", "growing"])
    others = [
        Piece(2, component="subject", levels=["start"]),
        Piece(3, component="methodical"),
        Piece(4, component="subject", category_id=2),
        Piece(5, category_id=2),
    ]
    assert chosen([*others, fitting], BOTH, {1}) == [fitting]
    assert chosen(others, BOTH, set()) == chosen([], BOTH, set()) == chosen([fitting], [], set()) == []


def test_of_pieces_that_fit_as_well_the_order_of_staff_decides_then_the_older() -> None:
    second, first = Piece(1, component="digital", position=2), Piece(9, component="digital", position=1)
    assert chosen([second, first], BOTH, set()) == [first, second]
    twins = [Piece(5, component="digital"), Piece(3, component="digital")]
    assert [one.id for one in chosen(twins, BOTH, set())] == [3, 5]
    named = [
        Piece(1, component="digital", category_id=1),
        Piece(2, component="digital", category_id=1, levels=["start"]),
    ]
    assert [one.id for one in chosen(named, BOTH, {1})] == [2, 1], "with its level before without"
    centre = Piece(7, component="digital", centre_id=7, position=9)
    assert chosen([named[1], centre, first], BOTH, {1}) == [centre, named[1]], "the own centre's goes before all"


def test_two_of_a_component_and_three_in_all() -> None:
    pieces = [Piece(number, component=code) for number, code in enumerate(["digital"] * 3 + ["subject"] * 3, 1)]
    assert [one.id for one in chosen(pieces, BOTH, set())] == [1, 2, 4]
    own, standing_in = Piece(8, component="subject", category_id=1), Piece(1, component="digital")
    assert chosen([own, standing_in], BOTH, {1}) == [standing_in, own], "what is for all stands in by component"
