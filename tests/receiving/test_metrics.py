"""What the bot tells whoever watches over it: figures that move with what happens, readiness, and nothing of people."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr
from sqlalchemy import text

from bot.monitoring.server import monitoring, monitoring_app
from bot.sandbox.server import SandboxServer
from bot.updates.receiver import Receiver
from bot.updates.webhook import serve_webhook
from db.clock import FrozenClock
from db.database import Database
from db.errors import SettingsError
from db.inbox import services as inbox
from db.inbox.queries import Received
from db.notices import services as notices
from db.overviews.backlog import Backlog, backlog
from tests.support import callers
from tests.support.stage import free_port
from tests.support.town import Town, add_teacher, until

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTED = set(re.findall(r"^\| `(opora_\w+)", (ROOT / "docs/metrics.md").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture
async def watch(town: Town) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    async with TestClient(TestServer(monitoring_app(town.bot.context, lambda: town.bot.receiver.receiving))) as client:
        yield client


async def figures(client: TestClient) -> dict[str, float]:  # type: ignore[type-arg]
    answer = await client.get("/metrics")
    assert answer.status == 200
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in (await answer.text()).splitlines()
        if not line.startswith("#")
    }


async def test_the_figures_move_with_what_happens(town: Town, watch: TestClient) -> None:  # type: ignore[type-arg]
    vera = await town.teacher(2_000_017, "Кварцитова Вера Ивановна")
    before = await figures(watch)
    await vera.send("/menu")
    await vera.settle()
    await town.bot.receiver.idle()
    town.write(say, external_id=2_000_017, clock=town.clock)
    town.bot.delivery.wake()
    await vera.wait_for(lambda message: "Самодиагностика" not in str(message.buttons) and len(message.buttons) > 1)
    await town.client.fault("error", status=502, methods=["sendMessage"], times=1)
    await vera.send("/help")
    await vera.settle()
    await town.bot.receiver.idle()
    after = await figures(watch)
    moved = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert moved["opora_updates_received_total"] == moved["opora_updates_handled_total"] == 2
    assert moved["opora_update_seconds_count"] == 2
    assert moved["opora_notices_sent_total"] == 1
    assert moved['opora_telegram_failures_total{reason="server"}'] == 1
    assert after["opora_updates_waiting"] == after["opora_notices_due"] == 0
    assert after["opora_database_up"] == 1


def say(session, *, external_id: int, clock: FrozenClock) -> None:  # type: ignore[no-untyped-def]
    person_id = session.execute(text("SELECT id FROM person")).scalar_one()
    caller = callers.clock(clock.now())
    kind, params = "diagnostics.retest", {"attempt_id": 1}
    notices.enqueue(session, caller, key="k", kind=kind, params=params, person_id=person_id, expected=False)


async def test_nothing_of_people_and_every_figure_is_documented(
    town: Town,
    watch: TestClient,  # type: ignore[type-arg]
) -> None:
    vera = await town.teacher(2_000_017, "Кварцитова Вера Ивановна")
    await vera.send("/menu Кварцитова")
    await vera.settle()
    told = await (await watch.get("/metrics")).text()
    assert "Кварцитова" not in told
    assert "2000017" not in told
    names = {name for name in re.findall(r"^# TYPE (opora_\w+)", told, re.MULTILINE) if not name.endswith("_created")}
    assert names == DOCUMENTED


def test_what_waits_is_counted_with_its_age(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    assert database.read(backlog, callers.clock(now)) == Backlog(0, 0, 0, 0, 0, 0)

    def fill(session) -> None:  # type: ignore[no-untyped-def]
        person = add_teacher(session, external_id=7, name="Тестова Вера", now=now)
        items = [Received(number, 7, "{}") for number in range(1, 6)]
        inbox.receive(session, platform="telegram", updates=items[:3], now=now - timedelta(seconds=90))
        inbox.receive(session, platform="telegram", updates=items[3:], now=now)
        inbox.mark_handled(session, platform="telegram", update_ids=[1], now=now)
        inbox.quarantine(session, platform="telegram", update_id=2, now=now)
        for number, minutes in enumerate((5, 1, -10)):
            due = now - timedelta(minutes=minutes)
            notices.enqueue(session, callers.clock(now), key=f"{number}", person_id=person, kind="k", due_at=due)
        session.execute(text("UPDATE notice SET status = 'dead' WHERE key = '1'"))

    database.write(fill)
    assert database.read(backlog, callers.clock(now)) == Backlog(
        updates=3, updates_age=90, quarantined=1, notices=1, notices_age=300, dead=1
    )


async def test_ready_says_what_is_missing(town: Town, watch: TestClient) -> None:  # type: ignore[type-arg]
    async def ready() -> tuple[int, dict[str, str]]:
        answer = await watch.get("/ready")
        return answer.status, await answer.json()

    good = {"status": "ok", "database": "ok", "migrations": "ok", "updates": "ok"}
    vera = await town.teacher()
    await vera.send("/menu")
    await vera.settle()
    assert await ready() == (200, good)
    assert (await (await watch.get("/health")).json()) == {"status": "ok"}
    town.write(lambda session: session.execute(text("UPDATE alembic_version SET version_num = '0000'")))
    assert await ready() == (503, good | {"status": "failed", "migrations": "failed"})


async def test_a_webhook_is_ready_while_it_listens(town: Town) -> None:
    port = free_port()
    settings = town.bot.context.settings.model_copy(
        update={
            "webhook_url": f"http://127.0.0.1:{port}",
            "webhook_secret": SecretStr("a-secret"),
            "webhook_listen": f"127.0.0.1:{port}",
        }
    )
    receiver, stop = Receiver(town.bot.bot, town.bot.dispatcher, town.bot.context), asyncio.Event()
    assert not receiver.receiving
    serving = asyncio.create_task(serve_webhook(town.bot.bot, receiver, settings, stop))
    await until(lambda: receiver.receiving)
    stop.set()
    await serving
    assert not receiver.receiving


async def test_without_a_database_the_figures_say_so(
    town: Town,
    watch: TestClient,  # type: ignore[type-arg]
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town.write(lambda session: session.execute(text("ALTER TABLE incoming_update RENAME TO gone")))
    try:
        told = await (await watch.get("/metrics")).text()
    finally:
        town.write(lambda session: session.execute(text("ALTER TABLE gone RENAME TO incoming_update")))
    assert "opora_database_up 0.0" in told
    assert "opora_updates_waiting NaN" in told
    assert (await figures(watch))["opora_database_up"] == 1


def asked(address: str) -> tuple[int, str]:
    """Status and text; 0 while nobody listens."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


