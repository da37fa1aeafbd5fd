"""When unasked messages may go: every Russian zone, any moment."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.dictionaries.rules import Rules
from db.notices.rules import LONGEST_RETRY, TRIES, WEEK, allowed_moment, is_quiet, retry_after, waking_moment

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


def test_pauses_double_up_to_an_hour_and_give_up_after_about_a_day() -> None:
    pauses = [retry_after(number, spread=1.0).total_seconds() for number in range(1, TRIES)]
    assert pauses[:4] == [2, 4, 8, 16]
    assert max(pauses) == LONGEST_RETRY
    assert 12 * 3600 < sum(pauses) < 36 * 3600
