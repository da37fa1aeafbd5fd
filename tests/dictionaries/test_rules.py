"""Which numbers a region may set as its rules."""

from datetime import date
from typing import Any

import pytest

from db.dictionaries.rules import Rules, is_holiday
from db.errors import DomainError

GOOD: list[dict[str, Any]] = [
    {},
    {"deficit_cuts": [1, 2, 99]},
    {"retest_days": 1, "retest_reminder_days": 1, "mentoring_silence_days": 1, "offer_hours": 1},
    {"mask_under": 6},
    {"unasked_per_week": 0},
    {"need_weight": 0},
    {"need_weight": 1},
    {"borderline": 0},
    {"quiet_from": "12:00", "quiet_to": "12:00", "waking_from": "23:00", "waking_to": "01:00"},
    {"quiet_from": "22:00", "quiet_to": "07:00"},
    {"unasked_per_week": 3, "change_band": 0, "mask_under": 5},
    {"answer_hours": 3650, "requests_at_once": 1, "component_retest_days": 1},
    {"lunch_from": "09:00", "lunch_to": "09:00"},
    {"lunch_from": "18:00", "lunch_to": "18:00", "days_off": [7]},
    {"holidays": ["01-07", "2026-12-31"]},
]
BAD: list[tuple[dict[str, Any], str]] = [
    ({"deficit_cuts": [25, 50]}, "rules_cuts"),
    ({"deficit_cuts": [25, 50, 75, 80]}, "rules_cuts"),
    ({"deficit_cuts": [0, 50, 75]}, "rules_cuts"),
    ({"deficit_cuts": [50, 50, 75]}, "rules_cuts"),
    ({"deficit_cuts": [25, 75, 75]}, "rules_cuts"),
    ({"deficit_cuts": [25, 50, 100]}, "rules_cuts"),
    ({"retest_days": 0}, "rules_number"),
    ({"retest_reminder_days": 0}, "rules_number"),
    ({"component_retest_days": 0}, "rules_number"),
    ({"mentoring_silence_days": 0}, "rules_number"),
    ({"offer_hours": 0}, "rules_number"),
    ({"mask_under": 4}, "rules_group"),
    ({"unasked_per_week": 4}, "rules_week"),
    ({"unasked_per_week": -1}, "rules_week"),
    ({"quiet_from": "08:00", "quiet_to": "08:00"}, "rules_night"),
    ({"quiet_from": "22:01"}, "rules_night"),
    ({"quiet_from": "00:00"}, "rules_night"),
    ({"quiet_to": "06:59"}, "rules_night"),
    ({"need_weight": -0.01}, "rules_number"),
    ({"need_weight": 1.01}, "rules_number"),
    ({"borderline": -1}, "rules_number"),
    ({"quiet_from": "noon"}, "rules_time"),
    ({"quiet_to": "25:00"}, "rules_time"),
    ({"waking_from": ""}, "rules_time"),
    ({"waking_to": "12:60"}, "rules_time"),
    ({"answer_hours": 0}, "rules_number"),
    ({"requests_at_once": 0}, "rules_number"),
    ({"work_from": "18:00"}, "rules_work"),
    ({"lunch_from": "08:59"}, "rules_work"),
    ({"lunch_to": "12:59"}, "rules_work"),
    ({"work_to": "13:59"}, "rules_work"),
    ({"work_from": "18:00", "work_to": "18:00", "lunch_from": "18:00", "lunch_to": "18:00"}, "rules_work"),
    ({"retest_days": 3651}, "rules_number"),
    ({"change_band": -1}, "rules_number"),
    ({"holidays": ["13-01"]}, "rules_holiday"),
    ({"holidays": ["05-09", "2026-5-9"]}, "rules_holiday"),
    ({"quiet_from": "11:59"}, "rules_night"),
    ({"quiet_to": "12:01"}, "rules_night"),
    ({"deficit_cuts": [25, 76, 75]}, "rules_cuts"),
    ({"deficit_cuts": [1, 2, 101]}, "rules_cuts"),
]
TOLD: dict[str, dict[str, Any]] = {
    "rules_group": {"least": 5},
    "rules_week": {"most": 3},
    "rules_night": {"evening": "22:00", "morning": "07:00"},
}


@pytest.mark.parametrize("values", GOOD)
def test_what_is_possible_is_read_and_written_back(values: dict[str, Any]) -> None:
    rules = Rules.parse(values)
    plain = rules.as_dict()
    assert Rules.parse(plain) == rules
    assert {name: plain[name] for name in values} == values
    assert isinstance(plain["quiet_weekdays"], list), "JSON knows no tuples"
    assert isinstance(rules.quiet_weekdays, tuple)
    assert isinstance(rules.deficit_cuts, tuple)


@pytest.mark.parametrize(("values", "code"), BAD)
def test_what_is_not_possible_is_refused(values: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        Rules.parse(values)
    assert refusal.value.code == code
    assert refusal.value.params == TOLD.get(code, {})


def test_an_hour_has_one_form_so_that_two_compare_as_words() -> None:
    rules = Rules.parse({"quiet_to": "0830", "waking_from": "09:00:00"})
    assert (rules.quiet_to, rules.waking_from) == ("08:30", "09:00")


@pytest.mark.parametrize(
    ("day", "holiday", "quiet"),
    [
        (date(2026, 3, 1), False, True),  # a Sunday
        (date(2026, 3, 2), False, False),
        (date(2025, 5, 9), True, True),
        (date(2026, 5, 9), True, True),
        (date(2026, 3, 9), True, True),
        (date(2027, 3, 9), False, False),  # of one year only
    ],
)
def test_a_day_off_is_a_quiet_weekday_or_a_holiday(day: date, holiday: bool, quiet: bool) -> None:
    rules = Rules(holidays=("05-09", "2026-03-09"))
    assert rules.is_day_off(day) is quiet
    assert is_holiday(day, rules.holidays) is holiday
    assert not Rules(holidays=rules.holidays, quiet_weekdays=(1, 2, 3, 4, 5, 6, 7)).is_day_off(day), "where all were"


def test_unknown_words_of_an_older_pack_are_left() -> None:
    assert Rules.parse({"retest_days": 30, "no_such_rule": 1}).retest_days == 30


@pytest.mark.parametrize(("since", "until", "fits"), [("09:00", "09:01", True), ("09:00", "09:00", False)])
def test_new_waking_hours_begin_before_they_end(since: str, until: str, fits: bool) -> None:
    rules = Rules.parse({"waking_from": since, "waking_to": until})
    if fits:
        rules.check_new()
        return
    with pytest.raises(DomainError) as refusal:
        rules.check_new()
    assert refusal.value.code == "rules_waking"
