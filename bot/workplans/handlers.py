"""Taps and texts of a group's plan."""

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.visit import Visit, typed
from bot.workplans import screens
from bot.workplans.callbacks import (
    WorkAddTap,
    WorkDoneTap,
    WorkDropTap,
    WorkLineTap,
    WorkplanTap,
    WorkShownTap,
    WorkTermsTap,
    WorkTermTap,
    WorkUndoneTap,
)
from db.diary.rules import school_year
from db.errors import DomainError, NotFoundError
from db.workplans import queries, rules, services

commands = Router(name="workplans.commands")
router = Router(name="workplans")


class WorkplanStates(StatesGroup):
    """What is typed: a line, its term, by what it was done."""

    text = State()
    term = State()
    word = State()


async def _line_again(
    visit: Visit, tap: WorkTermTap | WorkDoneTap | WorkShownTap | WorkUndoneTap | WorkDropTap
) -> None:
    await _card(visit, tap.line_id)


FRESH = {FLAG: Afresh(_line_again)}


@router.callback_query(WorkplanTap.filter())
async def open_plan(_tap: CallbackQuery, callback_data: WorkplanTap, visit: Visit) -> None:
    """A group's plan; another page or the next year of it."""
    await _plan(visit, callback_data.group_id, ahead=callback_data.ahead, page=callback_data.page)


@router.callback_query(WorkAddTap.filter())
async def add(_tap: CallbackQuery, callback_data: WorkAddTap, visit: Visit) -> None:
    """What is to be done."""
    group_id, ahead = callback_data.group_id, callback_data.ahead
    view = await visit.read(queries.plan, group_id=group_id, year=_this(visit) + ahead)
    if not view.heads:
        raise NotFoundError
    await visit.expect(WorkplanStates.text, group_id=group_id, ahead=ahead)
    await visit.show(screens.ask(visit.t, view, ahead=ahead))


@router.message(WorkplanStates.text)
async def typed_line(message: Message, visit: Visit) -> None:
    """The line is in the plan, for the whole year; then when."""
    data = await visit.dialog.get_data()
    group_id, ahead = data["group_id"], data["ahead"]
    year = _this(visit) + ahead
    try:
        text = typed(message, rules.TEXT_LENGTH)
        line_id = await visit.write(services.add, group_id=group_id, year=year, text=text)
    except DomainError as error:
        view = await visit.read(queries.plan, group_id=group_id, year=year)
        await visit.show(screens.ask(visit.t, view, ahead=ahead, lead=why(visit, error, "workplans.ask.words")))
        return
    await _terms(visit, line_id, lead=visit.t("workplans.added"))


@router.callback_query(WorkTermsTap.filter())
async def terms(_tap: CallbackQuery, callback_data: WorkTermsTap, visit: Visit) -> None:
    """When a line is due."""
    await _terms(visit, callback_data.line_id)


@router.callback_query(WorkTermTap.filter(), flags=FRESH)
async def chosen_term(_tap: CallbackQuery, callback_data: WorkTermTap, visit: Visit) -> None:
    """One tap says when."""
    await visit.write(services.set_term, line_id=callback_data.line_id, code=callback_data.often)
    await _card(visit, callback_data.line_id, lead=visit.t("workplans.terms.saved"))


@router.message(WorkplanStates.term)
async def typed_term(message: Message, visit: Visit) -> None:
    """The same in words: what cannot be read is asked for again."""
    line_id = (await visit.dialog.get_data())["line_id"]
    try:
        words = typed(message, rules.TERM_LENGTH)
        await visit.write(services.type_term, line_id=line_id, words=words)
    except DomainError as error:
        await _terms(visit, line_id, lead=why(visit, error, "workplans.terms.words"))
        return
    await _card(visit, line_id, lead=visit.t("workplans.terms.saved"))


@router.callback_query(WorkLineTap.filter())
async def open_line(_tap: CallbackQuery, callback_data: WorkLineTap, visit: Visit) -> None:
    """One line."""
    await _card(visit, callback_data.line_id)


