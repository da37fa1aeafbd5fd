"""Taps and texts of one's own practices, and of those that one is to look at."""

from aiogram import F, Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.practices import screens_own
from bot.practices.callbacks import (
    PracticeDraftTap,
    PracticeNewTap,
    PracticePartTap,
    PracticeResumeTap,
    PracticeSendTap,
    PracticeServesTap,
    PracticesOwnTap,
    PracticeStillTap,
    PracticeTasksTap,
    PracticeTaskTap,
    PracticeUploadsTap,
    PracticeVerdictTap,
    PracticeWithdrawTap,
)
from bot.ui import uploads
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.uploads import sent_file
from bot.ui.visit import Visit, typed
from db.errors import DomainError
from db.events.queries import component_names
from db.practices import experts, queries, services
from db.practices.models import Practice, PracticeVerdict
from db.practices.rules import TEXT, PracticePart, lacking

router = Router(name="practices.own")


class OwnPracticeStates(StatesGroup):
    """What is typed or sent: a part of an own practice, a file of it, an expert's remark."""

    part = State()
    files = State()
    remark = State()


uploads.take_files(OwnPracticeStates.files)


async def _mine_again(visit: Visit, tap: PracticeSendTap | PracticeServesTap | PracticeUploadsTap) -> None:
    await mine(visit, tap.practice_id)


async def _own_again(visit: Visit, _tap: object) -> None:
    await own(visit)


async def _tasks_again(visit: Visit, _tap: object) -> None:
    await tasks(visit)


FRESH_MINE = {FLAG: Afresh(_mine_again)}
FRESH_OWN = {FLAG: Afresh(_own_again)}
FRESH_TASKS = {FLAG: Afresh(_tasks_again)}


@router.callback_query(PracticesOwnTap.filter())
async def open_own(_tap: CallbackQuery, callback_data: PracticesOwnTap, visit: Visit) -> None:
    """One's own practices."""
    await own(visit, page=callback_data.page)


@router.callback_query(PracticeNewTap.filter(), flags=FRESH_OWN)
async def new(_tap: CallbackQuery, visit: Visit) -> None:
    """Proposes one: the first question."""
    practice_id = await visit.write(services.start)
    found = await visit.read(queries.own_card, practice_id=practice_id)
    await ask(visit, found.row, PracticePart.TITLE)


@router.callback_query(PracticeDraftTap.filter(), flags=FRESH_OWN)
async def open_draft(_tap: CallbackQuery, callback_data: PracticeDraftTap, visit: Visit) -> None:
    """An own practice: all that was told, or where it is."""
    await mine(visit, callback_data.practice_id)


@router.callback_query(PracticePartTap.filter(), flags=FRESH_OWN)
async def choose_part(_tap: CallbackQuery, callback_data: PracticePartTap, visit: Visit) -> None:
    """A part, to be told anew."""
    found = await visit.read(queries.own_card, practice_id=callback_data.practice_id)
    await ask(visit, found.row, callback_data.part)


@router.message(OwnPracticeStates.part)
async def typed_part(message: Message, visit: Visit) -> None:
    """A part in words; what is still lacking comes next."""
    data = await visit.dialog.get_data()
    practice_id, part = data["practice_id"], PracticePart(data["asked"])
    try:
        row = await visit.write(services.tell, practice_id=practice_id, part=part, text=typed(message))
    except DomainError as error:
        found = await visit.read(queries.own_card, practice_id=practice_id)
        await visit.show(screens_own.part(visit.t, found.row, part, lead=why(visit, error, "practices.part.words")))
        return
    following = lacking(row)
    if following and part is not PracticePart.AUTHORS:
        found = await visit.read(queries.own_card, practice_id=practice_id)
        await ask(visit, found.row, following[0], lead=visit.t("practices.kept"))
    elif not row.components:
        await serves(visit, practice_id)
    else:
        await mine(visit, practice_id, lead=visit.t("practices.kept"))


