"""Taps and texts of diagnostics: one use case a tap, one screen."""

from collections.abc import Sequence
from dataclasses import replace

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from markupsafe import Markup

from bot.advice.screens import named, way
from bot.diagnostics import screens, screens_details, screens_radar, screens_results, screens_sharing
from bot.diagnostics.callbacks import (
    AnswerTap,
    BeginTap,
    DetailTap,
    FinishTap,
    GivenTap,
    GoOnTap,
    HistoryTap,
    InstrumentTap,
    IntroTap,
    OpenDiagnosticsTap,
    PauseTap,
    PictureTap,
    QuestionTap,
    ResultFileTap,
    ResultMoreTap,
    ResultTap,
    ShareTap,
    SharingTap,
    SiteTap,
)
from bot.diagnostics.receipts import pictured
from bot.surveys.screens import offered
from bot.ui.filters import TypedCommand
from bot.ui.refusals import FLAG, Afresh, Word, only_stale
from bot.ui.visit import Visit, typed
from db.diagnostics import offering, queries, rules, services
from db.diagnostics.content import Item, Questionnaire
from db.diagnostics.offering import Offer, own_offers
from db.diagnostics.queries import Result, Step
from db.errors import DomainError
from db.mentoring import queries as mentoring
from db.overviews.after_result import component_seen, help_with
from db.sites import queries as sites


class Diagnosing(StatesGroup):
    """What is typed may answer the question on the screen: of an attempt, and of an `item` that one went back to."""

    question = State()


commands = Router(name="diagnostics.commands")
router = Router(name="diagnostics")


async def _home_again(visit: Visit, _tap: object) -> None:
    """After a stale or foreign button: what is true now."""
    await home(visit)


async def _instrument_again(visit: Visit, tap: BeginTap) -> None:
    await home(visit, instrument_id=tap.instrument or None)


def _stale(_visit: Visit, error: DomainError) -> Word:
    code = error.code if error.code.startswith("diagnostics_") else "stale_button"
    return Word(f"errors.{code}", error.params, alert=False)


def _too_early(visit: Visit, error: DomainError) -> Word | None:
    if error.code != "diagnostics_too_early":
        return None
    return Word("diagnostics.too_early", {"day": screens_results.day(visit.t, error.params["day"])})


STALE = {FLAG: Afresh(_home_again, _stale)}


async def _sharing_again(visit: Visit, tap: ShareTap) -> None:
    await _show_sharing(visit, await _own(visit, tap.attempt))


SHARING = {FLAG: Afresh(_sharing_again, only_stale)}
TOO_EARLY = {FLAG: Afresh(_instrument_again, _too_early)}


@commands.message(TypedCommand("diagnostics"))
async def command(_message: Message, visit: Visit) -> None:
    """/diagnostics: start, resume or see the result."""
    await home(visit)


@router.callback_query(OpenDiagnosticsTap.filter())
async def opened(_tap: CallbackQuery, visit: Visit) -> None:
    """The same from a menu."""
    await home(visit)


@router.callback_query(InstrumentTap.filter(), flags=STALE)
async def instrument(_tap: CallbackQuery, callback_data: InstrumentTap, visit: Visit) -> None:
    """One of several instruments."""
    await visit.also_expect(None)
    await home(visit, instrument_id=callback_data.instrument)


async def home(visit: Visit, *, instrument_id: int | None = None) -> None:
    """The next question, else the last result, else the first page; which instrument, where there are several."""
    found = await visit.read(queries.home, instrument_id=instrument_id)
    if found.step is not None:
        await show_step(visit, found.step, resumed=True)
    elif found.result is not None:
        await show_result(visit, found.result, surveys=found.surveys)
    elif found.questionnaire is not None and found.instrument_id is not None:
        begin = BeginTap(instrument=found.instrument_id)
        await visit.show(screens.intro(visit.t, found.questionnaire, begin, surveys=found.surveys))
    elif found.offers:
        await visit.show(screens.choice(visit.t, found.offers, visit.context.zone, surveys=found.surveys))
    else:
        await visit.show(screens.missing(visit.t, surveys=found.surveys))


@router.callback_query(IntroTap.filter(), flags=STALE)
async def intro(_tap: CallbackQuery, callback_data: IntroTap, visit: Visit) -> None:
    """Back from the first question."""
    step = await visit.read(queries.step, attempt_id=callback_data.attempt)
    await visit.also_expect(None)
    go_on = GoOnTap(attempt=step.attempt_id)
    await visit.show(screens.intro(visit.t, step.questionnaire, go_on))


