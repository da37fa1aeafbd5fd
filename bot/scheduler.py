"""What happens by the clock: every minute the nouns' sweeps, every hour the housekeeping.

What is due lives in tables, so the jobs themselves are kept in memory: a bot that was down for hours sweeps once at its
start, and each sweep decides what is still worth saying.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import structlog
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.orm import Session

from bot import erasure
from bot.context import Context
from bot.outbox.delivery import Delivery
from bot.updates.handling import STOP_WITHIN
from bot.updates.receiver import Receiver
from db import leftovers, nouns, reserve
from db.caller import Caller
from db.dictionaries import queries as dictionaries
from db.engine import database_url
from db.locks import try_advisory_lock
from db.nouns import Chore, LongChore, Sweep
from db.overviews import files
from db.storage import Storage

ROUND = "round"
log = structlog.get_logger(__name__)

SWEEPS: dict[str, Sweep] = {
    f"{noun}.{sweep.__name__}": sweep for noun, part in nouns.parts(nouns.SWEEPS).items() for sweep in part.EVERY_MINUTE
}
CHORES: dict[str, Chore] = {
    f"{noun}.{chore.__name__}": chore for noun, part in nouns.parts(nouns.SWEEPS).items() for chore in part.EVERY_HOUR
}


async def sweep_all(context: Context) -> None:
    """Runs every noun's sweep, each in a transaction of its own; one that fails doesn't stop the others."""
    caller = context.caller
    for name, sweep in SWEEPS.items():
        try:
            await context.database.write(_sweep, caller, name=name, sweep=sweep)
        except Exception as error:  # the next minute tries again
            log.error("sweep_failed", sweep=name, exc_info=error)


async def run_chores(context: Context) -> None:
    """Drops what is not needed any more, and carries out the erasures that are due."""
    caller = context.caller
    jobs: dict[str, Callable[[], Awaitable[object]]] = {
        name: partial(_run_chore, context, caller, name=name, chore=chore) for name, chore in CHORES.items()
    }
    jobs["reserve"] = partial(asyncio.to_thread, reserve.keep, database_url(context.settings.database_url))
    jobs["leftovers"] = partial(
        asyncio.to_thread, leftovers.sweep, database_url(context.settings.database_url), context.settings.data_dir
    )
    jobs |= {"erasing": partial(erasure.carry_out, context), "files": partial(_drop_stray_files, context)}
    for name, job in jobs.items():
        try:
            await job()
        except Exception as error:  # the next hour tries again
            log.error("housekeeping_failed", what=name, exc_info=error)


def make_scheduler(context: Context, delivery: Delivery, receiver: Receiver) -> AsyncIOScheduler:
    """The clock of the bot: not started yet. Both jobs run once at the start, which makes up for a time off."""

    async def due() -> None:
        _in_hand()
        await sweep_all(context)
        await _scrub(context)
        delivery.wake()
        await receiver.take_retried()

    async def housekeeping() -> None:
        _in_hand()
        await run_chores(context)

    scheduler = AsyncIOScheduler(
        jobstores={"default": MemoryJobStore()},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone=context.zone,
    )
    first = datetime.now(context.zone)
    scheduler.add_job(due, IntervalTrigger(minutes=1, timezone=context.zone), id="due", next_run_time=first)
    scheduler.add_job(
        housekeeping, IntervalTrigger(hours=1, timezone=context.zone), id="housekeeping", next_run_time=first
    )
    return scheduler


async def stop_scheduler(scheduler: AsyncIOScheduler, within: float = STOP_WITHIN) -> None:
    """No new round begins, and the one in hand ends: left to itself the scheduler would cancel it halfway."""
    scheduler.remove_all_jobs()
    await asyncio.sleep(0)  # a round that is only due yet shows itself
    rounds = [task for task in asyncio.all_tasks() if task.get_name() == ROUND]
    if rounds:
        await asyncio.wait(rounds, timeout=within)
    scheduler.shutdown(wait=False)


def _in_hand() -> None:
    task = asyncio.current_task()
    if task is not None:
        task.set_name(ROUND)


def _sweep(session: Session, caller: Caller, *, name: str, sweep: Sweep) -> None:
    if try_advisory_lock(session, name=f"sweep:{name}"):
        sweep(session, caller, rules=dictionaries.rules(session))


async def _run_chore(context: Context, caller: Caller, *, name: str, chore: Chore) -> None:
    if isinstance(chore, LongChore):
        found = await context.database.read_apart(chore.look, caller)
        await context.database.write(_put, caller, name=name, put=chore.put, found=found)
    else:
        await context.database.write(_chore, caller, name=name, chore=chore)


def _chore(session: Session, caller: Caller, *, name: str, chore: Chore) -> None:
    if try_advisory_lock(session, name=f"chore:{name}"):
        chore(session, caller)


def _put(session: Session, caller: Caller, *, name: str, put: Callable[..., object], found: object) -> None:
    if try_advisory_lock(session, name=f"chore:{name}"):
        put(session, caller, found)


async def _scrub(context: Context) -> None:
    try:
        await erasure.scrub(context)
    except Exception as error:  # the next minute tries again
        log.error("scrub_failed", exc_info=error)


async def _drop_stray_files(context: Context) -> None:
    known = await context.database.read_aside(files.stored_names)
    await asyncio.to_thread(Storage(context.settings.data_dir).sweep, known, context.clock.now())
