"""Taps and texts of a request that is sent: the answer, more words, files, how it ends. Both sides come here."""

import asyncio

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.practices import handlers_own
from bot.requests import handlers_asking, screens
from bot.requests.callbacks import (
    CloseRequestTap,
    HelpedTap,
    MyRequestsTap,
    OpenRequestsTap,
    PassOnTap,
    ReplyTap,
    RequestDeclineTap,
    RequestFileTap,
    RequestPracticeTap,
    RequestTap,
    RequestWordsTap,
)
from bot.requests.handlers_asking import RequestStates, take, words
from bot.ui import uploads
from bot.ui.filters import TypedCommand
from bot.ui.receipts import Attachment
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.screens import Screen
from bot.ui.visit import Visit
from db.errors import DomainError, StaleError
from db.inspection import bare
from db.requests import answering, queries, services
from db.requests.models import RequestStatus
from db.requests.queries import RequestCard

commands = Router(name="requests.commands")
router = Router(name="requests")
commands.include_router(handlers_asking.commands)
router.include_router(handlers_asking.router)

_Tap = (
    RequestTap
    | RequestWordsTap
    | ReplyTap
    | RequestDeclineTap
    | PassOnTap
    | HelpedTap
    | CloseRequestTap
    | RequestPracticeTap
)


async def _request_again(visit: Visit, tap: _Tap) -> None:
    """The request as it stands, or the list where it is somebody else's by now."""
    if await visit.read(queries.is_ones_own, request_id=tap.request_id):
        await request(visit, tap.request_id)
    else:
        await to_answer(visit)


FRESH = {FLAG: Afresh(_request_again)}


@commands.message(TypedCommand("requests"))
async def requests_command(_message: Message, visit: Visit) -> None:
    """What I am asked."""
    await to_answer(visit)


@router.callback_query(OpenRequestsTap.filter())
async def open_requests(_tap: CallbackQuery, callback_data: OpenRequestsTap, visit: Visit) -> None:
    """The same from a button."""
    await to_answer(visit, page=callback_data.page)


@router.callback_query(MyRequestsTap.filter())
async def mine(_tap: CallbackQuery, callback_data: MyRequestsTap, visit: Visit) -> None:
    """What I have asked."""
    await visit.expect(None)
    await visit.show(screens.mine(visit.t, await visit.read(queries.own), callback_data.page))


@router.callback_query(RequestTap.filter(), flags=FRESH)
async def open_request(_tap: CallbackQuery, callback_data: RequestTap, visit: Visit) -> None:
    """One request."""
    await request(visit, callback_data.request_id)


@router.callback_query(RequestWordsTap.filter(), flags=FRESH)
async def whole(_tap: CallbackQuery, callback_data: RequestWordsTap, visit: Visit) -> None:
    """All words of a request, none cut."""
    card = await _card(visit, callback_data.request_id)
    await visit.expect(None)
    await visit.show(screens.whole(visit.t, card, callback_data.page))


@router.callback_query(ReplyTap.filter(), flags=FRESH)
async def reply(_tap: CallbackQuery, callback_data: ReplyTap, visit: Visit) -> None:
    """Waits for the answer, or for more of the question."""
    card = await _card(visit, callback_data.request_id)
    await visit.expect(RequestStates.reply, request_id=card.request_id)
    await visit.show(screens.reply(visit.t, card))


@router.message(RequestStates.reply, F.document | F.photo)
async def reply_file(message: Message, visit: Visit) -> None:
    """A file to the dialogue; words under it are sent with it, others are waited for."""
    request_id = int((await visit.dialog.get_data())["request_id"])
    lead = await take(message, visit, request_id)
    if message.caption and not lead:
        await _say(visit, request_id, message.caption)
        return
    card = await _card(visit, request_id)
    await visit.show(screens.reply(visit.t, card, lead=lead or visit.t("requests.reply.file")))


@router.message(RequestStates.reply)
async def typed_reply(message: Message, visit: Visit) -> None:
    """The words go to the other one."""
    request_id = int((await visit.dialog.get_data())["request_id"])
    try:
        text = words(message)
    except DomainError as error:
        card = await _card(visit, request_id)
        await visit.show(screens.reply(visit.t, card, lead=why(visit, error, "requests.words")))
        return
    await _say(visit, request_id, text)


