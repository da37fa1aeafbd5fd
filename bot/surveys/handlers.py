"""Taps and texts of surveys: one use case a tap, one screen."""

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.surveys import screens
from bot.surveys.callbacks import (
    SurveyBeginTap,
    SurveyGoOnTap,
    SurveyLeaveTap,
    SurveyNextTap,
    SurveyPickTap,
    SurveyQuestionTap,
    SurveySendTap,
    SurveyTap,
)
from bot.ui.moments import long_date
from bot.ui.refusals import FLAG, Afresh, Word
from bot.ui.visit import Visit, typed
from db.errors import DomainError
from db.surveys import queries, rules, services
from db.surveys.content import QuestionKind
from db.surveys.queries import SurveyStep

commands = Router(name="surveys.commands")
router = Router(name="surveys")


class Surveying(StatesGroup):
    """What is typed may reply to the question on the screen: of a walk, and of an `item` that one went back to."""

    question = State()


async def _home_again(visit: Visit, _tap: object) -> None:
    """After a stale or foreign button: what is true now."""
    await home(visit)


async def _begin_again(visit: Visit, tap: SurveyBeginTap) -> None:
    await home(visit, instrument_id=tap.instrument)


def _stale(_visit: Visit, _error: DomainError) -> Word:
    return Word("errors.stale_button", {}, alert=False)


def _too_early(visit: Visit, error: DomainError) -> Word | None:
    if error.code != "diagnostics_too_early":
        return _stale(visit, error)
    return Word("surveys.too_early", {"day": long_date(visit.t, error.params["day"])})


def _too_many(visit: Visit, error: DomainError) -> Word | None:
    """One option too many is only said: the screen is still the live one."""
    return None if error.code == "surveys_most" else _stale(visit, error)


STALE = {FLAG: Afresh(_home_again, _stale)}
TOO_EARLY = {FLAG: Afresh(_begin_again, _too_early)}
TOO_MANY = {FLAG: Afresh(_home_again, _too_many)}


@router.callback_query(SurveyTap.filter(), flags=STALE)
async def opened(_tap: CallbackQuery, callback_data: SurveyTap, visit: Visit) -> None:
    """A survey, from beside the self-diagnoses."""
    await home(visit, instrument_id=callback_data.instrument)


async def home(visit: Visit, *, instrument_id: int | None = None) -> None:
    """The next question, else the first page."""
    found = await visit.read(queries.home, instrument_id=instrument_id)
    if found is not None and found.step is not None:
        await show_step(visit, found.step, resumed=True)
        return
    await visit.also_expect(None)
    if found is None:
        await visit.show(screens.missing(visit.t))
        return
    due = found.next_on is not None and found.next_on <= visit.now.astimezone(visit.context.zone).date()
    screen = screens.again if due else screens.intro
    await visit.show(screen(visit.t, found, visit.context.zone))


@router.callback_query(SurveyBeginTap.filter(), flags=TOO_EARLY)
async def begin(_tap: CallbackQuery, callback_data: SurveyBeginTap, visit: Visit) -> None:
    """«Начать»; one that is open already goes on."""
    await show_step(visit, await visit.write(services.start_or_resume, instrument_id=callback_data.instrument))


@router.callback_query(SurveyGoOnTap.filter(), flags=STALE)
async def go_on(_tap: CallbackQuery, callback_data: SurveyGoOnTap, visit: Visit) -> None:
    """«Продолжить»."""
    await show_step(visit, await visit.read(queries.step, attempt_id=callback_data.attempt), resumed=True)


@router.callback_query(SurveyQuestionTap.filter(), flags=STALE)
async def question(_tap: CallbackQuery, callback_data: SurveyQuestionTap, visit: Visit) -> None:
    """«Назад»: an earlier question with its reply."""
    asked = callback_data.item
    step = await visit.read(queries.step, attempt_id=callback_data.attempt, question=asked)
    await show_step(visit, step, asked=asked)


@router.callback_query(SurveyPickTap.filter(), flags=TOO_MANY)
async def pick(_tap: CallbackQuery, callback_data: SurveyPickTap, visit: Visit) -> None:
    """An option: of one the next question follows, of several the same one with its marks."""
    asked = callback_data.item
    step = await visit.write(
        services.pick,
        attempt_id=callback_data.attempt,
        question=asked,
        number=callback_data.number,
        on=callback_data.on,
    )
    stays = step.question is not None and step.question.code == asked
    await show_step(visit, step, asked=asked if stays else None)


@router.callback_query(SurveyNextTap.filter(), flags=STALE)
async def following(_tap: CallbackQuery, callback_data: SurveyNextTap, visit: Visit) -> None:
    """«Дальше», or «не хочу отвечать»."""
    attempt_id, asked = callback_data.attempt, callback_data.item
    if callback_data.declined:
        step = await visit.write(services.reply, attempt_id=attempt_id, question=asked)
    else:
        step = await visit.read(queries.following, attempt_id=attempt_id, question=asked)
    await show_step(visit, step)


@router.message(Surveying.question, flags=STALE)
async def typed_reply(message: Message, visit: Visit) -> None:
    """Words, or a number, a letter, the wording instead of the button; what is none of them is asked for again."""
    data = await visit.dialog.get_data()
    step = await visit.read(queries.step, attempt_id=data["attempt"], question=data.get("item"))
    if step.question is None:
        await show_step(visit, step)
        return
    try:
        said = rules.typed_reply(step.question, typed(message), letters=visit.t.plain("surveys.letters"))
    except DomainError as error:
        lead = visit.t(f"errors.{error.code}", **error.params)
        if error.code == "text_expected":
            words = step.question.kind is QuestionKind.WORDS
            lead = visit.t("surveys.unreadable.words" if words else "surveys.unreadable")
        await visit.show(screens.step(visit.t, step, lead=lead))
        return
    asked = step.question.code
    await show_step(visit, await visit.write(services.reply, attempt_id=data["attempt"], question=asked, said=said))


async def show_step(visit: Visit, step: SurveyStep, *, resumed: bool = False, asked: str | None = None) -> None:
    """A question, or that all have a reply. `asked` is the question that one stays at or went back to."""
    if step.question is None:
        await visit.also_expect(None)
    else:
        kept = {"item": asked} if asked else {}
        await visit.also_expect(Surveying.question, attempt=step.attempt_id, **kept)
    lead = visit.t("surveys.resumed") if resumed and step.replies else ""
    await visit.show(screens.step(visit.t, step, lead=lead))


@router.callback_query(SurveyLeaveTap.filter(), flags=STALE)
async def leave(_tap: CallbackQuery, callback_data: SurveyLeaveTap, visit: Visit) -> None:
    """«Выйти»: what was said stays."""
    step = await visit.read(queries.step, attempt_id=callback_data.attempt)
    await visit.also_expect(None)
    await visit.show(screens.paused(visit.t, step))


@router.callback_query(SurveySendTap.filter(), flags=STALE)
async def send(_tap: CallbackQuery, callback_data: SurveySendTap, visit: Visit) -> None:
    """«Отправить». A second tap thanks again."""
    words = await visit.write(services.finish, attempt_id=callback_data.attempt)
    await visit.also_expect(None)
    await visit.show(screens.thanks(visit.t, words))
