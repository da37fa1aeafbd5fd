"""Listening for HTTP in the bot's own loop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from db.errors import SettingsError

END_WITHIN = 2.0  # for requests in hand: of the ten seconds that a stop may take


@asynccontextmanager
async def listening_at(setting: str, address: str, app: web.Application) -> AsyncIterator[None]:
    """Answers at host:port while the body runs, whatever ends it. `setting` names the address in the refusal.

    Raises SettingsError when it can't listen there.
    """
    host, _, port = address.rpartition(":")
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=END_WITHIN)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, int(port)).start()
        except OSError as error:
            raise SettingsError(f"{setting}: cannot listen at {address} ({error.strerror})") from None
        yield
    finally:
        await runner.cleanup()
