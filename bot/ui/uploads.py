"""Takes a file that somebody sent: its size, the download, what is in it. No transaction is held meanwhile."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from aiogram.exceptions import TelegramBadRequest
from aiogram.fsm.state import State
from aiogram.types import Message
from aiohttp import ClientError

from bot.ui.visit import Visit
from db.errors import DomainError
from db.inspection import SIDE_BY_SIDE
from db.storage import MAX_SIZE, MEGABYTE, Storage, StoredFile, clean_name, full_disk

_checks = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="opora-documents")
"""Files that take long to read wait for each other here and hold up nobody else."""


_takers = set[str | None]()


def take_files(*states: State) -> None:
    """Says that a file sent in these states is the dialog's own, whatever else is open."""
    _takers.update(one.state for one in states)


def takes_files(state: str | None) -> bool:
    """Whether a dialog in this state takes files itself."""
    return state in _takers


class SentFile(NamedTuple):
    """A file as the messenger holds it; a photo has no name."""

    file_id: str
    name: str
    size: int


def sent_file(message: Message) -> SentFile | None:
    """The file of a message, or its photo in the largest size."""
    file = message.document or (message.photo[-1] if message.photo else None)
    if file is None:
        return None
    name = message.document.file_name if message.document else None
    return SentFile(file.file_id, name or "", file.file_size or 0)


def storage(visit: Visit) -> Storage:
    """Where documents lie."""
    return Storage(visit.context.settings.data_dir)


async def kept(visit: Visit, file: SentFile) -> StoredFile:
    """Downloads a file, which has a name by now, into the storage.

    Raises DomainError that says why it is refused (`db/inspector.py`).
    """
    if file.size > MAX_SIZE:
        raise DomainError("document_large", name=clean_name(file.name), limit=MAX_SIZE // MEGABYTE)
    place = storage(visit)
    temporary = await asyncio.to_thread(place.incoming, file.size or None)
    try:
        with full_disk():
            await visit.bot.download(file.file_id, destination=temporary)
        return await asyncio.get_running_loop().run_in_executor(_checks, place.keep, temporary, file.name)
    except (TelegramBadRequest, ClientError, TimeoutError):
        # Not chained: the file's address, with the bot's token in it, is in the error's text.
        raise DomainError("document_lost", name=clean_name(file.name)) from None
    finally:
        temporary.unlink(missing_ok=True)


async def discard(place: Storage, stored_name: str) -> None:
    """Removes a file whose row is gone; should it fail, the hourly sweep does it."""
    with contextlib.suppress(OSError):
        await asyncio.to_thread(place.remove, stored_name)
