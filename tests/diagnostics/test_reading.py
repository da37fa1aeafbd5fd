"""What is typed for an answer, what stands out in a result, and how blocks sum scores up: pure."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from db.diagnostics import rules as scoring
from db.diagnostics.content import DECLINED, Component, Item
from db.diagnostics.rules import Score
from db.dictionaries.models import Audience
from db.dictionaries.rules import Rules
from db.errors import DomainError
from tests.diagnostics.walking import questionnaire

CONTENT = questionnaire()
RULES = Rules()
FIRST, SECOND = CONTENT.components[:2]
NUMBERS = ("ноль", "один", "два", "три", "четыре", "пять")
LETTERS = "абвгдеж"
OTHERS = ("Не про мою работу", "Не хочу отвечать")
ITEM = replace(
    FIRST.items[0],
    options=("Пока не делаю", "Пробую иногда", "Делаю часто", "Делаю всегда", "Помогаю коллегам"),
)
NEED = replace(FIRST.need, options=("Нисколько", "Немного", "Нужна поддержка", "Очень нужна"))


def typed(item: Item, said: str) -> int | None:
    return scoring.typed_answer(item, said, numbers=NUMBERS, letters=LETTERS, others=OTHERS)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("3", 3),
        (" 0. ", 0),
        ("(4)!", 4),
        ("Три", 3),
        ("ноль,", 0),
        ("А", 0),
        ("д)", 4),
        ("помогаю коллегам", 4),
        ("пока не делаю", 0),
        ("пока", 0),
        ("не про мою работу", None),
        ("не хочу отвечать", DECLINED),
    ],
)
def test_an_answer_is_a_number_its_word_a_letter_or_the_wording(said: str, value: int | None) -> None:
    assert typed(ITEM, said) == value


@pytest.mark.parametrize("said", ["5", "пять", "е", "делаю", "", "...", "что?", "пок", "пок!!", "33"])
def test_what_may_mean_several_answers_or_none_is_asked_about(said: str) -> None:
    with pytest.raises(DomainError) as refusal:
        typed(ITEM, said)
    assert (refusal.value.code, refusal.value.params) == ("diagnostics_unclear", {"typed": said})


def test_a_wish_is_told_by_its_wording_alone() -> None:
    """A number of it may be an answer to the question before."""
    assert typed(NEED, "очень нужна") == 3 and typed(NEED, "немного") == 1
    for said in ("2", "два", "б", "не хочу отвечать"):
        with pytest.raises(DomainError) as refusal:
            typed(NEED, said)
        assert (refusal.value.code, refusal.value.params) == ("diagnostics_unclear_wish", {"typed": said})
    with pytest.raises(DomainError) as refusal:
        typed(NEED, "ы" * 70)
    assert refusal.value.params == {"typed": "ы" * 60}


@pytest.mark.parametrize(
    ("own", "published", "found"),
    [
        (Audience.TEACHER, set(Audience), (Audience.TEACHER,)),
        (Audience.METHODIST, set(Audience), (Audience.METHODIST, Audience.TEACHER)),
        (Audience.METHODIST, {Audience.TEACHER}, (Audience.TEACHER,)),
        (Audience.MANAGER, set(Audience), (Audience.MANAGER,)),
        (Audience.MANAGER, {Audience.METHODIST}, (Audience.TEACHER,)),
    ],
)
def test_whose_instruments_are_offered(own: Audience, published: set[Audience], found: tuple[Audience, ...]) -> None:
    assert scoring.offered(own, published) == found


def scored(
    code: str, level: float | None = None, *, priority: float | None = None, need: int | None = None, **more: object
) -> Score:
    deficit = None if level is None else 100 - level
    return replace(Score(code, level, deficit, need, priority, False, ()), **more)


def codes(found: object) -> list[str]:
    return [one.component for one in found]  # type: ignore[attr-defined]


def test_what_stands_out_is_the_first_of_equals_and_nothing_of_what_was_not_counted() -> None:
    a, b, c, d = scored("a", 40), scored("b"), scored("c", 80), scored("d", 80)
    assert scoring.strongest([a, b, c, d]) is c and scoring.weakest([c, b, a, d]) is a
    zero, half = scored("zero", 0), scored("half", 0.5)
    assert scoring.strongest([zero, half]) is half and scoring.weakest([half, zero]) is zero
    assert scoring.strongest([b]) is None is scoring.weakest([b])
    assert scoring.strongest([]) is None is scoring.weakest([])
    assert scoring.weakest([c, d]) is None and scoring.strongest([c, d]) is c


@pytest.mark.parametrize(
    ("scores", "first"),
    [
        ([], []),
        ([("a", None, None), ("b", 0, 0)], []),
        ([("a", 10, 0), ("b", 50, 0), ("c", 40, 0)], ["b", "c"]),
        ([("a", 30, 0), ("b", 50, 0), ("c", 10, 2)], ["b", "c"]),  # a wish goes before the next priority
        ([("a", 30, 0), ("b", 50, 0), ("c", 10, 1)], ["b", "a"]),  # one of 1 is hardly a wish
        ([("a", 30, 2), ("b", 50, 0), ("c", 10, 3)], ["b", "c"]),  # the greatest wish
        ([("a", 30, 2), ("b", 50, 3), ("c", 10, 2)], ["b", "a"]),  # of equal wishes the next priority
        ([("a", 50, 0), ("b", 50, 1), ("c", 40, 0)], ["b", "a"]),
        ([("a", 50, 1), ("b", 50, 2), ("c", 5, 0)], ["b", "a"]),  # of equal priorities the greater wish
        ([("a", None, 3), ("b", 20, 0), ("c", 30, None)], ["c", "a"]),  # a wish without a level
        ([("a", None, 1)], ["a"]),
        ([("a", 0.5, None), ("b", None, 3)], ["a", "b"]),  # any priority before none
    ],
)
def test_whom_to_help_with_first(scores: list[tuple[str, float | None, int | None]], first: list[str]) -> None:
    found = scoring.priorities([scored(code, priority=priority, need=need) for code, priority, need in scores])
    assert codes(found) == first


def test_the_one_to_begin_with_is_none_where_all_are_equal() -> None:
    assert scoring.first([]) is None
    assert scoring.first([scored("a", priority=30), scored("b", priority=30), scored("c")]) is None
    alone = scored("a", priority=30)
    assert scoring.first([alone]) is alone and scoring.first([scored("b"), alone]) is alone
    assert scoring.first([alone, scored("b", priority=20)]) is alone


def answers(*marks: int | None, of: Component = FIRST) -> dict[str, int | None]:
    return {item.code: mark for item, mark in zip(of.items, marks, strict=False)}


@pytest.mark.parametrize(
    ("marks", "hard"),
    [
        ((), 0),
        ((None, DECLINED), 0),
        ((0,), 0),
        ((2,), 2),
        ((3,), 3),
        ((4, 1), 2),
        ((1, 0, 4), 1),
        ((2, 3), 2),
        ((4, 3, 4), 3),
        ((4, 4), 4),
    ],
)
def test_what_counts_as_hard_beside_the_two_hardest(marks: tuple[int | None, ...], hard: int) -> None:
    assert scoring.hard_mark([FIRST], answers(*marks)) == hard


@pytest.mark.parametrize(
    ("answered", "after", "place"),
    [
        (0, None, 0),
        (1, None, 1),
        (0, 1, 2),  # on from there, whatever was passed over
        (5, 1, 5),
        (5, None, 5),
        (1, len(CONTENT.items) - 1, 1),  # and round to it
    ],
)
def test_the_next_item_is_the_first_without_an_answer_from_there_on(
    answered: int, after: int | None, place: int
) -> None:
    given = dict.fromkeys((item.code for item in CONTENT.items[:answered]), 1)
    found = scoring.next_item(CONTENT, given, None if after is None else CONTENT.items[after].code)
    assert found is CONTENT.items[place]


def test_the_two_hardest_are_of_all_components() -> None:
    assert scoring.hard_mark([FIRST, SECOND], answers(4, 1) | answers(3, 0, of=SECOND)) == 1


def test_the_hardest_item_goes_well_only_with_the_best_answer() -> None:
    assert scoring.hardest(FIRST, answers(4, 3)) == FIRST.items[1]
    assert scoring.hardest(FIRST, answers(4, 4)) is None is scoring.hardest(FIRST, {})


@pytest.mark.parametrize(
    ("levels", "marks", "strong"),
    [
        ((75, None, 90), (3, 4), True),
        ((74.9, 90), (3, 4), False),
        ((75, 90), (2, 4), False),
        ((None,), (3, 4), False),
        ((90,), (), False),
        ((), (), False),
    ],
)
def test_who_has_something_to_share(levels: tuple[float | None, ...], marks: tuple[int, ...], strong: bool) -> None:
    scores = [scored(str(place), level) for place, level in enumerate(levels)]
    assert scoring.is_strong([FIRST], scores, answers(*marks)) is strong


def test_what_moved_is_told_from_what_grew_most() -> None:
    found = scoring.moves(FIRST, answers(1, 2, 3, None, 0), answers(2, 2, 1, 4, 4))
    assert [(one.item, one.before, one.now) for one in found] == [
        (FIRST.items[4], 0, 4),
        (FIRST.items[0], 1, 2),
        (FIRST.items[2], 3, 1),
    ]


@pytest.mark.parametrize(("change", "steady"), [(0, True), (17, True), (-17, True), (17.01, False), (-17.01, False)])
def test_a_change_within_the_band_is_none(change: float, steady: bool) -> None:
    assert scoring.is_steady(change, RULES) is steady


def test_a_component_is_comparable_where_it_asks_the_same() -> None:
    other = replace(SECOND, questions=(replace(SECOND.items[0], code="new"), *SECOND.questions[1:]))
    former = replace(CONTENT, components=(replace(FIRST, title="Иначе"), other))
    assert scoring.comparable_components(CONTENT, former) == {FIRST.code}
    assert scoring.comparable_components(CONTENT, CONTENT) == {one.code for one in CONTENT.components}


def test_scores_are_rounded_to_hundredths() -> None:
    """One of three answers of 12 is 8.333… per cent; the deficit's seven tenths and a wish of 1 are 74.17."""
    (score, *_) = scoring.score(CONTENT, answers(0, 0, 1) | {FIRST.need.code: 1}, Rules(min_answered=3))
    assert (score.level, score.deficit, score.priority) == (8.33, 91.67, 74.17)
    assert (score.component, score.need, score.borderline) == (FIRST.code, 1, False)
    assert score.point_deficits == tuple(one.code for one in FIRST.items[:3])
    near = scoring.score(CONTENT, answers(1, 1, 1, 1), RULES)[0]
    assert (near.deficit, near.borderline) == (75, True)
    assert scoring.changes([scored("a", 33.333)], [scored("a", 10)]) == {"a": 23.33}


CUTS = (25, 50, 75)


def test_a_block_sums_in_hundredths_by_bands_and_wishes() -> None:
    rows = [
        scored("a", 80, priority=14.125, need=2, point_deficits=("x",)),
        scored("a", 49.99, priority=None, need=None, point_deficits=("x", "y")),
        scored("a", 50, priority=65.5, need=3),
        scored("a", 10, priority=63, need=2),
    ]
    assert scoring.sums(rows, CUTS) == {
        "people": 4,
        "deficit": 2000 + 5001 + 5000 + 9000,
        "need": 7,
        "priority": 1412 + 6550 + 6300,
        "above": 2,
        "cuts": "25-50-75",
        "bands": [1, 1, 1, 1],
        "needs": [1, 0, 2, 1],
        "points": {"x": 2, "y": 1},
    }


def test_a_block_knows_its_first_and_its_last_day() -> None:
    moments = [datetime(2026, 3, day, tzinfo=UTC) for day in (5, 2, 9)]
    rows = [SimpleNamespace(completed_at=one) for one in moments]
    assert scoring.days(rows) == {"first_at": moments[1], "last_at": moments[2]}
