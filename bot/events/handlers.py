"""Taps and texts of events."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from markupsafe import Markup

from bot.events import handlers_entry, screens, screens_cards, screens_feedback
from bot.events.callbacks import (
    AcceptTap,
    CancelRegistrationTap,
    CardTap,
    CertificateTap,
    CommentTap,
    EventAnswerTap,
    EventAskTap,
    FileTap,
    FiltersTap,
    HereTap,
    ListTap,
    MaterialTap,
    MyTap,
    OpenEventsTap,
    RateTap,
    RegisterTap,
    RoomTap,
    View,
)
from bot.events.screens_files import calendar_file
from bot.ui.filters import TypedCommand
from bot.ui.refusals import FLAG, Afresh, Word, only_stale, plainly, why
from bot.ui.screens import Screen
from bot.ui.visit import Visit, typed
from db.errors import DomainError, StaleError
from db.events import queries, seats, services
from db.events.models import RegistrationStatus
from db.events.queries import EventCard
from db.events.rules import COMMENT_LIMIT, QUESTION_LIMIT
from db.overviews import calendar as overview
from db.overviews import lessons as own_lessons

commands = Router(name="events.commands")
router = Router(name="events")


ASKED_AGAIN = {"text_expected", "no_command", "text_too_long", "check_in_often"}


class EventStates(StatesGroup):
    """What is typed about events."""

    comment = State()
    digits = State()
    question = State()
    answer = State()


@commands.message(TypedCommand("events"))
async def events_command(_message: Message, visit: Visit) -> None:
    """The calendar."""
    await handlers_entry.calendar(visit)


@commands.message(TypedCommand("my"))
async def my_command(_message: Message, visit: Visit) -> None:
    """Own registrations."""
    await own(visit, MyTap())


@router.callback_query(OpenEventsTap.filter())
async def open_calendar(_tap: CallbackQuery, visit: Visit) -> None:
    """The calendar, from the menu."""
    await handlers_entry.calendar(visit)


@router.callback_query(ListTap.filter())
async def listed(_tap: CallbackQuery, callback_data: ListTap, visit: Visit) -> None:
    """A month, a page, other filters."""
    await handlers_entry.calendar(visit, View.parse(callback_data.view))


@router.callback_query(FiltersTap.filter())
async def filters(_tap: CallbackQuery, callback_data: FiltersTap, visit: Visit) -> None:
    """All filters, or the choices of one."""
    view = View.parse(callback_data.view)
    formats, components = await visit.read(overview.names)
    if callback_data.of:
        screen = screens.choices(
            visit.t, view, callback_data.of, callback_data.page, formats=formats, components=components
        )
    else:
        screen = screens.filters(visit.t, view, formats=formats, components=components)
    await visit.show(screen)


@router.callback_query(CardTap.filter())
async def card(_tap: CallbackQuery, callback_data: CardTap, visit: Visit) -> None:
    """One event."""
    await handlers_entry.card(visit, callback_data.event_id, back=callback_data.back)


OfEvent = (
    RegisterTap
    | RoomTap
    | AcceptTap
    | CancelRegistrationTap
    | RateTap
    | CertificateTap
    | MaterialTap
    | HereTap
    | EventAskTap
)


async def _card_again(visit: Visit, tap: OfEvent) -> None:
    """How it stands now."""
    await handlers_entry.card(visit, tap.event_id, back=getattr(tap, "back", ""))


FRESH = {FLAG: Afresh(_card_again, only_stale)}


async def _still(visit: Visit, event_id: int, applies: Callable[[EventCard, datetime], bool]) -> EventCard:
    """Returns the event of a question that is about to be asked: nobody types or taps what could only be refused.

    Raises StaleError.
    """
    found = await visit.read(queries.card, event_id=event_id)
    if not applies(found, visit.now):
        raise StaleError
    return found


@router.callback_query(RegisterTap.filter(), flags=FRESH)
async def register(_tap: CallbackQuery, callback_data: RegisterTap, visit: Visit) -> None:
    """A seat and its ticket, or a place in the waiting list."""
    await _registered(visit, await visit.write(seats.register, event_id=callback_data.event_id), callback_data.back)


@router.callback_query(RoomTap.filter(), flags=FRESH)
async def room(_tap: CallbackQuery, callback_data: RoomTap, visit: Visit) -> None:
    """The same in the hall or online, or a change from one to the other."""
    outcome = await visit.write(seats.register, event_id=callback_data.event_id, online=callback_data.online)
    await _registered(visit, outcome, callback_data.back)


async def _registered(visit: Visit, outcome: seats.Outcome, back: str) -> None:
    mine = outcome.card.mine
    seated = mine is not None and mine.status is RegistrationStatus.SEATED
    if not outcome.changed:
        await visit.toast("events.registered.again" if seated else "events.queued.toast")
    else:
        await visit.toast("events.registered.toast" if seated else "events.queued.toast")
    await visit.show(await handlers_entry.card_screen(visit, outcome.card, back=back))


def _offer_gone(visit: Visit, error: DomainError) -> Word | None:
    return plainly(visit, error) if error.code == "event_offer_gone" else None


@router.callback_query(AcceptTap.filter(), flags={FLAG: Afresh(_card_again, _offer_gone)})
async def accept(_tap: CallbackQuery, callback_data: AcceptTap, visit: Visit) -> None:
    """Takes the offered seat; who is too late reads why and sees how it stands."""
    outcome = await visit.write(seats.accept, event_id=callback_data.event_id)
    await visit.toast("events.registered.toast" if outcome.changed else "events.registered.again")
    if not visit.below:  # an offer stays as it is; the ticket tells the rest
        await visit.show(await handlers_entry.card_screen(visit, outcome.card))


@router.callback_query(CancelRegistrationTap.filter(), flags=FRESH)
async def cancel(_tap: CallbackQuery, callback_data: CancelRegistrationTap, visit: Visit) -> None:
    """«Не смогу», in two taps."""
    if not callback_data.sure:
        found = await _still(visit, callback_data.event_id, screens.may_leave)
        await visit.show(screens_cards.confirm_cancel(visit.t, found))
        return
    outcome = await visit.write(seats.cancel, event_id=callback_data.event_id)
    await visit.show(screens_cards.cancelled(visit.t, outcome.card))


@router.callback_query(HereTap.filter(), flags=FRESH)
async def here(_tap: CallbackQuery, callback_data: HereTap, visit: Visit) -> None:
    """Asks for the digits that the screen of the hall shows."""
    found = await _still(visit, callback_data.event_id, screens.may_come)
    await visit.expect(EventStates.digits, event_id=callback_data.event_id)
    await visit.show(screens_cards.ask_digits(visit.t, found))


@router.message(EventStates.digits)
async def digits(message: Message, visit: Visit) -> None:
    """The digits: wrong or old ones are asked for once more."""
    event_id = (await visit.dialog.get_data()).get("event_id", 0)
    try:
        text = typed(message, COMMENT_LIMIT)
        done = await visit.write(
            services.check_in_by_digits, event_id=event_id, digits=text, sent_at=handlers_entry.sent_at(visit)
        )
    except DomainError as error:
        if error.code not in ASKED_AGAIN:
            await visit.expect(None)
            raise
        asked = await visit.read(queries.card, event_id=event_id)
        await visit.show(screens_cards.ask_digits(visit.t, asked, visit.t(f"errors.{error.code}", **error.params)))
        return
    if done is None:
        asked = await visit.read(queries.card, event_id=event_id)
        await visit.show(screens_cards.ask_digits(visit.t, asked, visit.t("errors.check_in_digits")))
        return
    await visit.expect(None)
    await visit.receipt(
        screens_cards.checked_in(visit.t, done.card, changed=done.changed, on_the_spot=done.on_the_spot)
    )


@router.callback_query(FileTap.filter())
async def calendar_entry(_tap: CallbackQuery, callback_data: FileTap, visit: Visit) -> None:
    """The calendar file, once more."""
    found = await visit.read(queries.card, event_id=callback_data.event_id)
    await visit.answer()
    link = await handlers_entry.link_of(visit, found)
    parts = await visit.read(own_lessons.parts, event_id=callback_data.event_id)
    file = calendar_file(visit.t, found, link=link, now=visit.now, parts=parts)
    await visit.receipt(screens_cards.file_only(visit.t, found), file=file)


@router.callback_query(MyTap.filter())
async def my(_tap: CallbackQuery, callback_data: MyTap, visit: Visit) -> None:
    """Own registrations, ahead or past."""
    await own(visit, callback_data)


@router.callback_query(RateTap.filter(), flags=FRESH)
async def rate(_tap: CallbackQuery, callback_data: RateTap, visit: Visit) -> None:
    """Feedback in one tap."""
    if not callback_data.rating:
        found = await visit.read(queries.card, event_id=callback_data.event_id)
        await visit.show(screens_feedback.ask_rating(visit.t, found))
        return
    found = await visit.write(
        services.rate, event_id=callback_data.event_id, rating=callback_data.rating, first=visit.below
    )
    free = await visit.dialog.get_state() in (None, EventStates.comment.state)
    if free and found.mine is not None and found.mine.comment is None:  # many write the asked phrase at once
        await visit.expect(EventStates.comment, event_id=callback_data.event_id)
    await visit.show(screens_feedback.rated(visit.t, found))


@router.callback_query(CommentTap.filter())
async def ask_comment(_tap: CallbackQuery, callback_data: CommentTap, visit: Visit) -> None:
    """Waits for a few words."""
    found = await visit.read(queries.card, event_id=callback_data.event_id)
    await visit.expect(EventStates.comment, event_id=callback_data.event_id)
    await visit.show(screens_feedback.ask_comment(visit.t, found))


@router.message(EventStates.comment)
async def comment(message: Message, visit: Visit) -> None:
    """The words themselves."""
    event_id = (await visit.dialog.get_data()).get("event_id", 0)
    try:
        text = typed(message, COMMENT_LIMIT)
    except DomainError as error:
        asked = await visit.read(queries.card, event_id=event_id)
        await visit.show(screens_feedback.ask_comment(visit.t, asked, why(visit, error, "events.feedback.words")))
        return
    found = await visit.write(services.comment, event_id=event_id, text=text)
    await visit.expect(None)
    await visit.show(screens_feedback.rated(visit.t, found))


@router.callback_query(CertificateTap.filter(), flags=FRESH)
async def certificate(tap: CallbackQuery, callback_data: CertificateTap, visit: Visit) -> None:
    """Issues the certificate; the document follows as a receipt."""
    await visit.write(services.certificate, event_id=callback_data.event_id, request=tap.id)
    await visit.busy("upload_document")


@router.callback_query(MaterialTap.filter(), flags=FRESH)
async def material(tap: CallbackQuery, callback_data: MaterialTap, visit: Visit) -> None:
    """A material as a file, which follows as a receipt."""
    chosen = {"event_id": callback_data.event_id, "material_id": callback_data.material_id}
    await visit.write(services.ask_for_material, request=tap.id, **chosen)
    await visit.busy("upload_document")


@router.callback_query(EventAskTap.filter(), flags=FRESH)
async def ask_host(_tap: CallbackQuery, callback_data: EventAskTap, visit: Visit) -> None:
    """Waits for a question to those who lead."""
    found = await _still(visit, callback_data.event_id, screens.may_ask)
    named = callback_data.named
    await visit.expect(EventStates.question, event_id=callback_data.event_id, named=named)
    await visit.show(screens_feedback.ask_host(visit.t, found, named=named))


@router.callback_query(EventAnswerTap.filter())
async def ask_answer(_tap: CallbackQuery, callback_data: EventAnswerTap, visit: Visit) -> None:
    """Waits for a host's answer."""
    one = await visit.read(services.asked, question_id=callback_data.question_id)
    await visit.expect(EventStates.answer, question_id=one.id)
    await visit.show(screens_feedback.ask_answer(visit.t, one))


