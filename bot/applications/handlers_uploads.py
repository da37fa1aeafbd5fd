"""What is typed or sent while an application is filled in: answers, documents, albums, and what can't be read."""

from collections.abc import Sequence
from typing import Any

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message
from markupsafe import Markup

from bot.applications import screens, screens_parts
from bot.ui import uploads
from bot.ui.filters import is_command
from bot.ui.screens import Screen, short
from bot.ui.uploads import SentFile, sent_file
from bot.ui.visit import Visit
from db.applications import queries, services
from db.applications.models import AnswerKind, ApplicationStatus
from db.applications.queries import Dossier
from db.dictionaries.models import TermKind
from db.errors import DomainError
from db.people.rules import Option, match

SHOWN = 60
SOUGHT = 30  # beside five long names of directions there is no room for more
PROBLEMS = 3

router = Router(name="applications.uploads")


class Filling(StatesGroup):
    """What the next text or file belongs to; `place`: where to put what came unasked."""

    direction = State()
    category = State()
    criterion = State()
    place = State()


async def show_criterion(visit: Visit, dossier: Dossier, number: int) -> None:
    """A criterion's screen; the next text or file is for it. A part that is closed now is only told of."""
    if not dossier.criterion(number).open:
        await visit.expect(None)
        if dossier.status in (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED):
            await visit.show(screens_parts.overview(visit.t, dossier))
        else:
            await visit.show(screens.standing(visit.t, dossier, visit.context.zone))
        return
    await visit.expect(Filling.criterion, application=dossier.id, number=number)
    await visit.show(_criterion(visit, dossier, number))


@router.message(Filling.direction, F.text)
async def direction_typed(message: Message, visit: Visit) -> None:
    """A number or letters of a direction: the ones that fit."""
    data = await visit.dialog.get_data()
    text = (message.text or "").strip()
    dossier = await _own(visit, data)
    options = await visit.read(queries.choices, kind=TermKind.DIRECTION)
    by_id = {option.id: option for option in options}
    found = match(text, [Option(item.id, item.name, item.short, (item.code, item.short)) for item in options]).options
    lead = no_command(visit, text) or visit.t(
        "applications.found" if found else "applications.not_found", typed=short(text, SOUGHT)
    )
    shown = [by_id[option.id] for option in found][: screens_parts.DIRECTIONS] if found else options
    await visit.show(screens_parts.directions(visit.t, dossier, shown, 0, lead))


@router.message(Filling.category, F.text)
async def category_typed(message: Message, visit: Visit) -> None:
    """Letters of whom one would accompany: the categories that fit."""
    text = (message.text or "").strip()
    dossier = await _own(visit, await visit.dialog.get_data())
    options = await visit.read(queries.choices, kind=TermKind.SUPPORT_CATEGORY)
    by_id = {option.id: option for option in options}
    found = match(text, [Option(item.id, item.name, item.short, (item.short,)) for item in options]).options
    lead = no_command(visit, text) or visit.t(
        "applications.found" if found else "applications.not_found_category", typed=short(text, SOUGHT)
    )
    await visit.show(screens_parts.categories(visit.t, dossier, [by_id[one.id] for one in found] or options, 0, lead))


@router.message(Filling.criterion, F.text)
async def answer_typed(message: Message, visit: Visit) -> None:
    """An answer in words: kept first, looked at then."""
    data = await visit.dialog.get_data()
    text = (message.text or "").strip()
    dossier = await _own(visit, data)
    row = dossier.criterion(data["number"])
    problems: list[Markup] = []
    if said_no := no_command(visit, text):
        problems.append(said_no)
    elif row.kind is AnswerKind.TEXT:
        dossier = await _answer(visit, data, text)
    elif row.kind is AnswerKind.YES_NO and (said := _yes_or_no(visit, text)):
        dossier = await visit.write(services.answer_choice, **_whose(data), choice=said)
    else:
        problems.append(visit.t("applications.choose", typed=text[:SHOWN]))
    await _show(visit, dossier, data, problems)


@router.message(Filling.criterion, F.document | F.photo)
async def attached(message: Message, visit: Visit) -> None:
    """A file or photo of evidence; an album's parts share one screen."""
    data = await visit.dialog.get_data()
    same = message.media_group_id is not None and message.media_group_id == data.get("album")
    problems = list(data.get("problems", ())) if same else []
    if not same:
        await visit.busy("upload_document")
    if (file := sent_file(message)) is not None:
        problems += await take(visit, data, file, message.caption or "")
    screen = await with_problems(visit, data, problems)
    await (visit.show_again(screen) if same else visit.show(screen))
    await visit.dialog.update_data(album=message.media_group_id, problems=problems[-PROBLEMS:])


