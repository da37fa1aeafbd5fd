"""What a re-test compares and says; by the noise of simulated teachers an unchanged one is seldom called changed."""

import random
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from db.diagnostics.content import DECLINED, Questionnaire
from db.dictionaries.rules import Rules
from db.retests import rules
from db.retests.rules import THEN
from tests.diagnostics.test_measurement import INSTRUMENTS, PAIRS, RULES, STEPS, Sheet, grown, thought, walked
from tests.diagnostics.walking import questionnaire

CONTENT = questionnaire()
PART = CONTENT.components[0]
CODES = [item.code for item in PART.items]


def sheet(*marks: int | None, then: int | None = None) -> Sheet:
    return dict(zip(CODES, marks, strict=True)) | {THEN: then}


def test_only_what_was_answered_then_and_is_asked_today_is_asked_again_and_last_how_it_was() -> None:
    before = sheet(1, None, 3, DECLINED, 2)
    items = rules.asked(PART, before)
    assert [item.code for item in items] == [CODES[0], CODES[2], CODES[4]]
    cut = rules.sheet(CONTENT, PART, items, CODES[2])
    assert [item.code for item in cut.items] == [CODES[0], CODES[2], CODES[4], THEN]
    assert (cut.items[-1].text, cut.items[-1].options) == (PART.items[2].text, PART.items[2].options)
    assert not any(item.need for item in cut.items), "the wish is no part of it"


def test_the_question_about_then_is_of_the_steps_item_else_of_the_one_answered_lowest() -> None:
    before = sheet(3, 1, 2, 1, 4)
    items = rules.asked(PART, before)
    assert rules.then_item(items, before, CODES[4]) == CODES[4]
    assert rules.then_item(items, before, "of_another_component") == CODES[1]
    assert rules.then_item(items, before, None) == CODES[1]


def test_a_change_within_the_band_is_steady_and_one_beyond_it_is_not() -> None:
    before = sheet(2, 2, 2, 2, 2)
    near = rules.compared(PART, before, sheet(3, 3, 3, 2, 2), CODES[0], RULES)
    assert (near.before, near.now, near.change, near.steady) == (50, 65, 15, True)
    far = rules.compared(PART, before, sheet(3, 3, 3, 3, 2), CODES[0], RULES)
    assert (far.change, far.steady) == (20, False)
    assert [(one.before, one.now) for one in far.moves] == [(2, 3)] * 4


def test_levels_are_of_the_items_answered_both_times_and_of_none_where_those_are_few() -> None:
    before = sheet(0, 2, 2, 2, 2)
    found = rules.compared(PART, before, sheet(None, 2, 2, 2, 2), CODES[1], RULES)
    assert (found.before, found.now) == (50, 50), "what is left out now counts nowhere"
    few = rules.compared(PART, before, sheet(None, DECLINED, 3, 2, 2), CODES[2], RULES)
    assert (few.before, few.now, few.change, few.steady) == (None, None, None, False)
    assert [(one.before, one.now) for one in few.moves] == [(2, 3)]


def test_then_is_told_by_two_measures_and_by_one() -> None:
    then = rules.compared(PART, sheet(3, 2, 2, 2, 2), sheet(3, 2, 2, 2, 2, then=2), CODES[0], RULES).then
    assert then is not None
    assert (then.was, then.seen, then.now, then.shift) == (3, 2, 3, -1)
    for answered in (None, DECLINED):
        unsaid = rules.compared(PART, sheet(3, 2, 2, 2, 2), sheet(3, 2, 2, 2, 2, then=answered), CODES[0], RULES)
        assert unsaid.then is None


def test_nought_is_lower_than_one_where_the_lowest_is_asked_about() -> None:
    before = sheet(1, 0, 2, 2, 2)
    assert rules.then_item(rules.asked(PART, before), before, None) == CODES[1]


