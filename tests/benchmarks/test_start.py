"""How long the bot and the panel take to start, and what memory the bot holds when it stands ready."""

import json
import statistics
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from bot.diagnostics import screens_radar
from tests.benchmarks.stand import OURS, loaded, settings, started
from tests.benchmarks.test_tap import prepare
from tests.support.figures import Figures
from tests.support.stage import free_port

ROUNDS = 3
PANEL = [sys.executable, "-m", "admin"]


def start_bot(url: str, tmp_path: Path, taps: Path) -> tuple[float, float]:
    """Seconds until the first getUpdates, and the resident memory in MB a moment later."""
    with loaded(taps, people=1, seconds=1) as load:
        began = time.perf_counter()
        bot = started(OURS, settings(url, tmp_path), load.port)
        process = psutil.Process(bot.pid)
        while not any(link.raddr and link.raddr.port == load.port for link in process.net_connections("tcp")):
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        time.sleep(1.5)
        memory = process.memory_info().rss / 2**20
        bot.terminate()
        bot.wait(15)
    return seconds, memory


def start_panel(url: str, tmp_path: Path) -> float:
    """Seconds until /health answers 200."""
    port = free_port()
    began = time.perf_counter()
    panel = started(PANEL, settings(url, tmp_path, ADMIN_LISTEN=f"127.0.0.1:{port}"), port)
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
def test_start_up(sqlite_url: str, tmp_path: Path, figures: Figures) -> None:
    taps = tmp_path / "taps.json"
    taps.write_text(json.dumps(prepare(sqlite_url)))
    bots = [start_bot(sqlite_url, tmp_path, taps) for _ in range(ROUNDS)]
    bot, memory = (statistics.median(row[part] for row in bots) for part in (0, 1))
    panel = statistics.median(start_panel(sqlite_url, tmp_path) for _ in range(ROUNDS))
    figures.note("start of the bot until it asks for updates", f"{bot:.1f} s", goal="≤ 2 s", held=bot <= 2)
    figures.note("memory of the bot that stands ready", f"{memory:.0f} MB", goal="≤ 250 MB", held=memory <= 250)
    figures.note("start of the panel until it answers", f"{panel:.1f} s", goal="≤ 2 s", held=panel <= 2)


@pytest.mark.bench
def test_a_chart_for_the_chat(figures: Figures) -> None:
    labels = ("Предметный", "Методический", "Оценочный", "Психолого-педагогический", "Коммуникативный", "Цифровой")
    levels = (62.5, 81.2, 40.0, 55.0, 90.0, 33.3)
    chart = screens_radar.Chart(
        "Уровни", labels, levels, tuple(level - 10 for level in levels), "сейчас", "раньше", "нет"
    )
    screens_radar.render(chart)
    times = []
    for _ in range(7):
        begun = time.perf_counter()
        screens_radar.render(chart)
        times.append(1000 * (time.perf_counter() - begun))
    took = statistics.median(times)
    figures.note("a chart for the chat, drawn beside the loop", f"{took:.0f} ms", goal="≤ 300 ms", held=took <= 300)
