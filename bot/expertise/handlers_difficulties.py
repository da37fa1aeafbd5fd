"""Taps and texts of difficulties that were seen at an event or a lesson."""

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.expertise import screens_difficulties as screens
from bot.expertise.callbacks import DifficultiesTap, DifficultyPeopleTap, DifficultyTap
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.visit import Visit, typed
from db.errors import DomainError, NotFoundError
from db.expertise import difficulties
from db.limits import whole

router = Router(name="expertise.difficulties")
LONGEST = 10


class DifficultyStates(StatesGroup):
    """What is typed: how many."""

    people = State()


async def _home_again(visit: Visit, tap: DifficultyTap | DifficultyPeopleTap) -> None:
    await _home(visit, tap.diary_id)


FRESH = {FLAG: Afresh(_home_again)}


@router.callback_query(DifficultiesTap.filter())
async def open_home(_tap: CallbackQuery, callback_data: DifficultiesTap, visit: Visit) -> None:
    """The components."""
    await _home(visit, callback_data.diary_id)


@router.callback_query(DifficultyTap.filter(), flags=FRESH)
async def ask(_tap: CallbackQuery, callback_data: DifficultyTap, visit: Visit) -> None:
    """How many of a component."""
    view = await visit.read(difficulties.noted, diary_id=callback_data.diary_id)
    if not view.may or callback_data.component not in view.names:
        raise NotFoundError
    await visit.also_expect(DifficultyStates.people, line=view.line.id, component=callback_data.component)
    await visit.show(screens.people(visit.t, view, callback_data.component))


@router.callback_query(DifficultyPeopleTap.filter(), flags=FRESH)
async def put(_tap: CallbackQuery, callback_data: DifficultyPeopleTap, visit: Visit) -> None:
    """So many."""
    await _put(visit, callback_data.diary_id, callback_data.component, callback_data.people)


@router.message(DifficultyStates.people)
async def typed_people(message: Message, visit: Visit) -> None:
    """So many, or asked once more with what was wrong."""
    data = await visit.dialog.get_data()
    diary_id, component = data["line"], data["component"]
    try:
        number = whole(typed(message, LONGEST))
        if not number:
            raise DomainError("difficulty_people", most=difficulties.MOST)
        await _put(visit, diary_id, component, number)
    except DomainError as error:
        view = await visit.read(difficulties.noted, diary_id=diary_id)
        lead = why(visit, error, "difficulty.only_number")
        await visit.show(screens.people(visit.t, view, component, lead=lead))


async def _put(visit: Visit, diary_id: int, component: str, people: int) -> None:
    view = await visit.write(difficulties.note, diary_id=diary_id, component=component, people=people)
    await visit.expect(None)
    await visit.show(screens.home(visit.t, view, lead=visit.t("difficulty.noted")))


async def _home(visit: Visit, diary_id: int) -> None:
    await visit.expect(None)
    view = await visit.read(difficulties.noted, diary_id=diary_id)
    if not view.may:
        raise NotFoundError
    await visit.show(screens.home(visit.t, view))
