"""The clock of the bot: sweeps that fail alone, once over processes, and housekeeping."""

import asyncio
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import scheduler
from bot.delivery import Delivery
from bot.house import House
from bot.receiving import Receiver
from bot.scheduler import keep_house, make_scheduler, stop_scheduler, sweep_all
from bot.session import make_bot
from bot.settings import BotSettings
from db.clock import FrozenClock
from db.database import Database
from db.inbox import services as inbox
from db.inbox.services import Received
from db.locks import alone


@pytest.fixture
async def house(database: Database, database_url: str, clock: FrozenClock, tmp_path: Path):  # type: ignore[no-untyped-def]
    settings = BotSettings(_env_file=None, bot_token="42:TEST", database_url=database_url, data_dir=tmp_path)
    opened = House.open(settings, clock)
    yield opened
    await opened.database.close()


async def test_a_failing_sweep_leaves_the_others_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    def works(*_: object, **arguments: object) -> None:
        ran.append(",".join(sorted(arguments)))

    monkeypatch.setattr(scheduler, "SWEEPS", {"first": works, "broken": fails, "last": works})
    await sweep_all(house)
    assert ran == ["now,rules,zone"] * 2


async def test_the_nouns_sweeps_run_on_an_empty_region(house: House) -> None:
    for _ in range(2):
        await sweep_all(house)
        await keep_house(house)


def test_a_named_lock_is_held_by_one_process(postgres_url: str) -> None:
    door, other = Database.connect(postgres_url), Database.connect(postgres_url)
    inside, go_on = threading.Event(), threading.Event()
    got: list[bool] = []

    def hold(session) -> None:  # type: ignore[no-untyped-def]
        got.append(alone(session, name="sweep:events"))
        inside.set()
        go_on.wait(10)

    thread = threading.Thread(target=door.write, args=[hold])
    thread.start()
    inside.wait(10)
    got.append(other.write(alone, name="sweep:events"))
    got.append(other.write(alone, name="sweep:mentoring"))
    go_on.set()
    thread.join()
    got.append(other.write(alone, name="sweep:events"))
    assert got == [True, False, True, True]
    door.close()
    other.close()


async def test_jobs_make_up_for_a_time_off_and_never_overlap(house: House) -> None:
    bot = make_bot(house.settings)
    made = make_scheduler(house, Delivery(bot, house), Receiver(bot, None, house))  # type: ignore[arg-type]
    made.start(paused=True)
    jobs = {job.id: job for job in made.get_jobs()}
    assert set(jobs) == {"due", "housekeeping"}
    for job in jobs.values():
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
        assert job.trigger.timezone == house.zone
    made.shutdown(wait=False)
    await bot.session.close()


async def test_a_stop_in_the_middle_of_a_round_lets_it_end(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    ended: list[str] = []

    async def slow(_: House) -> None:
        begun.set()
        await go_on.wait()
        ended.append("slow")

    monkeypatch.setattr(scheduler, "sweep_all", slow)
    bot = make_bot(house.settings)
    made = make_scheduler(house, Delivery(bot, house), Receiver(bot, None, house))  # type: ignore[arg-type]
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


async def test_an_update_put_back_is_taken_once(house: House, database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    database.write(inbox.receive, updates=[Received(1, 7, "{}"), Received(2, 7, "{}")], now=now)
    for number in (1, 2):
        database.write(inbox.quarantine, update_id=number, now=now)
    assert database.write(inbox.put_back, update_id=1)
    assert not database.write(inbox.put_back, update_id=1)
    taken = await asyncio.gather(house.database.write(inbox.take_back), house.database.write(inbox.take_back))
    assert sorted(item.update_id for items in taken for item in items) == [1]
    assert [item.update_id for item in database.read(inbox.waiting)] == [1]


async def test_old_dialogs_go_and_fresh_ones_stay(house: House, database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    for key, at in (("old", now - timedelta(days=31)), ("fresh", now)):
        database.write(inbox.save_dialog, key=key, state="some", data={}, now=at)
    await keep_house(house)
    left = database.read(lambda session: session.execute(text("SELECT key FROM dialog")).scalars().all())
    assert left == ["fresh"]
