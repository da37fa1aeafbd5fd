"""`make bench`: our answer tap beside a bare aiogram bot, in one run, in alternating slices.

Ours: received durably (synchronous=FULL), answer committed, next question shown. Bare: one edit, one answer, no
database. The bot has one core, the load the other; the printed ratios are medians over the rounds.
"""

import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.diagnostics.callbacks import AnswerTap
from db.clock import Clock
from db.database import Database
from db.diagnostics import services as diagnostics
from db.packs import load_pack
from db.packs.loading import load
from db.people.models import Consent, Person
from db.people.queries import current_consent_texts
from tests.support.databases import copy_sqlite

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 300
SECONDS = 6.0
ROUNDS = 3
GOAL = 0.5

Figures = dict[str, float]


def pinned(core: int) -> Callable[[], None] | None:
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
    return (lambda: os.sched_setaffinity(0, {cores[core]})) if len(cores) > 1 else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(url: str) -> list[list[str]]:
    """People with an open attempt each; answers which taps each of them makes, round and round."""
    now = Clock().now()
    pack = load_pack("chelyabinsk")
    database = Database.connect(url)
    database.write(load, pack=pack, now=now)

    def settle(session):  # type: ignore[no-untyped-def]
        people = [
            {"external_id": number, "locale": "ru", "full_name": "Тест", "profile_saved_at": now, "created_at": now}
            for number in range(1, PEOPLE + 1)
        ]
        session.execute(insert(Person), people)
        ids = session.scalars(select(Person.id).order_by(Person.external_id)).all()
        texts = [text.id for text in current_consent_texts(session)]
        session.execute(
            insert(Consent),
            [{"person_id": person, "consent_text_id": text, "given_at": now} for person in ids for text in texts],
        )
        steps = [
            diagnostics.start_or_resume(session, person_id=person_id, now=now, zone=pack.zone) for person_id in ids
        ]
        items = [item for item in steps[0].questionnaire.places if not item.endswith("_need")]
        return [
            [AnswerTap(attempt=step.attempt_id, item=item, value=value).pack() for value in (2, 3) for item in items]
            for step in steps
        ]

    taps: list[list[str]] = database.write(settle)
    database.close()
    return taps


def measure(command: list[str], port: int, taps: Path, environment: dict[str, str]) -> Figures:
    """One slice: the load on one core, the bot on the other; adds the bot's CPU seconds per tap and its memory."""
    load_command = [sys.executable, "-m", "tests.benchmarks.load", str(port), str(PEOPLE), str(SECONDS), str(taps)]
    with subprocess.Popen(
        load_command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=pinned(1)
    ) as load_process:
        time.sleep(1.0)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        bot = subprocess.Popen(
            command,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=pinned(0),
        )
        assert load_process.stdout is not None
        figures: Figures = json.loads(load_process.stdout.read())
        bot.terminate()
        bot.wait(15)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures["memory_mb"] = after.ru_maxrss / 1024
    figures["cpu_s"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return figures


@pytest.mark.bench
def test_answer_tap_beside_a_bare_bot(sqlite_url: str, tmp_path: Path) -> None:
    taps = tmp_path / "taps.json"
    taps.write_text(json.dumps(prepare(sqlite_url)))
    template = Path(sqlite_url.removeprefix("sqlite:///"))
    rows: list[tuple[Figures, Figures]] = []
    for round_number in range(ROUNDS):
        port = free_port()
        bare = measure([sys.executable, "-m", "tests.benchmarks.bare_bot", f"http://127.0.0.1:{port}"], port, taps, {})
        port = free_port()
        url = copy_sqlite(template, tmp_path / f"round{round_number}.db")
        ours = measure(
            [sys.executable, "-m", "bot"],
            port,
            taps,
            {
                "BOT_TOKEN": "1000000:bench",
                "TELEGRAM_API_URL": f"http://127.0.0.1:{port}",
                "DATABASE_URL": url,
                "DATA_DIR": str(tmp_path),
                "LOG_LEVEL": "WARNING",
            },
        )
        rows.append((bare, ours))
    shutil.rmtree(tmp_path / "documents", ignore_errors=True)
    print("\n\nanswer tap, one core for the bot, SQLite synchronous=FULL")
    for name, side in (("bare aiogram", 0), ("opora", 1)):
        per_second = statistics.median(row[side]["per_second"] for row in rows)
        p50 = statistics.median(row[side]["p50_ms"] for row in rows)
        p99 = statistics.median(row[side]["p99_ms"] for row in rows)
        print(
            f"  {name:13} {per_second:8.0f} taps/s   p50 {p50:7.1f} ms   p99 {p99:7.1f} ms   ({PEOPLE} people at once)"
        )
    ratio = statistics.median(ours["per_second"] / bare["per_second"] for bare, ours in rows)
    print(
        f"  throughput ratio {ratio:.2f} (goal {GOAL}); p99 ratio "
        f"{statistics.median(ours['p99_ms'] / bare['p99_ms'] for bare, ours in rows):.2f}"
    )