@router.callback_query(BeginTap.filter(), flags=TOO_EARLY)
async def begin(_tap: CallbackQuery, callback_data: BeginTap, visit: Visit) -> None:
    """«Начать»; an attempt that is open already goes on."""
    step = await visit.write(services.start_or_resume, instrument_id=callback_data.instrument or None)
    await show_step(visit, step)


@router.callback_query(GoOnTap.filter(), flags=STALE)
async def go_on(_tap: CallbackQuery, callback_data: GoOnTap, visit: Visit) -> None:
    """«Продолжить»."""
    step = await visit.read(queries.step, attempt_id=callback_data.attempt)
    await show_step(visit, step, resumed=True)


@router.callback_query(AnswerTap.filter(), flags=STALE)
async def answer(_tap: CallbackQuery, callback_data: AnswerTap, visit: Visit) -> None:
    """The answer tap: kept at once, the next question in its place."""
    step = await visit.write(
        services.answer, attempt_id=callback_data.attempt, item=callback_data.item, value=callback_data.value
    )
    await show_step(visit, step)


@router.callback_query(QuestionTap.filter(), flags=STALE)
async def question(_tap: CallbackQuery, callback_data: QuestionTap, visit: Visit) -> None:
    """«Назад»: an earlier question with its answer."""
    step = await visit.read(queries.step, attempt_id=callback_data.attempt, item=callback_data.item)
    await show_step(visit, step, asked=callback_data.item)


@router.callback_query(GivenTap.filter(), flags=STALE)
async def given(_tap: CallbackQuery, callback_data: GivenTap, visit: Visit) -> None:
    """The answers so far, to jump to any of them."""
    step = await visit.read(queries.step, attempt_id=callback_data.attempt)
    await visit.also_expect(None)
    await visit.show(screens.given(visit.t, step, callback_data.number))


@router.message(Diagnosing.question, flags=STALE)
async def answer_typed(message: Message, visit: Visit) -> None:
    """A number, a letter or the wording instead of the button; what is none of them is asked for again."""
    data = await visit.dialog.get_data()
    step = await visit.read(queries.step, attempt_id=data["attempt"], item=data.get("item"))
    if step.item is None:
        await show_step(visit, step)
        return
    try:
        value = typed_value(message, visit, step.questionnaire, step.item)
    except DomainError as error:
        await visit.show(screens.step(visit.t, step, lead=unclear(visit, error, step.item)))
        return
    await show_step(
        visit, await visit.write(services.answer, attempt_id=data["attempt"], item=step.item.code, value=value)
    )


def typed_value(message: Message, visit: Visit, content: Questionnaire, item: Item) -> int | None:
    """An answer that was typed. Raises DomainError, see `unclear`."""
    return rules.typed_answer(
        item,
        typed(message),
        numbers=visit.t.plain("diagnostics.words.numbers").split(","),
        letters=visit.t.plain("diagnostics.words.letters"),
        others=(content.not_applicable, content.declined),
    )


def unclear(visit: Visit, error: DomainError, item: Item) -> Markup:
    """Why a typed answer is not taken, and how to answer."""
    if error.code == "text_expected":
        return visit.t("diagnostics.unreadable_wish" if item.need else "diagnostics.unreadable")
    return visit.t(f"errors.{error.code}", **error.params)


async def show_step(visit: Visit, step: Step, *, resumed: bool = False, asked: str | None = None) -> None:
    """A question, or that all is answered. `asked` is the question that one went back to."""
    if step.item is None:
        screens_radar.warm()
        await visit.also_expect(None)
    else:
        kept = {"item": asked} if asked else {}
        await visit.also_expect(Diagnosing.question, attempt=step.attempt_id, **kept)
    await visit.show(screens.step(visit.t, step, resumed=resumed))


@router.callback_query(PauseTap.filter(), flags=STALE)
async def pause(_tap: CallbackQuery, callback_data: PauseTap, visit: Visit) -> None:
    """«Выйти»: what is answered stays."""
    step = await visit.read(queries.step, attempt_id=callback_data.attempt)
    await visit.also_expect(None)
    await visit.show(screens.paused(visit.t, step))


@router.callback_query(FinishTap.filter(), flags=STALE)
async def finish(_tap: CallbackQuery, callback_data: FinishTap, visit: Visit) -> None:
    """«Показать результат»: the live screen; the picture comes as a receipt. A second tap shows the screen only."""
    await show_result(visit, await visit.write(services.finish, attempt_id=callback_data.attempt), fresh=True)