@router.callback_query(PracticeServesTap.filter(), flags=FRESH_MINE)
async def choose_component(_tap: CallbackQuery, callback_data: PracticeServesTap, visit: Visit) -> None:
    """For which components: the list, or one in or out."""
    if callback_data.component:
        await visit.write(
            services.choose_component, practice_id=callback_data.practice_id, component=callback_data.component
        )
    await serves(visit, callback_data.practice_id)


@router.callback_query(PracticeUploadsTap.filter(), flags=FRESH_MINE)
async def choose_files(_tap: CallbackQuery, callback_data: PracticeUploadsTap, visit: Visit) -> None:
    """The files: another is awaited, or one is taken out."""
    if callback_data.file_id:
        await visit.write(services.drop_file, practice_id=callback_data.practice_id, file_id=callback_data.file_id)
    await files(visit, callback_data.practice_id)


@router.message(OwnPracticeStates.files, F.document | F.photo)
async def sent(message: Message, visit: Visit) -> None:
    """A file or a photo of a practice."""
    practice_id = (await visit.dialog.get_data())["practice_id"]
    file = sent_file(message)
    lead: object = ""
    await visit.busy("upload_document")
    try:
        there = await visit.read(services.check_room, practice_id=practice_id)
        if file is not None:
            photo = visit.t.plain("applications.photo", number=there + 1)
            kept = await uploads.kept(visit, file._replace(name=file.name or photo))
            added = False
            try:
                added = await visit.write(services.add_file, practice_id=practice_id, stored=kept)
            finally:
                if not added:
                    await uploads.discard(uploads.storage(visit), kept.stored_name)
            lead = visit.t("practices.file.kept")
    except DomainError as error:
        lead = why(visit, error, "practices.files.words")
    await files(visit, practice_id, lead=lead)


@router.message(OwnPracticeStates.files)
async def no_file(message: Message, visit: Visit) -> None:
    """Words where a file was awaited."""
    practice_id = (await visit.dialog.get_data())["practice_id"]
    try:
        typed(message)
        lead = visit.t("practices.files.words")
    except DomainError as error:
        lead = why(visit, error, "practices.files.words")
    await files(visit, practice_id, lead=lead)


@router.callback_query(PracticeSendTap.filter(), flags=FRESH_MINE)
async def send(_tap: CallbackQuery, callback_data: PracticeSendTap, visit: Visit) -> None:
    """Sends it to the methodists."""
    await visit.write(services.send, practice_id=callback_data.practice_id)
    await mine(visit, callback_data.practice_id, lead=visit.t("practices.sent"))


@router.callback_query(PracticeWithdrawTap.filter(), flags=FRESH_OWN)
async def withdraw(_tap: CallbackQuery, callback_data: PracticeWithdrawTap, visit: Visit) -> None:
    """Takes it back, when it is meant."""
    await visit.expect(None)
    if not callback_data.sure:
        found = await visit.read(queries.own_card, practice_id=callback_data.practice_id)
        await visit.show(screens_own.withdrawing(visit.t, found.row))
        return
    await visit.write(services.withdraw, practice_id=callback_data.practice_id)
    await own(visit, lead=visit.t("practices.withdrawn"))


@router.callback_query(PracticeResumeTap.filter(), flags=FRESH_OWN)
async def resume(_tap: CallbackQuery, callback_data: PracticeResumeTap, visit: Visit) -> None:
    """A withdrawn one is a draft again."""
    await visit.write(services.resume, practice_id=callback_data.practice_id)
    await mine(visit, callback_data.practice_id)


@router.callback_query(PracticeStillTap.filter(), flags=FRESH_OWN)
async def still(_tap: CallbackQuery, callback_data: PracticeStillTap, visit: Visit) -> None:
    """Whether one still does so."""
    await visit.write(services.confirm, practice_id=callback_data.practice_id, still=callback_data.still)
    lead = visit.t("practices.still.kept" if callback_data.still else "practices.still.sunk")
    await mine(visit, callback_data.practice_id, lead=lead)