@router.message(StateFilter(Filling.criterion), ~F.text)
@router.message(StateFilter(Filling.direction, Filling.category), ~(F.document | F.photo))
async def unreadable(_message: Message, visit: Visit) -> None:
    """A sticker, voice, video or a place: nothing is lost, the question stays."""
    data = await visit.dialog.get_data()
    dossier = await _own(visit, data)
    if "number" in data:
        await _show(visit, dossier, data, [visit.t("applications.unreadable")])
        return
    if await visit.dialog.get_state() == Filling.category.state:
        options = await visit.read(queries.choices, kind=TermKind.SUPPORT_CATEGORY)
        await visit.show(
            screens_parts.categories(visit.t, dossier, options, 0, visit.t("applications.unreadable_category"))
        )
        return
    options = await visit.read(queries.choices, kind=TermKind.DIRECTION)
    await visit.show(
        screens_parts.directions(visit.t, dossier, options, 0, visit.t("applications.unreadable_direction"))
    )


def no_command(visit: Visit, text: str) -> Markup | None:
    """Returns what to say to a command that nobody knows; none where the text is an answer."""
    return visit.t("errors.no_command", typed=text[:SHOWN]) if is_command(text) else None


async def with_problems(visit: Visit, data: dict[str, Any], problems: Sequence[str]) -> Screen:
    """The criterion as it stands now, with the last of what was wrong."""
    shown = [Markup("{}").format(problem) for problem in problems[-PROBLEMS:]]
    return _criterion(visit, await _own(visit, data), data["number"], shown)


async def take(visit: Visit, data: dict[str, Any], file: SentFile, caption: str) -> list[str]:
    """Takes a file and its words as evidence. Returns what was wrong with it."""
    try:
        if caption:
            await _caption(visit, data, caption)
        await _attach(visit, data, file)
    except DomainError as error:
        return [_refusal(visit, error)]
    return []


async def _attach(visit: Visit, data: dict[str, Any], file: SentFile) -> None:
    """Room, size, download, what is in it, and only then the row; no transaction is held meanwhile."""
    there = await visit.read(services.check_room, **_whose(data))
    photo = visit.t.plain("applications.photo", number=there + 1)
    kept = await uploads.kept(visit, file._replace(name=file.name or photo))
    added = False
    try:
        _, added = await visit.write(services.add_document, **_whose(data), document=kept)
    finally:
        if not added:
            await uploads.discard(uploads.storage(visit), kept.stored_name)


async def add_words(visit: Visit, data: dict[str, Any], text: str) -> None:
    """Puts words that came unasked, or under a file, after the answer."""
    await _answer(visit, data, text, addition=True)


async def _caption(visit: Visit, data: dict[str, Any], caption: str) -> None:
    """Words under a file are words too: they join the answer."""
    row = (await _own(visit, data)).criterion(data["number"])
    if row.kind is AnswerKind.TEXT:
        await add_words(visit, data, caption.strip())


async def _answer(visit: Visit, data: dict[str, Any], text: str, *, addition: bool = False) -> Dossier:
    return await visit.write(services.answer_text, **_whose(data), text=text, addition=addition)


def _whose(data: dict[str, Any]) -> dict[str, Any]:
    return {"application_id": data["application"], "number": data["number"]}


async def _own(visit: Visit, data: dict[str, Any]) -> Dossier:
    return await visit.read(queries.own_dossier, application_id=data["application"])


async def _show(visit: Visit, dossier: Dossier, data: dict[str, Any], problems: list[Markup]) -> None:
    await visit.expect(Filling.criterion, application=data["application"], number=data["number"])
    await visit.show(_criterion(visit, dossier, data["number"], problems))


def _criterion(visit: Visit, dossier: Dossier, number: int, problems: Sequence[Markup] = ()) -> Screen:
    by_link = visit.context.settings.panel_is_open
    return screens_parts.criterion(visit.t, dossier, number, problems, by_link=by_link)


def _refusal(visit: Visit, error: DomainError) -> str:
    params: dict[str, Any] = error.params
    return visit.t.plain(f"errors.{error.code}", **params)


def _yes_or_no(visit: Visit, text: str) -> str | None:
    said = text.casefold().strip(" .!")
    for choice in ("yes", "no"):
        if said in visit.t.plain(f"applications.words.{choice}").split(","):
            return choice
    return None
