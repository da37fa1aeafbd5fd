"""Each reminder once: on time, after a time off, after a move; and silence once a period."""

from datetime import datetime, timedelta

import pytest

from db.mentoring import meetings, services, staff_services
from tests.mentoring.conftest import ZONE, Duo
from tests.support import callers


def test_a_day_before_two_hours_before_and_how_was_it(duo: Duo) -> None:
    duo.plan(days=3)
    heard: list[tuple[int, str]] = []
    for hour in range(6 * 24):
        heard += [(hour, what) for what in duo.sweep()]
        duo.move(hours=1)
    assert heard == [
        (48, "day_before mentee"),
        (48, "day_before mentor"),
        (70, "hours_before mentee"),
        (70, "hours_before mentor"),
        (73, "how_was_it mentor"),
    ]


@pytest.mark.parametrize(
    ("down_at", "wanted"),
    [
        # The meeting is 72 hours after planning; the bot is down for six hours from `down_at` on.
        (43, ["day_before mentee", "day_before mentor"]),
        (47.5, ["day_before mentee", "day_before mentor"]),
        (62, []),
        (65, ["hours_before mentee", "hours_before mentor"]),
        (68, ["how_was_it mentor"]),
    ],
)
def test_after_six_hours_off_each_is_said_once_or_is_too_late(duo: Duo, down_at: float, wanted: list[str]) -> None:
    duo.plan(days=3)
    everything: list[str] = []
    for _ in range(int(down_at)):
        everything += duo.sweep()
        duo.move(hours=1)
    duo.move(hours=down_at % 1 + 6)
    assert duo.sweep() == wanted
    everything += wanted
    for _ in range(40):
        everything += duo.sweep()
        duo.move(hours=1)
    assert len(everything) == len(set(everything))


def test_a_reminder_that_waited_too_long_expires(duo: Duo) -> None:
    duo.plan(days=3)
    duo.move(days=2)
    duo.sweep()
    row = duo.notices("day_before")[0]
    assert row.expected
    assert row.expires_at == duo.clock.now() + timedelta(hours=22)


def test_no_reminder_right_after_planning(duo: Duo) -> None:
    duo.plan(hours=5)
    assert duo.sweep() == []
    duo.move(hours=3)
    assert duo.sweep() == ["hours_before mentee", "hours_before mentor"]
    duo.move(hours=4)
    duo.sweep()
    duo.plan(hours=1)
    assert duo.sweep() == []


def test_how_was_it_waits_for_the_morning(duo: Duo) -> None:
    duo.clock.moment = datetime(2026, 3, 3, 12, 0, tzinfo=ZONE)
    duo.plan(hours=8)
    duo.move(hours=9, minutes=5)
    assert duo.sweep() == ["how_was_it mentor"]
    assert duo.notices("how_was_it")[0].due_at == datetime(2026, 3, 4, 8, 0, tzinfo=ZONE)


def test_a_silent_pair_is_noted_once_per_silence(duo: Duo) -> None:
    days: list[int] = []
    for day in range(100):
        if duo.sweep():
            days.append(day)
        if day == 50:
            duo.database.write(
                meetings.log_unplanned,
                callers.person(duo.mentor, duo.clock.now()),
                pair_id=duo.pair,
                day=duo.clock.now().date(),
            )
        duo.move(days=1)
    assert days == [14, 30, 64, 80], "two weeks, then a month, once for each gap"
    assert [(row.person_id, row.expected) for row in duo.notices("silent")] == [(duo.mentor, False)] * 2
    assert [(row.person_id, row.expected) for row in duo.notices("nudged")] == [(duo.mentor, False)] * 2


def test_a_pair_with_a_plan_is_not_silent(duo: Duo) -> None:
    duo.move(days=29)
    duo.plan(days=5)
    duo.move(days=2)
    assert duo.sweep() == []


def test_a_finished_pair_is_left_alone(duo: Duo) -> None:
    from tests.mentoring.conftest import REGION

    duo.plan(days=3)
    duo.database.write(staff_services.finish_pair, callers.staff(REGION, duo.clock.now()), pair_id=duo.pair)
    for _ in range(40):
        duo.move(days=1)
        assert duo.sweep() == []


def test_a_meeting_early_in_the_day_wakes_nobody(duo: Duo) -> None:
    duo.clock.moment = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
    duo.plan(days=1)
    duo.move(hours=22)
    assert duo.sweep() == ["hours_before mentee", "hours_before mentor"]
    assert {row.due_at for row in duo.notices("hours_before")} == {datetime(2026, 3, 3, 8, 0, tzinfo=ZONE)}


def test_a_wish_to_meet_waits_for_the_morning(duo: Duo) -> None:
    duo.clock.moment = datetime(2026, 3, 2, 23, 30, tzinfo=ZONE)
    mentee = callers.person(duo.mentee, duo.clock.now())
    assert duo.database.write(services.ask_for_meeting, mentee, pair_id=duo.pair)
    assert duo.notices("asked")[0].due_at == datetime(2026, 3, 3, 8, 0, tzinfo=ZONE)
