"""`make run`, as one types it in a terminal: what it says, how soon it is there, how it ends at Ctrl-C."""

import fcntl
import os
import pty
import re
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from db.demo.fill import DEMO_LOGIN, DEMO_PASSWORD
from tests.support.figures import Figures
from tests.support.stage import KEPT, checkout, fetched, free_port

WITHIN = 180.0
PROMISED = 5.0
"""Seconds to the second start, on a machine that has nothing else to do."""


class Terminal:
    """A terminal in which `make run` runs, in a checkout of its own and with its own settings' defaults."""

    def __init__(self, code: Path, ports: tuple[int, int]) -> None:
        self.chat, self.panel = (f"http://127.0.0.1:{port}" for port in ports)
        self.said = ""
        self._master, slave = pty.openpty()
        os.set_blocking(self._master, False)
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "SANDBOX_LISTEN": f"127.0.0.1:{ports[0]}",
            "ADMIN_LISTEN": f"127.0.0.1:{ports[1]}",
            # Not the default one, whose demo takes five times as long: tests/operations/test_commands.py is about what
            # the very same `db prepare` makes of it from nothing, and these tests' stage stands on that.
            "REGION_PACK": "terek",
            "TERM": "dumb",
        }
        self.begun = time.monotonic()
        # What is installed is this very test's environment: -o tells make that it needs no look.
        self.make = subprocess.Popen(
            ["make", "-o", ".venv/.stamp", "-o", ".venv/bin/python", "run"],
            cwd=code,
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    def ready(self) -> float:
        """Waits until chat and panel answer and the bot is connected; seconds since the command."""
        deadline = self.begun + WITHIN
        while not all(
            (
                fetched(f"{self.panel}/health"),
                (fetched(f"{self.chat}/sandbox/calls?method=setMyCommands") or b"[]") != b"[]",
            )
        ):
            assert self.make.poll() is None, f"make ended with {self.make.returncode}\n{self.read()}"
            assert time.monotonic() < deadline, f"not ready in {WITHIN:.0f} s\n{self.read()}"
            time.sleep(0.03)
            self.read()
        return time.monotonic() - self.begun

    def interrupt(self) -> int:
        """Ctrl-C; the exit code of make."""
        os.write(self._master, b"\x03")
        deadline = time.monotonic() + WITHIN
        while self.make.poll() is None:
            assert time.monotonic() < deadline, f"still running {WITHIN:.0f} s after Ctrl-C\n{self.read()}"
            self.read()
            time.sleep(0.02)
        self.read()
        return int(self.make.returncode)

    def read(self) -> str:
        """All that was printed so far."""
        try:
            while part := os.read(self._master, 65536):
                self.said += part.decode(errors="replace")
        except (BlockingIOError, OSError):
            pass
        return self.said

    def close(self) -> None:
        """Ends everything, whatever state it is in."""
        if self.make.poll() is None:
            os.killpg(self.make.pid, 9)
            self.make.wait()
        os.close(self._master)


@contextmanager
def make_run(code: Path, ports: tuple[int, int]) -> Iterator[Terminal]:
    with closing(Terminal(code, ports)) as terminal:
        yield terminal


def test_make_run_twice_and_ctrl_c(tmp_path: Path) -> None:
    code = checkout(tmp_path / "opora")
    ports = free_port(), free_port()
    with make_run(code, ports) as terminal:
        first = terminal.ready()
        assert terminal.interrupt() == 0, terminal.said
    said = re.sub(r"\x1b\[[0-9;]*m", "", terminal.said)
    assert f"chat:  {terminal.chat}" in said
    assert f"panel: {terminal.panel}" in said
    assert f"{DEMO_LOGIN}, password: {DEMO_PASSWORD}" in said
    assert "loading the region pack" in said, "progress is shown"
    assert "Traceback" not in said, said
    assert "bot_stopped" in said
    assert "panel_stopped" in said

    with make_run(code, ports) as terminal:
        second = terminal.ready()
        assert terminal.interrupt() == 0, terminal.said
    assert "loading the region pack" not in terminal.said, "the second start has nothing to make"
    assert fetched(f"{terminal.panel}/health") is None, "everything has stopped"
    print(f"\nmake run: first start {first:.1f} s, second {second:.1f} s (load {os.getloadavg()[0]:.1f})")


@pytest.mark.bench
def test_the_second_start_is_as_soon_as_promised(tmp_path: Path, figures: Figures) -> None:
    code, took = checkout(tmp_path / "opora"), 0.0
    for _ in range(2):
        with make_run(code, (free_port(), free_port())) as terminal:
            took = terminal.ready()
            assert terminal.interrupt() == 0, terminal.said
    figures.note("make run, the second time", f"{took:.1f} s", goal=f"≤ {PROMISED:.0f} s", held=took <= PROMISED)
    assert took <= PROMISED
