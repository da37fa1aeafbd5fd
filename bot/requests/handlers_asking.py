"""Taps and texts of whoever asks for help."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from aiogram import F, Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from markupsafe import Markup

from bot.dialogs.storage import DialogsLostError
from bot.people import handlers_entry
from bot.requests import screens
from bot.requests.callbacks import (
    AskDropTap,
    AskKindTap,
    AskSchoolTap,
    AskSendTap,
    AskTopicTap,
    KnownEnoughTap,
    KnownTap,
    OpenAskTap,
    TopicKind,
)
from bot.ui import uploads
from bot.ui.filters import TypedCommand
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.visit import Visit, typed
from db.errors import DomainError, StaleError
from db.limits import whole
from db.people.rules import Option, match
from db.requests import queries, services
from db.requests.queries import AskDraft, AskHome, TopicChoice
from db.requests.rules import TEXT
from db.requests.services import Topic
from db.texts import comparable

commands = Router(name="requests.asking.commands")
router = Router(name="requests.asking")

CALL = 60  # letters of a call for a human; what is longer tells something
TOPIC_WORDS = 4  # of a topic typed; more words are a question already


class RequestStates(StatesGroup):
    """What is typed: a few letters of a topic, the question, words to a request that is open."""

    topic = State()
    question = State()
    reply = State()


uploads.take_files(RequestStates.question, RequestStates.reply)


async def _again(visit: Visit, _tap: object) -> None:
    await home(visit)


FRESH = {FLAG: Afresh(_again)}


async def _calls(message: Message, visit: Visit) -> bool:
    """Whether the whole text is a call for a human, such as «позовите человека»."""
    text = message.text or ""
    return _is_whole(visit, text, "requests.words.call")


def _is_whole(visit: Visit, text: str, key: str) -> bool:
    return len(text) <= CALL and comparable(text).strip(" .,!?)") in visit.t.plain(key).split(",")


def _courtesy(message: Message, visit: Visit) -> Markup | None:
    """What a greeting or thanks alone are answered by: they are no topic and no question."""
    for words_of, said in (("menu.words.hello", "menu.hello"), ("menu.words.thanks", "menu.welcome")):
        if _is_whole(visit, message.text or "", words_of):
            return visit.t(said)
    return None


@commands.message(TypedCommand("ask"))
async def ask_command(_message: Message, visit: Visit) -> None:
    """Where one asks; a draft is there at once."""
    await home(visit)


@commands.message(F.text, _calls, flags={"gate": "open"})
async def called(_message: Message, visit: Visit) -> None:
    """A call for a human, whatever was asked: what was given before stays where it is kept."""
    if visit.visitor is None or not visit.visitor.profile_saved:
        await handlers_entry.help_page(visit)
        return
    await home(visit, lead=visit.t("requests.called"), afresh=True)


@router.callback_query(OpenAskTap.filter())
async def open_ask(_tap: CallbackQuery, callback_data: OpenAskTap, visit: Visit) -> None:
    """The same from a button."""
    await home(visit, afresh=callback_data.afresh)


@router.callback_query(AskKindTap.filter())
async def kind(_tap: CallbackQuery, callback_data: AskKindTap, visit: Visit) -> None:
    """The topics of a kind; letters find one of all kinds."""
    view = await visit.read(queries.home)
    found = dict(screens.kinds(view)).get(callback_data.kind)
    if not found:
        raise StaleError
    await visit.also_expect(RequestStates.topic, said=await _said(visit), listed=_listed(found))
    await visit.show(screens.topics(visit.t, callback_data.kind, found, callback_data.page))


@router.message(RequestStates.topic)
async def typed_topic(message: Message, visit: Visit) -> None:
    """A few letters of a topic, or its number in the list; what is neither is kept as the question's first words."""
    view = await visit.read(queries.home)
    if kind_word := _courtesy(message, visit):
        await _start(visit, view, kind_word)
        return
    try:
        text = words(message)
    except DomainError as error:
        await _start(visit, view, why(visit, error, "requests.topic.words"))
        return
    if (chosen := await _numbered(visit, text)) is not None:
        await _begin(visit, chosen)
        return
    if not any(map(str.isalpha, text)):  # a number of no list is neither a topic nor the beginning of a question
        await _start(visit, view, visit.t("requests.topic.words"))
        return
    every = [one for _, found in screens.kinds(view) for one in found]
    options = [Option(place, one.name, one.short, (one.short,)) for place, one in enumerate(every)]
    shown: list[TopicChoice] = [every[one.id] for one in match(text, options).options][: screens.ON_PAGE]
    kept = not shown or len(text.split()) > TOPIC_WORDS
    await visit.expect(RequestStates.topic, said=text if kept else "", listed=_listed(shown))
    if not shown:
        await visit.show(screens.start(visit.t, view, lead=visit.t("requests.topic.none", text=text[:40])))
        return
    lead = visit.t("requests.topic.found", text=text[:40])
    await visit.show(screens.topics(visit.t, None, shown, 0, lead=lead))


@router.callback_query(AskTopicTap.filter(), flags=FRESH)
async def topic(_tap: CallbackQuery, callback_data: AskTopicTap, visit: Visit) -> None:
    """The topic is there: the question is waited for."""
    await _begin(visit, callback_data)


@router.message(RequestStates.question, F.document | F.photo)
async def question_file(message: Message, visit: Visit) -> None:
    """A file of the question; words under it belong to the question."""
    view = await visit.read(queries.home)
    if view.draft is None:
        await home(visit)
        return
    lead = await take(message, visit, view.draft.request_id)
    if message.caption:
        await visit.write(services.write_question, text=message.caption)
    await home(visit, lead=lead)


