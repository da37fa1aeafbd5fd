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
