"""How a typed date is read, and which moments can be planned."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import DomainError
from db.mentoring.rules import FARTHEST, check_moment, read_moment

ZONE = ZoneInfo("Asia/Yekaterinburg")
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # a Monday, 11:00 in Chelyabinsk


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("завтра 15:00", (2026, 3, 3, 15, 0)),
        ("Завтра в 15", (2026, 3, 3, 15, 0)),
        ("12.10 в 14:30", (2026, 10, 12, 14, 30)),
        ("12.10.26 14.30", (2026, 10, 12, 14, 30)),
        ("14:30 12/10", (2026, 10, 12, 14, 30)),
        ("01.02 10:00", (2027, 2, 1, 10, 0)),
        ("пт 9.30", (2026, 3, 6, 9, 30)),
        ("в пятницу в 10 утра", (2026, 3, 6, 10, 0)),
        ("понедельник, 10:00", (2026, 3, 9, 10, 0)),
        ("послезавтра в 15-30", (2026, 3, 4, 15, 30)),
        ("3 марта в 7 вечера", (2026, 3, 3, 19, 0)),
        ("1 января 2027 г. в 12 часов", (2027, 1, 1, 12, 0)),
        ("сегодня в 18:00!", (2026, 3, 2, 18, 0)),
        ("fri 3 pm", (2026, 3, 6, 15, 0)),
        ("tomorrow at 3:15 pm", (2026, 3, 3, 15, 15)),
    ],
)
def test_what_people_write(text: str, wanted: tuple[int, ...]) -> None:
    assert read_moment(text, now=NOW, zone=ZONE) == datetime(*wanted, tzinfo=ZONE)


@pytest.mark.parametrize(
    "text",
    ["завтра", "15:00", "31.02 10:00", "25:00 завтра", "как договоримся", "завтра 15:00 16:00", "", "12.13 10:00"],
)
def test_what_is_unclear_is_quoted_and_not_guessed(text: str) -> None:
    with pytest.raises(DomainError) as refusal:
        read_moment(text, now=NOW, zone=ZONE)
    assert (refusal.value.code, refusal.value.params["text"]) == ("mentoring_date_unclear", text)


@given(st.text(max_size=80))
def test_any_text_is_a_moment_or_a_kind_no(text: str) -> None:
    try:
        read_moment(text, now=NOW, zone=ZONE)
    except DomainError as refusal:
        assert refusal.code == "mentoring_date_unclear"


def test_only_the_coming_year_can_be_planned() -> None:
    check_moment(NOW + timedelta(minutes=1), now=NOW)
    check_moment(NOW + FARTHEST, now=NOW)
    for at, code in ((NOW, "mentoring_past"), (NOW + FARTHEST + timedelta(minutes=1), "mentoring_far")):
        with pytest.raises(DomainError, match=code):
            check_moment(at, now=NOW)
