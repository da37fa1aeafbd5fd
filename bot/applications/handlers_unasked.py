"""What comes while no question of an application waits for it: it goes into the only open place, or is asked about."""

from typing import Any

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.types import CallbackQuery, Message
from markupsafe import Markup

from bot.applications import screens, screens_parts
from bot.applications.callbacks import PlaceTap
from bot.applications.handlers_uploads import Filling, add_words, no_command, take, with_problems
from bot.dialogs.storage import LOST
from bot.ui.refusals import FLAG, Afresh, only_stale
from bot.ui.screens import Screen, menu_row, paragraphs
from bot.ui.uploads import SentFile, sent_file, takes_files
from bot.ui.visit import Visit
from db.applications import queries
from db.applications.models import AnswerKind, ApplicationStatus, FilesRule
from db.applications.queries import CriterionRow, Dossier
from db.applications.rules import Lack
from db.errors import StaleError

WORDS = 40
"""Signs that tell something; fewer are a slip of the finger."""
commands = Router(name="applications.files")
router = Router(name="applications.unasked")


async def _has_place(_message: Message, visit: Visit, raw_state: str | None = None) -> bool | dict[str, Dossier]:
    """Hands on the open application, where a file may go into it."""
    if takes_files(raw_state) or visit.visitor is None or not visit.visitor.profile_saved:
        return False
    dossier = (await visit.read(queries.home)).dossier
    return {"dossier": dossier} if dossier is not None and _for_documents(dossier) else False


@commands.message(F.document | F.photo, ~StateFilter(Filling.criterion, Filling.place, LOST), _has_place)
async def document(message: Message, visit: Visit, dossier: Dossier) -> None:
    """A file or photo, whatever words were waited for: evidence, where an application is open."""
    file = sent_file(message)
    if file is None:
        return
    rows = _for_documents(dossier)
    caption = message.caption or ""
    if len(rows) > 1:
        album = message.media_group_id
        data = {"application": dossier.id, "files": [[*file, caption]], "words": "", "album": album}
        await visit.expect(Filling.place, **data)
        await visit.show(_asked(visit, dossier, data))
        return
    await visit.busy("upload_document")
    data = {"application": dossier.id, "number": rows[0].number}
    problems = await take(visit, data, file, caption)
    await visit.expect(Filling.criterion, **data, album=message.media_group_id, problems=problems)
    await visit.show(await with_problems(visit, data, problems))


async def words(visit: Visit, text: str) -> bool:
    """Asks whether words that nothing waited for belong to the open application. Returns false where there is none."""
    dossier = (await visit.read(queries.home)).dossier
    if dossier is None or not _for_words(dossier):
        return False
    data = {"application": dossier.id, "files": [], "words": text}
    await visit.expect(Filling.place, **data)
    await visit.show(_asked(visit, dossier, data))
    return True


@router.message(Filling.place, F.document | F.photo)
async def more(message: Message, visit: Visit) -> None:
    """Another file of an album, or after it: they go together, and what came by itself is answered by itself."""
    data = await visit.dialog.get_data()
    together = message.media_group_id is not None and message.media_group_id == data.get("album")
    if (file := sent_file(message)) is not None:
        files = [*data["files"], [*file, message.caption or ""]]
        data = await visit.dialog.update_data(files=files, album=message.media_group_id)
    screen = _asked(visit, await _own(visit, data), data)
    await (visit.show_again(screen) if together else visit.show(screen))


@router.message(Filling.place)
async def number_typed(message: Message, visit: Visit) -> None:
    """The number of the criterion, instead of its button; other words are kept beside what waits for its place."""
    data = await visit.dialog.get_data()
    dossier = await _own(visit, data)
    said = (message.text or "").strip(" .)#\N{NUMERO SIGN}")
    if said in [str(row.number) for row in _rows(dossier, data)]:
        await _put(visit, data, int(said))
        return
    if len(said) >= WORDS and _for_words(dossier):
        data = await visit.dialog.update_data(words="\n".join(filter(None, (data["words"], message.text))))
        await visit.show(_asked(visit, dossier, data))
        return
    lead = no_command(visit, message.text or "") or visit.t("applications.place.again")
    await visit.show(_asked(visit, dossier, data, lead))


async def _asked_again(visit: Visit, tap: PlaceTap) -> None:
    """Where it stands: what waited has found its place already, or was let go."""
    dossier = await visit.read(queries.own_dossier, application_id=tap.application)
    await visit.show(screens.home(visit.t, queries.ApplicationHome(dossier.campaign, dossier), visit.context.zone))


@router.callback_query(PlaceTap.filter(), flags={FLAG: Afresh(_asked_again, only_stale)})
async def chosen(_tap: CallbackQuery, callback_data: PlaceTap, visit: Visit) -> None:
    """The place: what was kept goes there."""
    data = await visit.dialog.get_data()
    if await visit.dialog.get_state() != Filling.place.state or data["application"] != callback_data.application:
        raise StaleError
    await visit.check_live()
    await _put(visit, data, callback_data.number)


async def _put(visit: Visit, kept: dict[str, Any], number: int) -> None:
    data = {"application": kept["application"], "number": number}
    problems: list[str] = []
    if kept["files"]:
        await visit.busy("upload_document")
    for *file, caption in kept["files"]:
        problems += await take(visit, data, SentFile(*file), caption)
    if kept["words"]:
        await add_words(visit, data, kept["words"])
    await visit.expect(Filling.criterion, **data)
    await visit.show(await with_problems(visit, data, problems))


async def no_place(visit: Visit) -> None:
    """A file is of no use now: says when it will be, beside the way there."""
    found = await visit.read(queries.home)
    lead = visit.t("applications.place.none")
    opened = found.campaign is not None and found.campaign.open and found.dossier is None
    if opened:
        screen = screens.invitation(visit.t, found.campaign, visit.context.zone)
        await visit.show(Screen(paragraphs(lead, screen.text), screen.rows))
    else:
        await visit.receipt(Screen(lead, [menu_row(visit.t)]))


def _asked(visit: Visit, dossier: Dossier, data: dict[str, Any], lead: Markup | None = None) -> Screen:
    files = len(data["files"])
    return screens_parts.places(visit.t, dossier, _rows(dossier, data), files=files, words=data["words"], lead=lead)


def _rows(dossier: Dossier, data: dict[str, Any]) -> list[CriterionRow]:
    rows = _for_documents(dossier) if data["files"] else _for_words(dossier)
    return [row for row in rows if not data["words"] or row.kind is AnswerKind.TEXT]


def _for_documents(found: Dossier) -> list[CriterionRow]:
    """What a remark asks to mend, else what lacks a document, else whatever takes one."""
    takes = [row for row in _open(found) if row.files is not FilesRule.NONE]
    remarked = [row for row in takes if row.remark]
    lacking = [row for row in takes if Lack.DOCUMENT in row.missing]
    return remarked or lacking or takes


def _for_words(found: Dossier) -> list[CriterionRow]:
    return [row for row in _open(found) if row.kind is AnswerKind.TEXT]


def _open(found: Dossier) -> list[CriterionRow]:
    draft = found.status is ApplicationStatus.DRAFT and found.campaign.open
    editable = draft or found.status is ApplicationStatus.RETURNED
    return [row for row in found.criteria if row.open] if editable else []


async def _own(visit: Visit, data: dict[str, Any]) -> Dossier:
    return await visit.read(queries.own_dossier, application_id=data["application"])
