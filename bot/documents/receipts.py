"""Makes the file of a document that somebody asked for."""

import asyncio

from aiogram import Bot

from bot.context import Context
from bot.documents import screens
from bot.ui.receipts import Attachment
from bot.ui.screens import Screen
from db.documents import services
from db.notices.outbox import Outgoing
from db.storage import Storage
from locales import Texts


async def file(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """The scan as it was uploaded."""
    title, scan = await context.database.read(services.file, document_id=int(outgoing.params["document"]))
    path = Storage(context.settings.data_dir).path(scan.stored_name)
    content = await asyncio.to_thread(path.read_bytes)
    return screens.file(t, title=title), Attachment(content, scan.file_name)


RECEIPTS = {services.FILE: file}
