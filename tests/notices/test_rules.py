"""When unasked messages may go: every Russian zone, any moment."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.dictionaries.rules import Rules
from db.notices.rules import (
    EARLY_START,
    LONGEST_RESERVED,
    LONGEST_RETRY,
    TRIES,
    WEEK,
    allowed_moment,
    at_night,
    hours_before,
    is_quiet,
    next_start,
    quiet_until,
    retry_after,
    waking_moment,
)
from db.packs import load_pack

ZONES = [
    *("Europe/Kaliningrad", "Europe/Moscow", "Europe/Simferopol", "Europe/Volgograd", "Europe/Kirov"),
    *("Europe/Samara", "Europe/Saratov", "Europe/Ulyanovsk", "Europe/Astrakhan", "Asia/Yekaterinburg", "Asia/Omsk"),
    *("Asia/Novosibirsk", "Asia/Barnaul", "Asia/Tomsk", "Asia/Novokuznetsk", "Asia/Krasnoyarsk", "Asia/Irkutsk"),
    *("Asia/Chita", "Asia/Yakutsk", "Asia/Khandyga", "Asia/Vladivostok", "Asia/Ust-Nera", "Asia/Magadan"),
    *("Asia/Sakhalin", "Asia/Srednekolymsk", "Asia/Kamchatka", "Asia/Anadyr"),
]
zones = st.sampled_from(ZONES).map(ZoneInfo)
# From 2008 on, so that the years with summer time and the changes of 2011, 2014 and 2016 are in.
moments = st.datetimes(datetime(2008, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
RULES = Rules()


@given(moments, zones)
def test_a_waking_moment_is_never_quiet_never_earlier_and_never_far(moment: datetime, zone: ZoneInfo) -> None:
    found = waking_moment(moment, rules=RULES, zone=zone)
    local = found.astimezone(zone)
    assert time(8) <= local.time() < time(21)
    assert local.isoweekday() != 7
    assert moment <= found <= moment + timedelta(hours=37)


@given(moments, zones)
def test_nothing_is_put_off_without_need(moment: datetime, zone: ZoneInfo) -> None:
    found = waking_moment(moment, rules=RULES, zone=zone)
    if not is_quiet(moment, rules=RULES, zone=zone):
        assert found == moment
    else:
        assert is_quiet(found - timedelta(minutes=2), rules=RULES, zone=zone)


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_a_year_ends_in_a_waking_hour(zone: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for hour in range(365 * 24):
        found = waking_moment(start + timedelta(hours=hour), rules=RULES, zone=ZoneInfo(zone))
        assert not is_quiet(found, rules=RULES, zone=ZoneInfo(zone))


@given(moments, zones, st.lists(st.integers(0, 20_000), max_size=8))
def test_never_a_fourth_in_seven_days(moment: datetime, zone: ZoneInfo, minutes: list[int]) -> None:
    sent = sorted(moment - timedelta(minutes=value) for value in minutes)
    recent = [at for at in sent if at > moment - WEEK]
    found = allowed_moment(moment, sent=recent, rules=RULES, zone=zone)
    assert found is not None
    assert not is_quiet(found, rules=RULES, zone=zone)
    if len(recent) >= RULES.unasked_per_week:
        assert sum(at > found - WEEK for at in recent) < RULES.unasked_per_week


def test_a_region_may_forbid_unasked_messages_and_have_other_hours(
    moment: datetime = datetime(2026, 3, 2, 6, tzinfo=UTC),
) -> None:
    zone = ZoneInfo("Asia/Yekaterinburg")
    assert allowed_moment(moment, sent=[], rules=Rules(unasked_per_week=0), zone=zone) is None
    siesta = Rules(quiet_from="10:00", quiet_to="12:00", quiet_weekdays=(1,))
    assert waking_moment(moment, rules=siesta, zone=zone).astimezone(zone) == datetime(2026, 3, 3, tzinfo=zone)
    silent = Rules(quiet_weekdays=(1, 2, 3, 4, 5, 6, 7))
    assert waking_moment(moment, rules=silent, zone=zone) == moment


def test_a_holiday_is_as_quiet_as_a_sunday() -> None:
    """A reminder of an unfinished self-diagnosis came on the second of January."""
    zone = ZoneInfo("Asia/Yekaterinburg")
    rules = Rules.parse(load_pack("chelyabinsk").about.rules)
    found = waking_moment(datetime(2026, 1, 2, 7, tzinfo=UTC), rules=rules, zone=zone)
    assert found.astimezone(zone) == datetime(2026, 1, 10, 8, tzinfo=zone), "a Saturday, the first day of work"
    assert is_quiet(datetime(2027, 5, 9, 7, tzinfo=UTC), rules=rules, zone=zone), "in every year"
    assert not is_quiet(datetime(2027, 3, 9, 7, tzinfo=UTC), rules=rules, zone=zone), "moved to that day in 2026 only"


def test_pauses_double_up_to_an_hour_and_give_up_after_about_a_day() -> None:
    pauses = [retry_after(number, spread=1.0).total_seconds() for number in range(1, TRIES)]
    assert pauses[:4] == [2, 4, 8, 16]
    assert max(pauses) == LONGEST_RETRY
    assert 12 * 3600 < sum(pauses) < 36 * 3600
    assert retry_after(5000, spread=1.0) == timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 3, 4), date(2026, 3, 4)),  # a Wednesday before a working day
        (date(2026, 3, 7), date(2026, 3, 9)),  # a Saturday before a Sunday and a holiday
        (date(2026, 3, 8), date(2026, 3, 9)),
        (date(2026, 3, 9), date(2026, 3, 9)),
    ],
)
def test_how_long_the_days_off_last_that_follow(day: date, last: date) -> None:
    assert quiet_until(day, rules=Rules(holidays=("03-09",))) == last


def test_after_a_month_of_days_off_somebody_speaks_all_the_same() -> None:
    zone = ZoneInfo("Asia/Yekaterinburg")
    rules = Rules(holidays=tuple(f"{month:02}-{day:02}" for month in (3, 4) for day in range(1, 32)))
    assert quiet_until(date(2026, 3, 1), rules=rules) == date(2026, 3, 31)
    spoken = waking_moment(datetime(2026, 3, 1, 12, tzinfo=zone), rules=rules, zone=zone)
    assert spoken == datetime(2026, 3, 31, tzinfo=zone)


def at(clock: str) -> datetime:
    """A Wednesday's hour in Chelyabinsk."""
    return datetime.fromisoformat(f"2026-03-04T{clock}:00").replace(tzinfo=ZoneInfo("Asia/Yekaterinburg"))


