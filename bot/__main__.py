"""`python -m bot`: the bot, its delivery and its scheduler, until SIGTERM or Ctrl-C."""

import gc

# The messenger's models are a crowd of objects that live for good: collecting amid their making slows the start by a
# quarter, and so does looking through them ever after.
gc.disable()

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.context import Context
from bot.dispatch.dispatcher import create_dispatcher
from bot.dispatch.notices import RECEIPTS, rendered
from bot.monitoring.server import monitoring
from bot.outbox.delivery import Delivery
from bot.scheduler import make_scheduler, stop_scheduler
from bot.settings import BotSettings
from bot.telegram.session import make_bot
from bot.ui.commands import publish_commands
from bot.updates.receiver import make_receiver
from bot.updates.webhook import serve_webhook, withdraw_webhook
from db import leftovers
from db.demo import fill
from db.errors import SettingsError, StorageError
from db.logs import configure_logging
from db.packs.marks import check_region
from db.settings import keep_private

gc.freeze()
gc.enable()
log = structlog.get_logger(__name__)


async def run(settings: BotSettings) -> None:
    """Runs until a signal; then finishes what is in hand within ten seconds."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    context = Context.open(settings)
    try:
        await context.database.write(fill.claim, sandbox=settings.sandbox)
        await context.database.read(check_region, pack=context.pack)
    except Exception:
        await context.close()
        raise
    bot = make_bot(settings)
    dispatcher = create_dispatcher(context)
    receiver = make_receiver(bot, dispatcher, context)
    delivery = Delivery(bot, context, rendered, receipts=RECEIPTS)
    scheduler = make_scheduler(context, delivery, receiver)
    log.info("bot_started", sandbox=settings.sandbox, webhook=bool(settings.webhook_url))
    sending = _beside(delivery.run(stop))
    aside: set[asyncio.Task[None]] = set()
    scheduler.start()
    try:
        async with monitoring(context, lambda: receiver.receiving):
            await receiver.recover()
            aside.add(_beside(publish_commands(bot, context, stop)))
            if settings.webhook_url:
                await serve_webhook(bot, receiver, settings, stop)
            else:
                aside.add(_beside(withdraw_webhook(bot)))
                await receiver.poll(stop)
    finally:
        stop.set()
        await asyncio.gather(receiver.finish(), stop_scheduler(scheduler))
        for task in aside:
            task.cancel()
        await asyncio.gather(*aside, sending, return_exceptions=True)
        await bot.session.close()
        await context.close()
        log.info("bot_stopped")


def _beside(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Starts a task that nobody waits for; what ends it early is logged at once."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            log.error("task_broke_off", exc_info=error)

    task = asyncio.create_task(work)
    task.add_done_callback(ended)
    return task


def main() -> int:
    """Reads the settings and runs. Exit code 1 with one line for a wrong setting."""
    keep_private()
    try:
        settings = BotSettings.load()
        configure_logging(settings.log_level, settings.log_format)
        for line in leftovers.go_on(settings.database_url, settings.data_dir):
            print(f"opora: {line}", file=sys.stderr)
    except SettingsError as error:
        print(f"opora: {error}", file=sys.stderr)
        return 1
    with contextlib.suppress(ImportError):  # Windows has none
        import uvloop

        uvloop.install()
    try:
        asyncio.run(run(settings))
    except SettingsError as error:
        print(f"opora: {error}", file=sys.stderr)
        return 1
    except StorageError as error:
        print(f"opora: DATABASE_URL: cannot be written to: {getattr(error.__cause__, 'orig', error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
