"""Carrying erasures out: files of erased people leave the disk after the commit, also after a crash in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.house import House
from db import erasure
from db.people.queries import external_id
from db.storage import Storage


async def carry_out(house: House) -> None:
    """Erases whose withdrawn consent is due, and files that an earlier crash left behind."""
    due = await house.database.read(erasure.due, now=house.clock.now())
    for person_id in due:
        async with _without_dialogs(house, person_id):
            names = await house.database.write(erasure.carry_out, person_id=person_id, now=house.clock.now())
        await delete_files(house, names)
    await delete_files(house, await house.database.read(erasure.files_left))
    if due:
        await house.database.scrub()


async def erase(house: House, person_id: int, *, requested_by: str) -> None:
    """Erases one person, then their files. Raises DialogsLostError, and nothing is erased, while Redis is away."""
    async with _without_dialogs(house, person_id):
        names = await house.database.write(
            erasure.erase, person_id=person_id, requested_by=requested_by, now=house.clock.now()
        )
    await delete_files(house, names)
    await house.database.scrub()


async def delete_files(house: House, names: list[str]) -> None:
    """Deletes stored files; one that is gone already is fine."""
    if not names:
        return
    await asyncio.to_thread(_remove, Storage(house.settings.data_dir), names)
    await house.database.write(erasure.files_deleted, names=names)


@asynccontextmanager
async def _without_dialogs(house: House, person_id: int) -> AsyncIterator[None]:
    """Dialogs end before, so that an erasure that is written down is one that was done, and after, when the database
    holds none that somebody could have read meanwhile.
    """
    known = await house.database.read(external_id, person_id=person_id)
    if known is not None:
        await house.dialogs.forget(external_id=known)
    yield
    if known is not None:
        await house.dialogs.forget(external_id=known)


def _remove(storage: Storage, names: list[str]) -> None:
    for name in names:
        storage.remove(name)