@router.callback_query(PracticeTasksTap.filter())
async def open_tasks(_tap: CallbackQuery, callback_data: PracticeTasksTap, visit: Visit) -> None:
    """What one is to look at."""
    await tasks(visit, page=callback_data.page)


@router.callback_query(PracticeTaskTap.filter(), flags=FRESH_TASKS)
async def open_task(_tap: CallbackQuery, callback_data: PracticeTaskTap, visit: Visit) -> None:
    """One of them."""
    await visit.expect(None)
    one = await visit.read(experts.task, expert_id=callback_data.expert_id)
    await visit.show(screens_own.task(visit.t, one, await visit.read(component_names), callback_data.page))


@router.callback_query(PracticeVerdictTap.filter(), flags=FRESH_TASKS)
async def verdict(_tap: CallbackQuery, callback_data: PracticeVerdictTap, visit: Visit) -> None:
    """The verdict: the remark is awaited, and only then both are kept."""
    one = await visit.read(experts.task, expert_id=callback_data.expert_id)
    await visit.expect(OwnPracticeStates.remark, expert_id=one.id, verdict=callback_data.verdict.value)
    await visit.show(screens_own.remark(visit.t, one, callback_data.verdict))


@router.message(OwnPracticeStates.remark)
async def typed_remark(message: Message, visit: Visit) -> None:
    """An expert's remark."""
    data = await visit.dialog.get_data()
    expert_id, chosen = data["expert_id"], PracticeVerdict(data["verdict"])
    try:
        text = typed(message, TEXT)
        await visit.write(experts.review, expert_id=expert_id, verdict=chosen, remark=text)
    except DomainError as error:
        one = await visit.read(experts.task, expert_id=expert_id)
        lead = why(visit, error, "practices.part.words")
        await visit.show(screens_own.remark(visit.t, one, chosen, lead=lead))
        return
    await visit.expect(None)
    await visit.show(screens_own.thanked(visit.t))


async def ask(visit: Visit, row: Practice, part: PracticePart, *, lead: object = "") -> None:
    """Asks for a part of an own practice."""
    await visit.expect(OwnPracticeStates.part, practice_id=row.id, asked=part.value)
    await visit.show(screens_own.part(visit.t, row, part, lead=lead))


async def serves(visit: Visit, practice_id: int) -> None:
    """For which components it is."""
    await visit.expect(None)
    found = await visit.read(queries.own_card, practice_id=practice_id)
    await visit.show(screens_own.serves(visit.t, found.row, await visit.read(component_names)))


async def files(visit: Visit, practice_id: int, *, lead: object = "") -> None:
    """The files of an own practice; the next one is awaited."""
    await visit.expect(OwnPracticeStates.files, practice_id=practice_id)
    found = await visit.read(queries.own_card, practice_id=practice_id)
    await visit.show(screens_own.uploads(visit.t, found.row, lead=lead))


async def mine(visit: Visit, practice_id: int, *, lead: object = "") -> None:
    """An own practice."""
    await visit.expect(None)
    found = await visit.read(queries.own_card, practice_id=practice_id)
    names = await visit.read(component_names)
    await visit.show(screens_own.mine(visit.t, found, names, visit.context.zone, lead=lead))


async def own(visit: Visit, *, page: int = 0, lead: object = "") -> None:
    """One's own practices."""
    await visit.expect(None)
    await visit.show(screens_own.own(visit.t, await visit.read(queries.own), page, lead=lead))


async def tasks(visit: Visit, *, page: int = 0, lead: object = "") -> None:
    """What one is to look at."""
    await visit.expect(None)
    await visit.show(screens_own.tasks(visit.t, await visit.read(experts.tasks), page, lead=lead))
