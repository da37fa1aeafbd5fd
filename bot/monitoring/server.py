"""METRICS_LISTEN: figures for Prometheus, and whether the bot lives and is ready, for whoever runs it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from bot.context import Context
from bot.monitoring import metrics
from bot.monitoring.listener import listening_at
from db.errors import DomainError
from db.migrate import is_current_here
from db.overviews.backlog import Backlog, backlog

ANSWERS_WITHIN = 2.0  # seconds, of the database
LOOK_EVERY = 0.5
NO_ANSWER = (SQLAlchemyError, DomainError, OSError, TimeoutError)

log = structlog.get_logger(__name__)


def monitoring_app(context: Context, receiving: Callable[[], bool]) -> web.Application:
    """`/metrics`, `/health`: the process lives, `/ready`: it can do its work. Nothing personal, and no way in.

    `receiving` says whether updates reach the bot.
    """

    async def figures(_request: web.Request) -> web.Response:
        metrics.show(await _backlog(context))
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def ready(_request: web.Request) -> web.Response:
        current = await _is_current(context)
        told = {
            "database": "failed" if current is None else "ok",
            "migrations": "ok" if current else "failed",
            "updates": "ok" if receiving() else "failed",
        }
        good = all(word == "ok" for word in told.values())
        return web.json_response({"status": "ok" if good else "failed", **told}, status=200 if good else 503)

    app = web.Application()
    app.add_routes([web.get("/metrics", figures), web.get("/health", health), web.get("/ready", ready)])
    return app


@asynccontextmanager
async def monitoring(context: Context, receiving: Callable[[], bool]) -> AsyncIterator[None]:
    """Listens while the bot runs, where METRICS_LISTEN says; nothing listens and nothing is measured without it.

    Raises SettingsError when somebody else listens there.
    """
    if context.settings.metrics_listen is None:
        yield
        return
    async with listening_at("METRICS_LISTEN", context.settings.metrics_listen, monitoring_app(context, receiving)):
        log.info("metrics_listening", address=context.settings.metrics_listen)
        lag = asyncio.create_task(_measure_lag())
        try:
            yield
        finally:
            lag.cancel()


async def _backlog(context: Context) -> Backlog | None:
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            return await context.database.read_aside(backlog, context.caller)
    except NO_ANSWER as error:
        log.warning("metrics_without_database", reason=type(error).__name__)
        return None


async def _is_current(context: Context) -> bool | None:
    """Whether the schema is this version's; nothing where the database doesn't answer."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            return await context.database.read(lambda session: is_current_here(session.connection()))
    except NO_ANSWER as error:
        log.warning("not_ready", reason=type(error).__name__)
        return None


async def _measure_lag() -> None:
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(LOOK_EVERY)
        metrics.LAG.observe(max(0.0, time.perf_counter() - begun - LOOK_EVERY))