@router.message(EventStates.question)
@router.message(EventStates.answer)
async def words(message: Message, visit: Visit) -> None:
    """The question to those who lead, or a host's answer; what cannot be taken is asked for again."""
    data = await visit.dialog.get_data()
    answers = await visit.dialog.get_state() == EventStates.answer.state
    try:
        text = typed(message, QUESTION_LIMIT)
    except DomainError as error:
        lead = why(visit, error, "events.ask.words")
        await visit.show(await (_answer_again if answers else _ask_again)(visit, data, lead))
        return
    try:
        if answers:
            await visit.write(services.answer, question_id=data.get("question_id", 0), text=text)
        else:
            about = {"event_id": data.get("event_id", 0), "named": bool(data.get("named"))}
            await visit.write(services.ask, text=text, **about)
    except DomainError:
        await visit.expect(None)
        raise
    await visit.expect(None)
    if answers:
        await visit.show(screens_feedback.answered(visit.t))
    else:
        found = await visit.read(queries.card, event_id=data.get("event_id", 0))
        await visit.show(screens_feedback.asked(visit.t, found))


async def _ask_again(visit: Visit, data: dict[str, Any], lead: Markup) -> Screen:
    found = await visit.read(queries.card, event_id=data.get("event_id", 0))
    return screens_feedback.ask_host(visit.t, found, named=bool(data.get("named")), lead=lead)


async def _answer_again(visit: Visit, data: dict[str, Any], lead: Markup) -> Screen:
    one = await visit.read(services.asked, question_id=data.get("question_id", 0))
    return screens_feedback.ask_answer(visit.t, one, lead)


async def own(visit: Visit, tap: MyTap) -> None:
    """Own registrations."""
    found, lessons = await visit.read(own_lessons.own, past=tap.past)
    screen = screens_cards.mine(visit.t, found, past=tap.past, page=tap.page, zone=visit.context.zone, lessons=lessons)
    await visit.show(screen)