@pytest.mark.parametrize(
    ("code", "before", "now", "then", "told"),
    [
        (0, (3, 2, 2, 2, 2), (3, 2, 2, 2, 2), 4, (3, 4, 3)),
        (0, (0, 2, 2, 2, 2), (3, 2, 2, 2, 2), 0, (0, 0, 3)),
        (1, (3, 1, 2, 2, 2), (3, DECLINED, 2, 2, 2), 2, (1, 2, None)),
        (1, (3, None, 2, 2, 2), (3, 2, 2, 2, 2), 2, None),  # it was not answered then
    ],
)
def test_what_is_said_of_then(
    code: int,
    before: tuple[int | None, ...],
    now: tuple[int | None, ...],
    then: int,
    told: tuple[int, int, int | None] | None,
) -> None:
    found = rules.compared(PART, sheet(*before), sheet(*now, then=then), CODES[code], RULES).then
    assert (found and (found.was, found.seen, found.now)) == told
    if found is not None:
        assert found.item is PART.items[code]


def test_what_is_no_item_of_the_component_is_not_told_of() -> None:
    full = sheet(2, 2, 2, 2, 2, then=2)
    assert rules.compared(PART, full, full, "of_another_component", RULES).then is None


def test_levels_are_rounded_to_hundredths_and_the_band_is_told() -> None:
    few = Rules(min_answered=3)
    found = rules.compared(PART, sheet(0, 0, 1, None, 2), sheet(2, 2, 2, 2, None), CODES[0], few)
    assert (found.before, found.now, found.change) == (8.33, 50, 41.67)
    assert (found.band, found.steady) == (few.change_band, False)
    edge = rules.compared(PART, sheet(0, 0, 1, None, None), sheet(1, 1, 1, 0, 0), CODES[0], few)
    assert (edge.change, edge.steady) == (16.67, True)
    narrow = Rules(min_answered=3, change_band=8)
    beyond = rules.compared(PART, sheet(0, 0, 1, None, None), sheet(0, 1, 1, 0, 0), CODES[0], narrow)
    assert (beyond.change, beyond.steady) == (8.34, False)
    assert rules.enough(PART, Rules(min_answered=9)) == 5 and rules.enough(PART, few) == 3


def test_a_sheet_finds_its_questions_by_their_codes() -> None:
    items = rules.asked(PART, sheet(1, None, 3, None, 2))
    cut = rules.sheet(CONTENT, PART, items, CODES[2])
    assert [cut.place(code) for code in (CODES[0], CODES[2], CODES[4], THEN)] == [0, 1, 2, 3]
    assert [one.questions for one in cut.components] == [cut.items]
    assert (cut.title, cut.components[0].code) == (CONTENT.title, PART.code)


def test_the_day_when_it_makes_sense_is_a_local_one() -> None:
    late = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)  # the third in Chelyabinsk
    assert rules.opens_on(late, RULES, ZoneInfo("Asia/Yekaterinburg")) == date(2026, 3, 17)


def told(content: Questionnaire, before: Sheet, after: Sheet) -> list[float]:
    """The changes of single re-tests that are called a change, and 0 for those within the noise."""
    found = []
    for component in content.components:
        items = rules.asked(component, before)
        if len(items) < rules.enough(component, RULES):
            continue  # not asked again at all
        one = rules.compared(component, before, after, items[0].code, RULES)
        if one.change is not None:
            found.append(0.0 if one.steady else one.change)
    return found


@pytest.mark.parametrize("left_out", [0.0, 0.2], ids=["all", "some-left-out"])
@pytest.mark.parametrize("first", [0.0, 0.25], ids=["plain", "strict"])
def test_an_unchanged_teacher_is_called_changed_in_five_per_cent_of_re_tests_and_a_real_change_is_seen_in_eighty(
    first: float, left_out: float
) -> None:
    chance, same, real = random.Random(54), [], []
    for number in range(PAIRS):
        content = INSTRUMENTS[number % len(INSTRUMENTS)]
        thoughts = thought(chance, content, most=STEPS, left_out=left_out)
        same += told(content, walked(chance, thoughts, error=first), walked(chance, thoughts, error=0.25))
        thoughts = thought(chance, content, most=STEPS - 1, left_out=left_out)
        after = grown(chance, content, thoughts)
        real += told(content, walked(chance, thoughts, error=first), walked(chance, after, error=0.25))
    false, seen = sum(one != 0 for one in same) / len(same), sum(one > 0 for one in real) / len(real)
    assert len(same) > 5 * PAIRS and len(real) > 5 * PAIRS
    assert false <= 0.05, false
    assert seen >= 0.80, seen
