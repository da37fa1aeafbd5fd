"""The whole product as `make run` starts it: real processes on free ports, a checkout of their own, the demo's people.

How the chat page and the panel are used in a browser is in `tests.support.windows`.
"""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from tests.support.databases import once

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ("admin", "bot", "db", "locales")
FILES = ("Makefile", "Procfile", "Procfile.sandbox", "requirements.txt", ".env.example")
READY_WITHIN = 180.0
STOP_WITHIN = 90.0
SAID = "prepare.txt"
KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR")


def checkout(place: Path) -> Path:
    """A copy of the code without anybody's `.env` or data: what `git clone` gives, with this very `.venv`."""
    place.mkdir(parents=True)
    for part in PARTS:
        shutil.copytree(ROOT / part, place / part)
    for name in FILES:
        shutil.copy2(ROOT / name, place / name)
    (place / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    return place


def prepared(folder: Path) -> "Stage":
    """A stage with the demo as `db prepare` makes it from nothing, once a run of the tests: it takes most of a minute.

    `folder` is any of pytest's own temporary ones. Copy it (`copy_from`); nobody may change it.
    """

    def make(place: Path) -> None:
        checkout(place / "code")
        Stage(place / "code", place / "home").prepare()

    place = once(folder, "prepared", make)
    return Stage(place / "code", place / "home")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Whenever these tests run, it is about noon where the region is: nobody may be written to at night.
NOON = f"Etc/GMT{datetime.now(UTC).hour - 11:+d}"


@dataclass
class Process:
    """One line of the Procfile, running."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path

    def tail(self, lines: int = 30) -> str:
        """The end of what it said."""
        return _tail(self.log, lines)


class Stage:
    """Sandbox, bot and panel as processes. `code` is a checkout, `home` holds the database, files and logs."""

    def __init__(self, code: Path, home: Path) -> None:
        self.code, self.home = code, home
        self.sandbox_port, self.panel_port = free_port(), free_port()
        self.database_file = home / "opora.db"
        self.data_dir = home / "data"
        self.processes: dict[str, Process] = {}
        self._logs: list[IO[bytes]] = []

    @property
    def sandbox_url(self) -> str:
        """Where the chat page is."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def panel_url(self) -> str:
        """Where the panel is."""
        return f"http://127.0.0.1:{self.panel_port}"

    @property
    def environment(self) -> dict[str, str]:
        """Every setting by name, and nothing of the environment but what a program needs to start."""
        return {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "DATABASE_URL": f"sqlite:///{self.database_file}",
            "DATA_DIR": str(self.data_dir),
            "TIME_ZONE": NOON,
            "SANDBOX_LISTEN": f"127.0.0.1:{self.sandbox_port}",
            "ADMIN_LISTEN": f"127.0.0.1:{self.panel_port}",
            "SECRET_KEY": "end-to-end-end-to-end-end-to-end-1",
            "PYTHONUNBUFFERED": "1",
            "NO_COLOR": "1",
        }

    def prepare(self) -> str:
        """`python -m db prepare`: migrations, pack and demo data; returns what it said.

        As at its defaults: the pages' addresses are not set.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "db", "prepare"],
            cwd=self.code,
            env={name: value for name, value in self.environment.items() if not name.endswith("_LISTEN")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout == "Procfile.sandbox\n"
        (self.home / SAID).write_text(done.stderr, encoding="utf-8")
        return done.stderr

    @property
    def said(self) -> str:
        """What `prepare` said."""
        return (self.home / SAID).read_text(encoding="utf-8")

    def copy_from(self, prepared: "Stage") -> None:
        """Takes over what another stage's `prepare` made: the demo is made once, and copied."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (
            closing(sqlite3.connect(prepared.database_file)) as source,
            closing(sqlite3.connect(self.database_file)) as target,
        ):
            source.backup(target)
        shutil.copytree(prepared.data_dir, self.data_dir, dirs_exist_ok=True)

    def wake_everybody(self) -> None:
        """Lets people be written to on any day, as `NOON` does at any hour: quiet hours have tests of their own."""
        self.change("update setting set value = json_set(value, '$.quiet_weekdays', json('[]')) where key = 'rules'")

    def start(self, *names: str) -> None:
        """Starts these lines of Procfile.sandbox, all by default, and waits until each is there."""
        chosen = {name: line for name, line in self._procfile() if not names or name in names}
        calls = self._calls() if "sandbox" not in chosen else 0
        for name, line in chosen.items():
            log = self.home / f"{name}.log"
            output = log.open("ab")
            self._logs.append(output)
            popen = subprocess.Popen(
                line,
                shell=True,
                cwd=self.code,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            self.processes[name] = Process(name, popen, log)
        for name in chosen:
            self._await(name, calls)

    def revive(self) -> None:
        """Starts what an earlier test left stopped or dead."""
        dead = [name for name, process in self.processes.items() if process.popen.poll() is not None]
        for name in dead:
            self.processes.pop(name)
        for name, _ in self._procfile():
            if name not in self.processes:
                self.start(name)

    def stop(self, *names: str) -> dict[str, float]:
        """SIGTERM, as the runner does at Ctrl-C: each must end by itself with exit 0.

        Returns how long each took, in seconds.
        """
        stopping = [self.processes.pop(name) for name in names or tuple(self.processes)]
        begun = time.monotonic()
        for process in stopping:
            process.popen.send_signal(signal.SIGTERM)
        took, wrong = {}, []
        for process in stopping:
            try:
                code = process.popen.wait(max(0.1, begun + STOP_WITHIN - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.popen.kill()
                process.popen.wait()
                wrong.append(f"{process.name} did not stop in {STOP_WITHIN:.0f} s\n{process.tail()}")
                continue
            took[process.name] = time.monotonic() - begun
            if code:
                wrong.append(f"{process.name} ended with {code}\n{process.tail()}")
        assert not wrong, "\n".join(wrong)
        return took

    def kill(self, name: str) -> None:
        """kill -9: nothing is finished, nothing is said."""
        process = self.processes.pop(name)
        process.popen.kill()
        process.popen.wait()

    def close(self) -> None:
        """Stops whatever runs and closes the logs."""
        try:
            self.stop()
        finally:
            for log in self._logs:
                log.close()

    def logs(self) -> str:
        """The end of every process's log, for failure texts."""
        parts = [f"--- {log.stem}\n{_tail(log)}" for log in sorted(self.home.glob("*.log"))]
        return "\n".join(parts)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query of one's own finds in the database file, for assertions."""
        with closing(sqlite3.connect(f"file:{self.database_file}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        """The one value of a query."""
        return self.rows(query, *values)[0][0]

    def change(self, query: str, *values: Any) -> None:
        """Changes the database as time would: only for moments in the past or the future, never for what is tested."""
        with closing(sqlite3.connect(self.database_file, timeout=15)) as connection, connection:
            connection.execute(query, values)

    def _procfile(self) -> list[tuple[str, str]]:
        text = (self.code / "Procfile.sandbox").read_text(encoding="utf-8")
        return [(name, line) for name, line in re.findall(r"^(\w+): (.+)$", text, re.MULTILINE)]

    def _await(self, name: str, calls: int) -> None:
        address = {
            "sandbox": f"{self.sandbox_url}/sandbox/people",
            "panel": f"{self.panel_url}/health",
            # The first thing a bot says; an earlier one's words don't count.
            "bot": f"{self.sandbox_url}/sandbox/calls?after={calls}",
        }[name]
        process = self.processes[name]
        deadline = time.monotonic() + READY_WITHIN
        while fetched(address) in (None, b"[]"):
            ended = process.popen.poll() is not None
            assert not ended, f"{name} ended with {process.popen.returncode}\n{process.tail()}"
            assert time.monotonic() < deadline, f"{name} is not ready in {READY_WITHIN:.0f} s\n{process.tail()}"
            time.sleep(0.05)

    def _calls(self) -> int:
        known = json.loads(fetched(f"{self.sandbox_url}/sandbox/calls") or b"[]")
        return int(known[-1]["n"]) if known else 0


def fetched(address: str) -> bytes | None:
    """What an address answers, nothing while nobody answers well there."""
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            body: bytes = response.read()
            return body
    except (OSError, urllib.error.URLError):
        return None


def _tail(log: Path, lines: int = 25) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
