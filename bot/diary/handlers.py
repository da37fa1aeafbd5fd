"""Taps and texts of one's own diary."""

from datetime import date

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.diary import screens
from bot.diary.callbacks import (
    DiaryAddTap,
    DiaryDaysTap,
    DiaryDayTap,
    DiaryDropTap,
    DiaryFileTap,
    DiaryKindTap,
    DiaryLineTap,
    DiarySayTap,
    OpenDiaryTap,
)
from bot.ui.filters import TypedCommand
from bot.ui.moments import day_of_button
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.visit import Visit, typed
from db.diary import queries, services
from db.diary.rules import LONGEST
from db.errors import DomainError
from db.expertise import difficulties

commands = Router(name="diary.commands")
router = Router(name="diary")


class DiaryStates(StatesGroup):
    """What is typed: the words of a new line, other words for one."""

    new = State()
    other = State()


async def _home_again(visit: Visit, _tap: object) -> None:
    await home(visit)


async def _line_again(visit: Visit, tap: DiaryDayTap) -> None:
    await _show(visit, tap.diary_id)


FRESH = {FLAG: Afresh(_home_again)}


@commands.message(TypedCommand("diary"))
async def diary_command(_message: Message, visit: Visit) -> None:
    """The month that is going on."""
    await home(visit)


@router.callback_query(OpenDiaryTap.filter(), flags=FRESH)
async def open_month(_tap: CallbackQuery, callback_data: OpenDiaryTap, visit: Visit) -> None:
    """A month."""
    await home(visit, of=_month(callback_data.month), page=callback_data.page)


@router.callback_query(DiaryAddTap.filter(), flags=FRESH)
async def add(_tap: CallbackQuery, callback_data: DiaryAddTap, visit: Visit) -> None:
    """What the new line is of."""
    await visit.expect(None)
    await visit.show(screens.kinds(visit.t, await visit.read(queries.activities), callback_data.page))


@router.callback_query(DiaryKindTap.filter(), flags=FRESH)
async def ask_words(_tap: CallbackQuery, callback_data: DiaryKindTap, visit: Visit) -> None:
    """The words of the new line."""
    activity = await visit.read(queries.activity, activity_id=callback_data.activity_id)
    await visit.expect(DiaryStates.new, activity=activity.id)
    await visit.show(screens.words(visit.t, activity.name))


@router.message(DiaryStates.new)
async def words_typed(message: Message, visit: Visit) -> None:
    """Writes the line, or asks once more with what was wrong."""
    activity_id = (await visit.dialog.get_data())["activity"]
    try:
        row = await visit.write(services.add, activity_id=activity_id, text=typed(message, LONGEST))
    except DomainError as error:
        activity = await visit.read(queries.activity, activity_id=activity_id)
        await visit.show(screens.words(visit.t, activity.name, lead=why(visit, error, "diary.only_words")))
        return
    await _show(visit, row.id, lead=visit.t("diary.written"))


@router.callback_query(DiaryLineTap.filter(), flags=FRESH)
async def open_line(_tap: CallbackQuery, callback_data: DiaryLineTap, visit: Visit) -> None:
    """One line."""
    await _show(visit, callback_data.diary_id)


@router.callback_query(DiarySayTap.filter(), flags=FRESH)
async def ask_other(_tap: CallbackQuery, callback_data: DiarySayTap, visit: Visit) -> None:
    """Other words for a line."""
    row = await visit.read(queries.line, diary_id=callback_data.diary_id)
    await visit.expect(DiaryStates.other, line=row.id)
    await visit.show(screens.words(visit.t, row.activity.name, line=row))


@router.message(DiaryStates.other)
async def other_typed(message: Message, visit: Visit) -> None:
    """Keeps the other words, or asks once more with what was wrong."""
    diary_id = (await visit.dialog.get_data())["line"]
    try:
        await visit.write(services.say, diary_id=diary_id, text=typed(message, LONGEST))
    except DomainError as error:
        row = await visit.read(queries.line, diary_id=diary_id)
        lead = why(visit, error, "diary.only_words")
        await visit.show(screens.words(visit.t, row.activity.name, line=row, lead=lead))
        return
    await _show(visit, diary_id, lead=visit.t("diary.written"))


@router.callback_query(DiaryDaysTap.filter(), flags=FRESH)
async def ask_day(_tap: CallbackQuery, callback_data: DiaryDaysTap, visit: Visit) -> None:
    """On which day it was."""
    row = await visit.read(queries.line, diary_id=callback_data.diary_id)
    await visit.expect(None)
    await visit.show(screens.days(visit.t, row, today=visit.now.astimezone(visit.context.zone).date()))


@router.callback_query(DiaryDayTap.filter(), flags={FLAG: Afresh(_line_again)})
async def put_day(_tap: CallbackQuery, callback_data: DiaryDayTap, visit: Visit) -> None:
    """It was on this day."""
    day = day_of_button(callback_data.day)
    await visit.write(services.put_day, diary_id=callback_data.diary_id, day=day)
    await _show(visit, callback_data.diary_id, lead=visit.t("diary.written"))


@router.callback_query(DiaryDropTap.filter(), flags=FRESH)
async def drop(_tap: CallbackQuery, callback_data: DiaryDropTap, visit: Visit) -> None:
    """Deletes a line, when it is meant."""
    await visit.expect(None)
    if not callback_data.sure:
        row = await visit.read(queries.line, diary_id=callback_data.diary_id)
        await visit.show(screens.dropping(visit.t, row))
        return
    day = await visit.write(services.drop, diary_id=callback_data.diary_id)
    await home(visit, of=day, lead=visit.t("diary.dropped"))


@router.callback_query(DiaryFileTap.filter(), flags=FRESH)
async def order(tap: CallbackQuery, callback_data: DiaryFileTap, visit: Visit) -> None:
    """The month as a file, which follows as a receipt."""
    of = day_of_button(callback_data.month)
    await visit.write(services.order, of=of, request=tap.id)
    await visit.busy("upload_document")
    await home(visit, of=of, lead=visit.t("diary.file.coming"))


async def home(visit: Visit, *, of: date | None = None, page: int = 0, lead: object = "") -> None:
    """A month, this one where none is said."""
    await visit.expect(None)
    await visit.show(screens.month(visit.t, await visit.read(queries.month, of=of), page, lead=lead))


async def _show(visit: Visit, diary_id: int, *, lead: object = "") -> None:
    await visit.expect(None)
    view = await visit.read(difficulties.noted, diary_id=diary_id)
    await visit.show(screens.line(visit.t, view.line, observed=view.may, lead=lead))


def _month(ordinal: int) -> date | None:
    return day_of_button(ordinal) if ordinal else None
