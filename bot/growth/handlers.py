"""Taps of one's own papers: which there are, and one of them as a file."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.growth import screens
from bot.growth.callbacks import OpenPapersTap, PaperTap
from bot.ui.filters import TypedCommand
from bot.ui.refusals import FLAG, Afresh
from bot.ui.visit import Visit
from db.errors import NotFoundError
from db.growth import services
from db.growth.pack import forms_of
from db.growth.queries import Paper

commands = Router(name="growth.commands")
router = Router(name="growth")


async def _home_again(visit: Visit, _tap: object) -> None:
    await home(visit)


@commands.message(TypedCommand("papers"))
async def papers_command(_message: Message, visit: Visit) -> None:
    """My papers."""
    await home(visit)


@router.callback_query(OpenPapersTap.filter())
async def open_home(_tap: CallbackQuery, visit: Visit) -> None:
    """The same from a button."""
    await home(visit)


@router.callback_query(PaperTap.filter(), flags={FLAG: Afresh(_home_again)})
async def order(tap: CallbackQuery, callback_data: PaperTap, visit: Visit) -> None:
    """One of them: the file follows as a receipt."""
    forms = forms_of(visit.context.pack)
    if callback_data.paper is Paper.DOSSIER and forms.category(callback_data.code) is None:
        raise NotFoundError
    await visit.write(services.order, paper=callback_data.paper, category=callback_data.code, request=tap.id)
    await visit.busy("upload_document")
    await home(visit, lead=visit.t("growth.coming"))


async def home(visit: Visit, *, lead: object = "") -> None:
    """Which papers there are."""
    forms = forms_of(visit.context.pack)
    await visit.expect(None)
    await visit.show(screens.papers(visit.t, forms.dossiers, route=forms.route is not None, lead=lead))
