"""What happens by the clock: every minute the nouns' sweeps, every hour the housekeeping.

What is due lives in tables, so the jobs themselves are kept in memory: a bot that was down for hours sweeps once at its
start, and each sweep decides what is still worth saying.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.orm import Session

from bot.delivery import Delivery
from bot.house import House
from bot.people import erasing
from bot.receiving import STOP_WITHIN, Receiver
from db import reserve
from db.applications import queries as applications
from db.broadcasts import services as broadcasts
from db.diagnostics import services as diagnostics
from db.dictionaries import queries as dictionaries
from db.engine import database_url
from db.events import services as events
from db.inbox import services as inbox
from db.locks import alone
from db.mentoring import services as mentoring
from db.notices import services as notices
from db.people import sessions
from db.storage import Storage

ROUND = "round"
Sweep = Callable[..., object]
Chore = Callable[..., object]
log = structlog.get_logger(__name__)

SWEEPS: dict[str, Sweep] = {
    "diagnostics": diagnostics.sweep,
    "events": events.sweep,
    "mentoring": mentoring.sweep,
    "broadcasts": broadcasts.sweep,
}
CHORES: dict[str, Chore] = {
    "inbox": inbox.forget_old,
    "dialogs": inbox.forget_dialogs,
    "notices": notices.forget_old,
    "sessions": sessions.forget_old,
}


async def sweep_all(house: House) -> None:
    """Runs every noun's sweep, each in a transaction of its own; one that fails doesn't stop the others."""
    now = house.clock.now()
    for noun, sweep in SWEEPS.items():
        try:
            await house.database.write(_sweep, noun=noun, sweep=sweep, zone=house.zone, now=now)
        except Exception as error:  # the next minute tries again
            log.error("sweep_failed", noun=noun, exc_info=error)


async def keep_house(house: House) -> None:
    """Drops what is not needed any more, and carries out the erasures that are due."""
    now = house.clock.now()
    jobs: dict[str, Callable[[], Awaitable[object]]] = {
        name: partial(house.database.write, _chore, name=name, chore=chore, now=now) for name, chore in CHORES.items()
    }
    jobs["reserve"] = partial(asyncio.to_thread, reserve.keep, database_url(house.settings.database_url))
    jobs |= {"erasing": partial(erasing.carry_out, house), "files": partial(_drop_stray_files, house)}
    for name, job in jobs.items():
        try:
            await job()
        except Exception as error:  # the next hour tries again
            log.error("housekeeping_failed", what=name, exc_info=error)


def make_scheduler(house: House, delivery: Delivery, receiver: Receiver) -> AsyncIOScheduler:
    """The clock of the bot: not started yet. Both jobs run once at the start, which makes up for a time off."""

    async def due() -> None:
        _in_hand()
        await sweep_all(house)
        delivery.wake()
        await receiver.take_back()

    async def housekeeping() -> None:
        _in_hand()
        await keep_house(house)

    scheduler = AsyncIOScheduler(
        jobstores={"default": MemoryJobStore()},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone=house.zone,
    )
    first = datetime.now(house.zone)
    scheduler.add_job(due, IntervalTrigger(minutes=1, timezone=house.zone), id="due", next_run_time=first)
    scheduler.add_job(
        housekeeping, IntervalTrigger(hours=1, timezone=house.zone), id="housekeeping", next_run_time=first
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


def _sweep(session: Session, *, noun: str, sweep: Sweep, zone: ZoneInfo, now: datetime) -> None:
    if alone(session, name=f"sweep:{noun}"):
        sweep(session, rules=dictionaries.rules(session), zone=zone, now=now)


def _chore(session: Session, *, name: str, chore: Chore, now: datetime) -> None:
    if alone(session, name=f"chore:{name}"):
        chore(session, now=now)


async def _drop_stray_files(house: House) -> None:
    known = await house.database.read(applications.stored_names)
    await asyncio.to_thread(Storage(house.settings.data_dir).sweep, known, house.clock.now())