async def test_a_process_listens_where_it_is_told(sqlite_url: str, tmp_path: Path) -> None:
    port = free_port()
    async with SandboxServer([]) as server:
        environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": sqlite_url,
            "DATA_DIR": str(tmp_path),
            "BOT_TOKEN": "1000000:test",
            "TELEGRAM_API_URL": server.url,
            "METRICS_LISTEN": f"127.0.0.1:{port}",
        }
        command = [sys.executable, "-m", "bot"]
        bot = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)  # noqa: ASYNC220
        try:
            deadline = time.monotonic() + 180
            while (told := await asyncio.to_thread(asked, f"http://127.0.0.1:{port}/ready"))[0] != 200:
                assert bot.poll() is None and time.monotonic() < deadline, told
                await asyncio.sleep(0.1)
            assert json.loads(told[1])["updates"] == "ok"
            told = await asyncio.to_thread(asked, f"http://127.0.0.1:{port}/metrics")
            assert "process_resident_memory_bytes" in told[1]
            assert "opora_loop_lag_seconds_bucket" in told[1]
        finally:
            bot.kill()
            bot.wait()


async def test_a_taken_place_is_named_in_one_line(town: Town) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        town.bot.context.settings.metrics_listen = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(SettingsError, match=r"METRICS_LISTEN: cannot listen at 127\.0\.0\.1:\d+ \(.*in use\)"):
            async with monitoring(town.bot.context, lambda: town.bot.receiver.receiving):
                raise AssertionError("it listens")
