"""The scoring, by hand-made cases and by any answers at all."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.diagnostics import rules as scoring
from db.diagnostics.content import DECLINED
from db.diagnostics.rules import Score
from db.dictionaries.rules import Rules
from tests.diagnostics.walking import questionnaire

CONTENT = questionnaire()
RULES = Rules()
FIRST = CONTENT.components[0]
marks = st.one_of(st.none(), st.integers(0, 4))


def answered(*values: int | None, need: int | None = 0) -> dict[str, int | None]:
    """Answers to the first component."""
    given = {item.code: value for item, value in zip(FIRST.items, values, strict=False)}
    return {**given, FIRST.need.code: need}


def first(*values: int | None, need: int | None = 0, rules: Rules = RULES) -> Score:
    return scoring.score(CONTENT, answered(*values, need=need), rules)[0]


@st.composite
def any_answers(draw: st.DrawFn) -> dict[str, int | None]:
    chosen: dict[str, int | None] = {}
    for item in CONTENT.items:
        if draw(st.booleans()):
            chosen[item.code] = draw(st.integers(0, 3)) if item.need else draw(st.one_of(marks, st.just(DECLINED)))
    return chosen


def test_the_example_of_the_brief() -> None:
    """L = 100·mean/4, D = 100 − L, P = 0.7·D + 0.3·100·need/3."""
    score = first(3, 2, 2, 1, 0, need=3)
    assert (score.level, score.deficit) == (40.0, 60.0)
    assert score.priority == pytest.approx(0.7 * 60 + 0.3 * 100)
    assert score.point_deficits == ("subject_4", "subject_5")


def test_not_my_work_is_left_out_of_the_mean() -> None:
    assert first(4, 4, 4, 4, None).level == 100
    assert first(3, 3, 3, 1, None).level == 62.5


def test_no_wish_to_answer_counts_as_none() -> None:
    """It is 5 in the tables: counted, it would have been better than the best answer."""
    assert first(3, 3, 3, 1, DECLINED) == first(3, 3, 3, 1, None)
    assert scoring.hardest(FIRST, answered(DECLINED, 2, 3, 4, 4)) is FIRST.items[1]
    assert scoring.answer_fits(FIRST.items[0], DECLINED) and not scoring.answer_fits(FIRST.need, DECLINED)


def test_too_few_answers_give_no_level_but_keep_the_wish_and_the_points() -> None:
    score = first(4, 1, 4, None, None, need=2)
    assert (score.level, score.deficit, score.priority, score.borderline) == (None, None, None, False)
    assert (score.need, score.point_deficits) == (2, ("subject_2",))


def test_the_region_sets_how_many_answers_are_enough() -> None:
    assert first(4, 4, 4, None, None, rules=Rules(min_answered=3)).level == 100
    assert first(4, 4, 4, 4, None, rules=Rules(min_answered=5)).level is None
    assert first(4, 4, 4, 4, 4, rules=Rules(min_answered=9)).level == 100, "never more than there are items"


def test_a_wish_that_was_not_told_counts_as_none() -> None:
    assert first(2, 2, 2, 2, 2, need=None).priority == pytest.approx(35)


@pytest.mark.parametrize(
    ("deficit", "band"), [(0, 0), (25, 0), (25.1, 1), (50, 1), (50.1, 2), (75, 2), (75.1, 3), (100, 3)]
)
def test_a_deficit_on_a_cut_belongs_to_the_smaller_band(deficit: float, band: int) -> None:
    assert scoring.band(deficit, RULES.deficit_cuts) == band
    assert scoring.level_index(deficit, RULES.deficit_cuts) == 3 - band


def test_moved_cuts_move_the_band() -> None:
    assert scoring.band(40, (25, 50, 75)) == 1
    assert scoring.band(40, (10, 20, 30)) == 3


@pytest.mark.parametrize(
    ("deficit", "near"), [(19.9, False), (20, True), (25, True), (30, True), (30.1, False), (47, True), (81, False)]
)
def test_borderline_is_within_the_rules_points_of_any_cut(deficit: float, near: bool) -> None:
    assert scoring.is_borderline(deficit, RULES) is near


def test_strongest_and_weakest() -> None:
    scores = scoring.score(CONTENT, {item.code: 0 if item.need else 2 for item in CONTENT.items}, RULES)
    assert scoring.weakest(scores) is None, "nothing stands out"
    assert scoring.strongest(scores) is scores[0]
    uneven = {item.code: 1 if item.component == "digital" else 3 for item in CONTENT.items}
    scores = scoring.score(CONTENT, uneven, RULES)
    lowest = scoring.weakest(scores)
    assert lowest is not None and lowest.component == "digital"


def test_priorities_put_the_wish_beside_the_deficit() -> None:
    answers: dict[str, int | None] = {item.code: 0 if item.need else 3 for item in CONTENT.items}
    answers |= {"assessment_need": 3, **{f"digital_{n}": 2 for n in range(1, 6)}}
    assert [one.component for one in scoring.priorities(scoring.score(CONTENT, answers, RULES))] == [
        "assessment",
        "digital",
    ]


def test_a_wish_alone_is_among_what_is_helped_with_first() -> None:
    answers: dict[str, int | None] = {item.code: 0 if item.need else 1 for item in CONTENT.items}
    answers |= {"digital_need": 3, **{f"digital_{n}": 4 for n in range(1, 6)}}
    scores = scoring.score(CONTENT, answers, RULES)
    assert [one.component for one in scoring.priorities(scores)] == ["subject", "digital"]
    level = scoring.score(CONTENT, {item.code: 2 if not item.need else 1 for item in CONTENT.items}, RULES)
    assert scoring.first(level) is None, "nothing stands out"


def test_the_hardest_item_is_the_first_of_the_lowest() -> None:
    component = CONTENT.components[0]
    assert scoring.hardest(component, {"subject_1": 3, "subject_2": 1, "subject_4": 1}) == component.items[1]
    assert scoring.hardest(component, {"subject_1": 4, "subject_2": None}) is None


def test_changes_are_told_only_of_components_that_both_results_have() -> None:
    before = [first(1, 1, 1, 1, 1), Score("gone", 50, 50, 0, 35, False, ())]
    now = [first(2, 2, 2, 2, 2), Score("new", 10, 90, 0, 63, False, ()), Score("gone", None, None, 0, None, False, ())]
    assert scoring.changes(now, before) == {"subject": 25}


@given(any_answers())
def test_every_score_is_within_bounds_or_absent(answers: dict[str, int | None]) -> None:
    for score, component in zip(scoring.score(CONTENT, answers, RULES), CONTENT.components, strict=True):
        known = [answers.get(item.code) for item in component.items if answers.get(item.code) not in (None, DECLINED)]
        assert (score.level is not None) == (len(known) >= 4)
        assert (score.level is None) == (score.deficit is None) == (score.priority is None)
        if score.level is None or score.deficit is None or score.priority is None:
            continue
        assert 0 <= score.level <= 100
        assert score.level + score.deficit == pytest.approx(100)
        assert 0 <= score.priority <= 100
        assert set(score.point_deficits) <= {item.code for item in component.items}


@given(any_answers(), st.sampled_from([item for item in CONTENT.items if not item.need]), st.integers(0, 3))
def test_a_better_answer_never_lowers_the_level(answers: dict[str, int | None], item: object, low: int) -> None:
    code = item.code  # type: ignore[attr-defined]
    place = [component.code for component in CONTENT.components].index(item.component)  # type: ignore[attr-defined]
    worse = scoring.score(CONTENT, {**answers, code: low}, RULES)[place]
    better = scoring.score(CONTENT, {**answers, code: low + 1}, RULES)[place]
    if worse.level is not None and better.level is not None:
        assert better.level > worse.level
        assert (better.priority or 0) <= (worse.priority or 0)
    assert (worse.level is None) == (better.level is None)


@given(any_answers(), st.sampled_from(CONTENT.components), st.integers(0, 2))
def test_a_greater_wish_never_lowers_the_priority(answers: dict[str, int | None], component: object, need: int) -> None:
    code = component.need.code  # type: ignore[attr-defined]
    place = CONTENT.components.index(component)  # type: ignore[arg-type]
    less = scoring.score(CONTENT, {**answers, code: need}, RULES)[place]
    more = scoring.score(CONTENT, {**answers, code: need + 1}, RULES)[place]
    assert (more.priority or 0) >= (less.priority or 0)
    assert more.level == less.level


@given(any_answers(), st.sampled_from(CONTENT.items))
def test_the_next_item_is_unanswered_and_the_walk_ends(answers: dict[str, int | None], after: object) -> None:
    item = scoring.next_item(CONTENT, answers, after=after.code)  # type: ignore[attr-defined]
    if item is None:
        assert set(answers) == set(CONTENT.places)
    else:
        assert item.code not in answers
        between = CONTENT.items[CONTENT.place(after.code) + 1 : CONTENT.place(item.code)]  # type: ignore[attr-defined]
        assert all(one.code in answers for one in between)


def test_after_the_last_item_the_skipped_ones_come() -> None:
    answers: dict[str, int | None] = {item.code: 1 for item in CONTENT.items if item.code != "subject_3"}
    item = scoring.next_item(CONTENT, answers, after="digital_need")
    assert item is not None and item.code == "subject_3"


def test_back_stops_before_the_first() -> None:
    assert scoring.previous_item(CONTENT, "subject_1") is None
    before = scoring.previous_item(CONTENT, "methodical_1")
    assert before is not None and before.code == "subject_need"


def test_what_an_item_takes() -> None:
    item, need = FIRST.items[0], FIRST.need
    assert [scoring.answer_fits(item, value) for value in (None, 0, 4, DECLINED, 6, -1)] == [True] * 4 + [False] * 2
    assert [scoring.answer_fits(need, value) for value in (None, 0, 3, 4)] == [False, True, True, False]


def test_the_retest_day_is_counted_in_local_days() -> None:
    zone = ZoneInfo("Asia/Yekaterinburg")
    evening = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)  # already 2 March in Chelyabinsk
    assert scoring.retest_on(evening, RULES, zone) == date(2026, 3, 2) + timedelta(days=90)


def test_parts_stand_alone_as_long_as_the_rest_is_nobody_or_large() -> None:
    assert scoring.parts_alone({"x": 5, "y": 6}, 5) == {"x", "y"}
    assert scoring.parts_alone({"x": 5, "y": 6, "z": 5}, 5) == {"x", "y", "z"}
    assert scoring.parts_alone({"x": 5, "y": 6, "z": 1}, 5) == {"y"}
    assert scoring.parts_alone({"y": 5, "x": 5, "z": 4}, 5) == {"y"}, "the same cut every time"
    assert scoring.parts_alone({"x": 5, "z": 3, "w": 2}, 5) == {"x"}
    assert scoring.parts_alone({"x": 9, "y": 6, "z": 2}, 5) == {"x"}, "a small rest takes the smallest part along"
    assert scoring.parts_alone({"x": 4}, 5) == set()
