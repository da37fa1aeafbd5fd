"""Taps and texts of meetings that come back."""

from datetime import date, datetime

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.mentoring import screens_series
from bot.mentoring.callbacks import CancelSeriesTap, MoveSeriesTap, PairCalendarTap, RepeatTap, UntilTap
from bot.mentoring.handlers_mentors import home, pair
from bot.ui.moments import day_of_button
from bot.ui.refusals import FLAG, Afresh
from bot.ui.visit import Visit, typed
from db.errors import DomainError, StaleError
from db.mentoring import meetings, queries
from db.mentoring.rules import read_day, series_ends

router = Router(name="mentoring.series")

DATE_LENGTH = 200


class SeriesStates(StatesGroup):
    """What is typed: the last day of a series."""

    until = State()


async def _home_again(visit: Visit, _tap: object) -> None:
    await home(visit)


FRESH = {FLAG: Afresh(_home_again)}


@router.callback_query(RepeatTap.filter(), flags=FRESH)
async def repeat(_tap: CallbackQuery, callback_data: RepeatTap, visit: Visit) -> None:
    """Until which day; a typed one is waited for as well."""
    await _ask_until(visit, callback_data.meeting_id, callback_data.weeks)


@router.callback_query(UntilTap.filter(), flags=FRESH)
async def until(_tap: CallbackQuery, callback_data: UntilTap, visit: Visit) -> None:
    """The last day is there: planned."""
    day = day_of_button(callback_data.day)
    await _plan(visit, callback_data.meeting_id, callback_data.weeks, day)


@router.message(SeriesStates.until)
async def typed_until(message: Message, visit: Visit) -> None:
    """A typed last day."""
    data = await visit.dialog.get_data()
    meeting_id, weeks = data["meeting_id"], data["weeks"]
    try:
        day = read_day(typed(message, DATE_LENGTH), now=visit.now, zone=visit.context.zone)
        await _plan(visit, meeting_id, weeks, day)
    except DomainError as error:
        await _ask_until(visit, meeting_id, weeks, lead=visit.t(f"errors.{error.code}", **error.params))


@router.callback_query(MoveSeriesTap.filter(), flags=FRESH)
async def move(_tap: CallbackQuery, callback_data: MoveSeriesTap, visit: Visit) -> None:
    """The later ones in the same way."""
    pair_id = await visit.write(meetings.move_series, meeting_id=callback_data.meeting_id)
    lead, file = visit.t("mentoring.series.moved"), screens_series.calendar_row(visit.t, pair_id)
    await pair(visit, pair_id, lead=lead, extra=file, meeting_id=callback_data.meeting_id, row=True)


@router.callback_query(CancelSeriesTap.filter(), flags=FRESH)
async def cancel(_tap: CallbackQuery, callback_data: CancelSeriesTap, visit: Visit) -> None:
    """One meeting and all later ones; the other one hears of it once."""
    pair_id = await visit.write(meetings.cancel_series, meeting_id=callback_data.meeting_id)
    await pair(visit, pair_id, lead=visit.t("mentoring.series.cancelled"))


@router.callback_query(PairCalendarTap.filter(), flags=FRESH)
async def order_calendar(tap: CallbackQuery, callback_data: PairCalendarTap, visit: Visit) -> None:
    """The file follows as a receipt."""
    await visit.write(meetings.order_calendar, pair_id=callback_data.pair_id, request=tap.id)
    await pair(visit, callback_data.pair_id, lead=visit.t("growth.coming"))


async def plan(visit: Visit, pair_id: int, at: datetime, day: date, weeks: int) -> None:
    """Plans a series that was typed whole."""
    meeting_id, number = await visit.write(meetings.plan_series, pair_id=pair_id, at=at, weeks=weeks, until=day)
    await _agreed(visit, meeting_id, number)


async def _plan(visit: Visit, meeting_id: int, weeks: int, day: date) -> None:
    number = await visit.write(meetings.repeat_meeting, meeting_id=meeting_id, weeks=weeks, until=day)
    await _agreed(visit, meeting_id, number)


async def _agreed(visit: Visit, meeting_id: int, number: int) -> None:
    line, _, _ = await visit.read(queries.meeting, meeting_id=meeting_id)
    lead = visit.t(
        "mentoring.series.agreed", rhythm=screens_series.of_series(visit.t, line, visit.context.zone), n=number
    )
    file = screens_series.calendar_row(visit.t, line.pair_id)
    await pair(visit, line.pair_id, lead=lead, extra=file, meeting_id=meeting_id, row=True)


async def _ask_until(visit: Visit, meeting_id: int, weeks: int, *, lead: object = "") -> None:
    line, is_mentor, _ = await visit.read(queries.meeting, meeting_id=meeting_id)
    if not is_mentor or line.over or weeks not in (1, 2):
        raise StaleError
    zone = visit.context.zone
    ends = series_ends(line.at.astimezone(zone).date(), weeks=weeks)
    await visit.expect(SeriesStates.until, meeting_id=meeting_id, weeks=weeks)
    await visit.show(screens_series.until(visit.t, line, weeks=weeks, ends=ends, zone=zone, lead=lead))
