"""How a typed date is read, and which moments can be planned."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.dictionaries.rules import Rules
from db.errors import DomainError
from db.mentoring.rules import (
    FARTHEST,
    check_moment,
    check_series,
    fits,
    is_silent,
    read_day,
    read_moment,
    read_series,
    series_days,
    series_ends,
)

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
        ("завтра в 12 дня", (2026, 3, 3, 12, 0)),
        ("tomorrow 12:30 pm", (2026, 3, 3, 12, 30)),
        ("tomorrow at 9 am", (2026, 3, 3, 9, 0)),
        ("15:00 3 марта", (2026, 3, 3, 15, 0)),
        ("15:00 3 марта 2027", (2027, 3, 3, 15, 0)),
        ("3 марта 2027 15:00", (2027, 3, 3, 15, 0)),
        ("в 15:00 3 марта", (2026, 3, 3, 15, 0)),
        ("в 9:00 утра 3 марта 2027 г.", (2027, 3, 3, 9, 0)),
        ("3 марта в 15", (2026, 3, 3, 15, 0)),
        ("3 марта 15", (2026, 3, 3, 15, 0)),
        ("12.10.2027 14:30", (2027, 10, 12, 14, 30)),
        ("12.10.27 14:30", (2027, 10, 12, 14, 30)),
        ("1.2.00 14:30", (2000, 2, 1, 14, 30)),
        ("02.03 12:00", (2026, 3, 2, 12, 0)),
        ("9:30 пт", (2026, 3, 6, 9, 30)),
        ("fri 12 am", (2026, 3, 6, 0, 0)),
        ("пт в 12 ночи", (2026, 3, 6, 0, 0)),
        ("fri 12 pm", (2026, 3, 6, 12, 0)),
        ("5-го декабря в 18:00", (2026, 12, 5, 18, 0)),
        ("5th dec 18:00", (2026, 12, 5, 18, 0)),
        ("2026-12-05 18:00", (2026, 12, 5, 18, 0)),
        ("2026-12-05T18:00", (2026, 12, 5, 18, 0)),
        ("чт 03:00", (2026, 3, 5, 3, 0)),
        ("чт в 3 дня", (2026, 3, 5, 15, 0)),
        ("9.10 18.00", (2026, 10, 9, 18, 0)),
        ("9.10 18.13", (2026, 10, 9, 18, 13)),
        ("9.10 18:05", (2026, 10, 9, 18, 5)),
        ("9.10.26 12.12", (2026, 10, 9, 12, 12)),
        ("12.10.0100 14:30", (100, 10, 12, 14, 30)),
        ("3 марта днём в 3", (2026, 3, 3, 15, 0)),
        ("завтра в 15 дня", (2026, 3, 3, 15, 0)),
        ("завтра в 13 утра", (2026, 3, 3, 13, 0)),
        ("завтра вечером в 8", (2026, 3, 3, 20, 0)),
        ("вторник 9:00", (2026, 3, 3, 9, 0)),
        ("вс 8:00", (2026, 3, 8, 8, 0)),
        ("завтра 00:15", (2026, 3, 3, 0, 15)),
    ],
)
def test_what_people_write(text: str, wanted: tuple[int, ...]) -> None:
    assert read_moment(text, now=NOW, zone=ZONE) == datetime(*wanted, tzinfo=ZONE)


@pytest.mark.parametrize(
    "text",
    [
        "завтра",
        "15:00",
        "31.02 10:00",
        "25:00 завтра",
        "как договоримся",
        "завтра 15:00 16:00",
        "",
        "12.13 10:00",
        "завтра 015",
        "завтра 1:2:3",
        "пт сб 10:00",
        "завтра 15:00 марта",
        "9.10 12.12",
        "9.10 18.12",
        "9.10 12.12 15:00",
        "завтра 015 15:00",
        "12.10 марта 15:00",
        "9.10 18.01",
        "12.10 в 99.10",
        "завтра послезавтра утром",
        "2026-13-05 18:00",
    ],
)
def test_what_is_unclear_is_quoted_and_not_guessed(text: str) -> None:
    with pytest.raises(DomainError) as refusal:
        read_moment(text, now=NOW, zone=ZONE)
    assert (refusal.value.code, refusal.value.params["text"]) == ("mentoring_date_unclear", text)


@pytest.mark.parametrize(
    ("text", "late"), [("чт в 3", "15:00"), ("завтра 5:30", "17:30"), ("3 марта в 7", "19:00"), ("завтра в 1", "13:00")]
)
def test_an_hour_of_night_or_afternoon_is_asked_about(text: str, late: str) -> None:
    with pytest.raises(DomainError, match=r"^mentoring_hour_unclear$") as refusal:
        read_moment(text, now=NOW, zone=ZONE)
    assert refusal.value.params == {"text": text, "late": late}


def test_eight_is_the_morning_and_nothing_is_asked() -> None:
    assert read_moment("завтра в 8", now=NOW, zone=ZONE) == datetime(2026, 3, 3, 8, tzinfo=ZONE)


def test_a_long_text_is_quoted_in_part() -> None:
    with pytest.raises(DomainError, match=r"^mentoring_hour_unclear$") as refusal:
        read_moment("завтра в 3" + " в" * 40, now=NOW, zone=ZONE)
    assert refusal.value.params["text"] == "завтра в 3" + " в" * 25
    with pytest.raises(DomainError) as refusal:
        read_moment("я" * 100, now=NOW, zone=ZONE)
    assert refusal.value.params["text"] == "я" * 60


def test_today_is_the_day_where_people_are() -> None:
    """Half past nine in the evening by UTC is tomorrow already in Chelyabinsk."""
    late = NOW.replace(hour=21, minute=30)
    assert read_moment("завтра 15:00", now=late, zone=ZONE) == datetime(2026, 3, 4, 15, 0, tzinfo=ZONE)


def test_a_pair_is_silent_when_the_regions_days_are_over() -> None:
    rules = Rules(mentoring_silence_days=30)
    assert is_silent(NOW - timedelta(days=30), rules=rules, now=NOW)
    assert not is_silent(NOW - timedelta(days=30) + timedelta(seconds=1), rules=rules, now=NOW)


def test_a_day_is_read_without_its_hour() -> None:
    assert read_day("31 мая", now=NOW, zone=ZONE) == date(2026, 5, 31)
    assert read_day("завтра", now=NOW.replace(hour=21), zone=ZONE) == date(2026, 3, 4), "where people are"
    with pytest.raises(DomainError, match=r"^mentoring_date_unclear$"):
        read_day("весной", now=NOW, zone=ZONE)


@pytest.mark.parametrize(
    ("named", "opened", "same", "near", "why"),
    [
        ("b", ["c", "b", "d"], True, True, [("named", "b"), ("opened", "c"), ("subject", ""), ("near", "")]),
        (None, ["a", "c"], False, False, [("opened", "a"), ("opened", "c")]),
        ("d", ["d"], False, True, [("near", "")]),  # the mentor is not strong in what was named
        (None, [], True, False, [("subject", "")]),
        (None, [], False, False, []),
    ],
)
def test_a_mentor_fits_by_what_was_named_then_opened_then_the_subject_then_the_place(
    named: str | None, opened: list[str], same: bool, near: bool, why: list[tuple[str, str]]
) -> None:
    found = fits({"a", "b", "c"}, named=named, opened=opened, subject=same, near=near)
    assert [(one.kind, one.component) for one in found] == why


FIRST = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("weeks", "until", "code"),
    [
        (1, date(2026, 3, 10), None),
        (1, date(2026, 3, 9), "mentoring_series_end"),
        (2, date(2026, 3, 17), None),
        (2, date(2026, 3, 16), "mentoring_series_end"),
        (1, date(2027, 3, 2), None),
        (1, date(2027, 3, 3), "mentoring_far"),
        (0, date(2026, 5, 31), "stale_button"),
        (3, date(2026, 5, 31), "stale_button"),
    ],
)
def test_a_series_has_two_times_at_least_and_ends_within_a_year(weeks: int, until: date, code: str | None) -> None:
    if code is None:
        check_series(FIRST, weeks=weeks, until=until, today=date(2026, 3, 2))
        return
    with pytest.raises(DomainError) as refusal:
        check_series(FIRST, weeks=weeks, until=until, today=date(2026, 3, 2))
    assert (refusal.value.code, refusal.value.params) == (code, {})


def test_a_series_goes_on_to_its_last_day_included() -> None:
    days = series_days(FIRST, weeks=2, until=date(2026, 4, 14), rules=Rules(holidays=("03-31",)))
    assert list(days) == [date(2026, 3, 17), date(2026, 4, 14)]
    assert not list(series_days(FIRST, weeks=1, until=date(2026, 3, 9), rules=Rules()))


@pytest.mark.parametrize(
    ("first", "weeks", "ends"),
    [
        ("2026-09-01", 1, ["2026-09-30", "2026-10-31", "2026-11-30", "2027-05-31"]),
        ("2026-09-24", 1, ["2026-10-31", "2026-11-30", "2026-12-31", "2027-05-31"]),
        ("2026-09-23", 1, ["2026-09-30", "2026-10-31", "2026-11-30", "2027-05-31"]),
        ("2026-12-20", 2, ["2027-01-31", "2027-02-28", "2027-03-31", "2027-05-31"]),
        ("2026-12-01", 1, ["2026-12-31", "2027-01-31", "2027-02-28", "2027-05-31"]),
        ("2027-03-01", 1, ["2027-03-31", "2027-04-30", "2027-05-31"]),  # the school year's end is among them
        ("2027-05-03", 1, ["2027-05-31", "2027-06-30", "2027-07-31"]),
        ("2027-06-01", 1, ["2027-06-30", "2027-07-31", "2027-08-31", "2028-05-31"]),
    ],
)
def test_a_series_may_end_with_one_of_three_months_or_the_school_year(first: str, weeks: int, ends: list[str]) -> None:
    assert [one.isoformat() for one in series_ends(date.fromisoformat(first), weeks=weeks)] == ends


def test_a_row_is_told_from_one_meeting_and_wants_its_last_day() -> None:
    at = {"now": NOW, "zone": ZONE}
    assert read_series("", **at) is None and read_series("вторник 15:00 до 31 мая", **at) is None
    weekly = read_series("Каждый вторник 15:00 до 31 мая", **at)
    assert weekly == (datetime(2026, 3, 3, 15, tzinfo=ZONE), date(2026, 5, 31), 1)
    late = read_series("каждый вторник 15:00 до завтра", now=NOW.replace(hour=21), zone=ZONE)
    assert late is not None and late[1] == date(2026, 3, 4), "tomorrow where people are"
    assert read_series("каждый второй вторник 15:00 по 31 мая", **at) == (*weekly[:2], 2)
    for text in ("каждый", "каждый вторник 15:00"):
        with pytest.raises(DomainError, match=r"^mentoring_series_end$") as refusal:
            read_series(text, **at)
        assert not refusal.value.params
    with pytest.raises(DomainError, match=r"^mentoring_date_unclear$"):
        read_series("каждый до 31 мая", **at)


@given(st.text(max_size=80))
def test_any_text_is_a_moment_or_a_kind_no(text: str) -> None:
    try:
        read_moment(text, now=NOW, zone=ZONE)
    except DomainError as refusal:
        assert refusal.code in ("mentoring_date_unclear", "mentoring_hour_unclear")


def test_only_the_coming_year_can_be_planned() -> None:
    check_moment(NOW + timedelta(minutes=1), now=NOW)
    check_moment(NOW + FARTHEST, now=NOW)
    for at, code in ((NOW, "mentoring_past"), (NOW + FARTHEST + timedelta(minutes=1), "mentoring_far")):
        with pytest.raises(DomainError, match=f"^{code}$"):
            check_moment(at, now=NOW)
