"""Taps of applications. Texts and files are in `uploads`."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.applications import handlers_unasked, handlers_uploads, screens, screens_parts
from bot.applications.callbacks import (
    AnswersTap,
    CategoriesTap,
    CategoryTap,
    CheckApplicationTap,
    ChoiceTap,
    CriterionTap,
    DirectionsTap,
    DirectionTap,
    DocumentsTap,
    JoinTap,
    OpenApplicationTap,
    OverviewTap,
    RemoveTap,
    SendTap,
    StartTap,
    SwapTap,
    WithdrawTap,
)
from bot.applications.handlers_uploads import Filling, show_criterion
from bot.ui import uploads
from bot.ui.filters import TypedCommand
from bot.ui.refusals import FLAG, Afresh, only_stale
from bot.ui.visit import Visit
from db.applications import queries, services
from db.applications.models import AnswerKind, ApplicationStatus
from db.applications.queries import Dossier
from db.dictionaries.models import TermKind
from db.uploads.queries import home as home_with_files

commands = Router(name="applications.commands")
router = Router(name="applications")
commands.include_router(handlers_unasked.commands)
router.include_router(handlers_uploads.router)
router.include_router(handlers_unasked.router)


async def _home_again(visit: Visit, _tap: object) -> None:
    await home(visit)


FRESH = {FLAG: Afresh(_home_again, only_stale)}


@commands.message(TypedCommand("apply"))
async def apply(_message: Message, visit: Visit) -> None:
    """Shows the application by /apply."""
    await home(visit)


@router.callback_query(OpenApplicationTap.filter())
async def opened(_tap: CallbackQuery, visit: Visit) -> None:
    """Where it stands."""
    await home(visit)


async def home(visit: Visit) -> None:
    """Shows the noun's home and waits for nothing."""
    found, files = await visit.read(home_with_files)
    await visit.expect(None)
    await visit.show(screens.home(visit.t, found, visit.context.zone, files=files))


@router.callback_query(StartTap.filter(), flags=FRESH)
async def started(_tap: CallbackQuery, callback_data: StartTap, visit: Visit) -> None:
    """Begins, or goes on where the application stands."""
    dossier = await visit.write(services.start, campaign_id=callback_data.campaign)
    if dossier.status is ApplicationStatus.DRAFT and not any(row.asked_before for row in dossier.criteria):
        await go_on(visit, dossier)
    else:  # of the last selection's answers, that are there already, the first screen tells
        await home(visit)


@router.callback_query(DirectionsTap.filter())
async def directions(_tap: CallbackQuery, callback_data: DirectionsTap, visit: Visit) -> None:
    """A page of directions."""
    dossier = await own(visit, callback_data.application)
    await ask_direction(visit, dossier, callback_data.page)


@router.callback_query(DirectionTap.filter(), flags=FRESH)
async def direction_chosen(_tap: CallbackQuery, callback_data: DirectionTap, visit: Visit) -> None:
    """The direction; then whom one would accompany."""
    dossier = await visit.write(
        services.choose_direction, application_id=callback_data.application, term_id=callback_data.term
    )
    await go_on(visit, dossier)


@router.callback_query(CategoriesTap.filter())
async def categories(_tap: CallbackQuery, callback_data: CategoriesTap, visit: Visit) -> None:
    """A page of categories of support."""
    dossier = await own(visit, callback_data.application)
    await ask_category(visit, dossier, callback_data.page)


@router.callback_query(CategoryTap.filter(), flags=FRESH)
async def category_chosen(_tap: CallbackQuery, callback_data: CategoryTap, visit: Visit) -> None:
    """The category; then the first criterion that is empty, or all of them."""
    dossier = await visit.write(
        services.choose_category, application_id=callback_data.application, term_id=callback_data.term
    )
    await go_on(visit, dossier)


@router.callback_query(OverviewTap.filter())
async def overview(_tap: CallbackQuery, callback_data: OverviewTap, visit: Visit) -> None:
    """All six criteria."""
    dossier = await own(visit, callback_data.application)
    await visit.expect(None)
    if dossier.status in (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED):
        await visit.show(screens_parts.overview(visit.t, dossier))
    else:
        await visit.show(screens.standing(visit.t, dossier, visit.context.zone))


@router.callback_query(CriterionTap.filter())
async def criterion(_tap: CallbackQuery, callback_data: CriterionTap, visit: Visit) -> None:
    """One criterion."""
    dossier = await own(visit, callback_data.application)
    await show_criterion(visit, dossier, callback_data.number)


@router.callback_query(ChoiceTap.filter(), flags=FRESH)
async def choice(_tap: CallbackQuery, callback_data: ChoiceTap, visit: Visit) -> None:
    """An answer by a tap. A yes or no leads on by itself; a category may still get its document."""
    dossier = await visit.write(
        services.answer_choice,
        application_id=callback_data.application,
        number=callback_data.number,
        choice=callback_data.choice,
    )
    if dossier.criterion(callback_data.number).kind is AnswerKind.YES_NO:
        after = [row.number for row in dossier.criteria if row.open and row.number > callback_data.number]
        if after:
            await show_criterion(visit, dossier, after[0])
        else:
            await visit.expect(None)
            await visit.show(screens.check(visit.t, dossier))
        return
    await show_criterion(visit, dossier, callback_data.number)


