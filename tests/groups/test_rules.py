"""When a decision is late, when one is reminded of it, and where a group may stand: pure."""

from datetime import UTC, date, datetime, timedelta

import pytest

from db.errors import DomainError
from db.groups.rules import DEEPEST, DecisionState, check_moment, check_parent, decision_state, needed, reminder

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "done", "stands"),
    [
        (TODAY, TODAY, DecisionState.DONE),
        (None, TODAY, DecisionState.DONE),
        (None, None, DecisionState.NO_TERM),
        (TODAY, None, DecisionState.OPEN),
        (TODAY - timedelta(days=1), None, DecisionState.OVERDUE),
        (TODAY - timedelta(days=1), TODAY, DecisionState.DONE),
    ],
)
def test_how_a_decision_stands(due: date | None, done: date | None, stands: DecisionState) -> None:
    assert decision_state(due, done, today=TODAY) is stands


@pytest.mark.parametrize(
    ("due", "done", "told"),
    [
        (date(2026, 3, 20), None, date(2026, 3, 13)),
        (date(2026, 3, 9), None, TODAY),
        (date(2026, 3, 5), None, TODAY),  # a week before has gone by
        (TODAY, None, TODAY),
        (date(2026, 3, 1), None, None),
        (date(2026, 3, 20), TODAY, None),
        (None, None, None),
    ],
)
def test_one_is_reminded_of_a_decision_a_week_before_its_term(
    due: date | None, done: date | None, told: date | None
) -> None:
    assert reminder(due, done, today=TODAY) == told


@pytest.mark.parametrize(
    ("members", "own", "share", "wanted"),
    [(0, None, 50, 1), (5, 0, 50, 0), (5, None, 100, 5), (200, None, 50, 100), (3, None, 1, 1), (101, None, 50, 51)],
)
def test_how_many_must_come(members: int, own: int | None, share: int | None, wanted: int) -> None:
    assert needed(members, own=own, share=share) == wanted


def test_a_meeting_is_called_within_the_coming_year() -> None:
    year = timedelta(days=365)
    check_moment(NOW + timedelta(minutes=1), now=NOW)
    check_moment(NOW + year, now=NOW)
    for at, code in ((NOW, "groups_meeting_past"), (NOW + year + timedelta(minutes=1), "groups_meeting_far")):
        with pytest.raises(DomainError) as refusal:
            check_moment(at, now=NOW)
        assert (refusal.value.code, refusal.value.params) == (code, {})


def test_a_group_stands_under_others_but_never_under_itself_or_too_deep() -> None:
    chain = {number: number + 1 for number in range(1, 20)} | {20: None}
    check_parent(99, None, chain)
    check_parent(99, 20, chain)
    check_parent(None, 20 - DEEPEST + 1, chain)
    check_parent(99, 77, {})  # a parent that stands under nobody
    for group, parent in ((None, 20 - DEEPEST), (20, 20), (20, 15), (1, 1)):
        with pytest.raises(DomainError) as refusal:
            check_parent(group, parent, chain)
        assert (refusal.value.code, refusal.value.params) == ("groups_parent", {})
