"""Makes the file of a practice that somebody asked for."""

import asyncio

from aiogram import Bot

from bot.context import Context
from bot.practices import screens
from bot.ui.receipts import Attachment
from bot.ui.screens import Screen
from db.caller import PersonCaller
from db.errors import NotFoundError
from db.inspection import bare
from db.notices.outbox import Outgoing
from db.practices import queries
from db.practices.notices import FILE
from db.storage import Storage
from locales import Texts


async def file(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """The file, if it may still be opened, without what programs wrote into it; to an expert under another name."""
    caller = PersonCaller(context.clock.now(), context.zone, outgoing.person_id)
    practice_id, file_id = int(outgoing.params["practice"]), int(outgoing.params["file"])
    found = await context.database.read(queries.files, caller, practice_id=practice_id)
    place, one = next(((place, one) for place, one in enumerate(found.files, 1) if one.id == file_id), (0, None))
    if one is None:
        raise NotFoundError
    path = Storage(context.settings.data_dir).path(one.scan.stored_name)
    content = await asyncio.to_thread(bare, path)
    nameless = t.plain("practices.file.nameless", number=place) + path.suffix
    return screens.file(t, found.title), Attachment(content, one.scan.file_name if found.named else nameless)


RECEIPTS = {FILE: file}
