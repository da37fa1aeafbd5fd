"""Offers, reminders, numbers: the rules without a database."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.dictionaries.models import Audience
from db.dictionaries.rules import Rules
from db.dictionaries.units import UnitLevel
from db.errors import ConflictError, DomainError
from db.events import rules as r
from db.events.models import Event, EventStatus, Registration, RegistrationStatus
from db.notices.rules import hours_before
from db.transitions import move
from tests.support import callers

CHELYABINSK = ZoneInfo("Asia/Yekaterinburg")
RUSSIAN_ZONES = [
    "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Krasnoyarsk",
    "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka",
]  # fmt: skip
RULES = Rules()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHELYABINSK).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "starts", "until"),
    [
        ("2026-03-02 11:00", "2026-03-10 15:00", "2026-03-02 17:00"),  # six hours of the same day
        ("2026-03-02 17:00", "2026-03-10 15:00", "2026-03-03 12:00"),  # three hours today, three tomorrow
        ("2026-03-02 21:30", "2026-03-10 15:00", "2026-03-03 15:00"),  # the night does not count
        ("2026-03-02 06:00", "2026-03-10 15:00", "2026-03-02 15:00"),  # nor does the early morning
        ("2026-03-02 11:07", "2026-03-10 15:00", "2026-03-02 17:15"),  # a time one can say
        ("2026-03-02 21:30", "2026-03-03 10:00", "2026-03-03 10:00"),  # never past the start
        ("2026-03-02 13:30", "2026-03-02 15:00", "2026-03-02 15:00"),
        ("2026-03-02 16:00", "2026-03-02 19:00", "2026-03-02 19:00"),  # the day is not long enough
        ("2026-03-02 11:00:30", "2026-03-10 15:00", "2026-03-02 17:15"),
        ("2026-03-02 14:00", "2026-03-10 15:00", "2026-03-02 20:00"),  # to the last waking minute
        ("2026-03-02 14:01", "2026-03-10 15:00", "2026-03-03 09:15"),
    ],
)
def test_an_offer_is_held_for_waking_hours(now: str, starts: str, until: str) -> None:
    assert r.offer_until(local(now), starts_at=local(starts), rules=RULES, zone=CHELYABINSK) == local(until)


def test_an_offer_is_held_for_the_hours_of_where_people_are() -> None:
    """West of Greenwich it is tomorrow already where the server stands."""
    zone = ZoneInfo("America/New_York")
    now, starts = datetime(2026, 3, 2, 19, 30, tzinfo=zone), datetime(2026, 3, 5, 12, tzinfo=zone)
    until = r.offer_until(now, starts_at=starts, rules=RULES, zone=zone)
    assert until == datetime(2026, 3, 3, 14, 30, tzinfo=zone)


@given(
    zone=st.sampled_from(RUSSIAN_ZONES).map(ZoneInfo),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda one: one.replace(tzinfo=UTC)),
    ahead=st.timedeltas(timedelta(minutes=1), timedelta(days=40)),
    hours=st.integers(1, 48),
)
def test_an_offer_ends_while_people_are_awake_or_at_the_start(
    zone: ZoneInfo, now: datetime, ahead: timedelta, hours: int
) -> None:
    rules = Rules(offer_hours=hours)
    until = r.offer_until(now, starts_at=now + ahead, rules=rules, zone=zone)
    assert now < until <= now + ahead
    if until != now + ahead:
        assert "09:00" < f"{until.astimezone(zone):%H:%M}" <= "20:00"
        assert until - now >= timedelta(hours=hours)


def test_impossible_waking_hours_don_t_hang() -> None:
    rules = Rules(waking_from="20:00", waking_to="09:00")
    assert r.offer_until(local("2026-03-02 11:00"), starts_at=local("2026-03-05 11:00"), rules=rules, zone=CHELYABINSK)


@pytest.mark.parametrize(
    ("now", "starts", "told"),
    [
        ("2026-03-02 11:00", "2026-03-10 15:00", "2026-03-02 11:00"),
        ("2026-03-02 23:00", "2026-03-10 15:00", "2026-03-03 08:00"),  # nobody is woken
        ("2026-03-03 04:00", "2026-03-10 15:00", "2026-03-03 08:00"),
        ("2026-03-02 23:00", "2026-03-03 10:00", "2026-03-02 23:00"),  # in the morning it would be too late
        ("2026-03-02 23:00", "2026-03-03 12:00", "2026-03-03 08:00"),  # four hours are enough to answer
        ("2026-03-02 23:00", "2026-03-03 11:59", "2026-03-02 23:00"),
    ],
)
def test_an_offer_at_night_waits_for_the_morning(now: str, starts: str, told: str) -> None:
    assert r.told_at(local(now), starts_at=local(starts), rules=RULES, zone=CHELYABINSK) == local(told)


@pytest.mark.parametrize(
    ("quiet_from", "quiet_to", "now", "told"),
    [
        ("00:00", "08:00", "2026-03-02 10:00", "2026-03-02 10:00"),
        ("00:00", "08:00", "2026-03-02 02:00", "2026-03-02 08:00"),
        ("00:00", "08:00", "2026-03-02 23:00", "2026-03-02 23:00"),
        ("12:00", "12:00", "2026-03-02 03:00", "2026-03-02 03:00"),  # no quiet hours at all
    ],
)
def test_an_offer_is_told_in_time_whatever_the_quiet_hours(quiet_from: str, quiet_to: str, now: str, told: str) -> None:
    """Where they began at midnight an offer of the morning was told the next day, when it had run out."""
    rules = Rules(quiet_from=quiet_from, quiet_to=quiet_to)
    starts = local("2026-03-10 15:00")
    assert r.told_at(local(now), starts_at=starts, rules=rules, zone=CHELYABINSK) == local(told)


def test_waking_hours_that_end_before_they_begin_are_refused() -> None:
    with pytest.raises(DomainError, match="rules_waking"):
        Rules.parse({"waking_from": "20:00", "waking_to": "09:00"}).check_new()


@pytest.mark.parametrize(
    ("starts", "day", "hours"),
    [
        ("2026-03-04 15:00", "2026-03-03 15:00", "2026-03-04 13:00"),
        ("2026-03-04 09:00", "2026-03-03 09:00", "2026-03-04 08:00"),  # not at 07:00
        ("2026-03-04 08:00", "2026-03-03 09:00", "2026-03-04 06:00"),  # who has to be there at 8 is up
        ("2026-03-04 22:00", "2026-03-03 20:00", "2026-03-04 20:00"),
        ("2026-03-04 02:00", "2026-03-03 09:00", "2026-03-04 00:00"),  # of the day that it is there
    ],
)
def test_moments_of_reminders(starts: str, day: str, hours: str) -> None:
    assert r.day_before(local(starts), rules=RULES, zone=CHELYABINSK) == local(day)
    assert hours_before(local(starts), rules=RULES, zone=CHELYABINSK) == local(hours)


@pytest.mark.parametrize(
    ("now", "ahead"),
    [
        ("2026-03-03 14:59", (True, True)),
        ("2026-03-03 15:00", (False, True)),
        ("2026-03-04 12:59", (False, True)),
        ("2026-03-04 13:00", (False, False)),
    ],
)
def test_who_registers_late_is_told_which_reminders_will_come(now: str, ahead: tuple[bool, bool]) -> None:
    caller = callers.clock(local(now), CHELYABINSK)
    assert r.reminders_ahead(local("2026-03-04 15:00"), caller, rules=RULES) == ahead


@given(
    zone=st.sampled_from(RUSSIAN_ZONES).map(ZoneInfo),
    starts=st.datetimes(datetime(2026, 1, 2), datetime(2027, 1, 1)).map(lambda one: one.replace(tzinfo=UTC)),
)
def test_reminders_come_in_their_order_before_the_start(zone: ZoneInfo, starts: datetime) -> None:
    day = r.day_before(starts, rules=RULES, zone=zone)
    hours = hours_before(starts, rules=RULES, zone=zone)
    assert day < hours < starts
    assert timedelta(minutes=30) <= starts - hours <= timedelta(hours=2)
    assert "09:00" <= f"{day.astimezone(zone):%H:%M}" <= "20:00"


def test_a_number_can_be_typed_in_any_way() -> None:
    number = r.certificate_number(date(2026, 3, 2))
    assert re.fullmatch(f"2026-[{r.ALPHABET}]{{4}}-[{r.ALPHABET}]{{4}}", number)
    assert r.tidy_number(f" {number.lower().replace('-', ' ')} ") == number
    assert r.tidy_number("№ 2026/7f3k9q2m") == "2026-7F3K-9Q2M"
    assert r.tidy_number("") == ""
    assert r.tidy_number("20267f3") == "2026-7F3", "so far as it is typed"
    assert r.tidy_number("2026-7F3K-9Q2M-7F3K") == "2026-7F3K-9Q2M"


def test_statuses_move_by_their_table_only() -> None:
    event, registration = Event(status=EventStatus.DRAFT), Registration(status=RegistrationStatus.OFFERED)
    move(event, EventStatus.PUBLISHED)
    assert event.status is EventStatus.PUBLISHED
    event.status = EventStatus.CANCELLED
    with pytest.raises(ConflictError):
        move(event, EventStatus.PUBLISHED)
    move(registration, RegistrationStatus.SEATED)
    assert registration.status is RegistrationStatus.SEATED
    with pytest.raises(ConflictError):
        move(registration, RegistrationStatus.WAITING)


@pytest.mark.parametrize(
    ("open_to_all", "event_town", "own_town", "may"),
    [(True, 1, 2, True), (False, 1, 1, True), (False, 1, 2, False), (False, None, 2, True), (False, 1, None, False)],
)
def test_who_may_attend(open_to_all: bool, event_town: int | None, own_town: int | None, may: bool) -> None:
    kept = {"open_to_all": open_to_all, "event_municipality": event_town, "for_network": False, "meant_for": None}
    assert (r.barrier(r.Standing(own_town), **kept) is None) is may


OWN, OTHER, ALONE = r.Standing(1), r.Standing(2), r.Standing(None)
OUTSIDE = r.Standing(2, in_network=False)


@pytest.mark.parametrize(
    ("whose", "open_to_all", "town", "for_network", "found"),
    [
        (OWN, False, 1, False, None),
        (OTHER, False, 1, False, r.Barrier.OWN),
        (ALONE, False, 1, False, r.Barrier.OWN),
        (OTHER, True, 1, False, None),
        (OTHER, False, None, False, None),
        (OTHER, False, 1, True, None),
        (OUTSIDE, False, 1, True, r.Barrier.NETWORK),
        (OUTSIDE, False, 2, True, None),
        (OUTSIDE, True, 1, True, None),
        (r.Standing(None, in_network=False), False, None, True, r.Barrier.NETWORK),
    ],
)
def test_a_place_that_an_event_is_kept_for(
    whose: r.Standing, open_to_all: bool, town: int | None, for_network: bool, found: r.Barrier | None
) -> None:
    kept = {"open_to_all": open_to_all, "event_municipality": town, "for_network": for_network}
    assert r.barrier(whose, **kept, meant_for=None) is found
    assert r.barrier(whose, **kept, meant_for=Audience.TEACHER) is found
    assert r.barrier(whose, **kept, meant_for=Audience.MANAGER) is (found or r.Barrier.MANAGERS), "the place first"


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (r.Barrier.OWN, "event_own_only"),
        (r.Barrier.NETWORK, "event_network_only"),
        (r.Barrier.TEACHERS, "event_for_teacher"),
        (r.Barrier.METHODISTS, "event_for_methodist"),
        (r.Barrier.MANAGERS, "event_for_manager"),
    ],
)
def test_a_barrier_is_said_by_whom_the_event_is_kept_for(found: r.Barrier, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        r.refuse_barred(found)
    assert (refusal.value.code, refusal.value.params) == (code, {})
    r.refuse_barred(None)


@pytest.mark.parametrize(
    ("unit", "nobodys", "code"),
    [
        (UnitLevel.ORGANISATION, False, "event_quota_organisation"),
        (UnitLevel.MUNICIPALITY, False, "event_quota_municipality"),
        (UnitLevel.CENTRE, False, "event_quota_centre"),
        (UnitLevel.ORGANISATION, True, "event_quota_nobodys"),
    ],
)
def test_a_full_quota_is_said_of_its_unit(unit: UnitLevel, nobodys: bool, code: str) -> None:
    said = {"nobodys": True} if nobodys else {}
    with pytest.raises(DomainError) as refusal:
        r.refuse_over(unit, quota=3, **said)
    assert (refusal.value.code, refusal.value.params) == (code, {"most": 3})


def test_a_page_of_the_calendar_is_of_its_month_or_of_the_coming_days() -> None:
    def midnight(year: int, month: int, day: int) -> datetime:
        return datetime(year, month, day, tzinfo=CHELYABINSK)

    today = date(2026, 3, 2)
    assert r.shown_days(None, today, CHELYABINSK) == (midnight(2025, 3, 1), midnight(2026, 4, 1))
    assert r.shown_days(date(2026, 2, 1), today, CHELYABINSK) == (midnight(2026, 2, 1), midnight(2026, 3, 1))
    assert r.shown_days(date(2026, 12, 1), today, CHELYABINSK) == (midnight(2026, 12, 1), midnight(2027, 1, 1))


def test_a_series_keeps_its_local_hour_and_a_month_without_the_day_has_its_last_one() -> None:
    berlin = ZoneInfo("Europe/Berlin")  # with summer time from 29 March on
    starts = datetime(2026, 3, 23, 10, tzinfo=berlin).astimezone(UTC)
    weekly = r.repeats(starts, starts + timedelta(hours=2), every=r.Every.WEEK, times=3, zone=berlin)
    assert weekly == [
        (datetime(2026, 3, day, hour, tzinfo=UTC), datetime(2026, 3, day, hour + 2, tzinfo=UTC))
        for day, hour in ((23, 9), (30, 8))
    ] + [(datetime(2026, 4, 6, 8, tzinfo=UTC), datetime(2026, 4, 6, 10, tzinfo=UTC))]
    starts = local("2026-10-31 15:00")
    monthly = r.repeats(starts, starts + timedelta(hours=1), every=r.Every.MONTH, times=5, zone=CHELYABINSK)
    days = ("2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28")
    assert monthly == [(local(f"{day} 15:00"), local(f"{day} 16:00")) for day in days]


def test_the_door_is_open_from_an_hour_before_to_two_hours_after() -> None:
    found = r.check_in_window(local("2026-03-04 15:00"), local("2026-03-04 17:00"))
    assert found == (local("2026-03-04 14:00"), local("2026-03-04 19:00"))


@pytest.mark.parametrize(
    ("sent", "came"),
    [
        (None, "2026-03-04 15:00"),
        ("2026-03-04 14:40", "2026-03-04 14:40"),
        ("2026-03-03 15:00", "2026-03-03 15:00"),
        ("2026-03-03 14:59", "2026-03-04 15:00"),  # no messenger keeps a message for so long
        ("2026-03-04 15:01", "2026-03-04 15:00"),  # nor can it be of a time to come
    ],
)
def test_somebody_came_when_the_message_was_sent_as_far_as_that_is_believed(sent: str | None, came: str) -> None:
    caller = callers.clock(local("2026-03-04 15:00"), CHELYABINSK)
    assert r.came_at(sent and local(sent), caller) == local(came)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  https://example.org/a \n", "https://example.org/a"),
        ("Https://example.org/a", "https://example.org/a"),
        ("HTTP://example.org", "http://example.org"),
        ("https://", None),
        ("https:///a", None),
        ("https://a\r\nb", None),
        ("example.org", None),
    ],
)
def test_a_link_is_taken_as_keyboards_begin_it_and_leads_somewhere(typed: str, kept: str | None) -> None:
    assert r.link(typed) == kept


def test_a_number_typed_on_a_russian_keyboard_is_the_number() -> None:
    assert r.tidy_number("2026-АВСЕ-НКМХ") == "2026-ABCE-HKMX"
