"""Which day a document may be of, what a record lacks and how long somebody had worked then: pure."""

from datetime import date

import pytest

from db.training.models import TrainingRecord
from db.training.rules import believable, day_typed, missing, years_before, years_then

TODAY = date(2026, 3, 2)
WHOLE = {"title": "Курс", "organisation": "Институт", "hours": 36, "issued_on": TODAY, "of_project": False}


def test_a_leap_day_has_a_day_in_every_year() -> None:
    assert years_before(date(2024, 2, 29), 1) == date(2023, 2, 28)
    assert years_before(date(2024, 2, 29), 4) == date(2020, 2, 29)
    assert years_before(TODAY, 3) == date(2023, 3, 2)


@pytest.mark.parametrize(
    ("day", "may"),
    [(TODAY, True), (date(2026, 3, 3), False), (date(1996, 3, 2), True), (date(1996, 3, 1), False)],
)
def test_a_document_is_of_the_last_thirty_years(day: date, may: bool) -> None:
    assert believable(day, today=TODAY) is may


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (" 12.05.2025. ", date(2025, 5, 12)),
        ("12/5/25", date(2025, 5, 12)),
        ("12-5-2025 .", date(2025, 5, 12)),
        ("2025-5-1", date(2025, 5, 1)),
        ("1.1.99", date(2099, 1, 1)),
        ("1.1.0100", date(100, 1, 1)),
        ("12.05.2025X", None),
        ("12.05.202", None),
        ("13.13.2025", None),
        ("", None),
    ],
)
def test_a_day_is_read_whole_or_not_at_all(typed: str, day: date | None) -> None:
    assert day_typed(typed) == day


@pytest.mark.parametrize("part", ["title", "organisation", "hours", "issued_on", "of_project"])
def test_the_first_part_that_is_not_told(part: str) -> None:
    assert missing(TrainingRecord(**WHOLE)) is None
    assert missing(TrainingRecord(**WHOLE | {part: None})) == part
    later = dict.fromkeys(list(WHOLE)[list(WHOLE).index(part) :])
    assert missing(TrainingRecord(**WHOLE | later)) == part


def test_nought_hours_and_no_project_are_told_and_an_empty_title_is_none() -> None:
    assert missing(TrainingRecord(**WHOLE | {"hours": 0})) is None
    assert missing(TrainingRecord(**WHOLE | {"title": ""})) == "title"


@pytest.mark.parametrize(
    ("issued", "years"),
    [
        (date(2026, 3, 2), 10),
        (date(2025, 3, 2), 9),
        (date(2025, 3, 3), 10),  # less than a year ago
        (date(2025, 4, 1), 10),
        (date(2025, 2, 3), 9),
        (date(2010, 1, 1), 0),
    ],
)
def test_how_long_somebody_had_worked_on_the_documents_day(issued: date, years: int) -> None:
    assert years_then(10, issued_on=issued, today=TODAY) == years
    assert years_then(None, issued_on=issued, today=TODAY) is None
