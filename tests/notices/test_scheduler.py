"""The clock of the bot: sweeps that fail alone, once over processes, and housekeeping."""

import asyncio
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot import scheduler
from bot.context import Context
from bot.dispatch.notices import rendered
from bot.outbox.delivery import Delivery
from bot.scheduler import make_scheduler, run_chores, stop_scheduler, sweep_all
from bot.settings import BotSettings
from bot.telegram.session import make_bot
from bot.updates.receiver import Receiver
from db.caller import Caller
from db.clock import FrozenClock
from db.database import Database
from db.errors import NotFoundError
from db.inbox import queries, staff_services
from db.inbox import services as inbox
from db.inbox.queries import Received
from db.locks import try_advisory_lock
from db.nouns import LongChore
from tests.support import callers


@pytest.fixture
async def context(database: Database, database_url: str, clock: FrozenClock, tmp_path: Path):  # type: ignore[no-untyped-def]
    settings = BotSettings(_env_file=None, bot_token="42:TEST", database_url=database_url, data_dir=tmp_path)
    opened = Context.open(settings, clock)
    yield opened
    await opened.database.close()


async def test_a_failing_sweep_leaves_the_others_alone(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    def works(_: object, caller: Caller, **arguments: object) -> None:
        assert (caller.now, caller.zone) == (context.clock.now(), context.zone)
        ran.append(",".join(sorted(arguments)))

    monkeypatch.setattr(scheduler, "SWEEPS", {"first": works, "broken": fails, "last": works})
    await sweep_all(context)
    assert ran == ["rules"] * 2


async def test_the_nouns_sweeps_run_on_an_empty_region(context: Context) -> None:
    for _ in range(2):
        await sweep_all(context)
        await run_chores(context)


async def test_a_long_chore_looks_beside_the_writer(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one looks, others write: an hour's look over years of facts kept every tap waiting."""
    begun, written, put = threading.Event(), threading.Event(), list[bool]()

    def look(_session: Session, _caller: Caller) -> bool:
        begun.set()
        return written.wait(5)

    def keep(session: Session, caller: Caller, found: bool) -> None:
        assert session.get_bind() is not None and caller.now == context.clock.now()
        put.append(found)

    monkeypatch.setattr(scheduler, "CHORES", {"reports.long": LongChore("long", look, keep)})
    chores = asyncio.create_task(run_chores(context))
    await asyncio.to_thread(begun.wait, 5)
    await context.database.write(lambda session: session.execute(text("SELECT 1")))
    written.set()
    await chores
    assert put == [True]


def test_a_named_lock_is_held_by_one_process(postgres_url: str) -> None:
    door, other = Database.connect(postgres_url), Database.connect(postgres_url)
    inside, go_on = threading.Event(), threading.Event()
    got: list[bool] = []

    def hold(session) -> None:  # type: ignore[no-untyped-def]
        got.append(try_advisory_lock(session, name="sweep:events"))
        inside.set()
        go_on.wait(10)

    thread = threading.Thread(target=door.write, args=[hold])
    thread.start()
    inside.wait(10)
    got.append(other.write(try_advisory_lock, name="sweep:events"))
    got.append(other.write(try_advisory_lock, name="sweep:mentoring"))
    go_on.set()
    thread.join()
    got.append(other.write(try_advisory_lock, name="sweep:events"))
    assert got == [True, False, True, True]
    door.close()
    other.close()


async def test_jobs_make_up_for_a_time_off_and_never_overlap(context: Context) -> None:
    bot = make_bot(context.settings)
    made = make_scheduler(context, Delivery(bot, context, rendered), Receiver(bot, None, context))  # type: ignore[arg-type]
    made.start(paused=True)
    jobs = {job.id: job for job in made.get_jobs()}
    assert set(jobs) == {"due", "housekeeping"}
    for job in jobs.values():
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
        assert job.trigger.timezone == context.zone
    made.shutdown(wait=False)
    await bot.session.close()


async def test_a_stop_in_the_middle_of_a_round_lets_it_end(
    context: Context, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    ended: list[str] = []

    async def slow(_: Context) -> None:
        begun.set()
        await go_on.wait()
        ended.append("slow")

    monkeypatch.setattr(scheduler, "sweep_all", slow)
    bot = make_bot(context.settings)
    made = make_scheduler(context, Delivery(bot, context, rendered), Receiver(bot, None, context))  # type: ignore[arg-type]
    made.remove_job("housekeeping")
    made.start()
    await begun.wait()
    stopping = asyncio.create_task(stop_scheduler(made))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not stopping.done()
    go_on.set()
    await stopping
    assert ended == ["slow"]
    assert "raised an exception" not in caplog.text
    await bot.session.close()


async def test_an_update_put_back_is_taken_once(context: Context, database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    database.write(inbox.receive, platform="telegram", updates=[Received(1, 7, "{}"), Received(2, 7, "{}")], now=now)
    for number in (1, 2):
        database.write(inbox.quarantine, platform="telegram", update_id=number, now=now)
    database.write(staff_services.retry_update, callers.administrator(), platform="telegram", update_id=1)
    with pytest.raises(NotFoundError):
        database.write(staff_services.retry_update, callers.administrator(), platform="telegram", update_id=1)
    taken = await asyncio.gather(
        context.database.write(inbox.take_retried, platform="telegram"),
        context.database.write(inbox.take_retried, platform="telegram"),
    )
    assert sorted(item.update_id for items in taken for item in items) == [1]
    assert [item.update_id for item in database.read(queries.waiting, platform="telegram")] == [1]


async def test_old_dialogs_go_and_fresh_ones_stay(context: Context, database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    for key, at in (("old", now - timedelta(days=31)), ("fresh", now)):
        database.write(inbox.save_dialog, key=key, state="some", data={}, now=at)
    await run_chores(context)
    left = database.read(lambda session: session.execute(text("SELECT key FROM dialog")).scalars().all())
    assert left == ["fresh"]
