"""The load and the bots of a benchmark, as processes that know nothing but what is set here."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.support.stage import free_port

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 300
SECONDS = 6.0
OURS = [sys.executable, "-m", "bot"]

Measured = dict[str, float]


def settings(url: str, tmp_path: Path, **more: str) -> dict[str, str]:
    return {
        "BOT_TOKEN": "1000000:bench",
        "TELEGRAM_API_URL": "http://127.0.0.1:PORT",
        "DATABASE_URL": url,
        "DATA_DIR": str(tmp_path),
        "LOG_LEVEL": "WARNING",
        "SECRET_KEY": "bench" * 10,
        "ADMIN_URL": "http://127.0.0.1:8080",
        **more,
    }


@dataclass(frozen=True, slots=True)
class Load:
    """A load that listens at `port` (tests/benchmarks/load.py)."""

    port: int
    said: IO[str]

    def counting(self) -> None:
        """Waits until the warm-up is over."""
        assert self.said.readline() == "counting\n", "the load ended without a word"

    def result(self) -> Measured:
        """Waits for what was measured."""
        measured: Measured = json.loads(self.said.readline())
        return measured


@contextmanager
def loaded(
    taps: Path, *pace: float, people: int = PEOPLE, seconds: float = SECONDS, core: int | None = None
) -> Iterator[Load]:
    """A load that bots may come to, on a core of its own if asked for."""
    port = free_port()
    plan = [str(part) for part in (port, people, seconds, taps, *pace)]
    command = [sys.executable, "-m", "tests.benchmarks.load", *plan]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=_pinned(core)) as load:
        assert load.stdout is not None
        try:
            assert load.stdout.readline() == "listening\n", "the load did not start"
            yield Load(port, load.stdout)
        finally:
            load.terminate()


def started(
    command: list[str], environment: dict[str, str], port: int, core: int | None = None
) -> subprocess.Popen[bytes]:
    """A bot of the load at `port`, which stands for PORT in the command and the environment."""
    named = {name: value.replace("PORT", str(port)) for name, value in environment.items()}
    return subprocess.Popen(
        [part.replace("PORT", str(port)) for part in command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **named},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_pinned(core),
    )


def _pinned(core: int | None) -> Callable[[], None] | None:
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
    return (lambda: os.sched_setaffinity(0, {cores[core]})) if core is not None and len(cores) > 1 else None
