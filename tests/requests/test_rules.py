"""Until when a request is answered, beside a minute-by-minute count; which words pass between two strangers."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from db.dictionaries.rules import Rules
from db.packs import load_pack
from db.requests.rules import WorkCalendar, due, without_accounts

ZONES = (
    *("Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Krasnoyarsk"),
    *("Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka"),
)
RULES = Rules.parse(load_pack("chelyabinsk").about.rules)
FREE_2026 = {
    *(date(2026, 1, day) for day in range(1, 12)),
    *(date(2026, 2, 23), date(2026, 3, 9), date(2026, 5, 1), date(2026, 5, 11), date(2026, 6, 12), date(2026, 11, 4)),
    date(2026, 12, 31),
}
"""Working days that are free, and the New Year's holidays, by the production calendar of 2026."""
CLOCKS = some.times(min_value=time(6), max_value=time(22)).map(lambda one: one.replace(second=0, microsecond=0))


def naive(asked_at: datetime, hours: int, zone: ZoneInfo, clocks: list[time], free: set[date]) -> datetime:
    """Counts working minutes one by one on the wall clock."""
    begins, lunch, back, ends = clocks
    left, moment = hours * 60, asked_at
    while left:
        local = moment.astimezone(zone)
        day_off = local.isoweekday() in (6, 7) or local.date() in free
        if not day_off and (begins <= local.time() < lunch or back <= local.time() < ends):
            left -= 1
        moment += timedelta(minutes=1)
    return moment


@pytest.mark.parametrize("zone", [ZoneInfo(one) for one in ZONES], ids=str)
@settings(max_examples=5, deadline=None)
@given(
    minute=some.integers(min_value=0, max_value=300 * 24 * 60),
    hours=some.integers(min_value=1, max_value=24),
    clocks=some.lists(CLOCKS, min_size=4, max_size=4).map(sorted),
)
def test_working_hours_are_those_of_a_wall_clock_in_every_zone(
    zone: ZoneInfo, minute: int, hours: int, clocks: list[time]
) -> None:
    begins, lunch, back, ends = clocks
    worked = (lunch.hour * 60 + lunch.minute) - (begins.hour * 60 + begins.minute)
    worked += (ends.hour * 60 + ends.minute) - (back.hour * 60 + back.minute)
    if worked < 60:
        return
    calendar = WorkCalendar(zone, begins, lunch, back, ends, frozenset({6, 7}), frozenset(RULES.holidays))
    asked_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    assert due(asked_at, hours, calendar) == naive(asked_at, hours, zone, clocks, FREE_2026)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (datetime(2026, 3, 2, 11, 0), datetime(2026, 3, 4, 11, 0)),
        (datetime(2026, 3, 2, 13, 30), datetime(2026, 3, 4, 13, 0)),  # in the lunch hour
        (datetime(2026, 3, 6, 17, 0), datetime(2026, 3, 11, 17, 0)),  # before a weekend of three days
        (datetime(2026, 2, 28, 23, 0), datetime(2026, 3, 3, 18, 0)),  # on Saturday night
        (datetime(2026, 12, 30, 18, 0), datetime(2027, 1, 12, 18, 0)),  # before the New Year
    ],
)
def test_the_stated_time_of_two_working_days(asked: datetime, answered: datetime) -> None:
    zone = ZoneInfo("Asia/Yekaterinburg")
    calendar = WorkCalendar.of(RULES, zone)
    assert due(asked.replace(tzinfo=zone), RULES.answer_hours, calendar).astimezone(zone) == answered.replace(
        tzinfo=zone
    )


def test_working_hours_are_of_the_day_that_it_is_there() -> None:
    """West of Greenwich it is tomorrow already where the server stands."""
    zone = ZoneInfo("Pacific/Honolulu")
    asked = datetime(2026, 3, 2, 15, tzinfo=zone)
    assert due(asked, 2, WorkCalendar.of(Rules(), zone)) == datetime(2026, 3, 2, 17, tzinfo=zone)


def test_a_calendar_without_working_time_counts_plain_hours() -> None:
    never = WorkCalendar.of(Rules(days_off=(1, 2, 3, 4, 5, 6, 7)), ZoneInfo("Europe/Moscow"))
    asked = datetime(2026, 3, 2, tzinfo=UTC)
    assert due(asked, 5, never) == asked + timedelta(hours=5)


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        ("Пишите @vera_ivanova", "Пишите •••"),
        ("t.me/vera и https://vk.com/id1", "••• и •••"),
        ("vera.i@mail.ru", "•••"),
        ("Звоните: +7 (912) 345-67-89!", "Звоните: •••!"),
        ("8 912 345 67 89", "•••"),
        ("912 345-67-89, (912)345-67-89, 8.912.345.67.89", "•••, •••, •••"),
        ("+375 29 123-45-67", "•••"),
        ("max.ru/u/vera, ok.ru/profile/12 viber://chat?number=7", "••• ••• •••"),
        ("с 8.12.2025 – 10.12.2025 по 9.12.2025", "с 8.12.2025 – 10.12.2025 по 9.12.2025"),
        ("классы 9, 10 и 11, 912 страниц", "классы 9, 10 и 11, 912 страниц"),
        ("В 2026 году 5 класс, §12, 45 минут", "В 2026 году 5 класс, §12, 45 минут"),
        ("ФГОС 1234567 и счёт 12 345 678 901 234", "ФГОС 1234567 и счёт 12 345 678 901 234"),
        ("https://edsoo.ru/metod/", "https://edsoo.ru/metod/"),
        ("a@b", "a@b"),
    ],
)
def test_phones_and_accounts_are_hidden_and_nothing_else(said: str, passes: str) -> None:
    assert without_accounts(said) == passes