@router.message(RequestStates.question)
async def typed_question(message: Message, visit: Visit) -> None:
    """The question in words: kept at once, shown as it will be sent."""
    if kind_word := _courtesy(message, visit):
        await home(visit, lead=kind_word)
        return
    try:
        await visit.write(services.write_question, text=words(message))
    except DomainError as error:
        await home(visit, lead=why(visit, error, "requests.words"))
        return
    await home(visit)


@router.callback_query(KnownTap.filter(), flags=FRESH)
async def known(_tap: CallbackQuery, callback_data: KnownTap, visit: Visit) -> None:
    """What others were answered to such a question."""
    question, answer = await visit.read(queries.known_line, line_id=callback_data.line_id)
    await visit.show(screens.known(visit.t, callback_data, question, answer))


@router.callback_query(KnownEnoughTap.filter(), flags=FRESH)
async def known_enough(_tap: CallbackQuery, callback_data: KnownEnoughTap, visit: Visit) -> None:
    """It was enough: nobody needs to be asked."""
    await visit.write(services.was_enough, line_id=callback_data.line_id)
    await handlers_entry.menu(visit, lead=visit.t("requests.known.thanks"))


@router.callback_query(AskSchoolTap.filter(), flags=FRESH)
async def school(_tap: CallbackQuery, callback_data: AskSchoolTap, visit: Visit) -> None:
    """Keeps the question from colleagues of the own school, or no more."""
    await visit.write(services.avoid_own_school, wanted=callback_data.avoid)
    await home(visit)


@router.callback_query(AskDropTap.filter(), flags=FRESH)
async def drop(_tap: CallbackQuery, callback_data: AskDropTap, visit: Visit) -> None:
    """Throws the draft away, when it is meant."""
    if callback_data.sure:
        await visit.write(services.discard)
        await home(visit, lead=visit.t("requests.dropped"))
        return
    await visit.show(screens.sure(visit.t, await _draft(visit)))


@router.callback_query(AskSendTap.filter(), flags=FRESH)
async def send(_tap: CallbackQuery, visit: Visit) -> None:
    """Sends it; says who answers and until when."""
    request_id = await visit.write(services.send)
    card = await visit.read(queries.card, request_id=request_id)
    await visit.expect(None)
    await visit.show(screens.sent(visit.t, card, zone=visit.context.zone, now=visit.now))


async def home(visit: Visit, *, lead: object = "", afresh: bool = False) -> None:
    """The draft where there is one, else the topics; what is typed next belongs to it."""
    view: AskHome = await visit.read(queries.home)
    if view.draft is None or afresh:
        await visit.expect(RequestStates.topic)
        await visit.show(screens.start(visit.t, view, lead=lead))
        return
    await visit.expect(RequestStates.question)
    await visit.show(screens.draft(visit.t, view.draft, zone=visit.context.zone, now=visit.now, lead=lead))


async def take(message: Message, visit: Visit, request_id: int) -> object:
    """Takes a file into a request, through the same checks as any document. Returns what was wrong with it, if so."""
    file = uploads.sent_file(message)
    await visit.busy("upload_document")
    try:
        if file is None:
            raise DomainError("text_expected")
        await visit.read(services.check_room, request_id=request_id)
        stored = await uploads.kept(visit, file._replace(name=file.name or visit.t.plain("requests.photo")))
        taken = False
        try:
            await visit.write(services.add_file, request_id=request_id, stored=stored)
            taken = True
        finally:
            if not taken:
                await uploads.discard(uploads.storage(visit), stored.stored_name)
    except DomainError as error:
        params: dict[str, Any] = error.params
        return visit.t(f"errors.{error.code}", **params)
    return ""


def words(message: Message) -> str:
    """The words of a message; a contact is refused. Raises DomainError `requests_contact` and as `typed` does."""
    if message.contact is not None:
        raise DomainError("requests_contact")
    return typed(message, TEXT)


async def _start(visit: Visit, view: AskHome, lead: object) -> None:
    """The kinds of topics again: no list is on the screen any more, what was typed before stays."""
    await visit.expect(RequestStates.topic, said=await _said(visit))
    await visit.show(screens.start(visit.t, view, lead=lead))


async def _begin(visit: Visit, tap: AskTopicTap) -> None:
    number = whole(tap.code)
    chosen = {
        TopicKind.COMPONENT: Topic(component=tap.code),
        TopicKind.DIRECTION: Topic(direction_id=number),
        TopicKind.GROUP: Topic(group_id=number),
    }
    await visit.write(services.begin, topic=chosen[tap.kind], text=await _said(visit))
    await home(visit)


def _listed(found: Sequence[TopicChoice]) -> list[str]:
    """What the topics of a list lead to, in its order: their numbers stand before them."""
    return [screens.topic_tap(one).pack() for one in found]


async def _numbered(visit: Visit, text: str) -> AskTopicTap | None:
    """The topic of the list on the screen that a typed number means."""
    listed: list[str] = (await visit.dialog.get_data()).get("listed", [])
    number = whole(text.strip(" .№"))
    return AskTopicTap.unpack(listed[number - 1]) if number and number <= len(listed) else None


async def _said(visit: Visit) -> str:
    """What was typed before there was a topic."""
    with suppress(DialogsLostError):
        return str((await visit.dialog.get_data()).get("said", ""))
    return ""


async def _draft(visit: Visit) -> AskDraft:
    view = await visit.read(queries.home)
    if view.draft is None:
        raise StaleError
    return view.draft
