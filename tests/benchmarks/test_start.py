"""How long the bot and the panel take to start, and what memory the bot holds when it stands ready."""

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.benchmarks.test_tap import ROOT, free_port, prepare

ROUNDS = 3


def environment(url: str, tmp_path: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": url,
        "DATA_DIR": str(tmp_path),
        "LOG_LEVEL": "WARNING",
        "SECRET_KEY": "bench" * 10,
        **more,
    }


def start_bot(url: str, tmp_path: Path, taps: Path) -> tuple[float, float]:
    """Seconds until the first getUpdates, and the resident memory in MB a moment later."""
    port = free_port()
    load = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.load", str(port), "1", "1", str(taps)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    time.sleep(1.5)
    settings = environment(url, tmp_path, BOT_TOKEN="1000000:bench", TELEGRAM_API_URL=f"http://127.0.0.1:{port}")
    began = time.perf_counter()
    bot = subprocess.Popen([sys.executable, "-m", "bot"], cwd=ROOT, env=settings, stderr=subprocess.DEVNULL)
    process = psutil.Process(bot.pid)
    while not any(link.raddr and link.raddr.port == port for link in process.net_connections("tcp")):
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    time.sleep(1.5)
    memory = process.memory_info().rss / 2**20
    bot.terminate()
    bot.wait(15)
    load.terminate()
    load.wait(5)
    return seconds, memory


def start_panel(url: str, tmp_path: Path) -> float:
    """Seconds until /health answers 200."""
    port = free_port()
    settings = environment(url, tmp_path, ADMIN_LISTEN=f"127.0.0.1:{port}")
    began = time.perf_counter()
    panel = subprocess.Popen([sys.executable, "-m", "admin"], cwd=ROOT, env=settings, stderr=subprocess.DEVNULL)
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as answer:
                if answer.status == 200:
                    break
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    seconds = time.perf_counter() - began
    panel.terminate()
    panel.wait(15)
    return seconds


@pytest.mark.bench
def test_start_up(sqlite_url: str, tmp_path: Path) -> None:
    taps = tmp_path / "taps.json"
    taps.write_text(json.dumps(prepare(sqlite_url)))
    bots = [start_bot(sqlite_url, tmp_path, taps) for _ in range(ROUNDS)]
    panels = [start_panel(sqlite_url, tmp_path) for _ in range(ROUNDS)]
    print("\n\nstart-up, medians")
    print(f"  bot until it asks for updates   {statistics.median(row[0] for row in bots):5.1f} s")
    print(f"  bot's memory when it is ready   {statistics.median(row[1] for row in bots):5.0f} MB")
    print(f"  panel until it answers          {statistics.median(panels):5.1f} s")
