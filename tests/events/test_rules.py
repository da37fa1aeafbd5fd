"""Offers, reminders, numbers: the rules without a database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.dictionaries.rules import Rules
from db.errors import ConflictError, DomainError
from db.events import rules as r
from db.events.models import Event, EventStatus, Registration, RegistrationStatus
from db.notices.rules import hours_before
from db.transitions import move

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
    ],
)
def test_an_offer_is_held_for_waking_hours(now: str, starts: str, until: str) -> None:
    assert r.offer_until(local(now), starts_at=local(starts), rules=RULES, zone=CHELYABINSK) == local(until)


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
    ],
)
def test_moments_of_reminders(starts: str, day: str, hours: str) -> None:
    assert r.day_before(local(starts), rules=RULES, zone=CHELYABINSK) == local(day)
    assert hours_before(local(starts), rules=RULES, zone=CHELYABINSK) == local(hours)


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
    assert number.startswith("2026-") and len(number) == 14
    assert r.tidy_number(f" {number.lower().replace('-', ' ')} ") == number
    assert r.tidy_number("№ 2026/7f3k9q2m") == "2026-7F3K-9Q2M"
    assert r.tidy_number("") == ""


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


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
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