@router.callback_query(JoinTap.filter(), flags=FRESH)
async def joined(_tap: CallbackQuery, callback_data: JoinTap, visit: Visit) -> None:
    """Both texts, one after the other."""
    dossier = await visit.write(
        services.join_previous, application_id=callback_data.application, number=callback_data.number
    )
    await show_criterion(visit, dossier, callback_data.number)


@router.callback_query(SwapTap.filter(), flags=FRESH)
async def swapped(_tap: CallbackQuery, callback_data: SwapTap, visit: Visit) -> None:
    """The former text again."""
    dossier = await visit.write(
        services.swap_previous, application_id=callback_data.application, number=callback_data.number
    )
    await show_criterion(visit, dossier, callback_data.number)


@router.callback_query(DocumentsTap.filter())
async def documents(_tap: CallbackQuery, callback_data: DocumentsTap, visit: Visit) -> None:
    """The documents of a criterion; another file is for it."""
    dossier = await own(visit, callback_data.application)
    await _documents(visit, dossier, callback_data.number, callback_data.page)


@router.callback_query(RemoveTap.filter(), flags=FRESH)
async def removed(_tap: CallbackQuery, callback_data: RemoveTap, visit: Visit) -> None:
    """Takes a document away; a second tap finds it gone."""
    dossier, stored_name = await visit.write(
        services.remove_document, application_id=callback_data.application, document_id=callback_data.document
    )
    if stored_name is not None:
        await visit.toast("applications.removed")
        await uploads.discard(uploads.storage(visit), stored_name)
    if dossier.criterion(callback_data.number).documents:
        await _documents(visit, dossier, callback_data.number)
    else:
        await show_criterion(visit, dossier, callback_data.number)


async def _documents(visit: Visit, dossier: Dossier, number: int, page: int = 0) -> None:
    await visit.expect(Filling.criterion, application=dossier.id, number=number)
    await visit.show(screens_parts.documents(visit.t, dossier, number, page))


@router.callback_query(CheckApplicationTap.filter())
async def check(_tap: CallbackQuery, callback_data: CheckApplicationTap, visit: Visit) -> None:
    """«Проверьте, всё ли верно»; what is sent already is only shown."""
    dossier = await own(visit, callback_data.application)
    await visit.expect(None)
    if dossier.status in (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED):
        await visit.show(screens.check(visit.t, dossier))
    else:
        await visit.show(screens.standing(visit.t, dossier, visit.context.zone))


@router.callback_query(SendTap.filter(), flags=FRESH)
async def send(_tap: CallbackQuery, callback_data: SendTap, visit: Visit) -> None:
    """Sends; where a refusal threatens, says so first."""
    if not callback_data.sure:
        dossier = await own(visit, callback_data.application)
        waits = dossier.status in (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED)
        if waits and dossier.ready.sendable and dossier.ready.warnings:
            await visit.show(screens.warnings(visit.t, dossier))
            return
    dossier, _ = await visit.write(services.submit, application_id=callback_data.application)
    await visit.expect(None)
    await visit.show(screens.standing(visit.t, dossier, visit.context.zone))


@router.callback_query(AnswersTap.filter())
async def answers(_tap: CallbackQuery, callback_data: AnswersTap, visit: Visit) -> None:
    """What was sent."""
    dossier = await own(visit, callback_data.application)
    await visit.show(screens.answers(visit.t, dossier))


@router.callback_query(WithdrawTap.filter(), flags=FRESH)
async def withdraw(_tap: CallbackQuery, callback_data: WithdrawTap, visit: Visit) -> None:
    """Asks once, then takes it back."""
    if not callback_data.sure:
        dossier = await own(visit, callback_data.application)
        if dossier.status in screens.WITHDRAWABLE:
            await visit.show(screens.withdraw_sure(visit.t, dossier))
        else:
            await home(visit)
        return
    dossier = await visit.write(services.withdraw, application_id=callback_data.application)
    await visit.expect(None)
    await visit.show(screens.withdrawn(visit.t, dossier))


async def own(visit: Visit, application_id: int) -> Dossier:
    """The author's own application; anybody else's is not there."""
    return await visit.read(queries.own_dossier, application_id=application_id)


async def go_on(visit: Visit, dossier: Dossier) -> None:
    """The next thing to decide: direction, category, the first empty criterion; else all of them."""
    if dossier.direction is None:
        await ask_direction(visit, dossier, 0)
    elif dossier.category is None:
        await ask_category(visit, dossier, 0)
    elif any((row.open and row.text) or row.documents for row in dossier.criteria):
        await visit.expect(None)
        await visit.show(screens_parts.overview(visit.t, dossier))
    else:
        await show_criterion(visit, dossier, dossier.criteria[0].number)


async def ask_direction(visit: Visit, dossier: Dossier, page: int) -> None:
    """A page of directions; letters may be typed instead."""
    options = await visit.read(queries.choices, kind=TermKind.DIRECTION)
    await visit.expect(Filling.direction, application=dossier.id)
    await visit.show(screens_parts.directions(visit.t, dossier, options, page))


async def ask_category(visit: Visit, dossier: Dossier, page: int) -> None:
    """A page of categories; letters may be typed instead."""
    options = await visit.read(queries.choices, kind=TermKind.SUPPORT_CATEGORY)
    await visit.expect(Filling.category, application=dossier.id)
    await visit.show(screens_parts.categories(visit.t, dossier, options, page))
