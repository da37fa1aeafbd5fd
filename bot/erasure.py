"""Carrying erasures out: files of erased people leave the disk after the commit, also after a crash in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from bot.context import Context
from db import erasure
from db.people.queries import addresses
from db.storage import Storage

log = structlog.get_logger(__name__)


async def carry_out(context: Context) -> None:
    """Erases whose withdrawn consent is due, and files that an earlier crash left behind."""
    due = await context.database.read(erasure.due, now=context.clock.now())
    for person_id in due:
        async with _without_dialogs(context, person_id):
            names = await context.database.write(erasure.carry_out, context.caller, person_id=person_id)
        await delete_files(context, names)
    await delete_files(context, await context.database.read(erasure.files_left))
    await scrub(context)


async def erase(context: Context, person_id: int, *, requested_by: str) -> None:
    """Erases one person, then their files. Raises DialogsLostError, and nothing is erased, while Redis is away."""
    async with _without_dialogs(context, person_id):
        names = await context.database.write(
            erasure.erase, context.caller, person_id=person_id, requested_by=requested_by
        )
    await delete_files(context, names)
    await scrub(context)


async def scrub(context: Context) -> None:
    """Rids the database's files of what was erased; who reads it at this moment makes it wait for the next minute."""
    acts = await context.database.read(erasure.unscrubbed)
    if not acts:
        return
    if await context.database.scrub():
        await context.database.write(erasure.scrubbed, context.caller, act_ids=acts)
    else:
        log.warning("erased_but_not_scrubbed", acts=len(acts))


async def delete_files(context: Context, names: list[str]) -> None:
    """Deletes stored files; one that is gone already is fine."""
    if not names:
        return
    await asyncio.to_thread(_remove, Storage(context.settings.data_dir), names)
    await context.database.write(erasure.files_deleted, names=names)


@asynccontextmanager
async def _without_dialogs(context: Context, person_id: int) -> AsyncIterator[None]:
    """Ends the person's dialogs before an erasure and once more after it.

    Before, so that an erasure that is written down is one that was done, and after, when the database holds none that
    somebody could have read meanwhile.
    """
    known = await context.database.read(addresses, person_id=person_id)
    for one in known:
        await context.dialogs.forget(platform=one.platform, external_id=one.external_id)
    yield
    for one in known:
        await context.dialogs.forget(platform=one.platform, external_id=one.external_id)


def _remove(storage: Storage, names: list[str]) -> None:
    for name in names:
        storage.remove(name)
