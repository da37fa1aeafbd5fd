"""What nobody else understood still gets an answer and a way on."""

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.types import CallbackQuery, Message

from bot.applications import handlers_unasked
from bot.dialogs.storage import LOST, DialogsLostError
from bot.dispatch import unasked
from bot.ui.screens import NothingTap, Screen, menu_row
from bot.ui.visit import Visit
from db.errors import StaleError

router = Router(name="fallback")


@router.callback_query(NothingTap.filter(), flags={"gate": "open"})
async def nothing(_tap: CallbackQuery, visit: Visit) -> None:
    """A button that only shows something."""
    await visit.answer()


@router.callback_query()
async def stale(_tap: CallbackQuery) -> None:
    """Refuses a button that no handler knows, from an old screen or a forged one: the menu is shown afresh."""
    raise StaleError


@router.message(StateFilter(LOST), flags={"gate": "open"})
async def unplaced(_message: Message) -> None:
    """A text while nobody can say what it answers: it is tried again rather than misunderstood."""
    raise DialogsLostError


@router.edited_message(F.text | F.caption, flags={"gate": "open"})
async def edited(_message: Message, visit: Visit) -> None:
    """What was taken from a message is kept as it was then: a correction must not seem to be taken in."""
    await visit.receipt(Screen(visit.t("menu.edited"), [menu_row(visit.t)]))


@router.message(F.document | F.photo)
async def document(_message: Message, visit: Visit) -> None:
    """A file or photo that has no place."""
    await handlers_unasked.no_place(visit)


@router.message(F.text)
async def text(message: Message, visit: Visit) -> None:
    """Words that nobody waits for."""
    await unasked.text(visit, message.text or "")


@router.message()
async def unreadable(_message: Message, visit: Visit) -> None:
    """A sticker, voice or place that nobody waits for: what is on the screen stays."""
    await visit.receipt(Screen(visit.t("menu.unreadable"), [menu_row(visit.t)]))