@router.callback_query(ResultTap.filter())
async def result(_tap: CallbackQuery, callback_data: ResultTap, visit: Visit) -> None:
    """A result from the history or from a detail."""
    await show_result(visit, await _own(visit, callback_data.attempt))


@router.callback_query(DetailTap.filter())
async def detail(_tap: CallbackQuery, callback_data: DetailTap, visit: Visit) -> None:
    """One component."""
    place = visit.person.municipality_id
    found = await visit.read(
        component_seen, attempt_id=callback_data.attempt, number=callback_data.number, municipality_id=place
    )
    said = screens_details.detail(visit.t, found.result, found.number, found.support, visit.context.zone, found.retests)
    await visit.show(said)


@router.callback_query(PictureTap.filter())
async def picture(_tap: CallbackQuery, callback_data: PictureTap, visit: Visit) -> None:
    """The picture once more."""
    found = await _own(visit, callback_data.attempt)
    await visit.busy("upload_photo")
    screen = screens_results.receipt(visit.t, found, visit.context.zone)
    await visit.receipt(screen, file=await pictured(visit.t, found, visit.context.zone))


@router.callback_query(ResultFileTap.filter())
async def result_file(tap: CallbackQuery, callback_data: ResultFileTap, visit: Visit) -> None:
    """«Сохранить PDF»: the file follows as a receipt."""
    await visit.write(services.order_file, attempt_id=callback_data.attempt, request=tap.id)
    await visit.busy("upload_document")


@router.callback_query(ResultMoreTap.filter())
async def more(_tap: CallbackQuery, callback_data: ResultMoreTap, visit: Visit) -> None:
    """What else can be done with a result."""
    found = await _own(visit, callback_data.attempt)
    await visit.show(screens_results.more(visit.t, found, visit.context.zone))


@router.callback_query(SharingTap.filter())
async def sharing(_tap: CallbackQuery, callback_data: SharingTap, visit: Visit) -> None:
    """Who sees this result."""
    await _show_sharing(visit, await _own(visit, callback_data.attempt))


@router.callback_query(ShareTap.filter(), flags=SHARING)
async def share(_tap: CallbackQuery, callback_data: ShareTap, visit: Visit) -> None:
    """Opens or closes it."""
    changed = await visit.write(
        services.set_sharing,
        attempt_id=callback_data.attempt,
        audience=callback_data.audience,
        opened=callback_data.opened,
    )
    await _show_sharing(visit, changed)


@router.callback_query(HistoryTap.filter())
async def history(_tap: CallbackQuery, callback_data: HistoryTap, visit: Visit) -> None:
    """Own results."""
    rows = await visit.read(offering.history, instrument_id=callback_data.instrument or None)
    await visit.show(screens_results.history(visit.t, rows, callback_data, visit.context.zone))


@router.callback_query(SiteTap.filter())
async def site(_tap: CallbackQuery, callback_data: SiteTap, visit: Visit) -> None:
    """A site that helps."""
    found = await visit.read(sites.site, site_id=callback_data.site)
    await visit.show(screens_results.site(visit.t, found, callback_data.attempt))


async def show_result(visit: Visit, one: Result, *, surveys: Sequence[Offer] = (), fresh: bool = False) -> None:
    """The live screen of a result, with the surveys that wait for replies; of a fresh one, how long it took."""
    helping = await visit.read(help_with, found=one, municipality_id=visit.person.municipality_id)
    offers = await visit.read(own_offers)
    today = visit.now.astimezone(visit.context.zone).date()
    zone = visit.context.zone
    screen = screens_results.result(visit.t, one, helping, today=today, zone=zone, offers=offers, fresh=fresh)
    *rows, menu = screen.rows
    rows += [*way(visit.t, helping.advice, attempt_id=one.attempt_id), *offered(visit.t, surveys)]
    await visit.show(replace(screen, text=named(visit.t, screen.text, helping.advice), rows=[*rows, menu]))


async def _show_sharing(visit: Visit, one: Result) -> None:
    has_mentor = await visit.read(mentoring.has_mentor)
    await visit.show(screens_sharing.sharing(visit.t, one, has_mentor=has_mentor))


async def _own(visit: Visit, attempt_id: int) -> Result:
    return await visit.read(queries.result, attempt_id=attempt_id)