@router.callback_query(WorkDoneTap.filter(), flags=FRESH)
async def done(_tap: CallbackQuery, callback_data: WorkDoneTap, visit: Visit) -> None:
    """One tap notes it; then by what, for whoever would say."""
    line_id, slot = callback_data.line_id, callback_data.slot
    await visit.write(services.done, line_id=line_id, slot=slot)
    await visit.expect(WorkplanStates.word, line_id=line_id, slot=slot)
    await _word(visit, line_id, slot, lead=visit.t("workplans.noted"))


@router.callback_query(WorkShownTap.filter(), flags=FRESH)
async def shown(_tap: CallbackQuery, callback_data: WorkShownTap, visit: Visit) -> None:
    """A meeting or an event shows it."""
    await visit.write(
        services.show,
        line_id=callback_data.line_id,
        slot=callback_data.slot,
        way=callback_data.way,
        of_id=callback_data.of_id,
    )
    await _card(visit, callback_data.line_id, lead=visit.t("workplans.word.saved"))


@router.callback_query(WorkUndoneTap.filter(), flags=FRESH)
async def undone(_tap: CallbackQuery, callback_data: WorkUndoneTap, visit: Visit) -> None:
    """It was a wrong tap: nothing is left of it."""
    await visit.write(services.reopen, line_id=callback_data.line_id, slot=callback_data.slot)
    await _card(visit, callback_data.line_id, lead=visit.t("workplans.undone"))


@router.message(WorkplanStates.word)
async def typed_word(message: Message, visit: Visit) -> None:
    """By what it was done and with which result."""
    data = await visit.dialog.get_data()
    line_id, slot = data["line_id"], data["slot"]
    try:
        text = typed(message, rules.WORD_LENGTH)
    except DomainError as error:
        await _word(visit, line_id, slot, lead=why(visit, error, "workplans.word.words"))
        return
    await visit.write(services.say, line_id=line_id, slot=slot, word=text)
    await _card(visit, line_id, lead=visit.t("workplans.word.saved"))


@router.callback_query(WorkDropTap.filter(), flags=FRESH)
async def drop(_tap: CallbackQuery, callback_data: WorkDropTap, visit: Visit) -> None:
    """Asks, then takes the line out of the plan."""
    if not callback_data.sure:
        found = await visit.read(queries.line, line_id=callback_data.line_id)
        await visit.show(screens.drop(visit.t, found.row))
        return
    group_id, year = await visit.write(services.drop, line_id=callback_data.line_id)
    await _plan(visit, group_id, ahead=year > _this(visit), lead=visit.t("workplans.dropped"))


def _this(visit: Visit) -> int:
    return school_year(visit.now.astimezone(visit.context.zone).date())


async def _plan(visit: Visit, group_id: int, *, ahead: bool, page: int = 0, lead: object = "") -> None:
    await visit.expect(None)
    view = await visit.read(queries.plan, group_id=group_id, year=_this(visit) + ahead)
    await visit.show(screens.plan(visit.t, view, ahead=ahead, page=page, lead=lead))


async def _terms(visit: Visit, line_id: int, *, lead: object = "") -> None:
    found = await visit.read(queries.line, line_id=line_id)
    if not found.heads:
        raise NotFoundError
    await visit.expect(WorkplanStates.term, line_id=line_id)
    await visit.show(screens.terms(visit.t, found, lead=lead))


async def _word(visit: Visit, line_id: int, slot: int, *, lead: object) -> None:
    found = await visit.read(queries.line, line_id=line_id)
    zone = visit.context.zone
    await visit.show(screens.word(visit.t, line_id=line_id, slot=slot, shown=found.shown, zone=zone, lead=lead))


async def _card(visit: Visit, line_id: int, *, lead: object = "") -> None:
    await visit.expect(None)
    found = await visit.read(queries.line, line_id=line_id)
    await visit.show(screens.card(visit.t, found, this=_this(visit), lead=lead))