@pytest.mark.parametrize(
    ("since", "until", "quiet", "awake"),
    [
        ("21:00", "08:00", ["21:00", "23:59", "00:00", "07:59"], ["08:00", "12:00", "20:59"]),
        ("01:00", "06:00", ["01:00", "05:59"], ["00:59", "06:00", "12:00"]),
        ("08:00", "08:00", [], ["07:59", "08:00", "08:01"]),
    ],
)
def test_quiet_hours_begin_on_time_and_end_on_time(since: str, until: str, quiet: list[str], awake: list[str]) -> None:
    rules = Rules(quiet_from=since, quiet_to=until)
    assert [clock for clock in quiet if at_night(time.fromisoformat(clock), rules)] == quiet
    assert not [clock for clock in awake if at_night(time.fromisoformat(clock), rules)]


def test_a_waking_moment_is_the_very_end_of_the_quiet_hours() -> None:
    zone = ZoneInfo("Asia/Yekaterinburg")
    for clock, wanted in (("21:00", "2026-03-05 08:00"), ("07:59", "2026-03-04 08:00"), ("20:59", "2026-03-04 20:59")):
        moment = waking_moment(at(clock), rules=RULES, zone=zone)
        assert moment.tzinfo is UTC
        assert f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" == wanted


@pytest.mark.parametrize(
    "starts", ["00:30", "08:00", "08:30", "08:59", "09:00", "09:30", "09:59", "10:00", "10:30", "12:00"]
)
def test_a_last_reminder_for_the_morning_waits_for_the_end_of_the_quiet_hours(starts: str) -> None:
    """Two hours before, or at eight where that is early enough for the beginning."""
    zone = ZoneInfo("Asia/Yekaterinburg")
    moment = hours_before(at(starts).astimezone(UTC), rules=RULES, zone=zone)
    two_hours, eight = at(starts) - timedelta(hours=2), at("08:00")
    assert moment == (eight if two_hours < eight <= at(starts) - EARLY_START else two_hours)
    assert moment.tzinfo is UTC


def test_a_last_reminder_goes_by_the_regions_own_day() -> None:
    """A morning in Anadyr is the evening before where the server stands."""
    starts = datetime(2026, 3, 4, 9, tzinfo=ZoneInfo("Asia/Anadyr"))
    moment = hours_before(starts.astimezone(UTC), rules=RULES, zone=ZoneInfo("Asia/Anadyr"))
    assert moment == starts - timedelta(hours=1), "at eight, not at seven"


def test_one_a_week_is_one_a_week() -> None:
    zone, noon = ZoneInfo("Asia/Yekaterinburg"), at("12:00")
    rules = Rules(unasked_per_week=1)
    assert allowed_moment(noon, sent=[], rules=rules, zone=zone) == noon
    sent = [noon - timedelta(days=3)]
    assert allowed_moment(noon, sent=sent, rules=rules, zone=zone) == waking_moment(
        sent[0] + WEEK, rules=rules, zone=zone
    )


def test_a_drawn_spread_makes_the_pause_longer_or_shorter() -> None:
    assert retry_after(1, spread=1.5) == 3 * retry_after(1, spread=0.5)
    assert retry_after(2, spread=1.0) == 2 * retry_after(1, spread=1.0)


def test_a_moment_reserved_by_others_is_waited_for_but_no_wrong_clock() -> None:
    assert next_start(100.0, 99.0) == 100.0
    assert next_start(100.0, 101.0) == 101.0
    assert next_start(100.0, 100.0 + LONGEST_RESERVED) == 100.0 + LONGEST_RESERVED
    assert next_start(100.0, 100.1 + LONGEST_RESERVED) == 100.0
