"""`python -m db` as an operator runs it, and, where a process of its own proves nothing more, within this one."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


def said(done: Done) -> list[str]:
    """The lines on stderr; a traceback is no way to speak to an operator."""
    assert "Traceback" not in done.stderr, done.stderr
    lines = done.stderr.strip().splitlines()
    assert all(line.startswith("opora: ") for line in lines), done.stderr
    return [line.removeprefix("opora: ") for line in lines]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run(verb, ..., url=..., SETTING=...)`: a process of its own with nothing of ours in its environment."""

    def process(*arguments: str, url: str | None = None, programs: str = "", stdin: str = "", **settings: str) -> Done:
        environment = {
            "PATH": f"{programs}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "DATABASE_URL": url or f"sqlite:///{tmp_path / 'opora.db'}",
            "DATA_DIR": str(tmp_path),
            **settings,
        }
        done = subprocess.run(
            [sys.executable, "-m", "db", *arguments],
            cwd=ROOT,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return process


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The same without a new process."""
    from db.__main__ import main

    def inside(*arguments: str, url: str | None = None, programs: str = "", stdin: str = "", **settings: str) -> Done:
        settings["DATABASE_URL"] = url or f"sqlite:///{tmp_path / 'opora.db'}"
        settings.setdefault("DATA_DIR", str(tmp_path))
        if programs:
            monkeypatch.setenv("PATH", programs, prepend=os.pathsep)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        read, write = os.pipe()
        os.write(write, stdin.encode())
        os.close(write)
        with os.fdopen(read) as typed:
            monkeypatch.setattr(sys, "stdin", typed)
            capsys.readouterr()
            try:
                code = main(list(arguments))
            except SystemExit as stop:
                code = int(stop.code or 0)
        shown = capsys.readouterr()
        return Done(code, shown.out, shown.err)

    return inside
