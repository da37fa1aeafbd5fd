"""Taps of the documents that the service stands on."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.documents import screens
from bot.documents.callbacks import OfficialDocumentTap, OfficialFileTap, OpenDocumentsTap
from bot.ui.filters import TypedCommand
from bot.ui.visit import Visit
from db.documents import queries, services

commands = Router(name="documents.commands")
router = Router(name="documents")


@commands.message(TypedCommand("documents"))
async def documents_command(_message: Message, visit: Visit) -> None:
    """What the service stands on."""
    await home(visit)


@router.callback_query(OpenDocumentsTap.filter())
async def open_home(_tap: CallbackQuery, callback_data: OpenDocumentsTap, visit: Visit) -> None:
    """The same, from the menu; another page of it."""
    await home(visit, page=callback_data.page)


@router.callback_query(OfficialDocumentTap.filter())
async def open_document(_tap: CallbackQuery, callback_data: OfficialDocumentTap, visit: Visit) -> None:
    """One document."""
    await visit.expect(None)
    row = await visit.read(queries.document, document_id=callback_data.document_id)
    await visit.show(screens.card(visit.t, row, page=callback_data.page))


@router.callback_query(OfficialFileTap.filter())
async def send_file(tap: CallbackQuery, callback_data: OfficialFileTap, visit: Visit) -> None:
    """The file follows as a receipt."""
    await visit.write(services.ask_for_file, document_id=callback_data.document_id, request=tap.id)
    await visit.busy("upload_document")


async def home(visit: Visit, *, page: int = 0) -> None:
    """The list."""
    await visit.expect(None)
    await visit.show(screens.home(visit.t, await visit.read(queries.documents), page=page))
