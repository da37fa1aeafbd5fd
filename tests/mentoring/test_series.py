"""Meetings that come back: planned at once without holidays, moved and called off singly or as a row, told of once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from db.dictionaries.rules import Rules
from db.errors import ConflictError, DomainError, NotFoundError
from db.mentoring import meetings, queries, services
from db.mentoring.models import Meeting, MeetingSeries, MeetingStatus
from db.mentoring.rules import read_series, series_days, series_ends
from db.notices.models import NoticeStatus
from db.notices.rules import is_quiet
from tests.mentoring.conftest import ZONE, Duo
from tests.mentoring.test_conversation import School, say, school, tap  # noqa: F401  a fixture
from tests.mentoring.test_services import at_once
from tests.support import callers

FRIDAY = datetime(2026, 5, 22, 10, tzinfo=UTC)
END = date(2026, 6, 30)


def days(duo: Duo, status: MeetingStatus = MeetingStatus.PLANNED) -> list[str]:
    query = select(Meeting.planned_at).where(Meeting.status == status).order_by(Meeting.planned_at)
    found = duo.database.read(lambda session: session.scalars(query).all())
    return [f"{at.astimezone(ZONE):%d.%m %H:%M}" for at in found]


def does(duo: Duo, use_case: object, *, by: int | None = None, **fields: object) -> object:
    return duo.database.write(use_case, callers.person(by or duo.mentor, duo.clock.now()), **fields)  # type: ignore[arg-type]


def row(duo: Duo, *, at: datetime = FRIDAY, until: date = END, weeks: int = 1) -> int:
    meeting_id, _ = does(duo, meetings.plan_series, pair_id=duo.pair, at=at, weeks=weeks, until=until)  # type: ignore[misc]
    return int(meeting_id)


@pytest.mark.parametrize(
    ("text", "first", "last", "weeks"),
    [
        ("Каждый вторник в 15:00 до 31 мая", "2026-03-03 15:00", "2026-05-31", 1),
        ("каждую вторую среду в 10:30 по 20 апреля", "2026-03-04 10:30", "2026-04-20", 2),
        ("every tue 15:00 until 31 may", "2026-03-03 15:00", "2026-05-31", 1),
    ],
)
def test_a_row_is_read_as_people_write_it(text: str, first: str, last: str, weeks: int) -> None:
    found = read_series(text, now=datetime(2026, 3, 2, 5, tzinfo=UTC), zone=ZONE)
    assert found is not None
    assert (f"{found[0]:%Y-%m-%d %H:%M}", found[1].isoformat(), found[2]) == (first, last, weeks)


def test_what_is_no_row_is_one_meeting_and_a_row_needs_its_last_day() -> None:
    now = datetime(2026, 3, 2, 5, tzinfo=UTC)
    assert read_series("вторник 15:00", now=now, zone=ZONE) is None
    for words in ("каждый вторник в 15:00", "каждый"):
        with pytest.raises(DomainError, match="mentoring_series_end"):
            read_series(words, now=now, zone=ZONE)


def test_holidays_are_left_out_and_the_rhythm_goes_on_after_them() -> None:
    rules = Rules(holidays=("06-12", "2026-06-19"))
    found = list(series_days(date(2026, 5, 29), weeks=1, until=END, rules=rules))
    assert found == [date(2026, 6, 5), date(2026, 6, 26)]
    assert series_ends(date(2026, 3, 27), weeks=1) == [
        date(2026, 4, 30),
        date(2026, 5, 31),
        date(2026, 6, 30),
    ]


def test_a_row_is_planned_at_once_and_the_mentee_hears_one_word_of_it(duo: Duo) -> None:
    meeting = row(duo)
    assert days(duo) == ["22.05 15:00", "29.05 15:00", "05.06 15:00", "19.06 15:00", "26.06 15:00"], "12 June is none"
    assert does(duo, meetings.repeat_meeting, meeting_id=meeting, weeks=1, until=END) == 5, "once more is once"
    waiting = [one.kind for one in duo.notices("planned") if one.status is NoticeStatus.PENDING]
    (told,) = duo.notices("series")
    assert not waiting and (told.person_id, told.params["count"]) == (duo.mentee, 5)
    does(duo, meetings.repeat_meeting, meeting_id=meeting, weeks=2, until=date(2026, 7, 10))
    assert days(duo) == ["22.05 15:00", "05.06 15:00", "19.06 15:00", "03.07 15:00"]
    card = duo.database.read(queries.card, callers.person(duo.mentee, duo.clock.now()), pair_id=duo.pair)
    assert len(card.ahead) == 4, "the plan of meetings has each"


def test_half_a_year_that_nobody_told_of_does_not_hide_the_meeting_that_is_next(duo: Duo) -> None:
    """A pair of many untold meetings was said to have no plan, and to be silent."""
    row(duo, until=date(2026, 12, 31))
    duo.clock.moment = FRIDAY + timedelta(weeks=26)
    card = duo.database.read(queries.card, callers.person(duo.mentor, duo.clock.now()), pair_id=duo.pair)
    assert len(card.unlogged) > 20
    assert [f"{one.at:%d.%m}" for one in card.ahead[:2]] == ["27.11", "04.12"] and not card.silent


def test_a_row_moves_singly_or_as_a_whole(duo: Duo) -> None:
    meeting = row(duo)
    does(duo, meetings.move_meeting, meeting_id=meeting, at=FRIDAY - timedelta(days=1, hours=-1))
    assert days(duo)[:2] == ["21.05 16:00", "29.05 15:00"], "the others stay"
    for _ in range(2):
        does(duo, meetings.move_series, meeting_id=meeting)
    assert days(duo) == [f"{day} 16:00" for day in ("21.05", "28.05", "04.06", "11.06", "18.06", "25.06")]
    assert len(duo.notices("series_moved")) == 1
    assert all(one.status is NoticeStatus.CANCELLED for one in duo.notices("moved")), "one word of it"


def test_either_of_the_two_calls_the_rest_off_and_days_called_off_singly_stay_off(duo: Duo) -> None:
    meeting = row(duo)
    ids = duo.database.read(lambda session: session.scalars(select(Meeting.id).order_by(Meeting.planned_at)).all())
    does(duo, meetings.cancel_meeting, meeting_id=ids[1], by=duo.mentee)
    does(duo, meetings.repeat_meeting, meeting_id=meeting, weeks=1, until=date(2026, 7, 3))
    assert "29.05 15:00" not in days(duo) and days(duo)[-1] == "03.07 15:00"
    for _ in range(2):
        does(duo, meetings.cancel_series, meeting_id=ids[2], by=duo.mentee)
    assert days(duo) == ["22.05 15:00"]
    (told,) = duo.notices("series_cancelled")
    assert (told.person_id, told.params["count"]) == (duo.mentor, 4)
    row(duo, at=FRIDAY + timedelta(weeks=2))
    assert days(duo)[1] == "05.06 15:00", "what was called off as a row may be planned anew"


def test_who_may_not_touch_a_row_and_what_can_be_none(duo: Duo) -> None:
    meeting, single = row(duo), duo.plan(days=1)
    for use_case, fields in (
        (meetings.repeat_meeting, {"weeks": 1, "until": END}),
        (meetings.move_series, {}),
    ):
        with pytest.raises(NotFoundError):
            does(duo, use_case, by=duo.mentee, meeting_id=meeting, **fields)
    for use_case in (meetings.move_series, meetings.cancel_series):
        with pytest.raises(DomainError, match="stale_button"):
            does(duo, use_case, meeting_id=single)
    first = duo.meeting(single).planned_at.date()
    for weeks, until, code in (
        (1, first, "mentoring_series_end"),
        (1, first + timedelta(days=500), "mentoring_far"),
        (3, END, "stale_button"),
    ):
        with pytest.raises(DomainError, match=code):
            does(duo, meetings.repeat_meeting, meeting_id=single, weeks=weeks, until=until)
    duo.clock.moment = FRIDAY + timedelta(hours=1)
    with pytest.raises(ConflictError):
        does(duo, meetings.repeat_meeting, meeting_id=meeting, weeks=1, until=END)
    assert duo.database.read(lambda session: session.scalar(select(func.count(MeetingSeries.id)))) == 1


def test_a_row_is_reminded_of_once_a_meeting_and_never_in_quiet_hours(duo: Duo) -> None:
    """A meeting on Monday was reminded of on Sunday, when nobody is to be disturbed."""
    duo.clock.moment = datetime(2026, 5, 20, 5, tzinfo=UTC)
    row(duo, at=datetime(2026, 5, 25, 10, tzinfo=UTC), until=date(2026, 6, 20))
    while duo.clock.moment < datetime(2026, 6, 21, tzinfo=UTC):
        duo.move(hours=1)
        duo.sweep()
    told = duo.notices("day_before")
    assert len(told) == 2 * 4 == len({(one.person_id, one.params["meeting"]) for one in told})
    quiet = [
        one.due_at for one in [*told, *duo.notices("hours_before")] if is_quiet(one.due_at, rules=Rules(), zone=ZONE)
    ]
    assert not quiet


def test_of_two_who_shape_a_row_at_once_one_row_comes(database_url: str, duo: Duo) -> None:
    meeting = row(duo)
    caller = callers.person(duo.mentor, duo.clock.now())
    asked = {"meeting_id": meeting}
    at_once(
        database_url,
        lambda door: door.write(meetings.repeat_meeting, caller, **asked, weeks=1, until=date(2026, 7, 31)),
        lambda door: door.write(meetings.repeat_meeting, caller, **asked, weeks=1, until=date(2026, 7, 24)),
    )
    found = days(duo)
    assert len(found) == len(set(found)) and found[-1] in ("24.07 15:00", "31.07 15:00")


def test_a_pair_that_rests_or_ends_has_no_row_left(duo: Duo) -> None:
    row(duo)
    does(duo, services.pause, pair_id=duo.pair, on=True)
    assert not days(duo)


async def test_every_tuesday_is_planned_in_a_few_taps_and_called_off_as_a_row(school: School) -> None:  # noqa: F811
    nina = school.mentor
    await say(nina, "/mentees")
    await tap(nina, "Юная Ольга")
    await tap(nina, "Назначить встречу")
    await tap(nina, "вт, 3 марта")
    await tap(nina, "15:00")
    text = await tap(nina, "Повторять каждую неделю")
    assert "по вторникам в 15:00" in text and "Праздники пропустим" in text
    text = await tap(nina, "до 31 марта")
    assert "Впереди 5 встреч" in text
    await school.delivered()
    assert "по вторникам в 15:00" in (await school.mentee.last()).text
    assert len(school.meetings()) == 5
    await tap(nina, "Встреча 3 мар")
    text = await tap(nina, "Отменить")
    await tap(nina, "Эту и следующие (5)")
    assert {one.status for one in school.meetings()} == {MeetingStatus.CANCELLED}
    await school.delivered()
    assert "Отменено 5 встреч" in (await school.mentee.last()).text


async def test_a_typed_row_goes_to_the_phones_calendar(school: School) -> None:  # noqa: F811
    nina = school.mentor
    await say(nina, "/mentees")
    await tap(nina, "Юная Ольга")
    await tap(nina, "Назначить встречу")
    assert "последний день ряда" in await say(nina, "каждый вторник в 15:00")
    assert "Впереди 13 встреч" in await say(nina, "каждый вторник в 15:00 до 31 мая")
    await tap(nina, "В календарь телефона")
    await school.delivered()
    (receipt,) = [one for one in await nina.messages() if one.document]
    entries = (await nina.download(receipt)).decode()
    assert entries.count("BEGIN:VEVENT") == 13 and "DTSTART:20260303T100000Z" in entries


def beside(duo: Duo, meeting_id: int, *, row: bool = False) -> str | None:
    card = duo.database.read(queries.card, callers.person(duo.mentor, duo.clock.now()), pair_id=duo.pair)
    found = card.beside(meeting_id, row=row)
    return found and f"{found.at.astimezone(ZONE):%d.%m %H:%M}"


def test_meetings_of_a_pair_are_beside_each_other_when_one_begins_before_the_other_is_over(duo: Duo) -> None:
    first = row(duo)
    single = does(duo, meetings.plan_meeting, pair_id=duo.pair, at=FRIDAY + timedelta(days=14, minutes=30))
    assert beside(duo, int(single)) == "05.06 15:00"  # type: ignore[call-overload]
    assert beside(duo, first) is None, "of a row only the day that was named"
    assert beside(duo, first, row=True) == "05.06 15:30"
    does(duo, meetings.move_meeting, meeting_id=single, at=FRIDAY + timedelta(days=14, hours=1))
    assert beside(duo, first, row=True) is None, "one after the other is no double"
    does(duo, meetings.move_meeting, meeting_id=single, at=FRIDAY + timedelta(days=14))
    assert beside(duo, first, row=True) == "05.06 15:00", "the very same moment too"
    does(duo, meetings.cancel_meeting, meeting_id=single)
    assert beside(duo, first, row=True) is None


async def test_a_meeting_put_onto_a_row_is_kept_with_a_word_of_the_other_one(school: School) -> None:  # noqa: F811
    nina = school.mentor
    await say(nina, "/mentees")
    await tap(nina, "Юная Ольга")
    await tap(nina, "Назначить встречу")
    assert "есть и другая" not in await say(nina, "каждый вторник в 15:00 до 31 мая")
    await tap(nina, "Назначить встречу")
    assert "есть и другая встреча: вт, 26 мая, 15:00" in await say(nina, "26.05 15:30")
    assert len(school.meetings()) == 14, "nothing is refused"
    await tap(nina, "Встреча 26 мая, 15:00")
    assert "вт, 26 мая, 15:00" in (await nina.last()).text
