"""The region's rules as numbers: what they mean and which values are possible. No Session here."""

import re
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import date, time
from typing import Any, Self

from db.errors import DomainError

# What is promised to people. A setting may only promise more; the table of settings has the same as a constraint.
LEAST_GROUP = 5
"""Fewer people than this are told of nowhere."""
NIGHT = ("22:00", "07:00")
"""Local hours in which nobody is written to unasked, whatever the quiet hours are."""
NOON = "12:00"
MOST_A_WEEK = 3
"""Messages nobody asked for to one person in seven days."""

MOST = 3650  # days or hours: beyond ten years there is nothing to wait for, and far beyond there is no such day


def is_holiday(day: date, holidays: Collection[str]) -> bool:
    """Whether a local day is one of these holidays (`MM-DD` of every year, `YYYY-MM-DD` of one)."""
    return day.isoformat() in holidays or f"{day:%m-%d}" in holidays


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules that a region sets in its pack and a methodist may change in the panel.

    Days are calendar days, cuts, `borderline` and `change_band` are points of the 0–100 scale, times are local. What
    moves a level by no more than `change_band` is the instrument's own error (docs/measurement.md). `holidays` are
    quiet days: `MM-DD` of every year, `YYYY-MM-DD` of one. A request for help is answered within `answer_hours` of the
    working hours that `work_from` to `days_off` (ISO weekdays) tell, by somebody with fewer than `requests_at_once`.
    """

    retest_days: int = 90
    retest_reminder_days: int = 183
    component_retest_days: int = 14
    deficit_cuts: tuple[int, int, int] = (25, 50, 75)
    borderline: int = 5
    change_band: int = 17
    need_weight: float = 0.3
    min_answered: int = 4
    mask_under: int = 5
    mentoring_silence_days: int = 30
    quiet_from: str = "21:00"
    quiet_to: str = "08:00"
    quiet_weekdays: tuple[int, ...] = (7,)
    holidays: tuple[str, ...] = ()
    unasked_per_week: int = 3
    offer_hours: int = 6
    waking_from: str = "09:00"
    waking_to: str = "20:00"
    work_from: str = "09:00"
    work_to: str = "18:00"
    lunch_from: str = "13:00"
    lunch_to: str = "14:00"
    days_off: tuple[int, ...] = (6, 7)
    answer_hours: int = 16
    requests_at_once: int = 5

    @classmethod
    def parse(cls, values: dict[str, Any]) -> Self:
        """Reads the rules from a pack or the panel.

        Raises DomainError `rules_cuts`, `rules_number`, `rules_time`, `rules_holiday`, `rules_work`, and for less than
        is promised `rules_group`, `rules_night` or `rules_week`.
        """
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        for name in ("deficit_cuts", "quiet_weekdays", "holidays", "days_off"):
            if name in known:
                known[name] = tuple(known[name])
        for name in HOURS:
            if name in known:
                known[name] = _hour(known[name])
        rules = cls(**known)
        rules._check()
        return rules

    def check_new(self) -> None:
        """What is refused in new rules only, because older ones may have it. Raises DomainError `rules_waking`."""
        if time.fromisoformat(self.waking_from) >= time.fromisoformat(self.waking_to):
            raise DomainError("rules_waking")

    def is_day_off(self, day: date) -> bool:
        """Whether a local day is a quiet one; where all were, none is."""
        weekdays = set(self.quiet_weekdays)
        return len(weekdays) < 7 and (is_holiday(day, self.holidays) or day.isoweekday() in weekdays)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    def _check(self) -> None:
        cuts: tuple[int, ...] = self.deficit_cuts
        if len(cuts) != 3 or not 0 < cuts[0] < cuts[1] < cuts[2] < 100:
            raise DomainError("rules_cuts")
        numbers = (
            *(self.retest_days, self.retest_reminder_days, self.mentoring_silence_days, self.offer_hours),
            *(self.answer_hours, self.requests_at_once, self.component_retest_days),
        )
        points = (self.borderline, self.change_band)
        if min(numbers) < 1 or max(numbers) > MOST or not 0 <= self.need_weight <= 1 or min(points) < 0:
            raise DomainError("rules_number")
        if not all(HOLIDAY.fullmatch(day) for day in self.holidays):
            raise DomainError("rules_holiday")
        if self.mask_under < LEAST_GROUP:
            raise DomainError("rules_group", least=LEAST_GROUP)
        if not 0 <= self.unasked_per_week <= MOST_A_WEEK:
            raise DomainError("rules_week", most=MOST_A_WEEK)
        if not self.work_from < self.work_to or not self.work_from <= self.lunch_from <= self.lunch_to <= self.work_to:
            raise DomainError("rules_work")
        evening, morning = NIGHT
        if not NOON <= self.quiet_from <= evening or not morning <= self.quiet_to <= NOON:
            raise DomainError("rules_night", evening=evening, morning=morning)


HOLIDAY = re.compile(r"(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
HOURS = (
    *("quiet_from", "quiet_to", "waking_from", "waking_to"),
    *("work_from", "work_to", "lunch_from", "lunch_to"),
)


def _hour(value: str) -> str:
    """The time as HH:MM, so that two compare as texts. Raises DomainError `rules_time`."""
    try:
        return f"{time.fromisoformat(value):%H:%M}"
    except ValueError:
        raise DomainError("rules_time") from None