@router.callback_query(RequestDeclineTap.filter(), flags=FRESH)
async def decline(_tap: CallbackQuery, callback_data: RequestDeclineTap, visit: Visit) -> None:
    """The next colleague is asked."""
    await visit.write(answering.decline, request_id=callback_data.request_id)
    await to_answer(visit, lead=visit.t("requests.declined"))


@router.callback_query(PassOnTap.filter(), flags=FRESH)
async def pass_on(_tap: CallbackQuery, callback_data: PassOnTap, visit: Visit) -> None:
    """Somebody else is asked."""
    await visit.write(services.pass_on, request_id=callback_data.request_id)
    await request(visit, callback_data.request_id, lead=visit.t("requests.passed_on"))


@router.callback_query(HelpedTap.filter(), flags=FRESH)
async def helped(_tap: CallbackQuery, callback_data: HelpedTap, visit: Visit) -> None:
    """Yes closes; no leads on."""
    number = callback_data.request_id
    if callback_data.helped or (await _asked(visit, number)).status is RequestStatus.CLOSED:
        await visit.write(services.close, request_id=number, helped=callback_data.helped)
        await request(visit, number, lead=visit.t("requests.thanks"))
        return
    await visit.show(screens.not_helped(visit.t, number))


@router.callback_query(CloseRequestTap.filter(), flags=FRESH)
async def close(_tap: CallbackQuery, callback_data: CloseRequestTap, visit: Visit) -> None:
    """Closes it."""
    await visit.write(services.close, request_id=callback_data.request_id)
    await request(visit, callback_data.request_id, lead=visit.t("requests.closed"))


@router.callback_query(RequestPracticeTap.filter(), flags=FRESH)
async def to_practice(_tap: CallbackQuery, callback_data: RequestPracticeTap, visit: Visit) -> None:
    """The answer that helped is a draft of a practice."""
    practice_id = await visit.write(answering.to_practice, request_id=callback_data.request_id)
    await handlers_own.mine(visit, practice_id, lead=visit.t("requests.practice.made"))


@router.callback_query(RequestFileTap.filter())
async def file(_tap: CallbackQuery, callback_data: RequestFileTap, visit: Visit) -> None:
    """A file of the other one's, which tells of them neither by its name nor by what programs wrote into it."""
    stored_name, shown = await visit.read(queries.file, file_id=callback_data.file_id)
    await visit.busy("upload_document")
    path = uploads.storage(visit).path(stored_name)
    content = await asyncio.to_thread(bare, path)
    name = visit.t.plain("requests.file.name", name=shown)
    await visit.receipt(Screen(visit.t("requests.file.sent")), file=Attachment(content, name))


async def to_answer(visit: Visit, *, page: int = 0, lead: object = "") -> None:
    """What I am asked."""
    await visit.expect(None)
    if lead:
        visit.above = str(lead)
    await visit.show(screens.to_answer(visit.t, await visit.read(queries.to_answer), page))


async def request(visit: Visit, request_id: int, *, lead: object = "") -> None:
    """One request, with a word above it about what has just been done."""
    card = await _card(visit, request_id)
    await visit.expect(None)
    await visit.show(screens.card(visit.t, card, zone=visit.context.zone, now=visit.now, lead=lead))


async def _say(visit: Visit, request_id: int, text: str) -> None:
    card = await _card(visit, request_id)
    if card.asker:
        went_on = await visit.write(services.write_on, request_id=request_id, text=text)
        lead = visit.t("requests.told.next" if went_on else "requests.told")
    else:
        await visit.write(answering.answer, request_id=request_id, text=text)
        lead = visit.t("requests.answered")
    await request(visit, request_id, lead=lead)


async def _card(visit: Visit, request_id: int) -> RequestCard:
    return await visit.read(queries.card, request_id=request_id)


async def _asked(visit: Visit, request_id: int) -> RequestCard:
    card = await _card(visit, request_id)
    if not card.asker:
        raise StaleError
    return card
