"""Taps and texts of one's own training: each part is kept as soon as it is told."""

from typing import Any

from aiogram import F, Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from markupsafe import Markup

from bot.training import screens
from bot.training.callbacks import (
    OpenTrainingTap,
    TrainingAddTap,
    TrainingCardTap,
    TrainingDropTap,
    TrainingHoursTap,
    TrainingPart,
    TrainingPartTap,
    TrainingProjectTap,
    TrainingSendTap,
)
from bot.ui import uploads
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.screens import Screen
from bot.ui.visit import Visit, typed
from db.errors import DomainError
from db.limits import whole
from db.training import queries, services
from db.training.models import TrainingRecord
from db.training.rules import EDITABLE, LONGEST, day_typed, missing

commands = Router(name="training.commands")
router = Router(name="training")

TEXTS = (TrainingPart.TITLE, TrainingPart.ORGANISATION, TrainingPart.DOCUMENT)


class TrainingStates(StatesGroup):
    """What is told of a course: a part in words, or the document as a file whatever was asked."""

    part = State()


uploads.take_files(TrainingStates.part)


async def _home_again(visit: Visit, _tap: object) -> None:
    await home(visit)


FRESH = {FLAG: Afresh(_home_again)}


@router.callback_query(OpenTrainingTap.filter())
async def open_training(_tap: CallbackQuery, callback_data: OpenTrainingTap, visit: Visit) -> None:
    """One's own records."""
    await home(visit, callback_data.page)


@router.callback_query(TrainingAddTap.filter(), flags=FRESH)
async def add(_tap: CallbackQuery, visit: Visit) -> None:
    """A new record, or the draft in hand at the part that it lacks."""
    await _next(visit, await visit.write(services.begin))


@router.callback_query(TrainingCardTap.filter(), flags=FRESH)
async def card(_tap: CallbackQuery, callback_data: TrainingCardTap, visit: Visit) -> None:
    """One record."""
    await _card(visit, await visit.read(queries.record, record_id=callback_data.record_id))


@router.callback_query(TrainingPartTap.filter(), flags=FRESH)
async def ask(_tap: CallbackQuery, callback_data: TrainingPartTap, visit: Visit) -> None:
    """A part, to be told or changed."""
    record = await visit.read(queries.record, record_id=callback_data.record_id)
    if record.status in EDITABLE:
        await _ask(visit, record, callback_data.part)
    else:
        await _card(visit, record)


@router.callback_query(TrainingHoursTap.filter(), flags=FRESH)
async def hours(_tap: CallbackQuery, callback_data: TrainingHoursTap, visit: Visit) -> None:
    """So many hours."""
    await _next(
        visit,
        await visit.write(services.put_hours, record_id=callback_data.record_id, hours=callback_data.hours),
    )


@router.callback_query(TrainingProjectTap.filter(), flags=FRESH)
async def project(_tap: CallbackQuery, callback_data: TrainingProjectTap, visit: Visit) -> None:
    """Whether it was on the project's subject."""
    await _next(
        visit,
        await visit.write(services.put_project, record_id=callback_data.record_id, of_project=callback_data.of_project),
    )


@router.callback_query(TrainingSendTap.filter(), flags=FRESH)
async def send(_tap: CallbackQuery, callback_data: TrainingSendTap, visit: Visit) -> None:
    """The methodist has it now."""
    record = await visit.write(services.send, record_id=callback_data.record_id)
    await _card(visit, record, lead=visit.t("training.sent"))


@router.callback_query(TrainingDropTap.filter(), flags=FRESH)
async def drop(_tap: CallbackQuery, callback_data: TrainingDropTap, visit: Visit) -> None:
    """Deletes what is not sent, when it is meant."""
    await visit.expect(None)
    if not callback_data.sure:
        record = await visit.read(queries.record, record_id=callback_data.record_id)
        await visit.show(screens.dropping(visit.t, record))
        return
    await visit.write(services.discard, record_id=callback_data.record_id)
    await home(visit, lead=visit.t("training.dropped"))


@router.message(TrainingStates.part, F.document | F.photo)
async def file_sent(message: Message, visit: Visit) -> None:
    """The document as a file, through the same checks as those of an application."""
    data = await visit.dialog.get_data()
    record_id, part = data["record"], TrainingPart(data["asked"])
    file = uploads.sent_file(message)
    await visit.busy("upload_document")
    try:
        if file is None:
            raise DomainError("text_expected")
        stored = await uploads.kept(visit, file._replace(name=file.name or visit.t.plain("training.photo")))
    except DomainError as error:
        asked = await visit.read(queries.record, record_id=record_id)
        lead = visit.t(f"errors.{error.code}", **error.params)
        await visit.show(_question(visit, asked, part, lead))
        return
    taken = False
    try:
        record = await visit.write(services.put_file, record_id=record_id, stored=stored)
        taken = True
    finally:
        if not taken:
            await uploads.discard(uploads.storage(visit), stored.stored_name)
    await _next(visit, record)


@router.message(TrainingStates.part)
async def part_typed(message: Message, visit: Visit) -> None:
    """A part in words: kept, or asked for once more with what was wrong."""
    data = await visit.dialog.get_data()
    record_id, part = data["record"], TrainingPart(data["asked"])
    try:
        text = typed(message, LONGEST)
        record = await _put(visit, record_id, part, text)
    except DomainError as error:
        if error.code not in ("text_expected", "no_command", "text_too_long", *_OF_PART):
            raise
        asked = await visit.read(queries.record, record_id=record_id)
        lead = why(visit, error, _WORDS.get(part, "training.words"))
        await visit.show(_question(visit, asked, part, lead))
        return
    await _next(visit, record)


async def home(visit: Visit, page: int = 0, *, lead: Markup | None = None) -> None:
    """One's own records."""
    await visit.expect(None)
    rows = await visit.read(queries.own)
    await visit.show(screens.home(visit.t, rows, page, lead=lead))


_WORDS = {
    TrainingPart.FILE: "training.file_expected",
    TrainingPart.PROJECT: "training.buttons",
    TrainingPart.HOURS: "training.words",
}
_OF_PART = ("training_title", "training_hours", "training_day")


async def _put(visit: Visit, record_id: int, part: TrainingPart, text: str) -> TrainingRecord:
    asked: dict[str, Any] = {"record_id": record_id}
    if part is TrainingPart.HOURS:
        return await visit.write(services.put_hours, **asked, hours=whole(text.split()[0]))
    if part is TrainingPart.DAY:
        return await visit.write(services.put_day, **asked, day=day_typed(text))
    if part in TEXTS:
        return await visit.write(services.put_text, **asked, field=part.value, text=text)
    raise DomainError("text_expected")


async def _next(visit: Visit, record: TrainingRecord) -> None:
    """The first part that the record lacks, else the record itself to be checked."""
    lacks = missing(record)
    if lacks is None:
        await _card(visit, record)
    else:
        await _ask(visit, record, TrainingPart(lacks))


async def _ask(visit: Visit, record: TrainingRecord, part: TrainingPart) -> None:
    await visit.expect(TrainingStates.part, record=record.id, asked=part.value)
    await visit.show(_question(visit, record, part))


def _question(visit: Visit, record: TrainingRecord, part: TrainingPart, lead: Markup | None = None) -> Screen:
    return screens.ask(visit.t, record, part, lead=lead, by_link=visit.context.settings.panel_is_open)


async def _card(visit: Visit, record: TrainingRecord, *, lead: Markup | None = None) -> None:
    await visit.expect(None)
    await visit.show(screens.card(visit.t, record, lead=lead))
